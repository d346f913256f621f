//! Whether the state is sound.

use crate::{State, StateError};

impl State {
    /// What is wrong with the file, in SQLite's words; empty when it is sound. Reads the whole file.
    pub async fn check(&self) -> Result<Vec<String>, StateError> {
        let mut problems: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
            .fetch_all(&self.pool)
            .await?;
        problems.retain(|problem| problem != "ok");
        let dangling: Vec<(String, i64, String, i64)> = sqlx::query_as("PRAGMA foreign_key_check")
            .fetch_all(&self.pool)
            .await?;
        problems.extend(
            dangling
                .into_iter()
                .map(|(table, row, target, _)| format!("row {row} of {table} refers to nothing in {target}")),
        );
        Ok(problems)
    }
}
