//! `stores/*.toml`: the places where data live. Large ones are split into `stores/NAME/TABLE.toml`.

use std::collections::BTreeMap;

use super::node::{Context, Fields, Node};
use super::resolve::Pending;
use super::{scalar, table};
use crate::diagnostics::{Code, Diagnostic};
use crate::model::{Copies, Store, StoreKind, TableId};
use crate::text;

const KINDS: [(&str, StoreKind); 9] = [
    ("postgres", StoreKind::Postgres),
    ("sqlite", StoreKind::Sqlite),
    ("mariadb", StoreKind::Mariadb),
    ("mysql", StoreKind::Mariadb),
    ("s3", StoreKind::S3),
    ("files", StoreKind::Files),
    ("ldap", StoreKind::Ldap),
    ("http", StoreKind::Http),
    ("manual", StoreKind::Manual),
];

pub(super) fn read(
    context: &mut Context,
    file: &mut Fields<'_>,
    name: &str,
    stores: &mut BTreeMap<String, Store>,
    pending: &mut Pending,
) {
    if !scalar::check_name(context, name, file.span()) {
        return;
    }
    let Some(head) = file.need(context, "store") else {
        file.get("table");
        return;
    };
    let mut store = unread(name, &head);
    if let Some(mut fields) = head.fields(context) {
        read_head(context, &mut fields, &mut store);
        fields.finish(context);
    }
    if let Some(node) = file.get("table") {
        read_tables(context, &node, &mut store, pending);
    }
    stores.insert(name.to_owned(), store);
}

/// A file `stores/NAME/TABLE.toml`: tables only.
pub(super) fn read_part(
    context: &mut Context,
    file: &mut Fields<'_>,
    name: &str,
    stores: &mut BTreeMap<String, Store>,
    pending: &mut Pending,
) {
    let Some(node) = file.need(context, "table") else {
        return;
    };
    if !stores.contains_key(name) {
        // The file order puts `stores/crm.toml` before `stores/crm/…`.
        context.report(
            Diagnostic::new(
                Code::UnknownStore,
                node.span(),
                text!(
                    "ce dossier est celui de la base « {name} », qui n'existe pas",
                    "this folder is that of the store `{name}`, which does not exist"
                ),
            )
            .suggest(text!("créez stores/{name}.toml", "create stores/{name}.toml")),
        );
    }
    if let Some(store) = stores.get_mut(name) {
        read_tables(context, &node, store, pending);
    }
}

fn read_tables(context: &mut Context, node: &Node<'_>, store: &mut Store, pending: &mut Pending) {
    for (name, node) in node.entries(context) {
        if !is_table_name(name) {
            scalar::check_name(context, name, node.span());
            continue;
        }
        if let Some(before) = store.tables.get(name) {
            let span = before.span.clone();
            context.report(
                Diagnostic::new(
                    Code::Duplicate,
                    node.span(),
                    text!(
                        "la table « {name} » est déjà déclarée",
                        "the table `{name}` is already declared"
                    ),
                )
                .related(span, text!("ici", "here")),
            );
            continue;
        }
        let id = TableId {
            store: store.name.clone(),
            table: name.to_owned(),
        };
        if let Some(table) = table::read(context, id, &node, pending) {
            store.tables.insert(name.to_owned(), table);
        }
    }
}

/// A table may bear any name of a database that can be cited as `store.table`: no dot, no control character.
fn is_table_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 128 && !name.contains(|c: char| c == '.' || c.is_control())
}

fn read_head(context: &mut Context, fields: &mut Fields<'_>, store: &mut Store) {
    if let Some(kind) = fields
        .need(context, "kind")
        .and_then(|node| node.choice(context, &KINDS))
    {
        store.kind = kind;
    }
    store.url = fields.get("url").and_then(|node| node.filled(context));
    store.write_url = fields.get("write_url").and_then(|node| node.filled(context));
    store.location = fields
        .get("location")
        .and_then(|node| scalar::country(context, &node));
    store.operator = fields.get("operator").and_then(|node| node.filled(context));
    store.time_zone = fields
        .get("time_zone")
        .and_then(|node| scalar::time_zone(context, &node));
    store.access = fields.get("access").map(|node| node.strings(context));
    store.progress = fields
        .get("progress")
        .and_then(|node| node.boolean(context))
        .unwrap_or(false);
    if let Some(mut copies) = fields.get("copies").and_then(|node| node.fields(context)) {
        store.copies.backups = copies
            .get("backups")
            .and_then(|node| scalar::period(context, &node));
        store.copies.replicas = copies
            .get("replicas")
            .map(|node| node.strings(context))
            .unwrap_or_default();
        copies.finish(context);
    }
}

fn unread(name: &str, head: &Node<'_>) -> Store {
    Store {
        name: name.to_owned(),
        kind: StoreKind::Manual,
        url: None,
        write_url: None,
        location: None,
        operator: None,
        time_zone: None,
        copies: Copies::default(),
        access: None,
        progress: false,
        tables: BTreeMap::new(),
        span: head.span(),
    }
}
