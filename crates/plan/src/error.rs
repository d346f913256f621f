//! Why a plan, or a part of it, cannot be made.

use std::fmt;

use serment_register::model::Text;
use serment_register::text;
use thiserror::Error;

use crate::cutoff::CutoffError;

/// Why a plan, or a part of it, cannot be made.
#[derive(Debug, Error, PartialEq, Clone)]
pub enum PlanError {
    /// A table is not declared.
    UnknownTable(String),
    /// A rule is not declared.
    UnknownRule(String),
    /// A word that the table does not define.
    UnknownWord {
        /// Rule or table.
        rule: String,
        /// State, event or link.
        word: String,
    },
    /// The catalogue of a store was not read.
    UnreadStore(String),
    /// The store has no such table.
    MissingTable(String),
    /// The store's table has no such column.
    MissingColumn {
        /// Table.
        table: String,
        /// Column.
        column: String,
    },
    /// The type of a column does not say how it writes a time.
    UnclearTime {
        /// Table.
        table: String,
        /// Column.
        column: String,
    },
    /// A column cannot be treated as the register asks.
    Unsuitable {
        /// Table.
        table: String,
        /// Why.
        why: Text,
    },
    /// `= now` can never be relied upon.
    EqualsNow {
        /// Table.
        table: String,
    },
    /// A date or zone that cannot be used.
    Cutoff(CutoffError),
}

impl PlanError {
    /// The error in words.
    pub fn text(&self) -> Text {
        match self {
            Self::UnknownTable(table) => text!(
                "{table} n'est pas une table du registre",
                "{table} is not a table of the register"
            ),
            Self::UnknownRule(rule) => text!(
                "{rule} n'est pas une règle du registre",
                "{rule} is not a rule of the register"
            ),
            Self::UnknownWord { rule, word } => text!(
                "{rule} : « {word} » n'est défini sur aucune ligne de sa table",
                "{rule}: `{word}` is defined on no row of its table"
            ),
            Self::UnreadStore(store) => {
                text!("le dépôt {store} n'a pas été lu", "store {store} was not read")
            }
            Self::MissingTable(table) => text!(
                "{table} n'existe pas dans son dépôt, ou notre rôle ne la voit pas",
                "{table} does not exist in its store, or our role may not see it"
            ),
            Self::MissingColumn { table, column } => text!(
                "{table} : le dépôt n'a pas de colonne {column}",
                "{table}: the store has no column {column}"
            ),
            Self::UnclearTime { table, column } => text!(
                "{table} : le type de la colonne {column} ne dit pas comment elle écrit le temps : déclarez `time` (text, \
                 epoch_seconds, epoch_milliseconds, date, timestamp, instant)",
                "{table}: the type of column {column} does not say how it writes a time: declare `time` (text, \
                 epoch_seconds, epoch_milliseconds, date, timestamp, instant)"
            ),
            Self::Unsuitable { table, why } => text!("{table} : {why}", "{table}: {why}"; why),
            Self::EqualsNow { table } => text!(
                "{table} : une colonne est comparée à `now` par = ou <>, ce qu'aucun instant ne satisfait sûrement",
                "{table}: a column is compared with `now` by = or <>, which no instant satisfies reliably"
            ),
            Self::Cutoff(error) => error.text(),
        }
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().en)
    }
}

impl From<CutoffError> for PlanError {
    fn from(error: CutoffError) -> Self {
        Self::Cutoff(error)
    }
}
