//! A database of its own for each test, made on the spot and removed at the end.
//!
//! PostgreSQL is the server whose address, that of a superuser, stands in `SERMENT_TEST_POSTGRES`: `cargo xtask test`
//! starts one and says so to the tests.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use serment_store::{Role, Store, StoreError};

use crate::Kind;

/// A database that lives as long as this value.
pub struct Database {
    kind: Kind,
    address: String,
    folder: tempfile::TempDir,
    /// Server and name of a PostgreSQL database, to drop it.
    server: Option<(String, String)>,
}

impl Database {
    /// Makes an empty database.
    ///
    /// # Panics
    /// When it cannot be made: the test cannot go on.
    pub async fn create(kind: Kind) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        match kind {
            Kind::Sqlite => {
                crate::create_sqlite(&folder.path().join("test.db"))
                    .await
                    .expect("an empty SQLite file");
                Self {
                    kind,
                    address: "test.db".into(),
                    folder,
                    server: None,
                }
            }
            Kind::Postgres => {
                static NEXT: AtomicU32 = AtomicU32::new(0);
                let server = server();
                let name = format!(
                    "serment_{}_{}",
                    std::process::id(),
                    NEXT.fetch_add(1, Ordering::Relaxed)
                );
                on(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
                on(&server, &format!("CREATE DATABASE {name}")).await;
                let address = with_database(&server, &name);
                Self {
                    kind,
                    address,
                    folder,
                    server: Some((server, name)),
                }
            }
        }
    }

    /// Which database it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its address, as a variable of the environment would hold it; a path for SQLite.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The folder at which a relative address starts.
    pub fn base(&self) -> &Path {
        self.folder.path()
    }

    /// Runs SQL text, as the owner of the database.
    ///
    /// # Panics
    /// When a statement fails: the test cannot go on.
    pub async fn script(&self, script: &str) {
        let done = crate::execute_script(self.kind, "test", &self.address, self.base(), script).await;
        done.expect("the script runs");
    }

    /// Opens it as a store named `test`.
    ///
    /// # Errors
    /// As [`crate::open`].
    pub async fn open(&self, role: Role) -> Result<Box<dyn Store>, StoreError> {
        crate::open(self.kind, "test", &self.address, role, self.base()).await
    }

    /// The address for another user of the server; the same file for SQLite.
    pub fn address_of(&self, user: &str) -> String {
        match self
            .address
            .split_once("://")
            .and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1)))
        {
            Some((scheme, place)) => format!("{scheme}://{user}@{place}"),
            None => self.address.clone(),
        }
    }

    /// Opens it as another user of the server.
    ///
    /// # Errors
    /// As [`crate::open`].
    pub async fn open_as(&self, user: &str, role: Role) -> Result<Box<dyn Store>, StoreError> {
        crate::open(self.kind, "test", &self.address_of(user), role, self.base()).await
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some((server, name)) = self.server.take() else {
            return;
        };
        // Dropping is not asynchronous, and the runtime of the test may be ending: a runtime of our own does it.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime
                .expect("a runtime")
                .block_on(on(&server, &format!("DROP DATABASE {name} WITH (FORCE)")));
        });
        let dropped = dropping.join();
        assert!(
            dropped.is_ok() || std::thread::panicking(),
            "the database of the test is dropped"
        );
    }
}

fn server() -> String {
    std::env::var("SERMENT_TEST_POSTGRES").expect(
        "SERMENT_TEST_POSTGRES holds no address of a PostgreSQL server: run the tests with `cargo xtask test`",
    )
}

async fn on(server: &str, statement: &str) {
    let done = crate::execute_script(Kind::Postgres, "server", server, Path::new("/"), statement).await;
    done.expect("the server of the tests obeys");
}

fn with_database(server: &str, name: &str) -> String {
    let (place, options) = server.split_once('?').unwrap_or((server, ""));
    let (before, _) = place.rsplit_once('/').expect("an address with a database");
    if options.is_empty() {
        format!("{before}/{name}")
    } else {
        format!("{before}/{name}?{options}")
    }
}
