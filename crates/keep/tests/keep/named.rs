//! A row that somebody names by its key on a command line, where a number and a text look alike.

use std::time::Duration;

use serde_json::{Value, json};
use serment_keep::holds::{HoldRequest, NewHold};
use serment_register::model::TableId;
use serment_sql::Kind;
use serment_store::condition::Key;

use crate::world::{Foreign, World};

const TABLES: &str = "
CREATE TABLE codes (code TEXT PRIMARY KEY, body TEXT, posted_on DATE);
CREATE TABLE numbers (number INTEGER PRIMARY KEY, body TEXT, posted_on DATE);
CREATE TABLE pairs (code VARCHAR(20), number BIGINT, body TEXT, posted_on DATE, PRIMARY KEY (code, number));
INSERT INTO codes VALUES ('4711', 'x', '2020-01-01'), ('007', 'x', '2020-01-01'), ('7', 'x', '2020-01-01'),
    ('1e3', 'x', '2020-01-01'), ('1000', 'x', '2020-01-01'), ('4711.0', 'x', '2020-01-01'), ('-3', 'x', '2020-01-01'),
    ('true', 'x', '2020-01-01');
INSERT INTO numbers VALUES (4711, 'x', '2020-01-01'), (7, 'x', '2020-01-01'), (1000, 'x', '2020-01-01'),
    (-3, 'x', '2020-01-01'), (1, 'x', '2020-01-01');
INSERT INTO pairs VALUES ('4711', 7, 'x', '2020-01-01'), ('007', 7, 'x', '2020-01-01'), ('7', 7, 'x', '2020-01-01');
";

fn table(name: &str, key: &str, columns: &str) -> String {
    format!(
        "[table.{name}]\nsubjects = [\"customer\"]\nkey = [{key}]\n[table.{name}.events]\nposted = \"posted_on\"\n\
         [table.{name}.columns]\n{columns}\nbody = \"free_text\"\nposted_on = \"none\"\n"
    )
}

async fn shop(kind: Kind) -> World {
    let world = World::changed(kind, Foreign::Keys, true, &|file| {
        let rest = if file.contains("[store]") {
            [
                table("codes", "\"code\"", "code = \"none\""),
                table("numbers", "\"number\"", "number = \"none\""),
                table(
                    "pairs",
                    "\"code\", \"number\"",
                    "code = \"none\"\nnumber = \"none\"",
                ),
            ]
            .concat()
        } else {
            ["codes", "numbers", "pairs"]
                .map(|name| {
                    format!(
                        "[[retention]]\nname = \"{name}_2y\"\nfor = [\"relation\"]\nof = \"shop.{name}\"\n\
                         after = [\"posted\"]\nkeep = \"2 years\"\nthen = \"erase\"\n"
                    )
                })
                .concat()
        };
        format!("{file}\n{rest}")
    })
    .await;
    world.script(TABLES).await;
    world
}

fn id(table: &str) -> TableId {
    TableId {
        store: "shop".to_owned(),
        table: table.to_owned(),
    }
}

async fn found(kind: Kind) {
    let world = shop(kind).await;
    let opened = world.open().await;
    let asked: [(&str, Value, bool); 20] = [
        ("codes", json!([4711]), true),
        ("codes", json!(["4711"]), true),
        ("codes", json!(["007"]), true),
        ("codes", json!([7]), true),
        ("codes", json!(["1e3"]), true),
        ("codes", json!([1000]), true),
        ("codes", json!([-3]), true),
        ("codes", json!(["4711.0"]), true),
        ("codes", json!(["04711"]), false),
        ("codes", json!(["4711 "]), false),
        ("codes", json!(["07"]), false),
        ("numbers", json!([4711]), true),
        ("numbers", json!(["4711"]), true),
        ("numbers", json!([-3]), true),
        ("numbers", json!(["1e3"]), false),
        ("numbers", json!(["4711.0"]), false),
        ("numbers", json!(["x"]), false),
        ("pairs", json!([4711, "7"]), true),
        ("pairs", json!(["007", 7]), true),
        ("pairs", json!(["0007", 7]), false),
    ];
    for (table, key, there) in asked {
        let parts = key.as_array().unwrap().clone();
        let explanation = opened
            .keeper()
            .observer()
            .explain(&id(table), &Key(parts.clone()))
            .await
            .unwrap();
        assert_eq!(explanation.is_some(), there, "{kind:?} {table} {key}");
    }
}

#[tokio::test]
async fn b11_a_key_that_looks_like_a_number_finds_the_row_of_that_key() {
    found(Kind::Sqlite).await;
}

#[tokio::test]
async fn b11_on_postgres_a_key_that_looks_like_a_number_finds_the_row_of_that_key() {
    found(Kind::Postgres).await;
}

#[tokio::test]
async fn b11_on_mariadb_a_key_that_looks_like_a_number_finds_the_row_of_that_key() {
    found(Kind::Mariadb).await;
}

async fn held(kind: Kind) {
    let world = shop(kind).await;
    let opened = world.open().await;
    for (table, keys) in [
        ("codes", vec![json!([4711]), json!(["007"]), json!(["1e3"])]),
        ("numbers", vec![json!(["4711"]), json!([7]), json!(["1e3"])]),
        ("pairs", vec![json!([7, 7]), json!(["007", "7"])]),
    ] {
        let keys = keys
            .iter()
            .map(|key| Key(key.as_array().unwrap().clone()))
            .collect();
        opened
            .keeper()
            .hold_add(&NewHold {
                scope: HoldRequest::Rows(id(table), keys),
                ground: "legal_claim".to_owned(),
                actor: "a test".to_owned(),
                until: None,
                patience: Duration::from_secs(5),
            })
            .await
            .unwrap();
    }
    for rule in ["sales.codes_2y", "sales.numbers_2y", "sales.pairs_2y"] {
        opened.approve(rule).await;
    }
    let report = opened.keep().await;
    assert!(report.is_clean(), "{report:#?}");
    let left = async |table: &str, key: &[&str]| {
        let mut left = world.table(table, key, &[]).await;
        left.sort();
        left
    };
    assert_eq!(
        left("codes", &["code"]).await,
        ["007 []", "1e3 []", "4711 []"],
        "{kind:?}"
    );
    assert_eq!(
        left("numbers", &["number"]).await,
        ["4711 []", "7 []"],
        "{kind:?}"
    );
    assert_eq!(
        left("pairs", &["code", "number"]).await,
        ["[\"007\",7] []", "[\"7\",7] []"],
        "{kind:?}"
    );
}

#[tokio::test]
async fn b11_a_hold_on_a_key_that_looks_like_a_number_freezes_the_row_of_that_key() {
    held(Kind::Sqlite).await;
}

#[tokio::test]
async fn b11_on_postgres_a_hold_on_a_key_that_looks_like_a_number_freezes_the_row_of_that_key() {
    held(Kind::Postgres).await;
}

#[tokio::test]
async fn b11_on_mariadb_a_hold_on_a_key_that_looks_like_a_number_freezes_the_row_of_that_key() {
    held(Kind::Mariadb).await;
}
