//! Runs, and the clock that they saw.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row;

use crate::read::{maybe, parse, parsed};
use crate::{State, StateError};

/// A run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Identifier, `r-` and 12 characters.
    pub id: String,
    /// When it began.
    pub started: Timestamp,
    /// When it ended; None while it runs, or when it died.
    pub finished: Option<Timestamp>,
    /// How it stands.
    pub status: RunStatus,
    /// Who ran it.
    pub actor: String,
    /// The client whose rows alone it was about; None when it was about all.
    pub client: Option<String>,
}

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunStatus {
    /// It runs, or died without a word.
    Running,
    /// It came to its end.
    Finished,
    /// It was asked to stop.
    Stopped,
    /// It met an error.
    Failed,
    /// It died, and a later run has settled what it left.
    Settled,
}

impl RunStatus {
    /// The word of the state.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Settled => "settled",
        }
    }
}

impl std::str::FromStr for RunStatus {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        [
            Self::Running,
            Self::Finished,
            Self::Stopped,
            Self::Failed,
            Self::Settled,
        ]
        .into_iter()
        .find(|status| status.word() == word)
        .ok_or(())
    }
}

impl State {
    /// Records that a run began, of one client's rows or of all, and the instant that it saw.
    pub async fn begin_run(
        &self,
        id: &str,
        at: Timestamp,
        actor: &str,
        client: Option<&str>,
    ) -> Result<(), StateError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("INSERT INTO runs (id, started, status, actor, client) VALUES (?, ?, 'running', ?, ?)")
            .bind(id)
            .bind(at.to_string())
            .bind(actor)
            .bind(client)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(SEEN)
            .bind(at.to_string())
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Records that a run ended.
    pub async fn end_run(&self, id: &str, at: Timestamp, status: RunStatus) -> Result<(), StateError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("UPDATE runs SET finished = ?, status = ? WHERE id = ?")
            .bind(at.to_string())
            .bind(status.word())
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(SEEN)
            .bind(at.to_string())
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// The last runs, the newest first.
    pub async fn runs(&self, limit: u32) -> Result<Vec<Run>, StateError> {
        let rows = sqlx::query("SELECT * FROM runs ORDER BY started DESC, id LIMIT ?")
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Run {
                    id: parsed(row, "id")?,
                    started: parsed(row, "started")?,
                    finished: maybe(row, "finished")?,
                    status: parsed(row, "status")?,
                    actor: row.try_get("actor")?,
                    client: row.try_get("client")?,
                })
            })
            .collect()
    }

    /// The runs that say that they run: at most one does, and only while the keep lock is held.
    pub async fn unended_runs(&self) -> Result<Vec<String>, StateError> {
        Ok(
            sqlx::query_scalar("SELECT id FROM runs WHERE status = 'running' ORDER BY started, id")
                .fetch_all(&self.pool)
                .await?,
        )
    }

    /// The last instant that a run saw.
    pub async fn last_seen(&self) -> Result<Option<Timestamp>, StateError> {
        let text: Option<String> = sqlx::query_scalar("SELECT value FROM meta WHERE key = 'last_seen'")
            .fetch_optional(&self.pool)
            .await?;
        text.map(|text| parse(&text, "last_seen")).transpose()
    }
}

/// The instants are compared as instants by whoever reads them; the state keeps the last one told.
const SEEN: &str =
    "INSERT INTO meta VALUES ('last_seen', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
