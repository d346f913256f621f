//! What can be asked of a store, and changed in it.

use serde::Serialize;
use serde_json::Value;

use crate::catalogue::TableName;
use crate::condition::{Alias, ColumnRef, Condition, Key, TimeColumn};

/// Counts rows by class, in one pass.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tally {
    /// Table.
    pub table: TableName,
    /// The name of its row.
    pub alias: Alias,
    /// Which rows to look at.
    pub filter: Condition,
    /// Whose rows: counted apart.
    pub client: Option<ClientColumn>,
    /// Two-valued conditions: rows are grouped by their answers.
    pub classes: Vec<Condition>,
    /// For each group, the earliest of the latest of these times: one list per clock. Times reached through links are
    /// not asked for here.
    pub clocks: Vec<Vec<TimeColumn>>,
}

/// Where the client of a row stands: in the row, or in a row that a chain of links reaches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClientColumn {
    /// Links to follow: table, pairs of columns (theirs, ours).
    pub through: Vec<(TableName, Vec<(String, String)>)>,
    /// Column of the last row.
    pub column: String,
}

/// One group of a tally.
#[derive(Debug, Clone, PartialEq)]
pub struct TallyRow {
    /// Client, as text; None when the row has none or none was asked.
    pub client: Option<String>,
    /// Answers, in the order of the classes.
    pub classes: Vec<bool>,
    /// Number of rows.
    pub rows: u64,
    /// The earliest clock of each list, in seconds since the epoch (a value without zone read as UTC: for display);
    /// None without any value.
    pub clocks: Vec<Option<i64>>,
}

/// Lists keys, in key order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Keys {
    /// Table.
    pub table: TableName,
    /// The name of its row.
    pub alias: Alias,
    /// Key columns.
    pub key: Vec<String>,
    /// Which rows.
    pub filter: Condition,
    /// Only keys after this one.
    pub after: Option<Key>,
    /// At most so many; 0 for no limit.
    pub limit: u32,
}

/// Reads rows as JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rows {
    /// Which rows, as for keys.
    pub keys: Keys,
    /// What to read of each row.
    pub read: Vec<Field>,
}

/// One field to read.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// A column, as JSON.
    Column(ColumnRef),
    /// The answer of a two-valued condition, as true or false.
    Condition(Condition),
    /// A time, as text in a form that keeps what the column says: `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM:SS[.f]`, the same with
    /// `Z`; NULL when there is none, the raw value when it cannot be read.
    Time(TimeColumn),
    /// Whose row it is, as text, like the client of a tally; NULL when the row has none.
    Client(ClientColumn),
}

/// A row that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its key.
    pub key: Key,
    /// Its fields, in the order asked.
    pub fields: Vec<Value>,
}

/// Rows to lock before they are tested again.
#[allow(clippy::large_enum_variant)] // A handful for each batch.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lock {
    /// These rows, in key order, until the end of the batch.
    Rows {
        /// Table.
        table: TableName,
        /// The name of its row.
        alias: Alias,
        /// Key columns: the order of locking.
        key: Vec<String>,
        /// Which rows.
        filter: Condition,
        /// How strongly.
        strength: Strength,
    },
    /// The whole table against other writers: where no foreign key makes a new child lock its parent.
    Table(TableName),
}

/// Strength of a row lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// We will change the row.
    Change,
    /// The row must not change under us.
    Read,
}

/// A change of rows. Every change names the keys that were tested and repeats the condition.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// DELETE.
    Delete {
        /// Table.
        table: TableName,
        /// The name of its row.
        alias: Alias,
        /// Which rows: keys and condition.
        filter: Condition,
    },
    /// UPDATE to constants or functions of the row itself.
    Update {
        /// Table.
        table: TableName,
        /// The name of its row.
        alias: Alias,
        /// Which rows: keys and condition.
        filter: Condition,
        /// New values.
        set: Vec<(ColumnRef, NewValue)>,
    },
    /// UPDATE of one column to a value per row.
    UpdateEach {
        /// Table.
        table: TableName,
        /// The name of its row.
        alias: Alias,
        /// Key columns.
        key: Vec<String>,
        /// Condition, repeated.
        filter: Condition,
        /// Column.
        column: ColumnRef,
        /// Keys and new values.
        values: Vec<(Key, Value)>,
    },
}

/// A new value that the store computes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NewValue {
    /// NULL; inside JSON, the key is removed.
    Null,
    /// This text, or the number that it writes.
    Constant(String),
    /// The first day of its year.
    FirstOfYear,
    /// The first day of its month.
    FirstOfMonth,
    /// The bottom of its band.
    Band(u64),
    /// The department of a French postcode.
    Department,
    /// The /24 or /48 of an address.
    Network,
}
