//! SQLite.
//!
//! A store is one file. Reading opens it read-only; writing turns foreign keys and `secure_delete` on. The journal mode
//! is the owner's choice and stays as found. One batch is one `BEGIN IMMEDIATE`: the writer lock of the file is the lock
//! of every row, and of Serment against itself.

mod batch;
mod catalogue;
pub(crate) mod connect;
mod definition;
mod dialect;
mod error;
mod time;
mod value;

use std::time::Duration;

use async_trait::async_trait;
use serment_store::catalogue::{Catalogue, TableName};
use serment_store::condition::{Alias, ColumnRef, Key};
use serment_store::query::{Keys, Row, Rows, Tally, TallyRow};
use serment_store::{Batch, BatchOptions, Failure, Frequency, Progress, Role, Statement, Store, StoreError};
use sqlx::{Row as _, SqliteConnection, SqlitePool};

use crate::answer;
use crate::print::tables::Tables;
use crate::print::{Printer, Sql, Value, query, row};
use crate::schema::SchemaCache;

pub(crate) use dialect::Sqlite;

/// A SQLite file.
pub(crate) struct SqliteStore {
    name: String,
    role: Role,
    pool: SqlitePool,
    file: String,
    schema: std::sync::Arc<SchemaCache>,
}

impl SqliteStore {
    fn failed(&self, failure: Failure) -> StoreError {
        StoreError {
            store: self.name.clone(),
            failure,
        }
    }

    fn error(&self, error: sqlx::Error) -> StoreError {
        self.failed(error::classify(&error))
    }

    async fn connection(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Sqlite>, StoreError> {
        self.pool.acquire().await.map_err(|error| self.error(error))
    }

    /// Prints after having read the types that printing needs, and runs.
    async fn run<T: Tables + Sync>(
        &self,
        about: &T,
        print: impl FnOnce(Printer<'_>) -> Result<Sql, Failure> + Send,
    ) -> Result<Vec<Vec<String>>, StoreError> {
        let mut connection = self.connection().await?;
        look(&mut connection, &self.schema, &about.all_tables())
            .await
            .map_err(|failure| self.failed(failure))?;
        let sql =
            print(Printer::new(&Sqlite, &self.schema.snapshot())).map_err(|failure| self.failed(failure))?;
        fetch(&mut connection, sql)
            .await
            .map_err(|failure| self.failed(failure))
    }

    fn must_write(&self) -> Result<(), StoreError> {
        match self.role {
            Role::Write => Ok(()),
            Role::Read => {
                Err(self.failed(Failure::ReadOnly("this connection was opened for reading".into())))
            }
        }
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn role(&self) -> Role {
        self.role
    }

    async fn introspect(&self, tables: &[TableName]) -> Result<Catalogue, StoreError> {
        let mut connection = self.connection().await?;
        let catalogue = catalogue::read(&mut connection, tables, self.role, &self.file)
            .await
            .map_err(|failure| self.failed(failure))?;
        for (name, table) in &catalogue.tables {
            self.schema.put(name.clone(), catalogue::columns(table));
        }
        Ok(catalogue)
    }

    async fn tally(&self, tally: &Tally) -> Result<Vec<TallyRow>, StoreError> {
        let rows = self.run(tally, |p| query::tally(p, tally)).await?;
        answer::tally(rows, tally).map_err(|failure| self.failed(failure))
    }

    async fn keys(&self, keys: &Keys) -> Result<Vec<Key>, StoreError> {
        let rows = self.run(keys, |p| query::keys(p, keys)).await?;
        answer::keys(rows).map_err(|failure| self.failed(failure))
    }

    async fn rows(&self, rows: &Rows) -> Result<Vec<Row>, StoreError> {
        let read = self.run(rows, |p| query::rows(p, rows)).await?;
        answer::rows(read, rows).map_err(|failure| self.failed(failure))
    }

    async fn most_frequent(&self, table: &TableName, column: &str) -> Result<Option<Frequency>, StoreError> {
        let keys = Keys {
            table: table.clone(),
            alias: Alias(0),
            key: vec![column.to_owned()],
            filter: serment_store::condition::Condition::Always,
            after: None,
            limit: 0,
        };
        let rows = self
            .run(&keys, |mut p| {
                p.name_row(Alias(0), table);
                let found = p.column(&ColumnRef::whole(Alias(0), column))?;
                let source = format!("{} AS {}", p.dialect.table(table), row(Alias(0)));
                let text = format!(
                    "SELECT json_array(CAST({0} AS TEXT), count(*), (SELECT count(*) FROM {source})) FROM {source} \
                     WHERE {0} IS NOT NULL GROUP BY {0} ORDER BY count(*) DESC, {0} LIMIT 1",
                    found.sql
                );
                Ok(p.finish(text))
            })
            .await?;
        answer::frequency(rows).map_err(|failure| self.failed(failure))
    }

    fn sql(&self, statement: &Statement) -> String {
        query::readable(&Sqlite, &self.schema.snapshot(), statement)
    }

    async fn begin(&self, options: &BatchOptions) -> Result<Box<dyn Batch>, StoreError> {
        self.must_write()?;
        let batch = batch::SqliteBatch::begin(&self.name, &self.pool, self.schema.clone(), options).await?;
        Ok(Box::new(batch))
    }

    /// Takes the writer lock of the file and gives it back. SQLite's lock dies with its process, so nothing of a dead
    /// process can still commit. A reading connection cannot take it and says so.
    async fn fence(&self, patience: Duration) -> Result<(), StoreError> {
        self.must_write()?;
        let options = BatchOptions {
            lock_timeout: patience,
            ..BatchOptions::default()
        };
        let batch = self.begin(&options).await.map_err(|error| match error.failure {
            Failure::LockTimeout => self.failed(Failure::Busy),
            _ => error,
        })?;
        batch.rollback().await
    }

    /// SQLite answers COMMIT from the same process: nothing is ever lost on the way, and nothing is remembered either.
    async fn fate(&self, _transaction: &str) -> Result<Option<bool>, StoreError> {
        Ok(None)
    }

    async fn progress(&self, run: &str) -> Result<Vec<Progress>, StoreError> {
        let mut connection = self.connection().await?;
        let known = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'serment_progress'";
        let exists: i64 = sqlx::query_scalar(known)
            .fetch_one(&mut *connection)
            .await
            .map_err(|error| self.error(error))?;
        if exists == 0 {
            return Ok(Vec::new());
        }
        let sql = Sql {
            text: "SELECT json_array(run, step, batch, counts) FROM serment_progress WHERE run = ?1 ORDER BY step"
                .into(),
            values: vec![Value::Text(run.to_owned())],
        };
        let rows = fetch(&mut connection, sql)
            .await
            .map_err(|failure| self.failed(failure))?;
        answer::progress(rows).map_err(|failure| self.failed(failure))
    }
}

/// Reads the columns of the tables that were never looked at.
pub(super) async fn look(
    connection: &mut SqliteConnection,
    schema: &SchemaCache,
    tables: &[TableName],
) -> Result<(), Failure> {
    for table in schema.missing(tables) {
        let columns = catalogue::column_types(connection, &table).await?;
        schema.put(table, columns);
    }
    Ok(())
}

/// Binds the values of a statement.
pub(super) fn bound(sql: Sql) -> sqlx::query::Query<'static, sqlx::Sqlite, sqlx::sqlite::SqliteArguments> {
    let mut query = sqlx::query(sqlx::AssertSqlSafe(sql.text));
    for value in sql.values {
        query = match value {
            Value::Text(text) => query.bind(text),
            Value::Integer(number) => query.bind(number),
            Value::Boolean(yes) => query.bind(yes),
        };
    }
    query
}

/// Runs a statement whose columns are all text.
pub(super) async fn fetch(connection: &mut SqliteConnection, sql: Sql) -> Result<Vec<Vec<String>>, Failure> {
    let rows = bound(sql)
        .fetch_all(connection)
        .await
        .map_err(|error| error::classify(&error))?;
    rows.iter()
        .map(|row| {
            (0..row.len())
                .map(|column| row.try_get::<String, _>(column).map_err(|_| answer::not_text()))
                .collect()
        })
        .collect()
}
