//! For code review: the Static Analysis Results Interchange Format, version 2.1.0.

use serde_json::{Value, json};

use super::source::Sources;
use crate::diagnostics::{Code, Diagnostic, Severity, entry};
use crate::load::Files;
use crate::model::Language;
use crate::span::Span;

/// The diagnostics as a SARIF 2.1.0 log, the words in that language. Paths are relative to the register's directory
/// (base `REGISTER`).
pub fn sarif(diagnostics: &[Diagnostic], files: &Files, language: Language) -> String {
    let sources = Sources::new(files, diagnostics);
    let mut codes: Vec<Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    codes.sort();
    codes.dedup();
    let rules: Vec<Value> = codes.iter().map(|code| rule(*code, language)).collect();
    let results: Vec<Value> = diagnostics
        .iter()
        .map(|diagnostic| result(diagnostic, &codes, &sources, language))
        .collect();
    let tag = match language {
        Language::French => "fr",
        Language::English => "en",
    };
    format!(
        "{:#}",
        json!({
            "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "serment",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "language": tag,
                    "rules": rules,
                } },
                "language": tag,
                "columnKind": "unicodeCodePoints",
                "results": results,
            }],
        })
    )
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn rule(code: Code, language: Language) -> Value {
    let entry = entry(code);
    json!({
        "id": code.as_str(),
        "shortDescription": { "text": entry.title(language) },
        "fullDescription": { "text": entry.reason(language) },
        "defaultConfiguration": { "level": level(code.severity()) },
    })
}

fn result(diagnostic: &Diagnostic, codes: &[Code], sources: &Sources, language: Language) -> Value {
    let mut message = diagnostic.message.get(language).to_owned();
    if let Some(suggestion) = &diagnostic.suggestion {
        message.push_str(". ");
        message.push_str(suggestion.get(language));
    }
    let related: Vec<Value> = diagnostic
        .related
        .iter()
        .map(|(span, label)| {
            let mut location = location(span, sources);
            location["message"] = json!({ "text": label.get(language) });
            location
        })
        .collect();
    let locations: Vec<Value> = diagnostic
        .span
        .iter()
        .map(|span| location(span, sources))
        .collect();
    json!({
        "ruleId": diagnostic.code.as_str(),
        "ruleIndex": codes.binary_search(&diagnostic.code).unwrap_or_default(),
        "level": level(diagnostic.severity),
        "message": { "text": message },
        "locations": locations,
        "relatedLocations": related,
    })
}

fn location(span: &Span, sources: &Sources) -> Value {
    let [(line, column), (end_line, end_column)] = sources.positions(span);
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&span.file), "uriBaseId": "REGISTER" },
            "region": {
                "startLine": line,
                "startColumn": column,
                "endLine": end_line,
                "endColumn": end_column,
            },
        },
    })
}

/// A relative path as a URI reference: anything but unreserved characters and `/` is percent-encoded.
fn uri(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
