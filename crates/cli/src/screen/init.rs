//! What was drafted, and what it asks.

use std::collections::BTreeMap;
use std::path::Path;

use serment_draft::draft::{Question, Topic};
use serment_draft::{Draft, Source};
use serment_register::diagnostics::{Diagnostic, entry};

use super::look::{Look, Tone, harmless, left};
use crate::command::init::expected;
use crate::words::{both, counted};

/// A draft that was written.
pub struct Drafted<'a> {
    /// Where.
    pub place: &'a Path,
    /// From what.
    pub sources: &'a [Source],
    /// The draft.
    pub draft: &'a Draft,
    /// What `check` finds in it.
    pub findings: &'a [Diagnostic],
}

/// Questions of one topic that are shown: the file has them all.
const SHOWN: usize = 4;

/// The screen.
pub fn screen(drafted: &Drafted<'_>, look: &Look) -> String {
    let draft = drafted.draft;
    let place = harmless(&drafted.place.display().to_string());
    let mut out = String::new();
    let text = both!("Ébauche écrite dans {place}", "Draft written in {place}");
    out.push_str(&format!("{} {}\n", look.tick(), look.say(&text)));
    let widest = drafted
        .sources
        .iter()
        .map(|source| source.name.len())
        .max()
        .unwrap_or(0);
    for source in drafted.sources {
        let tables = draft.tables.get(&source.name);
        let count = tables.map_or(0, Vec::len) as u64;
        let columns = tables.into_iter().flatten().flat_map(|table| &table.columns);
        let personal = columns
            .clone()
            .filter(|column| column.category().is_some())
            .count() as u64;
        let all = columns.count() as u64;
        let tables = counted(count, ("table", "tables"), ("table", "tables"));
        let columns = counted(all, ("colonne", "colonnes"), ("column", "columns"));
        let personal = look.number(personal);
        let said = both!(
            "{tables}, {columns}, dont {personal} qui semblent personnelles",
            "{tables}, {columns}, {personal} of which seem personal";
            tables, columns
        );
        let name = look.paint(Tone::Strong, &left(&source.name, widest));
        out.push_str(&format!("  {name}  {}\n", look.say(&said)));
    }
    let links = counted(draft.links() as u64, ("lien", "liens"), ("link", "links"));
    let said = both!(
        "{links}. Chaque colonne porte sa confiance en commentaire ; aucune valeur lue n'est écrite nulle part.",
        "{links}. Each column bears its confidence as a comment; no value that was read is written anywhere.";
        links
    );
    out.push_str(&look.paragraph(2, look.say(&said)));
    out.push('\n');
    questions(&draft.questions, look, &mut out);
    next(drafted, look, &mut out);
    out
}

fn questions(questions: &[Question], look: &Look, out: &mut String) {
    for topic in Topic::ALL {
        let here: Vec<&Question> = questions
            .iter()
            .filter(|question| question.topic == topic)
            .collect();
        if here.is_empty() {
            continue;
        }
        let title = format!(
            "{} ({})",
            look.say(&topic.title()),
            look.number(here.len() as u64)
        );
        out.push_str(&look.heading(&title));
        for question in here.iter().take(SHOWN) {
            out.push_str(&format!(
                "  {}\n",
                look.paint(Tone::Strong, &harmless(&question.place))
            ));
            out.push_str(&look.paragraph(4, &harmless(look.say(&question.text))));
        }
        if here.len() > SHOWN {
            let more = look.number((here.len() - SHOWN) as u64);
            let text = both!(
                "… et {more} autres dans QUESTIONS.md",
                "… and {more} more in QUESTIONS.md"
            );
            out.push_str(&format!("  {}\n", look.paint(Tone::Dim, look.say(&text))));
        }
        out.push('\n');
    }
}

fn next(drafted: &Drafted<'_>, look: &Look, out: &mut String) {
    out.push_str(&look.heading(look.say(&both!("Ensuite", "Next"))));
    for variable in drafted.sources.iter().filter_map(|source| source.export.as_ref()) {
        let command = format!("export {variable}=…");
        out.push_str(&format!("  {}\n", look.paint(Tone::Type, &command)));
    }
    let place = harmless(&drafted.place.display().to_string());
    for command in [
        format!("serment check {place}"),
        format!("serment check --live {place}"),
    ] {
        out.push_str(&format!("  {}\n", look.paint(Tone::Type, &command)));
    }
    let mut codes: BTreeMap<&str, (u64, &Diagnostic)> = BTreeMap::new();
    for finding in drafted.findings {
        codes.entry(finding.code.as_str()).or_insert((0, finding)).0 += 1;
    }
    if codes.is_empty() {
        return;
    }
    let text = both!(
        "serment check y trouvera ceci, qui attend une personne :",
        "serment check will find this in it, which waits for a person:"
    );
    out.push('\n');
    out.push_str(&look.paragraph(2, look.say(&text)));
    for (code, (count, finding)) in codes {
        let said = expected(code).map_or_else(
            || entry(finding.code).title(look.language).to_owned(),
            |text| look.say(&text).to_owned(),
        );
        out.push_str(&look.paragraph(4, &format!("{} × {code}  {said}", look.number(count))));
    }
}
