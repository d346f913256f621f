//! Which rules may act now, and how far.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serment_plan::forecast::Forecast;
use serment_plan::steps::Effect;
use serment_plan::{Plan, PlannedRule, Situation};
use serment_register::model::{RuleId, TableId, Text};
use serment_register::text;
use serment_state::approvals::Approval;
use serment_store::Role;
use serment_store::catalogue::{Catalogue, TableName};

use super::KeepOptions;
use crate::observe::Sight;
use crate::observe::sight::{look, unread, writes_elsewhere};
use crate::outcome::{Code, Why};
use crate::report::{BlockedRule, Observed};
use crate::{KeepError, Keeper};

/// The least that an envelope allows.
const LEAST: u64 = 100;

/// The most rows that a rule may change, by table and effect; what is not there is not allowed at all.
pub(crate) type Limits = BTreeMap<(TableId, Effect), u64>;

/// What the brakes left.
pub(crate) struct Braked {
    /// The plan in which exactly the rules that may act do.
    pub plan: Plan,
    /// Its situation.
    pub situation: Situation,
    /// Its counts.
    pub forecast: Forecast,
    /// The rules to run.
    pub acting: BTreeSet<RuleId>,
    /// How far each may go.
    pub limits: BTreeMap<RuleId, Limits>,
    /// Rules without approval.
    pub observed: Vec<Observed>,
    /// Rules that may not start.
    pub blocked: Vec<BlockedRule>,
    /// What the stores say to the writing role, where it was asked.
    pub written: BTreeMap<String, Catalogue>,
}

impl Keeper<'_> {
    /// Applies the brakes. Reads only; `look_to_write` also opens writing connections, to look at what they may do.
    pub(crate) async fn brake(
        &self,
        sight: &Sight,
        options: &KeepOptions,
        now: Timestamp,
        look_to_write: bool,
    ) -> Result<Braked, KeepError> {
        let observer = self.observer();
        let approvals = observer.approvals().await?;
        let client = options.client.as_deref();
        let mut situation = observer.situation(now, None).await?;
        let everything = Plan::new(self.register, &sight.catalogues, &situation)?;
        let suspicions = observer.suspicions(sight, &everything).await?;
        let chosen = |rule: &RuleId| options.rules.as_ref().is_none_or(|rules| rules.contains(rule));

        let mut blocked: BTreeMap<RuleId, Why> = BTreeMap::new();
        let mut released = BTreeSet::new();
        let mut waiting = Vec::new();
        for rule in &everything.rules {
            let approval = approvals.get(&rule.id);
            let suspect = suspicions.iter().find(|suspicion| {
                suspicion.rule == rule.id
                    && !approval.is_some_and(|approval| approval.accepted.contains(&suspicion.column))
            });
            match approval {
                // Nothing says that the rule changed, nor what it would do: its store was not read.
                _ if let Some(why) = sight.unread.get(&rule.table.store) => {
                    let why = Why::new(Code::Store, unread(&rule.table.store, why));
                    blocked.insert(rule.id.clone(), why);
                }
                None => waiting.push((rule, "new")),
                Some(approval) if approval.hash != rule.hash => waiting.push((rule, "changed")),
                Some(approval) => {
                    let why = if let Some(detail) = obstacle(rule) {
                        Some(Why::new(Code::Obstacle, detail))
                    } else if !approval.used && now > approval.expires_at {
                        let day =
                            Text::date(approval.expires_at.to_zoned(situation.cutoff.zone.clone()).date());
                        Some(Why::new(
                            Code::Expired,
                            text!(
                                "son approbation valait pour une première exécution avant le {day} : approuvez-la de nouveau",
                                "its approval was for a first run before {day}: approve it again";
                                day
                            ),
                        ))
                    } else {
                        suspect.map(|suspicion| Why::new(Code::SuspectClock, suspicion.text()))
                    };
                    match why {
                        Some(why) => drop(blocked.insert(rule.id.clone(), why)),
                        None => drop(released.insert(rule.id.clone())),
                    }
                }
            }
        }
        let observed = if waiting.iter().any(|(rule, _)| chosen(&rule.id)) {
            let shown = everything.only(&|rule: &PlannedRule| {
                chosen(&rule.id) && waiting.iter().any(|(waits, _)| waits.id == rule.id)
            });
            let forecast = observer.count(sight, &shown, &situation, client).await?;
            waiting
                .iter()
                .filter(|(rule, _)| chosen(&rule.id))
                .map(|(rule, why)| observed(rule, why, &forecast))
                .collect()
        } else {
            Vec::new()
        };

        let mut limits = BTreeMap::new();
        for rule in &released {
            if let Some(approval) = approvals.get(rule) {
                limits.insert(rule.clone(), self.limits(rule, approval, sight).await?);
            }
        }
        let mut written: BTreeMap<String, Catalogue> = BTreeMap::new();
        // Each turn blocks at least one rule more, and a rule that is blocked runs for all others.
        loop {
            situation.released = Some(released.clone());
            let plan = Plan::new(self.register, &sight.catalogues, &situation)?;
            let forecast = if released.iter().any(chosen) {
                observer.count(sight, &plan, &situation, client).await?
            } else {
                Forecast::new(&plan)
            };
            let mut found: BTreeMap<RuleId, Why> = BTreeMap::new();
            for rule in released.iter().filter(|rule| chosen(rule)) {
                let would = totals(&forecast, rule);
                if let Some(why) = limits.get(rule).and_then(|limits| beyond(limits, &would)) {
                    found.insert(rule.clone(), why);
                }
            }
            if found.is_empty() && look_to_write {
                self.look_to_write(&plan, &forecast, &situation, &mut written, &mut found)
                    .await?;
                found.retain(|rule, _| released.contains(rule));
            }
            if found.is_empty() {
                let acting = released.iter().filter(|rule| chosen(rule)).cloned().collect();
                return Ok(Braked {
                    plan,
                    situation,
                    forecast,
                    acting,
                    limits,
                    observed,
                    blocked: blocked
                        .into_iter()
                        .filter(|(rule, _)| chosen(rule))
                        .map(|(rule, why)| BlockedRule { rule, why })
                        .collect(),
                    written,
                });
            }
            for rule in found.keys() {
                released.remove(rule);
            }
            blocked.extend(found);
        }
    }

    /// How far a rule may go: the ceilings of its approval on its first run, its envelope later.
    async fn limits(&self, rule: &RuleId, approval: &Approval, sight: &Sight) -> Result<Limits, KeepError> {
        // An interrupted first run goes on under its ceilings, less what it did already.
        if let Some(done) = self.state.first_run(&rule.0, approval.at).await? {
            return Ok(approval
                .ceilings
                .iter()
                .filter_map(|ceiling| {
                    let before = done.get(&(ceiling.table.clone(), ceiling.effect.clone()));
                    Some((
                        (table_id(&ceiling.table)?, Effect::of_word(&ceiling.effect)?),
                        ceiling.rows.saturating_sub(before.copied().unwrap_or(0)),
                    ))
                })
                .collect());
        }
        let (medians, _) = self.state.trailing_median(&rule.0).await?;
        let mut limits = Limits::new();
        for table in self.register.tables() {
            let name = TableName {
                schema: table.schema.clone(),
                name: table.name.clone(),
            };
            let rows = sight
                .catalogues
                .get(&table.id.store)
                .and_then(|catalogue| catalogue.tables.get(&name))
                .map_or(0, |seen| seen.estimated_rows);
            for effect in [
                Effect::Erase,
                Effect::Reduce,
                Effect::Anonymise,
                Effect::Coarsen,
                Effect::Pseudonymise,
            ] {
                let median = medians
                    .get(&(table.id.to_string(), effect.word().to_owned()))
                    .copied()
                    .unwrap_or(0);
                let most = (2 * median).max(rows / 100).max(LEAST);
                limits.insert((table.id.clone(), effect), most);
            }
        }
        Ok(limits)
    }

    /// Looks at the stores with something to do through the writing role.
    async fn look_to_write(
        &self,
        plan: &Plan,
        forecast: &Forecast,
        situation: &Situation,
        written: &mut BTreeMap<String, Catalogue>,
        found: &mut BTreeMap<RuleId, Why>,
    ) -> Result<(), KeepError> {
        let busy: BTreeSet<&String> = forecast
            .effects
            .iter()
            .filter(|(_, rows)| **rows > 0)
            .map(|((table, _, _), _)| &table.store)
            .collect();
        let rules = |store: &String| -> Vec<&PlannedRule> {
            let all = plan.rules.iter();
            all.filter(|rule| rule.table.store == *store).collect()
        };
        for store in &busy {
            if written.contains_key(*store) {
                continue;
            }
            match look(self.register, self.stores, store, Role::Write).await {
                Ok((_, catalogue)) => drop(written.insert((*store).clone(), catalogue)),
                Err(error) => {
                    let why = Why::new(Code::Store, error.text());
                    found.extend(
                        rules(store)
                            .into_iter()
                            .map(|rule| (rule.id.clone(), why.clone())),
                    );
                }
            }
        }
        let to_the_writer = Plan::new(self.register, written, situation)?;
        for store in busy.into_iter().filter(|store| written.contains_key(*store)) {
            for rule in rules(store) {
                let Some(seen) = to_the_writer.rule(&rule.id) else {
                    continue;
                };
                if let Some(obstacle) = seen.obstacles.first() {
                    found.insert(rule.id.clone(), Why::new(Code::Obstacle, obstacle.what.clone()));
                } else if seen.hash != rule.hash && writes_elsewhere(self.register, store) {
                    found.insert(
                        rule.id.clone(),
                        Why::new(
                            Code::Obstacle,
                            text!(
                                "dépôt {store} : le rôle d'écriture ne voit pas les tables que voit le rôle de lecture : \
                                 comparez url et write_url, les bases et les search_path",
                                "store {store}: the writing role does not see the tables that the reading role sees: \
                                 compare url and write_url, databases and search paths"
                            ),
                        ),
                    );
                } else if seen.hash != rule.hash {
                    found.insert(
                        rule.id.clone(),
                        Why::new(
                            Code::SchemaChanged,
                            text!(
                                "dépôt {store} : ses tables ont changé pendant qu'on regardait : relancez",
                                "store {store}: its tables changed while we looked: run again"
                            ),
                        ),
                    );
                }
            }
        }
        Ok(())
    }
}

/// The first obstacle of a rule, and how many more there are.
fn obstacle(rule: &PlannedRule) -> Option<Text> {
    let what = &rule.obstacles.first()?.what;
    Some(match rule.obstacles.len() - 1 {
        0 => what.clone(),
        more => text!(
            "{what} (et {more} de plus : voyez `serment plan`)",
            "{what} (and {more} more: see `serment plan`)";
            what
        ),
    })
}

/// What a rule would do.
pub(crate) fn observed(rule: &PlannedRule, why: &'static str, forecast: &Forecast) -> Observed {
    let mut would = Vec::new();
    for ((_, client), line) in forecast.lines.iter().filter(|((id, _), _)| *id == rule.id) {
        for ((table, effect), rows) in &line.effects {
            would.push((table.clone(), *effect, client.clone(), *rows));
        }
    }
    Observed {
        rule: rule.id.clone(),
        hash: rule.hash.clone(),
        why,
        would,
        obstacle: obstacle(rule),
    }
}

/// What a rule would do, clients together.
pub(crate) fn totals(forecast: &Forecast, rule: &RuleId) -> BTreeMap<(TableId, Effect), u64> {
    let mut totals = BTreeMap::new();
    for (_, line) in forecast.lines.iter().filter(|((id, _), _)| id == rule) {
        for (what, changes) in &line.changes {
            *totals.entry(what.clone()).or_default() += changes;
        }
    }
    totals
}

/// The first limit that would be passed.
pub(crate) fn beyond(limits: &Limits, would: &BTreeMap<(TableId, Effect), u64>) -> Option<Why> {
    would.iter().find_map(|((table, effect), rows)| {
        let most = limits.get(&(table.clone(), *effect)).copied().unwrap_or(0);
        (*rows > most).then(|| {
            let effect = effect.text();
            Why::new(
                Code::OverCeiling,
                text!(
                    "{effect} dans {table} : {rows} lignes, et {most} sont permises : relisez le plan, et approuvez-le de \
                     nouveau s'il est juste",
                    "{effect} in {table}: {rows} rows, and {most} are allowed: look at the plan, and approve it again if it \
                     is right";
                    effect
                ),
            )
        })
    })
}

/// The identifier of a table, as `store.table`.
pub(crate) fn table_id(text: &str) -> Option<TableId> {
    let (store, table) = text.split_once('.')?;
    Some(TableId {
        store: store.to_owned(),
        table: table.to_owned(),
    })
}
