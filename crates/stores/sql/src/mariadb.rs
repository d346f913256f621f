//! MariaDB, 10.6 or later.
//!
//! Everything that a session could inherit from the server and that changes what a statement means is set when it begins:
//! `sql_mode`, time zone, character set, isolation, limits. Serment's own lock is a named one (`GET_LOCK`), which lives
//! as long as its session: it is given back after COMMIT, or goes with the session, whose transaction the server rolls
//! back before.

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
use serment_store::{BatchOptions, Failure, Role, text};
use sqlx::pool::PoolConnection;
use sqlx::{MySql as Driver, MySqlConnection, MySqlPool};

use crate::driver::{self, Driver as _};
use crate::engine::{Engine, Session, Transaction};
use crate::print::{Dialect, Sql};
use crate::schema::Columns;
use error::classify;
use transaction::MariadbTransaction;

pub(crate) use dialect::Mariadb;

/// The name of the lock that every batch of Serment holds, for each database.
const LOCK: &str = "CONCAT('serment ', MD5(DATABASE()))";

/// A MariaDB database.
pub(crate) struct MariadbEngine {
    pool: MySqlPool,
    /// Whether the server is on this machine.
    local: bool,
}

#[async_trait]
impl Session for PoolConnection<Driver> {
    async fn fetch(&mut self, sql: Sql) -> Result<Vec<Vec<String>>, Failure> {
        driver::fetch::<Driver>(self, dialect::positional(sql), classify).await
    }

    async fn execute(&mut self, sql: Sql) -> Result<u64, Failure> {
        let done = Driver::bound(dialect::positional(sql)).execute(&mut **self).await;
        Ok(done.map_err(|error| classify(&error))?.rows_affected())
    }

    async fn columns(&mut self, table: &TableName) -> Result<Columns, Failure> {
        catalogue::column_types(self, table).await
    }
}

/// A connection of the pool.
async fn connection(pool: &MySqlPool) -> Result<PoolConnection<Driver>, Failure> {
    pool.acquire().await.map_err(|error| classify(&error))
}

/// Runs a statement of ours as text: settings and transactions are not prepared.
async fn run(connection: &mut MySqlConnection, statement: &str) -> Result<(), sqlx::Error> {
    let statement = sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned()));
    statement.execute(connection).await.map(drop)
}

/// Takes the lock of Serment, waiting for it; [`Failure::Busy`] when another batch holds it for longer.
async fn take_lock(connection: &mut MySqlConnection, patience: Duration) -> Result<(), Failure> {
    let text = format!(
        "SET STATEMENT max_statement_time = 0 FOR SELECT GET_LOCK({LOCK}, {:.3})",
        patience.as_secs_f64()
    );
    let taken: Result<Option<i64>, _> = sqlx::query_scalar(sqlx::AssertSqlSafe(text))
        .fetch_one(connection)
        .await;
    match taken.map_err(|error| classify(&error))? {
        Some(1) => Ok(()),
        Some(_) => Err(Failure::Busy),
        None => Err(Failure::Other(text!(
            "le serveur n'a pas pu donner de verrou (GET_LOCK)",
            "the server could not give a lock (GET_LOCK)"
        ))),
    }
}

/// Gives it back. Where that fails the connection is to be closed: the lock goes with it.
async fn give_lock(connection: &mut MySqlConnection) -> Result<(), sqlx::Error> {
    run(connection, &format!("DO RELEASE_LOCK({LOCK})")).await
}

#[async_trait]
impl Engine for MariadbEngine {
    fn dialect(&self) -> &'static dyn Dialect {
        &Mariadb
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
        Ok(Box::new(MariadbTransaction::begin(&self.pool, options).await?))
    }

    fn reader_may_fence(&self) -> bool {
        true
    }

    /// Takes the lock that every batch holds and gives it back. The server frees the lock of a process that died when it
    /// notices, at the latest after the idle limit of the batch.
    async fn fence(&self, patience: Duration) -> Result<(), Failure> {
        let mut connection = connection(&self.pool).await?;
        // Dropped while waiting, it goes with the lock that it may have got.
        connection.close_on_drop();
        take_lock(&mut connection, patience).await?;
        give_lock(&mut connection).await.map_err(|error| classify(&error))
    }
}
