//! Running printed statements with any driver.

use serment_store::Failure;
use sqlx::query::Query;
use sqlx::{ColumnIndex, Database, Decode, Encode, Executor, IntoArguments, Row, Type};

use crate::answer;
use crate::print::{Sql, Value};

/// A driver that takes the values that are printed.
pub(crate) trait Driver:
    Database<Arguments: IntoArguments<Self> + 'static, Row: Row<Database = Self>>
{
    /// Binds the values of a statement.
    fn bound(sql: Sql) -> Query<'static, Self, Self::Arguments>;
}

impl<D> Driver for D
where
    D: Database<Arguments: IntoArguments<D> + 'static, Row: Row<Database = D>>,
    String: for<'a> Encode<'a, D> + Type<D>,
    i64: for<'a> Encode<'a, D> + Type<D>,
    bool: for<'a> Encode<'a, D> + Type<D>,
{
    fn bound(sql: Sql) -> Query<'static, Self, Self::Arguments> {
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
}

/// The columns of rows that are all text.
pub(crate) fn texts<R>(rows: &[R]) -> Result<Vec<Vec<String>>, Failure>
where
    R: Row,
    usize: ColumnIndex<R>,
    String: for<'a> Decode<'a, R::Database> + Type<R::Database>,
{
    rows.iter()
        .map(|row| {
            (0..row.len())
                .map(|column| row.try_get::<String, _>(column).map_err(|_| answer::not_text()))
                .collect()
        })
        .collect()
}

/// Runs a statement whose columns are all text.
pub(crate) async fn fetch<D>(
    connection: &mut D::Connection,
    sql: Sql,
    classify: fn(&sqlx::Error) -> Failure,
) -> Result<Vec<Vec<String>>, Failure>
where
    D: Driver,
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    usize: ColumnIndex<D::Row>,
    String: for<'a> Decode<'a, D> + Type<D>,
{
    let rows = D::bound(sql).fetch_all(connection).await;
    texts(&rows.map_err(|error| classify(&error))?)
}
