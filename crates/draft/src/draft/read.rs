//! The tables of a database, under names that a register can write, and what their columns seem to hold.

use std::collections::BTreeSet;

use serment_detect::about::about;
use serment_detect::{About, Beside, Contents, Guess, Pattern, Place, Shape, Sketch, guess};
use serment_register::model::Category;
use serment_register::text;
use serment_store::catalogue::{Table, TableKind, TableName};

use super::links::LinkDraft;
use super::questions::{Question, Topic};
use super::tame;
use crate::source::{Observed, Source, shape};

/// A table of the draft.
#[derive(Debug, Clone)]
pub struct TableDraft {
    /// Its name in the database.
    pub name: TableName,
    /// Its name in the register.
    pub id: String,
    /// What its rows are about.
    pub about: About,
    /// The columns that identify a row, when they can be written.
    pub key: Vec<String>,
    /// Its columns, in the order of the database.
    pub columns: Vec<ColumnDraft>,
    /// Its links.
    pub links: Vec<LinkDraft>,
    /// The kind of persons: name in the vocabulary, French and English label.
    pub subject: Option<(String, String, String)>,
    /// Ways to find a person: name, column, whether it identifies.
    pub identify: Vec<(String, String, bool)>,
    /// Events: name in the vocabulary, column.
    pub events: Vec<(String, String)>,
    /// States: name in the vocabulary, condition.
    pub states: Vec<(String, String)>,
    /// Soft deletion.
    pub gone: Option<String>,
    /// Whose rows they are: a column or a link.
    pub client: Option<String>,
    /// Columns that seem to hold a state that only a person can read.
    pub statuses: Vec<String>,
    /// Rows, as the database estimates them.
    pub rows: u64,
}

impl TableDraft {
    /// Whether some column seems personal.
    pub fn is_personal(&self) -> bool {
        self.columns.iter().any(|column| column.category().is_some())
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&ColumnDraft> {
        self.columns
            .iter()
            .find(|column| column.name == name && column.inside.is_empty())
    }

    /// The links that the draft writes.
    pub fn written_links(&self) -> impl Iterator<Item = &LinkDraft> {
        self.links.iter().filter(|link| link.why_not.is_none())
    }
}

/// A column of the draft, or a place inside its JSON.
#[derive(Debug, Clone)]
pub struct ColumnDraft {
    /// Its name.
    pub name: String,
    /// Keys inside its JSON; empty for the whole column.
    pub inside: Vec<String>,
    /// The guesses, the best first.
    pub guesses: Vec<Guess>,
    /// How it writes times, when its type does not say: the word of the register.
    pub time: Option<&'static str>,
    /// Whether it holds times.
    pub is_time: bool,
    /// Whether it holds true or false, by its type.
    pub is_flag: bool,
    /// Forms among its values that the law protects most, with the number of values.
    pub sensitive: Vec<(Pattern, usize)>,
    /// Passwords that are weakly protected, and not at all, of how many.
    pub unprotected: Option<(usize, usize, usize)>,
}

impl ColumnDraft {
    /// The best guess.
    pub fn best(&self) -> &Guess {
        &self.guesses[0]
    }

    /// Its category; None for what does not seem personal.
    pub fn category(&self) -> Option<&Category> {
        self.best().category.as_ref()
    }

    /// Whether it surely is of that category or one below it.
    pub fn surely(&self, category: &str) -> bool {
        self.best().confidence >= 70
            && self
                .category()
                .is_some_and(|found| Category(category.to_owned()).covers(found))
    }

    /// How the register names it.
    pub fn path(&self) -> String {
        std::iter::once(self.name.as_str())
            .chain(self.inside.iter().map(String::as_str))
            .collect::<Vec<_>>()
            .join(".")
    }
}

/// Whether a register can name that column: a dot would lead inside JSON.
pub(super) fn can_be_written(column: &str) -> bool {
    !column.trim().is_empty() && !column.contains('.')
}

/// The tables, with their keys; views and tables whose columns nobody may see are asked about.
pub(super) fn tables(source: &Source, questions: &mut Vec<Question>) -> Vec<TableDraft> {
    let mut taken = BTreeSet::new();
    let mut found = Vec::new();
    for (name, table) in &source.catalogue.tables {
        let shown = format!("{}.{}", source.name, tame(&name.name));
        if table.kind == TableKind::View {
            questions.push(Question::new(
                Topic::LeftOut,
                &shown,
                text!(
                    "c'est une vue : elle n'est pas dans l'ébauche ; ses données sont celles d'autres tables, ou d'ailleurs ?",
                    "it is a view, and not in the draft: are its data those of other tables, or from elsewhere?"
                ),
            ));
            continue;
        }
        let schema = name.schema.as_deref().unwrap_or("public");
        if name.name.trim().is_empty() || schema.trim().is_empty() {
            questions.push(Question::new(
                Topic::LeftOut,
                &source.name,
                text!(
                    "une table n'a pour nom que des blancs : un registre ne peut pas la nommer",
                    "the name of a table is all blanks: a register cannot name it"
                ),
            ));
            continue;
        }
        if let Some(why) = source.unread.get(name) {
            questions.push(Question::new(
                Topic::LeftOut,
                &shown,
                text!(
                    "aucune valeur n'a pu y être lue ({why}) : les catégories ne viennent que des noms et des types",
                    "no value could be read there ({why}): categories come from names and types only";
                    why
                ),
            ));
        }
        for column in table
            .columns
            .iter()
            .filter(|column| !can_be_written(&column.name))
        {
            let column = tame(&column.name);
            questions.push(Question::new(
                Topic::LeftOut,
                &shown,
                text!(
                    "la colonne « {column} » ne peut pas s'écrire dans un registre (un point y mènerait dans un JSON) : renommez-la, ou dites ce qu'elle contient",
                    "the column `{column}` cannot be written in a register (a dot would lead inside JSON): rename it, or say what it holds"
                ),
            ));
        }
        let names = table.columns.iter().map(|column| column.name.as_str());
        found.push(TableDraft {
            id: table_id(name, &mut taken),
            about: about(&name.name, names),
            key: key(table),
            name: name.clone(),
            columns: Vec::new(),
            links: Vec::new(),
            subject: None,
            identify: Vec::new(),
            events: Vec::new(),
            states: Vec::new(),
            gone: None,
            client: None,
            statuses: Vec::new(),
            rows: table.estimated_rows,
        });
    }
    found
}

/// The primary key, else the shortest set of columns that a constraint keeps unique.
fn key(table: &Table) -> Vec<String> {
    let fine = |set: &&Vec<String>| !set.is_empty() && set.iter().all(|column| can_be_written(column));
    let unique = table.unique.iter().filter(|set| {
        set.iter()
            .all(|name| table.column(name).is_some_and(|column| !column.nullable))
    });
    std::iter::once(&table.primary_key)
        .filter(fine)
        .chain(unique.filter(fine).min_by_key(|set| set.len()))
        .next()
        .cloned()
        .unwrap_or_default()
}

/// A name that the register accepts and no other table of the store has.
fn table_id(name: &TableName, taken: &mut BTreeSet<String>) -> String {
    let fine = |text: &str| {
        !text.is_empty() && text.len() <= 128 && !text.contains(|sign: char| sign == '.' || sign.is_control())
    };
    let mut wanted = if fine(&name.name) {
        name.name.clone()
    } else {
        super::write::name_of(&name.name, "table")
    };
    if let (true, Some(schema)) = (taken.contains(&wanted), &name.schema) {
        wanted = super::write::name_of(&format!("{schema}_{wanted}"), "table");
    }
    let mut id = wanted.clone();
    let mut number = 2;
    while !taken.insert(id.clone()) {
        id = format!("{}_{number}", &wanted[..wanted.floor_char_boundary(110)]);
        number += 1;
    }
    id
}

/// What the columns seem to hold.
pub(super) fn columns(source: &Source, tables: &mut [TableDraft]) {
    let nothing = Observed::default();
    for draft in tables {
        let Some(table) = source.catalogue.tables.get(&draft.name) else {
            continue;
        };
        let observed = source.observed.get(&draft.name);
        let linked: BTreeSet<&String> = draft
            .links
            .iter()
            .flat_map(|link| link.by.iter().map(|(ours, _)| ours))
            .collect();
        let beside = Beside::of(table.columns.iter().map(|column| column.name.as_str()));
        let mut found = Vec::new();
        for column in table.columns.iter().filter(|column| can_be_written(&column.name)) {
            let seen = observed
                .and_then(|columns| columns.get(&column.name))
                .unwrap_or(&nothing);
            let place = if linked.contains(&column.name) {
                Place::Link
            } else if table.primary_key.contains(&column.name) {
                Place::Key
            } else {
                Place::Plain
            };
            if seen.inside.is_empty() {
                let sketch = Sketch {
                    table: &draft.name.name,
                    about: draft.about,
                    beside,
                    name: &column.name,
                    shape: shape(column),
                    place,
                    contents: &seen.contents,
                };
                found.push(one(&sketch, Vec::new()));
                continue;
            }
            for (path, contents) in &seen.inside {
                // `address.street`: the keys above tell what the last one is about.
                let last = path.last().cloned().unwrap_or_default();
                let sketch = Sketch {
                    table: &draft.name.name,
                    about: draft.about,
                    beside,
                    name: &last,
                    shape: Shape::Text,
                    place: Place::Plain,
                    contents,
                };
                let mut place = one(&sketch, path.clone());
                place.name.clone_from(&column.name);
                found.push(place);
            }
        }
        draft.columns = found;
    }
}

fn one(sketch: &Sketch<'_>, inside: Vec<String>) -> ColumnDraft {
    let guesses = guess(sketch);
    let best = guesses[0].category.clone();
    let times = sketch.contents.times();
    let by_type = sketch.shape == Shape::Time;
    let time = match times {
        _ if by_type => None,
        Some(Pattern::EpochSeconds) if sketch.shape == Shape::Whole => Some("epoch_seconds"),
        Some(Pattern::EpochMilliseconds) if sketch.shape == Shape::Whole => Some("epoch_milliseconds"),
        Some(Pattern::Date | Pattern::Moment) if sketch.shape == Shape::Text => Some("text"),
        _ => None,
    };
    let password = best
        .as_ref()
        .is_some_and(|found| found.0 == "connection.password");
    ColumnDraft {
        name: sketch.name.to_owned(),
        inside,
        time,
        is_time: by_type || time.is_some(),
        is_flag: sketch.shape == Shape::Flag,
        sensitive: sketch.contents.sensitive(best.as_ref()),
        unprotected: unprotected(sketch.contents).filter(|_| password),
        guesses,
    }
}

fn unprotected(contents: &Contents) -> Option<(usize, usize, usize)> {
    let (weak, clear) = contents.unprotected();
    (weak + clear > 0).then_some((weak, clear, contents.values))
}
