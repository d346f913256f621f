//! PostgreSQL, 13 or later.
//!
//! Connect to the server itself, or through a pooler in session mode: a pooler that gives every transaction another
//! session would undo the settings that make a session safe.

mod batch;
mod catalogue;
pub(crate) mod connect;
mod dialect;
mod error;
mod keys;
mod time;
mod value;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serment_store::catalogue::{Catalogue, TableName};
use serment_store::condition::{Alias, ColumnRef, Condition, Key};
use serment_store::query::{Keys, Row, Rows, Tally, TallyRow};
use serment_store::{Batch, BatchOptions, Failure, Frequency, Progress, Role, Statement, Store, StoreError};
use sqlx::{PgConnection, PgPool, Row as _};

use crate::answer;
use crate::print::tables::Tables;
use crate::print::{Printer, Sql, Value, query, row};
use crate::schema::SchemaCache;

pub(crate) use dialect::Postgres;

/// The advisory lock that every batch of Serment holds, per database: "SERMENT" in ASCII.
pub(super) const LOCK: i64 = 0x0053_4552_4d45_4e54;

/// A PostgreSQL database.
pub(crate) struct PostgresStore {
    name: String,
    role: Role,
    pool: PgPool,
    schema: Arc<SchemaCache>,
}

impl PostgresStore {
    fn failed(&self, failure: Failure) -> StoreError {
        StoreError {
            store: self.name.clone(),
            failure,
        }
    }

    fn error(&self, error: sqlx::Error) -> StoreError {
        self.failed(error::classify(&error))
    }

    async fn connection(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Postgres>, StoreError> {
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
        let sql = print(Printer::new(&Postgres, &self.schema.snapshot()))
            .map_err(|failure| self.failed(failure))?;
        fetch(&mut connection, sql)
            .await
            .map_err(|failure| self.failed(failure))
    }
}

#[async_trait]
impl Store for PostgresStore {
    fn role(&self) -> Role {
        self.role
    }

    async fn introspect(&self, tables: &[TableName]) -> Result<Catalogue, StoreError> {
        let mut connection = self.connection().await?;
        let catalogue = catalogue::read(&mut connection, tables, self.role)
            .await
            .map_err(|failure| self.failed(failure))?;
        for name in catalogue.tables.keys() {
            let columns = catalogue::column_types(&mut connection, name)
                .await
                .map_err(|failure| self.failed(failure))?;
            self.schema.put(name.clone(), columns);
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
        let about = Keys {
            table: table.clone(),
            alias: Alias(0),
            key: vec![column.to_owned()],
            filter: Condition::Always,
            after: None,
            limit: 0,
        };
        let rows = self
            .run(&about, |mut p| {
                p.name_row(Alias(0), table);
                let found = p.column(&ColumnRef::whole(Alias(0), column))?;
                let source = format!("{} AS {}", p.dialect.table(table), row(Alias(0)));
                let text = format!(
                    "SELECT CAST(jsonb_build_array(CAST({0} AS text), count(*), (SELECT count(*) FROM {source})) AS text) \
                     FROM {source} WHERE {0} IS NOT NULL GROUP BY CAST({0} AS text) \
                     ORDER BY count(*) DESC, CAST({0} AS text) LIMIT 1",
                    found.sql
                );
                Ok(p.finish(text))
            })
            .await?;
        answer::frequency(rows).map_err(|failure| self.failed(failure))
    }

    fn sql(&self, statement: &Statement) -> String {
        query::readable(&Postgres, &self.schema.snapshot(), statement)
    }

    async fn begin(&self, options: &BatchOptions) -> Result<Box<dyn Batch>, StoreError> {
        if self.role == Role::Read {
            return Err(self.failed(Failure::ReadOnly("this connection was opened for reading".into())));
        }
        let batch = batch::PostgresBatch::begin(&self.name, &self.pool, self.schema.clone(), options).await?;
        Ok(Box::new(batch))
    }

    /// Takes the lock that every batch holds and gives it back. The server frees the lock of a process that died when it
    /// notices, at the latest after the idle limit of the batch. A reading connection may do this too.
    async fn fence(&self, patience: Duration) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await.map_err(|error| self.error(error))?;
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
        match taken.map_err(|error| error::classify(&error)) {
            Err(Failure::LockTimeout) => Err(self.failed(Failure::Busy)),
            Err(failure) => Err(self.failed(failure)),
            Ok(_) => ended.map_err(|error| self.error(error)),
        }
    }

    async fn fate(&self, transaction: &str) -> Result<Option<bool>, StoreError> {
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
            Err(error) => Err(self.error(error)),
        }
    }

    async fn progress(&self, run: &str) -> Result<Vec<Progress>, StoreError> {
        let mut connection = self.connection().await?;
        let exists: bool = sqlx::query_scalar("SELECT to_regclass('public.serment_progress') IS NOT NULL")
            .fetch_one(&mut *connection)
            .await
            .map_err(|error| self.error(error))?;
        if !exists {
            return Ok(Vec::new());
        }
        let sql = Sql {
            text: "SELECT CAST(jsonb_build_array(run, step, batch, counts) AS text) FROM public.serment_progress \
                   WHERE run = $1 ORDER BY step"
                .into(),
            values: vec![Value::Text(run.to_owned())],
        };
        let rows = fetch(&mut connection, sql)
            .await
            .map_err(|failure| self.failed(failure))?;
        answer::progress(rows).map_err(|failure| self.failed(failure))
    }
}

/// Milliseconds for a setting: 0 would mean no limit at all.
pub(super) fn milliseconds(duration: Duration) -> u128 {
    duration.as_millis().clamp(1, i32::MAX as u128)
}

/// Reads the columns of the tables that were never looked at.
pub(super) async fn look(
    connection: &mut PgConnection,
    schema: &SchemaCache,
    tables: &[TableName],
) -> Result<(), Failure> {
    for table in schema.missing(tables) {
        let columns = catalogue::column_types(connection, &table).await?;
        if columns.is_empty() {
            return Err(Failure::Missing(format!(
                "table {} does not exist",
                crate::schema::shown(&table)
            )));
        }
        schema.put(table, columns);
    }
    Ok(())
}

/// Binds the values of a statement.
pub(super) fn bound(sql: Sql) -> sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments> {
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
pub(super) async fn fetch(connection: &mut PgConnection, sql: Sql) -> Result<Vec<Vec<String>>, Failure> {
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
