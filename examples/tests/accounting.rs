//! The generator and the register of the accounting company.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::date;
use serment_examples::accounting::{Dialect, Store, World, cast, register_files, statements};
use serment_register::diagnostics::{Code, has_errors};
use sha2::{Digest, Sha256};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};

const WORLD: World = World {
    people: 3000,
    reference: date(2026, 11, 22),
    seed: 1,
};

fn digest(world: World, dialect: Dialect) -> String {
    let mut hash = Sha256::new();
    for store in Store::ALL {
        for statement in statements(world, store, dialect) {
            hash.update(statement.as_bytes());
        }
    }
    hex::encode(hash.finalize())
}

async fn build(world: World, store: Store) -> SqliteConnection {
    let options: sqlx::sqlite::SqliteConnectOptions = "sqlite::memory:".parse().unwrap();
    let mut connection = options.foreign_keys(true).connect().await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    for statement in statements(world, store, Dialect::Sqlite) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
            .execute(&mut *transaction)
            .await
            .unwrap();
    }
    transaction.commit().await.unwrap();
    connection
}

async fn number(connection: &mut SqliteConnection, sql: &str) -> i64 {
    sqlx::query(sqlx::AssertSqlSafe(sql.to_owned()))
        .fetch_one(connection)
        .await
        .unwrap()
        .get(0)
}

#[test]
fn the_same_world_gives_the_same_bytes_for_ever() {
    assert_eq!(
        digest(WORLD, Dialect::Sqlite),
        "c45332fe5a8cf487df13b28e4385c40fd8355267e8e724b383e0ab1bf051c5a9"
    );
    assert_eq!(
        digest(WORLD, Dialect::Postgres),
        "89fe61ad91ce8737537fea4308b240694abab6a5e8a29b6ac3197df1c8a931d7"
    );
    assert_ne!(
        digest(WORLD, Dialect::Sqlite),
        digest(World { seed: 2, ..WORLD }, Dialect::Sqlite)
    );
}

#[test]
fn no_statement_grows_with_the_world() {
    let longest = |people| {
        let world = World { people, ..WORLD };
        let all = Store::ALL
            .into_iter()
            .flat_map(|store| statements(world, store, Dialect::Sqlite));
        all.map(|statement| statement.len()).max().unwrap()
    };
    assert!(longest(20_000) < 400_000);
}

#[test]
fn nobody_can_be_reached_by_what_is_generated() {
    for store in Store::ALL {
        for statement in statements(WORLD, store, Dialect::Sqlite) {
            for (at, _) in statement.match_indices('@') {
                let address = statement[at..].split(['\'', ' ']).next().unwrap().to_lowercase();
                assert!(address.ends_with(".example"), "{address}");
            }
        }
    }
}

#[test]
fn the_embedded_register_is_the_directory() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("accounting");
    let mut on_disk = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(&root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .replace('\\', "/");
                on_disk.insert(name, std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let embedded: BTreeMap<String, String> = register_files(Dialect::Sqlite)
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text))
        .collect();
    assert_eq!(embedded, on_disk);
}

#[test]
fn on_postgres_only_kind_and_address_differ() {
    let pairs = register_files(Dialect::Sqlite)
        .into_iter()
        .zip(register_files(Dialect::Postgres));
    let mut changed = 0;
    for ((path, sqlite), (_, postgres)) in pairs {
        assert_eq!(sqlite.lines().count(), postgres.lines().count(), "{path}");
        for (before, after) in sqlite
            .lines()
            .zip(postgres.lines())
            .filter(|(before, after)| before != after)
        {
            assert!(
                before.starts_with("kind") || before.starts_with("url"),
                "{path}: {before}"
            );
            assert!(
                after.contains("postgres") || after.contains("env:"),
                "{path}: {after}"
            );
            changed += 1;
        }
    }
    assert_eq!(changed, 2 * Store::ALL.len());
}

#[tokio::test]
async fn every_database_builds_and_its_foreign_keys_hold() {
    for store in Store::ALL {
        let mut connection = build(WORLD, store).await;
        assert_eq!(
            number(&mut connection, "SELECT count(*) FROM pragma_foreign_key_check").await,
            0,
            "{store:?}"
        );
    }
}

#[tokio::test]
async fn an_empty_world_holds_the_cast_alone() {
    let mut connection = build(World { people: 0, ..WORLD }, Store::Crm).await;
    assert_eq!(number(&mut connection, "SELECT count(*) FROM contacts").await, 7);
}

#[tokio::test]
async fn the_cast_is_there() {
    for member in cast() {
        let store = Store::ALL
            .into_iter()
            .find(|store| store.name() == member.store)
            .unwrap();
        let mut connection = build(World { people: 10, ..WORLD }, store).await;
        let sql = format!(
            "SELECT count(*) FROM {} WHERE id = '{}'",
            member.table, member.key
        );
        assert_eq!(number(&mut connection, &sql).await, 1, "{}", member.name);
    }
}

#[tokio::test]
async fn reality_is_messy() {
    let world = World {
        people: 20_000,
        ..WORLD
    };
    let mut crm = build(world, Store::Crm).await;
    for (what, sql) in [
        (
            "capitals in addresses",
            "SELECT count(*) FROM contacts WHERE email <> lower(email)",
        ),
        (
            "spaces after addresses",
            "SELECT count(*) FROM contacts WHERE email LIKE '% '",
        ),
        (
            "accents in addresses",
            "SELECT count(*) FROM contacts WHERE email LIKE '%é%'",
        ),
        (
            "missing last contacts",
            "SELECT count(*) FROM contacts WHERE last_contact_at IS NULL",
        ),
        (
            "the year 1",
            "SELECT count(*) FROM contacts WHERE last_contact_at LIKE '0001-%'",
        ),
        (
            "the year 9999",
            "SELECT count(*) FROM contacts WHERE last_contact_at LIKE '9999-%'",
        ),
        (
            "the epoch",
            "SELECT count(*) FROM contacts WHERE last_contact_at LIKE '1970-01-01%'",
        ),
        (
            "the day after tomorrow",
            "SELECT count(*) FROM contacts WHERE last_contact_at LIKE '2028-%'",
        ),
        (
            "rows hidden",
            "SELECT count(*) FROM contacts WHERE deleted_at IS NOT NULL",
        ),
        (
            "firms that are gone",
            "SELECT count(*) FROM tickets WHERE account_id NOT IN (SELECT id FROM accounts)",
        ),
        (
            "tickets of tickets",
            "SELECT count(*) FROM tickets WHERE duplicate_of IS NOT NULL",
        ),
        (
            "overseas offsets",
            "SELECT count(*) FROM contacts WHERE created_at LIKE '%+11:00'",
        ),
        (
            "sales under discussion",
            "SELECT count(*) FROM opportunities WHERE status = 'open'",
        ),
    ] {
        assert!(number(&mut crm, sql).await > 0, "{what}");
    }
    let mut webinars = build(world, Store::Webinars).await;
    for (what, sql) in [
        (
            "sessions gone",
            "SELECT count(*) FROM registrations WHERE session_id NOT IN (SELECT id FROM sessions)",
        ),
        (
            "no session",
            "SELECT count(*) FROM registrations WHERE session_id IS NULL",
        ),
    ] {
        assert!(number(&mut webinars, sql).await > 0, "{what}");
    }
}

#[test]
fn the_register_loads_and_check_says_only_that_coarse_is_not_anonymous() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let files = register_files(dialect)
            .into_iter()
            .map(|(path, text)| (path.to_owned(), text.into_bytes()))
            .collect();
        let (register, findings) = serment_register::load(&files);
        let register = register.unwrap();
        let (expected, others): (Vec<_>, Vec<_>) = findings
            .iter()
            .partition(|finding| finding.code == Code::AnonymiseKeepsPerson);
        assert!(!has_errors(&findings));
        assert!(others.is_empty(), "{others:#?}");
        assert_eq!(expected.len(), 2);
        assert_eq!(register.activities.len(), 9);
        assert_eq!(register.promises.len(), 70);
    }
}

#[tokio::test]
async fn postgres_takes_every_statement() {
    let server = std::env::var("SERMENT_TEST_POSTGRES")
        .expect("SERMENT_TEST_POSTGRES gives the address of a server: run the tests with `cargo xtask test`");
    let server: sqlx::postgres::PgConnectOptions = server.parse().unwrap();
    let mut root = server.connect().await.unwrap();
    for store in Store::ALL {
        let name = format!("serment_examples_{}_{}", store.name(), std::process::id());
        let run = |sql: String| sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
        run(format!("CREATE DATABASE {name}"))
            .execute(&mut root)
            .await
            .unwrap();
        let mut connection = server.clone().database(&name).connect().await.unwrap();
        for statement in statements(WORLD, store, Dialect::Postgres) {
            run(statement).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
        run(format!("DROP DATABASE {name}"))
            .execute(&mut root)
            .await
            .unwrap();
    }
}
