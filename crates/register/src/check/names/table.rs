//! Names that a table cites: columns, links, categories, words of the vocabulary.

use super::{category, event, report, state, subject, unknown_table};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::load::node::{Context, join};
use crate::model::{ClientOf, ColumnPath, EventSource, Register, State, Table, TableId};
use crate::predicate::Predicate;
use crate::span::Span;
use crate::text;

/// A column that something reads must be declared. A table that declares no column at all (companies, say, with only
/// `unruled`) is left to the catalogue of its store.
pub(super) fn known_column(context: &mut Context, table: &Table, path: &ColumnPath, span: Span) {
    if table.columns.is_empty() || table.columns.keys().any(|known| known.column == path.column) {
        return;
    }
    let (id, column) = (&table.id, &path.column);
    let suggestion = did_you_mean(column, table.columns.keys().map(|known| known.column.as_str()));
    context.report(
        Diagnostic::new(
            Code::UnknownColumn,
            span,
            text!(
                "{id} ne déclare pas la colonne « {column} »",
                "{id} does not declare the column `{column}`"
            ),
        )
        .suggest_if(suggestion.or(Some(text!(
            "ajoutez {column} = \"none\" (ou sa catégorie) sous [table.{0}.columns]",
            "add {column} = \"none\" (or its category) under [table.{0}.columns]",
            id.table
        ))))
        .about([id.to_string()]),
    );
}

fn condition_columns(context: &mut Context, table: &Table, condition: &Predicate, span: &Span) {
    let mut seen = std::collections::BTreeSet::new();
    for path in condition.columns() {
        if seen.insert(&path.column) {
            known_column(context, table, path, span.clone());
        }
    }
}

pub(super) fn check(context: &mut Context, register: &Register, table: &Table) {
    for (index, listed) in table.subjects.iter().enumerate() {
        let span = context.table_key(table, &format!("subjects[{index}]"));
        subject(context, register, &listed.subject, span.clone());
        if let Some(when) = &listed.when {
            condition_columns(context, table, when, &span);
        }
    }
    for column in &table.key {
        let path = format!("{}.key", join("table", &table.id.table));
        let span = context.item(&table.span.file, &path, column);
        known_column(context, table, &ColumnPath::whole(column.clone()), span);
    }
    if let Some(ClientOf::Column(column)) = &table.client {
        let span = context.table_key(table, "client");
        known_column(context, table, &ColumnPath::whole(column.clone()), span);
    }
    for (name, identifier) in &table.identify {
        let span = context.table_key(table, &format!("{}.column", join("identify", name)));
        known_column(context, table, &identifier.column, span);
    }
    if let Some(gone) = &table.gone {
        let span = context.table_key(table, "gone");
        condition_columns(context, table, gone, &span);
    }
    for link in table.links.values() {
        if register.table(&link.to).is_none() {
            let span = context.link_key(table, link, "to");
            unknown_table(context, register, &link.to, span);
        }
        let span = context.link_key(table, link, "by");
        for (ours, _) in &link.by {
            known_column(context, table, &ColumnPath::whole(ours.clone()), span.clone());
        }
        if let Some(when) = &link.when {
            let span = context.link_key(table, link, "where");
            condition_columns(context, table, when, &span);
        }
    }
    check_states(context, register, table);
    check_events(context, register, table);
    for (path, column) in &table.columns {
        if let Some(listed) = &column.category {
            category(context, register, listed, column.span.clone());
        }
        if let Some(store) = &column.file_store
            && !register.stores.contains_key(store)
        {
            let key = format!("{}.file.store", join("columns", &path.to_string()));
            let span = context.table_key(table, &key);
            unknown_table(
                context,
                register,
                &TableId {
                    store: store.clone(),
                    table: String::new(),
                },
                span,
            );
        }
    }
}

fn check_states(context: &mut Context, register: &Register, table: &Table) {
    for (name, read) in &table.states {
        let span = context.table_key(table, &join("states", name));
        state(context, register, name, span.clone());
        match read {
            State::Own(when) => condition_columns(context, table, when, &span),
            State::Parent { link, when } => match table.links.get(link) {
                Some(link) => {
                    if let Some(parent) = register.table(&link.to) {
                        condition_columns(context, parent, when, &span);
                    }
                }
                None => unknown_link(context, table, link, span),
            },
            State::Children {
                table: child, when, ..
            } => {
                if let Some(child) = register.table(child) {
                    condition_columns(context, child, when, &span);
                }
            }
        }
    }
}

fn check_events(context: &mut Context, register: &Register, table: &Table) {
    for (name, sources) in &table.events {
        let span = context.table_key(table, &join("events", name));
        event(context, register, name, span.clone());
        for source in sources {
            let (of, column) = match source {
                EventSource::Own(column) => (Some(table), column),
                EventSource::Parent { link, column } => (
                    table.links.get(link).and_then(|link| register.table(&link.to)),
                    column,
                ),
                EventSource::Children {
                    table: child, column, ..
                } => (register.table(child), column),
            };
            if let Some(of) = of {
                known_column(context, of, column, span.clone());
            }
        }
    }
}

fn unknown_link(context: &mut Context, table: &Table, written: &str, span: Span) {
    let id = &table.id;
    let message = text!(
        "{id} n'a pas de lien « {written} »",
        "{id} has no link `{written}`"
    );
    let suggestion = did_you_mean(written, table.links.keys().map(String::as_str));
    report(context, Code::UnknownLink, span, message, suggestion);
}
