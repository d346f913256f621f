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

impl Span {
    /// Line and column of the start, both from 1, the column counted in characters. (1, 1) outside the text.
    pub fn position(&self, text: &str) -> (usize, usize) {
        position(text, self.range.start)
    }
}

/// Line and column of a byte offset, both from 1.
pub(crate) fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(offset.min(text.len()))];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (
        before.matches('\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}
