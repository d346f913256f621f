//! The table in which batches are counted, in the store itself: what it holds is committed with them.

use serment_store::catalogue::TableName;
use serment_store::{Failure, Progress};

use super::{Binder, Dialect, Sql, Value};
use crate::engine::Session;

fn table() -> TableName {
    TableName {
        schema: None,
        name: "serment_progress".to_owned(),
    }
}

/// Whether the store has the table.
pub(crate) async fn exists(session: &mut (impl Session + ?Sized)) -> Result<bool, Failure> {
    match session.columns(&table()).await {
        Ok(_) => Ok(true),
        Err(Failure::Missing(_)) => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// Creates the table.
pub(crate) fn create(dialect: &dyn Dialect) -> Sql {
    Sql {
        text: format!(
            "CREATE TABLE IF NOT EXISTS {} {}",
            dialect.table(&table()),
            dialect.progress_columns()
        ),
        values: Vec::new(),
    }
}

/// Reads what a run recorded.
pub(crate) fn told(dialect: &dyn Dialect, run: &str) -> Sql {
    let mut bind = Binder::new(dialect);
    let run = bind.text(run);
    let columns = ["run", "step", "batch", "counts"].map(str::to_owned);
    bind.finish(format!(
        "SELECT {} FROM {} WHERE run = {run} ORDER BY step",
        dialect.array(&columns),
        dialect.table(&table())
    ))
}

/// Replaces what a step recorded: an update, and what inserts it when the update finds nothing. No two batches run
/// together, so nothing comes between the two.
pub(crate) fn record(dialect: &dyn Dialect, progress: &Progress) -> (Sql, Sql) {
    let values = |bind: &mut Binder<'_>| {
        let batch = i64::try_from(progress.batch).unwrap_or(i64::MAX);
        let batch = bind.bind(Value::Integer(batch));
        let [counts, run, step] =
            [&progress.counts, &progress.run, &progress.step].map(|text| bind.text(text));
        (batch, counts, run, step)
    };
    let table = dialect.table(&table());
    let mut update = Binder::new(dialect);
    let (batch, counts, run, step) = values(&mut update);
    let update = update.finish(format!(
        "UPDATE {table} SET batch = {batch}, counts = {counts} WHERE run = {run} AND step = {step}"
    ));
    let mut insert = Binder::new(dialect);
    let (batch, counts, run, step) = values(&mut insert);
    let insert = insert.finish(format!(
        "INSERT INTO {table} (run, step, batch, counts) VALUES ({run}, {step}, {batch}, {counts})"
    ));
    (update, insert)
}
