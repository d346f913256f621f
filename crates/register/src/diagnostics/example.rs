//! A small register, and the edits that make it fail in each way: pages show them, tests run them.

use super::catalogue::Entry;
use crate::load::{Files, MOST_BYTES_PER_FILE};

/// One change to the example register. An empty `find` writes the whole file, and an empty file is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edit {
    /// File of the register.
    pub file: &'static str,
    /// What is written in the register that passes.
    pub find: &'static str,
    /// What is written in the register that fails.
    pub replace: &'static str,
}

/// A register of the reference pages.
pub type Example = Files;

const BASE: [(&str, &str); 7] = [
    ("serment.toml", include_str!("base/serment.toml")),
    ("vocabulary.toml", include_str!("base/vocabulary.toml")),
    (
        "activities/letters.toml",
        include_str!("base/activities/letters.toml"),
    ),
    (
        "activities/orders.toml",
        include_str!("base/activities/orders.toml"),
    ),
    (
        "activities/hosting.toml",
        include_str!("base/activities/hosting.toml"),
    ),
    ("parties/host.toml", include_str!("base/parties/host.toml")),
    ("stores/shop.toml", include_str!("base/stores/shop.toml")),
];

/// The example register as it passes, without a finding.
pub fn base() -> Example {
    BASE.iter()
        .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
        .collect()
}

/// The example register in which the code is found.
pub fn failing(entry: &Entry) -> Example {
    let mut files = base();
    for edit in entry.failing {
        if edit.find.is_empty() && edit.replace.is_empty() {
            files.remove(edit.file);
        } else if edit.find.is_empty() {
            files.insert(edit.file.to_owned(), raw(edit.replace));
        } else if let Some(text) = files.get(edit.file) {
            let text = String::from_utf8_lossy(text).replacen(edit.find, edit.replace, 1);
            files.insert(edit.file.to_owned(), raw(&text));
        }
    }
    files
}

/// The example register mended: the one that passes.
pub fn mended(_entry: &Entry) -> Example {
    base()
}

/// Two marks stand for what a page cannot print: a byte of another encoding, and a file beyond the limit.
fn raw(text: &str) -> Vec<u8> {
    if text == "\u{1}too large\u{1}" {
        return vec![b' '; MOST_BYTES_PER_FILE + 1];
    }
    let parts: Vec<&str> = text.split("\u{1}Latin-1\u{1}").collect();
    parts
        .join("\u{0}")
        .into_bytes()
        .into_iter()
        .map(|byte| if byte == 0 { 0xE9 } else { byte })
        .collect()
}
