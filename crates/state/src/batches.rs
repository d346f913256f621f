//! How far a run is: spans of batches, each announced by an intent of the journal, and their batches.
//!
//! A batch is *intended* before its transaction begins, *sealed* with what it did just before COMMIT, *committed* once the
//! store said yes and the rows were read again, *abandoned* when it was rolled back. Its keys are forgotten as soon as its
//! result is known. A span is closed when the outcomes of its batches are in the journal.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::history;
use crate::outcomes::IndexedOutcome;
use crate::read::{count, integer, json, maybe, parsed};
use crate::{State, StateError};

/// A span of batches of one step.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Entry of the journal that announced it.
    pub intent: u64,
    /// Run.
    pub run: String,
    /// Step.
    pub step: String,
    /// Store.
    pub store: String,
    /// What its outcomes will cite, whatever the register says by then.
    pub context: Value,
}

/// A batch.
#[derive(Clone, PartialEq)]
pub struct Batch {
    /// Intent of its span.
    pub intent: u64,
    /// Its number in the span, from 1.
    pub number: u64,
    /// How it stands.
    pub state: BatchState,
    /// First key; None before it is sealed and once its result is known.
    pub low: Option<Vec<Value>>,
    /// Last key.
    pub high: Option<Vec<Value>>,
    /// What it did.
    pub counts: Vec<Count>,
    /// The store's name for its transaction.
    pub transaction: Option<String>,
}

impl std::fmt::Debug for Batch {
    /// Without keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch")
            .field("intent", &self.intent)
            .field("number", &self.number)
            .field("state", &self.state)
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

/// How a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchState {
    /// Its transaction may begin.
    Intended,
    /// COMMIT may be sent.
    Sealed,
    /// The store said yes.
    Committed,
    /// It was rolled back.
    Abandoned,
}

impl BatchState {
    fn word(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Sealed => "sealed",
            Self::Committed => "committed",
            Self::Abandoned => "abandoned",
        }
    }
}

impl std::str::FromStr for BatchState {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        [Self::Intended, Self::Sealed, Self::Committed, Self::Abandoned]
            .into_iter()
            .find(|state| state.word() == word)
            .ok_or(())
    }
}

/// Rows of one table, effect, client and set of ended rules.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Count {
    /// Rules that had ended on the rows.
    pub rules: Vec<String>,
    /// `store.table`.
    pub table: String,
    /// Effect.
    pub effect: String,
    /// Whose rows.
    pub client: Option<String>,
    /// Rows.
    pub rows: u64,
    /// Why reading again did not confirm them; None when it did.
    pub unverified: Option<String>,
    /// True when more rows may be concerned.
    #[serde(default)]
    pub at_least: bool,
}

impl State {
    /// Opens a span. Its intent is in the journal already.
    pub async fn open_span(&self, span: &Span) -> Result<(), StateError> {
        sqlx::query("INSERT INTO spans (intent, run, step, store, context) VALUES (?, ?, ?, ?, ?)")
            .bind(integer(span.intent)?)
            .bind(&span.run)
            .bind(&span.step)
            .bind(&span.store)
            .bind(serde_json::to_string(&span.context)?)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Registers a batch before its transaction begins, and tells the epoch of the holds that it must respect. Whoever
    /// adds a hold after that sees the batch and waits for it.
    pub async fn register_batch(&self, intent: u64, number: u64) -> Result<u64, StateError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("INSERT INTO batches (intent, number, state) VALUES (?, ?, 'intended')")
            .bind(integer(intent)?)
            .bind(integer(number)?)
            .execute(&mut *transaction)
            .await?;
        let epoch: String = sqlx::query_scalar("SELECT value FROM meta WHERE key = 'hold_epoch'")
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        crate::read::parse(&epoch, "hold_epoch")
    }

    /// Records what a batch did, just before COMMIT is sent.
    pub async fn seal_batch(&self, batch: &Batch) -> Result<(), StateError> {
        let keys = |keys: &Option<Vec<Value>>| keys.as_ref().map(serde_json::to_string).transpose();
        let done = sqlx::query(
            "UPDATE batches SET state = 'sealed', low = ?, high = ?, counts = ?, transaction_name = ?
             WHERE intent = ? AND number = ?",
        )
        .bind(keys(&batch.low)?)
        .bind(keys(&batch.high)?)
        .bind(serde_json::to_string(&batch.counts)?)
        .bind(&batch.transaction)
        .bind(integer(batch.intent)?)
        .bind(integer(batch.number)?)
        .execute(&self.pool)
        .await?;
        only_one(done.rows_affected())
    }

    /// Records the result of a batch, and forgets its keys.
    pub async fn settle_batch(
        &self,
        intent: u64,
        number: u64,
        state: BatchState,
        counts: &[Count],
    ) -> Result<(), StateError> {
        let done = sqlx::query(
            "UPDATE batches SET state = ?, low = NULL, high = NULL, counts = ? WHERE intent = ? AND number = ?",
        )
        .bind(state.word())
        .bind(serde_json::to_string(counts)?)
        .bind(integer(intent)?)
        .bind(integer(number)?)
        .execute(&self.pool)
        .await?;
        only_one(done.rows_affected())
    }

    /// The batches of a span.
    pub async fn batches(&self, intent: u64) -> Result<Vec<Batch>, StateError> {
        let rows = sqlx::query("SELECT * FROM batches WHERE intent = ? ORDER BY number")
            .bind(integer(intent)?)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(read).collect()
    }

    /// The spans that are not closed.
    pub async fn open_spans(&self) -> Result<Vec<Span>, StateError> {
        let rows = sqlx::query("SELECT * FROM spans WHERE closed = 0 ORDER BY intent")
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Span {
                    intent: count(row, "intent")?,
                    run: parsed(row, "run")?,
                    step: parsed(row, "step")?,
                    store: parsed(row, "store")?,
                    context: json(row, "context")?,
                })
            })
            .collect()
    }

    /// The batches that may still commit: intent, number, store.
    pub async fn running_batches(&self) -> Result<Vec<(u64, u64, String)>, StateError> {
        let rows = sqlx::query(
            "SELECT b.intent, b.number, s.store FROM batches b JOIN spans s USING (intent)
             WHERE b.state IN ('intended', 'sealed') ORDER BY b.intent, b.number",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok((
                    count(row, "intent")?,
                    count(row, "number")?,
                    row.try_get("store")?,
                ))
            })
            .collect()
    }

    /// Closes a span whose outcomes are in the journal: indexes them, adds them to the past of their rules, and forgets
    /// the batches. All or nothing.
    pub async fn close_span(
        &self,
        span: &Span,
        at: Timestamp,
        outcomes: &[IndexedOutcome],
        rules: &[String],
        counts: &[Count],
    ) -> Result<(), StateError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for outcome in outcomes {
            outcome.insert(&mut transaction).await?;
        }
        history::add(&mut transaction, &span.run, at, rules, counts).await?;
        sqlx::query("DELETE FROM batches WHERE intent = ?")
            .bind(integer(span.intent)?)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("UPDATE spans SET closed = 1, context = 'null' WHERE intent = ?")
            .bind(integer(span.intent)?)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }
}

fn read(row: &SqliteRow) -> Result<Batch, StateError> {
    let keys = |column: &str| -> Result<Option<Vec<Value>>, StateError> {
        let text: Option<String> = maybe(row, column)?;
        Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
    };
    Ok(Batch {
        intent: count(row, "intent")?,
        number: count(row, "number")?,
        state: parsed(row, "state")?,
        low: keys("low")?,
        high: keys("high")?,
        counts: json(row, "counts")?,
        transaction: maybe(row, "transaction_name")?,
    })
}

fn only_one(rows: u64) -> Result<(), StateError> {
    if rows == 1 {
        Ok(())
    } else {
        Err(StateError::Corrupt("batches".to_owned()))
    }
}
