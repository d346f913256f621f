//! ARCHITECTURE.md keeps its word: each invariant is numbered and names tests that exist.

use std::collections::BTreeSet;

use serment_tests::{rust, workspace};

#[test]
fn every_invariant_names_tests_that_exist() {
    let text = workspace::read(&workspace::root().join("ARCHITECTURE.md"));
    let tests = all_tests();
    let mut number = 0;
    for invariant in invariants(&text) {
        number += 1;
        assert!(
            invariant.starts_with(&format!("{number}. ")),
            "invariant {number} is missing: {invariant}"
        );
        let (_, named) = invariant
            .split_once("*Shown by*")
            .unwrap_or_else(|| panic!("no *Shown by*: {invariant}"));
        let named: Vec<&str> = named.split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty(), "no test shows invariant {number}");
        for test in named {
            assert!(
                tests.contains(test),
                "invariant {number} names the test `{test}`, which does not exist"
            );
        }
    }
    assert!(
        number >= 7,
        "ARCHITECTURE.md has lost its invariants: {number} left"
    );
}

#[test]
fn the_code_map_names_every_package() {
    let text = workspace::read(&workspace::root().join("ARCHITECTURE.md"));
    for package in workspace::packages() {
        let shown = workspace::shown(&package.folder);
        assert!(
            text.contains(&format!("`{shown}`")),
            "ARCHITECTURE.md does not say what `{shown}` is for"
        );
    }
}

/// The items of the numbered list in the section of that name, each with the lines that continue it.
fn invariants(text: &str) -> Vec<String> {
    let section = text
        .split("\n## Invariants\n")
        .nth(1)
        .expect("ARCHITECTURE.md has a section Invariants");
    let section = section.split("\n## ").next().unwrap_or(section);
    let mut items: Vec<String> = Vec::new();
    for line in section.lines() {
        if line.starts_with(|c: char| c.is_ascii_digit()) {
            items.push(line.to_owned());
        } else if let (Some(item), true) = (items.last_mut(), line.starts_with("   ")) {
            item.push_str(line);
        }
    }
    items
}

fn all_tests() -> BTreeSet<String> {
    let folders = ["crates", "tests", "examples", "xtask"].map(|folder| workspace::root().join(folder));
    let files = folders.iter().flat_map(|folder| workspace::rust_files(folder));
    let functions = files.flat_map(|path| rust::functions(&workspace::read(&path)));
    functions
        .filter(|function| function.is_test)
        .map(|function| function.name)
        .collect()
}
