//! Opens the stores of a register: adapters are chosen here and nowhere else.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use serment_keep::ports::Stores;
use serment_register::model::{Register, StoreKind};
use serment_register::text;
use serment_sql::Kind;
use serment_store::{Failure, Role, Store, StoreError};

/// The stores of a register whose files lie in a directory.
pub struct Opener {
    /// What the organisation says.
    pub register: Arc<Register>,
    /// Where it says it: paths are relative to it.
    pub base: PathBuf,
}

#[async_trait]
impl Stores for Opener {
    async fn open(&self, store: &str, role: Role) -> Result<Box<dyn Store>, StoreError> {
        let failed = |failure| StoreError {
            store: store.to_owned(),
            failure,
        };
        let Some(declared) = self.register.stores.get(store) else {
            return Err(failed(Failure::Missing(text!(
                "aucun dépôt ne s'appelle {store}",
                "no store is called {store}"
            ))));
        };
        let kind = match declared.kind {
            StoreKind::Sqlite => Kind::Sqlite,
            StoreKind::Postgres => Kind::Postgres,
            StoreKind::Mariadb => Kind::Mariadb,
            other => {
                return Err(failed(Failure::Unsupported(text!(
                    "cette version n'atteint pas les dépôts du genre {}",
                    "this version does not reach stores of kind {}",
                    serde_json::to_string(&other).unwrap_or_default()
                ))));
            }
        };
        // An SQLite file is one file: it has no roles to keep apart.
        let address = match (role, kind) {
            (Role::Read, _) => declared.url.as_ref(),
            (Role::Write, Kind::Sqlite) => declared.write_url.as_ref().or(declared.url.as_ref()),
            (Role::Write, Kind::Postgres | Kind::Mariadb) => declared.write_url.as_ref(),
        };
        let Some(address) = address else {
            let key = if role == Role::Read { "url" } else { "write_url" };
            return Err(failed(Failure::Address(text!(
                "le registre ne donne pas de « {key} »",
                "the register gives no `{key}`"
            ))));
        };
        serment_sql::open(kind, store, address, role, &self.base).await
    }
}
