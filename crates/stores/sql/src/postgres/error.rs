//! SQLSTATEs as kinds of failures. Messages name tables, columns and constraints, never values: what the server says of
//! data (classes 22 and 23, errors that a trigger raises) is replaced by our own words.

use serment_store::Failure;
use sqlx::postgres::PgDatabaseError;

/// The kind of a failure.
pub(crate) fn classify(error: &sqlx::Error) -> Failure {
    match error {
        sqlx::Error::Database(database) => match database.try_downcast_ref::<PgDatabaseError>() {
            Some(error) => by_state(error),
            None => Failure::Other("the server refused without saying why".into()),
        },
        sqlx::Error::Io(error) => Failure::Cut(error.kind().to_string()),
        sqlx::Error::Tls(_) => Failure::Tls("the TLS session failed".into()),
        sqlx::Error::PoolTimedOut => Failure::Unreachable("no connection became free in time".into()),
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Failure::Cut("the connection ended".into()),
        sqlx::Error::Protocol(_) => Failure::Cut("the server answered in an unexpected way".into()),
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => crate::answer::not_text(),
        _ => Failure::Other("the PostgreSQL driver failed".into()),
    }
}

/// The kind of a failure to connect.
pub(crate) fn classify_connect(error: &sqlx::Error, server: &str) -> Failure {
    match error {
        sqlx::Error::Io(error) => Failure::Unreachable(format!("{server} does not answer: {}", error.kind())),
        sqlx::Error::Tls(error) => Failure::Tls(format!("{server}: {error}")),
        sqlx::Error::Database(database) => match database.code().as_deref() {
            Some("28P01") => Failure::Refused("the password is wrong, or the user does not exist".into()),
            Some("28000") => Failure::Refused("this user may not connect from here (see pg_hba.conf)".into()),
            Some("3D000") => Failure::Refused("the database does not exist".into()),
            Some("42501") => Failure::Refused("this user may not connect to the database".into()),
            Some("53300") => Failure::Unreachable(format!("{server} has no connection left")),
            Some("57P03") => Failure::Unreachable(format!("{server} is starting or stopping")),
            _ => classify(error),
        },
        _ => classify(error),
    }
}

fn by_state(error: &PgDatabaseError) -> Failure {
    let code = error.code();
    match code {
        "40001" | "40P01" => Failure::Retry(
            if code == "40P01" {
                "deadlock"
            } else {
                "serialisation failure"
            }
            .into(),
        ),
        "55P03" => Failure::LockTimeout,
        "57014" => Failure::StatementTimeout,
        "25P03" => Failure::Cut("the transaction sat idle too long and the server ended it".into()),
        "42501" => Failure::Privilege(error.message().to_owned()),
        "25006" => Failure::ReadOnly("the server refuses to write here".into()),
        "53100" => Failure::Full("the disk of the server".into()),
        "53200" => Failure::Full("the memory of the server".into()),
        "53300" => Failure::Unreachable("the server has no connection left".into()),
        "57P03" => Failure::Unreachable("the server is starting or stopping".into()),
        "42P01" | "42703" | "3F000" => Failure::Missing(error.message().to_owned()),
        "0A000" => Failure::Unsupported(error.message().to_owned()),
        "P0001" => Failure::Constraint("a trigger or function of the database raised an error".into()),
        "22001" => Failure::Constraint("a value is too long for its column".into()),
        "22003" => Failure::Constraint("a number does not fit its column".into()),
        "22021" | "22P05" => Failure::Unsupported("PostgreSQL holds no text with a NUL character".into()),
        _ if code.starts_with("23") => Failure::Constraint(constraint(error)),
        _ if code.starts_with("57P") || code.starts_with("08") => {
            Failure::Cut(format!("the server ended the connection ({code})"))
        }
        _ if code.starts_with("42") => Failure::Other(format!(
            "the server refused the statement: {} ({code})",
            error.message()
        )),
        _ => Failure::Other(format!("the server refused: SQLSTATE {code}")),
    }
}

/// Which constraint, by the names that the server gives apart from its message.
fn constraint(error: &PgDatabaseError) -> String {
    let sort = match error.code() {
        "23502" => "NOT NULL",
        "23503" => "foreign key",
        "23505" => "unique",
        "23514" => "check",
        "23P01" => "exclusion",
        _ => "integrity",
    };
    let mut text = sort.to_owned();
    for (what, name) in [
        ("constraint", error.constraint()),
        ("table", error.table()),
        ("column", error.column()),
    ] {
        if let Some(name) = name {
            text.push_str(&format!(", {what} {name}"));
        }
    }
    text
}

/// Whether this answer to COMMIT leaves open what happened: the connection ended, and with it the answer may have been
/// lost after the transaction was made durable.
pub(crate) fn leaves_open(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(database) => database
            .code()
            .is_none_or(|code| code.starts_with("57P") || code.starts_with("08") || code.starts_with("XX")),
        _ => true,
    }
}
