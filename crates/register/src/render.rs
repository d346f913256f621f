//! Diagnostics for eyes, for programs and for code review.

mod json;
mod sarif;
mod source;
mod terminal;

pub use json::json;
pub use sarif::sarif;
pub use terminal::terminal;
