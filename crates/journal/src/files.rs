//! The journal on disk: the only part that reads and writes files.

pub(crate) mod audit;
pub(crate) mod disk;
pub(crate) mod fsck;
pub(crate) mod journal;
pub(crate) mod keys;
pub(crate) mod layout;
pub(crate) mod reader;
pub(crate) mod scan;
pub(crate) mod segments;
