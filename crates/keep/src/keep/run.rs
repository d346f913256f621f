//! One run: what it knows, and the order of what it does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use serment_plan::forecast::Forecast;
use serment_plan::steps::{Effect, Step};
use serment_plan::translate::Ground;
use serment_plan::{Plan, Situation};
use serment_register::model::{RuleId, TableId, Text};
use serment_register::text;
use serment_state::batches::Count;
use serment_store::catalogue::Catalogue;
use serment_store::condition::Condition;
use serment_store::query::Keys;
use serment_store::{Role, Store};

use super::KeepOptions;
use super::brakes::{Braked, Limits};
use super::record::{Context, count_of};
use super::replace::PseudonymKey;
use super::walk::{fingerprint, tables_changed};
use crate::observe::Sight;
use crate::observe::count::of_client;
use crate::observe::sight::{look, mapped_tables, writes_elsewhere};
use crate::outcome::{Code, Outcome, Verdict, Why};
use crate::ports::Progress;
use crate::report::{BlockedRule, Recorded, Report, Unfinished};
use crate::{KeepError, Keeper};

/// A run.
pub(crate) struct Run<'k, 'r> {
    pub keeper: Keeper<'k>,
    pub options: &'r KeepOptions,
    pub progress: &'r dyn Progress,
    pub stop: &'r AtomicBool,
    pub id: String,
    pub now: Timestamp,
    pub sight: Arc<Sight>,
    pub plan: Plan,
    pub situation: Situation,
    pub forecast: Arc<Forecast>,
    /// The rules to run.
    pub acting: BTreeSet<RuleId>,
    pub limits: BTreeMap<RuleId, Limits>,
    /// What the stores said to the writing role before anything began.
    pub written: BTreeMap<String, Catalogue>,
    pub writers: BTreeMap<String, Writer>,
    /// The holds that the plan knows.
    pub epoch: u64,
    /// Rows changed, by rule, table and effect.
    pub done: BTreeMap<(RuleId, TableId, Effect), u64>,
    pub pseudonyms: Arc<OnceLock<PseudonymKey>>,
    /// Held while the journal and the state are written together: what waits in one is written into the other once.
    pub pen: Arc<tokio::sync::Mutex<()>>,
    /// Whether the run has failed somewhere: no other batch may begin.
    pub failed: Arc<AtomicBool>,
    pub report: Report,
}

/// A writing connection, and the tables as they were when it was opened.
pub(crate) struct Writer {
    pub store: Box<dyn Store>,
    pub catalogue: Catalogue,
    pub looked_at: Timestamp,
    pub batches_since: u32,
}

/// How a step ended.
pub(crate) enum StepEnd {
    /// Nothing more is due.
    Done,
    /// It was asked to stop, or its time is over.
    Stopped(Unfinished),
    /// It cannot go on.
    Blocked(Why),
}

impl<'k, 'r> Run<'k, 'r> {
    #[allow(clippy::too_many_arguments)]
    pub fn new(
        keeper: Keeper<'k>,
        options: &'r KeepOptions,
        progress: &'r dyn Progress,
        stop: &'r AtomicBool,
        id: String,
        now: Timestamp,
        sight: Sight,
        braked: Braked,
        epoch: u64,
    ) -> Self {
        Self {
            keeper,
            options,
            progress,
            stop,
            report: Report {
                run: id.clone(),
                observed: braked.observed,
                blocked: braked.blocked,
                ..Report::default()
            },
            id,
            now,
            sight: Arc::new(sight),
            plan: braked.plan,
            situation: braked.situation,
            forecast: Arc::new(braked.forecast),
            acting: braked.acting,
            limits: braked.limits,
            written: braked.written,
            writers: BTreeMap::new(),
            epoch,
            done: BTreeMap::new(),
            pseudonyms: Arc::default(),
            pen: Arc::default(),
            failed: Arc::default(),
        }
    }

    /// Every step of every family, in order; then what is to be said of rules without a row.
    pub async fn all(&mut self) -> Result<(), KeepError> {
        self.say_blocked(self.report.blocked.clone()).await?;
        self.say_kept().await?;
        self.walk_side_by_side().await?;
        if self.report.unfinished.is_some() {
            return Ok(());
        }
        self.look_at_the_end().await?;
        self.say_nothing_found().await
    }

    /// Every step of every family, in order.
    pub async fn walk_families(&mut self) -> Result<(), KeepError> {
        let order: Vec<(TableId, Vec<String>)> = self
            .plan
            .families
            .iter()
            .map(|family| {
                let steps = family.steps.iter().map(|step| step.id.clone()).collect();
                (family.root.clone(), steps)
            })
            .collect();
        for (root, steps) in order {
            for id in steps {
                let Some(step) = self.step(&root, &id) else {
                    continue;
                };
                if !step.ended.iter().any(|(rule, _)| self.acting.contains(rule)) {
                    continue;
                }
                match self.walk(&root, step).await? {
                    StepEnd::Done => {}
                    StepEnd::Stopped(why) => {
                        self.report.unfinished = Some(why);
                        return Ok(());
                    }
                    StepEnd::Blocked(why) => {
                        self.block_step(&root, &id, why).await?;
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// Nothing more was due in the tables that were planned: if others stand in their place by now, that says nothing.
    async fn look_at_the_end(&mut self) -> Result<(), KeepError> {
        let mut changed = Vec::new();
        for store in self.sight.stores.keys() {
            let (seen, planned) = match self.writers.get(store) {
                Some(writer) => (writer.store.as_ref(), Some(&writer.catalogue)),
                None => match self.sight.stores.get(store) {
                    Some(reader) => (reader.as_ref(), self.sight.as_seen.get(store)),
                    None => continue,
                },
            };
            // A store that does not answer any more is told by whoever needs an answer of it.
            if let (Ok(seen), Some(planned)) = (
                seen.introspect(&mapped_tables(self.keeper.register, store)).await,
                planned,
            ) && fingerprint(&seen) != fingerprint(planned)
            {
                changed.push(store.clone());
            }
        }
        let blocked: Vec<BlockedRule> = self
            .plan
            .rules
            .iter()
            .filter(|rule| self.acting.contains(&rule.id) && changed.contains(&rule.table.store))
            .filter(|rule| self.report.blocked.iter().all(|blocked| blocked.rule != rule.id))
            .map(|rule| BlockedRule {
                rule: rule.id.clone(),
                why: tables_changed(&rule.table.store),
            })
            .collect();
        self.report.blocked.extend(blocked.clone());
        self.say_blocked(blocked).await
    }

    /// A step of the plan as it is now.
    pub fn step(&self, root: &TableId, id: &str) -> Option<Step> {
        self.plan
            .families
            .iter()
            .find(|family| family.root == *root)?
            .steps
            .iter()
            .find(|step| step.id == id)
            .cloned()
    }

    /// The rows of a step that this run may change, about the walked row.
    pub fn target(&self, step: &Step) -> Result<Condition, KeepError> {
        let ground = Ground {
            register: self.keeper.register,
            catalogues: &self.sight.catalogues,
            cutoff: &self.situation.cutoff,
            extensions: &self.situation.extensions,
        };
        let client = of_client(ground, &step.table, self.options.client.as_deref())?;
        let ended = if self.options.rules.is_none() {
            Condition::Always
        } else {
            Condition::any(
                step.ended
                    .iter()
                    .filter(|(rule, _)| self.acting.contains(rule))
                    .map(|(_, ended)| ended.clone()),
            )
        };
        Ok(Condition::all([step.due(), client, ended]))
    }

    /// The connection that tells the truth about a store: the writer where reading may lag behind.
    pub async fn opened(&mut self, store: &str) -> Result<(), KeepError> {
        if self.writers.contains_key(store) {
            return Ok(());
        }
        let (opened, seen) = look(self.keeper.register, self.keeper.stores, store, Role::Write).await?;
        let catalogue = self.written.get(store).cloned().unwrap_or(seen);
        self.writers.insert(
            store.to_owned(),
            Writer {
                store: opened,
                catalogue,
                // Looked at again before the first batch.
                looked_at: Timestamp::MIN,
                batches_since: u32::MAX,
            },
        );
        Ok(())
    }

    /// Why no other batch may begin now.
    pub fn must_stop(&self) -> Option<Unfinished> {
        if self.stop.load(Ordering::SeqCst) || self.failed.load(Ordering::SeqCst) {
            return Some(Unfinished::Asked);
        }
        let (from, to) = self.options.window?;
        let time = self
            .keeper
            .clock
            .now()
            .to_zoned(self.situation.cutoff.zone.clone())
            .time();
        let inside = if from <= to {
            (from..to).contains(&time)
        } else {
            time >= from || time < to
        };
        (!inside).then_some(Unfinished::WindowClosed)
    }

    /// Adds what a batch did to what the rules did.
    pub fn add_done(&mut self, counts: &[Count]) {
        for count in counts {
            let (Some(table), Some(effect)) = (
                super::brakes::table_id(&count.table),
                Effect::of_word(&count.effect),
            ) else {
                continue;
            };
            for rule in &count.rules {
                *self
                    .done
                    .entry((RuleId(rule.clone()), table.clone(), effect))
                    .or_default() += count.rows;
            }
        }
    }

    /// The first limit that these counts would pass, added to what was done.
    pub fn over_limit(&self, counts: &[Count]) -> Option<Why> {
        let mut would: BTreeMap<RuleId, BTreeMap<(TableId, Effect), u64>> = BTreeMap::new();
        for ((rule, table, effect), rows) in &self.done {
            would
                .entry(rule.clone())
                .or_default()
                .insert((table.clone(), *effect), *rows);
        }
        for count in counts {
            let (Some(table), Some(effect)) = (
                super::brakes::table_id(&count.table),
                Effect::of_word(&count.effect),
            ) else {
                continue;
            };
            for rule in &count.rules {
                *would
                    .entry(RuleId(rule.clone()))
                    .or_default()
                    .entry((table.clone(), effect))
                    .or_default() += count.rows;
            }
        }
        would.iter().find_map(|(rule, would)| {
            let limits = self.limits.get(rule).filter(|_| self.acting.contains(rule))?;
            super::brakes::beyond(limits, would)
        })
    }

    /// The context of a store's outcomes.
    pub fn context(&self, store: &str) -> Context {
        Context::new(self.keeper.register, &self.plan, store, self.now)
    }

    async fn say(&mut self, outcomes: Vec<Outcome>) -> Result<(), KeepError> {
        let _pen = self.pen.lock().await;
        let recorded: Vec<Recorded> = self.keeper.record(outcomes).await?;
        self.report.outcomes.extend(recorded);
        Ok(())
    }

    /// Outcomes of the rules that may not start, or not go on.
    async fn say_blocked(&mut self, blocked: Vec<BlockedRule>) -> Result<(), KeepError> {
        let mut outcomes = Vec::new();
        for blocked in blocked {
            let Some(rule) = self.plan.rule(&blocked.rule) else {
                continue;
            };
            let count = Count {
                rules: vec![rule.id.to_string()],
                table: rule.table.to_string(),
                effect: self.usual_effect(&rule.id).word().to_owned(),
                client: self.options.client.clone(),
                rows: 0,
                unverified: None,
                at_least: false,
            };
            let verdict = Verdict::Blocked { why: blocked.why };
            let now = self.keeper.clock.now();
            outcomes.push(
                self.context(&rule.table.store)
                    .outcome(verdict, &count, &self.id, "", now),
            );
        }
        self.say(outcomes).await
    }

    /// Outcomes of the rows that holds keep.
    async fn say_kept(&mut self) -> Result<(), KeepError> {
        let grounds = self.keeper.grounds(self.now, &self.situation.cutoff.zone).await?;
        let mut outcomes = Vec::new();
        for ((rule, client), line) in &self.forecast.lines {
            let Some(planned) = self.plan.rule(rule).filter(|_| self.acting.contains(rule)) else {
                continue;
            };
            if line.held == 0 {
                continue;
            }
            let count = Count {
                rules: vec![rule.to_string()],
                table: planned.table.to_string(),
                effect: self.usual_effect(rule).word().to_owned(),
                client: client.clone(),
                rows: line.held,
                unverified: None,
                at_least: false,
            };
            let verdict = Verdict::Kept {
                ground: grounds.0.clone(),
                until: grounds.1,
            };
            outcomes.push(
                self.context(&planned.table.store)
                    .outcome(verdict, &count, &self.id, "", self.now),
            );
        }
        self.say(outcomes).await
    }

    /// Says that a step could not go on, of its rules that were to run.
    async fn block_step(&mut self, root: &TableId, id: &str, why: Why) -> Result<(), KeepError> {
        let Some(step) = self.step(root, id) else {
            return Ok(());
        };
        let rules: Vec<RuleId> = step
            .ended
            .iter()
            .map(|(rule, _)| rule.clone())
            .filter(|rule| self.acting.contains(rule))
            .collect();
        let verdict = Verdict::Blocked { why: why.clone() };
        let outcome = self.context(&step.table.store).outcome(
            verdict,
            &count_of(&step, &rules, 0),
            &self.id,
            &step.id,
            self.keeper.clock.now(),
        );
        self.say(vec![outcome]).await?;
        for rule in rules {
            self.report.blocked.push(BlockedRule {
                rule,
                why: why.clone(),
            });
        }
        Ok(())
    }

    /// `nothing_found`, for the rules that changed nothing: with proof of sight, on the connection that tells the truth.
    async fn say_nothing_found(&mut self) -> Result<(), KeepError> {
        let mut outcomes = Vec::new();
        // Rules share steps: each is looked at once.
        let mut looked = BTreeMap::new();
        for rule in self.acting.clone() {
            let idle = self
                .done
                .iter()
                .all(|((id, _, _), rows)| *id != rule || *rows == 0);
            let blocked = self.report.blocked.iter().any(|blocked| blocked.rule == rule);
            let Some(planned) = self.plan.rule(&rule).cloned().filter(|_| idle && !blocked) else {
                continue;
            };
            let verdict = match self.nothing_is_due(&rule, &planned.table, &mut looked).await {
                Ok(None) => Verdict::NothingFound,
                Ok(Some(why)) => Verdict::Unverified { why },
                Err(error) => Verdict::Unverified {
                    why: Why::new(Code::NotReadAgain, not_looked_for(&error)),
                },
            };
            let count = Count {
                rules: vec![rule.to_string()],
                table: planned.table.to_string(),
                effect: self.usual_effect(&rule).word().to_owned(),
                client: self.options.client.clone(),
                rows: 0,
                unverified: None,
                at_least: false,
            };
            outcomes.push(self.context(&planned.table.store).outcome(
                verdict,
                &count,
                &self.id,
                "",
                self.keeper.clock.now(),
            ));
        }
        self.say(outcomes).await
    }

    /// None when nothing is due for a rule and we see everything; else what hides it.
    /// `looked` remembers what the steps of each table still had to do.
    async fn nothing_is_due(
        &mut self,
        rule: &RuleId,
        root: &TableId,
        looked: &mut BTreeMap<(TableId, String), bool>,
    ) -> Result<Option<Why>, KeepError> {
        let store = root.store.clone();
        let steps: Vec<Step> = self
            .plan
            .families
            .iter()
            .filter(|family| family.root == *root)
            .flat_map(|family| family.steps.clone())
            .filter(|step| step.ended.iter().any(|(id, _)| id == rule))
            .collect();
        let lags = self
            .sight
            .as_seen
            .get(&store)
            .is_none_or(|seen| seen.standby || writes_elsewhere(self.keeper.register, &store));
        if lags {
            self.opened(&store).await?;
        }
        let (reader, catalogue): (&dyn Store, &Catalogue) = match (self.writers.get(&store), lags) {
            (Some(writer), true) => (writer.store.as_ref(), &writer.catalogue),
            _ => match (self.sight.stores.get(&store), self.sight.as_seen.get(&store)) {
                (Some(reader), Some(seen)) => (reader.as_ref(), seen),
                _ => {
                    return Ok(Some(Why::new(
                        Code::Sight,
                        text!("le dépôt {store} n'a pas été lu", "store {store} was not read"),
                    )));
                }
            },
        };
        for table in serment_plan::tables_of(&steps) {
            let name = &table.name;
            let hidden = match catalogue.tables.get(&table) {
                None => text!("{name} n'est pas là", "{name} is not there"),
                Some(seen) if seen.row_security => text!(
                    "la sécurité au niveau des lignes peut cacher des lignes de {name} à notre rôle",
                    "row-level security may hide rows of {name} from our role"
                ),
                Some(seen) if !seen.privileges.select => text!(
                    "notre rôle ne peut pas lire tout {name}",
                    "our role may not read all of {name}"
                ),
                Some(_) => continue,
            };
            return Ok(Some(Why::new(Code::Sight, hidden)));
        }
        for step in &steps {
            let place = (root.clone(), step.id.clone());
            let something = match looked.get(&place) {
                Some(something) => *something,
                None => {
                    let one = Keys {
                        table: step.name.clone(),
                        alias: serment_plan::steps::ROW,
                        key: step.key.clone(),
                        filter: self.target(step)?,
                        after: None,
                        limit: 1,
                    };
                    let something = !reader.keys(&one).await?.is_empty();
                    looked.insert(place, something);
                    something
                }
            };
            if something {
                return Ok(Some(Why::new(
                    Code::BecameDue,
                    text!(
                        "des lignes sont devenues échues ou visibles après avoir été cherchées",
                        "rows became due or visible after they were looked for"
                    ),
                )));
            }
        }
        Ok(None)
    }

    /// The effect that a rule has on the rows of its own table.
    fn usual_effect(&self, rule: &RuleId) -> Effect {
        let declared = self.keeper.register.rules().find(|(_, other)| other.id == *rule);
        match declared.map(|(_, rule)| &rule.then) {
            Some(serment_register::model::Then::Anonymise) => Effect::Anonymise,
            Some(serment_register::model::Then::Archive { .. }) => Effect::Archive,
            _ => Effect::Erase,
        }
    }
}

/// That rows could not be looked for again: what the store says, or that the engine failed.
fn not_looked_for(error: &KeepError) -> Text {
    let why = match error {
        KeepError::Store(error) => error.text(),
        KeepError::Plan(error) => error.text(),
        other => Text::verbatim(other.to_string()),
    };
    text!("nouvelle recherche impossible : {why}", "it could not be looked for again: {why}"; why)
}
