//! A database of its own for each test, made on the spot and removed at the end.

use std::path::Path;

use serment_store::{Role, Store, StoreError};

use crate::Kind;

/// A database that lives as long as this value.
pub struct Database {
    kind: Kind,
    address: String,
    folder: tempfile::TempDir,
}

impl Database {
    /// Makes an empty database.
    ///
    /// # Panics
    /// When it cannot be made: the test cannot go on.
    pub async fn create(kind: Kind) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let address = match kind {
            Kind::Sqlite => {
                crate::create_sqlite(&folder.path().join("test.db"))
                    .await
                    .expect("an empty SQLite file");
                "test.db".to_owned()
            }
            Kind::Postgres => unimplemented!("PostgreSQL comes next"),
        };
        Self {
            kind,
            address,
            folder,
        }
    }

    /// Which database it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its address, as a register would write it (a literal one, which a real register may not hold).
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The folder at which a relative address starts.
    pub fn base(&self) -> &Path {
        self.folder.path()
    }

    /// Runs SQL text.
    ///
    /// # Panics
    /// When a statement fails: the test cannot go on.
    pub async fn script(&self, script: &str) {
        crate::execute_script(self.kind, "test", &self.address, self.base(), script)
            .await
            .expect("the script runs");
    }

    /// Opens it as a store named `test`.
    ///
    /// # Errors
    /// As [`crate::open`].
    pub async fn open(&self, role: Role) -> Result<Box<dyn Store>, StoreError> {
        crate::open(self.kind, "test", &self.address, role, self.base()).await
    }
}
