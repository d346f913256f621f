//! From counts to outcomes in the journal.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serment_plan::Plan;
use serment_plan::cutoff::span;
use serment_plan::steps::Step;
use serment_register::model::{Register, RuleId, Text};
use serment_register::text;
use serment_state::batches::{BatchState, Count, Span};
use serment_state::outcomes::IndexedOutcome;

use crate::outcome::{Code, Outcome, Residue, Verdict, Why};
use crate::ports::Record;
use crate::report::Recorded;
use crate::{KeepError, Keeper};

/// Characters of a reservation that is recorded: a receipt has several, in both languages.
const RESERVATION: usize = 200;

/// What the outcomes of a span cite, whatever the register says when they are written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Context {
    pub organisation: String,
    pub store: String,
    pub rule_hashes: BTreeMap<String, String>,
    pub qualified_by: BTreeMap<String, Vec<Text>>,
    pub residue: Vec<Residue>,
    pub gone_by: Option<Date>,
    pub plan: String,
    pub register_version: String,
}

impl Context {
    /// The context of a step of a plan.
    pub fn new(register: &Register, plan: &Plan, store: &str, now: Timestamp) -> Self {
        let today = now.to_zoned(plan.cutoff.zone.clone()).date();
        let (residue, gone_by) = copies(register, store, today);
        let rules = plan.rules.iter().filter(|rule| rule.table.store == store);
        let mut rule_hashes = BTreeMap::new();
        let mut qualified_by = BTreeMap::new();
        for rule in rules {
            rule_hashes.insert(rule.id.to_string(), rule.hash.clone());
            if !rule.reservations.is_empty() {
                let reservations = rule.reservations.iter().cloned();
                let recorded = reservations.map(|said| said.shortened(RESERVATION)).collect();
                qualified_by.insert(rule.id.to_string(), recorded);
            }
        }
        Self {
            organisation: register.organisation.name.clone(),
            store: store.to_owned(),
            rule_hashes,
            qualified_by,
            residue,
            gone_by,
            plan: plan.hash.clone(),
            register_version: register.version.clone(),
        }
    }

    /// An outcome; copies and reservations are cited where something was done.
    pub fn outcome(&self, verdict: Verdict, count: &Count, run: &str, step: &str, at: Timestamp) -> Outcome {
        let acted = verdict.acted();
        let mut qualified_by: Vec<Text> = count
            .rules
            .iter()
            .filter_map(|rule| self.qualified_by.get(rule))
            .flatten()
            .cloned()
            .collect();
        qualified_by.sort();
        qualified_by.dedup();
        Outcome {
            organisation: self.organisation.clone(),
            rule_hashes: count
                .rules
                .iter()
                .map(|rule| self.rule_hashes.get(rule).cloned().unwrap_or_default())
                .collect(),
            rules: count.rules.clone(),
            store: self.store.clone(),
            table: count.table.clone(),
            client: count.client.clone(),
            effect: count.effect.clone(),
            outcome: verdict,
            rows: count.rows,
            at_least: count.at_least,
            scope: "live".to_owned(),
            residue: if acted { self.residue.clone() } else { Vec::new() },
            gone_by: self.gone_by.filter(|_| acted),
            qualified_by: if acted { qualified_by } else { Vec::new() },
            run: run.to_owned(),
            intent: None,
            step: step.to_owned(),
            plan: self.plan.clone(),
            register_version: self.register_version.clone(),
            at,
        }
    }
}

/// What erasure reaches later, and when the last of it is gone as far as the register knows.
fn copies(register: &Register, store: &str, today: Date) -> (Vec<Residue>, Option<Date>) {
    let Some(declared) = register.stores.get(store) else {
        return (Vec::new(), None);
    };
    let mut residue = Vec::new();
    let mut gone_by = None;
    if let Some(period) = declared.copies.backups {
        gone_by = today.checked_add(span(period)).ok();
        residue.push(Residue {
            what: text!("sauvegardes de {store}", "backups of {store}"),
            until: gone_by,
        });
    }
    residue.extend(declared.copies.replicas.iter().map(|replica| Residue {
        what: text!("réplique {replica}", "replica {replica}"),
        until: None,
    }));
    (residue, gone_by)
}

/// What is claimed when an effect was read again.
pub(crate) fn claimed(effect: &str) -> Verdict {
    match effect {
        "erase" => Verdict::Erased,
        "reduce" => Verdict::Reduced,
        "anonymise" => Verdict::Anonymised,
        "coarsen" => Verdict::Coarsened,
        "pseudonymise" => Verdict::Pseudonymised,
        other => Verdict::Unverified {
            why: Why::new(
                Code::UnknownEffect,
                text!(
                    "{other} est un effet que cette version ne connaît pas",
                    "{other} is an effect that this version does not know"
                ),
            ),
        },
    }
}

/// Adds counts that differ by their rows only.
pub(crate) fn merged(counts: impl IntoIterator<Item = Count>) -> Vec<Count> {
    type Group = (Vec<String>, String, String, Option<String>, Option<String>);
    let mut groups: BTreeMap<Group, (u64, bool)> = BTreeMap::new();
    for count in counts {
        let group = groups
            .entry((
                count.rules,
                count.table,
                count.effect,
                count.client,
                count.unverified,
            ))
            .or_default();
        group.0 += count.rows;
        group.1 |= count.at_least;
    }
    groups
        .into_iter()
        .map(
            |((rules, table, effect, client, unverified), (rows, at_least))| Count {
                rules,
                table,
                effect,
                client,
                rows,
                unverified,
                at_least,
            },
        )
        .collect()
}

/// The rows of a step that an outcome speaks of when nothing was counted by group.
pub(crate) fn count_of(step: &Step, rules: &[RuleId], rows: u64) -> Count {
    Count {
        rules: rules.iter().map(ToString::to_string).collect(),
        table: step.table.to_string(),
        effect: step.effect.word().to_owned(),
        client: None,
        rows,
        unverified: None,
        at_least: false,
    }
}

impl Keeper<'_> {
    /// Writes outcomes that no intent announced, and indexes them.
    pub(crate) async fn record(&self, outcomes: Vec<Outcome>) -> Result<Vec<Recorded>, KeepError> {
        if outcomes.is_empty() {
            return Ok(Vec::new());
        }
        let recorded = self.journal_outcomes(outcomes)?;
        self.state.index_outcomes(&indexed(&recorded)).await?;
        Ok(recorded)
    }

    /// Writes the outcomes of a span's batches, and closes it.
    pub(crate) async fn close_span(&self, span: &Span, at: Timestamp) -> Result<Vec<Recorded>, KeepError> {
        let batches = self.state.batches(span.intent).await?;
        let counts = merged(
            batches
                .into_iter()
                .filter(|batch| batch.state == BatchState::Committed)
                .flat_map(|batch| batch.counts),
        );
        let context: Context =
            serde_json::from_value(span.context.clone()).map_err(serment_state::StateError::from)?;
        let outcomes: Vec<Outcome> = counts
            .iter()
            .map(|count| {
                let verdict = match &count.unverified {
                    Some(why) => Verdict::Unverified { why: Why::read(why) },
                    None if count.rows == 0 => Verdict::Unverified {
                        why: Why::new(
                            Code::CommitUnknown,
                            text!(
                                "la réponse au COMMIT s'est perdue et rien n'a pu dire le nombre",
                                "the answer to COMMIT was lost and nothing could tell the count"
                            ),
                        ),
                    },
                    None => claimed(&count.effect),
                };
                Outcome {
                    intent: Some(span.intent),
                    ..context.outcome(verdict, count, &span.run, &span.step, at)
                }
            })
            .collect();
        crate::faults::at("before_outcome").await;
        let recorded = match self.already_recorded(span)? {
            Some(recorded) => recorded,
            None if outcomes.is_empty() => Vec::new(),
            None => self.journal_outcomes(outcomes)?,
        };
        crate::faults::at("after_outcome").await;
        let rules: Vec<String> = counts.iter().flat_map(|count| count.rules.clone()).collect();
        self.state
            .close_span(span, at, &indexed(&recorded), &rules, &counts)
            .await?;
        Ok(recorded)
    }

    /// The outcomes of a span that are in the journal already: a crash came between the journal and the state.
    fn already_recorded(&self, span: &Span) -> Result<Option<Vec<Recorded>>, KeepError> {
        let mut found = Vec::new();
        let size = self.journal.size()?;
        self.journal
            .records(span.intent + 1..size, &mut |index, record| {
                if record.kind != "outcome" {
                    return;
                }
                let outcome: Result<Outcome, _> = serde_json::from_value(record.payload);
                if let Some(outcome) = outcome.ok().filter(|outcome| outcome.intent == Some(span.intent)) {
                    found.push(Recorded {
                        id: format!("o-{index}"),
                        journal: Some(index),
                        outcome,
                    });
                }
            })?;
        Ok((!found.is_empty()).then_some(found))
    }

    fn journal_outcomes(&self, outcomes: Vec<Outcome>) -> Result<Vec<Recorded>, KeepError> {
        let mut records = Vec::with_capacity(outcomes.len());
        for outcome in &outcomes {
            records.push(Record {
                kind: "outcome".to_owned(),
                at: outcome.at,
                payload: payload(outcome)?,
            });
        }
        let indices = self.journal.append(&records)?;
        Ok(indices
            .zip(outcomes)
            .map(|(index, outcome)| Recorded {
                id: format!("o-{index}"),
                journal: Some(index),
                outcome,
            })
            .collect())
    }
}

/// The payload of an entry.
pub(crate) fn payload(of: &impl Serialize) -> Result<serde_json::Value, KeepError> {
    serde_json::to_value(of).map_err(|error| KeepError::Broken(Text::verbatim(error.to_string())))
}

fn indexed(recorded: &[Recorded]) -> Vec<IndexedOutcome> {
    recorded
        .iter()
        .filter_map(|one| {
            let outcome = &one.outcome;
            Some(IndexedOutcome {
                journal: one.journal?,
                run: outcome.run.clone(),
                intent: outcome.intent,
                step: outcome.step.clone(),
                rules: outcome.rules.clone(),
                store: outcome.store.clone(),
                table: outcome.table.clone(),
                client: outcome.client.clone(),
                effect: outcome.effect.clone(),
                outcome: outcome.outcome.word().to_owned(),
                rows: outcome.rows,
                at_least: outcome.at_least,
                at: outcome.at,
            })
        })
        .collect()
}
