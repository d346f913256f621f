//! Opening the state.

use std::path::{Path, PathBuf};

use sqlx::SqlitePool;

use crate::{KeepLock, StateError};

/// Serment's own state. Cheap to clone.
#[derive(Debug, Clone)]
pub struct State {
    pub(crate) dir: PathBuf,
    pub(crate) pool: SqlitePool,
}

impl State {
    /// Opens the state of a directory (`.serment`), making both when they are missing, and brings its schema up to date.
    pub async fn open(dir: &Path) -> Result<Self, StateError> {
        let _ = dir;
        Err(StateError::Corrupt(String::new()))
    }

    /// Opens the state of a directory for reading; None when there is none. Makes nothing.
    pub async fn open_read(dir: &Path) -> Result<Option<Self>, StateError> {
        let _ = dir;
        Err(StateError::Corrupt(String::new()))
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The lock that only one running `keep` can hold.
    pub fn lock(&self) -> Result<KeepLock, StateError> {
        Err(StateError::Corrupt(String::new()))
    }
}
