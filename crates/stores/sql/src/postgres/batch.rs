//! One transaction on PostgreSQL: READ COMMITTED, so that each statement sees what was committed before it.
//!
//! Costs of its own: five short round trips. The advisory lock keeps batches of Serment apart; limits on locks,
//! statements and idleness are set for this transaction only.

use std::sync::Arc;

use async_trait::async_trait;
use serment_store::condition::Key;
use serment_store::query::{Change, Keys, Lock, Row, Rows};
use serment_store::{Batch, BatchOptions, Commit, Failure, Progress, StoreError};
use sqlx::{Executor, PgPool, Postgres as Driver, SqlSafeStr, Transaction};

use super::{LOCK, Postgres, bound, error, fetch, look, milliseconds};
use crate::answer;
use crate::print::tables::Tables;
use crate::print::{Printer, Sql, Value, query};
use crate::schema::SchemaCache;

/// A batch.
pub(crate) struct PostgresBatch {
    store: String,
    schema: Arc<SchemaCache>,
    pool: PgPool,
    transaction: Transaction<'static, Driver>,
    name: String,
    /// Whether a statement failed. The server would answer COMMIT by rolling back, and the driver would call it success.
    broken: bool,
    /// Whether the search path is that of the role, as triggers expect.
    own_path: bool,
}

impl PostgresBatch {
    /// Begins, sets the limits, and takes the lock of Serment.
    pub async fn begin(
        store: &str,
        pool: &PgPool,
        schema: Arc<SchemaCache>,
        options: &BatchOptions,
    ) -> Result<Self, StoreError> {
        let failed = |error: sqlx::Error| StoreError {
            store: store.to_owned(),
            failure: error::classify(&error),
        };
        let begin = "BEGIN ISOLATION LEVEL READ COMMITTED".into_sql_str();
        let mut transaction = pool.begin_with(begin).await.map_err(failed)?;
        let limits = format!(
            "SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = {}; \
             SET LOCAL idle_in_transaction_session_timeout = {}",
            milliseconds(options.lock_timeout),
            milliseconds(options.statement_timeout),
            milliseconds(options.idle_timeout),
        );
        (*transaction)
            .execute(sqlx::raw_sql(sqlx::AssertSqlSafe(limits)))
            .await
            .map_err(failed)?;
        let locked = sqlx::query("SELECT pg_advisory_xact_lock($1)")
            .bind(LOCK)
            .execute(&mut *transaction)
            .await;
        locked.map_err(|error| match error::classify(&error) {
            Failure::LockTimeout => StoreError {
                store: store.to_owned(),
                failure: Failure::Busy,
            },
            failure => StoreError {
                store: store.to_owned(),
                failure,
            },
        })?;
        let name: String = sqlx::query_scalar("SELECT CAST(pg_current_xact_id() AS text)")
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        Ok(Self {
            store: store.to_owned(),
            schema,
            pool: pool.clone(),
            transaction,
            name,
            broken: false,
            own_path: false,
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

    /// Prints; types that are not known yet are read through another connection, whose search path is certainly empty.
    async fn print<T: Tables + Sync, S>(
        &mut self,
        about: &T,
        print: impl FnOnce(Printer<'_>) -> Result<S, Failure>,
    ) -> Result<S, StoreError> {
        let tables = about.all_tables();
        if !self.schema.missing(&tables).is_empty() {
            let mut other = self
                .pool
                .acquire()
                .await
                .map_err(|error| self.failed(error::classify(&error)))?;
            look(&mut other, &self.schema, &tables)
                .await
                .map_err(|failure| self.failed(failure))?;
        }
        print(Printer::new(&Postgres, &self.schema.snapshot())).map_err(|failure| self.failed(failure))
    }

    async fn fetch(&mut self, sql: Sql) -> Result<Vec<Vec<String>>, StoreError> {
        self.must_be_whole()?;
        // Broken until it has answered: a statement whose future was dropped leaves no one knows what.
        self.broken = true;
        let rows = fetch(&mut self.transaction, sql)
            .await
            .map_err(|failure| self.failed(failure))?;
        self.broken = false;
        Ok(rows)
    }

    async fn execute(&mut self, sql: Sql) -> Result<u64, StoreError> {
        self.must_be_whole()?;
        self.broken = true;
        let done = bound(sql)
            .execute(&mut *self.transaction)
            .await
            .map_err(|error| self.failed(error::classify(&error)))?;
        self.broken = false;
        Ok(done.rows_affected())
    }

    /// Triggers run under the search path of the session, and many rely on that of their role: it is given back before
    /// the first change. Our own statements name every schema.
    async fn give_path_back(&mut self) -> Result<(), StoreError> {
        if !self.own_path {
            self.execute(Sql {
                text: "SET LOCAL search_path TO DEFAULT".into(),
                values: Vec::new(),
            })
            .await?;
            self.own_path = true;
        }
        Ok(())
    }
}

#[async_trait]
impl Batch for PostgresBatch {
    fn transaction(&self) -> Option<&str> {
        Some(&self.name)
    }

    async fn lock(&mut self, lock: &Lock) -> Result<(), StoreError> {
        match self.print(lock, |p| query::lock(p, lock)).await? {
            Some(sql) => self.execute(sql).await.map(drop),
            None => Ok(()),
        }
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
        self.give_path_back().await?;
        self.execute(sql).await
    }

    async fn record(&mut self, progress: &Progress) -> Result<(), StoreError> {
        let exists = "SELECT CASE WHEN to_regclass('public.serment_progress') IS NULL THEN '' ELSE 'yes' END";
        let found = self
            .fetch(Sql {
                text: exists.into(),
                values: Vec::new(),
            })
            .await?;
        if found.first().is_none_or(|row| row.iter().all(String::is_empty)) {
            let create = "CREATE TABLE IF NOT EXISTS public.serment_progress (run text NOT NULL, step text NOT NULL, \
                          batch bigint NOT NULL, counts text NOT NULL, PRIMARY KEY (run, step))";
            self.execute(Sql {
                text: create.into(),
                values: Vec::new(),
            })
            .await?;
        }
        let text = "INSERT INTO public.serment_progress (run, step, batch, counts) VALUES ($1, $2, $3, $4) \
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

    async fn commit(self: Box<Self>) -> Result<Commit, StoreError> {
        self.must_be_whole()?;
        let Self {
            transaction, store, ..
        } = *self;
        match transaction.commit().await {
            Ok(()) => Ok(Commit::Done),
            Err(error) if error::leaves_open(&error) => Ok(Commit::Unknown),
            Err(error) => Err(StoreError {
                store,
                failure: error::classify(&error),
            }),
        }
    }

    async fn rollback(self: Box<Self>) -> Result<(), StoreError> {
        let Self {
            transaction, store, ..
        } = *self;
        transaction.rollback().await.map_err(|error| StoreError {
            store,
            failure: error::classify(&error),
        })
    }
}
