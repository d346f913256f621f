//! Why the engine could not do what it was asked.

use jiff::Timestamp;
use serment_plan::PlanError;
use serment_register::model::Text;
use serment_state::StateError;
use serment_store::StoreError;
use thiserror::Error;

use crate::ports::{EntropyError, LedgerError};

/// Why the engine could not do what it was asked. Never a value of a row.
#[derive(Debug, Error)]
pub enum KeepError {
    /// A store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The state.
    #[error(transparent)]
    State(#[from] StateError),
    /// The plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The journal.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The clock went back.
    #[error(
        "the clock says {now}, and the last run was at {last}: it went back; set it right, then run again"
    )]
    ClockWentBack {
        /// What it says.
        now: Timestamp,
        /// What it said.
        last: Timestamp,
    },
    /// No such rule.
    #[error("{0} is not a rule of the register")]
    UnknownRule(String),
    /// No such table.
    #[error("{0} is not a table of the register")]
    UnknownTable(String),
    /// No such hold.
    #[error("{0} is not a hold in force")]
    UnknownHold(String),
    /// A `where` that cannot be understood.
    #[error("the condition cannot be understood: {}", .0.en)]
    Condition(Text),
    /// A key that does not fit the table's key columns.
    #[error("{table}: a key has {expected} parts ({columns}), and this one has {found}")]
    KeyShape {
        /// Table.
        table: String,
        /// Key columns.
        columns: String,
        /// Number of key columns.
        expected: usize,
        /// Number of parts given.
        found: usize,
    },
    /// The hash given is not the one of the plan as it is now.
    #[error("{rule}: the plan is now {current}, not {given}: read it again, then approve what it says")]
    Stale {
        /// Rule.
        rule: String,
        /// The hash of now.
        current: String,
        /// The hash given.
        given: String,
    },
    /// The rule cannot be approved as things are.
    #[error("{rule} cannot be approved: {}", why.en)]
    NotApprovable {
        /// Rule.
        rule: String,
        /// Why.
        why: Text,
    },
    /// A rule cannot wait longer for a client.
    #[error("the duration cannot be extended: {}", .0.en)]
    NotExtensible(Text),
    /// A hold was recorded and batches that began before it could not be waited for.
    #[error(
        "hold {id} is recorded and no new batch will touch its rows, but one that began before may still be running: {}; \
         run `serment hold add` again with the same scope, or wait and look at `serment hold list`",
        why.en
    )]
    HoldPending {
        /// Hold.
        id: String,
        /// What could not be had.
        why: Text,
    },
    /// An assertion of the engine failed: a defect, reported instead of acted upon.
    #[error("internal check failed, nothing was changed after it: {}", .0.en)]
    Broken(Text),
    /// A file of the state directory.
    #[error("{}", .0.en)]
    File(Text),
    /// A store whose rows were to be read was not.
    #[error("store {store} was not read: {}", why.en)]
    UnreadStore {
        /// Store.
        store: String,
        /// Why.
        why: Text,
    },
}
