//! Counts, samples and suspicions: a few questions at a time, never a whole table in memory.

use std::collections::BTreeMap;

use futures::stream::{self, StreamExt};
use serment_plan::forecast::{self, Forecast};
use serment_plan::freeze::Freezer;
use serment_plan::graph::Graph;
use serment_plan::judgement::Names;
use serment_plan::steps::ROW;
use serment_plan::translate::Ground;
use serment_plan::{Plan, PlanError, Situation};
use serment_register::model::{EventSource, RuleId, TableId, Text};
use serment_store::catalogue::TableName;
use serment_store::condition::Condition;
use serment_store::query::Keys;
use serment_store::{Frequency, Statement};

use super::{Observer, Sample, Sight, Statements, Suspicion};
use crate::KeepError;

/// A value on more than this share of a table (in hundredths) that has at least so many rows is suspect.
const SUSPECT_SHARE: u64 = 20;
const SUSPECT_ROWS: u64 = 1_000;
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
    let graph = Graph::new(ground.register);
    let names = Names::new();
    // Far from the names that the planner gave to the rows of its steps.
    for _ in 0..10_000 {
        names.fresh();
    }
    let freezer = Freezer {
        ground,
        graph: &graph,
        names: &names,
        holds: &[],
    };
    freezer.of_client(ground.table(table)?, ROW, client)
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
        let mut known: BTreeMap<(TableId, String), Option<Frequency>> = BTreeMap::new();
        let mut suspicions = Vec::new();
        for planned in plan.rules.iter().filter(|rule| !rule.blind) {
            for (id, column) in self.clock_columns(&planned.id) {
                let Some(store) = sight.stores.get(&id.store) else {
                    continue;
                };
                let frequency = match known.get(&(id.clone(), column.clone())) {
                    Some(frequency) => frequency.clone(),
                    None => {
                        let Some(table) = self.register.table(&id) else {
                            continue;
                        };
                        let name = TableName {
                            schema: table.schema.clone(),
                            name: table.name.clone(),
                        };
                        let found = store.most_frequent(&name, &column).await?;
                        known.insert((id.clone(), column.clone()), found.clone());
                        found
                    }
                };
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

    /// Keys of what the forecast counts.
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
        };
        let mut samples = Vec::new();
        for (step, change) in plan.changes() {
            let Some(store) = sight.stores.get(&change.table.store) else {
                continue;
            };
            for rule in plan.rules.iter().map(|rule| &rule.id) {
                let Some((_, ended)) = change.ended.iter().find(|(id, _)| id == rule) else {
                    continue;
                };
                let keys = store
                    .keys(&Keys {
                        table: change.name.clone(),
                        alias: ROW,
                        key: change.key.clone(),
                        filter: Condition::all([
                            change.expected.clone(),
                            ended.clone(),
                            of_client(ground, &change.table, client)?,
                        ]),
                        after: None,
                        limit: if limit == u32::MAX { 0 } else { limit },
                    })
                    .await?;
                if !keys.is_empty() {
                    samples.push(Sample {
                        step: step.id.clone(),
                        rule: rule.clone(),
                        table: change.table.clone(),
                        effect: change.effect,
                        keys,
                    });
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
