//! For eyes: the excerpt, the reason, what to write instead.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::source::{Sources, printable};
use crate::diagnostics::{Diagnostic, Severity};
use crate::load::Files;
use crate::model::Language;
use crate::span::Span;

/// Width in columns beyond which long lines are cut.
const WIDTH: usize = 120;

/// The diagnostics as a compiler would print them, in colour when asked for. Secrets in clear are covered when the
/// diagnostics that report them are among those given.
pub fn terminal(diagnostics: &[Diagnostic], files: &Files, language: Language, colour: bool) -> String {
    let sources = Sources::new(files, diagnostics);
    let renderer = if colour {
        Renderer::styled().decor_style(DecorStyle::Unicode)
    } else {
        Renderer::plain()
    };
    let renderer = renderer.term_width(WIDTH);
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&renderer.render(&[group(diagnostic, &sources, language)]));
        out.push_str("\n\n");
    }
    out
}

fn group<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources, language: Language) -> Group<'a> {
    let (level, note, help) = match (diagnostic.severity, language) {
        (Severity::Error, Language::French) => (Level::ERROR.with_name("erreur"), "raison", "aide"),
        (Severity::Error, Language::English) => (Level::ERROR, "reason", "help"),
        (Severity::Warning, Language::French) => {
            (Level::WARNING.with_name("avertissement"), "raison", "aide")
        }
        (Severity::Warning, Language::English) => (Level::WARNING, "reason", "help"),
    };
    let title = level
        .primary_title(printable(diagnostic.message.get(language)))
        .id(diagnostic.code.as_str());
    let mut group = Group::with_title(title);
    for snippet in snippets(diagnostic, sources, language) {
        group = group.element(snippet);
    }
    group = group.element(Level::NOTE.with_name(note).message(diagnostic.reason(language)));
    if let Some(suggestion) = &diagnostic.suggestion {
        group = group.element(
            Level::HELP
                .with_name(help)
                .message(printable(suggestion.get(language))),
        );
    }
    group
}

/// One snippet for each place: places far apart would drag whole files in between them.
fn snippets<'a>(
    diagnostic: &'a Diagnostic,
    sources: &'a Sources,
    language: Language,
) -> Vec<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let Some(primary) = &diagnostic.span else {
        return Vec::new();
    };
    let mut found = vec![snippet(sources, primary, AnnotationKind::Primary, None)];
    for (span, label) in &diagnostic.related {
        found.push(snippet(
            sources,
            span,
            AnnotationKind::Context,
            Some(label.get(language)),
        ));
    }
    found
}

fn snippet<'a>(
    sources: &'a Sources,
    span: &'a Span,
    kind: AnnotationKind,
    label: Option<&'a str>,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let (line, offset, text) = sources.window(&span.file, span.range.start, span.range.end);
    let clamp = |at: usize| text.floor_char_boundary(at.saturating_sub(offset).min(text.len()));
    let range = clamp(span.range.start)..clamp(span.range.end);
    Snippet::source(text)
        .line_start(line)
        .path(&*span.file)
        .annotation(kind.span(range).label(label))
}
