//! Time is a parameter: `clippy.toml` bans the clock, and the composition root alone is let off.

use serment_tests::rust::{code, without_tests};
use serment_tests::workspace;
use toml::Table;

const BANNED: [&str; 6] = [
    "std::time::SystemTime::now",
    "std::time::Instant::now",
    "jiff::Timestamp::now",
    "jiff::Zoned::now",
    "jiff::tz::TimeZone::system",
    "tokio::time::Instant::now",
];

#[test]
fn clippy_bans_the_clock_with_reasons() {
    let text = workspace::read(&workspace::root().join("clippy.toml"));
    let table: Table = text.parse().expect("clippy.toml is TOML");
    let bans = table["disallowed-methods"].as_array().expect("a list of bans");
    for path in BANNED {
        let ban = bans.iter().find(|ban| ban["path"].as_str() == Some(path));
        let reason = ban
            .and_then(|ban| ban.get("reason"))
            .and_then(toml::Value::as_str);
        assert!(
            reason.is_some_and(|reason| !reason.is_empty()),
            "clippy.toml does not ban {path} with a reason"
        );
    }
}

#[test]
fn only_the_composition_root_is_let_off_the_ban_of_the_clock() {
    for package in workspace::packages() {
        for source in package.sources() {
            let code = without_tests(&code(&source.text));
            let let_off = code.contains("clippy::disallowed_methods");
            let may = matches!(package.word.as_str(), "benches" | "cli" | "xtask");
            assert!(
                may || !let_off,
                "{} is let off the ban of the clock",
                workspace::shown(&source.path)
            );
        }
    }
}

#[test]
fn one_clippy_configuration_rules_them_all() {
    let others = workspace::files().into_iter().filter(|path| {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        matches!(name.as_str(), "clippy.toml" | ".clippy.toml") && path.parent() != Some(&workspace::root())
    });
    assert_eq!(
        others.count(),
        0,
        "a clippy.toml below the root would lift the bans for its package"
    );
}
