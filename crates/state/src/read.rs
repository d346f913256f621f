//! From the text of a column to a value.

use std::str::FromStr;

use serde::de::DeserializeOwned;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, ValueRef};

use crate::StateError;

/// A text column, parsed.
pub fn parsed<T: FromStr>(row: &SqliteRow, column: &str) -> Result<T, StateError> {
    let text: String = row.try_get(column)?;
    parse(&text, column)
}

/// A text column that may be NULL, parsed.
pub fn maybe<T: FromStr>(row: &SqliteRow, column: &str) -> Result<Option<T>, StateError> {
    if row.try_get_raw(column)?.is_null() {
        return Ok(None);
    }
    parsed(row, column).map(Some)
}

/// A JSON column.
pub fn json<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T, StateError> {
    let text: String = row.try_get(column)?;
    Ok(serde_json::from_str(&text)?)
}

/// A column that counts.
pub fn count(row: &SqliteRow, column: &str) -> Result<u64, StateError> {
    let number: i64 = row.try_get(column)?;
    u64::try_from(number).map_err(|_| StateError::Corrupt(column.to_owned()))
}

/// A number on its way in.
pub fn integer(number: u64) -> Result<i64, StateError> {
    i64::try_from(number).map_err(|_| StateError::Corrupt(number.to_string()))
}

/// A value written as text.
pub fn parse<T: FromStr>(text: &str, column: &str) -> Result<T, StateError> {
    text.parse().map_err(|_| StateError::Corrupt(column.to_owned()))
}
