//! Who may reach a table, as each server tells it.

use serment_sql::Kind;
use serment_sql::testing::Database;
use serment_store::Role;
use serment_store::catalogue::TableName;
use serment_store::survey::{Grant, Grants};

fn table(name: &str) -> TableName {
    TableName {
        schema: None,
        name: name.to_owned(),
    }
}

async fn grants(store: &dyn serment_store::Store, tables: &[&str]) -> Vec<Grant> {
    let tables: Vec<TableName> = tables.iter().map(|name| table(name)).collect();
    match store.access(&tables).await.expect("told").grants {
        Grants::Told(grants) => grants,
        other => panic!("{other:?}"),
    }
}

fn of<'g>(grants: &'g [Grant], role: &str) -> Vec<(&'g str, bool, bool)> {
    grants
        .iter()
        .filter(|grant| grant.role == role)
        .map(|grant| (grant.table.name.as_str(), grant.read, grant.change))
        .collect()
}

/// Through a role that holds another, on one column only, and to everybody.
#[tokio::test]
async fn postgres_tells_what_is_inherited_too() {
    let database = Database::create(Kind::Postgres).await;
    let (a, b, c, d) = ("survey_a", "survey_b", "survey_c", "survey_nobody");
    database
        .script(&format!(
            "DROP ROLE IF EXISTS {a}; DROP ROLE IF EXISTS {b}; DROP ROLE IF EXISTS {c}; DROP ROLE IF EXISTS {d}; \
             CREATE ROLE {a} NOLOGIN; CREATE ROLE {b} LOGIN IN ROLE {a}; CREATE ROLE {c} LOGIN; CREATE ROLE {d} LOGIN; \
             CREATE TABLE people (id int PRIMARY KEY, email text); CREATE TABLE open_to_all (id int); \
             CREATE TABLE unasked (id int); \
             GRANT SELECT, DELETE ON people TO {a}; GRANT SELECT (email) ON people TO {c}; GRANT SELECT ON open_to_all TO PUBLIC; \
             GRANT SELECT ON unasked TO {d}"
        ))
        .await;
    let store = database.open(Role::Read).await.expect("opens");
    let found = grants(&*store, &["people", "open_to_all"]).await;
    assert_eq!(of(&found, a), [], "it cannot log in: its members can");
    assert_eq!(
        of(&found, b),
        [("open_to_all", true, false), ("people", true, true)]
    );
    assert_eq!(
        of(&found, c),
        [("open_to_all", true, false), ("people", true, false)]
    );
    assert_eq!(of(&found, d), [("open_to_all", true, false)]);
    assert!(found.iter().any(|grant| grant.superuser));
    drop(store);
    database
        .script(&format!(
            "DROP OWNED BY {a}, {b}, {c}, {d}; DROP ROLE {b}; DROP ROLE {a}; DROP ROLE {c}; DROP ROLE {d}"
        ))
        .await;
}

/// On a database by pattern, on a table, on a column, through a role; and hidden from who may not know.
#[tokio::test]
async fn mariadb_tells_every_level_or_says_that_it_may_not() {
    let database = Database::create(Kind::Mariadb).await;
    database
        .script(
            "CREATE TABLE people (id int PRIMARY KEY, email varchar(50)); CREATE TABLE other (id int); \
             CREATE OR REPLACE USER survey_table@localhost, survey_column@localhost, survey_db, survey_held@localhost; \
             CREATE OR REPLACE ROLE survey_role; \
             GRANT SELECT ON people TO survey_table@localhost; GRANT SELECT (email) ON people TO survey_column@localhost; \
             GRANT SELECT, UPDATE ON people TO survey_role; GRANT survey_role TO survey_held@localhost",
        )
        .await;
    let name = database
        .address()
        .rsplit('/')
        .next()
        .expect("a name")
        .split('?')
        .next()
        .expect("a name")
        .to_owned();
    database
        .script(&format!("GRANT SELECT ON \"{name}\".* TO survey_db"))
        .await;
    let store = database.open(Role::Read).await.expect("opens");
    let found = grants(&*store, &["people", "other"]).await;
    assert_eq!(of(&found, "survey_table@localhost"), [("people", true, false)]);
    assert_eq!(of(&found, "survey_column@localhost"), [("people", true, false)]);
    assert_eq!(of(&found, "survey_held@localhost"), [("people", true, true)]);
    assert_eq!(
        of(&found, "survey_db@%"),
        [("other", true, false), ("people", true, false)]
    );
    let limited = database.open_as("survey_db", Role::Read).await.expect("opens");
    let access = limited.access(&[table("people")]).await.expect("told");
    assert!(matches!(access.grants, Grants::Hidden(_)), "{access:?}");
    database
        .script(
            "DROP USER survey_table@localhost, survey_column@localhost, survey_db, survey_held@localhost; \
             DROP ROLE survey_role",
        )
        .await;
}
