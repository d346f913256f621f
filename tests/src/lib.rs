//! Reading the repository, for the tests that hold it to its own rules.
//!
//! [`workspace`] knows the packages and their files, [`rust`] what a source file says once comments and texts are put
//! aside.

pub mod rust;
pub mod workspace;
