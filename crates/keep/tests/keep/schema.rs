//! B10: the tables change while a run goes on. It stops, and claims what it did before, no more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use jiff::SignedDuration;
use serment_keep::faults::{Faults, with};
use serment_keep::outcome::Code;
use serment_keep::{KeepOptions, Report};
use serment_sql::Kind;

use crate::people::many;
use crate::world::{Foreign, World, lean};

/// Changes the tables when the engine passes a point for the n-th time; a few seconds pass then.
struct Migrates {
    world: Arc<World>,
    point: &'static str,
    nth: u32,
    passed: AtomicU32,
    script: &'static str,
}

#[async_trait]
impl Faults for Migrates {
    async fn at(&self, point: &'static str) {
        if point == self.point && self.passed.fetch_add(1, Ordering::SeqCst) + 1 == self.nth {
            self.world.script(self.script).await;
            let mut now = self.world.clock.0.lock().unwrap();
            *now += SignedDuration::from_secs(5);
        }
    }
}

/// Six of nine customers are due, in batches of two; the tables change at a point of a batch.
async fn migrated(kind: Kind, point: &'static str, nth: u32, script: &'static str) -> (Arc<World>, Report) {
    let world = Arc::new(World::changed(kind, Foreign::None, true, &lean).await);
    world.script(&many(9)).await;
    let opened = world.open().await;
    opened.approve("sales.customers_3y").await;
    let migrates = Arc::new(Migrates {
        world: world.clone(),
        point,
        nth,
        passed: AtomicU32::new(0),
        script,
    });
    let options = KeepOptions {
        batch_size: 2,
        ..KeepOptions::default()
    };
    let report = with(migrates.clone(), opened.keep_with(&options)).await;
    assert!(migrates.passed.load(Ordering::SeqCst) >= nth, "{script}");
    opened.state.close().await;
    drop(opened.journal);
    (world, report)
}

/// Rows claimed as erased.
fn erased(report: &Report, table: &str) -> u64 {
    let claimed = report.outcomes.iter().map(|recorded| &recorded.outcome);
    claimed
        .filter(|outcome| outcome.table == table && outcome.outcome.word() == "erased")
        .map(|outcome| outcome.rows)
        .sum()
}

/// The run stopped on what it says of the tables, or of the store; it never says that nothing was found.
fn stopped(report: &Report, case: &str) {
    let blocked = report
        .blocked
        .iter()
        .find(|blocked| blocked.rule.0 == "sales.customers_3y");
    let code = blocked.map(|blocked| blocked.why.code);
    assert!(
        matches!(code, Some(Code::SchemaChanged | Code::Store)),
        "{case}: {report:#?}"
    );
    assert!(!report.is_clean());
    assert!(
        report
            .outcomes
            .iter()
            .all(|recorded| recorded.outcome.outcome.word() != "nothing_found"),
        "{case}: {report:#?}"
    );
}

const CHANGES: [&str; 4] = [
    "ALTER TABLE customers ADD COLUMN nickname TEXT",
    "ALTER TABLE customers RENAME COLUMN email TO mail",
    "ALTER TABLE notes DROP COLUMN body",
    "ALTER TABLE customers RENAME TO people; CREATE TABLE customers (
        id INTEGER PRIMARY KEY, account TEXT NOT NULL, name TEXT, email TEXT UNIQUE, closed_on DATE, last_contact_on DATE, motto TEXT)",
];

async fn between_two_batches(kind: Kind) {
    for script in CHANGES {
        let (world, report) = migrated(kind, "after_commit", 1, script).await;
        let case = format!("{kind:?} {script}");
        stopped(&report, &case);
        assert_eq!(erased(&report, "shop.customers"), 2, "{case}: {report:#?}");
        assert_eq!(world.ids("notes").await.len(), 7, "{case}");
    }
    let (_, report) = migrated(kind, "after_commit", 1, "DROP TABLE customers").await;
    stopped(&report, "dropped");
    assert!(erased(&report, "shop.customers") <= 2, "{report:#?}");
}

#[tokio::test]
async fn b10_tables_that_change_between_two_batches_stop_the_run() {
    between_two_batches(Kind::Sqlite).await;
}

#[tokio::test]
async fn b10_on_postgres_tables_that_change_between_two_batches_stop_the_run() {
    between_two_batches(Kind::Postgres).await;
}

/// After the last look at the tables and before the locks: the batch finds other tables than were planned.
async fn within_a_batch(kind: Kind) {
    for script in [
        "ALTER TABLE customers RENAME COLUMN last_contact_on TO seen_on",
        "DROP TABLE customers",
        CHANGES[3],
    ] {
        let (world, report) = migrated(kind, "before_register", 1, script).await;
        let case = format!("{kind:?} {script}");
        stopped(&report, &case);
        assert_eq!(erased(&report, "shop.customers"), 0, "{case}: {report:#?}");
        assert_eq!(world.ids("notes").await.len(), 9, "{case}");
    }
}

#[tokio::test]
async fn b10_tables_that_change_before_the_lock_are_left_alone() {
    within_a_batch(Kind::Sqlite).await;
}

#[tokio::test]
async fn b10_on_postgres_tables_that_change_before_the_lock_are_left_alone() {
    within_a_batch(Kind::Postgres).await;
}

#[tokio::test]
async fn b10_on_mariadb_tables_that_change_between_two_batches_stop_the_run() {
    between_two_batches(Kind::Mariadb).await;
}

#[tokio::test]
async fn b10_on_mariadb_tables_that_change_before_the_lock_are_left_alone() {
    within_a_batch(Kind::Mariadb).await;
}
