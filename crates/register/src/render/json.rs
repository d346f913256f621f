//! For programs.

use serde_json::{Value, json};

use super::source::Sources;
use crate::diagnostics::{Diagnostic, Severity};
use crate::load::Files;
use crate::model::Language;
use crate::span::Span;

/// The diagnostics as a JSON array, one object each, the words in that language.
pub fn json(diagnostics: &[Diagnostic], files: &Files, language: Language) -> String {
    let sources = Sources::new(files, diagnostics);
    let all: Vec<Value> = diagnostics
        .iter()
        .map(|diagnostic| object(diagnostic, &sources, language))
        .collect();
    format!("{:#}", Value::Array(all))
}

fn object(diagnostic: &Diagnostic, sources: &Sources, language: Language) -> Value {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let related: Vec<Value> = diagnostic
        .related
        .iter()
        .map(|(span, label)| {
            let mut place = place(span, sources);
            place["message"] = label.get(language).into();
            place
        })
        .collect();
    json!({
        "code": diagnostic.code.as_str(),
        "severity": severity,
        "message": diagnostic.message.get(language),
        "reason": diagnostic.reason(language),
        "suggestion": diagnostic.suggestion.as_ref().map(|suggestion| suggestion.get(language)),
        "place": diagnostic.span.as_ref().map(|span| place(span, sources)),
        "related": related,
        "about": diagnostic.about,
    })
}

fn place(span: &Span, sources: &Sources) -> Value {
    let [(line, column), (end_line, end_column)] = sources.positions(span);
    json!({
        "file": &*span.file,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "excerpt": sources.line(span).trim(),
    })
}
