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
use sqlx::{Sqlite as Driver, SqlitePool, Transaction};

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
    transaction: Transaction<'static, Driver>,
    statement_timeout: Duration,
    expired: Arc<AtomicBool>,
    /// After a failed statement SQLite may have rolled everything back by itself: what came next would be committed alone.
    broken: bool,
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
        let transaction = Transaction::begin(
            connection,
            Some(sqlx::SqlSafeStr::into_sql_str("BEGIN IMMEDIATE")),
        )
        .await
        .map_err(failed)?;
        Ok(Self {
            store: store.to_owned(),
            schema,
            transaction,
            statement_timeout: options.statement_timeout,
            expired,
            broken: false,
        })
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
        look(&mut self.transaction, &self.schema, &about.all_tables())
            .await
            .map_err(|failure| self.failed(failure))?;
        print(Printer::new(&Sqlite, &self.schema.snapshot())).map_err(|failure| self.failed(failure))
    }

    async fn fetch(&mut self, sql: Sql) -> Result<Vec<Vec<String>>, StoreError> {
        self.must_be_whole()?;
        let Self {
            transaction,
            expired,
            statement_timeout,
            ..
        } = self;
        let result = limited(fetch(transaction, sql), *statement_timeout, expired).await;
        self.broken = result.is_err();
        result.map_err(|failure| self.failed(failure))
    }

    async fn execute(&mut self, sql: Sql) -> Result<u64, StoreError> {
        self.must_be_whole()?;
        let Self {
            transaction,
            expired,
            statement_timeout,
            ..
        } = self;
        let run = async {
            bound(sql)
                .execute(&mut **transaction)
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
    async fn commit(self: Box<Self>) -> Result<Commit, StoreError> {
        self.must_be_whole()?;
        let store = self.store.clone();
        match self.transaction.commit().await {
            Ok(()) => Ok(Commit::Done),
            Err(sqlx::Error::WorkerCrashed) => Ok(Commit::Unknown),
            Err(error) => Err(StoreError {
                store,
                failure: error::classify(&error),
            }),
        }
    }

    async fn rollback(self: Box<Self>) -> Result<(), StoreError> {
        let store = self.store.clone();
        self.transaction.rollback().await.map_err(|error| StoreError {
            store,
            failure: error::classify(&error),
        })
    }
}
