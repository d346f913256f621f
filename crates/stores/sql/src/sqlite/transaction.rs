//! One transaction on a SQLite file.
//!
//! `BEGIN IMMEDIATE` waits for the writer lock, `lock_timeout` at most; from then on nobody else can write, so row and
//! table locks have nothing to do. A statement that runs too long is interrupted. The transaction belongs to our
//! process and ends with it: an idle limit would guard against nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use serment_store::catalogue::TableName;
use serment_store::{BatchOptions, Commit, Failure};
use sqlx::pool::PoolConnection;
use sqlx::{Sqlite as Driver, SqlitePool};

use super::error::classify;
use crate::engine::{Session, Transaction};
use crate::print::Sql;
use crate::schema::Columns;

/// How many instructions of SQLite's machine pass between two looks at the time limit.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

/// A transaction.
pub(crate) struct SqliteTransaction {
    connection: PoolConnection<Driver>,
    statement_timeout: Duration,
    expired: Arc<AtomicBool>,
    /// Whether it was committed or rolled back.
    ended: bool,
}

impl SqliteTransaction {
    /// Waits for the writer lock.
    pub async fn begin(pool: &SqlitePool, options: &BatchOptions) -> Result<Self, Failure> {
        let failed = |error: sqlx::Error| classify(&error);
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
        let mut transaction = Self {
            connection,
            statement_timeout: options.statement_timeout,
            expired,
            ended: false,
        };
        let begun = sqlx::query("BEGIN IMMEDIATE")
            .execute(&mut *transaction.connection)
            .await;
        begun.map_err(failed)?;
        Ok(transaction)
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
impl Session for SqliteTransaction {
    async fn fetch(&mut self, sql: Sql) -> Result<Vec<Vec<String>>, Failure> {
        limited(self.connection.fetch(sql), self.statement_timeout, &self.expired).await
    }

    async fn execute(&mut self, sql: Sql) -> Result<u64, Failure> {
        limited(
            self.connection.execute(sql),
            self.statement_timeout,
            &self.expired,
        )
        .await
    }

    async fn columns(&mut self, table: &TableName) -> Result<Columns, Failure> {
        self.connection.columns(table).await
    }
}

#[async_trait]
impl Transaction for SqliteTransaction {
    /// SQLite answers from our own process: a failure means that nothing was committed.
    async fn commit(mut self: Box<Self>) -> Result<Commit, Failure> {
        match sqlx::query("COMMIT").execute(&mut *self.connection).await {
            Ok(_) => {
                self.ended = true;
                Ok(Commit::Done)
            }
            Err(sqlx::Error::WorkerCrashed) => Ok(Commit::Unknown),
            Err(error) => Err(classify(&error)),
        }
    }

    async fn rollback(mut self: Box<Self>, broken: bool) -> Result<(), Failure> {
        // After some failures nothing is left to roll back: closing the connection is as good.
        if !broken {
            let done = sqlx::query("ROLLBACK").execute(&mut *self.connection).await;
            done.map_err(|error| classify(&error))?;
            self.ended = true;
        }
        Ok(())
    }
}

impl Drop for SqliteTransaction {
    /// A connection with a transaction of which nobody knows how it stands is closed: SQLite rolls back.
    fn drop(&mut self) {
        if !self.ended {
            self.connection.close_on_drop();
        }
    }
}

#[cfg(test)]
mod tests {
    use serment_store::condition::{Alias, ColumnRef, Condition};
    use serment_store::query::{Change, Keys, NewValue};
    use serment_store::{Batch, Role, Store};

    use super::*;
    use crate::batch::SqlBatch;
    use crate::engine::Engine;
    use crate::store::SqlStore;

    #[tokio::test]
    async fn a4_a_full_disk_is_told_and_the_batch_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("small.db");
        super::super::connect::create(&path).await.unwrap();
        let script = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a')";
        super::super::connect::execute_script(&path, script)
            .await
            .unwrap();
        let engine = super::super::connect::open(&path, Role::Write).await.unwrap();
        let mut transaction = SqliteTransaction::begin(&engine.pool, &BatchOptions::default())
            .await
            .unwrap();
        sqlx::query("PRAGMA max_page_count = 3")
            .execute(&mut *transaction.connection)
            .await
            .unwrap();
        let mut batch = SqlBatch::new("small", engine.dialect(), Arc::default(), Box::new(transaction));
        let store = SqlStore::new("small", Role::Write, engine);
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
