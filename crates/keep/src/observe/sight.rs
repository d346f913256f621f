//! Reading connections, and what the stores say of themselves through them.

use std::collections::{BTreeMap, BTreeSet};

use serment_register::model::{Register, StoreKind, Text};
use serment_register::text;
use serment_store::catalogue::{Catalogue, Privileges, TableName};
use serment_store::{Role, Store, StoreError};

use crate::ports::Stores;

/// Opened stores and their catalogues.
pub(crate) struct Sight {
    /// Reading connections.
    pub stores: BTreeMap<String, Box<dyn Store>>,
    /// What they say. Where the writing role is another one, what depends on the role is left to the pre-flight of `keep`,
    /// which looks with that role.
    pub catalogues: BTreeMap<String, Catalogue>,
    /// What they really say of the reading role.
    pub as_seen: BTreeMap<String, Catalogue>,
    /// Stores that could not be read, with the reason.
    pub unread: BTreeMap<String, Text>,
}

impl Sight {
    /// Opens the stores that hold rules and have an adapter, or those named.
    pub async fn open(register: &Register, stores: &dyn Stores, only: Option<&BTreeSet<String>>) -> Self {
        let mut sight = Self {
            stores: BTreeMap::new(),
            catalogues: BTreeMap::new(),
            as_seen: BTreeMap::new(),
            unread: BTreeMap::new(),
        };
        for name in judged_stores(register) {
            if only.is_some_and(|only| !only.contains(&name)) {
                continue;
            }
            match look(register, stores, &name, Role::Read).await {
                Ok((store, seen)) => {
                    let mut catalogue = seen.clone();
                    if looks_narrower(register, &name) {
                        presume(&mut catalogue);
                    }
                    sight.as_seen.insert(name.clone(), seen);
                    sight.catalogues.insert(name.clone(), catalogue);
                    sight.stores.insert(name, store);
                }
                Err(error) => {
                    sight.unread.insert(name, error.failure.text());
                }
            }
        }
        sight
    }
}

impl Sight {
    /// The stores that were not read, said one by one.
    pub fn notes(&self) -> impl Iterator<Item = Text> {
        self.unread.iter().map(|(store, why)| unread(store, why))
    }
}

/// That a store was not read, and why.
pub(crate) fn unread(store: &str, why: &Text) -> Text {
    text!("le dépôt {store} n'a pas été lu : {why}", "store {store} was not read: {why}"; why)
}

/// The stores with rules that this version can read.
fn judged_stores(register: &Register) -> BTreeSet<String> {
    register
        .rules()
        .map(|(_, rule)| rule.of.store.clone())
        .filter(|store| {
            register
                .stores
                .get(store)
                .is_some_and(|store| store.kind.is_executed())
        })
        .collect()
}

/// Opens a store and introspects every table that the register maps in it.
pub(crate) async fn look(
    register: &Register,
    stores: &dyn Stores,
    name: &str,
    role: Role,
) -> Result<(Box<dyn Store>, Catalogue), StoreError> {
    let store = stores.open(name, role).await?;
    let catalogue = store.introspect(&mapped_tables(register, name)).await?;
    Ok((store, catalogue))
}

/// Every table that the register maps in a store.
pub(crate) fn mapped_tables(register: &Register, store: &str) -> Vec<TableName> {
    let tables = register
        .stores
        .get(store)
        .into_iter()
        .flat_map(|store| store.tables.values());
    tables
        .map(|table| TableName {
            schema: table.schema.clone(),
            name: table.name.clone(),
        })
        .collect()
}

/// Whether changes go through another address than reading.
pub(crate) fn writes_elsewhere(register: &Register, store: &str) -> bool {
    register
        .stores
        .get(store)
        .is_some_and(|store| store.write_url.is_some() && store.write_url != store.url)
}

/// Whether what the reading connection may do says nothing of what the writing one may: another address, or a file that
/// is opened for reading only.
fn looks_narrower(register: &Register, store: &str) -> bool {
    let is_file = register
        .stores
        .get(store)
        .is_some_and(|store| store.kind == StoreKind::Sqlite);
    is_file || writes_elsewhere(register, store)
}

fn presume(catalogue: &mut Catalogue) {
    catalogue.standby = false;
    for table in catalogue.tables.values_mut() {
        table.hindrances.retain(|hindrance| !hindrance.depends_on_role());
        table.privileges = Privileges {
            select: table.privileges.select,
            update: true,
            delete: true,
            lock: true,
        };
    }
}
