//! Any bytes as the files of a register: no panic, and everything that is found can be shown.
//!
//! Files are separated by lines that begin with `--- ` and a path, so that a corpus is readable.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serment_register::model::Language;
use serment_register::{Files, check, load, render, say};

fuzz_target!(|data: &[u8]| {
    let mut files = Files::new();
    let mut path = "serment.toml".to_owned();
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        if let Some(named) = line.strip_prefix(b"--- ") {
            path = String::from_utf8_lossy(named).trim().to_owned();
            files.entry(path.clone()).or_default();
        } else {
            files.entry(path.clone()).or_default().extend_from_slice(line);
        }
    }
    let (register, found) = load(&files);
    for language in [Language::French, Language::English] {
        render::terminal(&found, &files, language, true);
        render::json(&found, &files, language);
        render::sarif(&found, &files, language);
    }
    if let Some(register) = register {
        say::every(&register);
        check::not_yet_executed(&register);
    }
});
