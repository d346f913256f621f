//! The rules of the house: what a reviewer would otherwise have to remember.

mod arrows;
mod changelog;
mod clock;
mod faults;
mod invariants;
mod purity;
mod repository;
mod rules;
mod snapshots;
