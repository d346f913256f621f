//! The pure core: no input or output, no clock, no randomness.

use serment_tests::rust::{code, paths, without_tests};
use serment_tests::workspace::{self, Source};

use crate::rules::{self, Impure};

#[test]
fn pure_packages_have_no_effect_and_know_no_moment() {
    let rules = rules::read();
    let mut wrong = Vec::new();
    for package in workspace::packages() {
        let Some(edges) = rules.pure.get(&package.word) else {
            continue;
        };
        for source in package.sources() {
            if !at_the_edge(&source.module, edges) {
                wrong.extend(impurities(&source, &rules.impure));
            }
        }
    }
    assert!(wrong.is_empty(), "pure code that reaches outside: {wrong:#?}");
}

#[test]
fn effects_are_seen_however_they_are_written() {
    let impure = rules::read().impure;
    let seen = |text: &str| {
        let source = Source {
            path: "x.rs".into(),
            module: String::new(),
            text: text.to_owned(),
            is_test: false,
        };
        !impurities(&source, &impure).is_empty()
    };
    for text in [
        "use std::{fs::File, path::Path};",
        "fn f() { ::std::fs::read(p) }",
        "use std::time::{Duration, SystemTime};",
        "let now = jiff::Timestamp::now();",
        "getrandom::fill(&mut salt)",
        "println!()",
        "use std::net::*;",
    ] {
        assert!(seen(text), "{text}");
    }
    for text in [
        "use std::time::Duration;",
        "// std::fs\nlet x = \"std::fs\";",
        "#[cfg(test)] mod t { use std::fs; }",
    ] {
        assert!(!seen(text), "{text}");
    }
}

fn at_the_edge(module: &str, edges: &[String]) -> bool {
    edges
        .iter()
        .any(|edge| module == edge || module.starts_with(&format!("{edge}::")))
}

fn impurities(source: &Source, impure: &Impure) -> Vec<String> {
    let code = without_tests(&code(&source.text));
    let place = |line: usize| format!("{}:{line}", workspace::shown(&source.path));
    let mut wrong = Vec::new();
    for (line, path) in paths(&code) {
        let begins = impure
            .begins
            .iter()
            .any(|begin| path == *begin || path.starts_with(&format!("{begin}::")));
        let ends = impure
            .ends
            .iter()
            .any(|end| path == *end || path.ends_with(&format!("::{end}")));
        if begins || ends {
            wrong.push(format!("{} {path}", place(line)));
        }
    }
    for (number, line) in code.lines().enumerate() {
        let words = line.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '!'));
        for name in words.filter_map(|word| word.strip_suffix('!')) {
            if impure.macros.iter().any(|banned| banned == name) {
                wrong.push(format!("{} {name}!", place(number + 1)));
            }
        }
    }
    wrong
}
