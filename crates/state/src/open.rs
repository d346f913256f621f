//! Opening the state.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::schema::{self, APPLICATION};
use crate::{KeepLock, StateError};

/// SQLite before this version can lose committed pages when two connections write and checkpoint at once.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// How long a writer waits for another one.
const BUSY: Duration = Duration::from_secs(10);

/// Serment's own state. Cheap to clone.
#[derive(Debug, Clone)]
pub struct State {
    dir: PathBuf,
    pub(crate) pool: SqlitePool,
}

impl State {
    /// Opens the state of a directory (`.serment`), making both when they are missing, and brings its schema up to date.
    /// The directory is for its owner only; so is the file.
    pub async fn open(dir: &Path) -> Result<Self, StateError> {
        make_directory(dir)?;
        let path = dir.join("state.db");
        make_file(&path)?;
        Self::connect(dir, &path).await
    }

    /// Opens the state of a directory for looking at; None when there is none. Makes neither directory nor state; an
    /// older schema is brought up to date.
    pub async fn open_read(dir: &Path) -> Result<Option<Self>, StateError> {
        let path = dir.join("state.db");
        match fs::metadata(&path) {
            Ok(_) => Ok(Some(Self::connect(dir, &path).await?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(StateError::File { path, source }),
        }
    }

    async fn connect(dir: &Path, path: &Path) -> Result<Self, StateError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .pragma("secure_delete", "on")
            .pragma("trusted_schema", "off");
        // One connection: writers of one process never wait for each other inside SQLite.
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(60))
            .connect_with(options)
            .await?;
        let state = Self {
            dir: dir.to_owned(),
            pool,
        };
        let version: String = sqlx::query_scalar("SELECT sqlite_version()")
            .fetch_one(&state.pool)
            .await?;
        check_sqlite(&version)?;
        let (application, found) = schema::identity(&state.pool).await?;
        if application != APPLICATION && (application, found) != (0, 0) {
            return Err(StateError::Foreign {
                path: path.to_owned(),
            });
        }
        if found > schema::newest() {
            return Err(StateError::Newer {
                path: path.to_owned(),
                found,
                known: schema::newest(),
            });
        }
        schema::migrate(&state.pool).await?;
        Ok(state)
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The file.
    pub fn path(&self) -> PathBuf {
        self.dir.join("state.db")
    }

    /// The lock that only one running `keep` can hold: `keep.lock` in the directory.
    pub fn lock(&self) -> Result<KeepLock, StateError> {
        KeepLock::take(&self.dir)
    }

    /// Whether a running `keep` holds the lock.
    pub fn keeper_is_alive(&self) -> Result<bool, StateError> {
        KeepLock::is_held(&self.dir)
    }

    /// Closes the connections; the write-ahead log is folded into the file.
    pub async fn close(self) {
        self.pool.close().await;
    }
}

/// Asserts that the linked SQLite can be trusted.
fn check_sqlite(version: &str) -> Result<(), StateError> {
    let mut parts = version.split('.').map(str::parse::<u32>);
    let found = match (parts.next(), parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor)), Some(Ok(patch))) => (major, minor, patch),
        _ => return Err(StateError::OldSqlite(version.to_owned())),
    };
    if found < OLDEST_SQLITE {
        return Err(StateError::OldSqlite(version.to_owned()));
    }
    Ok(())
}

fn make_directory(dir: &Path) -> Result<(), StateError> {
    let failed = |source| StateError::File {
        path: dir.to_owned(),
        source,
    };
    match fs::DirBuilder::new().mode(0o700).create(dir) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let metadata = fs::metadata(dir).map_err(failed)?;
            if metadata.permissions().mode() & 0o077 != 0 {
                fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).map_err(failed)?;
            }
            Ok(())
        }
        Err(error) => Err(failed(error)),
    }
}

/// SQLite gives its log the permissions of the file, so the file must have them first.
fn make_file(path: &Path) -> Result<(), StateError> {
    fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map(drop)
        .map_err(|source| StateError::File {
            path: path.to_owned(),
            source,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a10_an_sqlite_that_can_lose_its_log_is_refused() {
        assert!(check_sqlite("3.51.2").is_err());
        assert!(check_sqlite("3.7.17").is_err());
        assert!(check_sqlite("unknown").is_err());
        assert!(check_sqlite("3.51.3").is_ok());
        assert!(check_sqlite("3.52.0").is_ok());
    }
}
