//! The port to places where data live.
//!
//! Three vocabularies and one trait. [`catalogue`] is what a store says of itself; [`condition`] is the small language
//! in which the planner says which rows it means, printed by each adapter in its own dialect; [`query`] is what can be
//! asked and changed; [`survey`] is what can be asked of a store that nobody knows yet. [`Store`] is the port. An adapter depends on this crate only, and `conformance` is the suite that
//! every adapter passes.

pub mod catalogue;
pub mod condition;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod error;
pub mod port;
pub mod query;
pub mod survey;

pub use error::{Failure, StoreError};
pub use port::{Batch, BatchOptions, Commit, Frequency, Progress, Role, Statement, Store};
pub use serment_register::text;
pub use serment_register::text::Text;
