//! Executes plans: durable steps, verification, outcomes.
//!
//! Read in this order: [`observe`] reads and counts, and is all that `plan` needs; [`approve`] releases a rule;
//! [`keep`] runs the released rules; [`holds`] freezes data; [`explain`] says why a row is still here; [`fsck`] checks
//! everything, read-only. [`Keeper`] ties them together; [`ports`] says what the composition root must give.

pub mod approve;
mod error;
pub mod explain;
#[cfg(feature = "failpoints")]
pub mod faults;
#[cfg(not(feature = "failpoints"))]
mod faults;
pub mod fsck;
pub mod holds;
mod identifier;
pub mod keep;
mod keeper;
pub mod ledger;
mod named;
pub mod observe;
pub mod outcome;
pub mod ports;
pub mod report;
pub mod schedule;

pub use error::KeepError;
pub use keep::KeepOptions;
pub use keeper::Keeper;
pub use observe::{Observation, Observer, Released};
pub use outcome::{Outcome, Verdict};
pub use report::Report;
