//! Approvals: which rules may act, as whom, within which ceilings.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The approval of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Rule, `activity.name`.
    pub rule: String,
    /// The hash that was approved: rule, catalogue of its tables, steps.
    pub hash: String,
    /// When.
    pub at: Timestamp,
    /// By whom, as the command was told.
    pub actor: String,
    /// The most that the first run may do.
    pub ceilings: Vec<Ceiling>,
    /// The first run must begin before.
    pub expires_at: Timestamp,
    /// Columns (`store.table.column`) whose too frequent value the approver accepts as a clock.
    pub accepted: Vec<String>,
    /// Entry of the journal.
    pub journal: u64,
    /// Whether a first run has used it: then the envelope counts, not the ceilings.
    pub used: bool,
}

/// The most rows of one table that may get one effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ceiling {
    /// `store.table`.
    pub table: String,
    /// Effect: `erase`, `reduce`…
    pub effect: String,
    /// Most rows.
    pub rows: u64,
}
