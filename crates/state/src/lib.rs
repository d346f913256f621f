//! Serment's own state, on SQLite: `.serment/state.db`, beside the register.
//!
//! It holds what must survive the process and is not proof: which rules are approved and within which ceilings, what they
//! did in the past, which data are held, which run is under way and how far, and where in the journal each outcome
//! stands. Proof is the journal's business.
//!
//! No personal data stand here in clear, with two exceptions that cannot be helped: the keys of rows that a hold names,
//! for as long as the hold stands, and the first and last key of a batch, from just before its COMMIT until its result is
//! known. Whatever can belong to a client carries it.

pub mod approvals;
pub mod batches;
mod check;
mod error;
pub mod history;
pub mod holds;
mod lock;
mod open;
pub mod outbox;
pub mod outcomes;
mod read;
pub mod runs;
mod schema;

pub use check::Unsound;
pub use error::StateError;
pub use lock::KeepLock;
pub use open::State;

#[cfg(test)]
mod tests;
