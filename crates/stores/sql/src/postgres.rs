//! PostgreSQL, 13 or later.
//!
//! Connect to the server itself, or through a pooler in session mode: a pooler that gives every transaction another
//! session would undo the settings that make a session safe.

mod catalogue;
pub(crate) mod connect;
mod dialect;
mod error;
mod keys;
mod survey;
mod time;
mod transaction;
mod value;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use serment_store::catalogue::{Catalogue, TableName};
use serment_store::survey::Access;
use serment_store::{BatchOptions, Failure, Role};
use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres as Driver};

use crate::driver::{self, Driver as _};
use crate::engine::{Engine, Session, Transaction};
use crate::print::{Dialect, Sql};
use crate::schema::Columns;
use error::classify;
use transaction::PostgresTransaction;

pub(crate) use dialect::Postgres;

/// The advisory lock that every batch of Serment holds, per database: "SERMENT" in ASCII.
pub(super) const LOCK: i64 = 0x0053_4552_4d45_4e54;

/// A PostgreSQL database.
pub(crate) struct PostgresEngine {
    pool: PgPool,
    /// Whether the server is on this machine.
    local: bool,
}

#[async_trait]
impl Session for PoolConnection<Driver> {
    async fn fetch(&mut self, sql: Sql) -> Result<Vec<Vec<String>>, Failure> {
        driver::fetch::<Driver>(self, sql, classify).await
    }

    async fn execute(&mut self, sql: Sql) -> Result<u64, Failure> {
        let done = Driver::bound(sql).execute(&mut **self).await;
        Ok(done.map_err(|error| classify(&error))?.rows_affected())
    }

    async fn columns(&mut self, table: &TableName) -> Result<Columns, Failure> {
        catalogue::column_types(self, table).await
    }
}

/// A connection of the pool.
async fn connection(pool: &PgPool) -> Result<PoolConnection<Driver>, Failure> {
    pool.acquire().await.map_err(|error| classify(&error))
}

#[async_trait]
impl Engine for PostgresEngine {
    fn dialect(&self) -> &'static dyn Dialect {
        &Postgres
    }

    async fn session(&self) -> Result<Box<dyn Session>, Failure> {
        Ok(Box::new(connection(&self.pool).await?))
    }

    async fn catalogue(
        &self,
        tables: &[TableName],
        role: Role,
    ) -> Result<(Catalogue, BTreeMap<TableName, Columns>), Failure> {
        let mut connection = connection(&self.pool).await?;
        let catalogue = catalogue::read(&mut connection, tables, role).await?;
        let mut columns = BTreeMap::new();
        for name in catalogue.tables.keys() {
            columns.insert(name.clone(), connection.columns(name).await?);
        }
        Ok((catalogue, columns))
    }

    async fn tables(&self) -> Result<Vec<TableName>, Failure> {
        survey::tables(&mut *connection(&self.pool).await?).await
    }

    async fn access(&self, tables: &[TableName]) -> Result<Access, Failure> {
        survey::access(&mut *connection(&self.pool).await?, tables, self.local).await
    }

    async fn begin(&self, options: &BatchOptions) -> Result<Box<dyn Transaction>, Failure> {
        Ok(Box::new(PostgresTransaction::begin(&self.pool, options).await?))
    }

    fn reader_may_fence(&self) -> bool {
        true
    }

    /// Takes the lock that every batch holds and gives it back. The server frees the lock of a process that died when it
    /// notices, at the latest after the idle limit of the batch.
    async fn fence(&self, patience: Duration) -> Result<(), Failure> {
        let mut transaction = self.pool.begin().await.map_err(|error| classify(&error))?;
        let taken = async {
            let limit = format!("SET LOCAL lock_timeout = {}", milliseconds(patience));
            sqlx::query(sqlx::AssertSqlSafe(limit))
                .execute(&mut *transaction)
                .await?;
            sqlx::query("SELECT pg_advisory_xact_lock($1)")
                .bind(LOCK)
                .execute(&mut *transaction)
                .await
        }
        .await;
        let ended = transaction.rollback().await;
        match taken.map_err(|error| classify(&error)) {
            Err(Failure::LockTimeout) => Err(Failure::Busy),
            Err(failure) => Err(failure),
            Ok(_) => ended.map_err(|error| classify(&error)),
        }
    }

    async fn fate(&self, transaction: &str) -> Result<Option<bool>, Failure> {
        if transaction.is_empty() || !transaction.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(None);
        }
        let status: Result<Option<String>, _> = sqlx::query_scalar("SELECT pg_xact_status(CAST($1 AS xid8))")
            .bind(transaction)
            .fetch_one(&self.pool)
            .await;
        match status {
            Ok(status) => Ok(match status.as_deref() {
                Some("committed") => Some(true),
                Some("aborted") => Some(false),
                _ => None,
            }),
            // A number that this server never gave.
            Err(sqlx::Error::Database(error)) if error.code().is_some_and(|code| code.starts_with("22")) => {
                Ok(None)
            }
            Err(error) => Err(classify(&error)),
        }
    }
}

/// Milliseconds for a setting: 0 would mean no limit at all.
pub(super) fn milliseconds(duration: Duration) -> u128 {
    duration.as_millis().clamp(1, i32::MAX as u128)
}
