//! What keeps a rule from acting.

use std::sync::atomic::AtomicBool;

use serment_keep::outcome::Code;
use serment_keep::ports::Silent;
use serment_keep::{KeepError, KeepOptions};
use serment_sql::Kind;

use crate::people::SMALL;
use crate::world::{Foreign, World, lean};

async fn shop() -> World {
    let world = World::changed(Kind::Sqlite, Foreign::Keys, true, &lean).await;
    world.script(SMALL).await;
    world
}

#[tokio::test]
async fn b10_a_schema_changed_after_the_approval_releases_nothing() {
    let world = shop().await;
    let opened = world.open().await;
    opened.approve("sales.customers_3y").await;
    world
        .script("ALTER TABLE customers ADD COLUMN nickname TEXT")
        .await;
    let before = world.contents().await;
    let report = opened.keep().await;
    assert_eq!(world.contents().await, before);
    assert!(
        report
            .observed
            .iter()
            .any(|observed| observed.rule.0 == "sales.customers_3y" && observed.why == "changed"),
        "{report:#?}"
    );
}

#[tokio::test]
async fn more_rows_than_approved_block_the_first_run() {
    let world = shop().await;
    let opened = world.open().await;
    opened.approve("sales.customers_3y").await;
    world
        .script(
            "INSERT INTO customers VALUES (7, 'a', 'Gus', NULL, NULL, '2020-01-01'), (8, 'a', 'Hal', NULL, NULL, '2020-01-01'),
             (9, 'a', 'Ivy', NULL, NULL, '2020-01-01'), (10, 'a', 'Joe', NULL, NULL, '2020-01-01')",
        )
        .await;
    let report = opened.keep().await;
    assert_eq!(report.blocked[0].why.code, Code::OverCeiling, "{report:#?}");
    assert!(world.ids("customers").await.contains(&1));
    // Approved again with what it is now, it runs.
    opened.approve("sales.customers_3y").await;
    let report = opened.keep().await;
    assert!(report.blocked.is_empty(), "{report:#?}");
    assert!(!world.ids("customers").await.contains(&7));
}

#[tokio::test]
async fn an_approval_that_waited_too_long_is_not_used() {
    let world = shop().await;
    let opened = world.open().await;
    opened.approve("sales.customers_3y").await;
    world.clock.set("2026-06-23T10:00:00Z");
    let report = opened.keep().await;
    assert_eq!(report.blocked[0].why.code, Code::Expired, "{report:#?}");
    assert!(world.ids("customers").await.contains(&1));
}

#[tokio::test]
async fn a9_a_clock_that_went_back_is_refused_and_one_that_leapt_is_told() {
    let world = shop().await;
    let opened = world.open().await;
    opened.keep().await;
    world.clock.set("2026-06-15T09:58:00Z");
    opened.keep().await;
    world.clock.set("2026-06-15T09:30:00Z");
    let refused = opened
        .keeper()
        .keep(&KeepOptions::default(), &Silent, &AtomicBool::new(false))
        .await;
    assert!(
        matches!(refused, Err(KeepError::ClockWentBack { .. })),
        "{refused:?}"
    );
    world.clock.set("2028-06-15T09:30:00Z");
    let report = opened.keep().await;
    assert!(
        report.notes.iter().any(|note| note.en.contains("clock")),
        "{report:#?}"
    );
}

#[tokio::test]
async fn a10_two_runs_cannot_collide() {
    let world = shop().await;
    let opened = world.open().await;
    let lock = opened.state.lock().unwrap();
    let refused = opened
        .keeper()
        .keep(&KeepOptions::default(), &Silent, &AtomicBool::new(false))
        .await;
    match refused {
        Err(KeepError::State(error)) => assert!(error.to_string().contains("keep.lock"), "{error}"),
        other => panic!("{other:?}"),
    }
    drop(lock);
    opened.keep().await;
}

#[tokio::test]
async fn a_clock_that_an_import_wrote_is_suspect_until_accepted() {
    let world = shop().await;
    let mut rows = String::new();
    for id in 1000..2200 {
        rows.push_str(&format!(
            "INSERT INTO customers VALUES ({id}, 'a', 'P', NULL, NULL, '{}');",
            if id % 3 == 0 {
                "2020-02-02".to_owned()
            } else {
                format!("2026-0{}-1{}", id % 5 + 1, id % 9)
            }
        ));
    }
    world.script(&rows).await;
    let opened = world.open().await;
    let refused = opened.try_approve("sales.customers_3y", &[]).await;
    assert!(
        matches!(&refused, Err(KeepError::NotApprovable { why, .. }) if why.en.contains("shop.customers.last_contact_on")),
        "{refused:?}"
    );
    opened
        .try_approve("sales.customers_3y", &["shop.customers.last_contact_on"])
        .await
        .unwrap();
    let report = opened.keep().await;
    assert!(report.blocked.is_empty(), "{report:#?}");
}

#[tokio::test]
async fn b5_a_trigger_that_swallows_deletes_is_an_obstacle_and_one_vouched_for_is_found_out() {
    let swallow = "CREATE TRIGGER keep_them BEFORE DELETE ON customers BEGIN SELECT RAISE(IGNORE); END;";
    let world = shop().await;
    world.script(swallow).await;
    let opened = world.open().await;
    let refused = opened.try_approve("sales.customers_3y", &[]).await;
    assert!(
        matches!(&refused, Err(KeepError::NotApprovable { why, .. }) if why.en.contains("keep_them")),
        "{refused:?}"
    );

    let world = World::changed(Kind::Sqlite, Foreign::Keys, true, &|file| {
        lean(file).replace(
            "[table.customers.columns]",
            "[table.customers.triggers]\nkeep_them = \"harmless, they said\"\n[table.customers.columns]",
        )
    })
    .await;
    world.script(SMALL).await;
    world.script(swallow).await;
    let opened = world.open().await;
    opened.approve("sales.customers_3y").await;
    let report = opened.keep().await;
    assert_eq!(report.blocked[0].why.code, Code::Rehearsal, "{report:#?}");
    assert_eq!(report.rows(), 0);
    assert!(world.ids("customers").await.contains(&1));
    assert_eq!(
        world.ids("notes").await,
        [1, 2, 3, 4],
        "nothing goes when the row itself does not"
    );
}

#[tokio::test]
async fn b5_a_trigger_that_copies_the_old_row_qualifies_the_outcome() {
    let world = World::changed(Kind::Sqlite, Foreign::Keys, true, &|file| {
        lean(file).replace(
            "[table.customers.columns]",
            "[table.customers.triggers]\naudit = \"keeps a copy for a year\"\n[table.customers.columns]",
        )
    })
    .await;
    world.script(SMALL).await;
    world
        .script(
            "CREATE TABLE audit_log (name TEXT);
             CREATE TRIGGER audit AFTER DELETE ON customers BEGIN INSERT INTO audit_log VALUES (old.name); END;",
        )
        .await;
    let opened = world.open().await;
    opened.approve("sales.customers_3y").await;
    let report = opened.keep().await;
    let erased: Vec<_> = report
        .outcomes
        .iter()
        .filter(|recorded| recorded.outcome.outcome.word() == "erased")
        .collect();
    assert!(!erased.is_empty(), "{report:#?}");
    assert!(
        erased.iter().all(|recorded| recorded
            .outcome
            .qualified_by
            .iter()
            .any(|by| by.en.contains("keeps a copy for a year"))),
        "{report:#?}"
    );
}

#[tokio::test]
async fn a_dry_run_says_what_it_would_do_and_leaves_no_trace() {
    let world = shop().await;
    let opened = world.open().await;
    opened.approve("sales.customers_3y").await;
    let before = world.contents().await;
    let report = opened
        .keep_with(&KeepOptions {
            dry_run: true,
            ..KeepOptions::default()
        })
        .await;
    assert!(report.dry_run && !report.would.is_empty(), "{report:#?}");
    assert_eq!(world.contents().await, before);
    assert!(
        opened.state.runs(10).await.unwrap().is_empty(),
        "a dry run leaves no trace"
    );
}

#[tokio::test]
async fn asked_to_stop_it_stops_between_batches_and_goes_on_later() {
    let world = shop().await;
    let opened = world.open().await;
    opened.approve("sales.customers_3y").await;
    let stopped = opened
        .keeper()
        .keep(&KeepOptions::default(), &Silent, &AtomicBool::new(true))
        .await
        .unwrap();
    assert!(stopped.unfinished.is_some(), "{stopped:#?}");
    assert!(world.ids("customers").await.contains(&1));
    let report = opened.keep().await;
    assert!(report.unfinished.is_none());
    assert!(!world.ids("customers").await.contains(&1));
}
