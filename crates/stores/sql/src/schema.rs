//! The types of columns, which printing needs: read from the catalogue once per table and kept for the connection.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use serment_store::Failure;
use serment_store::catalogue::{ColumnKind, TableName};
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
}

impl ColumnType {
    /// A column of which nothing is known.
    pub fn unknown() -> Self {
        Self {
            kind: ColumnKind::Other,
            cast: String::new(),
            whole_numbers: false,
            operators: None,
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
