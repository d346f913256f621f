//! Tables, their keys and links.

use std::collections::BTreeSet;

use serment_detect::about::about;
use serment_register::diagnostics::{Code, Diagnostic};
use serment_register::model::{Store, Table, Text};
use serment_register::text;
use serment_store::catalogue::{self, TableKind};

use super::columns::best;
use super::{Names, Seen};
use crate::draft::tame;

pub(super) fn missing(store: &Store, table: &Table, seen: &Seen) -> Diagnostic {
    let (id, name) = (&table.id, tame(&table.name));
    let server = tame(&seen.catalogue.server);
    let others = seen.catalogue.tables.keys().map(|other| other.name.as_str());
    let close = others
        .filter(|other| other.contains(table.name.as_str()) || table.name.contains(other))
        .find(|other| store.tables.values().all(|declared| declared.name != *other))
        .map(tame);
    Diagnostic::new(
        Code::LiveTableMissing,
        table.span.clone(),
        text!(
            "{id} : la base ({server}) n'a pas de table « {name} »",
            "{id}: the store ({server}) has no table `{name}`"
        ),
    )
    .suggest_if(close.map(|close| {
        text!(
            "la base a une table « {close} » que le registre ne nomme pas : name = \"{close}\" ?",
            "the store has a table `{close}` that the register does not name: name = \"{close}\"?"
        )
    }))
    .about([id.to_string()])
}

pub(super) fn unread(table: &Table, why: &Text) -> Diagnostic {
    let id = &table.id;
    Diagnostic::new(
        Code::LiveUnread,
        table.span.clone(),
        text!(
            "les lignes de {id} n'ont pas pu être lues : {why}",
            "the rows of {id} could not be read: {why}";
            why
        ),
    )
    .about([id.to_string()])
}

/// Keys and links of a declared table.
pub(super) fn compare(
    table: &Table,
    live: &catalogue::Table,
    names: &Names<'_>,
    found: &mut Vec<Diagnostic>,
) {
    let id = &table.id;
    let tables = matches!(live.kind, TableKind::Table | TableKind::Partitioned);
    let known = table.key.iter().all(|column| live.column(column).is_some());
    if tables && known && !table.key.is_empty() && !live.is_unique(&table.key) {
        let key = tame(&table.key.join(", "));
        found.push(
            Diagnostic::new(
                Code::LiveKeyNotUnique,
                table.span.clone(),
                text!(
                    "aucune contrainte ne rend ({key}) unique dans {id}",
                    "no constraint makes ({key}) unique in {id}"
                ),
            )
            .about([id.to_string()]),
        );
    }
    if table.columns.is_empty() {
        return;
    }
    for key in &live.foreign_keys {
        let Some(target) = names.declared(&key.target) else {
            continue;
        };
        let ours: BTreeSet<&str> = key.columns.iter().map(String::as_str).collect();
        let linked = table.links.values().any(|link| {
            link.to == target.id
                && link
                    .by
                    .iter()
                    .map(|(ours, _)| ours.as_str())
                    .collect::<BTreeSet<_>>()
                    == ours
        });
        if linked {
            continue;
        }
        let (columns, to) = (tame(&key.columns.join(", ")), &target.id);
        let pairs: Vec<String> = key
            .columns
            .iter()
            .zip(&key.target_columns)
            .map(|(ours, theirs)| {
                format!(
                    "{} = {}",
                    toml_edit::Key::new(ours),
                    toml_edit::Value::from(theirs)
                )
            })
            .collect();
        let (short, by) = (tame(&to.table), tame(&pairs.join(", ")));
        found.push(
            Diagnostic::new(
                Code::LiveLinkUndeclared,
                table.span.clone(),
                text!(
                    "la clé étrangère ({columns}) de {id} vers {to} n'est pas un lien du registre",
                    "the foreign key ({columns}) of {id} to {to} is no link of the register"
                ),
            )
            .suggest(text!(
                "belongs_to si c'est la même personne, refers_to sinon : {{ to = \"{short}\", by = {{ {by} }} }}",
                "belongs_to if it is the same person, refers_to if not: {{ to = \"{short}\", by = {{ {by} }} }}"
            ))
            .about([id.to_string()]),
        );
    }
}

/// Tables of the store that the register does not name.
pub(super) fn extra(store: &Store, seen: &Seen, names: &Names<'_>, found: &mut Vec<Diagnostic>) {
    for (name, live) in &seen.catalogue.tables {
        if names.declared(name).is_some() || live.kind == TableKind::View {
            continue;
        }
        let about = about(&name.name, live.columns.iter().map(|column| column.name.as_str()));
        let mut personal: Vec<(String, String, u8)> = Vec::new();
        for column in &live.columns {
            let guess = best(name, live, column, about, seen);
            if let Some(category) = guess
                .category
                .filter(|_| guess.confidence >= crate::draft::DOUBTFUL)
            {
                personal.push((tame(&column.name), category.to_string(), guess.confidence));
            }
        }
        let (store_name, table) = (&store.name, tame(&name.name));
        let id = format!("{store_name}.{table}");
        if personal.is_empty() {
            found.push(
                Diagnostic::new(
                    Code::LiveTableUnlisted,
                    store.span.clone(),
                    text!(
                        "le registre ne nomme pas la table {id} ; rien n'y semble personnel",
                        "the register does not name the table {id}; nothing in it seems personal"
                    ),
                )
                .suggest(text!(
                    "[table.{table}] unruled = \"pourquoi\"",
                    "[table.{table}] unruled = \"why\""
                ))
                .about([id.clone()]),
            );
            continue;
        }
        let count = personal.len();
        let shown: Vec<String> = personal
            .iter()
            .take(5)
            .map(|(column, category, sure)| format!("{column} ({category}, {sure} %)"))
            .collect();
        let shown = shown.join(", ") + if count > 5 { ", …" } else { "" };
        found.push(
            Diagnostic::new(
                Code::LiveTableUndeclared,
                store.span.clone(),
                text!(
                    "le registre ne nomme pas la table {id}, où ceci semble personnel : {shown}",
                    "the register does not name the table {id}, where this seems personal: {shown}"
                ),
            )
            .suggest(text!(
                "serment init --from … DOSSIER en ébauche la description",
                "serment init --from … DIR drafts its description"
            ))
            .about([id.clone()]),
        );
    }
}
