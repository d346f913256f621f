//! Where each outcome stands in the journal.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};

use crate::read::{count, integer, json, maybe, parsed};
use crate::{State, StateError};

/// An outcome, as the state knows it: the journal has the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedOutcome {
    /// Entry of the journal; the outcome's identifier is `o-` and this number.
    pub journal: u64,
    /// Run.
    pub run: String,
    /// Intent that announced it; None when nothing was to be changed.
    pub intent: Option<u64>,
    /// Step; empty when there was none.
    pub step: String,
    /// Rules.
    pub rules: Vec<String>,
    /// Store.
    pub store: String,
    /// `store.table`.
    pub table: String,
    /// Whose rows.
    pub client: Option<String>,
    /// Effect.
    pub effect: String,
    /// The word of what is claimed.
    pub outcome: String,
    /// Rows.
    pub rows: u64,
    /// Whether more rows may be concerned.
    pub at_least: bool,
    /// When.
    pub at: Timestamp,
}

impl IndexedOutcome {
    pub(crate) async fn insert(&self, transaction: &mut Transaction<'_, Sqlite>) -> Result<(), StateError> {
        sqlx::query(
            "INSERT OR REPLACE INTO outcomes
             (journal, run, intent, step, rules, store, table_id, client, effect, outcome, rows, at_least, at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(integer(self.journal)?)
        .bind(&self.run)
        .bind(self.intent.map(integer).transpose()?)
        .bind(&self.step)
        .bind(serde_json::to_string(&self.rules)?)
        .bind(&self.store)
        .bind(&self.table)
        .bind(&self.client)
        .bind(&self.effect)
        .bind(&self.outcome)
        .bind(integer(self.rows)?)
        .bind(self.at_least)
        .bind(self.at.to_string())
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }
}

impl State {
    /// Indexes outcomes that no intent announced.
    pub async fn index_outcomes(&self, outcomes: &[IndexedOutcome]) -> Result<(), StateError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for outcome in outcomes {
            outcome.insert(&mut transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// The outcome at an entry of the journal.
    pub async fn outcome(&self, journal: u64) -> Result<Option<IndexedOutcome>, StateError> {
        let row = sqlx::query("SELECT * FROM outcomes WHERE journal = ?")
            .bind(integer(journal)?)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// The outcomes of a run, or of all; for one client, or for all. In the order of the journal, from an entry on.
    pub async fn outcomes(
        &self,
        run: Option<&str>,
        client: Option<&str>,
        from: u64,
        limit: u32,
    ) -> Result<Vec<IndexedOutcome>, StateError> {
        let rows = sqlx::query(
            "SELECT * FROM outcomes WHERE (?1 IS NULL OR run = ?1) AND (?2 IS NULL OR client = ?2) AND journal >= ?3
             ORDER BY journal LIMIT ?4",
        )
        .bind(run)
        .bind(client)
        .bind(integer(from)?)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &SqliteRow) -> Result<IndexedOutcome, StateError> {
    let intent: Option<i64> = row.try_get("intent")?;
    Ok(IndexedOutcome {
        journal: count(row, "journal")?,
        run: parsed(row, "run")?,
        intent: intent.and_then(|intent| u64::try_from(intent).ok()),
        step: parsed(row, "step")?,
        rules: json(row, "rules")?,
        store: parsed(row, "store")?,
        table: parsed(row, "table_id")?,
        client: maybe(row, "client")?,
        effect: parsed(row, "effect")?,
        outcome: parsed(row, "outcome")?,
        rows: count(row, "rows")?,
        at_least: row.try_get("at_least")?,
        at: parsed(row, "at")?,
    })
}
