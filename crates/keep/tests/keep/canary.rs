//! D20: keys may be personal. What a run must remember of them while it commits is forgotten once it is settled.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use serment_keep::KeepOptions;
use serment_keep::faults::{Faults, with};
use serment_sql::Kind;

use crate::world::{Foreign, World};

const MARKER: &str = "zyx9";

const TABLE: &str = r#"
[table.people]
subjects = ["customer"]
key      = ["email"]
[table.people.events]
posted = "posted_on"
[table.people.columns]
email     = "contact.email"
name      = "identity.name"
posted_on = "none"
"#;

const RULE: &str = r#"
[[retention]]
name  = "people_2y"
for   = ["relation"]
of    = "shop.people"
after = ["posted"]
keep  = "2 years"
then  = "erase"
"#;

struct Dies;

#[async_trait]
impl Faults for Dies {
    async fn at(&self, point: &'static str) {
        if point == "before_commit" {
            std::panic::panic_any("killed by the test");
        }
    }
}

/// Files below that hold the marker.
fn marked(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(marked(&path));
        } else if std::fs::read(&path)
            .unwrap()
            .windows(MARKER.len())
            .any(|bytes| bytes == MARKER.as_bytes())
        {
            found.push(path.display().to_string());
        }
    }
    found
}

async fn forgotten(kind: Kind) {
    let world = World::changed(kind, Foreign::Keys, true, &|file| {
        let rest = if file.contains("[store]") { TABLE } else { RULE };
        format!("{file}\n{rest}")
    })
    .await;
    world
        .script("CREATE TABLE people (email TEXT PRIMARY KEY, name TEXT, posted_on DATE)")
        .await;
    for number in 1..=5 {
        let row = format!(
            "INSERT INTO people VALUES ('{MARKER}{number}@people.example', '{MARKER}', '2020-01-01')"
        );
        world.script(&row).await;
    }
    let options = KeepOptions {
        batch_size: 2,
        ..KeepOptions::default()
    };
    {
        let opened = world.open().await;
        opened.approve("sales.people_2y").await;
        let run = std::panic::AssertUnwindSafe(with(Arc::new(Dies), opened.keep_with(&options)));
        assert!(futures::FutureExt::catch_unwind(run).await.is_err());
    }
    assert!(
        !marked(&world.state_dir()).is_empty(),
        "the batch that may have committed is remembered"
    );
    let opened = world.open().await;
    let report = opened.keep_with(&options).await;
    assert!(report.is_clean(), "{report:#?}");
    assert!(!format!("{report:?}").contains(MARKER));
    opened.state.close().await;
    assert!(world.table("people", &["email"], &[]).await.is_empty());
    assert_eq!(marked(&world.state_dir()), Vec::<String>::new(), "{kind:?}");
}

#[tokio::test]
async fn d20_the_keys_of_a_run_that_was_killed_are_forgotten_once_it_is_settled() {
    forgotten(Kind::Sqlite).await;
}

#[tokio::test]
async fn d20_on_postgres_the_keys_of_a_run_that_was_killed_are_forgotten_once_it_is_settled() {
    forgotten(Kind::Postgres).await;
}

#[tokio::test]
async fn d20_on_mariadb_the_keys_of_a_run_that_was_killed_are_forgotten_once_it_is_settled() {
    forgotten(Kind::Mariadb).await;
}
