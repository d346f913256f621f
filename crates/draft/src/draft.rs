//! From databases to the files of a register, and to the questions that only a person can answer.

mod clients;
mod events;
mod links;
mod person;
mod questions;
mod read;
mod write;

use std::collections::BTreeMap;

use serment_register::model::{Language, Text};

use crate::source::Source;

pub use links::{Kind, LinkDraft};
pub use questions::{Question, Topic};
pub use read::{ColumnDraft, TableDraft};

/// How a draft is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The language of comments and of `QUESTIONS.md`.
    pub language: Language,
}

/// Below this confidence, in hundredths, a guess is a question.
pub const DOUBTFUL: u8 = 60;

/// The draft of a register.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its files, by path.
    pub files: BTreeMap<String, String>,
    /// What a person must say, most pressing first.
    pub questions: Vec<Question>,
    /// Its tables, by store.
    pub tables: BTreeMap<String, Vec<TableDraft>>,
}

impl Draft {
    /// The columns whose guess is a category.
    pub fn personal(&self) -> usize {
        let columns = self.tables.values().flatten().flat_map(|table| &table.columns);
        columns.filter(|column| column.category().is_some()).count()
    }

    /// Every column that the draft writes.
    pub fn columns(&self) -> usize {
        self.tables
            .values()
            .flatten()
            .map(|table| table.columns.len())
            .sum()
    }

    /// Every link that the draft writes.
    pub fn links(&self) -> usize {
        let links = self.tables.values().flatten().flat_map(|table| &table.links);
        links.filter(|link| link.why_not.is_none()).count()
    }
}

/// Drafts a register. Pure: the same sources give the same files.
pub fn draft(sources: &[Source], options: &Options) -> Draft {
    let mut questions = Vec::new();
    let mut tables: BTreeMap<String, Vec<TableDraft>> = BTreeMap::new();
    for source in sources {
        let mut read = read::tables(source, &mut questions);
        links::within(source, &mut read);
        read::columns(source, &mut read);
        links::kinds(&mut read, &mut questions, &source.name);
        links::circles(&mut read);
        person::identifiers(&mut read);
        events::find(source, &mut read);
        tables.insert(source.name.clone(), read);
    }
    let across = links::across(sources, &tables);
    let clients = clients::find(&mut tables, &mut questions);
    questions::ask(sources, &tables, &across, clients.as_ref(), &mut questions);
    questions.sort_by_key(|question| question.topic);
    let files = write::files(sources, &tables, &across, clients.as_ref(), &questions, options);
    Draft {
        files,
        questions,
        tables,
    }
}

/// A text of one line without control characters: names come from databases.
pub(crate) fn tame(text: &str) -> String {
    let tamed: String = text
        .chars()
        .map(|sign| {
            if sign.is_control() || matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
                '\u{fffd}'
            } else {
                sign
            }
        })
        .collect();
    match tamed.char_indices().nth(120) {
        Some((at, _)) => format!("{}…", &tamed[..at]),
        None => tamed,
    }
}

/// The same for both languages.
pub(crate) fn tamed(text: &Text) -> Text {
    Text {
        fr: text
            .fr
            .chars()
            .map(|sign| if sign.is_control() { '\u{fffd}' } else { sign })
            .collect(),
        en: text
            .en
            .chars()
            .map(|sign| if sign.is_control() { '\u{fffd}' } else { sign })
            .collect(),
    }
}
