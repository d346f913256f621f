//! The reference pages of the codes, generated: `docs/reference/diagnostics/S001.md`.

use std::fmt::Write as _;

use super::catalogue::{Entry, every};
use super::code::Severity;
use super::example::{Edit, base, failing};
use super::{Code, Diagnostic};
use crate::load::Files;
use crate::model::Language;

const GENERATED: &str = "<!-- Generated from crates/register/src/diagnostics/catalogue. -->\n\n";

/// The page of one code, in Markdown.
pub fn page(entry: &Entry) -> String {
    let code = entry.code;
    let mut page = format!(
        "{GENERATED}# {code}: {}\n\n*{}* · {}\n\n{}\n\n{}\n",
        entry.title(Language::English),
        entry.title(Language::French),
        severity(code),
        entry.reason(Language::English),
        entry.reason(Language::French),
    );
    if entry.live {
        page.push_str(
            "\nFound by `serment check --live` only: the register is compared with the store itself.\n",
        );
        return page;
    }
    let files = failing(entry);
    section(&mut page, "Fails", entry, &files, |edit| edit.replace);
    let findings = findings(entry, &files);
    let first = findings.iter().find(|diagnostic| diagnostic.code == code);
    if let Some(diagnostic) = first {
        page.push('\n');
        for text in [&diagnostic.message.en, &diagnostic.message.fr] {
            let _ = writeln!(page, "> {text}");
            let _ = writeln!(page, ">");
        }
        if let Some(suggestion) = &diagnostic.suggestion {
            let _ = writeln!(page, "> help: {}  \n> aide : {}", suggestion.en, suggestion.fr);
        }
        page = page.trim_end_matches(">\n").to_owned();
    }
    section(&mut page, "Passes", entry, &base(), |edit| edit.find);
    page.push_str("\nBoth are run as tests, in the register of [the index](README.md).\n");
    page
}

/// The list of codes, in Markdown, with the register that the examples change.
pub fn index() -> String {
    let mut page = format!(
        "{GENERATED}# Diagnostics\n\n\
         `serment check` reports these codes. An error forbids every other command to act on the register; a warning \
         does not. A code never changes its meaning. From S110 on they are those of `serment check --live`.\n\n| code | | what | quoi |\n|---|---|---|---|\n"
    );
    for entry in every() {
        let code = entry.code;
        let _ = writeln!(
            page,
            "| [{code}]({code}.md) | {} | {} | {} |",
            severity(code),
            entry.title(Language::English),
            entry.title(Language::French)
        );
    }
    page.push_str(
        "\n## The register of the examples\n\nEach page changes one thing in this register, which passes.\n",
    );
    for (path, bytes) in base() {
        let _ = write!(
            page,
            "\n`{path}`\n\n```toml\n{}```\n",
            String::from_utf8_lossy(&bytes)
        );
    }
    page
}

/// What `check` finds in an example.
pub(crate) fn findings(entry: &Entry, files: &Files) -> Vec<Diagnostic> {
    let (register, mut found) = crate::load(files);
    if let Some(register) = register.filter(|_| entry.later) {
        found.extend(crate::check::not_yet_executed(&register));
    }
    found
}

fn severity(code: Code) -> &'static str {
    match code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn section(page: &mut String, title: &str, entry: &Entry, files: &Files, side: fn(&Edit) -> &'static str) {
    if !page.ends_with("\n") {
        page.push('\n');
    }
    let _ = write!(page, "\n## {title}\n");
    for edit in entry.failing {
        let file = edit.file;
        let Some(bytes) = files.get(file) else {
            let _ = write!(page, "\nWithout the file `{file}`.\n");
            continue;
        };
        if bytes.len() > 10_000 {
            let _ = write!(page, "\nWith a file `{file}` of {} bytes.\n", bytes.len());
            continue;
        }
        let text = String::from_utf8_lossy(bytes);
        let shown = if edit.find.is_empty() {
            &*text
        } else {
            around(&text, place(edit), side(edit))
        };
        let _ = write!(page, "\n`{file}`\n\n```toml\n{}\n```\n", shown.trim_end());
    }
}

/// Where an edit takes place: the same in the register that fails and in the one that passes.
fn place(edit: &Edit) -> usize {
    let files = base();
    let text = files
        .get(edit.file)
        .map(|bytes| String::from_utf8_lossy(bytes))
        .unwrap_or_default();
    text.find(edit.find).unwrap_or_default()
}

/// The section of a file around a text: from the blank line before it to the one after it.
fn around<'a>(text: &'a str, start: usize, part: &str) -> &'a str {
    let start = text.floor_char_boundary(start.min(text.len()));
    let end = text.floor_char_boundary((start + part.trim_end().len()).min(text.len()));
    let from = text[..start]
        .trim_end_matches('\n')
        .rfind("\n\n")
        .map_or(0, |at| at + 2);
    let to = text[end..].find("\n\n").map_or(text.len(), |at| end + at);
    &text[from..to]
}
