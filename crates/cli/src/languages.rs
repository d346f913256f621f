//! Tests of the source of everything that speaks: nothing is said in one language only.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// The crates whose words people read.
const SPEAKING: [&str; 6] = ["cli", "keep", "plan", "store", "stores/sql", "register"];

fn every_source() -> Vec<(String, String)> {
    let mut paths = Vec::new();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for speaking in SPEAKING {
        sources(&crates.join(speaking).join("src"), &mut paths);
    }
    paths
        .into_iter()
        .filter(|path| !path.ends_with("languages.rs"))
        .map(|path| {
            (
                path.display().to_string(),
                fs::read_to_string(&path).expect("text"),
            )
        })
        .collect()
}

/// The two literals of each `both!` and `text!`.
fn pairs(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let spoken = ["both!(", "text!("];
    for (at, name) in spoken.iter().flat_map(|name| text.match_indices(name)) {
        let mut rest = text[at + name.len()..].trim_start();
        let mut literals = Vec::new();
        for _ in 0..2 {
            let Some(inside) = rest.strip_prefix('"') else {
                break;
            };
            let mut end = 0;
            let mut escaped = false;
            for (index, c) in inside.char_indices() {
                if c == '"' && !escaped {
                    end = index;
                    break;
                }
                escaped = c == '\\' && !escaped;
            }
            literals.push(inside[..end].to_owned());
            rest = inside[end + 1..]
                .trim_start()
                .trim_start_matches(',')
                .trim_start();
        }
        if let [french, english] = literals.as_slice() {
            pairs.push((french.clone(), english.clone()));
        }
    }
    pairs
}

/// Without what is quoted as a person writes it in a register.
fn without_quotes(french: &str) -> String {
    let mut rest = french;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once('«') {
        kept.push_str(before);
        rest = after.split_once('»').map_or("", |(_, after)| after);
    }
    kept + rest
}

fn placeholders(text: &str) -> Vec<String> {
    let mut found: Vec<String> = text
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name.to_owned())
        .collect();
    found.sort();
    found.dedup();
    found
}

#[test]
fn every_message_says_the_same_things_in_both_languages() {
    let mut count = 0;
    for (path, text) in every_source() {
        for (french, english) in pairs(&text) {
            count += 1;
            assert!(
                !french.trim().is_empty() && !english.trim().is_empty(),
                "{path}: {french:?} / {english:?}"
            );
            let (mut left, right) = (placeholders(&french), placeholders(&english));
            // Words that each language has for itself are named after it.
            for name in &mut left {
                if let Some(stem) = name
                    .strip_suffix("fr")
                    .filter(|stem| stem.is_empty() || stem.ends_with('_'))
                {
                    *name = format!("{stem}en");
                }
            }
            left.sort();
            assert_eq!(left, right, "{path}: {french:?} / {english:?}");
        }
    }
    assert!(
        count > 600,
        "only {count} messages were found: is the test blind?"
    );
}

#[test]
fn nothing_is_printed_past_the_catalogue() {
    for (path, text) in every_source()
        .into_iter()
        .filter(|(path, _)| path.contains("/cli/"))
    {
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for line in code.lines() {
            for macro_name in ["print!(", "println!(", "eprint!(", "eprintln!("] {
                let printed = line.trim_start().starts_with(macro_name);
                assert!(!printed, "{path} prints by itself: {line}");
            }
        }
    }
}

#[test]
fn french_typography_is_kept() {
    for (path, text) in every_source() {
        for (french, _) in pairs(&text) {
            let french = without_quotes(&french);
            for mark in [" ?", " !", " ;", " :"] {
                let tight = mark.trim_start();
                for (at, _) in french.match_indices(tight) {
                    let before = french[..at].chars().next_back();
                    let after = french[at + tight.len()..].chars().next();
                    let is_end = after.is_none_or(char::is_whitespace);
                    assert!(
                        !is_end || at == 0 || before.is_some_and(char::is_whitespace),
                        "{path}: a space is missing before {tight:?} in {french:?}"
                    );
                }
            }
        }
    }
}
