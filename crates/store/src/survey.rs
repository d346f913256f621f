//! What a store can be asked by someone who does not know it yet: which tables there are, a few of their values, who may
//! reach them. Nothing here changes anything.

use serment_register::text::Text;

use crate::catalogue::TableName;

/// A few rows of a table, as text: for guessing what its columns hold. Never shown, never written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Table.
    pub table: TableName,
    /// The columns to read.
    pub columns: Vec<String>,
    /// The columns by which the rows are in order; in whatever order the store has them when empty.
    pub order: Vec<String>,
    /// Whether the last rows are read instead of the first ones.
    pub last: bool,
    /// At most so many rows.
    pub rows: u32,
    /// At most so many characters of each value: the rest of it does not leave the store.
    pub characters: u32,
}

/// Who may reach a store, and how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Who may reach its tables.
    pub grants: Grants,
    /// Whether this very connection is encrypted; None where nothing travels.
    pub encrypted: Option<bool>,
    /// Whether the store is on this machine, so that nothing travels between machines.
    pub local: bool,
}

/// Who may reach the tables of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grants {
    /// The store knows no roles: whoever reads its file reads everything.
    NoRoles,
    /// Our role may not see the grants of others: what is missing, in words.
    Hidden(Text),
    /// These, and no other.
    Told(Vec<Grant>),
}

/// What one role or person of the store may do with one table, everything that it inherits included.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// Role, as the store names it.
    pub role: String,
    /// Table.
    pub table: TableName,
    /// Whether it may read, some columns at least.
    pub read: bool,
    /// Whether it may add, change or remove.
    pub change: bool,
    /// Whether it may do anything in the whole server: no grant on a table would say so.
    pub superuser: bool,
}
