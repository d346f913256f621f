//! What `check` says: a code, a place, what is wrong, why it matters and what to write instead, in both languages.

mod catalogue;
mod code;
mod example;
mod page;

pub use catalogue::{Entry, entry, every};
pub use code::{Code, Severity};
pub use example::{Edit, Example, base, failing, mended};
pub use page::{index, page};

use crate::model::{Language, Text};
use crate::span::Span;
use crate::text;

/// One finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// Stable identifier, `S001`.
    pub code: Code,
    /// Whether callers must refuse to act.
    pub severity: Severity,
    /// Where it is; None when it is about the register as a whole.
    pub span: Option<Span>,
    /// Other places that matter, each with what it shows.
    pub related: Vec<(Span, Text)>,
    /// What is wrong, in this register.
    pub message: Text,
    /// What to write instead, when something better than the code's page can be said.
    pub suggestion: Option<Text>,
    /// The rules (`activity.name`), tables (`store.table`) and stores concerned, when the finding is about some.
    pub about: Vec<String>,
}

impl Diagnostic {
    /// A finding of that code at that place; its severity is the code's.
    pub fn new(code: Code, span: impl Into<Option<Span>>, message: Text) -> Self {
        Self {
            code,
            severity: code.severity(),
            span: span.into(),
            related: Vec::new(),
            message,
            suggestion: None,
            about: Vec::new(),
        }
    }

    /// Adds what to write instead.
    pub fn suggest(mut self, suggestion: Text) -> Self {
        self.suggestion = Some(suggestion);
        self
    }

    /// Adds what to write instead, when there is something to say.
    pub fn suggest_if(mut self, suggestion: Option<Text>) -> Self {
        self.suggestion = suggestion.or(self.suggestion);
        self
    }

    /// Adds another place that matters.
    pub fn related(mut self, span: Span, label: Text) -> Self {
        self.related.push((span, label));
        self
    }

    /// Why the code exists: the same for each of its findings.
    pub fn reason(&self, language: Language) -> &'static str {
        entry(self.code).reason(language)
    }

    /// Says which rules, tables or stores are concerned.
    pub fn about(mut self, names: impl IntoIterator<Item = String>) -> Self {
        self.about.extend(names);
        self
    }
}

/// Whether any finding forbids to act on the register.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// The candidate closest to what was written, when one is close enough to be what was meant.
pub(crate) fn closest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .filter(|candidate| *candidate != written)
        .map(|candidate| {
            (
                strsim::jaro_winkler(&written.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(score, _)| *score >= 0.82)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, candidate)| candidate)
}

/// "Did you mean …?", or the list of what exists when it is short.
pub(crate) fn did_you_mean<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<Text> {
    let mut known: Vec<&str> = candidates.into_iter().collect();
    known.sort_unstable();
    known.dedup();
    let written = &written[..written.floor_char_boundary(100)];
    if known.len() <= 10_000
        && let Some(best) = closest(written, known.iter().copied())
    {
        return Some(text!("vouliez-vous dire « {best} » ?", "did you mean `{best}`?"));
    }
    if known.is_empty() || known.len() > 12 {
        return None;
    }
    let list_fr = known
        .iter()
        .map(|name| format!("« {name} »"))
        .collect::<Vec<_>>()
        .join(", ");
    let list_en = known
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    Some(text!("sont connus ici : {list_fr}", "known here: {list_en}"))
}
