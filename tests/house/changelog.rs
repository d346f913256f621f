//! The changelog is for users: dated versions, known headings, one line for each change.

use serment_tests::workspace;

const HEADINGS: [&str; 6] = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

#[test]
fn the_changelog_can_be_read_by_a_machine_and_a_user() {
    let text = workspace::read(&workspace::root().join("CHANGELOG.md"));
    assert!(
        text.starts_with("# Changelog\n"),
        "CHANGELOG.md begins with its title"
    );
    let versions: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(
        versions.first(),
        Some(&"Unreleased"),
        "what is not released stands first"
    );
    for version in &versions[1..] {
        let dated = version
            .split_once(" - ")
            .is_some_and(|(number, date)| is_version(number) && is_date(date));
        assert!(dated, "`## {version}` is not `## 1.2.3 - 2026-12-31`");
    }
    for heading in text.lines().filter_map(|line| line.strip_prefix("### ")) {
        assert!(
            HEADINGS.contains(&heading),
            "`### {heading}` is not one of {HEADINGS:?}"
        );
    }
    for entry in text.lines().filter_map(|line| line.strip_prefix("- ")) {
        assert!(entry.ends_with('.'), "an entry is a sentence: {entry}");
        assert!(
            !entry.contains('#'),
            "an entry says what changes for the user, not where it was discussed: {entry}"
        );
    }
}

fn is_version(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() == 3 && parts.iter().all(|part| part.parse::<u32>().is_ok())
}

fn is_date(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [4, 2, 2] && text.split('-').all(|part| part.parse::<u16>().is_ok())
}
