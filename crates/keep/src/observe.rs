//! Reads, plans and counts; changes nothing, and opens reading connections only.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serment_plan::forecast::Forecast;
use serment_plan::steps::Effect;
use serment_plan::{Cutoff, Plan, PlanError, PlannedRule, Situation};
use serment_register::model::{Register, RuleId, TableId, Text};
use serment_register::text;
use serment_state::State;
use serment_state::approvals::Approval;
use serment_store::catalogue::Catalogue;
use serment_store::condition::Key;

use crate::KeepError;
use crate::ports::{Clock, Stores};

pub(crate) mod count;
mod histogram;
pub(crate) mod sight;

pub(crate) use sight::Sight;

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
    pub unread: BTreeMap<String, Text>,
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

impl Suspicion {
    /// The suspicion in words, with how to accept it.
    pub fn text(&self) -> Text {
        let Self { column, rows, of, .. } = self;
        text!(
            "une même valeur remplit {rows} des {of} lignes de {column} : un import l'a peut-être écrite, et non la vie ; \
             regardez, puis approuvez avec --accept-suspect {column}",
            "one value fills {rows} of the {of} rows of {column}: an import, not life, may have written it; look, then \
             approve with --accept-suspect {column}"
        )
    }
}

/// Keys of one rule and client, table and effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// A rule that has ended there.
    pub rule: RuleId,
    /// Whose rows.
    pub client: Option<String>,
    /// Table.
    pub table: TableId,
    /// Effect.
    pub effect: Effect,
    /// Keys, in key order.
    pub keys: Vec<Key>,
}

/// Statements of one step, in the order in which a batch runs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statements {
    /// Step.
    pub step: String,
    /// What each is for, and its text.
    pub statements: Vec<(Text, String)>,
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
    /// Introspects the stores of the rules, makes the plan and counts. Costs one pass over each table of a rule, and one
    /// for each table that its steps change.
    pub async fn observe(&self, options: &ObserveOptions) -> Result<Observation, KeepError> {
        let only = options.store.iter().cloned().collect::<BTreeSet<String>>();
        let sight = Sight::open(
            self.register,
            self.stores,
            options.store.is_some().then_some(&only),
        )
        .await;
        let now = self.clock.now();
        let approvals = self.approvals().await?;
        let mut situation = self.situation(now, options.at).await?;
        let mut plan = Plan::new(self.register, &sight.catalogues, &situation)?;
        if options.released == Released::Approved {
            let approved = plan
                .rules
                .iter()
                .filter(|rule| {
                    approvals
                        .get(&rule.id)
                        .is_some_and(|approval| approval.hash == rule.hash)
                })
                .map(|rule| rule.id.clone())
                .collect();
            situation.released = Some(approved);
            plan = Plan::new(self.register, &sight.catalogues, &situation)?;
        }
        // A store that could not be read says why.
        for rule in &mut plan.rules {
            if let Some(why) = sight.unread.get(&rule.table.store) {
                rule.obstacles = vec![sight::unread(&rule.table.store, why).into()];
            }
        }
        let plan = plan.only(&|rule: &PlannedRule| {
            options
                .rules
                .as_ref()
                .is_none_or(|rules| rules.contains(&rule.id))
                && options
                    .store
                    .as_ref()
                    .is_none_or(|store| rule.table.store == *store)
        });
        let client = options.client.as_deref();
        let forecast = self.count(&sight, &plan, &situation, client).await?;
        let mut suspicions = self.suspicions(&sight, &plan).await?;
        for suspicion in &mut suspicions {
            suspicion.accepted = approvals
                .get(&suspicion.rule)
                .is_some_and(|approval| approval.accepted.contains(&suspicion.column));
        }
        let samples = match options.sample {
            0 => Vec::new(),
            limit => self.samples(&sight, &plan, &situation, client, limit).await?,
        };
        let statements = if options.sql {
            self.statements(&sight, &plan)
        } else {
            Vec::new()
        };
        Ok(Observation {
            now,
            situation,
            plan,
            forecast,
            suspicions,
            samples,
            statements,
            catalogues: sight.catalogues,
            unread: sight.unread,
        })
    }

    /// The approvals, by rule.
    pub(crate) async fn approvals(&self) -> Result<BTreeMap<RuleId, Approval>, KeepError> {
        let Some(state) = self.state else {
            return Ok(BTreeMap::new());
        };
        let approvals = state.approvals().await?;
        Ok(approvals
            .into_iter()
            .map(|approval| (RuleId(approval.rule.clone()), approval))
            .collect())
    }

    /// The situation of a plan in which every rule acts.
    pub(crate) async fn situation(&self, now: Timestamp, at: Option<Date>) -> Result<Situation, KeepError> {
        let zone = &self.register.organisation.time_zone;
        let cutoff = match at {
            Some(date) => Cutoff::at(date, zone),
            None => Cutoff::now(now, zone),
        };
        let cutoff = cutoff.map_err(PlanError::from)?;
        let today = now.to_zoned(cutoff.zone.clone()).date();
        let (holds, extensions) = match self.state {
            Some(state) => crate::holds::in_force(self.register, &state.holds().await?, today)?,
            None => Default::default(),
        };
        Ok(Situation {
            cutoff,
            holds,
            extensions,
            released: None,
        })
    }
}
