//! One transaction on MariaDB: READ COMMITTED, so that each statement sees what was committed before it, and so that
//! applications are not kept from inserting beside the rows that we hold.
//!
//! Where no foreign key makes a new child lock its parent, that is not enough: there the transaction is SERIALIZABLE, in
//! which InnoDB locks what every SELECT reads and the gaps between, so that no row can come that it would have read.
//! `LOCK TABLES` would end the transaction, as would any DDL.

use std::time::Duration;

use async_trait::async_trait;
use serment_store::catalogue::TableName;
use serment_store::{BatchOptions, Commit, Failure, text};
use sqlx::pool::PoolConnection;
use sqlx::{MySql as Driver, MySqlPool};

use super::error::{self, classify};
use super::{connection, give_lock, run, take_lock};
use crate::engine::{Session, Transaction};
use crate::print::Sql;
use crate::schema::Columns;

const BEGIN: &str = "START TRANSACTION READ WRITE";

/// A transaction.
pub(crate) struct MariadbTransaction {
    pool: MySqlPool,
    connection: PoolConnection<Driver>,
    /// Whether it locks what it reads.
    serializable: bool,
    /// Whether anything was done in it.
    used: bool,
    /// Whether it was committed or rolled back, and the lock given back.
    ended: bool,
}

impl MariadbTransaction {
    /// Sets the limits, takes the lock of Serment, and begins.
    pub async fn begin(pool: &MySqlPool, options: &BatchOptions) -> Result<Self, Failure> {
        // Made first: dropped while waiting, it closes the connection, whatever had begun.
        let mut transaction = Self {
            pool: pool.clone(),
            connection: connection(pool).await?,
            serializable: false,
            used: false,
            ended: false,
        };
        let lock = seconds(options.lock_timeout);
        let limits = format!(
            "SET SESSION innodb_lock_wait_timeout = {lock}, lock_wait_timeout = {lock}, max_statement_time = {:.3}, \
             wait_timeout = {}",
            options.statement_timeout.as_secs_f64().max(0.001),
            seconds(options.idle_timeout),
        );
        run(&mut transaction.connection, &limits)
            .await
            .map_err(|error| classify(&error))?;
        take_lock(&mut transaction.connection, options.lock_timeout).await?;
        transaction.run(BEGIN).await?;
        Ok(transaction)
    }

    async fn run(&mut self, statement: &str) -> Result<(), Failure> {
        run(&mut self.connection, statement)
            .await
            .map_err(|error| classify(&error))
    }

    /// Gives the lock back; the connection goes where that does not succeed.
    async fn end(&mut self) {
        self.ended = give_lock(&mut self.connection).await.is_ok();
    }
}

/// Whole seconds for a setting, upwards: 0 would mean no waiting, or no limit.
fn seconds(duration: Duration) -> u64 {
    let up = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    up.clamp(1, 31_536_000)
}

#[async_trait]
impl Session for MariadbTransaction {
    async fn fetch(&mut self, sql: Sql) -> Result<Vec<Vec<String>>, Failure> {
        self.used = true;
        self.connection.fetch(sql).await
    }

    async fn execute(&mut self, sql: Sql) -> Result<u64, Failure> {
        self.used = true;
        self.connection.execute(sql).await
    }

    async fn columns(&mut self, table: &TableName) -> Result<Columns, Failure> {
        self.connection.columns(table).await
    }
}

#[async_trait]
impl Transaction for MariadbTransaction {
    /// Begins again, SERIALIZABLE: nothing was done yet, so nothing is lost.
    async fn lock_table(&mut self, statement: Option<Sql>) -> Result<(), Failure> {
        if self.serializable {
            return Ok(());
        }
        if self.used {
            return Err(Failure::Unsupported(text!(
                "dans MariaDB, le verrou d'une table vient avant tout le reste d'un lot",
                "in MariaDB the lock of a table comes before everything else in a batch"
            )));
        }
        self.run("ROLLBACK").await?;
        if let Some(sql) = statement {
            self.run(&sql.text).await?;
        }
        self.run(BEGIN).await?;
        self.serializable = true;
        Ok(())
    }

    /// DDL would commit: another connection creates the table.
    async fn create(&mut self, sql: Sql) -> Result<(), Failure> {
        connection(&self.pool).await?.execute(sql).await.map(drop)
    }

    async fn commit(mut self: Box<Self>) -> Result<Commit, Failure> {
        match run(&mut self.connection, "COMMIT").await {
            Ok(()) => {
                self.end().await;
                Ok(Commit::Done)
            }
            Err(error) if error::leaves_open(&error) => Ok(Commit::Unknown),
            Err(error) => Err(classify(&error)),
        }
    }

    async fn rollback(mut self: Box<Self>, _broken: bool) -> Result<(), Failure> {
        self.run("ROLLBACK").await?;
        self.end().await;
        Ok(())
    }
}

impl Drop for MariadbTransaction {
    /// A connection with a transaction of which nobody knows how it stands is closed: the server rolls back, then frees
    /// the lock.
    fn drop(&mut self) {
        if !self.ended {
            self.connection.close_on_drop();
        }
    }
}
