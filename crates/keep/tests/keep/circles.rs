//! B13: tables that refer to themselves; and what is said of one row.

use serment_keep::KeepOptions;
use serment_keep::explain::Stand;
use serment_keep::outcome::Code;
use serment_plan::steps::Effect;
use serment_register::model::TableId;
use serment_sql::Kind;
use serment_store::condition::Key;

use crate::people::SMALL;
use crate::world::{Foreign, World};

/// Three posts answer one another in a circle, one more hangs on it, and another circle holds a recent post.
const CIRCLES: &str = "
INSERT INTO posts VALUES (10, NULL, 'old', '2020-01-01'), (11, 10, 'old', '2020-01-01'), (12, 11, 'old', '2020-01-01'),
    (13, 12, 'old', '2020-01-01'), (20, NULL, 'old', '2020-01-01'), (21, 20, 'recent', '2026-01-01');
UPDATE posts SET answer_to = 12 WHERE id = 10;
UPDATE posts SET answer_to = 21 WHERE id = 20;
";

async fn circles(kind: Kind) {
    let world = World::new(kind, Foreign::Keys, true).await;
    world.script(CIRCLES).await;
    let opened = world.open().await;
    opened.approve("sales.posts_2y").await;
    // A circle goes whole or not at all.
    let report = opened
        .keep_with(&KeepOptions {
            batch_size: 2,
            ..KeepOptions::default()
        })
        .await;
    assert_eq!(report.blocked[0].why.code, Code::ReferenceCycle, "{report:#?}");
    assert_eq!(
        world.ids("posts").await,
        [10, 11, 12, 20, 21],
        "what hangs on it went"
    );
    let report = opened.keep().await;
    assert!(report.blocked.is_empty(), "{report:#?}");
    assert_eq!(
        world.ids("posts").await,
        [20, 21],
        "a recent answer keeps its circle"
    );
    let rows: u64 = opened
        .state
        .outcomes(None, None, 0, 100)
        .await
        .unwrap()
        .iter()
        .filter(|outcome| outcome.outcome == "erased")
        .map(|outcome| outcome.rows)
        .sum();
    assert_eq!(rows, 4);
}

#[tokio::test]
async fn b13_rows_that_refer_to_one_another_in_a_circle_go_together_or_stay() {
    circles(Kind::Sqlite).await;
}

#[tokio::test]
async fn b13_on_postgres_rows_that_refer_to_one_another_in_a_circle_go_together_or_stay() {
    circles(Kind::Postgres).await;
}

#[tokio::test]
async fn b13_on_mariadb_rows_that_refer_to_one_another_in_a_circle_go_together_or_stay() {
    circles(Kind::Mariadb).await;
}

#[tokio::test]
async fn a_row_is_explained_by_what_the_engine_would_do() {
    let world = World::new(Kind::Sqlite, Foreign::Keys, true).await;
    world.script(SMALL).await;
    let opened = world.open().await;
    let table = TableId {
        store: "shop".to_owned(),
        table: "customers".to_owned(),
    };
    let explain = async |id: i64| {
        opened
            .keeper()
            .observer()
            .explain(&table, &Key(vec![id.into()]))
            .await
            .unwrap()
    };
    let due = explain(1).await.unwrap();
    assert_eq!(due.rules[0].stand, Stand::Ended);
    assert_eq!(due.due, [Effect::Erase]);
    assert_eq!(due.client.as_deref(), Some("a"));
    assert!(due.verdict.en.contains("approved"), "{}", due.verdict.en);
    let active = explain(2).await.unwrap();
    assert!(
        active.rules[0].held_by_state && active.due.is_empty(),
        "{active:#?}"
    );
    assert!(
        active.verdict.en.contains("a state still holds"),
        "{}",
        active.verdict.en
    );
    let reduced = explain(3).await.unwrap();
    assert_eq!(reduced.due, [Effect::Reduce]);
    assert_eq!(reduced.referenced_by.len(), 1);
    let name = reduced
        .columns
        .iter()
        .find(|column| column.column == "name")
        .unwrap();
    assert_eq!(name.needed_by_referrers.len(), 1, "the invoice needs the name");
    assert!(!name.due);
    let email = reduced
        .columns
        .iter()
        .find(|column| column.column == "email")
        .unwrap();
    assert!(email.due && !email.footing);
    assert_eq!(explain(5).await.unwrap().rules[0].stand, Stand::NeverBegan);
    assert!(explain(99).await.is_none());
}
