//! Holds: reasons not to touch given data for now.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hold {
    /// Identifier: `h-` and 12 characters.
    pub id: String,
    /// What it freezes.
    pub scope: Scope,
    /// Why: `legal_claim`, `restriction`, `request`, or a sentence.
    pub ground: String,
    /// Who asked, as the command was told.
    pub actor: String,
    /// Its last day; None: until removed.
    pub until: Option<Date>,
    /// When it was added.
    pub added_at: Timestamp,
    /// Whether batches that began before it may still be running: then it is not yet acknowledged.
    pub pending: bool,
    /// When and by whom it was removed.
    pub removed: Option<(Timestamp, String)>,
}

/// What a hold freezes.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Rows of a table.
    Rows {
        /// `store.table`.
        table: String,
        /// Keys, in the order of the register.
        keys: Vec<Vec<Value>>,
    },
    /// The rows of a table that satisfy a condition of the register's `where` subset.
    Filter {
        /// `store.table`.
        table: String,
        /// Condition.
        text: String,
    },
    /// Every row of a client.
    Client(String),
}

impl std::fmt::Debug for Scope {
    /// Without the keys and the condition: they can be personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rows { table, keys } => write!(f, "Rows({table}, {} keys)", keys.len()),
            Self::Filter { table, .. } => write!(f, "Filter({table}, …)"),
            Self::Client(client) => write!(f, "Client({client})"),
        }
    }
}
