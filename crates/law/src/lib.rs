//! The law as data and pure functions: dated rules with their sources.
//!
//! Nothing here reads a clock: whoever asks says for which day.

pub mod retention;
pub mod territory;
