//! Approvals: which rules may act, as whom, within which ceilings.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row;

use crate::read::{count, integer, json, parsed};
use crate::{State, StateError};

/// The approval of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Rule, `activity.name`.
    pub rule: String,
    /// The hash that was approved: rule, catalogue of its tables, steps.
    pub hash: String,
    /// When.
    pub at: Timestamp,
    /// By whom, as the command was told.
    pub actor: String,
    /// The most that the first run may do.
    pub ceilings: Vec<Ceiling>,
    /// The first run must begin before.
    pub expires_at: Timestamp,
    /// Columns (`store.table.column`) whose too frequent value the approver accepts as a clock.
    pub accepted: Vec<String>,
    /// Entry of the journal.
    pub journal: u64,
    /// Whether a first run has used it: then the envelope counts, not the ceilings.
    pub used: bool,
}

/// The most rows of one table that may get one effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ceiling {
    /// `store.table`.
    pub table: String,
    /// Effect: `erase`, `reduce`…
    pub effect: String,
    /// Most rows.
    pub rows: u64,
}

impl State {
    /// Records an approval; it replaces the rule's former one.
    pub async fn approve(&self, approval: &Approval) -> Result<(), StateError> {
        sqlx::query(
            "INSERT OR REPLACE INTO approvals (rule, hash, at, actor, ceilings, expires_at, accepted, journal, used)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&approval.rule)
        .bind(&approval.hash)
        .bind(approval.at.to_string())
        .bind(&approval.actor)
        .bind(serde_json::to_string(&approval.ceilings)?)
        .bind(approval.expires_at.to_string())
        .bind(serde_json::to_string(&approval.accepted)?)
        .bind(integer(approval.journal)?)
        .bind(approval.used)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Every approval, by rule. There is one row per rule of the register, past ones included: few.
    pub async fn approvals(&self) -> Result<Vec<Approval>, StateError> {
        let rows = sqlx::query("SELECT * FROM approvals ORDER BY rule")
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Approval {
                    rule: parsed(row, "rule")?,
                    hash: parsed(row, "hash")?,
                    at: parsed(row, "at")?,
                    actor: parsed(row, "actor")?,
                    ceilings: json(row, "ceilings")?,
                    expires_at: parsed(row, "expires_at")?,
                    accepted: json(row, "accepted")?,
                    journal: count(row, "journal")?,
                    used: row.try_get("used")?,
                })
            })
            .collect()
    }

    /// Says that the first run of these rules began: from now on their envelope counts.
    pub async fn use_approvals(&self, rules: &[String]) -> Result<(), StateError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for rule in rules {
            sqlx::query("UPDATE approvals SET used = 1 WHERE rule = ?")
                .bind(rule)
                .execute(&mut *transaction)
                .await?;
        }
        Ok(transaction.commit().await?)
    }
}
