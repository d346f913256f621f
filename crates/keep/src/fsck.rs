//! Checks everything, read-only.

use crate::{KeepError, Keeper};

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checkup {
    /// What was checked, in words.
    pub checked: Vec<String>,
    /// What is wrong.
    pub problems: Vec<String>,
    /// What is unusual and not wrong.
    pub warnings: Vec<String>,
}

impl Keeper<'_> {
    /// Checks the state, the journal, and that each says what the other says.
    pub async fn fsck(&self) -> Result<Checkup, KeepError> {
        Err(KeepError::Broken("fsck".to_owned()))
    }

    /// The journal's entry of an outcome: `o-17`, or `17`.
    pub async fn outcome_entry(&self, outcome: &str) -> Result<Option<u64>, KeepError> {
        let _ = outcome;
        Err(KeepError::Broken("outcome".to_owned()))
    }
}
