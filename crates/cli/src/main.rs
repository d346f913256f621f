//! The `serment` command.
fn main() {}
