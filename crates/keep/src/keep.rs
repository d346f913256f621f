//! Runs the released rules.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

use jiff::civil::Time;
use serment_register::model::RuleId;
use serment_store::BatchOptions;

use crate::ports::Progress;
use crate::report::Report;
use crate::{KeepError, Keeper};

/// How to run.
#[derive(Debug, Clone)]
pub struct KeepOptions {
    /// Everything but the changes: nothing is written anywhere.
    pub dry_run: bool,
    /// Only these rules; the others still count in what is decided.
    pub rules: Option<BTreeSet<RuleId>>,
    /// Only the rows of this client.
    pub client: Option<String>,
    /// Most keys of a batch.
    pub batch_size: u32,
    /// Limits of a batch in the store.
    pub limits: BatchOptions,
    /// Batches only begin between these local times (organisation's zone); the window may span midnight.
    pub window: Option<(Time, Time)>,
    /// Who runs, for the journal: `cli`, `daily`, a service's name.
    pub actor: String,
}

impl Default for KeepOptions {
    fn default() -> Self {
        Self {
            dry_run: false,
            rules: None,
            client: None,
            batch_size: 10_000,
            limits: BatchOptions::default(),
            window: None,
            actor: "cli".to_owned(),
        }
    }
}

impl Keeper<'_> {
    /// Runs. `stop` is looked at between batches. Needs the state's keep lock, and takes it.
    pub async fn keep(
        &self,
        options: &KeepOptions,
        progress: &dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Report, KeepError> {
        let _ = (options, progress, stop);
        Err(KeepError::Broken("keep".to_owned()))
    }
}
