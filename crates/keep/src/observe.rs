//! Reads, plans and counts; changes nothing, and opens reading connections only.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serment_plan::forecast::Forecast;
use serment_plan::steps::Effect;
use serment_plan::{Plan, Situation};
use serment_register::model::{Register, RuleId, TableId};
use serment_state::State;
use serment_store::catalogue::Catalogue;
use serment_store::condition::Key;

use crate::KeepError;
use crate::ports::{Clock, Stores};

/// What is needed to observe.
#[derive(Clone, Copy)]
pub struct Observer<'a> {
    /// What the organisation says.
    pub register: &'a Register,
    /// Opens stores.
    pub stores: &'a dyn Stores,
    /// Serment's own state, for holds and approvals; None when there is none yet.
    pub state: Option<&'a State>,
    /// The clock.
    pub clock: &'a dyn Clock,
}

/// Which rules count as acting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Released {
    /// All: what the register would do if everything were approved. Plans and forecasts.
    #[default]
    All,
    /// Those with an approval in force only.
    Approved,
}

/// What to observe.
#[derive(Debug, Clone, Default)]
pub struct ObserveOptions {
    /// Up to which date; None: what is due now.
    pub at: Option<Date>,
    /// Which rules act.
    pub released: Released,
    /// Only these rules.
    pub rules: Option<BTreeSet<RuleId>>,
    /// Only the rules of this store.
    pub store: Option<String>,
    /// Only the rows of this client.
    pub client: Option<String>,
    /// Keys to list per table and effect: 0 none, `u32::MAX` all.
    pub sample: u32,
    /// Whether to print the statements that would run.
    pub sql: bool,
}

/// What was observed.
#[derive(Debug, Clone)]
pub struct Observation {
    /// When.
    pub now: Timestamp,
    /// Cut-off, holds, released rules.
    pub situation: Situation,
    /// What the stores say of themselves.
    pub catalogues: BTreeMap<String, Catalogue>,
    /// Plan, of the chosen rules.
    pub plan: Plan,
    /// Counts.
    pub forecast: Forecast,
    /// Clocks that an import, not life, seems to have written.
    pub suspicions: Vec<Suspicion>,
    /// Keys, when asked.
    pub samples: Vec<Sample>,
    /// Statements, when asked.
    pub statements: Vec<Statements>,
    /// Stores that could not be read, with the reason: their rules have an obstacle.
    pub unread: BTreeMap<String, String>,
}

/// One value that fills too much of a column that starts clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspicion {
    /// Rule whose clock reads it.
    pub rule: RuleId,
    /// `store.table.column`: the word that `approve` accepts.
    pub column: String,
    /// Rows that share the value.
    pub rows: u64,
    /// Rows of the table.
    pub of: u64,
    /// Whether an approval in force accepts it.
    pub accepted: bool,
}

/// Keys of one table and effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Step.
    pub step: String,
    /// Table.
    pub table: TableId,
    /// Effect.
    pub effect: Effect,
    /// The rules that have ended there.
    pub rules: Vec<RuleId>,
    /// Keys, in key order.
    pub keys: Vec<Key>,
}

/// Statements of one step, in the order in which a batch runs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statements {
    /// Step.
    pub step: String,
    /// What each is for, and its text.
    pub statements: Vec<(String, String)>,
}

/// One bar of a histogram of ages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// Clocks from this date on; None for the first bar.
    pub from: Option<Date>,
    /// Clocks before this date; None for the last bar.
    pub before: Option<Date>,
    /// Rows.
    pub rows: u64,
}

impl Observer<'_> {
    /// Introspects the stores of the rules, makes the plan and counts.
    pub async fn observe(&self, options: &ObserveOptions) -> Result<Observation, KeepError> {
        let _ = options;
        Err(KeepError::Broken("observe".to_owned()))
    }

    /// How old the clocks of a rule's rows are: about `bars` bars, one of whose borders is the cut-off.
    pub async fn histogram(
        &self,
        observation: &Observation,
        rule: &RuleId,
        client: Option<&str>,
        bars: u32,
    ) -> Result<Vec<Bar>, KeepError> {
        let _ = (observation, rule, client, bars);
        Err(KeepError::Broken("histogram".to_owned()))
    }
}
