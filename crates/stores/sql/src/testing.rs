//! A database of its own for each test, made on the spot and removed at the end.
//!
//! PostgreSQL and MariaDB are the servers whose addresses, those of a superuser, stand in `SERMENT_TEST_POSTGRES` and
//! `SERMENT_TEST_MARIADB`: `cargo xtask test` starts both and says so to the tests.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use serment_store::{Role, Store, StoreError};

use crate::Kind;

/// A database that lives as long as this value.
pub struct Database {
    kind: Kind,
    address: String,
    folder: tempfile::TempDir,
    /// Server and name of a database on a server, to drop it.
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
            Kind::Postgres => Self::on_server(kind, folder, "").await,
            Kind::Mariadb => Self::with_collation("utf8mb4_general_ci").await,
        }
    }

    /// Makes an empty MariaDB database whose text has that collation, unless a column says otherwise.
    ///
    /// # Panics
    /// As [`Database::create`].
    pub async fn with_collation(collation: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self::on_server(Kind::Mariadb, folder, &format!(" COLLATE {collation}")).await
    }

    async fn on_server(kind: Kind, folder: tempfile::TempDir, options: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let server = server(kind);
        let name = format!(
            "serment_{}_{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        on(kind, &server, &drop_database(kind, &name)).await;
        on(kind, &server, &format!("CREATE DATABASE {name}{options}")).await;
        Self {
            kind,
            address: with_database(&server, &name),
            folder,
            server: Some((server, name)),
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
        let kind = self.kind;
        // Dropping is not asynchronous, and the runtime of the test may be ending: a runtime of our own does it.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime
                .expect("a runtime")
                .block_on(on(kind, &server, &drop_database(kind, &name)));
        });
        let dropped = dropping.join();
        assert!(
            dropped.is_ok() || std::thread::panicking(),
            "the database of the test is dropped"
        );
    }
}

fn server(kind: Kind) -> String {
    let variable = match kind {
        Kind::Mariadb => "SERMENT_TEST_MARIADB",
        _ => "SERMENT_TEST_POSTGRES",
    };
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} holds no address of a server: run the tests with `cargo xtask test`")
    })
}

fn drop_database(kind: Kind, name: &str) -> String {
    match kind {
        Kind::Postgres => format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        // Whoever is still connected to it goes first: what they left open would hold the database for as long.
        _ => format!(
            "BEGIN NOT ATOMIC DECLARE CONTINUE HANDLER FOR 1094 BEGIN END; \
             FOR c IN (SELECT id FROM information_schema.PROCESSLIST WHERE db = '{name}') DO KILL c.id; END FOR; END; \
             DROP DATABASE IF EXISTS {name}"
        ),
    }
}

async fn on(kind: Kind, server: &str, statement: &str) {
    let done = crate::execute_script(kind, "server", server, Path::new("/"), statement).await;
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
