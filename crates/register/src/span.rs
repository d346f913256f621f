//! Where something is written in the files of a register.

use std::ops::Range;
use std::sync::Arc;

/// A file and a range of bytes in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Span {
    /// Path relative to the register's directory, with `/`.
    pub file: Arc<str>,
    /// Byte range in the file.
    pub range: Range<usize>,
}
