//! Whether the state is sound.

use crate::{State, StateError};

/// What is wrong with the state's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsound {
    /// SQLite says so, in its words.
    Damaged(String),
    /// A row refers to another one that is not there.
    Dangling {
        /// Table of the row.
        table: String,
        /// Its number.
        row: i64,
        /// Table that it refers to.
        target: String,
    },
}

impl State {
    /// What is wrong with the file; empty when it is sound. Reads the whole file.
    pub async fn check(&self) -> Result<Vec<Unsound>, StateError> {
        let problems: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
            .fetch_all(&self.pool)
            .await?;
        let damaged = problems
            .into_iter()
            .filter(|problem| problem != "ok")
            .map(Unsound::Damaged);
        let dangling: Vec<(String, i64, String, i64)> = sqlx::query_as("PRAGMA foreign_key_check")
            .fetch_all(&self.pool)
            .await?;
        let dangling = dangling
            .into_iter()
            .map(|(table, row, target, _)| Unsound::Dangling { table, row, target });
        Ok(damaged.chain(dangling).collect())
    }
}
