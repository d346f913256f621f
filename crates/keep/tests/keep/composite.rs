//! Tables whose rules walk a key of several columns, and values that are new for each row.

use serment_keep::KeepOptions;
use serment_sql::Kind;

use crate::world::{Foreign, World};

const TABLES: &str = "
CREATE TABLE badges (site TEXT, number INTEGER, firm INTEGER, holder TEXT, phone TEXT UNIQUE, seen_on DATE, PRIMARY KEY (site, number));
CREATE TABLE passes (site TEXT, number INTEGER, holder TEXT, seen_on DATE, PRIMARY KEY (site, number));
";

const REGISTER: &str = r#"
[table.badges]
subjects = ["visitor"]
key      = ["site", "number"]
client   = "firm"
[table.badges.events]
seen = "seen_on"
[table.badges.columns]
site    = "none"
number  = "none"
firm    = "none"
holder  = { category = "connection", anonymise = { pseudonym = "p-" } }
phone   = { category = "contact", anonymise = { random = "r-" } }
seen_on = "none"

[table.passes]
subjects = ["visitor"]
key      = ["site", "number"]
[table.passes.events]
seen = "seen_on"
[table.passes.columns]
site    = "none"
number  = "none"
holder  = "contact"
seen_on = "none"
"#;

const RULES: &str = r#"
[[retention]]
name  = "badges_1y"
for   = ["relation"]
of    = "shop.badges"
after = ["seen"]
keep  = "1 year"
then  = "anonymise"

[[retention]]
name  = "passes_1y"
for   = ["relation"]
of    = "shop.passes"
after = ["seen"]
keep  = "1 year"
then  = "erase"
"#;

/// First parts whose order and writing differ from one database to the next.
const SITES: [&str; 9] = ["", "É", "a", "A", "'; --", "\\", "z z", "é", "10"];

async fn shop(kind: Kind) -> World {
    let world = World::changed(kind, Foreign::Keys, true, &|file| {
        let rest = if file.contains("[store]") { REGISTER } else { RULES };
        format!("{file}\n{rest}")
    })
    .await;
    // What is alike is one to MariaDB, unless its column tells its bytes apart.
    let exact = |text: &str, column: &str| match kind {
        Kind::Mariadb => text.replace(
            &format!("{column} TEXT"),
            &format!("{column} VARCHAR(40) COLLATE utf8mb4_nopad_bin"),
        ),
        Kind::Sqlite | Kind::Postgres => text.to_owned(),
    };
    world.script(&exact(&exact(TABLES, "site"), "phone")).await;
    let mut script = String::new();
    for site in SITES {
        let site = site.replace('\'', "''");
        for number in [-1, 2, 10] {
            let seen = if number == 2 { "2026-05-01" } else { "2025-01-01" };
            let firm = if site == "a" { 42 } else { 7 };
            script.push_str(&format!(
                "INSERT INTO badges VALUES ('{site}', {number}, {firm}, 'ada', 'p{site}{number}', '{seen}');
                 INSERT INTO passes VALUES ('{site}', {number}, 'ada', '{seen}');"
            ));
        }
    }
    world.script(&script).await;
    world
}

fn options() -> KeepOptions {
    KeepOptions {
        batch_size: 4,
        ..KeepOptions::default()
    }
}

async fn walked(kind: Kind) {
    let world = shop(kind).await;
    let opened = world.open().await;
    opened.approve("sales.badges_1y").await;
    opened.approve("sales.passes_1y").await;
    // A client whose column holds numbers.
    let report = opened
        .keep_with(&KeepOptions {
            client: Some("42".to_owned()),
            ..options()
        })
        .await;
    assert!(report.is_clean(), "{report:#?}");
    let badges = async |columns: &[&str]| world.table("badges", &["site", "number"], columns).await;
    let phones = badges(&["phone"]).await;
    let mine = |row: &String| row.starts_with("[\"a\",");
    assert!(
        phones
            .iter()
            .all(|row| row.contains("\"r-") == (mine(row) && !row.starts_with("[\"a\",2]")))
    );
    assert_eq!(phones.iter().filter(|row| row.contains("\"r-")).count(), 2);

    let report = opened.keep_with(&options()).await;
    assert!(report.is_clean(), "{report:#?}");
    let passes = world.table("passes", &["site", "number"], &[]).await;
    assert_eq!(passes.len(), SITES.len());
    assert!(passes.iter().all(|key| key.contains(",2]")), "{passes:?}");
    let rows = badges(&["holder", "phone"]).await;
    let old: Vec<_> = rows.iter().filter(|row| !row.contains(",2] ")).collect();
    assert_eq!(old.len(), 2 * SITES.len());
    let holders: std::collections::BTreeSet<_> = old
        .iter()
        .map(|row| row.split(" [\"").nth(1).unwrap().split('"').next().unwrap())
        .collect();
    assert_eq!(holders.len(), 1, "one pseudonym for one person: {holders:?}");
    assert!(holders.iter().all(|holder| holder.starts_with("p-")));
    assert!(old.iter().all(|row| row.contains("\"r-")), "{old:?}");
    assert!(
        rows.iter()
            .filter(|row| row.contains(",2] "))
            .all(|row| row.contains("[\"ada\",\"p")),
        "recent ones are as they were: {rows:?}"
    );
    // It converged: nothing is done twice.
    let report = opened.keep_with(&options()).await;
    assert!(report.is_clean() && report.rows() == 0, "{report:#?}");
    assert_eq!(badges(&["holder", "phone"]).await, rows);
}

#[tokio::test]
async fn b11_keys_of_several_columns_are_walked_to_the_last_row() {
    walked(Kind::Sqlite).await;
}

#[tokio::test]
async fn b11_on_postgres_keys_of_several_columns_are_walked_to_the_last_row() {
    walked(Kind::Postgres).await;
}

#[tokio::test]
async fn b11_on_mariadb_keys_of_several_columns_are_walked_to_the_last_row() {
    walked(Kind::Mariadb).await;
}
