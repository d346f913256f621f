//! What happens to the rows and columns of a family of tables.
//!
//! A row goes when a rule has ended and none runs, and no row that stays refers to it; what belongs to it and has no
//! rules of its own goes in the same batch. A row that stays is *reduced*: each column that an ended rule covers and no
//! running rule covers is cleared, save the row's footing (keys, links, client, and what rules and subjects read). A
//! running rule also covers, in the rows that its row refers to, its purposes' categories.

use serde::{Deserialize, Serialize};
use serment_register::model::{ColumnPath, RuleId, TableId, Text};
use serment_register::text;
use serment_store::catalogue::TableName;
use serment_store::condition::{Alias, Condition, Key};
use serment_store::query::ClientColumn;

use crate::strategy::Treatment;

/// The row that a condition of this module is about.
pub const ROW: Alias = Alias(0);

/// What happens to rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The row goes.
    Erase,
    /// The row stays for another purpose; some of its columns are cleared.
    Reduce,
    /// Its data lose their person.
    Anonymise,
    /// Its data lose precision.
    Coarsen,
    /// Its data lose their name, not their person.
    Pseudonymise,
    /// The row moves to an archive.
    Archive,
}

impl Effect {
    /// The word of commands and receipts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Erase => "erase",
            Self::Reduce => "reduce",
            Self::Anonymise => "anonymise",
            Self::Coarsen => "coarsen",
            Self::Pseudonymise => "pseudonymise",
            Self::Archive => "archive",
        }
    }

    /// The effect of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        [
            Self::Erase,
            Self::Reduce,
            Self::Anonymise,
            Self::Coarsen,
            Self::Pseudonymise,
            Self::Archive,
        ]
        .into_iter()
        .find(|effect| effect.word() == word)
    }

    /// What is done, said to a person.
    pub fn text(self) -> Text {
        match self {
            Self::Erase => text!("effacer", "erase"),
            Self::Reduce => text!("réduire", "reduce"),
            Self::Anonymise => text!("anonymiser", "anonymise"),
            Self::Coarsen => text!("estomper", "coarsen"),
            Self::Pseudonymise => text!("pseudonymiser", "pseudonymise"),
            Self::Archive => text!("archiver", "archive"),
        }
    }
}

/// One unit of a plan: the rows of one table that get one effect, and what goes with them.
#[derive(Debug, Clone)]
pub struct Step {
    /// Identifier, stable while the register and the catalogue do not change: `crm.contacts erase`.
    pub id: String,
    /// The table whose rules decide.
    pub root: TableId,
    /// The table whose rows are walked.
    pub table: TableId,
    /// Its name in the store.
    pub name: TableName,
    /// Its key columns.
    pub key: Vec<String>,
    /// The effect on these rows.
    pub effect: Effect,
    /// Which rows, holds apart: what is really there decides, not what is about to go.
    pub pending: Condition,
    /// Which rows, as a forecast: what other steps are about to remove counts as gone.
    pub expected: Condition,
    /// Which rows a hold freezes.
    pub frozen: Condition,
    /// The rules that have ended there, each with its condition on the row.
    pub ended: Vec<(RuleId, Condition)>,
    /// Whose rows.
    pub client: Option<ClientColumn>,
    /// What is changed, in order: children first, the walked rows last.
    pub changes: Vec<PlannedChange>,
    /// True for a table that refers to itself: the walk is repeated until nothing more can go.
    pub repeat: bool,
    /// Which rows, holds apart, when rows of the table that refer to one another in a circle go together: what is left
    /// after the walks. None for a table that does not refer to itself.
    pub circle: Option<Condition>,
}

impl Step {
    /// The same step, that knows which rows go in circles.
    pub(crate) fn in_circles(mut self, circle: Condition) -> Self {
        self.circle = self.repeat.then_some(circle);
        self
    }

    /// The rows to change now.
    pub fn due(&self) -> Condition {
        Condition::all([self.pending.clone(), Condition::not(self.frozen.clone())])
    }

    /// The rows of the forecast.
    pub fn forecast(&self) -> Condition {
        Condition::all([self.expected.clone(), Condition::not(self.frozen.clone())])
    }
}

/// A change of the rows of one table, for a batch of walked keys.
#[derive(Debug, Clone)]
pub struct PlannedChange {
    /// Table.
    pub table: TableId,
    /// Its name in the store.
    pub name: TableName,
    /// The name of its row in `filter`.
    pub alias: Alias,
    /// Its key columns.
    pub key: Vec<String>,
    /// The effect on its rows.
    pub effect: Effect,
    /// What changes.
    pub what: What,
    /// Which rows: a `KeyIn` without keys stands for the keys of the batch.
    pub filter: Condition,
    /// Which rows of the table the forecast counts, about [`ROW`].
    pub expected: Condition,
    /// The rules that have ended there, each with its condition on [`ROW`].
    pub ended: Vec<(RuleId, Condition)>,
    /// Whose rows, about the row `alias`.
    pub client: Option<ClientColumn>,
}

/// What changes in a row.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// It goes.
    Delete,
    /// Columns take new values.
    Set(Vec<(ColumnPath, Treatment)>),
}

/// Puts keys into a condition where a `KeyIn` without keys waits for them.
pub fn with_keys(condition: &Condition, batch: &[Key]) -> Condition {
    let inner = |part: &Condition| with_keys(part, batch);
    match condition {
        Condition::KeyIn { of, columns, keys } if keys.is_empty() => Condition::KeyIn {
            of: *of,
            columns: columns.clone(),
            keys: batch.to_vec(),
        },
        Condition::All(parts) => Condition::All(parts.iter().map(inner).collect()),
        Condition::Any(parts) => Condition::Any(parts.iter().map(inner).collect()),
        Condition::Not(part) => Condition::Not(Box::new(inner(part))),
        Condition::Holds(part) => Condition::Holds(Box::new(inner(part))),
        Condition::MayHold(part) => Condition::MayHold(Box::new(inner(part))),
        Condition::Exists {
            table,
            alias,
            on,
            condition,
        } => Condition::Exists {
            table: table.clone(),
            alias: *alias,
            on: on.clone(),
            condition: Box::new(inner(condition)),
        },
        other => other.clone(),
    }
}
