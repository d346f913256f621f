//! Who may depend on whom.

use serment_tests::workspace::{self, Package};

use crate::rules;

#[test]
fn arrows_point_inward() {
    let rules = rules::read();
    let packages = workspace::packages();
    let mut wrong = Vec::new();
    for package in &packages {
        let Some(allowed) = rules.arrows.get(&package.word) else {
            wrong.push(format!("{} is not in tests/architecture.toml", package.word));
            continue;
        };
        for used in used_by(package, &packages) {
            if !allowed.contains(&used.word) {
                wrong.push(format!("{} -> {}", package.word, used.word));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "arrows that tests/architecture.toml does not allow: {wrong:#?}"
    );
}

#[test]
fn the_arrows_allowed_make_no_circle() {
    let mut left = rules::read().arrows;
    while let Some(leaf) = left
        .iter()
        .find(|(_, uses)| uses.iter().all(|used| !left.contains_key(used)))
    {
        let leaf = leaf.0.clone();
        left.remove(&leaf);
    }
    assert!(left.is_empty(), "these depend on each other: {:?}", left.keys());
}

#[test]
fn drivers_and_screens_stay_in_their_rooms() {
    let rules = rules::read();
    for package in workspace::packages() {
        for dependency in package.dependencies() {
            let allowed = rules
                .only
                .get(&dependency)
                .is_none_or(|rooms| rooms.contains(&package.word));
            assert!(
                allowed,
                "{} uses {dependency}, which belongs in {:?}",
                package.word, rules.only[&dependency]
            );
        }
    }
}

#[test]
fn adapters_are_chosen_in_cli_only() {
    let packages = workspace::packages();
    for package in &packages {
        for used in used_by(package, &packages) {
            let names_adapter = used.word.starts_with("stores/");
            assert!(
                !names_adapter || package.word == "cli",
                "{} names the adapter {}",
                package.word,
                used.word
            );
        }
    }
}

#[test]
fn every_package_follows_the_lints_and_the_edition_of_the_workspace() {
    for package in workspace::packages() {
        let inherits =
            |place: &toml::Value| place.get("workspace").and_then(toml::Value::as_bool) == Some(true);
        assert!(
            package.manifest.get("lints").is_some_and(inherits),
            "{}: no `[lints] workspace = true`",
            package.word
        );
        for field in ["version", "edition", "rust-version", "license", "publish"] {
            let value = package.manifest["package"].get(field);
            assert!(
                value.is_some_and(inherits),
                "{}: `{field}.workspace = true` is missing",
                package.word
            );
        }
        let named = package.name == "xtask" || package.name.starts_with("serment-");
        assert!(named, "{} is not called serment-…", package.name);
    }
}

fn used_by<'a>(package: &Package, packages: &'a [Package]) -> Vec<&'a Package> {
    let names = package.dependencies();
    packages
        .iter()
        .filter(|other| names.contains(&other.name))
        .collect()
}
