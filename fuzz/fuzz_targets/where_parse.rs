//! Any text as a condition: no panic, and what is read prints as something that reads the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serment_register::predicate::parse;

fuzz_target!(|text: &str| {
    match parse(text) {
        Ok(predicate) => assert_eq!(parse(&predicate.to_string()).as_ref(), Ok(&predicate)),
        Err(error) => assert!(text.get(error.range).is_some()),
    }
});
