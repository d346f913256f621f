//! Any text as a receipt, a key and a checkpoint from outside, separated by lines of `---`: no panic, a message in both
//! languages, and a receipt that verifies is whole.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serment_journal::{Language, verify_receipt};

const KEY: &str = include_str!("../corpus/journal_receipt/key");

fuzz_target!(|text: &str| {
    let mut parts = text.split("\n---\n");
    let receipt = parts.next().unwrap_or_default();
    let key = parts.next().unwrap_or(KEY);
    match verify_receipt(receipt, key, parts.next()) {
        Ok(verified) => {
            verified.message(Language::French);
            verified.message(Language::English);
            assert!(verified.entry.is_some_and(|entry| entry.index < verified.size));
        }
        Err(rejection) => {
            rejection.message(Language::French);
            rejection.message(Language::English);
        }
    }
});
