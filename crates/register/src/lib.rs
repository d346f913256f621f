//! The register language: files to a model, with diagnostics.
//!
//! Everything here is pure, save [`directory`], the only module that touches a disk.

pub mod check;
pub mod diagnostics;
pub mod directory;
pub mod edit;
pub mod load;
pub mod model;
pub mod predicate;
pub mod render;
pub mod say;
pub mod schema;
pub mod span;
pub mod taxonomy;
pub mod text;

pub use load::{Files, load, load_at};
