//! Drafts and drift: how a register and live databases come to agree, and how they come apart.
//!
//! [`source`] is what was read of a database, its values counted and forgotten; [`draft()`] makes the files of a register
//! from several of them; [`live`] compares a register with its databases; [`change`] compares two registers; [`mod@measure`]
//! says how good the guesses of a draft were. Everything is pure: what was read comes in, files and findings go out.
//!
//! It stands above `store` because it reads catalogues, and beside `plan`, of which it needs nothing.

pub mod change;
pub mod draft;
pub mod live;
pub mod measure;
pub mod source;

pub use draft::{Draft, Options, draft};
pub use source::{Observed, Source};
