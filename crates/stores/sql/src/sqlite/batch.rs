//! One transaction on a SQLite file.
//!
//! `BEGIN IMMEDIATE` waits for the writer lock, `lock_timeout` at most; from then on nobody else can write, so row and
//! table locks have nothing to do. A statement that runs too long is interrupted. The transaction belongs to our
//! process and ends with it: an idle limit would guard against nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use serment_store::condition::Key;
use serment_store::query::{Change, Keys, Lock, Row, Rows};
use serment_store::{Batch, BatchOptions, Commit, Failure, Progress, StoreError};
use sqlx::pool::PoolConnection;
use sqlx::{Sqlite as Driver, SqlitePool};

use super::{Sqlite, bound, error, fetch, look};
use crate::answer;
use crate::print::tables::Tables;
use crate::print::{Printer, Sql, Value, query};
use crate::schema::SchemaCache;

/// How many instructions of SQLite's machine pass between two looks at the time limit.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

/// A batch.
pub(crate) struct SqliteBatch {
    store: String,
    schema: Arc<SchemaCache>,
    connection: PoolConnection<Driver>,
    statement_timeout: Duration,
    expired: Arc<AtomicBool>,
    /// After a failed statement SQLite may have rolled everything back by itself: what came next would be committed alone.
    broken: bool,
    /// Whether it was committed or rolled back.
    ended: bool,
}

impl SqliteBatch {
    /// Waits for the writer lock.
    pub async fn begin(
        store: &str,
        pool: &SqlitePool,
        schema: Arc<SchemaCache>,
        options: &BatchOptions,
    ) -> Result<Self, StoreError> {
        let failed = |error: sqlx::Error| StoreError {
            store: store.to_owned(),
            failure: error::classify(&error),
        };
        let mut connection = pool.acquire().await.map_err(failed)?;
        let expired = Arc::new(AtomicBool::new(false));
        let flag = expired.clone();
        connection
            .lock_handle()
            .await
            .map_err(failed)?
            .set_progress_handler(STEPS_BETWEEN_LOOKS, move || !flag.load(Ordering::Relaxed));
        let milliseconds = options.lock_timeout.as_millis().min(i32::MAX as u128);
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "PRAGMA busy_timeout = {milliseconds}"
        )))
        .execute(&mut *connection)
        .await
        .map_err(failed)?;
        // Made before BEGIN: dropped while waiting, it closes the connection, whatever BEGIN came to.
        let mut batch = Self {
            store: store.to_owned(),
            schema,
            connection,
            statement_timeout: options.statement_timeout,
            expired,
            broken: false,
            ended: false,
        };
        let begun = sqlx::query("BEGIN IMMEDIATE")
            .execute(&mut *batch.connection)
            .await;
        begun.map_err(failed)?;
        Ok(batch)
    }

    fn failed(&self, failure: Failure) -> StoreError {
        StoreError {
            store: self.store.clone(),
            failure,
        }
    }

    fn must_be_whole(&self) -> Result<(), StoreError> {
        if self.broken {
            return Err(self.failed(Failure::Other(
                "a statement of this batch failed: it can only be rolled back".into(),
            )));
        }
        Ok(())
    }

    async fn print<T: Tables + Sync, S>(
        &mut self,
        about: &T,
        print: impl FnOnce(Printer<'_>) -> Result<S, Failure>,
    ) -> Result<S, StoreError> {
        look(&mut self.connection, &self.schema, &about.all_tables())
            .await
            .map_err(|failure| self.failed(failure))?;
        print(Printer::new(&Sqlite, &self.schema.snapshot())).map_err(|failure| self.failed(failure))
    }

    async fn fetch(&mut self, sql: Sql) -> Result<Vec<Vec<String>>, StoreError> {
        self.must_be_whole()?;
        let Self {
            connection,
            expired,
            statement_timeout,
            ..
        } = self;
        let result = limited(fetch(connection, sql), *statement_timeout, expired).await;
        self.broken = result.is_err();
        result.map_err(|failure| self.failed(failure))
    }

    async fn execute(&mut self, sql: Sql) -> Result<u64, StoreError> {
        self.must_be_whole()?;
        let Self {
            connection,
            expired,
            statement_timeout,
            ..
        } = self;
        let run = async {
            bound(sql)
                .execute(&mut **connection)
                .await
                .map_err(|error| error::classify(&error))
        };
        let result = limited(run, *statement_timeout, expired).await;
        self.broken = result.is_err();
        result
            .map(|done| done.rows_affected())
            .map_err(|failure| self.failed(failure))
    }
}

/// Interrupts the statement when its time is over, and waits for it to stop.
async fn limited<T>(
    statement: impl Future<Output = Result<T, Failure>>,
    limit: Duration,
    expired: &AtomicBool,
) -> Result<T, Failure> {
    tokio::pin!(statement);
    let result = tokio::select! {
        biased;
        result = &mut statement => result,
        () = tokio::time::sleep(limit) => {
            expired.store(true, Ordering::Relaxed);
            statement.await
        }
    };
    expired.store(false, Ordering::Relaxed);
    result
}

#[async_trait]
impl Batch for SqliteBatch {
    fn transaction(&self) -> Option<&str> {
        None
    }

    async fn lock(&mut self, lock: &Lock) -> Result<(), StoreError> {
        // The writer lock holds everything; what cannot be printed is still an error.
        self.print(lock, |p| query::lock(p, lock)).await.map(drop)
    }

    async fn keys(&mut self, keys: &Keys) -> Result<Vec<Key>, StoreError> {
        let sql = self.print(keys, |p| query::keys(p, keys)).await?;
        let rows = self.fetch(sql).await?;
        answer::keys(rows).map_err(|failure| self.failed(failure))
    }

    async fn rows(&mut self, rows: &Rows) -> Result<Vec<Row>, StoreError> {
        let sql = self.print(rows, |p| query::rows(p, rows)).await?;
        let read = self.fetch(sql).await?;
        answer::rows(read, rows).map_err(|failure| self.failed(failure))
    }

    async fn change(&mut self, change: &Change) -> Result<u64, StoreError> {
        let sql = self.print(change, |p| query::change(p, change)).await?;
        self.execute(sql).await
    }

    async fn record(&mut self, progress: &Progress) -> Result<(), StoreError> {
        let create = "CREATE TABLE IF NOT EXISTS main.serment_progress (run TEXT NOT NULL, step TEXT NOT NULL, \
                      batch INTEGER NOT NULL, counts TEXT NOT NULL, PRIMARY KEY (run, step))";
        self.execute(Sql {
            text: create.into(),
            values: Vec::new(),
        })
        .await?;
        let text = "INSERT INTO main.serment_progress (run, step, batch, counts) VALUES (?1, ?2, ?3, ?4) \
                    ON CONFLICT (run, step) DO UPDATE SET batch = excluded.batch, counts = excluded.counts";
        let values = vec![
            Value::Text(progress.run.clone()),
            Value::Text(progress.step.clone()),
            Value::Integer(i64::try_from(progress.batch).unwrap_or(i64::MAX)),
            Value::Text(progress.counts.clone()),
        ];
        self.execute(Sql {
            text: text.into(),
            values,
        })
        .await
        .map(drop)
    }

    /// SQLite answers from our own process: a failure means that nothing was committed.
    async fn commit(mut self: Box<Self>) -> Result<Commit, StoreError> {
        self.must_be_whole()?;
        match sqlx::query("COMMIT").execute(&mut *self.connection).await {
            Ok(_) => {
                self.ended = true;
                Ok(Commit::Done)
            }
            Err(sqlx::Error::WorkerCrashed) => Ok(Commit::Unknown),
            Err(error) => Err(self.failed(error::classify(&error))),
        }
    }

    async fn rollback(mut self: Box<Self>) -> Result<(), StoreError> {
        // After some failures nothing is left to roll back: closing the connection is as good.
        if !self.broken {
            let done = sqlx::query("ROLLBACK").execute(&mut *self.connection).await;
            done.map_err(|error| self.failed(error::classify(&error)))?;
            self.ended = true;
        }
        Ok(())
    }
}

impl Drop for SqliteBatch {
    /// A connection with a transaction of which nobody knows how it stands is closed: SQLite rolls back.
    fn drop(&mut self) {
        if !self.ended {
            self.connection.close_on_drop();
        }
    }
}

#[cfg(test)]
mod tests {
    use serment_store::catalogue::TableName;
    use serment_store::condition::{Alias, ColumnRef, Condition};
    use serment_store::query::NewValue;
    use serment_store::{Role, Store};

    use super::*;

    #[tokio::test]
    async fn a4_a_full_disk_is_told_and_the_batch_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("small.db");
        super::super::connect::create(&path).await.unwrap();
        let script = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a')";
        super::super::connect::execute_script(&path, script)
            .await
            .unwrap();
        let store = super::super::connect::open("small", &path, Role::Write)
            .await
            .unwrap();
        let mut batch = SqliteBatch::begin(
            "small",
            &store.pool,
            store.schema.clone(),
            &BatchOptions::default(),
        )
        .await
        .unwrap();
        sqlx::query("PRAGMA max_page_count = 3")
            .execute(&mut *batch.connection)
            .await
            .unwrap();
        let table = TableName {
            schema: None,
            name: "t".into(),
        };
        let long = NewValue::Constant("x".repeat(1_000_000));
        let set = vec![(ColumnRef::whole(Alias(0), "v"), long)];
        let change = Change::Update {
            table: table.clone(),
            alias: Alias(0),
            filter: Condition::Always,
            set,
        };
        let error = batch.change(&change).await.unwrap_err();
        assert!(matches!(error.failure, Failure::Full(_)), "{error}");
        // SQLite rolled back by itself: what came now would be committed alone.
        let delete = Change::Delete {
            table: table.clone(),
            alias: Alias(0),
            filter: Condition::Always,
        };
        assert!(batch.change(&delete).await.is_err());
        assert!(Box::new(batch).commit().await.is_err());
        let keys = Keys {
            table,
            alias: Alias(0),
            key: vec!["id".into()],
            filter: Condition::Always,
            after: None,
            limit: 0,
        };
        assert_eq!(store.keys(&keys).await.unwrap().len(), 1);
    }
}
