//! The types of columns, which printing needs: read from the catalogue once per table and kept for the connection.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use serment_store::Failure;
use serment_store::catalogue::{ColumnKind, TableName};

use crate::print::OwnLink;
use serment_store::text;

/// What printing needs to know of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnType {
    /// What it can hold.
    pub kind: ColumnKind,
    /// The type to cast a constant to, fully qualified and without length; empty when unknown.
    pub cast: String,
    /// Whether every value is a whole number, whatever anybody wrote.
    pub whole_numbers: bool,
    /// Schema of the type when it is not built in: its operators live there.
    pub operators: Option<String>,
    /// Character set and collation of text, where both belong to the column.
    pub collation: Option<(String, String)>,
    /// Most characters or bytes that it accepts.
    pub length: Option<u32>,
    /// Place in the primary key, from 1, where printing needs to know; 0 for none.
    pub key_part: usize,
    /// Whether the database changes it by itself when another column of the row changes.
    pub changes_by_itself: bool,
    /// Whether it may be NULL, where printing needs to know.
    pub nullable: bool,
    /// The foreign keys of the table to itself that it is part of, where printing needs to know: name, column that it
    /// refers to.
    pub own_links: Vec<(String, String)>,
}

impl ColumnType {
    /// A column of which nothing is known.
    pub fn unknown() -> Self {
        Self {
            kind: ColumnKind::Other,
            cast: String::new(),
            whole_numbers: false,
            operators: None,
            collation: None,
            length: None,
            key_part: 0,
            changes_by_itself: false,
            nullable: false,
            own_links: Vec::new(),
        }
    }
}

/// Columns of one table.
pub(crate) type Columns = BTreeMap<String, ColumnType>;

/// Columns of the tables seen so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schema(BTreeMap<TableName, Arc<Columns>>);

impl Schema {
    /// The type of a column: unknown when the table was never looked at, an error when the table has no such column.
    pub fn column(&self, table: &TableName, column: &str) -> Result<ColumnType, Failure> {
        match self.0.get(table) {
            None => Ok(ColumnType::unknown()),
            Some(columns) => columns.get(column).cloned().ok_or_else(|| {
                Failure::Missing(text!(
                    "la table {} n'a pas de colonne {column}",
                    "table {} has no column {column}",
                    shown(table)
                ))
            }),
        }
    }
}

impl Schema {
    /// The primary key of a table, where columns tell.
    pub fn primary_key(&self, table: &TableName) -> Vec<String> {
        let columns = self.0.get(table).into_iter().flat_map(|columns| columns.iter());
        let mut parts: Vec<_> = columns.filter(|(_, column)| column.key_part > 0).collect();
        parts.sort_by_key(|(_, column)| column.key_part);
        parts.into_iter().map(|(name, _)| name.clone()).collect()
    }

    /// The foreign keys of a table to itself, where columns tell.
    pub fn own_links(&self, table: &TableName) -> Vec<OwnLink> {
        let columns = self.0.get(table).into_iter().flat_map(|columns| columns.iter());
        let mut links: BTreeMap<&str, OwnLink> = BTreeMap::new();
        for (name, column) in columns {
            for (constraint, target) in &column.own_links {
                let link = links.entry(constraint).or_default();
                link.columns.push((name.clone(), target.clone()));
                if column.nullable {
                    link.nullable = Some(name.clone());
                }
            }
        }
        links.into_values().collect()
    }

    /// The columns of a table that the database changes by itself.
    pub fn changes_by_itself<'s>(&'s self, table: &TableName) -> impl Iterator<Item = &'s str> + use<'s> {
        let columns = self.0.get(table).into_iter().flat_map(|columns| columns.iter());
        columns
            .filter(|(_, column)| column.changes_by_itself)
            .map(|(name, _)| name.as_str())
    }
}

/// Schema shared by the connections of a store.
#[derive(Debug, Default)]
pub(crate) struct SchemaCache(RwLock<Schema>);

impl SchemaCache {
    /// A copy of what is known: cheap, tables are shared.
    pub fn snapshot(&self) -> Schema {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Those of these tables that were never looked at.
    pub fn missing(&self, tables: &[TableName]) -> Vec<TableName> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut missing: Vec<_> = tables
            .iter()
            .filter(|table| !known.0.contains_key(*table))
            .cloned()
            .collect();
        missing.sort();
        missing.dedup();
        missing
    }

    /// Notes the columns of a table, in place of what was known.
    pub fn put(&self, table: TableName, columns: Columns) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.0.insert(table, Arc::new(columns));
    }
}

/// A table's name for people.
pub(crate) fn shown(table: &TableName) -> String {
    match &table.schema {
        Some(schema) => format!("{schema}.{}", table.name),
        None => table.name.clone(),
    }
}

/// The error of a table that does not exist.
pub(crate) fn missing(table: &TableName) -> Failure {
    Failure::Missing(text!(
        "la table {} n'existe pas",
        "table {} does not exist",
        shown(table)
    ))
}
