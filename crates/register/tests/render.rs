//! Findings for programs and for code review.

use serment_register::diagnostics::{self, Code};
use serment_register::model::Language;
use serment_register::{load, render};

#[test]
fn json_says_the_place_the_reason_and_what_to_write() {
    let files = diagnostics::failing(diagnostics::entry(Code::EndsUnlistedState));
    let (_, found) = load(&files);
    insta::assert_snapshot!(render::json(&found, &files, Language::English));
}

#[test]
fn sarif_names_each_rule_once_and_points_into_the_register() {
    let files = diagnostics::failing(diagnostics::entry(Code::EventTwice));
    let (_, found) = load(&files);
    insta::assert_snapshot!(render::sarif(&found, &files, Language::French));
}

#[test]
fn nothing_found_is_an_empty_list_in_both() {
    let files = diagnostics::base();
    assert_eq!(render::json(&[], &files, Language::English), "[]");
    assert_eq!(render::terminal(&[], &files, Language::English, true), "");
    let sarif: serde_json::Value =
        serde_json::from_str(&render::sarif(&[], &files, Language::English)).unwrap();
    assert_eq!(sarif["runs"][0]["results"], serde_json::json!([]));
}
