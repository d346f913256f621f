//! A store in a SQL database: prints, runs, and reads the answers.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serment_store::catalogue::{Catalogue, TableName};
use serment_store::condition::{Alias, ColumnRef, Condition, Key};
use serment_store::query::{Keys, Row, Rows, Tally, TallyRow};
use serment_store::survey::{Access, Sample};
use serment_store::text;
use serment_store::{Batch, BatchOptions, Failure, Frequency, Progress, Role, Statement, Store, StoreError};

use crate::answer;
use crate::batch::SqlBatch;
use crate::engine::{Engine, look};
use crate::print::tables::Tables;
use crate::print::{Printer, Sql, progress, query, row, survey};
use crate::schema::SchemaCache;

/// A store.
pub(crate) struct SqlStore<E> {
    name: String,
    role: Role,
    engine: E,
    schema: Arc<SchemaCache>,
}

impl<E: Engine> SqlStore<E> {
    /// A store of that name in a database that was opened with that role.
    pub fn new(name: &str, role: Role, engine: E) -> Self {
        Self {
            name: name.to_owned(),
            role,
            engine,
            schema: Arc::default(),
        }
    }

    fn failed(&self, failure: Failure) -> StoreError {
        StoreError {
            store: self.name.clone(),
            failure,
        }
    }

    fn must_write(&self) -> Result<(), StoreError> {
        match self.role {
            Role::Write => Ok(()),
            Role::Read => Err(self.failed(Failure::ReadOnly(text!(
                "cette connexion a été ouverte en lecture",
                "this connection was opened for reading"
            )))),
        }
    }

    /// Prints after having read the types that printing needs, runs, and reads the answer.
    async fn run<T: Tables + Sync, A>(
        &self,
        about: &T,
        print: impl FnOnce(Printer<'_>) -> Result<Sql, Failure> + Send,
        answer: impl FnOnce(Vec<Vec<String>>) -> Result<A, Failure> + Send,
    ) -> Result<A, StoreError> {
        let done = async {
            let mut session = self.engine.session().await?;
            look(&mut *session, &self.schema, &about.all_tables()).await?;
            let sql = print(Printer::new(self.engine.dialect(), &self.schema.snapshot()))?;
            answer(session.fetch(sql).await?)
        };
        done.await.map_err(|failure| self.failed(failure))
    }
}

#[async_trait]
impl<E: Engine> Store for SqlStore<E> {
    fn role(&self) -> Role {
        self.role
    }

    async fn introspect(&self, tables: &[TableName]) -> Result<Catalogue, StoreError> {
        let (catalogue, columns) = self
            .engine
            .catalogue(tables, self.role)
            .await
            .map_err(|failure| self.failed(failure))?;
        for (table, columns) in columns {
            self.schema.put(table, columns);
        }
        Ok(catalogue)
    }

    async fn tables(&self) -> Result<Vec<TableName>, StoreError> {
        let tables = self.engine.tables().await;
        tables.map_err(|failure| self.failed(failure))
    }

    async fn sample(&self, sample: &Sample) -> Result<Vec<Vec<Option<String>>>, StoreError> {
        self.run(
            sample,
            |p| survey::sample(p, sample),
            |rows| answer::sample(rows, sample.columns.len()),
        )
        .await
    }

    async fn access(&self, tables: &[TableName]) -> Result<Access, StoreError> {
        let access = self.engine.access(tables).await;
        access.map_err(|failure| self.failed(failure))
    }

    async fn tally(&self, tally: &Tally) -> Result<Vec<TallyRow>, StoreError> {
        self.run(
            tally,
            |p| query::tally(p, tally),
            |rows| answer::tally(rows, tally),
        )
        .await
    }

    async fn keys(&self, keys: &Keys) -> Result<Vec<Key>, StoreError> {
        self.run(keys, |p| query::keys(p, keys), answer::keys).await
    }

    async fn rows(&self, rows: &Rows) -> Result<Vec<Row>, StoreError> {
        self.run(rows, |p| query::rows(p, rows), |read| answer::rows(read, rows))
            .await
    }

    async fn most_frequent(&self, table: &TableName, column: &str) -> Result<Option<Frequency>, StoreError> {
        let about = Keys {
            table: table.clone(),
            alias: Alias(0),
            key: vec![column.to_owned()],
            filter: Condition::Always,
            after: None,
            limit: 0,
        };
        let print = |mut p: Printer<'_>| {
            p.name_row(Alias(0), table);
            let found = p.column(&ColumnRef::whole(Alias(0), column))?;
            let source = format!("{} AS {}", p.dialect.table(table), row(Alias(0)));
            let parts = [
                p.dialect.text(&found)?,
                "count(*)".to_owned(),
                format!("(SELECT count(*) FROM {source})"),
            ];
            let group = p.dialect.group(&found)?;
            let text = format!(
                "SELECT {} FROM {source} WHERE {} IS NOT NULL GROUP BY {group} ORDER BY count(*) DESC, {group} LIMIT 1",
                p.dialect.array(&parts),
                found.sql
            );
            Ok(p.finish(text))
        };
        self.run(&about, print, answer::frequency).await
    }

    fn sql(&self, statement: &Statement) -> String {
        query::readable(self.engine.dialect(), &self.schema.snapshot(), statement)
    }

    async fn begin(&self, options: &BatchOptions) -> Result<Box<dyn Batch>, StoreError> {
        self.must_write()?;
        let transaction = self
            .engine
            .begin(options)
            .await
            .map_err(|failure| self.failed(failure))?;
        let dialect = self.engine.dialect();
        let batch = SqlBatch::new(&self.name, dialect, self.schema.clone(), transaction);
        Ok(Box::new(batch))
    }

    async fn fence(&self, patience: Duration) -> Result<(), StoreError> {
        if !self.engine.reader_may_fence() {
            self.must_write()?;
        }
        let waited = self.engine.fence(patience).await;
        waited.map_err(|failure| self.failed(failure))
    }

    async fn fate(&self, transaction: &str) -> Result<Option<bool>, StoreError> {
        let told = self.engine.fate(transaction).await;
        told.map_err(|failure| self.failed(failure))
    }

    async fn progress(&self, run: &str) -> Result<Vec<Progress>, StoreError> {
        let told = async {
            let mut session = self.engine.session().await?;
            if !progress::exists(&mut *session).await? {
                return Ok(Vec::new());
            }
            let sql = progress::told(self.engine.dialect(), run);
            answer::progress(session.fetch(sql).await?)
        };
        told.await.map_err(|failure| self.failed(failure))
    }
}
