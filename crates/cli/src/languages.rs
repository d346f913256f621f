//! Tests of the whole source of the command: nothing is said in one language only.

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

fn every_source() -> Vec<(String, String)> {
    let mut paths = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut paths);
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

/// The two literals of each `both!`.
fn pairs(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (at, _) in text.match_indices("both!(") {
        let mut rest = text[at + "both!(".len()..].trim_start();
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
            // A counted noun is one text per language, named after it.
            if left == ["fr"] || left.contains(&"fr".to_owned()) {
                left = left
                    .iter()
                    .map(|name| {
                        if name == "fr" {
                            "en".to_owned()
                        } else {
                            name.clone()
                        }
                    })
                    .collect();
                left.sort();
            }
            assert_eq!(left, right, "{path}: {french:?} / {english:?}");
        }
    }
    assert!(
        count > 200,
        "only {count} messages were found: is the test blind?"
    );
}

#[test]
fn nothing_is_printed_past_the_catalogue() {
    for (path, text) in every_source() {
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
