//! Records that wait for the journal, because another process had it open when they were made.

use jiff::Timestamp;
use serde_json::Value;
use sqlx::{Row, Sqlite, Transaction};

use crate::read::{json, parsed};
use crate::{State, StateError};

/// A record that waits. No personal data.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// Its place in the queue.
    pub id: i64,
    /// Kind of the entry.
    pub kind: String,
    /// When it was made.
    pub at: Timestamp,
    /// What it says.
    pub payload: Value,
}

pub(crate) async fn put(
    transaction: &mut Transaction<'_, Sqlite>,
    kind: &str,
    at: Timestamp,
    payload: &Value,
) -> Result<(), StateError> {
    sqlx::query("INSERT INTO outbox (kind, at, payload) VALUES (?, ?, ?)")
        .bind(kind)
        .bind(at.to_string())
        .bind(serde_json::to_string(payload)?)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

impl State {
    /// What waits, in order.
    pub async fn waiting(&self) -> Result<Vec<Waiting>, StateError> {
        let rows = sqlx::query("SELECT * FROM outbox ORDER BY id")
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Waiting {
                    id: row.try_get("id")?,
                    kind: parsed(row, "kind")?,
                    at: parsed(row, "at")?,
                    payload: json(row, "payload")?,
                })
            })
            .collect()
    }

    /// Forgets what was written into the journal, up to and including that place.
    pub async fn delivered(&self, up_to: i64) -> Result<(), StateError> {
        sqlx::query("DELETE FROM outbox WHERE id <= ?")
            .bind(up_to)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// A word that the state remembers under a name.
    pub async fn recall(&self, name: &str) -> Result<Option<String>, StateError> {
        Ok(sqlx::query_scalar("SELECT value FROM meta WHERE key = ?")
            .bind(name)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// Remembers a word under a name.
    pub async fn remember(&self, name: &str, word: &str) -> Result<(), StateError> {
        sqlx::query("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
            .bind(name)
            .bind(word)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
