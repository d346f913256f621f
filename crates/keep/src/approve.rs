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
    /// Rule.
    pub rule: RuleId,
    /// The hash that was read: the plan's or the rule's; a prefix of at least 12 characters will do.
    pub hash: String,
    /// Who says yes.
    pub actor: String,
    /// Columns (`store.table.column`) whose too frequent value is accepted as a clock.
    pub accept: Vec<String>,
}

impl Keeper<'_> {
    /// Plans again, compares with the hash that was read, and releases the rule until it changes. The ceilings of its
    /// first run are the forecast and a tenth, rounded up; it must begin within seven days.
    pub async fn approve(&self, options: &ApproveOptions) -> Result<Approval, KeepError> {
        let observation = self
            .observer()
            .observe(&ObserveOptions {
                rules: None,
                ..ObserveOptions::default()
            })
            .await?;
        let refused = match self.judge(options, &observation) {
            Ok(approval) => return self.release(options, approval).await,
            Err(refused) => refused,
        };
        let record = Record {
            kind: "refusal".to_owned(),
            at: self.clock.now(),
            payload: json!({
                "what": "approval",
                "rule": options.rule.to_string(),
                "actor": options.actor,
                "why": refusal(&refused),
            }),
        };
        self.journal.append(&[record])?;
        Err(refused)
    }

    /// The approvals in the state, whether still valid or not.
    pub async fn approvals(&self) -> Result<Vec<Approval>, KeepError> {
        Ok(self.state.approvals().await?)
    }

    fn judge(&self, options: &ApproveOptions, observation: &Observation) -> Result<Approval, KeepError> {
        let Some(rule) = observation.plan.rule(&options.rule) else {
            return Err(KeepError::UnknownRule(options.rule.to_string()));
        };
        let shortened = |hash: &str| options.hash.len() >= SHORTEST && hash.starts_with(&options.hash);
        if !shortened(&rule.hash)
            && !shortened(&observation.plan.hash)
            && !of_store(options, observation, rule)
        {
            return Err(KeepError::Stale {
                rule: options.rule.to_string(),
                current: rule.hash.clone(),
                given: options.hash.clone(),
            });
        }
        let refuse = |why: Text| {
            Err(KeepError::NotApprovable {
                rule: options.rule.to_string(),
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
            accepted: options.accept.clone(),
            journal: 0,
            used: false,
        })
    }

    async fn release(&self, options: &ApproveOptions, mut approval: Approval) -> Result<Approval, KeepError> {
        let ceilings: Vec<_> = approval
            .ceilings
            .iter()
            .map(|ceiling| json!({ "table": ceiling.table, "effect": ceiling.effect, "rows": ceiling.rows }))
            .collect();
        let record = Record {
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
        };
        approval.journal = self.journal.append(&[record])?.start;
        self.state.approve(&approval).await?;
        Ok(approval)
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

/// Whether the hash is that of the plan of the rule's store.
fn of_store(options: &ApproveOptions, observation: &Observation, rule: &PlannedRule) -> bool {
    let of_store: Plan = observation
        .plan
        .only(&|other: &PlannedRule| other.table.store == rule.table.store);
    options.hash.len() >= SHORTEST && of_store.hash.starts_with(&options.hash)
}
