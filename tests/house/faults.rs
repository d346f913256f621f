//! Every fault of `tests/faults.toml` is provoked by a test that names it.
//!
//! Faults are numbered in four families: A the machine (12), B the database under us (16), C the queue, several nodes and
//! integrations (8), D attacks (30).

use std::collections::BTreeMap;

use serment_tests::rust::{self, Function};
use serment_tests::workspace;

#[test]
fn every_fault_is_named_by_a_test() {
    let functions = all_functions();
    let missing: Vec<String> = faults()
        .into_iter()
        .filter(|(id, _)| {
            !functions
                .iter()
                .any(|function| function.is_test && names(&function.name, id))
        })
        .map(|(id, sentence)| format!("{id}: {sentence}"))
        .collect();
    assert!(missing.is_empty(), "no test names these faults: {missing:#?}");
}

#[test]
fn no_test_names_a_fault_that_does_not_exist() {
    for function in all_functions().into_iter().filter(|function| function.is_test) {
        let mut words = function.name.split('_');
        assert!(
            words.all(|word| exists(word).unwrap_or(true)),
            "{} names an unknown fault",
            function.name
        );
    }
}

fn faults() -> BTreeMap<String, String> {
    let text = workspace::read(&workspace::root().join("tests/faults.toml"));
    toml::from_str(&text).unwrap_or_else(|error| panic!("tests/faults.toml: {error}"))
}

fn all_functions() -> Vec<Function> {
    let folders = ["crates", "tests", "examples", "xtask"].map(|folder| workspace::root().join(folder));
    let files = folders.iter().flat_map(|folder| workspace::rust_files(folder));
    files
        .flat_map(|path| rust::functions(&workspace::read(&path)))
        .collect()
}

/// `a7_a_cut_tail_is_detected` and `postgres_a7_…` name A7; `a70_…` does not.
fn names(function: &str, id: &str) -> bool {
    function.split('_').any(|word| word.eq_ignore_ascii_case(id))
}

/// Whether a word that reads like an id is one of the programme; nothing for other words.
fn exists(word: &str) -> Option<bool> {
    let number: u32 = word.get(1..)?.parse().ok()?;
    let last = match word.get(..1)? {
        "a" => 12,
        "b" => 16,
        "c" => 8,
        "d" => 30,
        _ => return None,
    };
    Some((1..=last).contains(&number))
}
