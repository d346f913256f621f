//! What a store says of its tables, as far as keeping promises needs to know.
//!
//! Every type is plain data with a stable serialisation: the hash of a plan covers the catalogue of its tables.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A table's name in its store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TableName {
    /// Schema; None for the store's default.
    pub schema: Option<String>,
    /// Name.
    pub name: String,
}

/// What a store says of itself.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Catalogue {
    /// Product and version, such as `PostgreSQL 15.18`.
    pub server: String,
    /// Identity of the database: enough to notice that we are on another one.
    pub database: String,
    /// True when the connection reaches a standby or is read-only by nature.
    pub standby: bool,
    /// The role that we are connected as, where the store knows roles.
    pub role: Option<String>,
    /// The tables that were asked for and exist.
    pub tables: BTreeMap<TableName, Table>,
    /// Every foreign key of the database whose target is one of `tables`, mapped or not: the table that holds it comes
    /// with it.
    pub referenced_by: Vec<ForeignKey>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// What it is.
    pub kind: TableKind,
    /// Columns, in the order of the table.
    pub columns: Vec<Column>,
    /// Primary key columns, in order; empty without one.
    pub primary_key: Vec<String>,
    /// Sets of columns that a constraint or an unconditional unique index keeps unique and NOT NULL or not.
    pub unique: Vec<Vec<String>>,
    /// Foreign keys that it holds.
    pub foreign_keys: Vec<ForeignKey>,
    /// CHECK constraints: name, columns where the store tells them, and text.
    pub checks: Vec<Check>,
    /// Enabled triggers on rows or statements, other than those of constraints.
    pub triggers: Vec<Trigger>,
    /// Rewrite rules other than those of views (PostgreSQL).
    pub rules: Vec<Trigger>,
    /// Whether policies hide rows from our role (row-level security on, and we neither bypass nor own).
    pub row_security: bool,
    /// What makes any promise about its rows impossible to keep.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hindrances: Vec<Hindrance>,
    /// Tables that inherit from it, partitions aside.
    pub inherited_by: Vec<TableName>,
    /// Tables that it inherits from or is a partition of.
    pub inherits: Vec<TableName>,
    /// What our role may do.
    pub privileges: Privileges,
    /// Full-text or other shadow tables that copy its contents, and publications that send them elsewhere.
    pub shadows: Vec<String>,
    /// Rows, as the store estimates them.
    pub estimated_rows: u64,
}

impl Table {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether a constraint keeps exactly these columns, or some of them, unique.
    pub fn is_unique(&self, columns: &[String]) -> bool {
        std::iter::once(&self.primary_key)
            .chain(&self.unique)
            .any(|set| !set.is_empty() && set.iter().all(|column| columns.contains(column)))
    }
}

/// Why nothing can be promised about the rows of a table, whatever the change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hindrance {
    /// Its engine, which is named, has no transactions or not those that batches rely on: what is tested could change
    /// before it is acted upon, and nothing could be rolled back.
    NoTransactions(String),
    /// The store keeps every former version of its rows: a DELETE erases nothing.
    KeepsHistory,
    /// Our role cannot see which tables refer to it: a cascade could go unseen.
    HiddenReferrers,
}

impl Hindrance {
    /// Whether another role could see it otherwise.
    pub fn depends_on_role(&self) -> bool {
        *self == Self::HiddenReferrers
    }
}

/// What a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableKind {
    /// An ordinary table.
    Table,
    /// A partitioned table.
    Partitioned,
    /// A view, materialised or not.
    View,
    /// A foreign or virtual table.
    Foreign,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Name.
    pub name: String,
    /// Type as the store writes it, such as `character varying(120)`.
    pub sql_type: String,
    /// What it can hold.
    pub kind: ColumnKind,
    /// Most characters that it accepts.
    pub max_length: Option<u32>,
    /// Whether NULL is accepted.
    pub nullable: bool,
    /// Whether the store computes it.
    pub generated: bool,
}

/// What a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Text of any sort.
    Text,
    /// Whole numbers.
    Integer,
    /// Decimal or floating numbers.
    Number,
    /// True or false.
    Boolean,
    /// A calendar date.
    Date,
    /// Date and time without zone.
    LocalTime,
    /// An instant.
    Instant,
    /// UUID.
    Uuid,
    /// JSON.
    Json,
    /// Network address.
    Inet,
    /// Bytes.
    Bytes,
    /// Anything else.
    Other,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignKey {
    /// Constraint name; the number of the key in SQLite.
    pub name: String,
    /// Table that holds it.
    pub table: TableName,
    /// Its columns.
    pub columns: Vec<String>,
    /// Table that it targets.
    pub target: TableName,
    /// Columns of the target.
    pub target_columns: Vec<String>,
    /// ON DELETE.
    pub on_delete: Action,
    /// ON UPDATE.
    pub on_update: Action,
    /// Whether its check may wait until COMMIT.
    pub deferrable: bool,
    /// Whether the store enforces it (validated in PostgreSQL, `foreign_keys` on in SQLite).
    pub enforced: bool,
}

/// What a foreign key does when its target changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// NO ACTION.
    NoAction,
    /// RESTRICT.
    Restrict,
    /// CASCADE.
    Cascade,
    /// SET NULL.
    SetNull,
    /// SET DEFAULT.
    SetDefault,
}

/// A CHECK constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Name.
    pub name: String,
    /// Columns that it reads, where the store tells them.
    pub columns: Vec<String>,
    /// Text.
    pub source: String,
}

/// A trigger or rewrite rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// Name.
    pub name: String,
    /// Whether it fires on DELETE.
    pub on_delete: bool,
    /// Whether it fires on UPDATE.
    pub on_update: bool,
    /// Text, with that of the function that it calls.
    pub source: String,
    /// Whether a role that only reads may not see it, in this store: then it cannot be part of what is approved.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden_from_readers: bool,
}

/// What our role may do with a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Privileges {
    /// SELECT on every column.
    pub select: bool,
    /// UPDATE on every column.
    pub update: bool,
    /// DELETE.
    pub delete: bool,
    /// Enough to take the lock that keeps other writers out of the table.
    pub lock: bool,
}
