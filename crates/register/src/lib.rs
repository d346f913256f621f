//! The register language: files to a model, with diagnostics.

pub mod model;
pub mod predicate;
pub mod span;
