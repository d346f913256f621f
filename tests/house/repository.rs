//! What no file of the repository may hold.

use std::fs;

use serment_tests::rust::code;
use serment_tests::workspace;

/// The beginnings of folders that exist on one machine only, spelt so that this file does not hold them.
const MACHINE_PATHS: [&str; 5] = [
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/wo", "rk/"),
    concat!("/Us", "ers/"),
    concat!("C:", "\\Users"),
];

#[test]
fn no_machine_path_stands_in_the_repository() {
    for path in workspace::files() {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            let found = MACHINE_PATHS.iter().find(|machine| begins_a_path(line, machine));
            assert!(
                found.is_none(),
                "{}:{} holds {found:?}",
                workspace::shown(&path),
                number + 1
            );
        }
    }
}

#[test]
fn packages_come_from_the_public_registry_only() {
    let lock: toml::Table = workspace::read(&workspace::root().join("Cargo.lock"))
        .parse()
        .expect("a lock file");
    for package in lock["package"].as_array().expect("a list of packages") {
        let source = package.get("source").and_then(toml::Value::as_str);
        let public = source.is_none_or(|it| it == "registry+https://github.com/rust-lang/crates.io-index");
        assert!(public, "{} comes from {source:?}", package["name"]);
    }
    let config: toml::Table = workspace::read(&workspace::root().join(".cargo/config.toml"))
        .parse()
        .expect(".cargo/config.toml is TOML");
    let keys: Vec<&String> = config.keys().collect();
    assert_eq!(
        keys,
        ["alias", "env"],
        ".cargo/config.toml is for aliases and flags: no registry, no source, no proxy"
    );
    let flags: Vec<&String> = config["env"].as_table().expect("variables").keys().collect();
    assert_eq!(
        flags,
        ["LIBSQLITE3_FLAGS"],
        "variables change how SQLite is built, and nothing else"
    );
}

#[test]
fn no_unsafe_code() {
    let manifest: toml::Table = workspace::read(&workspace::root().join("Cargo.toml"))
        .parse()
        .expect("a manifest");
    assert_eq!(
        manifest["workspace"]["lints"]["rust"]["unsafe_code"].as_str(),
        Some("forbid")
    );
    for path in workspace::files()
        .into_iter()
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
    {
        let code = code(&workspace::read(&path));
        let mut words = code.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        assert!(
            words.all(|word| word != "unsafe"),
            "{} says unsafe",
            workspace::shown(&path)
        );
    }
}

#[test]
fn modules_are_named_after_their_file() {
    for path in workspace::files() {
        assert!(
            !path.ends_with("mod.rs"),
            "{}: write foo.rs beside foo/",
            workspace::shown(&path)
        );
    }
}

#[test]
fn nothing_is_left_unfinished() {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    for path in workspace::files()
        .into_iter()
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
    {
        let text = workspace::read(&path);
        let marked = marks.iter().find(|mark| {
            text.split(|c: char| !c.is_alphanumeric())
                .any(|word| word == **mark)
        });
        assert!(marked.is_none(), "{} holds {marked:?}", workspace::shown(&path));
        let code = code(&text);
        for stub in [concat!("to", "do!"), concat!("unimpl", "emented!")] {
            assert!(!code.contains(stub), "{} holds {stub}", workspace::shown(&path));
        }
        assert!(
            !code.contains("#[ignore"),
            "{} ignores a test",
            workspace::shown(&path)
        );
    }
}

/// Whether the text stands where a path begins: `x/home/` in an address or a pattern is not one.
fn begins_a_path(line: &str, machine: &str) -> bool {
    line.match_indices(machine).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '}' | '*')))
    })
}
