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
    /// Rows are grouped by where a clock lies between these borders, too.
    pub steps: Option<Steps>,
    /// For each group, the earliest of these clocks.
    pub clocks: Vec<Clock>,
}

impl Tally {
    /// Every value that its clocks read.
    pub fn moments(&self) -> impl Iterator<Item = &Moment> {
        let stepped = self.steps.iter().map(|steps| &steps.clock);
        stepped
            .chain(&self.clocks)
            .flat_map(|clock| clock.of.iter().chain(&clock.or))
    }
}

/// When the clock of a row began, for display: to the second, a value without zone read as UTC.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Clock {
    /// The rows whose clock is asked for; None for all.
    pub when: Option<Condition>,
    /// The latest of these values…
    pub of: Vec<Moment>,
    /// …or, where none of them can be read, of these.
    pub or: Vec<Moment>,
}

/// A value that starts a clock.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moment {
    /// Column.
    pub time: TimeColumn,
    /// The rows that hold it: the latest counts. None for the row itself.
    pub of: Option<Box<Linked>>,
}

/// Rows that a link reaches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Linked {
    /// Which rows have the link at all: a condition on the row itself.
    pub when: Condition,
    /// Table.
    pub table: TableName,
    /// The name of its row.
    pub alias: Alias,
    /// Pairs that must be equal: a column of that row, a column of an outer row.
    pub on: Vec<(ColumnRef, ColumnRef)>,
    /// Condition on that row.
    pub condition: Condition,
}

/// Intervals of a clock.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Steps {
    /// The clock.
    pub clock: Clock,
    /// Borders in seconds since the epoch, in order: a border belongs to the interval after it.
    pub borders: Vec<i64>,
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
    /// In which interval the clock lies: the number of borders up to it. None when none was asked, or it has none.
    pub step: Option<usize>,
    /// Number of rows.
    pub rows: u64,
    /// The earliest of each clock, in seconds since the epoch; None without any value.
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
    Time(Moment),
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
