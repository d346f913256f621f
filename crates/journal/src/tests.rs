//! Tests of the journal against everything that can happen to it.

mod help;
mod journal;
