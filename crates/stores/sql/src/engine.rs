//! What each database supplies: sessions, transactions, its catalogue. What is done with them is written once, in
//! `store` and `batch`.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use serment_store::catalogue::{Catalogue, TableName};
use serment_store::survey::Access;
use serment_store::{BatchOptions, Commit, Failure, Role};

use crate::print::{Dialect, Sql};
use crate::schema::{Columns, SchemaCache};

/// A connection.
#[async_trait]
pub(crate) trait Session: Send {
    /// Runs a statement whose columns are all text.
    async fn fetch(&mut self, sql: Sql) -> Result<Vec<Vec<String>>, Failure>;

    /// Runs a statement and tells how many rows it changed.
    async fn execute(&mut self, sql: Sql) -> Result<u64, Failure>;

    /// The columns of a table, for printing; [`Failure::Missing`] when it does not exist.
    async fn columns(&mut self, table: &TableName) -> Result<Columns, Failure>;
}

/// A transaction that has begun. Dropped, it is rolled back.
#[async_trait]
pub(crate) trait Transaction: Session {
    /// The name under which its fate can be asked.
    fn name(&self) -> Option<&str> {
        None
    }

    /// Takes the lock that keeps other writers out of a table. `statement` is what the dialect prints for it, if
    /// anything.
    async fn lock_table(&mut self, statement: Option<Sql>) -> Result<(), Failure> {
        match statement {
            Some(sql) => self.execute(sql).await.map(drop),
            None => Ok(()),
        }
    }

    /// What has to be set before the first change.
    async fn before_change(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    /// Creates the table of progress, without ending the transaction.
    async fn create(&mut self, sql: Sql) -> Result<(), Failure> {
        self.execute(sql).await.map(drop)
    }

    /// Commits.
    async fn commit(self: Box<Self>) -> Result<Commit, Failure>;

    /// Rolls back. `broken` tells that a statement failed or was left half-way.
    async fn rollback(self: Box<Self>, broken: bool) -> Result<(), Failure>;
}

/// A database.
#[async_trait]
pub(crate) trait Engine: Send + Sync {
    /// How its SQL is written.
    fn dialect(&self) -> &'static dyn Dialect;

    /// A connection of the pool.
    async fn session(&self) -> Result<Box<dyn Session>, Failure>;

    /// What it says of these tables, and the columns of each for printing.
    async fn catalogue(
        &self,
        tables: &[TableName],
        role: Role,
    ) -> Result<(Catalogue, BTreeMap<TableName, Columns>), Failure>;

    /// Every table and view that our role can see.
    async fn tables(&self) -> Result<Vec<TableName>, Failure>;

    /// Who may reach these tables, and how the connection travels.
    async fn access(&self, tables: &[TableName]) -> Result<Access, Failure>;

    /// Begins a transaction, alone in this database among those of Serment.
    async fn begin(&self, options: &BatchOptions) -> Result<Box<dyn Transaction>, Failure>;

    /// Whether a reading connection can wait for the batches of others.
    fn reader_may_fence(&self) -> bool;

    /// Waits until no batch can still commit; [`Failure::Busy`] when one can.
    async fn fence(&self, patience: Duration) -> Result<(), Failure>;

    /// What became of a transaction, where the database remembers.
    async fn fate(&self, _transaction: &str) -> Result<Option<bool>, Failure> {
        Ok(None)
    }
}

/// Reads the columns of the tables that were never looked at.
pub(crate) async fn look(
    session: &mut (impl Session + ?Sized),
    schema: &SchemaCache,
    tables: &[TableName],
) -> Result<(), Failure> {
    for table in schema.missing(tables) {
        let columns = session.columns(&table).await?;
        schema.put(table, columns);
    }
    Ok(())
}
