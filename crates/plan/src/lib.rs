//! From a register, the catalogues of its stores and an instant to a plan: pure.
//!
//! Read in this order: [`cutoff`] turns "3 years after" into a comparison; [`graph`] knows which table refers to which
//! and which rules govern it; [`judgement`] says when a rule runs on a row and when it has ended; [`steps`] composes the
//! rules of a table into what happens to its rows and columns; [`preflight`] refuses what the catalogue shows to be
//! unsafe; [`forecast`] counts. [`Plan::new`] ties them together.

pub mod compose;
pub mod cutoff;
mod error;
pub mod footing;
pub mod forecast;
pub mod freeze;
pub mod graph;
pub mod hash;
pub mod judgement;
pub mod locks;
mod order;
mod plan;
pub mod preflight;
pub mod situation;
pub mod steps;
pub mod strategy;
pub mod translate;

pub use cutoff::Cutoff;
pub use error::PlanError;
pub use plan::{Plan, PlannedRule, tables_of};
pub use preflight::Obstacle;
pub use situation::{Extension, Hold, HoldScope, Situation};
