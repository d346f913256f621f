//! What the generators write: the same for ever, of bounded size, about nobody, and as messy as what people find.

use serment_examples::{COMPANIES, Company, Dialect, World};
use sha2::{Digest, Sha256};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};

use crate::WORLD;

fn every_statement(company: &Company, world: World, dialect: Dialect) -> impl Iterator<Item = String> {
    company
        .databases
        .iter()
        .flat_map(move |database| database.statements(world, dialect))
}

fn digest(company: &Company, world: World, dialect: Dialect) -> String {
    let mut hash = Sha256::new();
    for statement in every_statement(company, world, dialect) {
        hash.update(statement.as_bytes());
    }
    hex::encode(hash.finalize())
}

/// Builds a database in memory.
pub async fn build(company: &Company, world: World, database: &str) -> SqliteConnection {
    let options: sqlx::sqlite::SqliteConnectOptions = "sqlite::memory:".parse().unwrap();
    let mut connection = options.foreign_keys(true).connect().await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    for statement in company
        .database(database)
        .unwrap()
        .statements(world, Dialect::Sqlite)
    {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
            .execute(&mut *transaction)
            .await
            .unwrap();
    }
    transaction.commit().await.unwrap();
    connection
}

pub async fn number(connection: &mut SqliteConnection, sql: &str) -> i64 {
    let row = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned()))
        .fetch_one(connection)
        .await;
    row.unwrap_or_else(|error| panic!("{sql}: {error}")).get(0)
}

/// Company, then the digest for SQLite, PostgreSQL and MariaDB.
const DIGESTS: [(&str, [&str; 3]); COMPANIES.len()] = [
    (
        "accounting",
        [
            "c45332fe5a8cf487df13b28e4385c40fd8355267e8e724b383e0ab1bf051c5a9",
            "89fe61ad91ce8737537fea4308b240694abab6a5e8a29b6ac3197df1c8a931d7",
            "564b6bc060649be20b30de29ac9dfc2b26e59455dd954b1999b0981362f75058",
        ],
    ),
    (
        "councils",
        [
            "762fcef16e8d98635d09f2c42992a4acfdff1fb4744942e45a760ffa6934f7a1",
            "d5fd4109e65a52d91036c2bec21c5ede4f80756c2b5ca7fb87932952fbb56bd6",
            "3214fb340b84310ea300305b16f4d4779d139abf850983e658efe295e4101be9",
        ],
    ),
    (
        "hosting",
        [
            "297fe7ef474f012604f703d6b1b3f4b9e3c7d393e78bfec2eaf0cc174d209872",
            "989510b6ae5d0d41bb294392dbd003ae4dcd46ce44af83d51d597213080a0191",
            "2c8abf052637b56173bffdc8365fcfd83920efed590125a7ed6ff50db99932f7",
        ],
    ),
    (
        "invoicing",
        [
            "26d48647b6a4e5e0282882c2a3eb4749bdce18a50d23dba191348b61f670e6d5",
            "95f6452620080042f6004ff4c3f407012536d08ff6a3dc0fa7ce2ad59e510e23",
            "0496225c6e4007de064b6d4b9710721c48a59ed3f7584d0d483f9d3007fc7808",
        ],
    ),
    (
        "selfcare",
        [
            "7af106fc47783e04e1dded1dbc876819c4cfeeb6f894819e4b5296525aed9e8f",
            "e60990184ba46b6564865d40baba276780d8f745aa079cc8e1190ae0b9b5f048",
            "9df75eccd2539ec30c189eab732b3b57806b9ad3a1f971348406918c8d685c4b",
        ],
    ),
];

#[test]
fn the_same_world_gives_the_same_bytes_for_ever() {
    let world = World {
        people: 3000,
        ..WORLD
    };
    for (company, (name, digests)) in COMPANIES.into_iter().zip(DIGESTS) {
        assert_eq!(company.name, name);
        let found = Dialect::ALL.map(|dialect| digest(company, world, dialect));
        assert_eq!(found, digests, "{name}");
        let other = digest(company, World { seed: 2, ..world }, Dialect::Sqlite);
        assert_ne!(found[0], other, "{name}");
    }
}

#[test]
fn no_statement_grows_with_the_world() {
    for company in COMPANIES {
        let world = World {
            people: 6_000,
            ..WORLD
        };
        let all = every_statement(company, world, Dialect::Sqlite);
        assert!(all.map(|statement| statement.len()).max().unwrap() < 400_000);
    }
}

#[test]
fn nobody_can_be_reached_by_what_is_generated() {
    for company in COMPANIES {
        let mut addresses = 0;
        for statement in every_statement(company, WORLD, Dialect::Sqlite) {
            for (at, _) in statement.match_indices('@') {
                let rest = statement[at + 1..].to_lowercase();
                let ends = |c: char| !(c.is_alphanumeric() || c == '.' || c == '-');
                let domain = rest.split(ends).next().unwrap();
                assert!(domain.ends_with(".example"), "{}: {domain}", company.name);
                addresses += 1;
            }
        }
        assert!(addresses > 50, "{}", company.name);
    }
}

#[tokio::test]
async fn every_database_builds_and_its_foreign_keys_hold() {
    for company in COMPANIES {
        for database in company.databases {
            let mut connection = build(company, WORLD, database.name).await;
            assert_eq!(
                number(&mut connection, "SELECT count(*) FROM pragma_foreign_key_check").await,
                0,
                "{} {}",
                company.name,
                database.name
            );
        }
    }
}

#[tokio::test]
async fn the_cast_is_there_even_when_nobody_else_is() {
    for company in COMPANIES {
        for member in company.cast {
            for people in [0, 10] {
                let mut connection = build(company, World { people, ..WORLD }, member.store).await;
                let sql = format!(
                    "SELECT count(*) FROM {} WHERE id = '{}'",
                    member.table, member.key
                );
                assert_eq!(
                    number(&mut connection, &sql).await,
                    1,
                    "{} {}",
                    company.name,
                    member.name
                );
            }
        }
    }
}

/// Company, database, what must be found, and a question that counts it.
const MESS: &[(&str, &str, &str, &str)] = &[
    (
        "accounting",
        "crm",
        "capitals in addresses",
        "SELECT count(*) FROM contacts WHERE email <> lower(email)",
    ),
    (
        "accounting",
        "crm",
        "spaces after addresses",
        "SELECT count(*) FROM contacts WHERE email LIKE '% '",
    ),
    (
        "accounting",
        "crm",
        "accents in addresses",
        "SELECT count(*) FROM contacts WHERE email LIKE '%é%'",
    ),
    (
        "accounting",
        "crm",
        "missing last contacts",
        "SELECT count(*) FROM contacts WHERE last_contact_at IS NULL",
    ),
    (
        "accounting",
        "crm",
        "the year 1",
        "SELECT count(*) FROM contacts WHERE last_contact_at LIKE '0001-%'",
    ),
    (
        "accounting",
        "crm",
        "the year 9999",
        "SELECT count(*) FROM contacts WHERE last_contact_at LIKE '9999-%'",
    ),
    (
        "accounting",
        "crm",
        "the epoch",
        "SELECT count(*) FROM contacts WHERE last_contact_at LIKE '1970-01-01%'",
    ),
    (
        "accounting",
        "crm",
        "the day after tomorrow",
        "SELECT count(*) FROM contacts WHERE last_contact_at LIKE '2028-%'",
    ),
    (
        "accounting",
        "crm",
        "rows hidden",
        "SELECT count(*) FROM contacts WHERE deleted_at IS NOT NULL",
    ),
    (
        "accounting",
        "crm",
        "firms that are gone",
        "SELECT count(*) FROM tickets WHERE account_id NOT IN (SELECT id FROM accounts)",
    ),
    (
        "accounting",
        "crm",
        "tickets of tickets",
        "SELECT count(*) FROM tickets WHERE duplicate_of IS NOT NULL",
    ),
    (
        "accounting",
        "crm",
        "overseas offsets",
        "SELECT count(*) FROM contacts WHERE created_at LIKE '%+11:00'",
    ),
    (
        "accounting",
        "crm",
        "sales under discussion",
        "SELECT count(*) FROM opportunities WHERE status = 'open'",
    ),
    (
        "accounting",
        "webinars",
        "sessions gone",
        "SELECT count(*) FROM registrations WHERE session_id NOT IN (SELECT id FROM sessions)",
    ),
    (
        "accounting",
        "webinars",
        "no session",
        "SELECT count(*) FROM registrations WHERE session_id IS NULL",
    ),
    (
        "hosting",
        "logs",
        "clocks that failed",
        "SELECT count(*) FROM connections WHERE connected_at LIKE '1970-%'",
    ),
    (
        "hosting",
        "logs",
        "no moment",
        "SELECT count(*) FROM connections WHERE connected_at IS NULL",
    ),
    (
        "hosting",
        "portal",
        "users of nobody",
        "SELECT count(*) FROM users WHERE client_id IS NULL",
    ),
    (
        "hosting",
        "portal",
        "accounts disabled",
        "SELECT count(*) FROM users WHERE disabled",
    ),
    (
        "hosting",
        "portal",
        "seconds for milliseconds",
        "SELECT count(*) FROM actions WHERE acted_at < 10000000000",
    ),
    (
        "hosting",
        "recruitment",
        "dates that are none",
        "SELECT count(*) FROM applications WHERE received_at LIKE '%Pâques'",
    ),
    (
        "hosting",
        "crm",
        "customers without organisation",
        "SELECT count(*) FROM contacts WHERE kind = 'C' AND account_id IS NULL",
    ),
    (
        "hosting",
        "crm",
        "overseas offsets",
        "SELECT count(*) FROM exchanges WHERE said_at LIKE '%-04:00'",
    ),
    (
        "hosting",
        "crm",
        "accents in addresses",
        "SELECT count(*) FROM contacts WHERE email LIKE '%é%'",
    ),
    (
        "invoicing",
        "contacts",
        "people without a date",
        "SELECT count(*) FROM people WHERE created_at IS NULL",
    ),
    (
        "invoicing",
        "contacts",
        "requests of people who are gone",
        "SELECT count(*) FROM requests WHERE person_id NOT IN (SELECT id FROM people)",
    ),
    (
        "invoicing",
        "contacts",
        "the year 9999",
        "SELECT count(*) FROM people WHERE asked_at LIKE '9999-%'",
    ),
    (
        "invoicing",
        "contacts",
        "titles written as they come",
        "SELECT count(*) FROM people WHERE civility = 'MME'",
    ),
    (
        "invoicing",
        "contacts",
        "rows hidden",
        "SELECT count(*) FROM people WHERE archived",
    ),
    (
        "invoicing",
        "billing",
        "contracts that ended in 1970",
        "SELECT count(*) FROM debtors WHERE contract_ended_on = '1970-01-01'",
    ),
    (
        "invoicing",
        "billing",
        "disputes without end",
        "SELECT count(*) FROM disputes WHERE settled_on IS NULL",
    ),
    (
        "invoicing",
        "site",
        "seconds for milliseconds",
        "SELECT count(*) FROM visits WHERE visited_at < 10000000000",
    ),
    (
        "invoicing",
        "service",
        "users of nobody",
        "SELECT count(*) FROM users WHERE account_code IS NULL",
    ),
    (
        "councils",
        "boxes",
        "titles written as they come",
        "SELECT count(*) FROM members WHERE gender = 'Madame'",
    ),
    (
        "councils",
        "boxes",
        "accounts closed",
        "SELECT count(*) FROM members WHERE NOT active",
    ),
    (
        "councils",
        "boxes",
        "documents that are gone",
        "SELECT count(*) FROM deliveries WHERE document_id NOT IN (SELECT id FROM documents)",
    ),
    (
        "councils",
        "boxes",
        "a contract that ends in 9999",
        "SELECT count(*) FROM clients WHERE contract_ended_on = '9999-12-31'",
    ),
    (
        "councils",
        "boxes",
        "presence with capitals",
        "SELECT count(*) FROM attendances WHERE presence = 'Présente'",
    ),
    (
        "councils",
        "crm",
        "the year 1",
        "SELECT count(*) FROM contacts WHERE last_contact_at LIKE '0001-%'",
    ),
    (
        "councils",
        "crm",
        "accents in addresses",
        "SELECT count(*) FROM contacts WHERE email LIKE '%é%'",
    ),
    (
        "councils",
        "crm",
        "spaces after addresses",
        "SELECT count(*) FROM contacts WHERE email LIKE '% '",
    ),
    (
        "selfcare",
        "platform",
        "conversations without a date",
        "SELECT count(*) FROM conversations WHERE started_at IS NULL",
    ),
    (
        "selfcare",
        "platform",
        "users of nobody",
        "SELECT count(*) FROM users WHERE client_id IS NULL",
    ),
    (
        "selfcare",
        "platform",
        "accounts closed",
        "SELECT count(*) FROM users WHERE disabled_at IS NOT NULL",
    ),
    (
        "selfcare",
        "platform",
        "seconds for milliseconds",
        "SELECT count(*) FROM searches WHERE searched_at < 10000000000",
    ),
    (
        "selfcare",
        "platform",
        "overseas offsets",
        "SELECT count(*) FROM messages WHERE sent_at LIKE '%-04:00'",
    ),
    (
        "selfcare",
        "crm",
        "addresses in capitals",
        "SELECT count(*) FROM subscribers WHERE email <> lower(email)",
    ),
    (
        "selfcare",
        "crm",
        "webinars without a day",
        "SELECT count(*) FROM registrations WHERE held_on IS NULL",
    ),
    (
        "selfcare",
        "rights",
        "requests closed in 1970",
        "SELECT count(*) FROM requests WHERE closed_on = '1970-01-01'",
    ),
];

#[tokio::test]
async fn reality_is_messy() {
    let world = World {
        people: 6_000,
        ..WORLD
    };
    for company in COMPANIES {
        for database in company.databases {
            let mess = MESS
                .iter()
                .filter(|(name, store, ..)| (*name, *store) == (company.name, database.name));
            let mut built = None;
            for (name, _, what, sql) in mess {
                if built.is_none() {
                    built = Some(build(company, world, database.name).await);
                }
                let found = number(built.as_mut().unwrap(), sql).await;
                assert!(found > 0, "{name}: {what}");
            }
        }
        assert!(
            MESS.iter().filter(|(name, ..)| *name == company.name).count() >= 5,
            "{}: what is messy there?",
            company.name
        );
    }
}
