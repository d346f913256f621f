//! SQLite.
//!
//! A store is one file. Reading opens it read-only; writing turns foreign keys and `secure_delete` on. The journal mode
//! is the owner's choice and stays as found. One batch is one `BEGIN IMMEDIATE`: the writer lock of the file is the lock
//! of every row, and of Serment against itself.

mod catalogue;
pub(crate) mod connect;
mod dialect;
mod error;
mod survey;
mod time;
mod transaction;
mod value;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use serment_store::catalogue::{Catalogue, TableName};
use serment_store::survey::{Access, Grants};
use serment_store::{BatchOptions, Failure, Role};
use sqlx::pool::PoolConnection;
use sqlx::{Sqlite as Driver, SqlitePool};

use crate::driver::{self, Driver as _};
use crate::engine::{Engine, Session, Transaction};
use crate::print::{Dialect, Sql};
use crate::schema::Columns;
use error::classify;
use transaction::SqliteTransaction;

pub(crate) use dialect::Sqlite;

/// A SQLite file.
pub(crate) struct SqliteEngine {
    pool: SqlitePool,
    file: String,
}

impl SqliteEngine {
    async fn connection(&self) -> Result<PoolConnection<Driver>, Failure> {
        self.pool.acquire().await.map_err(|error| classify(&error))
    }
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

#[async_trait]
impl Engine for SqliteEngine {
    fn dialect(&self) -> &'static dyn Dialect {
        &Sqlite
    }

    async fn session(&self) -> Result<Box<dyn Session>, Failure> {
        Ok(Box::new(self.connection().await?))
    }

    async fn catalogue(
        &self,
        tables: &[TableName],
        role: Role,
    ) -> Result<(Catalogue, BTreeMap<TableName, Columns>), Failure> {
        let mut connection = self.connection().await?;
        let catalogue = catalogue::read(&mut connection, tables, role, &self.file).await?;
        let columns = catalogue
            .tables
            .iter()
            .map(|(name, table)| (name.clone(), catalogue::columns(table)))
            .collect();
        Ok((catalogue, columns))
    }

    async fn tables(&self) -> Result<Vec<TableName>, Failure> {
        survey::tables(&mut *self.connection().await?).await
    }

    async fn access(&self, _tables: &[TableName]) -> Result<Access, Failure> {
        Ok(Access {
            grants: Grants::NoRoles,
            encrypted: None,
            local: true,
        })
    }

    async fn begin(&self, options: &BatchOptions) -> Result<Box<dyn Transaction>, Failure> {
        Ok(Box::new(SqliteTransaction::begin(&self.pool, options).await?))
    }

    /// A reading connection cannot take the writer lock.
    fn reader_may_fence(&self) -> bool {
        false
    }

    /// Takes the writer lock of the file and gives it back. SQLite's lock dies with its process, so nothing of a dead
    /// process can still commit.
    async fn fence(&self, patience: Duration) -> Result<(), Failure> {
        let options = BatchOptions {
            lock_timeout: patience,
            ..BatchOptions::default()
        };
        match self.begin(&options).await {
            Ok(transaction) => transaction.rollback(false).await,
            Err(Failure::LockTimeout) => Err(Failure::Busy),
            Err(failure) => Err(failure),
        }
    }
}
