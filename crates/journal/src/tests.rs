//! Tests of the journal against everything that can happen to it.

mod bits;
mod faults;
mod help;
mod hostile;
mod journal;
mod page;
mod purity;
mod receipts;
mod tail;
mod tamper;
mod tree;
