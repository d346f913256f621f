//! Columns: there or not, of the type that the register takes them to have, holding what it says.

use std::collections::BTreeSet;

use serment_detect::about::about;
use serment_detect::{About, Beside, Contents, Guess, Pattern, Place, Sketch, guess};
use serment_register::diagnostics::{Code, Diagnostic};
use serment_register::model::{Category, Column, ColumnPath, Table, TimeEncoding};
use serment_register::text;
use serment_store::catalogue::{self, ColumnKind, TableName};

use super::{Names, Seen};
use crate::draft::tame;
use crate::source::shape;

/// The columns of a declared table.
pub(super) fn compare(
    table: &Table,
    name: &TableName,
    live: &catalogue::Table,
    seen: &Seen,
    names: &Names<'_>,
    found: &mut Vec<Diagnostic>,
) {
    let about = about(&name.name, live.columns.iter().map(|column| column.name.as_str()));
    for (path, declared) in &table.columns {
        let real = live
            .columns
            .iter()
            .find(|column| names.same(&column.name, &path.column));
        let Some(real) = real else {
            found.push(missing(table, path, declared));
            continue;
        };
        if let Some(finding) = changed(
            table,
            path,
            declared,
            real,
            contents(name, &real.name, &path.inside, seen),
        ) {
            found.push(finding);
        }
        holds(table, name, path, declared, &real.name, seen, found);
    }
    let said: BTreeSet<String> = table
        .columns
        .keys()
        .map(|path| path.column.to_lowercase())
        .collect();
    for column in &live.columns {
        let declared = table
            .columns
            .keys()
            .any(|path| names.same(&path.column, &column.name));
        if declared {
            continue;
        }
        let guess = best(name, live, column, about, seen);
        undeclared(table, column, &guess, said.is_empty(), found);
    }
}

fn contents<'s>(name: &TableName, column: &str, inside: &[String], seen: &'s Seen) -> Option<&'s Contents> {
    let observed = seen.observed.get(name)?.get(column)?;
    if inside.is_empty() {
        return Some(&observed.contents);
    }
    observed.inside.get(inside)
}

/// The best guess for a column that nobody declared.
pub(super) fn best(
    name: &TableName,
    live: &catalogue::Table,
    column: &catalogue::Column,
    about: About,
    seen: &Seen,
) -> Guess {
    let nothing = Contents::default();
    let place = if live
        .foreign_keys
        .iter()
        .any(|key| key.columns.contains(&column.name))
    {
        Place::Link
    } else if live.primary_key.contains(&column.name) {
        Place::Key
    } else {
        Place::Plain
    };
    let mut guesses = guess(&Sketch {
        table: &name.name,
        about,
        beside: Beside::of(live.columns.iter().map(|column| column.name.as_str())),
        name: &column.name,
        shape: shape(column),
        place,
        contents: contents(name, &column.name, &[], seen).unwrap_or(&nothing),
    });
    guesses.remove(0)
}

fn missing(table: &Table, path: &ColumnPath, declared: &Column) -> Diagnostic {
    let (id, column) = (&table.id, &path.column);
    Diagnostic::new(
        Code::LiveColumnMissing,
        declared.span.clone(),
        text!(
            "la table de {id} n'a pas de colonne « {column} »",
            "the table of {id} has no column `{column}`"
        ),
    )
    .about([id.to_string()])
}

/// Whether the column can hold what the register says of its times and of its JSON.
fn changed(
    table: &Table,
    path: &ColumnPath,
    declared: &Column,
    real: &catalogue::Column,
    contents: Option<&Contents>,
) -> Option<Diagnostic> {
    let (id, sql_type) = (&table.id, tame(&real.sql_type));
    let json = path.inside.is_empty()
        || matches!(real.kind, ColumnKind::Json | ColumnKind::Text | ColumnKind::Other);
    let by_type = match (&declared.time, real.kind) {
        (None, _) | (_, ColumnKind::Other) => true,
        (Some(TimeEncoding::Date), kind) => matches!(kind, ColumnKind::Date | ColumnKind::Text),
        (Some(TimeEncoding::Instant), kind) => matches!(kind, ColumnKind::Instant | ColumnKind::Text),
        (Some(TimeEncoding::Local { .. }), kind) => matches!(kind, ColumnKind::LocalTime | ColumnKind::Text),
        (Some(TimeEncoding::Text { .. }), kind) => matches!(
            kind,
            ColumnKind::Text | ColumnKind::Date | ColumnKind::LocalTime | ColumnKind::Instant
        ),
        (Some(TimeEncoding::EpochSeconds | TimeEncoding::EpochMilliseconds), kind) => {
            matches!(kind, ColumnKind::Integer | ColumnKind::Number)
        }
    };
    let written = contents.and_then(Contents::times);
    let by_values = match (&declared.time, written) {
        (Some(TimeEncoding::EpochSeconds), Some(form)) => form == Pattern::EpochSeconds,
        (Some(TimeEncoding::EpochMilliseconds), Some(form)) => form == Pattern::EpochMilliseconds,
        (Some(_), Some(form)) => !matches!(form, Pattern::EpochSeconds | Pattern::EpochMilliseconds),
        _ => true,
    };
    let message = if !json {
        text!(
            "{id}.{path} est un endroit dans du JSON, et la colonne est de type {sql_type}",
            "{id}.{path} is a place inside JSON, and the column is of type {sql_type}"
        )
    } else if !by_type {
        text!(
            "{id}.{path} n'écrit pas le temps comme le dit le registre : la colonne est de type {sql_type}",
            "{id}.{path} does not write time as the register says: the column is of type {sql_type}"
        )
    } else if !by_values {
        let form = written.map(Pattern::label).unwrap_or_default();
        text!(
            "{id}.{path} n'écrit pas le temps comme le dit le registre : ses valeurs sont des {form}",
            "{id}.{path} does not write time as the register says: its values are {form}";
            form
        )
    } else {
        return None;
    };
    Some(Diagnostic::new(Code::LiveColumnChanged, declared.span.clone(), message).about([id.to_string()]))
}

/// Whether the values are what is declared.
fn holds(
    table: &Table,
    name: &TableName,
    path: &ColumnPath,
    declared: &Column,
    real: &str,
    seen: &Seen,
    found: &mut Vec<Diagnostic>,
) {
    let id = &table.id;
    let about = || [id.to_string()];
    let category = declared.category.as_ref();
    let said = category.map_or_else(|| "none".to_owned(), ToString::to_string);
    let Some(observed) = seen.observed.get(name).and_then(|columns| columns.get(real)) else {
        return;
    };
    let mut places: Vec<(String, &Contents)> = Vec::new();
    if path.inside.is_empty() {
        places.push((path.to_string(), &observed.contents));
        // What is declared whole is declared for every place inside it, unless one is named apart.
        let apart = |inside: &[String]| {
            table.columns.keys().any(|other| {
                other.column == path.column && !other.inside.is_empty() && inside.starts_with(&other.inside)
            })
        };
        places.extend(
            observed
                .inside
                .iter()
                .filter(|(inside, _)| !apart(inside))
                .map(|(inside, contents)| (format!("{path}.{}", inside.join(".")), contents)),
        );
    } else {
        places.extend(
            observed
                .inside
                .iter()
                .filter(|(inside, _)| inside.starts_with(&path.inside))
                .map(|(inside, contents)| (format!("{}.{}", path.column, inside.join(".")), contents)),
        );
    }
    for (place, contents) in places {
        let place = tame(&place);
        if category.is_some_and(|category| category.0 == "connection.password") {
            let (weak, clear) = contents.unprotected();
            let of = contents.values;
            if weak + clear > 0 {
                found.push(
                    Diagnostic::new(
                        Code::LivePasswordExposed,
                        declared.span.clone(),
                        text!(
                            "{id}.{place} : sur {of} mots de passe lus, {clear} ne sont pas des empreintes et {weak} en sont de trop rapides",
                            "{id}.{place}: of {of} passwords read, {clear} are no hashes and {weak} are too fast ones"
                        ),
                    )
                    .about(about()),
                );
            }
            continue;
        }
        if let Some((pattern, share, sure)) = contents.unlike(category) {
            let (what, of) = (pattern.label(), contents.values);
            let suggested = pattern
                .category()
                .map_or_else(String::new, |category: Category| category.0);
            found.push(
                Diagnostic::new(
                    Code::LiveHoldsOther,
                    declared.span.clone(),
                    text!(
                        "{id}.{place} est déclarée « {said} », et {share} % de {of} valeurs lues sont des {what} (confiance {sure} %)",
                        "{id}.{place} is declared `{said}`, and {share} % of {of} values read are {what} (confidence {sure} %)";
                        what
                    ),
                )
                .suggest(text!(
                    "écrivez « {suggested} », ou ne gardez plus ces valeurs là",
                    "write `{suggested}`, or stop keeping these values there"
                ))
                .about(about()),
            );
        }
        for (pattern, count) in contents.sensitive(category) {
            let (what, of) = (pattern.label(), contents.values);
            found.push(
                Diagnostic::new(
                    Code::LiveSensitive,
                    declared.span.clone(),
                    text!(
                        "{id}.{place} ({said}) : {count} des {of} valeurs lues contiennent des {what}",
                        "{id}.{place} ({said}): {count} of {of} values read hold {what}";
                        what
                    ),
                )
                .about(about()),
            );
        }
    }
}

fn undeclared(
    table: &Table,
    column: &catalogue::Column,
    guess: &Guess,
    bare: bool,
    found: &mut Vec<Diagnostic>,
) {
    let (id, name) = (&table.id, tame(&column.name));
    let key = tame(&toml_edit::Key::new(&column.name).to_string());
    let sure = guess.confidence;
    match &guess.category {
        // A table without any column is left to its store: only what stands out is said of it.
        Some(category) if !bare || sure >= crate::draft::DOUBTFUL => {
            let why = guess.reasons.first().cloned().unwrap_or_default();
            found.push(
                Diagnostic::new(
                    Code::LivePersonalUndeclared,
                    table.span.clone(),
                    text!(
                        "{id} ne déclare pas « {name} », qui semble {category} ({sure} % : {why})",
                        "{id} does not declare `{name}`, which seems {category} ({sure} %: {why})";
                        why
                    ),
                )
                .suggest(text!("{key} = \"{category}\"", "{key} = \"{category}\""))
                .about([id.to_string()]),
            );
        }
        None if !bare => found.push(
            Diagnostic::new(
                Code::LiveColumnUndeclared,
                table.span.clone(),
                text!(
                    "{id} ne déclare pas « {name} », qui ne semble pas personnelle ({sure} %)",
                    "{id} does not declare `{name}`, which does not seem personal ({sure} %)"
                ),
            )
            .suggest(text!("{key} = \"none\"", "{key} = \"none\""))
            .about([id.to_string()]),
        ),
        _ => {}
    }
}
