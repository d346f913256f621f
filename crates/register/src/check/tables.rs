//! Tables and columns that contradict themselves.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::Graph;
use crate::diagnostics::{Code, Diagnostic};
use crate::load::node::{Context, join};
use crate::model::{Category, ClientOf, Register, Strategy, Table};
use crate::text;

pub(super) fn check(context: &mut Context, register: &Register, _graph: &Graph<'_>) {
    for store in register.stores.values() {
        let mut places: BTreeMap<(Option<&str>, &str), &Table> = BTreeMap::new();
        for table in store.tables.values() {
            if let Some(other) = places.insert((table.schema.as_deref(), &table.name), table) {
                let (id, other_id) = (&table.id, &other.id);
                context.report(
                    Diagnostic::new(
                        Code::Duplicate,
                        table.span.clone(),
                        text!(
                            "{id} et {other_id} sont la même table",
                            "{id} and {other_id} are the same table"
                        ),
                    )
                    .related(other.span.clone(), text!("l'autre", "the other"))
                    .about([id.to_string(), other_id.to_string()]),
                );
            }
            strategies(context, table);
            identifiers(context, table);
            inherited_client(context, register, table);
        }
    }
}

/// Columns that hold rows together: they are never cleared while the row stays.
fn footing(table: &Table) -> BTreeSet<&str> {
    let mut found: BTreeSet<&str> = table.key.iter().map(String::as_str).collect();
    found.extend(
        table
            .links
            .values()
            .flat_map(|link| link.by.iter().map(|(ours, _)| ours.as_str())),
    );
    if let Some(ClientOf::Column(column)) = &table.client {
        found.insert(column);
    }
    found
}

fn strategies(context: &mut Context, table: &Table) {
    let footing = footing(table);
    for (path, column) in &table.columns {
        let Some(strategy) = &column.anonymise else {
            continue;
        };
        let id = &table.id;
        let span = context.table_key(
            table,
            &format!("{}.anonymise", join("columns", &path.to_string())),
        );
        if path.inside.is_empty() && footing.contains(path.column.as_str()) {
            context.report(
                Diagnostic::new(
                    Code::StrategyOnKey,
                    span,
                    text!(
                        "{id}.{path} tient les lignes ensemble (clé, lien ou client) : elle ne s'anonymise pas",
                        "{id}.{path} holds rows together (key, link or client): it is not anonymised"
                    ),
                )
                .about([id.to_string()]),
            );
        } else if column.category.is_none() {
            context.report(
                Diagnostic::new(
                    Code::StrategyWithoutData,
                    span,
                    text!(
                        "{id}.{path} n'est pas personnelle : cette stratégie n'aura jamais d'effet",
                        "{id}.{path} is not personal: this strategy will never have an effect"
                    ),
                )
                .about([id.to_string()]),
            );
        } else if let Strategy::CoarsenToDepartment | Strategy::CoarsenIp = strategy {
            misplaced(context, table, path, column, strategy, span);
        }
    }
}

/// A postcode strategy on something that is no postcode, an address strategy on something that is no address.
fn misplaced(
    context: &mut Context,
    table: &Table,
    path: &crate::model::ColumnPath,
    column: &crate::model::Column,
    strategy: &Strategy,
    span: crate::span::Span,
) {
    let (expected, name) = match strategy {
        Strategy::CoarsenIp => ("connection.ip", "ip"),
        _ => ("contact.postal.postcode", "department"),
    };
    let Some(category) = &column.category else { return };
    let wanted = Category(expected.to_owned());
    // A vaguer category (`contact.postal`) may well be what it says of a column that holds just that.
    if wanted.covers(category) || category.covers(&wanted) {
        return;
    }
    let id = &table.id;
    context.report(
        Diagnostic::new(
            Code::StrategyMisplaced,
            span,
            text!(
                "« {name} » s'applique à {expected} ; {id}.{path} est {category}",
                "`{name}` applies to {expected}; {id}.{path} is {category}"
            ),
        )
        .about([id.to_string()]),
    );
}

fn identifiers(context: &mut Context, table: &Table) {
    for (name, identifier) in &table.identify {
        let column = table.columns.get(&identifier.column);
        if column.is_some_and(|column| column.category.is_none())
            && !table.key.contains(&identifier.column.column)
        {
            let (id, path) = (&table.id, &identifier.column);
            let span = context.table_key(table, &format!("{}.column", join("identify", name)));
            context.report(
                Diagnostic::new(
                    Code::IdentifierNotPersonal,
                    span,
                    text!(
                        "{id}.{path} trouve une personne, et serait pourtant « none »",
                        "{id}.{path} finds a person, and would yet be `none`"
                    ),
                )
                .suggest(text!(
                    "donnez-lui sa catégorie, par exemple « identity.identifier »",
                    "give it its category, `identity.identifier` for instance"
                ))
                .about([id.to_string()]),
            );
        }
    }
}

fn inherited_client(context: &mut Context, register: &Register, table: &Table) {
    let Some(ClientOf::Link(name)) = &table.client else {
        return;
    };
    let Some(parent) = table.links.get(name).and_then(|link| register.table(&link.to)) else {
        return;
    };
    if parent.client.is_some() {
        return;
    }
    let (id, parent_id) = (&table.id, &parent.id);
    context.report(
        Diagnostic::new(
            Code::ClientElsewhere,
            context.table_key(table, "client"),
            text!(
                "{id} hérite son client de {parent_id}, qui ne dit pas le sien",
                "{id} inherits its client from {parent_id}, which does not say its own"
            ),
        )
        .suggest(text!(
            "[table.{0}] client = \"…\" (\"id\" si c'est la table des clients)",
            "[table.{0}] client = \"…\" (\"id\" if it is the table of clients)",
            parent_id.table
        ))
        .related(parent.span.clone(), text!("cette table", "that table"))
        .about([id.to_string()]),
    );
}
