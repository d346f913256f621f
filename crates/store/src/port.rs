//! The port itself.

use std::time::Duration;

use async_trait::async_trait;

use crate::catalogue::{Catalogue, TableName};
use crate::condition::Key;
use crate::error::StoreError;
use crate::query::{Change, Keys, Lock, Row, Rows, Tally, TallyRow};
use crate::survey::{Access, Sample};

/// Which connection to open. Reading never opens a writing connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Reads only: the session refuses writes.
    Read,
    /// Reads and changes.
    Write,
}

/// A place where data live. Opened by the adapter with one [`Role`]; methods that change fail on a reading connection
/// before anything is sent.
#[async_trait]
pub trait Store: Send + Sync {
    /// Which role it was opened with.
    fn role(&self) -> Role;

    /// What the store says of these tables. A table that does not exist is absent from the answer.
    async fn introspect(&self, tables: &[TableName]) -> Result<Catalogue, StoreError>;

    /// Every table and view that our role can see, in order of their names: those of the server itself, the pieces of
    /// partitioned and full-text tables, and Serment's own are left out.
    async fn tables(&self) -> Result<Vec<TableName>, StoreError>;

    /// A few rows, their values as text, in the order of `sample.columns`. None for NULL and for what has no text.
    async fn sample(&self, sample: &Sample) -> Result<Vec<Vec<Option<String>>>, StoreError>;

    /// Who may reach these tables, and how this connection travels.
    async fn access(&self, tables: &[TableName]) -> Result<Access, StoreError>;

    /// Counts by class.
    async fn tally(&self, tally: &Tally) -> Result<Vec<TallyRow>, StoreError>;

    /// Lists keys.
    async fn keys(&self, keys: &Keys) -> Result<Vec<Key>, StoreError>;

    /// Reads rows, at most `keys.limit` of them.
    async fn rows(&self, rows: &Rows) -> Result<Vec<Row>, StoreError>;

    /// The most frequent value of a column and how many rows share it, with the number of rows: what an import, not life,
    /// writes. None for an empty table.
    async fn most_frequent(&self, table: &TableName, column: &str) -> Result<Option<Frequency>, StoreError>;

    /// The statements that would run, for the database's owner to read.
    fn sql(&self, statement: &Statement) -> String;

    /// Opens a batch: one transaction, alone in this store (a lock held there to its end), limited in time.
    async fn begin(&self, options: &BatchOptions) -> Result<Box<dyn Batch>, StoreError>;

    /// Waits until no batch, not even one of a process that died, can still commit in this store, for at most `patience`.
    async fn fence(&self, patience: Duration) -> Result<(), StoreError>;

    /// What became of a transaction whose answer to COMMIT was lost: `Some(true)` committed, `Some(false)` rolled back,
    /// None when the store cannot tell.
    async fn fate(&self, transaction: &str) -> Result<Option<bool>, StoreError>;

    /// The last progress recorded in `serment_progress` for this run, when the store has that table.
    async fn progress(&self, run: &str) -> Result<Vec<Progress>, StoreError>;
}

/// How often the most frequent value of a column occurs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frequency {
    /// The value, as text.
    pub value: String,
    /// Rows that hold it.
    pub rows: u64,
    /// Rows of the table.
    pub of: u64,
}

/// One row of `serment_progress`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Run.
    pub run: String,
    /// Step of the run.
    pub step: String,
    /// Number of the batch.
    pub batch: u64,
    /// Rows changed by the batch, per table and effect, as JSON.
    pub counts: String,
}

/// Something that can be printed as SQL.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// A list of keys.
    Keys(Keys),
    /// A lock.
    Lock(Lock),
    /// A change.
    Change(Change),
}

/// Limits of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchOptions {
    /// How long to wait for a lock.
    pub lock_timeout: Duration,
    /// How long a statement may run.
    pub statement_timeout: Duration,
    /// How long the transaction may sit idle: shorter than the lease.
    pub idle_timeout: Duration,
}

impl Default for BatchOptions {
    fn default() -> Self {
        Self {
            lock_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(60),
            idle_timeout: Duration::from_secs(30),
        }
    }
}

/// One transaction. Dropped without commit, it is rolled back.
#[async_trait]
pub trait Batch: Send {
    /// The store's name for the transaction, where it has one: to ask its fate later.
    fn transaction(&self) -> Option<&str>;

    /// Takes a lock and waits for it.
    async fn lock(&mut self, lock: &Lock) -> Result<(), StoreError>;

    /// Lists keys in a new snapshot, which sees everything committed before the locks were obtained.
    async fn keys(&mut self, keys: &Keys) -> Result<Vec<Key>, StoreError>;

    /// Reads rows in a new snapshot.
    async fn rows(&mut self, rows: &Rows) -> Result<Vec<Row>, StoreError>;

    /// Changes rows and returns how many the store says it changed.
    async fn change(&mut self, change: &Change) -> Result<u64, StoreError>;

    /// Records progress in `serment_progress`, created on first use.
    async fn record(&mut self, progress: &Progress) -> Result<(), StoreError>;

    /// Commits. An error whose answer was lost is [`Commit::Unknown`], never a failure.
    async fn commit(self: Box<Self>) -> Result<Commit, StoreError>;

    /// Rolls back.
    async fn rollback(self: Box<Self>) -> Result<(), StoreError>;
}

/// How a commit ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Commit {
    /// The store said yes.
    Done,
    /// The answer was lost: a state to resolve, never an outcome.
    Unknown,
}
