//! The walk of one step: candidates by key, batch after batch, within limits.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use serment_plan::Plan;
use serment_plan::hash;
use serment_plan::steps::{Effect, ROW, Step, What};
use serment_plan::strategy::Replacement;
use serment_register::model::{RuleId, TableId};
use serment_register::text;
use serment_state::batches::{Batch as StateBatch, BatchState, Count, Span};
use serment_store::catalogue::Catalogue;
use serment_store::condition::{Condition, Key};
use serment_store::query::Keys;
use serment_store::{Commit, Failure, Progress as StoreProgress};

use super::body::{self, BodyOf, Done};
use super::record::payload;
use super::replace::PseudonymKey;
use super::run::{Run, StepEnd};
use super::settle::progress_name;
use super::trouble::{Trouble, why};
use super::verify::verify;
use crate::KeepError;
use crate::faults;
use crate::observe::sight::mapped_tables;
use crate::outcome::{Code, Why};
use crate::ports::Record;

/// How many batches one intent announces.
const BATCHES_PER_INTENT: u64 = 64;
/// How often a batch is tried again after a transient failure, one after the other.
const TRIES: u32 = 8;
/// Most rows of a first batch: it is run twice, once to be rolled back.
const REHEARSED: u32 = 500;
/// How many batches may run before the tables are looked at again, whatever the clock says.
const BATCHES_PER_LOOK: u32 = 16;

/// The walk over the rows of a step.
struct Walk {
    root: TableId,
    step: Step,
    /// The rows that may be changed, about the walked row.
    target: Condition,
    after: Option<Key>,
    size: u32,
    tries: u32,
    /// Whether a batch failed in passing: sizes grow again by and by.
    retried: bool,
    rehearsed: bool,
    span: Option<Span>,
    /// Batches of the span so far.
    number: u64,
    /// Rows of the walked table, since the step began.
    rows: u64,
}

/// What became of a batch.
enum Tried {
    Done,
    Trouble(Trouble),
}

impl Run<'_, '_> {
    /// Walks a step until nothing more is due.
    pub async fn walk(&mut self, root: &TableId, step: Step) -> Result<StepEnd, KeepError> {
        let target = self.target(&step)?;
        let expected = self.expected(&step.table, step.effect);
        // Counted a moment ago, with every other step taken as done. What becomes due meanwhile is for the next run. But
        // rows of which the count said that they go, and which the store kept, must lose what they can.
        if expected == 0 && self.expected(&step.table, Effect::Erase) == 0 {
            return Ok(StepEnd::Done);
        }
        let mut walk = Walk {
            root: root.clone(),
            target,
            after: None,
            size: self.options.batch_size.clamp(1, REHEARSED),
            tries: 0,
            retried: false,
            rehearsed: false,
            span: None,
            number: 0,
            rows: 0,
            step,
        };
        let name = walk.step.id.clone();
        self.progress.step(
            &name,
            &walk.step.table.to_string(),
            walk.step.effect.word(),
            expected,
        );
        let end = loop {
            let before = walk.rows;
            match self.pass(&mut walk).await? {
                StepEnd::Done if walk.step.repeat && walk.rows > before => walk.after = None,
                StepEnd::Done if walk.step.repeat => break self.circle(&mut walk).await?,
                end => break end,
            }
        };
        self.close(&mut walk).await?;
        self.progress.done(&name, walk.rows);
        Ok(end)
    }

    /// One pass over the keys.
    async fn pass(&mut self, walk: &mut Walk) -> Result<StepEnd, KeepError> {
        loop {
            let keys = match self.candidates(walk).await {
                Ok(keys) => keys,
                Err(Trouble::Store(error)) if self.again(walk, &error.failure).await => continue,
                Err(trouble) => return ended(trouble),
            };
            if keys.is_empty() {
                return Ok(StepEnd::Done);
            }
            if let Some(why) = self.must_stop() {
                return Ok(StepEnd::Stopped(why));
            }
            match self.attempt(walk, &keys).await? {
                Tried::Done => {}
                Tried::Trouble(Trouble::Store(error)) if self.again(walk, &error.failure).await => {}
                Tried::Trouble(Trouble::Stale) => {
                    if !self.renew(walk).await? {
                        return Ok(StepEnd::Done);
                    }
                }
                Tried::Trouble(trouble) => return ended(trouble),
            }
        }
    }

    /// The next keys, on the reading side.
    async fn candidates(&mut self, walk: &Walk) -> Result<Vec<Key>, Trouble> {
        let question = Keys {
            table: walk.step.name.clone(),
            alias: ROW,
            key: walk.step.key.clone(),
            filter: walk.target.clone(),
            after: walk.after.clone(),
            limit: walk.size,
        };
        match self.sight.stores.get(&walk.step.table.store) {
            Some(reader) => Ok(reader.keys(&question).await?),
            None => Ok(Vec::new()),
        }
    }

    /// Whether a failure is worth another try; waits before it, with a smaller batch.
    async fn again(&mut self, walk: &mut Walk, failure: &Failure) -> bool {
        if !failure.is_transient() || walk.tries >= TRIES {
            return false;
        }
        walk.tries += 1;
        walk.retried = true;
        walk.size = (walk.size / 2).max(1);
        if matches!(failure, Failure::Cut(_) | Failure::Unreachable(_)) {
            self.writers.remove(&walk.step.table.store);
        }
        let (step, tries, size, failure) = (&walk.step.id, walk.tries, walk.size, failure.text());
        self.progress.note(&text!(
            "{step} : {failure} ; essai {tries}, par lots de {size}",
            "{step}: {failure}; try {tries} with batches of {size}";
            failure
        ));
        tokio::time::sleep(Duration::from_millis(50 << walk.tries.min(7))).await;
        true
    }

    /// Makes the plan again with the holds of now. False when the step is no longer in it.
    async fn renew(&mut self, walk: &mut Walk) -> Result<bool, KeepError> {
        self.epoch = self.keeper.state.hold_epoch().await?;
        let fresh = self.keeper.observer().situation(self.now, None).await?;
        self.situation.holds = fresh.holds;
        self.situation.extensions = fresh.extensions;
        let mut plan = Plan::new(self.keeper.register, &self.sight.catalogues, &self.situation)?;
        let ours = |root: &TableId| self.plan.families.iter().any(|family| family.root == *root);
        plan.families.retain(|family| ours(&family.root));
        self.plan = plan;
        match self.step(&walk.root, &walk.step.id) {
            Some(step) => {
                walk.target = self.target(&step)?;
                walk.step = step;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// One batch: announced, tried, recorded.
    async fn attempt(&mut self, walk: &mut Walk, keys: &[Key]) -> Result<Tried, KeepError> {
        let store = walk.step.table.store.clone();
        if let Err(error) = self.opened(&store).await {
            return match error {
                KeepError::Store(error) => Ok(Tried::Trouble(Trouble::Store(error))),
                other => Err(other),
            };
        }
        if let Err(trouble) = self.look_again(&store).await {
            return Ok(Tried::Trouble(trouble));
        }
        if self.pseudonyms.get().is_none() && needs_key(&walk.step) {
            let key = PseudonymKey::open(self.keeper.state.dir(), self.keeper.entropy)?;
            self.pseudonyms.get_or_init(|| key);
        }
        self.announce(walk).await?;
        if !walk.rehearsed {
            if let Err(trouble) = self.rehearse(walk, keys).await {
                return Ok(Tried::Trouble(rehearsal(trouble)));
            }
            walk.rehearsed = true;
        }
        faults::at("before_register").await;
        let Some(intent) = walk.span.as_ref().map(|span| span.intent) else {
            return Err(KeepError::Broken(text!(
                "un lot sans intention",
                "a batch without an intent"
            )));
        };
        walk.number += 1;
        let number = walk.number;
        let epoch = self.keeper.state.register_batch(intent, number).await?;
        let tried = if epoch == self.epoch {
            self.batch(walk, keys, intent, number).await
        } else {
            Err(Trouble::Stale)
        };
        match tried {
            Ok((done, counts)) => {
                self.add_done(&counts);
                walk.rows += done.touched.last().map_or(0, |walked| walked.rows.len() as u64);
                walk.after = done.up_to;
                walk.tries = 0;
                walk.size = match walk.retried {
                    true => walk.size.saturating_mul(2).min(self.options.batch_size.max(1)),
                    false => self.options.batch_size.max(1),
                };
                self.progress.advanced(&walk.step.id, walk.rows);
                if walk.number >= BATCHES_PER_INTENT {
                    self.close(walk).await?;
                }
                Ok(Tried::Done)
            }
            Err(Trouble::Fatal(error)) => Err(error),
            Err(trouble) => {
                self.keeper
                    .state
                    .settle_batch(intent, number, BatchState::Abandoned, &[])
                    .await?;
                Ok(Tried::Trouble(trouble))
            }
        }
    }

    /// Looks at the tables again, now and then: they must be as they were planned.
    async fn look_again(&mut self, store: &str) -> Result<(), Trouble> {
        let now = self.keeper.clock.now();
        let Some(writer) = self.writers.get_mut(store) else {
            return Ok(());
        };
        let a_second = now.as_second().abs_diff(writer.looked_at.as_second()) >= 1;
        if !a_second && writer.batches_since < BATCHES_PER_LOOK {
            writer.batches_since += 1;
            return Ok(());
        }
        let seen = writer
            .store
            .introspect(&mapped_tables(self.keeper.register, store))
            .await?;
        if fingerprint(&seen) != fingerprint(&writer.catalogue) {
            return Err(Trouble::Blocked(tables_changed(store)));
        }
        writer.looked_at = now;
        writer.batches_since = 0;
        Ok(())
    }

    /// Journals an intent when none covers the next batch.
    async fn announce(&mut self, walk: &mut Walk) -> Result<(), KeepError> {
        if walk.span.is_some() {
            return Ok(());
        }
        let step = &walk.step;
        let rules: Vec<&RuleId> = step
            .ended
            .iter()
            .map(|(rule, _)| rule)
            .filter(|rule| self.acting.contains(*rule))
            .collect();
        let pen = Arc::clone(&self.pen);
        let _pen = pen.lock().await;
        faults::at("before_intent").await;
        let record = Record {
            kind: "intent".to_owned(),
            at: self.keeper.clock.now(),
            payload: json!({
                "run": self.id,
                "step": step.id,
                "rules": rules.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "store": step.table.store,
                "table": step.table.to_string(),
                "effect": step.effect.word(),
                "client": self.options.client,
                "plan": self.plan.hash,
                "register_version": self.keeper.register.version,
                "batches": BATCHES_PER_INTENT,
                "batch_size": self.options.batch_size,
            }),
        };
        let intent = self.keeper.journal.append(&[record])?.start;
        let span = Span {
            intent,
            run: self.id.clone(),
            step: step.id.clone(),
            store: step.table.store.clone(),
            context: payload(&self.context(&step.table.store))?,
        };
        self.keeper.state.open_span(&span).await?;
        faults::at("after_intent").await;
        walk.span = Some(span);
        walk.number = 0;
        Ok(())
    }

    /// Rows that the count of this run says something happens to.
    fn expected(&self, table: &TableId, effect: Effect) -> u64 {
        let counted = self.forecast.effects.iter();
        counted
            .filter(|((of, what, _), _)| of == table && *what == effect)
            .map(|(_, rows)| rows)
            .sum()
    }

    /// Writes what the span's batches came to.
    async fn close(&mut self, walk: &mut Walk) -> Result<(), KeepError> {
        if let Some(span) = walk.span.take() {
            let pen = Arc::clone(&self.pen);
            let _pen = pen.lock().await;
            let now = self.keeper.clock.now();
            let recorded = self.keeper.close_span(&span, now).await?;
            self.report.outcomes.extend(recorded);
            self.keeper.deliver().await?;
        }
        Ok(())
    }

    /// The first batch of a step, rolled back: what would refuse it is found out without harm.
    async fn rehearse(&mut self, walk: &Walk, keys: &[Key]) -> Result<(), Trouble> {
        faults::at("before_rehearsal").await;
        let Some(writer) = self.writers.get(&walk.step.table.store) else {
            return Ok(());
        };
        let mut batch = writer.store.begin(&self.options.limits).await?;
        let of = self.body_of(walk, keys, &writer.catalogue);
        body::lock(batch.as_mut(), &of).await?;
        let done = body::change(batch.as_mut(), &of).await?;
        batch.rollback().await?;
        faults::at("after_rehearsal").await;
        match self.over_limit(&done.counts) {
            Some(why) => Err(Trouble::Blocked(why)),
            None => Ok(()),
        }
    }

    fn body_of<'b>(&'b self, walk: &'b Walk, keys: &'b [Key], catalogue: &'b Catalogue) -> BodyOf<'b> {
        BodyOf {
            step: &walk.step,
            catalogue,
            target: &walk.target,
            keys,
            entropy: self.keeper.entropy,
            key: self.pseudonyms.get(),
        }
    }

    /// One batch, in one transaction.
    async fn batch(
        &self,
        walk: &Walk,
        keys: &[Key],
        intent: u64,
        number: u64,
    ) -> Result<(Done, Vec<Count>), Trouble> {
        let state = self.keeper.state;
        let store = &walk.step.table.store;
        let Some(writer) = self.writers.get(store) else {
            return Err(Trouble::Fatal(KeepError::Broken(text!(
                "pas de connexion en écriture",
                "no writing connection"
            ))));
        };
        let mut batch = writer.store.begin(&self.options.limits).await?;
        let of = self.body_of(walk, keys, &writer.catalogue);
        faults::at("before_lock").await;
        body::lock(batch.as_mut(), &of).await?;
        faults::at("after_lock").await;
        if fatal(state.hold_epoch().await)? != self.epoch {
            batch.rollback().await?;
            return Err(Trouble::Stale);
        }
        let done = body::change(batch.as_mut(), &of).await?;
        let Some((low, high)) = done.ends.clone() else {
            batch.rollback().await?;
            fatal(
                state
                    .settle_batch(intent, number, BatchState::Abandoned, &[])
                    .await,
            )?;
            return Ok((done, Vec::new()));
        };
        faults::at("after_change").await;
        if let Some(why) = self.over_limit(&done.counts) {
            batch.rollback().await?;
            return Err(Trouble::Blocked(why));
        }
        if self.may_record(store) {
            let counts = serde_json::to_string(&done.counts).unwrap_or_default();
            let progress = StoreProgress {
                run: self.id.clone(),
                step: progress_name(intent),
                batch: number,
                counts,
            };
            batch.record(&progress).await?;
        }
        let sealed = StateBatch {
            intent,
            number,
            state: BatchState::Sealed,
            low: Some(low.0),
            high: Some(high.0),
            counts: done.counts.clone(),
            transaction: batch.transaction().map(ToOwned::to_owned),
        };
        fatal(state.seal_batch(&sealed).await)?;
        faults::at("before_commit").await;
        let counts = match batch.commit().await? {
            Commit::Done => {
                faults::at("after_commit").await;
                verify(writer.store.as_ref(), &walk.step, &done).await
            }
            Commit::Unknown => self.unknown(walk, &sealed, &done).await?,
        };
        faults::at("after_verification").await;
        fatal(
            state
                .settle_batch(intent, number, BatchState::Committed, &counts)
                .await,
        )?;
        Ok((done, counts))
    }

    /// Whether the store may hold our progress.
    fn may_record(&self, store: &str) -> bool {
        self.keeper
            .register
            .stores
            .get(store)
            .is_some_and(|store| store.progress)
    }

    /// The answer to COMMIT was lost: what became of the transaction is asked on a new connection, then read. A batch
    /// that did not commit is tried again.
    async fn unknown(&self, walk: &Walk, sealed: &StateBatch, done: &Done) -> Result<Vec<Count>, Trouble> {
        let store = &walk.step.table.store;
        let mut tries = 0;
        loop {
            match self.keeper.fate_of(store, &self.id, sealed).await {
                Ok((fresh, Some(true))) => return Ok(verify(fresh.as_ref(), &walk.step, done).await),
                Ok((_, Some(false))) => {
                    return Err(Trouble::Store(serment_store::StoreError {
                        store: store.clone(),
                        failure: not_committed(),
                    }));
                }
                Ok((fresh, None)) => {
                    let mut counts = verify(fresh.as_ref(), &walk.step, done).await;
                    if counts.iter().all(|count| count.unverified.is_some()) {
                        // Everything is still there: it was not committed.
                        return Err(Trouble::Store(serment_store::StoreError {
                            store: store.clone(),
                            failure: not_committed(),
                        }));
                    }
                    for count in &mut counts {
                        count.unverified.get_or_insert_with(|| unattributed().written());
                    }
                    return Ok(counts);
                }
                Err(error) if error.failure.is_transient() && tries < TRIES => {
                    tries += 1;
                    let (step, failure) = (&walk.step.id, error.failure.text());
                    self.progress.note(&text!(
                        "{step} : {failure} ; on redemande ce qui a été validé",
                        "{step}: {failure}; asking again what was committed";
                        failure
                    ));
                    tokio::time::sleep(Duration::from_millis(100 << tries.min(6))).await;
                }
                // Left as it is: the next run settles it.
                Err(error) => return Err(Trouble::Fatal(KeepError::Store(error))),
            }
        }
    }

    /// What a table that refers to itself still holds after the last pass: rows that refer to one another in a circle. They
    /// go together, or not at all.
    async fn circle(&mut self, walk: &mut Walk) -> Result<StepEnd, KeepError> {
        let Some(step) = circular(&walk.step) else {
            return Ok(StepEnd::Done);
        };
        if self.options.client.is_some() || self.options.rules.is_some() {
            // A circle may lead out of what was asked for.
            return Ok(StepEnd::Done);
        }
        let straight = std::mem::replace(&mut walk.step, step);
        walk.target = self.target(&walk.step)?;
        walk.after = None;
        walk.size = self.options.batch_size.max(1).saturating_add(1);
        let keys = self.candidates(walk).await;
        let end = match keys {
            Err(trouble) => ended(trouble)?,
            Ok(keys) if keys.is_empty() => StepEnd::Done,
            Ok(keys) if keys.len() > self.options.batch_size.max(1) as usize => StepEnd::Blocked(Why::new(
                Code::ReferenceCycle,
                text!(
                    "plus de {} lignes de {} se renvoient l'une à l'autre en cercle, et un cercle part entier ou pas du \
                     tout : relancez avec un lot plus grand (--batch), ou coupez les cercles",
                    "more than {} rows of {} refer to one another in circles, and a circle goes whole or not at all: run \
                     with a larger batch (--batch), or cut the circles",
                    self.options.batch_size,
                    walk.step.table
                ),
            )),
            Ok(keys) => match self.attempt(walk, &keys).await? {
                Tried::Done => StepEnd::Done,
                Tried::Trouble(Trouble::Stale) => StepEnd::Blocked(Why::new(
                    Code::NoProgress,
                    text!(
                        "une suspension est arrivée quand un cercle de lignes allait partir : relancez",
                        "a hold came while a circle of rows was about to go: run again"
                    ),
                )),
                Tried::Trouble(trouble) => ended(trouble)?,
            },
        };
        walk.step = straight;
        Ok(end)
    }
}

/// The same step for rows that go in a circle: what refers to them is about to go with them.
fn circular(step: &Step) -> Option<Step> {
    let mut circular = step.clone();
    circular.pending = step.circle.clone()?;
    Some(circular)
}

/// Why a run does not go on, or claims nothing more, in tables that are not those of its plan.
pub(crate) fn tables_changed(store: &str) -> Why {
    Why::new(
        Code::SchemaChanged,
        text!(
            "dépôt {store} : ses tables ont changé pendant l'exécution : relisez le plan, et approuvez-le",
            "store {store}: its tables changed during the run: look at the plan again, and approve it"
        ),
    )
}

/// What may not change while a run goes on.
pub(crate) fn fingerprint(catalogue: &Catalogue) -> String {
    let mut catalogue = catalogue.clone();
    catalogue
        .tables
        .values_mut()
        .for_each(|table| table.estimated_rows = 0);
    let tables: Vec<_> = catalogue.tables.iter().collect();
    hash::of(&(&catalogue.database, tables, &catalogue.referenced_by))
}

fn needs_key(step: &Step) -> bool {
    step.changes.iter().any(|change| match &change.what {
        What::Delete => false,
        What::Set(columns) => columns
            .iter()
            .any(|(_, treatment)| matches!(treatment.new, Replacement::Pseudonym(_))),
    })
}

/// How a step ends after trouble that another try does not help.
fn ended(trouble: Trouble) -> Result<StepEnd, KeepError> {
    match trouble {
        Trouble::Store(error) => Ok(StepEnd::Blocked(why(&error))),
        Trouble::Blocked(why) => Ok(StepEnd::Blocked(why)),
        Trouble::Stale => Ok(StepEnd::Blocked(Why::new(
            Code::NoProgress,
            text!(
                "les suspensions changent sans cesse : relancez",
                "holds keep changing: run again"
            ),
        ))),
        Trouble::Fatal(error) => Err(error),
    }
}

/// A refusal found in a rehearsal is told as such; what may pass is left as it is.
fn rehearsal(trouble: Trouble) -> Trouble {
    let detail = match trouble {
        Trouble::Store(error) if !error.failure.is_transient() => error.text(),
        Trouble::Blocked(found) if found.code == Code::CountMismatch => found.detail,
        other => return other,
    };
    Trouble::Blocked(Why::new(
        Code::Rehearsal,
        text!("la répétition a échoué : {detail}", "the rehearsal failed: {detail}"; detail),
    ))
}

fn not_committed() -> Failure {
    Failure::Cut(text!("le lot n'a pas été validé", "the batch was not committed"))
}

fn unattributed() -> Why {
    Why::new(
        Code::CommitUnknown,
        text!(
            "la réponse au COMMIT s'est perdue ; les lignes sont comme elles doivent être, et le dépôt ne peut pas dire si \
             c'était nous",
            "the answer to COMMIT was lost; the rows are as they should be, and the store cannot tell whether it was us"
        ),
    )
}

fn fatal<T>(result: Result<T, serment_state::StateError>) -> Result<T, Trouble> {
    result.map_err(|error| Trouble::Fatal(error.into()))
}
