//! Why each column of a row is still here: by the same conditions as those that the engine acts on.

use jiff::civil::Date;
use serment_register::model::{RuleId, TableId, Text};
use serment_store::condition::Key;

use crate::KeepError;
use crate::observe::Observer;

/// Why a row is here. Keys are the caller's; no value of the row is told but dates of clocks.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Table.
    pub table: TableId,
    /// Whose row.
    pub client: Option<String>,
    /// What each rule says.
    pub rules: Vec<RuleSays>,
    /// What happens to each column.
    pub columns: Vec<ColumnSays>,
    /// Holds that freeze it, by identifier; `?` when a hold on a linked row does.
    pub holds: Vec<String>,
    /// Tables with rows that stay and refer to it.
    pub referenced_by: Vec<TableId>,
    /// The effects that are due on it: `erase`, `reduce`…
    pub due: Vec<String>,
    /// One sentence.
    pub verdict: Text,
}

/// What a rule says of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSays {
    /// Rule.
    pub rule: RuleId,
    /// Whether it concerns the row's subjects, and what it says then.
    pub stand: Stand,
    /// Whether it has an approval in force.
    pub released: bool,
    /// Whether it runs because a state holds.
    pub held_by_state: bool,
    /// Whether it runs because a value is implausible or unreadable.
    pub implausible: bool,
    /// Whether an event ends it at once while a state still holds.
    pub contradictory: bool,
    /// Clocks that the row itself holds: column and value as written.
    pub clocks: Vec<(String, Option<String>)>,
    /// Date of the latest clock in the organisation's zone, when it can be read from the row.
    pub clock: Option<Date>,
    /// Due date of that clock.
    pub due: Option<Date>,
    /// Purposes that it serves, with their titles and bases.
    pub purposes: Vec<(String, Text, &'static str)>,
}

/// Where a rule stands on a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// The row is not about its subjects.
    NotConcerned,
    /// No state, no event yet.
    NeverBegan,
    /// It runs.
    Runs,
    /// It has ended.
    Ended,
}

/// What is said of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnSays {
    /// Column path.
    pub column: String,
    /// Category; None when not personal.
    pub category: Option<String>,
    /// Rules that need it and run.
    pub kept_by: Vec<RuleId>,
    /// Rules that needed it and have ended.
    pub ended: Vec<RuleId>,
    /// Rules of rows that refer to this one and need it.
    pub needed_by_referrers: Vec<RuleId>,
    /// Whether it stays as the row's footing while the row stays.
    pub footing: bool,
    /// Whether it is due to be cleared now.
    pub due: bool,
}

impl Observer<'_> {
    /// Explains one row; None when there is no such row.
    pub async fn explain(&self, table: &TableId, key: &Key) -> Result<Option<Explanation>, KeepError> {
        let _ = (table, key);
        Err(KeepError::Broken("explain".to_owned()))
    }
}
