//! Every diagnostic is explained, shown failing and mended, and speaks both languages.

use std::fmt::Write as _;
use std::path::PathBuf;

use serment_register::check::not_yet_executed;
use serment_register::diagnostics::{self, Code, Diagnostic, Entry, Severity};
use serment_register::load;
use serment_register::model::Language;

/// The codes that a register shows by itself.
fn shown() -> impl Iterator<Item = &'static Entry> {
    diagnostics::every().filter(|entry| !entry.live)
}

fn found(entry: &Entry, files: &serment_register::Files) -> Vec<Diagnostic> {
    let (register, mut found) = load(files);
    if let Some(register) = register.filter(|_| entry.later) {
        found.extend(not_yet_executed(&register));
    }
    found
}

#[test]
fn every_code_has_one_entry_in_order() {
    let explained: Vec<Code> = diagnostics::every().map(|entry| entry.code).collect();
    assert_eq!(explained, Code::ALL);
    for entry in diagnostics::every() {
        for language in [Language::French, Language::English] {
            assert!(
                !entry.title(language).is_empty() && !entry.reason(language).is_empty(),
                "{}",
                entry.code
            );
        }
        assert_eq!(entry.failing.is_empty(), entry.live, "{}", entry.code);
    }
}

#[test]
fn the_example_register_passes_without_a_finding() {
    let (register, found) = load(&diagnostics::base());
    assert_eq!(found, []);
    assert_eq!(not_yet_executed(&register.unwrap()), []);
}

#[test]
fn every_failing_example_yields_its_code_and_every_mended_one_does_not() {
    for entry in shown() {
        let code = entry.code;
        for edit in entry.failing.iter().filter(|edit| !edit.find.is_empty()) {
            let text = String::from_utf8(diagnostics::base()[edit.file].clone()).unwrap();
            assert_eq!(text.matches(edit.find).count(), 1, "{code}: {:?}", edit.find);
        }
        let failing = found(entry, &diagnostics::failing(entry));
        assert!(
            failing.iter().any(|diagnostic| diagnostic.code == code),
            "{code}: {failing:#?}"
        );
        let mended = found(entry, &diagnostics::mended(entry));
        assert!(
            mended.iter().all(|diagnostic| diagnostic.code != code),
            "{code}: {mended:#?}"
        );
    }
}

#[test]
fn a_failing_example_yields_little_else() {
    for entry in shown() {
        let failing = found(entry, &diagnostics::failing(entry));
        let others: Vec<&Diagnostic> = failing
            .iter()
            .filter(|diagnostic| diagnostic.code != entry.code)
            .collect();
        assert!(others.len() <= 2, "{}: {others:#?}", entry.code);
    }
}

#[test]
fn every_place_of_a_finding_lies_in_its_file() {
    for entry in shown() {
        let files = diagnostics::failing(entry);
        for diagnostic in found(entry, &files) {
            let related = diagnostic.related.iter().map(|(span, _)| span);
            for span in diagnostic.span.iter().chain(related) {
                let text = &files[&*span.file];
                assert!(
                    span.range.start <= span.range.end && span.range.end <= text.len(),
                    "{diagnostic:?}"
                );
                if diagnostic.code != Code::NotText && diagnostic.code != Code::StrayFile {
                    assert!(!span.range.is_empty(), "{diagnostic:?}");
                }
            }
        }
    }
}

#[test]
fn every_diagnostic_reads_well_in_both_languages() {
    for entry in shown() {
        let files = diagnostics::failing(entry);
        let mut all = found(entry, &files);
        all.retain(|diagnostic| diagnostic.code == entry.code);
        let mut shown = String::new();
        for language in [Language::English, Language::French] {
            let text = serment_register::render::terminal(&all, &files, language, false);
            writeln!(shown, "{text}").unwrap();
        }
        insta::assert_snapshot!(entry.code.as_str(), shown);
    }
}

fn pages() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/diagnostics")
}

/// `SERMENT_WRITE_DOCS=1 cargo test -p serment-register` writes the pages anew.
#[test]
fn the_pages_are_those_that_the_code_generates() {
    let mut expected = vec![("README.md".to_owned(), diagnostics::index())];
    expected
        .extend(diagnostics::every().map(|entry| (format!("{}.md", entry.code), diagnostics::page(entry))));
    if std::env::var_os("SERMENT_WRITE_DOCS").is_some() {
        std::fs::create_dir_all(pages()).unwrap();
        for (name, text) in &expected {
            std::fs::write(pages().join(name), text).unwrap();
        }
    }
    for (name, text) in &expected {
        let kept = std::fs::read_to_string(pages().join(name)).unwrap_or_default();
        assert!(
            kept == *text,
            "{name} is out of date: SERMENT_WRITE_DOCS=1 cargo test -p serment-register"
        );
    }
    assert_eq!(
        std::fs::read_dir(pages()).unwrap().count(),
        expected.len(),
        "a page of no code"
    );
}

#[test]
fn warnings_do_not_forbid_to_act_and_errors_do() {
    let warning = diagnostics::entry(Code::Repeated);
    let (_, all) = load(&diagnostics::failing(warning));
    assert!(
        all.iter()
            .all(|diagnostic| diagnostic.severity == Severity::Warning)
    );
    assert!(!diagnostics::has_errors(&all));
    let (_, all) = load(&diagnostics::failing(diagnostics::entry(Code::NoBasis)));
    assert!(diagnostics::has_errors(&all));
}
