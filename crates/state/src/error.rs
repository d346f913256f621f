//! What can go wrong with the state.

use std::path::PathBuf;

use thiserror::Error;

/// What can go wrong with the state. Never a value of a row.
#[derive(Debug, Error)]
pub enum StateError {
    /// A file or directory cannot be made, opened or locked.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another `keep` runs on the same state.
    #[error(
        "another `serment keep` is running here (process {holder}): it holds {path}; wait for it to end or stop it"
    )]
    Busy {
        /// The lock file.
        path: PathBuf,
        /// The process that holds it, as it wrote itself; "unknown" when it could not.
        holder: String,
    },
    /// The state was written by a newer version.
    #[error(
        "{path} has schema {found} and this version of serment knows {known} at most: use the newer version, or another \
         state directory"
    )]
    Newer {
        /// The state's file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema that this version knows.
        known: i64,
    },
    /// The file is an SQLite database of another program.
    #[error("{path} is not a state of serment: move it away")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The linked SQLite is too old to be trusted with two writers.
    #[error(
        "SQLite {0} is linked; 3.51.3 or newer is needed, for an earlier one can lose the write-ahead log"
    )]
    OldSqlite(String),
    /// No room is left.
    #[error("no space left for the state: nothing more is started until there is ({0})")]
    Full(String),
    /// What is written there cannot be read back: the name of the place, or what the library says.
    #[error("the state cannot be understood: {0}")]
    Corrupt(String),
    /// Anything else that SQLite says.
    #[error("the state's database: {0}")]
    Sqlite(String),
}

impl From<sqlx::Error> for StateError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) => {
                let message = inner.message().to_owned();
                // SQLITE_FULL, with its extended codes.
                let code = inner.code().and_then(|code| code.parse::<i32>().ok());
                match code.map(|code| code & 0xff) {
                    Some(13) => Self::Full(message),
                    Some(11) => Self::Corrupt("SQLITE_CORRUPT".to_owned()),
                    Some(26) => Self::Corrupt("SQLITE_NOTADB".to_owned()),
                    _ => Self::Sqlite(message),
                }
            }
            _ => Self::Sqlite(error.to_string()),
        }
    }
}

impl From<serde_json::Error> for StateError {
    fn from(error: serde_json::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}
