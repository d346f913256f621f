//! Opening a file.

use std::path::Path;
use std::time::Duration;

use serment_store::{Failure, Role};
use serment_store::{Text, text};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{Connection, Executor, SqliteConnection, SqlitePool};

use super::{SqliteEngine, error};

/// The oldest version that does not lose pages when a write-ahead log is restarted under a reader.
const OLDEST: (u32, u32, u32) = (3, 51, 3);

/// How long a reader waits for a writer that is finishing.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens the file, which must exist.
pub(crate) async fn open(path: &Path, role: Role) -> Result<SqliteEngine, Failure> {
    let path = path.canonicalize().map_err(|error| {
        let (place, why) = (path.display(), Text::of_system(error.kind()));
        Failure::Unreachable(text!(
            "{place} ne s'ouvre pas : {why}",
            "{place} does not open: {why}";
            why
        ))
    })?;
    if !path.is_file() {
        return Err(Failure::Unreachable(text!(
            "{} n'est pas un fichier",
            "{} is not a file",
            path.display()
        )));
    }
    let failed = |error: sqlx::Error| error::classify(&error);
    let pool = pool(&path, role).await.map_err(failed)?;
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(&pool)
        .await
        .map_err(failed)?;
    require_version(&version)?;
    // The first read finds out whether the file is a database at all.
    sqlx::query("SELECT count(*) FROM sqlite_schema")
        .fetch_one(&pool)
        .await
        .map_err(failed)?;
    Ok(SqliteEngine {
        pool,
        file: path.display().to_string(),
    })
}

async fn pool(path: &Path, role: Role) -> Result<SqlitePool, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(PATIENCE)
        .foreign_keys(true);
    let options = match role {
        Role::Read => options.read_only(true).pragma("query_only", "ON"),
        Role::Write => options.pragma("secure_delete", "ON"),
    };
    SqlitePoolOptions::new()
        .max_connections(4)
        .min_connections(0)
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire(false)
        .connect_with(options)
        .await
}

/// Refuses a SQLite that is too old.
pub(crate) fn require_version(version: &str) -> Result<(), Failure> {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let found = (next(), next(), next());
    if found >= OLDEST {
        return Ok(());
    }
    let (major, minor, patch) = OLDEST;
    Err(Failure::Unsupported(text!(
        "SQLite {version} peut perdre des pages d'un journal d'écriture : il faut {major}.{minor}.{patch} ou une plus récente",
        "SQLite {version} can lose pages of a write-ahead log: {major}.{minor}.{patch} or later is needed"
    )))
}

/// Makes a new file, in write-ahead mode.
pub(crate) async fn create(path: &Path) -> Result<(), Failure> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal);
    let connection = SqliteConnection::connect_with(&options)
        .await
        .map_err(|error| error::classify(&error))?;
    connection.close().await.map_err(|error| error::classify(&error))
}

/// Runs SQL text of several statements, as its author wrote it.
pub(crate) async fn execute_script(path: &Path, script: &str) -> Result<(), Failure> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(PATIENCE)
        .foreign_keys(true);
    let mut connection = SqliteConnection::connect_with(&options)
        .await
        .map_err(|error| error::classify(&error))?;
    let done = connection
        .execute(sqlx::raw_sql(sqlx::AssertSqlSafe(script.to_owned())))
        .await;
    let closed = connection.close().await;
    done.map_err(|error| error::classify(&error))?;
    closed.map_err(|error| error::classify(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a10_an_old_sqlite_is_refused() {
        assert!(require_version("3.51.2").is_err());
        assert!(require_version("3.9.99").is_err());
        assert!(require_version("garbage").is_err());
        assert!(require_version("3.51.3").is_ok());
        assert!(require_version("4.0.0").is_ok());
    }
}
