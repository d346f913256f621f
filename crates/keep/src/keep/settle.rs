//! What a run that died left behind is examined before anything new begins.

use std::time::Duration;

use jiff::Timestamp;
use serment_plan::Plan;
use serment_plan::steps::{ROW, Step};
use serment_register::model::Text;
use serment_register::text;
use serment_state::batches::{Batch, BatchState, Count, Span};
use serment_state::runs::RunStatus;
use serment_store::condition::{Condition, Key};
use serment_store::query::Keys;
use serment_store::{Role, Store, StoreError};

use crate::observe::Sight;
use crate::outcome::{Code, Why};
use crate::report::Recorded;
use crate::{KeepError, Keeper};

/// How long to wait for what may still commit: longer than the store lets a batch sit idle.
const PATIENCE: Duration = Duration::from_secs(45);

/// The name of a span in `serment_progress`.
pub(crate) fn progress_name(intent: u64) -> String {
    format!("intent {intent}")
}

impl Keeper<'_> {
    /// Settles the spans of runs that died, and records their outcomes. Nobody else runs: the lock is held. A span whose
    /// store does not answer waits for a later run; the second part of the answer says so.
    pub(crate) async fn settle(
        &self,
        sight: &Sight,
        now: Timestamp,
    ) -> Result<(Vec<Recorded>, Vec<Text>), KeepError> {
        let mut recorded = Vec::new();
        let mut left = Vec::new();
        'spans: for span in self.state.open_spans().await? {
            for batch in self.state.batches(span.intent).await? {
                match batch.state {
                    BatchState::Committed | BatchState::Abandoned => {}
                    // COMMIT was never sent.
                    BatchState::Intended => {
                        self.state
                            .settle_batch(batch.intent, batch.number, BatchState::Abandoned, &[])
                            .await?;
                    }
                    BatchState::Sealed => match self.settle_sealed(sight, &span, &batch, now).await {
                        Err(KeepError::Store(error)) => {
                            let (store, why) = (&span.store, error.failure.text());
                            left.push(text!(
                                "ce qu'une exécution interrompue a fait dans {store} reste à établir : {why}",
                                "what an interrupted run did in {store} is still to be settled: {why}";
                                why
                            ));
                            continue 'spans;
                        }
                        settled => settled?,
                    },
                }
            }
            recorded.extend(self.close_span(&span, now).await?);
        }
        if left.is_empty() {
            for run in self.state.unended_runs().await? {
                self.state.end_run(&run, now, RunStatus::Settled).await?;
            }
        }
        Ok((recorded, left))
    }

    /// COMMIT may have been sent, and nobody heard the answer.
    async fn settle_sealed(
        &self,
        sight: &Sight,
        span: &Span,
        batch: &Batch,
        now: Timestamp,
    ) -> Result<(), KeepError> {
        let (store, fate) = self.fate_of(&span.store, &span.run, batch).await?;
        let clear = self
            .range_is_clear(sight, span, batch, store.as_ref(), now)
            .await?;
        let (state, counts) = match (fate, clear) {
            (Some(false), _) | (None, Some(false)) => (BatchState::Abandoned, Vec::new()),
            (Some(true), Some(true)) => (BatchState::Committed, batch.counts.clone()),
            (Some(true), clear) => {
                let why = match clear {
                    Some(_) => Why::new(
                        Code::NotAsWritten,
                        text!(
                            "relues après une interruption, des lignes sont de nouveau là",
                            "rows are there again when read after an interruption"
                        ),
                    ),
                    None => Why::new(
                        Code::NotReadAgain,
                        text!(
                            "le registre ou les tables ont changé avant qu'on puisse relire",
                            "the register or the tables changed before it could be read again"
                        ),
                    ),
                };
                let unverified = |count: &Count| Count {
                    unverified: Some(why.written()),
                    ..count.clone()
                };
                (
                    BatchState::Committed,
                    batch.counts.iter().map(unverified).collect(),
                )
            }
            (None, _) => {
                let at_least = |count: &Count| Count {
                    rows: 0,
                    at_least: true,
                    ..count.clone()
                };
                (BatchState::Committed, batch.counts.iter().map(at_least).collect())
            }
        };
        self.state
            .settle_batch(batch.intent, batch.number, state, &counts)
            .await?;
        Ok(())
    }

    /// What became of a sealed batch, as far as the store knows; with a fresh connection to it. The session that was to
    /// commit it may go on for a while after its line was cut: it is waited for, so that what is read then stays true.
    pub(crate) async fn fate_of(
        &self,
        name: &str,
        run: &str,
        batch: &Batch,
    ) -> Result<(Box<dyn Store>, Option<bool>), StoreError> {
        let store = self.stores.open(name, Role::Write).await?;
        store.fence(PATIENCE).await?;
        if let Some(transaction) = &batch.transaction
            && let Some(fate) = store.fate(transaction).await?
        {
            return Ok((store, Some(fate)));
        }
        let records = self.register.stores.get(name).is_some_and(|store| store.progress);
        if records {
            let told = store.progress(run).await?;
            let of_span = told.iter().find(|told| told.step == progress_name(batch.intent));
            let committed = of_span.is_some_and(|told| told.batch >= batch.number);
            return Ok((store, Some(committed)));
        }
        Ok((store, None))
    }

    /// Whether nothing is due any more from the first to the last row of a batch: true after a commit. None when it cannot
    /// be told, because the step is not planned any more.
    async fn range_is_clear(
        &self,
        sight: &Sight,
        span: &Span,
        batch: &Batch,
        store: &dyn Store,
        now: Timestamp,
    ) -> Result<Option<bool>, KeepError> {
        let (Some(low), Some(high)) = (&batch.low, &batch.high) else {
            return Ok(None);
        };
        let observer = self.observer();
        let mut situation = observer.situation(now, None).await?;
        let approvals = observer.approvals().await?;
        let all = Plan::new(self.register, &sight.catalogues, &situation)?;
        let approved = |rule: &&serment_plan::PlannedRule| {
            approvals
                .get(&rule.id)
                .is_some_and(|approval| approval.hash == rule.hash)
        };
        situation.released = Some(
            all.rules
                .iter()
                .filter(approved)
                .map(|rule| rule.id.clone())
                .collect(),
        );
        // Holds came after the batch, if they came: they do not count here.
        situation.holds = Vec::new();
        let plan = Plan::new(self.register, &sight.catalogues, &situation)?;
        let steps = plan.families.iter().flat_map(|family| &family.steps);
        let Some(step) = steps
            .into_iter()
            .find(|step| step.id == span.step && step.table.store == span.store)
        else {
            return Ok(None);
        };
        let (low, high) = (Key(low.clone()), Key(high.clone()));
        if low.0.len() != step.key.len() || high.0.len() != step.key.len() {
            return Ok(None);
        }
        let itself = Condition::KeyIn {
            of: ROW,
            columns: step.key.clone(),
            keys: vec![low.clone(), high.clone()],
        };
        if !next(store, step, Condition::all([itself, step.pending.clone()]), None)
            .await?
            .is_empty()
        {
            return Ok(Some(false));
        }
        // The first due row after the first key is also the first one after the last: none lies between.
        let after_low = next(store, step, step.pending.clone(), Some(low)).await?;
        let after_high = next(store, step, step.pending.clone(), Some(high)).await?;
        Ok(Some(after_low == after_high))
    }
}

async fn next(
    store: &dyn Store,
    step: &Step,
    filter: Condition,
    after: Option<Key>,
) -> Result<Vec<Key>, StoreError> {
    store
        .keys(&Keys {
            table: step.name.clone(),
            alias: ROW,
            key: step.key.clone(),
            filter,
            after,
            limit: 1,
        })
        .await
}
