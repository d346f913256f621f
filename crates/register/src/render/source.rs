//! Excerpts of the files of a register, with what must not be shown covered.

use crate::diagnostics::{Code, Diagnostic};
use crate::load::Files;
use crate::span::{Span, position};

/// Longest excerpt that is shown around a place, in bytes: a line of a hostile file may be any length.
const WINDOW: usize = 8 * 1024;

/// The files, secrets in clear covered: an error about a secret must not print it.
pub(super) struct Sources {
    texts: std::collections::BTreeMap<String, String>,
}

impl Sources {
    pub fn new(files: &Files, diagnostics: &[Diagnostic]) -> Self {
        let mut texts = std::collections::BTreeMap::new();
        for (path, bytes) in files {
            texts.insert(path.clone(), String::from_utf8(bytes.clone()).unwrap_or_default());
        }
        let secrets = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.code == Code::SecretInClear);
        for span in secrets.filter_map(|diagnostic| diagnostic.span.as_ref()) {
            if let Some(text) = texts.get_mut(&*span.file) {
                cover(text, span);
            }
        }
        Self { texts }
    }

    /// The text of a file; empty when it is not text.
    pub fn text(&self, file: &str) -> &str {
        self.texts.get(file).map(String::as_str).unwrap_or_default()
    }

    /// Line and column where a place begins, both from 1, then where it ends.
    pub fn positions(&self, span: &Span) -> [(usize, usize); 2] {
        let text = self.text(&span.file);
        [
            position(text, span.range.start),
            position(text, span.range.end.max(span.range.start)),
        ]
    }

    /// The line on which a place begins.
    pub fn line(&self, span: &Span) -> &str {
        let text = self.text(&span.file);
        let at = text.floor_char_boundary(span.range.start.min(text.len()));
        let start = text[..at].rfind('\n').map_or(0, |found| found + 1);
        let end = text[at..].find('\n').map_or(text.len(), |found| at + found);
        let line = &text[start..end];
        &line[..line.floor_char_boundary(WINDOW.min(line.len()))]
    }

    /// The lines around some places of one file: the number of the first line, its offset, the text.
    pub fn window(&self, file: &str, start: usize, end: usize) -> (usize, usize, &str) {
        let text = self.text(file);
        let start = text.floor_char_boundary(start.min(text.len()));
        let end = text.floor_char_boundary(end.clamp(start, text.len()).min(start + WINDOW));
        let low = text.floor_char_boundary(start.saturating_sub(WINDOW));
        let from = text[low..start].rfind('\n').map_or(low, |found| low + found + 1);
        let high = text.floor_char_boundary((end + WINDOW).min(text.len()));
        let to = text[end..high].find('\n').map_or(high, |found| end + found);
        (position(text, from).0, from, &text[from..to])
    }
}

/// Writes stars over a place, byte for byte: every other place keeps its offset.
fn cover(text: &mut String, span: &Span) {
    let (start, end) = (
        span.range.start + 1,
        span.range.end.saturating_sub(1).min(text.len()),
    );
    if start < end && text.is_char_boundary(start) && text.is_char_boundary(end) {
        let stars: String = text[start..end]
            .bytes()
            .map(|byte| if byte == b'\n' { '\n' } else { '*' })
            .collect();
        text.replace_range(start..end, &stars);
    }
}

/// A text that a terminal can print: names come from files, and files may hold escape sequences.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() && c != '\n' && c != '\t' {
                '\u{FFFD}'
            } else {
                c
            }
        })
        .collect()
}
