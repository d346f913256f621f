//! Making small journals, and copies of them to break.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{Entropy, Entry, Journal, Recovery};

pub const ORIGIN: &str = "cabinet.example/serment";

/// Reproducible bytes in place of random ones.
pub fn entropy(seed: u64) -> Entropy {
    let mut counter = 0u64;
    Box::new(move |bytes| {
        for chunk in bytes.chunks_mut(32) {
            counter += 1;
            let block = Sha256::digest([seed.to_be_bytes(), counter.to_be_bytes()].concat());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    })
}

pub fn open(dir: &Path) -> (Journal, Recovery) {
    Journal::open(dir, ORIGIN, entropy(7)).unwrap()
}

pub fn entry(number: u64) -> Entry {
    Entry {
        kind: crate::kind::OUTCOME.to_owned(),
        at: "2026-11-22T10:00:00Z".to_owned(),
        payload: json!({ "kind": "outcome", "rule": "newsletter.campaigns_3y", "rows": number }),
    }
}

pub fn entries(range: std::ops::Range<u64>) -> Vec<Entry> {
    range.map(entry).collect()
}

/// A journal of `groups` of so many entries each, published, and its public key.
pub fn journal_of(dir: &Path, groups: &[u64]) -> (Journal, String) {
    let (mut journal, _) = open(dir);
    for count in groups {
        let first = journal.size();
        journal.append(&entries(first..first + count)).unwrap();
    }
    journal.checkpoint().unwrap();
    let key = journal.public_key();
    (journal, key)
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}
