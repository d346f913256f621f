//! The transparency log, without input or output: tree, tiles, signed notes and checkpoints.
//!
//! The formats are public ones, so that other people's tools read them: the tree of RFC 6962 with SHA-256, the tiles
//! of C2SP `tlog-tiles`, the notes of C2SP `signed-note` and the checkpoints of C2SP `tlog-checkpoint`.

pub mod checkpoint;
pub mod hash;
pub mod note;
pub mod proof;
pub mod tile;
pub mod tree;
