//! Approvals: a rule acts once someone has read its plan and said yes.

use serment_register::model::RuleId;
use serment_state::approvals::Approval;

use crate::{KeepError, Keeper};

/// What `approve` is told.
#[derive(Debug, Clone)]
pub struct ApproveOptions {
    /// Rule.
    pub rule: RuleId,
    /// The hash that was read: the plan's or the rule's; a prefix of at least 12 characters will do.
    pub hash: String,
    /// Who says yes.
    pub actor: String,
    /// Columns (`store.table.column`) whose too frequent value is accepted as a clock.
    pub accept: Vec<String>,
}

impl Keeper<'_> {
    /// Plans again, compares with the hash that was read, and releases the rule until it changes. The ceilings of its
    /// first run are the forecast and a tenth, rounded up; it must begin within seven days.
    pub async fn approve(&self, options: &ApproveOptions) -> Result<Approval, KeepError> {
        let _ = options;
        Err(KeepError::Broken("approve".to_owned()))
    }

    /// The approvals in the state, whether still valid or not.
    pub async fn approvals(&self) -> Result<Vec<Approval>, KeepError> {
        Err(KeepError::Broken("approvals".to_owned()))
    }
}
