//! Outcomes: what a run claims, and nothing more than it re-read.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serment_register::model::Text;

/// Characters of a sentence that is recorded: a receipt has both languages in less than 4 kB.
const LONGEST: usize = 400;

/// What a group of rows came to: one rule set, client, table and effect of one step. It is the payload of a journal
/// entry, so it holds counts and no key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Organisation, as the register names it.
    pub organisation: String,
    /// Rules that had ended on these rows; the rows are counted once.
    pub rules: Vec<String>,
    /// Store.
    pub store: String,
    /// Table, as the register names it.
    pub table: String,
    /// Whose rows; None when the table knows no clients.
    pub client: Option<String>,
    /// Effect intended: `erase`, `reduce`, `anonymise`, `coarsen`, `pseudonymise`.
    pub effect: String,
    /// What is claimed.
    pub outcome: Verdict,
    /// Rows.
    pub rows: u64,
    /// True when more rows may be concerned: the answer to a COMMIT was lost and nothing could tell the count.
    pub at_least: bool,
    /// Where it holds: `live`, the store itself.
    pub scope: String,
    /// Copies that the effect reaches later.
    pub residue: Vec<Residue>,
    /// When the last known copy is gone; None when that is unknown.
    pub gone_by: Option<Date>,
    /// What qualifies the claim: copies that triggers or publications may keep.
    pub qualified_by: Vec<Text>,
    /// Run.
    pub run: String,
    /// Entry of the journal that announced it; None when nothing was to be changed.
    pub intent: Option<u64>,
    /// Step of the run; empty when there was none.
    pub step: String,
    /// Hash of the plan.
    pub plan: String,
    /// Hashes of the rules, in the order of `rules`.
    pub rule_hashes: Vec<String>,
    /// Version of the register.
    pub register_version: String,
    /// When.
    pub at: Timestamp,
}

/// The closed set of what can be claimed by a retention run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing was due, and the role sees everything.
    NothingFound,
    /// The rows are gone: re-read.
    Erased,
    /// Nothing of the person is left in the columns: re-read.
    Anonymised,
    /// Less precise: re-read.
    Coarsened,
    /// Replaced by a pseudonym: re-read.
    Pseudonymised,
    /// The row stays for another purpose without these columns: re-read.
    Reduced,
    /// Kept on a ground.
    Kept {
        /// Ground.
        ground: String,
        /// Until; None: until removed.
        until: Option<Date>,
    },
    /// Not done.
    Blocked {
        /// Why.
        why: Why,
    },
    /// Done as far as the store says, and not confirmed by reading again.
    Unverified {
        /// Why.
        why: Why,
    },
}

impl Verdict {
    /// Whether rows were changed, or may have been.
    pub fn acted(&self) -> bool {
        !matches!(
            self,
            Self::NothingFound | Self::Kept { .. } | Self::Blocked { .. }
        )
    }

    /// The word of commands and receipts.
    pub fn word(&self) -> &'static str {
        match self {
            Self::NothingFound => "nothing_found",
            Self::Erased => "erased",
            Self::Anonymised => "anonymised",
            Self::Coarsened => "coarsened",
            Self::Pseudonymised => "pseudonymised",
            Self::Reduced => "reduced",
            Self::Kept { .. } => "kept",
            Self::Blocked { .. } => "blocked",
            Self::Unverified { .. } => "unverified",
        }
    }
}

/// Why something was not done, or not confirmed: a stable code for programs and a whole sentence for people. It stands in
/// the journal in both languages, since nobody knows in which one it will be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// Code.
    pub code: Code,
    /// What exactly, and what to do.
    pub detail: Text,
}

impl Why {
    /// A reason. Its sentence is cut where a receipt would have no room for it.
    pub fn new(code: Code, detail: Text) -> Self {
        Self {
            code,
            detail: detail.shortened(LONGEST),
        }
    }

    /// As the state keeps it between a batch and its outcome.
    pub(crate) fn written(&self) -> String {
        serde_json::json!(self).to_string()
    }

    /// What [`Why::written`] wrote.
    pub(crate) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|_| Self::new(Code::NotReadAgain, Text::verbatim(text)))
    }
}

/// Codes of reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The pre-flight found an obstacle.
    Obstacle,
    /// The approval's first run was not begun in time.
    Expired,
    /// More rows than the approval or the past allows.
    OverCeiling,
    /// One value fills too much of a clock's column.
    SuspectClock,
    /// The rehearsal failed.
    Rehearsal,
    /// The store changed more or fewer rows than it listed.
    CountMismatch,
    /// The tables changed since the plan.
    SchemaChanged,
    /// Rows refer to one another in a circle larger than a batch.
    ReferenceCycle,
    /// A constraint of the store refused.
    Constraint,
    /// The store did not answer in time, however often it was asked.
    Store,
    /// A walk that no longer advances.
    NoProgress,
    /// What was changed is not so when read again.
    NotAsWritten,
    /// What was changed could not be read again.
    NotReadAgain,
    /// The answer to a COMMIT was lost, and the store cannot tell whether it was us, or how many rows.
    CommitUnknown,
    /// Something may hide rows from our role.
    Sight,
    /// Rows became due or visible after they were looked for.
    BecameDue,
    /// An effect that this version does not know.
    UnknownEffect,
}

/// A copy that an effect reaches later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Residue {
    /// What: "backups of crm", "replica crm-ro".
    pub what: Text,
    /// Until when; None when the register does not say.
    pub until: Option<Date>,
}
