//! The same companies on real servers: every statement runs, the register maps all that is there, and the plan finds the
//! very rows that it finds on SQLite.

use std::collections::{BTreeMap, BTreeSet};

use serment_examples::{Company, Dialect};
use serment_register::model::Register;
use serment_sql::Kind;
use serment_sql::testing::Database;
use serment_store::{Role, Store};

use crate::WORLD;
use crate::registers::load;
use crate::workshop::{blocked, catalogues, due, plan};

fn kind(dialect: Dialect) -> Kind {
    match dialect {
        Dialect::Sqlite => Kind::Sqlite,
        Dialect::Postgres => Kind::Postgres,
        Dialect::Mariadb => Kind::Mariadb,
    }
}

/// Builds every database of a company. The first value keeps them alive.
async fn build(
    company: &Company,
    dialect: Dialect,
) -> (BTreeMap<String, Database>, BTreeMap<String, Box<dyn Store>>) {
    let (mut alive, mut open) = (BTreeMap::new(), BTreeMap::new());
    for database in company.databases {
        let made = Database::create(kind(dialect)).await;
        let script: String = std::iter::once("BEGIN".to_owned())
            .chain(database.statements(WORLD, dialect))
            .chain(std::iter::once("COMMIT".to_owned()))
            .map(|statement| statement + ";\n")
            .collect();
        made.script(&script).await;
        open.insert(database.name.to_owned(), made.open(Role::Write).await.unwrap());
        alive.insert(database.name.to_owned(), made);
    }
    (alive, open)
}

/// Every column of every table of the store is in the register, and the other way round.
async fn assert_mapped(register: &Register, open: &BTreeMap<String, Box<dyn Store>>) {
    for (name, catalogue) in catalogues(register, open).await {
        let tables = &register.stores[&name].tables;
        assert_eq!(catalogue.tables.len(), tables.len(), "{name}");
        for table in tables.values() {
            let found = catalogue
                .tables
                .iter()
                .find(|(known, _)| known.name == table.name);
            let (_, found) = found.unwrap_or_else(|| panic!("{} is not there", table.id));
            let there: BTreeSet<&str> = found.columns.iter().map(|column| column.name.as_str()).collect();
            let declared: BTreeSet<&str> = table.columns.keys().map(|path| path.column.as_str()).collect();
            assert_eq!(there, declared, "{}", table.id);
        }
    }
}

async fn agrees(company: &'static Company) {
    let mut expected = None;
    for dialect in Dialect::ALL {
        let (register, _) = load(company, dialect);
        let (_alive, open) = build(company, dialect).await;
        assert_mapped(&register, &open).await;
        let plan = plan(&register, WORLD, &open).await;
        let found = (blocked(&plan), due(&plan, &open).await);
        match &expected {
            None => expected = Some(found),
            Some(expected) => assert_eq!(&found, expected, "{} on {dialect:?}", company.name),
        }
    }
    let (_, due) = expected.unwrap();
    assert!(due.values().sum::<usize>() > 20, "{}: {due:?}", company.name);
}

#[tokio::test]
async fn accounting_is_the_same_on_every_database() {
    agrees(&serment_examples::ACCOUNTING).await;
}

#[tokio::test]
async fn councils_is_the_same_on_every_database() {
    agrees(&serment_examples::COUNCILS).await;
}

#[tokio::test]
async fn hosting_is_the_same_on_every_database() {
    agrees(&serment_examples::HOSTING).await;
}

#[tokio::test]
async fn invoicing_is_the_same_on_every_database() {
    agrees(&serment_examples::INVOICING).await;
}

#[tokio::test]
async fn selfcare_is_the_same_on_every_database() {
    agrees(&serment_examples::SELFCARE).await;
}
