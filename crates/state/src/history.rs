//! What rules did in the past: the envelope of their next run.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::{Row, Sqlite, Transaction};

use crate::batches::Count;
use crate::read::{count, integer, parsed};
use crate::runs::RunStatus;
use crate::{State, StateError};

/// How many runs the trailing median looks back on.
pub const TRAIL: u32 = 12;

impl State {
    /// Says that rules acted in a run, also those that found nothing.
    pub async fn add_rule_runs(&self, run: &str, at: Timestamp, rules: &[String]) -> Result<(), StateError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        add(&mut transaction, run, at, rules, &[]).await?;
        Ok(transaction.commit().await?)
    }

    /// For each table and effect, the median number of rows over the rule's last runs, and the number of those runs. Runs
    /// of one client's rows do not count.
    pub async fn trailing_median(
        &self,
        rule: &str,
    ) -> Result<(BTreeMap<(String, String), u64>, usize), StateError> {
        let runs: Vec<String> = sqlx::query_scalar(
            "SELECT run FROM rule_runs LEFT JOIN runs ON runs.id = rule_runs.run
                 WHERE rule = ? AND client IS NULL ORDER BY at DESC, run LIMIT ?",
        )
        .bind(rule)
        .bind(TRAIL)
        .fetch_all(&self.pool)
        .await?;
        let mut past: BTreeMap<(String, String), Vec<u64>> = BTreeMap::new();
        for run in &runs {
            let rows = sqlx::query(
                "SELECT table_id, effect, sum(rows) AS rows FROM history WHERE rule = ? AND run = ? GROUP BY 1, 2",
            )
            .bind(rule)
            .bind(run)
            .fetch_all(&self.pool)
            .await?;
            for row in &rows {
                past.entry((row.try_get("table_id")?, row.try_get("effect")?))
                    .or_default()
                    .push(count(row, "rows")?);
            }
        }
        let medians = past
            .into_iter()
            .map(|(what, rows)| (what, median(rows, runs.len())))
            .collect();
        Ok((medians, runs.len()))
    }

    /// What a rule did since an instant, by table and effect, while no run of it over all rows has ended as it should since
    /// then: its first run still, however often it was interrupted or narrowed to a client. None once one has.
    pub async fn first_run(
        &self,
        rule: &str,
        since: Timestamp,
    ) -> Result<Option<BTreeMap<(String, String), u64>>, StateError> {
        let runs = sqlx::query(
            "SELECT rule_runs.run AS run, rule_runs.at AS at, coalesce(runs.status, '') AS status,
                    runs.client IS NULL AS whole
             FROM rule_runs LEFT JOIN runs ON runs.id = rule_runs.run
             WHERE rule_runs.rule = ? ORDER BY rule_runs.at DESC",
        )
        .bind(rule)
        .fetch_all(&self.pool)
        .await?;
        let mut done = BTreeMap::new();
        for run in &runs {
            let at: Timestamp = parsed(run, "at")?;
            if at < since {
                continue;
            }
            if run.try_get::<String, _>("status")? == RunStatus::Finished.word() && run.try_get("whole")? {
                return Ok(None);
            }
            let id: String = run.try_get("run")?;
            let rows = sqlx::query(
                "SELECT table_id, effect, sum(rows) AS rows FROM history WHERE rule = ? AND run = ? GROUP BY 1, 2",
            )
            .bind(rule)
            .bind(&id)
            .fetch_all(&self.pool)
            .await?;
            for row in &rows {
                *done
                    .entry((row.try_get("table_id")?, row.try_get("effect")?))
                    .or_default() += count(row, "rows")?;
            }
        }
        Ok(Some(done))
    }
}

/// Adds what rules did.
pub(crate) async fn add(
    transaction: &mut Transaction<'_, Sqlite>,
    run: &str,
    at: Timestamp,
    rules: &[String],
    counts: &[Count],
) -> Result<(), StateError> {
    for rule in rules {
        sqlx::query("INSERT OR IGNORE INTO rule_runs (rule, run, at) VALUES (?, ?, ?)")
            .bind(rule)
            .bind(run)
            .bind(at.to_string())
            .execute(&mut **transaction)
            .await?;
    }
    for count in counts {
        for rule in &count.rules {
            sqlx::query(
                "INSERT INTO history (rule, run, table_id, effect, has_client, client, rows) VALUES (?, ?, ?, ?, ?, ?, ?)
                 ON CONFLICT DO UPDATE SET rows = rows + excluded.rows",
            )
            .bind(rule)
            .bind(run)
            .bind(&count.table)
            .bind(&count.effect)
            .bind(count.client.is_some())
            .bind(count.client.as_deref().unwrap_or_default())
            .bind(integer(count.rows)?)
            .execute(&mut **transaction)
            .await?;
        }
    }
    Ok(())
}

/// The median of these counts and as many zeros as are missing.
fn median(mut rows: Vec<u64>, runs: usize) -> u64 {
    rows.resize(runs.max(rows.len()), 0);
    rows.sort_unstable();
    let middle = rows.len() / 2;
    match (rows.get(middle), rows.len() % 2) {
        (None, _) => 0,
        (Some(high), 1) => *high,
        (Some(high), _) => rows.get(middle - 1).map_or(*high, |low| low.midpoint(*high)),
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn runs_that_found_nothing_count_in_the_median() {
        assert_eq!(median(vec![], 0), 0);
        assert_eq!(median(vec![30], 1), 30);
        assert_eq!(median(vec![30], 3), 0);
        assert_eq!(median(vec![10, 30, 20], 3), 20);
        assert_eq!(median(vec![10, 30], 2), 20);
    }
}
