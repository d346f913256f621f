//! Approvals: a rule acts once someone has read its plan and said yes.

use jiff::SignedDuration;
use serde_json::{Value, json};
use serment_plan::{Plan, PlannedRule};
use serment_register::model::{RuleId, Text};
use serment_state::approvals::{Approval, Ceiling};

use crate::keep::brakes::totals;
use crate::observe::{Observation, ObserveOptions};
use crate::outcome::{Code, Why};
use crate::ports::Record;
use crate::{KeepError, Keeper};

/// How long an approval waits for its first run.
const VALID: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The shortest prefix of a hash that is taken for it.
const SHORTEST: usize = 12;

/// What `approve` is told.
#[derive(Debug, Clone)]
pub struct ApproveOptions {
    /// Rules: all are released, or none.
    pub rules: Vec<RuleId>,
    /// The hash that was read: the plan's, its store's, that of these rules or the rule's own; a prefix of at least 12
    /// characters will do.
    pub hash: String,
    /// Who says yes.
    pub actor: String,
    /// Columns (`store.table.column`) whose too frequent value is accepted as a clock.
    pub accept: Vec<String>,
}

impl Keeper<'_> {
    /// Plans again, compares with the hash that was read, and releases the rules until they change. The ceilings of their
    /// first run are the forecast and a tenth, rounded up; it must begin within seven days.
    pub async fn approve(&self, options: &ApproveOptions) -> Result<Vec<Approval>, KeepError> {
        let observation = self.observer().observe(&ObserveOptions::default()).await?;
        self.approve_as_seen(options, &observation).await
    }

    /// Releases the rules on an observation of a moment ago, of all rules, that was shown to who approves: the ceilings are
    /// what was seen. What a run does later is compared with the plan of its own day, as ever.
    pub async fn approve_as_seen(
        &self,
        options: &ApproveOptions,
        observation: &Observation,
    ) -> Result<Vec<Approval>, KeepError> {
        let mut approvals = Vec::new();
        for rule in &options.rules {
            match self.judge(options, rule, observation) {
                Ok(approval) => approvals.push(approval),
                Err(refused) => {
                    self.journal.append(&[Record {
                        kind: "refusal".to_owned(),
                        at: self.clock.now(),
                        payload: json!({
                            "what": "approval",
                            "rule": rule.to_string(),
                            "actor": options.actor,
                            "why": refusal(&refused),
                        }),
                    }])?;
                    return Err(refused);
                }
            }
        }
        self.release(options, &mut approvals).await?;
        Ok(approvals)
    }

    /// The approvals in the state, whether still valid or not.
    pub async fn approvals(&self) -> Result<Vec<Approval>, KeepError> {
        Ok(self.state.approvals().await?)
    }

    fn judge(
        &self,
        options: &ApproveOptions,
        rule: &RuleId,
        observation: &Observation,
    ) -> Result<Approval, KeepError> {
        let Some(rule) = observation.plan.rule(rule) else {
            return Err(KeepError::UnknownRule(rule.to_string()));
        };
        let shortened = |hash: &str| options.hash.len() >= SHORTEST && hash.starts_with(&options.hash);
        if !shortened(&rule.hash)
            && !shortened(&observation.plan.hash)
            && !of_store(options, observation, rule)
            && !of_these(options, observation)
        {
            return Err(KeepError::Stale {
                rule: rule.id.to_string(),
                current: rule.hash.clone(),
                given: options.hash.clone(),
            });
        }
        let refuse = |why: Text| {
            Err(KeepError::NotApprovable {
                rule: rule.id.to_string(),
                why,
            })
        };
        if !rule.obstacles.is_empty() {
            let obstacles = rule.obstacles.iter().map(|obstacle| &obstacle.what);
            return refuse(Text::joined(obstacles, "\n"));
        }
        let suspect = observation
            .suspicions
            .iter()
            .find(|suspicion| suspicion.rule == rule.id && !options.accept.contains(&suspicion.column));
        if let Some(suspicion) = suspect {
            return refuse(suspicion.text());
        }
        let now = self.clock.now();
        let accepted = observation
            .suspicions
            .iter()
            .filter(|suspicion| suspicion.rule == rule.id);
        Ok(Approval {
            rule: rule.id.to_string(),
            hash: rule.hash.clone(),
            at: now,
            actor: options.actor.clone(),
            ceilings: totals(&observation.forecast, &rule.id)
                .into_iter()
                .map(|((table, effect), rows)| Ceiling {
                    table: table.to_string(),
                    effect: effect.word().to_owned(),
                    rows: rows.saturating_add(rows.div_ceil(10)),
                })
                .collect(),
            expires_at: now
                .saturating_add(VALID)
                .map_err(|error| KeepError::Broken(Text::verbatim(error.to_string())))?,
            accepted: accepted.map(|suspicion| suspicion.column.clone()).collect(),
            journal: 0,
            used: false,
        })
    }

    async fn release(&self, options: &ApproveOptions, approvals: &mut [Approval]) -> Result<(), KeepError> {
        let records: Vec<Record> = approvals
            .iter()
            .map(|approval| self.record_of(approval, options))
            .collect();
        let entries = self.journal.append(&records)?;
        for (approval, entry) in approvals.iter_mut().zip(entries) {
            approval.journal = entry;
            self.state.approve(approval).await?;
        }
        Ok(())
    }

    fn record_of(&self, approval: &Approval, options: &ApproveOptions) -> Record {
        let ceilings: Vec<_> = approval
            .ceilings
            .iter()
            .map(|ceiling| json!({ "table": ceiling.table, "effect": ceiling.effect, "rows": ceiling.rows }))
            .collect();
        Record {
            kind: "approval".to_owned(),
            at: approval.at,
            payload: json!({
                "organisation": self.register.organisation.name,
                "rule": approval.rule,
                "rule_hash": approval.hash,
                "given": options.hash,
                "actor": approval.actor,
                "ceilings": ceilings,
                "expires_at": approval.expires_at,
                "accepted": approval.accepted,
                "register_version": self.register.version,
            }),
        }
    }
}

/// What the journal says of a refusal: a code, and what a program or a person needs to understand it.
fn refusal(refused: &KeepError) -> Value {
    match refused {
        KeepError::Stale { current, given, .. } => {
            json!({ "code": "stale", "current": current, "given": given })
        }
        KeepError::NotApprovable { why, .. } => {
            json!(Why::new(Code::Obstacle, why.clone()))
        }
        KeepError::UnknownRule(_) => json!({ "code": "unknown_rule" }),
        other => json!({ "code": "failed", "detail": Text::verbatim(other.to_string()) }),
    }
}

/// Whether the hash is that of the plan of these very rules.
fn of_these(options: &ApproveOptions, observation: &Observation) -> bool {
    let of_these = observation
        .plan
        .only(&|other: &PlannedRule| options.rules.contains(&other.id));
    options.hash.len() >= SHORTEST && of_these.hash.starts_with(&options.hash)
}

/// Whether the hash is that of the plan of the rule's store.
fn of_store(options: &ApproveOptions, observation: &Observation, rule: &PlannedRule) -> bool {
    let of_store: Plan = observation
        .plan
        .only(&|other: &PlannedRule| other.table.store == rule.table.store);
    options.hash.len() >= SHORTEST && of_store.hash.starts_with(&options.hash)
}
