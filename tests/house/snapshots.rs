//! Snapshots are contracts that people review: each belongs to a test.
//!
//! Here only that the test's file is there. `cargo xtask test` compares the snapshots on disk with those that the tests
//! really read.

use serment_tests::workspace;

#[test]
fn every_snapshot_belongs_to_a_source_file() {
    for path in workspace::files()
        .into_iter()
        .filter(|path| path.extension().is_some_and(|it| it == "snap"))
    {
        let text = workspace::read(&path);
        let source = text
            .lines()
            .find_map(|line| line.strip_prefix("source: "))
            .map(|it| it.trim_matches('"'));
        let source = source.unwrap_or_else(|| panic!("{} does not say its source", workspace::shown(&path)));
        assert!(
            workspace::root().join(source).exists(),
            "{} is left over from {source}",
            workspace::shown(&path)
        );
    }
}

#[test]
fn no_snapshot_waits_for_a_decision() {
    let ignored = workspace::read(&workspace::root().join(".gitignore"));
    for pattern in ["*.pending-snap", "*.snap.new"] {
        assert!(
            ignored.lines().any(|line| line == pattern),
            ".gitignore does not hold {pattern}"
        );
    }
}
