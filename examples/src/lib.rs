//! The example registers of the repository, and generators of the fictitious data that they speak about.
//!
//! Everything here is pure: the same parameters give the same bytes, and nothing is read, written or drawn at random.

pub mod accounting;
