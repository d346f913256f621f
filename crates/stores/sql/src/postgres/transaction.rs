//! One transaction on PostgreSQL: READ COMMITTED, so that each statement sees what was committed before it.
//!
//! Costs of its own: five short round trips. The advisory lock keeps batches of Serment apart; limits on locks,
//! statements and idleness are set for this transaction only.

use async_trait::async_trait;
use serment_store::catalogue::TableName;
use serment_store::{BatchOptions, Commit, Failure};
use sqlx::{Executor, PgPool, Postgres as Driver, SqlSafeStr};

use super::error::{self, classify};
use super::{LOCK, connection, milliseconds};
use crate::driver::{self, Driver as _};
use crate::engine::{Session, Transaction};
use crate::print::Sql;
use crate::schema::Columns;

/// A transaction.
pub(crate) struct PostgresTransaction {
    pool: PgPool,
    transaction: sqlx::Transaction<'static, Driver>,
    name: String,
    /// Whether the search path is that of the role, as triggers expect.
    own_path: bool,
}

impl PostgresTransaction {
    /// Begins, sets the limits, and takes the lock of Serment.
    pub async fn begin(pool: &PgPool, options: &BatchOptions) -> Result<Self, Failure> {
        let failed = |error: sqlx::Error| classify(&error);
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
        locked.map_err(|error| match classify(&error) {
            Failure::LockTimeout => Failure::Busy,
            failure => failure,
        })?;
        let name: String = sqlx::query_scalar("SELECT CAST(pg_current_xact_id() AS text)")
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        Ok(Self {
            pool: pool.clone(),
            transaction,
            name,
            own_path: false,
        })
    }
}

#[async_trait]
impl Session for PostgresTransaction {
    async fn fetch(&mut self, sql: Sql) -> Result<Vec<Vec<String>>, Failure> {
        driver::fetch::<Driver>(&mut self.transaction, sql, classify).await
    }

    async fn execute(&mut self, sql: Sql) -> Result<u64, Failure> {
        let done = Driver::bound(sql).execute(&mut *self.transaction).await;
        Ok(done.map_err(|error| classify(&error))?.rows_affected())
    }

    /// Read through another connection, whose search path is certainly empty.
    async fn columns(&mut self, table: &TableName) -> Result<Columns, Failure> {
        connection(&self.pool).await?.columns(table).await
    }
}

#[async_trait]
impl Transaction for PostgresTransaction {
    fn name(&self) -> Option<&str> {
        Some(&self.name)
    }

    /// Triggers run under the search path of the session, and many rely on that of their role: it is given back before
    /// the first change. Our own statements name every schema.
    async fn before_change(&mut self) -> Result<(), Failure> {
        if !self.own_path {
            let give_back = Sql {
                text: "SET LOCAL search_path TO DEFAULT".into(),
                values: Vec::new(),
            };
            self.execute(give_back).await?;
            self.own_path = true;
        }
        Ok(())
    }

    async fn commit(self: Box<Self>) -> Result<Commit, Failure> {
        match self.transaction.commit().await {
            Ok(()) => Ok(Commit::Done),
            Err(error) if error::leaves_open(&error) => Ok(Commit::Unknown),
            Err(error) => Err(classify(&error)),
        }
    }

    async fn rollback(self: Box<Self>, _broken: bool) -> Result<(), Failure> {
        self.transaction
            .rollback()
            .await
            .map_err(|error| classify(&error))
    }
}
