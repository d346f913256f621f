//! The core reads and writes nothing: invariants 1 and 2 of ARCHITECTURE.md, for this crate.

use std::fs;
use std::path::Path;

use super::help::files;

#[test]
fn only_the_files_module_touches_the_system_and_nothing_asks_the_time() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in files(&source) {
        let name = path.strip_prefix(&source).unwrap().to_str().unwrap().to_owned();
        if !name.ends_with(".rs") || name.starts_with("tests") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for word in [
            "SystemTime",
            "Instant::",
            "getrandom",
            "rand::",
            "std::net",
            "std::process",
            "std::env",
        ] {
            assert!(!text.contains(word), "{name} mentions {word}");
        }
        if !name.starts_with("files") {
            for word in ["std::fs", "rustix", "File", "crate::files"] {
                let found = text.lines().find(|line| {
                    let code = line.split("//").next().unwrap();
                    code.contains(word) && !code.contains("Rejection::File") && !code.contains("File {")
                });
                let composed = name == "lib.rs" || (name == "error.rs" && word == "File");
                assert!(found.is_none() || composed, "{name} mentions {word}: {found:?}");
            }
        }
    }
}
