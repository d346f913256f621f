//! Counts, samples and suspicions: a few questions at a time, never a whole table in memory.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use futures::stream::{self, StreamExt, TryStreamExt};
use serment_plan::forecast::{self, Forecast};
use serment_plan::judgement::Names;
use serment_plan::steps::ROW;
use serment_plan::translate::Ground;
use serment_plan::{Plan, PlanError, Situation};
use serment_register::model::{EventSource, RuleId, TableId, Text};
use serment_store::catalogue::TableName;
use serment_store::condition::{Condition, Key};
use serment_store::query::{ClientColumn, Field, Keys, Rows};
use serment_store::{Frequency, Statement, Store};

use super::{Observer, Sample, Sight, Statements, Suspicion};
use crate::KeepError;

/// A value on more than this share of a table (in hundredths) that has at least so many rows is suspect.
const SUSPECT_SHARE: u64 = 20;
const SUSPECT_ROWS: u64 = 1_000;
/// Rows read at once.
const PAGE: u32 = 1_000;
/// Questions asked at the same time: enough to keep a small machine busy, few enough for a store to serve others.
pub(super) const TOGETHER: usize = 2;

/// The rows of a client, as a condition on [`ROW`] of a table.
pub(crate) fn of_client(
    ground: Ground<'_>,
    table: &TableId,
    client: Option<&str>,
) -> Result<Condition, PlanError> {
    let Some(client) = client else {
        return Ok(Condition::Always);
    };
    let names = Names::new();
    // Far from the names that the planner gave to the rows of its steps.
    for _ in 0..10_000 {
        names.fresh();
    }
    ground.of_client(&names, ground.table(table)?, ROW, client)
}

impl Observer<'_> {
    /// The forecast of a plan.
    pub(crate) async fn count(
        &self,
        sight: &Sight,
        plan: &Plan,
        situation: &Situation,
        client: Option<&str>,
    ) -> Result<Forecast, KeepError> {
        let ground = Ground {
            register: self.register,
            catalogues: &sight.catalogues,
            cutoff: &situation.cutoff,
            extensions: &situation.extensions,
        };
        let mut forecast = Forecast::new(plan);
        let filter = |table: &TableId| of_client(ground, table, client);
        let questions = forecast::questions(plan, ground, situation, &filter)?;
        let asked = questions.iter().filter_map(|question| {
            let store = sight.stores.get(&question.store)?;
            Some(async move { (question, store.tally(&question.tally).await) })
        });
        let mut answers = stream::iter(asked).buffer_unordered(TOGETHER);
        while let Some((question, answer)) = answers.next().await {
            forecast.add(question, &answer?, &situation.cutoff.zone);
        }
        forecast.finish(plan);
        Ok(forecast)
    }

    /// The values that fill too much of a column that starts a clock of these rules.
    pub(crate) async fn suspicions(&self, sight: &Sight, plan: &Plan) -> Result<Vec<Suspicion>, KeepError> {
        let judged: Vec<_> = plan.rules.iter().filter(|rule| !rule.blind).collect();
        let columns = judged.iter().flat_map(|rule| self.clock_columns(&rule.id));
        let columns: BTreeSet<(TableId, String)> = columns.collect();
        let asked = columns.into_iter().filter_map(|(id, column)| {
            let store = sight.stores.get(&id.store)?;
            let table = self.register.table(&id)?;
            let name = TableName {
                schema: table.schema.clone(),
                name: table.name.clone(),
            };
            Some(async move {
                let found = store.most_frequent(&name, &column).await?;
                Ok::<_, KeepError>(((id, column), found))
            })
        });
        let known: BTreeMap<(TableId, String), Option<Frequency>> = stream::iter(asked)
            .buffer_unordered(TOGETHER)
            .try_collect()
            .await?;
        let mut suspicions = Vec::new();
        for planned in judged {
            for (id, column) in self.clock_columns(&planned.id) {
                let frequency = known.get(&(id.clone(), column.clone())).cloned().flatten();
                let Some(frequency) = frequency else { continue };
                if frequency.of >= SUSPECT_ROWS
                    && frequency.rows.saturating_mul(100) > frequency.of.saturating_mul(SUSPECT_SHARE)
                {
                    suspicions.push(Suspicion {
                        rule: planned.id.clone(),
                        column: format!("{id}.{column}"),
                        rows: frequency.rows,
                        of: frequency.of,
                        accepted: false,
                    });
                }
            }
        }
        Ok(suspicions)
    }

    /// The columns of the rule's own table that start its clock.
    fn clock_columns(&self, rule: &RuleId) -> Vec<(TableId, String)> {
        let Some((_, rule)) = self.register.rules().find(|(_, other)| other.id == *rule) else {
            return Vec::new();
        };
        let Some(table) = self.register.table(&rule.of) else {
            return Vec::new();
        };
        let mut columns: Vec<(TableId, String)> = rule
            .after
            .iter()
            .chain(&rule.else_after)
            .filter_map(|event| table.events.get(event))
            .flatten()
            .filter_map(|source| match source {
                EventSource::Own(path) if path.inside.is_empty() => {
                    Some((rule.of.clone(), path.column.clone()))
                }
                _ => None,
            })
            .collect();
        columns.sort();
        columns.dedup();
        columns
    }

    /// Keys of what the forecast counts: up to `limit` for each rule and client, table and effect.
    pub(crate) async fn samples(
        &self,
        sight: &Sight,
        plan: &Plan,
        situation: &Situation,
        client: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Sample>, KeepError> {
        let ground = Ground {
            register: self.register,
            catalogues: &sight.catalogues,
            cutoff: &situation.cutoff,
            extensions: &situation.extensions,
        };
        let mut samples: Vec<Sample> = Vec::new();
        for (_, change) in plan.changes() {
            let Some(store) = sight.stores.get(&change.table.store) else {
                continue;
            };
            for (rule, ended) in change.ended.iter().filter(|(rule, _)| plan.rule(rule).is_some()) {
                let asked = Keys {
                    table: change.name.clone(),
                    alias: ROW,
                    key: change.key.clone(),
                    filter: Condition::all([
                        change.expected.clone(),
                        ended.clone(),
                        of_client(ground, &change.table, client)?,
                    ]),
                    after: None,
                    limit: 0,
                };
                let found = keys_by_client(&**store, asked, change.client.as_ref(), limit).await?;
                for (client, keys) in found {
                    let known = samples.iter_mut().find(|sample| {
                        sample.rule == *rule
                            && sample.client == client
                            && sample.table == change.table
                            && sample.effect == change.effect
                    });
                    // Several changes of one row are one row.
                    let Some(known) = known else {
                        samples.push(Sample {
                            rule: rule.clone(),
                            client,
                            table: change.table.clone(),
                            effect: change.effect,
                            keys,
                        });
                        continue;
                    };
                    let before: HashSet<Key> = known.keys.iter().cloned().collect();
                    let new = keys.into_iter().filter(|key| !before.contains(key));
                    let room = (limit as usize).saturating_sub(known.keys.len());
                    known.keys.extend(new.take(room));
                }
            }
        }
        Ok(samples)
    }

    /// The statements of a batch of each step, for keys that do not exist.
    pub(crate) fn statements(&self, sight: &Sight, plan: &Plan) -> Vec<Statements> {
        let steps = plan.families.iter().flat_map(|family| &family.steps);
        steps
            .filter_map(|step| {
                let store = sight.stores.get(&step.table.store)?;
                let catalogue = sight.catalogues.get(&step.table.store)?;
                Some(Statements {
                    step: step.id.clone(),
                    statements: crate::keep::statements::of(step, catalogue)
                        .into_iter()
                        .map(|(what, statement): (Text, Statement)| (what, store.sql(&statement)))
                        .collect(),
                })
            })
            .collect()
    }
}

/// Up to `limit` keys for each client, in key order. Where rows have clients, reads on until every row was seen.
async fn keys_by_client(
    store: &dyn Store,
    mut asked: Keys,
    client: Option<&ClientColumn>,
    limit: u32,
) -> Result<BTreeMap<Option<String>, Vec<Key>>, KeepError> {
    let mut found: BTreeMap<Option<String>, Vec<Key>> = BTreeMap::new();
    let Some(client) = client else {
        asked.limit = if limit == u32::MAX { 0 } else { limit };
        let keys = store.keys(&asked).await?;
        if !keys.is_empty() {
            found.insert(None, keys);
        }
        return Ok(found);
    };
    asked.limit = PAGE;
    loop {
        let page = Rows {
            keys: asked.clone(),
            read: vec![Field::Client(client.clone())],
        };
        let rows = store.rows(&page).await?;
        let whole = rows.len() == PAGE as usize;
        asked.after = rows.last().map(|row| row.key.clone());
        for row in rows {
            let client = row.fields.first().and_then(|client| client.as_str());
            let keys = found.entry(client.map(ToOwned::to_owned)).or_default();
            if keys.len() < limit as usize {
                keys.push(row.key);
            }
        }
        if !whole {
            return Ok(found);
        }
    }
}
