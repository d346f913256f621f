//! A batch: one transaction, in which a statement that failed leaves nothing but a rollback.

use std::sync::Arc;

use async_trait::async_trait;
use serment_store::condition::Key;
use serment_store::query::{Change, Keys, Lock, Row, Rows};
use serment_store::{Batch, Commit, Failure, Progress, StoreError, text};

use crate::answer;
use crate::engine::{Transaction, look};
use crate::print::tables::Tables;
use crate::print::{Dialect, Printer, Sql, progress, query};
use crate::schema::SchemaCache;

/// A batch.
pub(crate) struct SqlBatch {
    store: String,
    dialect: &'static dyn Dialect,
    schema: Arc<SchemaCache>,
    transaction: Box<dyn Transaction>,
    /// Whether a statement failed. Some databases roll everything back by themselves then, and what came next would be
    /// committed alone; others would answer COMMIT by rolling back, which a driver may call success.
    broken: bool,
}

impl SqlBatch {
    /// A batch in a transaction that has begun.
    pub fn new(
        store: &str,
        dialect: &'static dyn Dialect,
        schema: Arc<SchemaCache>,
        transaction: Box<dyn Transaction>,
    ) -> Self {
        Self {
            store: store.to_owned(),
            dialect,
            schema,
            transaction,
            broken: false,
        }
    }

    fn failed(&self, failure: Failure) -> StoreError {
        StoreError {
            store: self.store.clone(),
            failure,
        }
    }

    /// Prints after having read the types that printing needs.
    async fn print<T: Tables + Sync, S>(
        &mut self,
        about: &T,
        print: impl FnOnce(Printer<'_>) -> Result<S, Failure>,
    ) -> Result<S, StoreError> {
        look(&mut *self.transaction, &self.schema, &about.all_tables())
            .await
            .map_err(|failure| self.failed(failure))?;
        print(Printer::new(self.dialect, &self.schema.snapshot())).map_err(|failure| self.failed(failure))
    }

    /// Begins a statement. The batch counts as broken until it has answered: a statement whose future was dropped leaves
    /// no one knows what.
    fn begun(&mut self) -> Result<&mut dyn Transaction, StoreError> {
        self.must_be_whole()?;
        self.broken = true;
        Ok(&mut *self.transaction)
    }

    fn ended<T>(&mut self, result: Result<T, Failure>) -> Result<T, StoreError> {
        self.broken = result.is_err();
        result.map_err(|failure| self.failed(failure))
    }

    fn must_be_whole(&self) -> Result<(), StoreError> {
        if self.broken {
            return Err(self.failed(Failure::Other(text!(
                "une instruction de ce lot a échoué : il ne peut plus qu'être annulé",
                "a statement of this batch failed: it can only be rolled back"
            ))));
        }
        Ok(())
    }

    async fn fetch(&mut self, sql: Sql) -> Result<Vec<Vec<String>>, StoreError> {
        let answer = self.begun()?.fetch(sql).await;
        self.ended(answer)
    }

    async fn execute(&mut self, sql: Sql) -> Result<u64, StoreError> {
        let changed = self.begun()?.execute(sql).await;
        self.ended(changed)
    }
}

#[async_trait]
impl Batch for SqlBatch {
    fn transaction(&self) -> Option<&str> {
        self.transaction.name()
    }

    async fn lock(&mut self, lock: &Lock) -> Result<(), StoreError> {
        let printed = self.print(lock, |p| query::lock(p, lock)).await?;
        match (lock, printed) {
            (Lock::Table(_), statement) => {
                let locked = self.begun()?.lock_table(statement).await;
                self.ended(locked)
            }
            (Lock::Rows { .. }, Some(sql)) => self.execute(sql).await.map(drop),
            (Lock::Rows { .. }, None) => Ok(()),
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
        let changing = self.print(change, |p| query::change(p, change)).await?;
        let ready = self.begun()?.before_change().await;
        self.ended(ready)?;
        let mut changed = 0;
        while let Some(leaves) = &changing.leaves {
            match self.execute(leaves.clone()).await? {
                0 => break,
                gone => changed += gone,
            }
        }
        let mut unlinked = 0;
        if let Some(unlink) = changing.unlink {
            unlinked = self.execute(unlink).await?;
        }
        let gone = self.execute(changing.rows).await?;
        if gone < unlinked {
            self.broken = true;
            return Err(self.failed(Failure::Constraint(text!(
                "des lignes d'un cercle ont perdu leur lien et ne partent pas",
                "rows of a circle lost their link and do not go"
            ))));
        }
        Ok(changed + gone)
    }

    async fn record(&mut self, progress: &Progress) -> Result<(), StoreError> {
        self.must_be_whole()?;
        let exists = progress::exists(&mut *self.transaction).await;
        if !exists.map_err(|failure| self.failed(failure))? {
            let create = progress::create(self.dialect);
            let created = self.begun()?.create(create).await;
            self.ended(created)?;
        }
        let (update, insert) = progress::record(self.dialect, progress);
        if self.execute(update).await? == 0 {
            self.execute(insert).await?;
        }
        Ok(())
    }

    async fn commit(self: Box<Self>) -> Result<Commit, StoreError> {
        self.must_be_whole()?;
        let Self {
            store, transaction, ..
        } = *self;
        let commit = transaction.commit().await;
        commit.map_err(|failure| StoreError { store, failure })
    }

    async fn rollback(self: Box<Self>) -> Result<(), StoreError> {
        let Self {
            store,
            transaction,
            broken,
            ..
        } = *self;
        let rolled_back = transaction.rollback(broken).await;
        rolled_back.map_err(|failure| StoreError { store, failure })
    }
}
