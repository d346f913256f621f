//! A register and its live stores: what is missing, what is extra, what is not what it is said to be, who may reach it.

mod access;
mod columns;
mod tables;

use std::collections::BTreeMap;

use serment_register::diagnostics::{Code, Diagnostic};
use serment_register::model::{Register, Store, StoreKind, Table, Text};
use serment_register::text;
use serment_store::catalogue::{self, Catalogue, TableName};
use serment_store::survey::Access;

use crate::source::Observed;

/// What was read of a store.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Its catalogue: the declared tables and the others.
    pub catalogue: Catalogue,
    /// What its columns hold.
    pub observed: BTreeMap<TableName, BTreeMap<String, Observed>>,
    /// Tables whose rows could not be read, and why.
    pub unread: BTreeMap<TableName, Text>,
    /// Who may reach it, and how it was reached.
    pub access: Access,
}

/// The name of a declared table in its store.
pub fn name_of(table: &Table) -> TableName {
    TableName {
        schema: table.schema.clone(),
        name: table.name.clone(),
    }
}

/// A store that could not be read.
pub fn unreachable(store: &Store, why: &Text) -> Diagnostic {
    let name = &store.name;
    Diagnostic::new(
        Code::LiveUnreachable,
        store.span.clone(),
        text!(
            "la base « {name} » n'a pas pu être lue : {why}",
            "the store `{name}` could not be read: {why}";
            why
        ),
    )
    .about([name.clone()])
}

/// What the store says against the register. No value of a row stands in a finding.
pub fn compare(register: &Register, store: &Store, seen: &Seen) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let names = Names::new(store, seen);
    for table in store.tables.values() {
        let Some((name, live)) = names.live(table) else {
            found.push(tables::missing(store, table, seen));
            continue;
        };
        columns::compare(table, name, live, seen, &names, &mut found);
        tables::compare(table, live, &names, &mut found);
        if let Some(why) = seen.unread.get(name) {
            found.push(tables::unread(table, why));
        }
    }
    tables::extra(store, seen, &names, &mut found);
    access::compare(register, store, seen, &mut found);
    found
}

/// Which table of the store a declared table is.
struct Names<'a> {
    /// Whether names that differ in capitals only are one.
    loose: bool,
    declared: Vec<(&'a Table, TableName)>,
    seen: &'a Seen,
}

impl<'a> Names<'a> {
    fn new(store: &'a Store, seen: &'a Seen) -> Self {
        Self {
            loose: store.kind != StoreKind::Postgres,
            declared: store
                .tables
                .values()
                .map(|table| (table, name_of(table)))
                .collect(),
            seen,
        }
    }

    fn same(&self, one: &str, other: &str) -> bool {
        one == other || (self.loose && one.eq_ignore_ascii_case(other))
    }

    /// A schema that is the usual one is none.
    fn same_table(&self, one: &TableName, other: &TableName) -> bool {
        let schema = |name: &TableName| {
            name.schema
                .clone()
                .filter(|schema| !matches!(schema.as_str(), "public" | "main"))
        };
        self.same(&one.name, &other.name) && schema(one) == schema(other)
    }

    fn live(&self, table: &Table) -> Option<(&'a TableName, &'a catalogue::Table)> {
        let name = name_of(table);
        let exact = self.seen.catalogue.tables.get_key_value(&name);
        exact.or_else(|| {
            self.seen
                .catalogue
                .tables
                .iter()
                .find(|(other, _)| self.same_table(&name, other))
        })
    }

    fn declared(&self, name: &TableName) -> Option<&'a Table> {
        let found = self
            .declared
            .iter()
            .find(|(_, other)| self.same_table(name, other));
        found.map(|(table, _)| *table)
    }
}
