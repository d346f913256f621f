//! Holds: `add` returns only when no running batch can still touch the rows.

use std::time::Duration;

use jiff::civil::Date;
use serment_register::model::TableId;
use serment_state::holds::Hold;
use serment_store::condition::Key;

use crate::{KeepError, Keeper};

/// What to hold.
#[derive(Clone)]
pub enum HoldRequest {
    /// Rows of a table.
    Rows(TableId, Vec<Key>),
    /// The rows of a table that satisfy a condition of the `where` subset. Unknown counts as satisfying.
    Filter(TableId, String),
    /// Every row of a client.
    Client(String),
}

/// A new hold.
#[derive(Clone)]
pub struct NewHold {
    /// What.
    pub scope: HoldRequest,
    /// Why: `legal_claim`, `restriction`, `request`, or a sentence.
    pub ground: String,
    /// Who asks.
    pub actor: String,
    /// Last day, organisation's zone; None: until removed.
    pub until: Option<Date>,
    /// How long to wait for running batches.
    pub patience: Duration,
}

impl Keeper<'_> {
    /// Adds a hold and returns once no batch that began before can still commit.
    pub async fn hold_add(&self, new: &NewHold) -> Result<Hold, KeepError> {
        let _ = new;
        Err(KeepError::Broken("hold".to_owned()))
    }

    /// Holds, the newest first; also removed and past ones when `all`.
    pub async fn hold_list(&self, all: bool) -> Result<Vec<Hold>, KeepError> {
        let _ = all;
        Err(KeepError::Broken("hold".to_owned()))
    }

    /// Removes a hold.
    pub async fn hold_remove(&self, id: &str, actor: &str) -> Result<Hold, KeepError> {
        let _ = (id, actor);
        Err(KeepError::Broken("hold".to_owned()))
    }
}
