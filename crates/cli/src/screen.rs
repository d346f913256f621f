//! What is shown, and how: pure functions from values to text.

pub mod diff;
pub mod entry;
pub mod explain;
pub mod histogram;
pub mod init;
pub mod keep;
pub mod look;
pub mod plan;
pub mod table;

pub use look::{Look, Tone};
