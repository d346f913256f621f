//! What a run tells when it ends.

use serde::Serialize;
use serment_plan::steps::Effect;
use serment_register::model::{RuleId, TableId, Text};

use crate::outcome::{Outcome, Why};

/// What a run tells when it ends.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// Run, `r-` and 12 characters; empty for a dry run.
    pub run: String,
    /// Whether nothing was meant to change.
    pub dry_run: bool,
    /// What was recorded, in order.
    pub outcomes: Vec<Recorded>,
    /// Rules without approval, which observe, and what they would do.
    pub observed: Vec<Observed>,
    /// What the released rules would do, in a dry run.
    pub would: Vec<Observed>,
    /// Rules that did not start or did not end, and why.
    pub blocked: Vec<BlockedRule>,
    /// Present when the run stopped before its end.
    pub unfinished: Option<Unfinished>,
    /// What the operator should know.
    pub notes: Vec<Text>,
}

impl Report {
    /// Rows changed, verified or not.
    pub fn rows(&self) -> u64 {
        let outcomes = self.outcomes.iter().map(|recorded| &recorded.outcome);
        outcomes
            .filter(|outcome| outcome.outcome.acted())
            .map(|outcome| outcome.rows)
            .sum()
    }

    /// Whether everything that could be done is done: nothing blocked, unverified or unfinished.
    pub fn is_clean(&self) -> bool {
        use crate::outcome::Verdict;
        self.blocked.is_empty()
            && self.unfinished.is_none()
            && !self.outcomes.iter().any(|recorded| {
                matches!(
                    recorded.outcome.outcome,
                    Verdict::Blocked { .. } | Verdict::Unverified { .. }
                )
            })
    }
}

/// An outcome and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Identifier, `o-` and the journal's index: what `prove` takes.
    pub id: String,
    /// Entry of the journal; None for a dry run.
    pub journal: Option<u64>,
    /// The outcome.
    pub outcome: Outcome,
}

/// A rule that changes nothing in this run, and what it would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// Rule.
    pub rule: RuleId,
    /// The hash to approve.
    pub hash: String,
    /// Why it changes nothing: `new` (never approved), `changed` (since it was), `released` (in a dry run).
    pub why: &'static str,
    /// What it would do: table, effect, client, rows.
    pub would: Vec<(TableId, Effect, Option<String>, u64)>,
    /// Why it could not start were it approved: then what it would do is not to be approved.
    pub obstacle: Option<Text>,
}

/// A rule that did not start or did not end.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockedRule {
    /// Rule.
    pub rule: RuleId,
    /// Why.
    pub why: Why,
}

/// Why a run stopped before its end: the next one goes on where it stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unfinished {
    /// Someone asked.
    Asked,
    /// Its time window is closed.
    WindowClosed,
}
