//! The SQL adapters: SQLite, PostgreSQL and MariaDB.
//!
//! `print` turns the language of `serment-store` into SQL; `store` and `batch` run it and read the answers; `engine` says
//! what each database supplies for that, which `sqlite`, `postgres` and `mariadb` do, in files
//! of the same names; `address` finds where a store is. Rows are projected to JSON by the database itself.

mod address;
mod answer;
mod batch;
mod definition;
mod driver;
mod engine;
mod mariadb;
mod postgres;
mod print;
mod refusal;
mod schema;
mod sqlite;
mod store;
#[cfg(feature = "testing")]
pub mod testing;

use std::path::Path;

use serment_store::{Failure, Role, Store, StoreError, text};

use crate::address::server::{Address, MARIADB, POSTGRES, Scheme};
use crate::store::SqlStore;

/// A database that this crate speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// SQLite, a file.
    Sqlite,
    /// PostgreSQL 13 or later.
    Postgres,
    /// MariaDB 10.6 or later.
    Mariadb,
}

/// Opens a store. `address` is what the register says (`env:NAME`, `file:PATH`, the address itself, or a path for SQLite), `base` the
/// directory of the register.
///
/// # Errors
/// One kind of [`Failure`] for each thing that can go wrong: an address that cannot be understood, a server that does
/// not answer or refuses, TLS that cannot be had. None repeats a secret.
pub async fn open(
    kind: Kind,
    name: &str,
    address: &str,
    role: Role,
    base: &Path,
) -> Result<Box<dyn Store>, StoreError> {
    let opened: Result<Box<dyn Store>, Failure> = async {
        Ok(match kind {
            Kind::Sqlite => {
                let path = address::sqlite_path(address, base)?;
                let engine = sqlite::connect::open(&path, role).await?;
                Box::new(SqlStore::new(name, role, engine)) as Box<dyn Store>
            }
            Kind::Postgres => {
                let address = server_address(address, base, &POSTGRES)?;
                let engine = postgres::connect::open(&address, role).await?;
                Box::new(SqlStore::new(name, role, engine))
            }
            Kind::Mariadb => {
                let address = server_address(address, base, &MARIADB)?;
                let engine = mariadb::connect::open(&address, role).await?;
                Box::new(SqlStore::new(name, role, engine))
            }
        })
    }
    .await;
    opened.map_err(|failure| StoreError {
        store: name.to_owned(),
        failure,
    })
}

/// What kind of database an address is of, and the name that the address gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// Kind.
    pub kind: Kind,
    /// The name of the database, or of the file without its extension.
    pub database: String,
}

/// Recognises an address by how it begins: `postgres://`, `mariadb://`, `mysql://`; anything else is a SQLite file.
/// Connects to nothing.
///
/// # Errors
/// An address that cannot be understood. None repeats a secret.
pub fn recognise(address: &str, base: &Path) -> Result<Recognised, StoreError> {
    let found: Result<Recognised, Failure> = (|| {
        let resolved = address::resolve(address, base)?;
        for (kind, scheme) in [(Kind::Postgres, &POSTGRES), (Kind::Mariadb, &MARIADB)] {
            if scheme.begins(&resolved) {
                let database = Address::parse(&resolved, scheme)?.database;
                return Ok(Recognised { kind, database });
            }
        }
        if let Some((scheme, _)) = resolved
            .split_once("://")
            .filter(|(scheme, _)| *scheme != "sqlite")
        {
            // What precedes `://` may be anything when an address was pasted wrong: only a plain word is repeated.
            let known = scheme.len() <= 12 && scheme.bytes().all(|byte| byte.is_ascii_lowercase());
            let said = if known { scheme } else { "…" };
            return Err(Failure::Address(text!(
                "elle commence par {said}:// ; sont lus postgres://, mariadb://, mysql:// et le chemin d'un fichier SQLite",
                "it begins with {said}://; postgres://, mariadb://, mysql:// and the path of a SQLite file are read"
            )));
        }
        let path = address::sqlite_path(address, base)?;
        let database = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Ok(Recognised {
            kind: Kind::Sqlite,
            database,
        })
    })();
    found.map_err(|failure| StoreError {
        store: "--from".to_owned(),
        failure,
    })
}

/// Whether a register may name that variable of the environment as an address.
pub fn may_be_read(variable: &str) -> bool {
    // Those of Serment itself are refused in a register, where they would be an address of nothing.
    address::may_be_read(variable) && !variable.starts_with("SERMENT_")
}

fn server_address(address: &str, base: &Path, scheme: &Scheme) -> Result<Address, Failure> {
    Address::parse(&address::resolve(address, base)?, scheme)
}

/// Makes a new SQLite file, empty, in write-ahead mode; nothing happens to one that exists.
///
/// # Errors
/// When the folder does not exist or cannot be written.
pub async fn create_sqlite(path: &Path) -> Result<(), StoreError> {
    sqlite::connect::create(path).await.map_err(|failure| StoreError {
        store: path.display().to_string(),
        failure,
    })
}

/// Runs SQL text of several statements in a store, as its author wrote it: for making sample data and for tests.
///
/// # Errors
/// The failure of the first statement that fails, and those of [`open`].
pub async fn execute_script(
    kind: Kind,
    name: &str,
    address: &str,
    base: &Path,
    script: &str,
) -> Result<(), StoreError> {
    let done: Result<(), Failure> = async {
        match kind {
            Kind::Sqlite => {
                sqlite::connect::execute_script(&address::sqlite_path(address, base)?, script).await
            }
            Kind::Postgres => {
                let address = server_address(address, base, &POSTGRES)?;
                postgres::connect::execute_script(&address, script).await
            }
            Kind::Mariadb => {
                let address = server_address(address, base, &MARIADB)?;
                mariadb::connect::execute_script(&address, script).await
            }
        }
    }
    .await;
    done.map_err(|failure| StoreError {
        store: name.to_owned(),
        failure,
    })
}
