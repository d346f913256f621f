//! What a change of a register does: to what is kept, to what is published, to what was promised.

mod promises;
mod rules;
mod tables;

use serde::Serialize;
use serment_register::model::{Register, Text};

/// What happened to a thing of the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
}

/// A thing of the register that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// `store.table.column`, `activity.purpose`, `crm.contacts → account`…
    pub place: String,
    /// What happened.
    pub sign: Sign,
    /// What changed of it.
    pub details: Vec<Text>,
    /// Whether what is kept may change with it: for how long, of whom, where it is found. A title does not.
    pub kept: bool,
}

/// A retention rule that changed, with the sentences that are published of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleChange {
    /// `activity.name`.
    pub rule: String,
    /// What happened.
    pub sign: Sign,
    /// What changed of it; nothing when only its sentence does.
    pub details: Vec<Text>,
    /// Its sentence before.
    pub before: Option<Text>,
    /// Its sentence after.
    pub after: Option<Text>,
    /// Whether what is kept changes with it.
    pub kept: bool,
}

/// A promise that a change concerns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PromiseChange {
    /// Identifier.
    pub promise: String,
    /// Its sentence, as it is now; as it was when it is gone.
    pub sentence: Text,
    /// Why it is concerned.
    pub because: Vec<Text>,
}

/// What a change of a register does.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Difference {
    /// Rules.
    pub rules: Vec<RuleChange>,
    /// Purposes and activities.
    pub purposes: Vec<Change>,
    /// Stores, tables, columns, links, states, events.
    pub tables: Vec<Change>,
    /// The organisation and its words.
    pub words: Vec<Change>,
    /// Promises that are concerned.
    pub promises: Vec<PromiseChange>,
}

impl Difference {
    /// Whether anything that is kept may change.
    pub fn changes_what_is_kept(&self) -> bool {
        self.rules.iter().any(|rule| rule.kept)
            || [&self.purposes, &self.tables, &self.words]
                .into_iter()
                .flatten()
                .any(|change| change.kept)
    }

    /// Whether nothing at all changed.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
            && self.purposes.is_empty()
            && self.tables.is_empty()
            && self.words.is_empty()
            && self.promises.is_empty()
    }
}

/// Compares two versions of a register.
pub fn difference(old: &Register, new: &Register) -> Difference {
    let rules = rules::rules(old, new);
    let purposes = rules::purposes(old, new);
    let tables = tables::tables(old, new);
    let words = rules::words(old, new);
    let promises = promises::promises(old, new, &rules, &purposes);
    Difference {
        rules,
        purposes,
        tables,
        words,
        promises,
    }
}
