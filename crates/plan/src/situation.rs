//! What a plan takes into account besides the register and the catalogues.

use std::collections::BTreeSet;

use serment_register::model::{Period, RuleId, TableId};
use serment_register::predicate::Predicate;
use serment_store::condition::Key;

use crate::cutoff::Cutoff;

/// What a plan takes into account.
#[derive(Debug, Clone)]
pub struct Situation {
    /// The instant up to which it looks.
    pub cutoff: Cutoff,
    /// What must not be touched for now.
    pub holds: Vec<Hold>,
    /// What clients asked to keep for longer.
    pub extensions: Vec<Extension>,
    /// The rules that may act. None: all of them (a forecast). A rule that may not act counts as running on every row on
    /// which it has begun.
    pub released: Option<BTreeSet<RuleId>>,
}

/// A reason not to touch given data for now.
#[derive(Debug, Clone, PartialEq)]
pub struct Hold {
    /// Identifier.
    pub id: String,
    /// What it freezes.
    pub scope: HoldScope,
}

/// A client's wish, as the controller, that a rule wait longer on its rows. It never makes a rule end earlier: its period
/// comes on top of the rule's own, and events that end the rule at once still do.
#[derive(Debug, Clone, PartialEq)]
pub struct Extension {
    /// Identifier of the hold that says it.
    pub id: String,
    /// Rule.
    pub rule: RuleId,
    /// Whose rows.
    pub client: String,
    /// How long after the clock.
    pub keep: Period,
}

/// What a hold freezes.
#[derive(Debug, Clone, PartialEq)]
pub enum HoldScope {
    /// Rows of a table.
    Rows(TableId, Vec<Key>),
    /// The rows of a table that satisfy a condition. Unknown counts as satisfying.
    Filter(TableId, Predicate),
    /// Every row of a client.
    Client(String),
}
