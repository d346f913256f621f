//! SQLite's result codes as kinds of failures. Messages name tables, columns and constraints, never values.

use serment_store::Failure;

/// The kind of a failure.
pub(crate) fn classify(error: &sqlx::Error) -> Failure {
    match error {
        sqlx::Error::Database(database) => {
            let code = database
                .code()
                .and_then(|code| code.parse::<i32>().ok())
                .unwrap_or(1);
            by_code(code, database.message())
        }
        sqlx::Error::Io(error) => Failure::Unreachable(error.kind().to_string()),
        sqlx::Error::PoolTimedOut => Failure::Unreachable("no connection became free in time".into()),
        sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed => Failure::Cut("the connection ended".into()),
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => crate::answer::not_text(),
        _ => Failure::Other("the SQLite driver failed".into()),
    }
}

fn by_code(code: i32, message: &str) -> Failure {
    const TRIGGER: i32 = 1811;
    match code & 0xff {
        3 => Failure::Privilege("the file may not be opened".into()),
        5 | 6 => Failure::LockTimeout,
        7 => Failure::Full("memory".into()),
        8 => Failure::ReadOnly("the file or the connection does not accept writing".into()),
        9 => Failure::StatementTimeout,
        10 => Failure::Other(format!("the disk failed to read or write (SQLite code {code})")),
        11 => Failure::Other("the file is damaged: run PRAGMA integrity_check".into()),
        13 => Failure::Full("the disk, or the limit of the file's size".into()),
        14 => Failure::Unreachable("the file, or the journal beside it, does not open".into()),
        19 if code == TRIGGER => Failure::Constraint("a trigger raised an error".into()),
        19 => Failure::Constraint(message.to_owned()),
        26 => Failure::Unreachable("the file is not a SQLite database".into()),
        _ if message.starts_with("no such table") || message.starts_with("no such column") => {
            Failure::Missing(message.to_owned())
        }
        _ if message.starts_with("JSON cannot hold BLOB") => {
            Failure::Unsupported("a key column holds bytes, which cannot be written without loss".into())
        }
        _ if message.starts_with("malformed JSON") => {
            Failure::Other("a column does not hold valid JSON".into())
        }
        1 => Failure::Other(format!(
            "SQLite refused the statement: {}",
            without_literals(message)
        )),
        _ => Failure::Other(format!("SQLite failed (code {code})")),
    }
}

/// A message without what stands in single quotes, which may be a value.
fn without_literals(message: &str) -> String {
    message
        .split('\'')
        .enumerate()
        .map(|(position, part)| if position % 2 == 0 { part } else { "…" })
        .collect::<Vec<_>>()
        .join("'")
}
