//! Killed at every failpoint and started again, a run ends like an undisturbed one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use serment_keep::KeepOptions;
use serment_keep::faults::{Faults, POINTS, with};
use serment_keep::ports::Ledger;
use serment_sql::Kind;

use crate::people::many;
use crate::world::{Foreign, World, copy, lean};

/// What every batch passes: the second one is another story than the first.
const IN_EACH_BATCH: [&str; 4] = ["before_lock", "before_commit", "after_commit", "before_outcome"];

/// Dies the n-th time that a point is passed.
struct Dies {
    point: &'static str,
    nth: u64,
    passed: AtomicU64,
}

#[async_trait]
impl Faults for Dies {
    async fn at(&self, point: &'static str) {
        if point == self.point && self.passed.fetch_add(1, Ordering::SeqCst) + 1 == self.nth {
            std::panic::panic_any("killed by the test");
        }
    }
}

fn options() -> KeepOptions {
    KeepOptions {
        batch_size: 3,
        ..KeepOptions::default()
    }
}

/// A shop whose rules are approved; from the second one on, the approvals are those of the first.
async fn shop(kind: Kind, progress: bool, like: Option<&World>) -> World {
    let world = World::changed(kind, Foreign::Keys, progress, &lean).await;
    world.script(&many(12)).await;
    match like {
        Some(like) => copy(&like.dir.path().join("approved"), &world.state_dir()),
        None => {
            let opened = world.open().await;
            for rule in ["sales.customers_3y", "sales.invoices_10y"] {
                opened.approve(rule).await;
            }
            opened.state.close().await;
            drop(opened.journal);
            copy(&world.state_dir(), &world.dir.path().join("approved"));
        }
    }
    world
        .entropy
        .0
        .store(like.map_or(1, |_| 1 << 40), Ordering::SeqCst);
    world
}

/// Rows by table and effect, and whether the counts are exact.
pub async fn sums(world: &World) -> (Vec<(String, u64)>, bool) {
    let opened = world.open().await;
    let mut sums = std::collections::BTreeMap::new();
    let mut exact = true;
    for outcome in opened.state.outcomes(None, None, 0, 10_000).await.unwrap() {
        if outcome.outcome != "nothing_found" {
            *sums
                .entry(format!("{} {}", outcome.table, outcome.effect))
                .or_insert(0) += outcome.rows;
        }
        exact &= !outcome.at_least;
    }
    (sums.into_iter().collect(), exact)
}

async fn killed_everywhere(kind: Kind, progress: bool) {
    let reference = shop(kind, progress, None).await;
    reference.open().await.keep_with(&options()).await;
    let (expected, _) = sums(&reference).await;
    let contents = reference.contents().await;

    for point in POINTS {
        for nth in if IN_EACH_BATCH.contains(&point) {
            1..3
        } else {
            1..2
        } {
            let world = shop(kind, progress, Some(&reference)).await;
            let died = {
                let opened = world.open().await;
                let dies = Arc::new(Dies {
                    point,
                    nth,
                    passed: AtomicU64::new(0),
                });
                let options = options();
                let run = std::panic::AssertUnwindSafe(with(dies, opened.keep_with(&options)));
                futures::FutureExt::catch_unwind(run).await.is_err()
            };
            assert!(died || nth > 1, "{point} is never passed");
            let opened = world.open().await;
            if died {
                let checkup = opened.keeper().fsck().await.unwrap();
                assert!(checkup.problems.is_empty(), "{point}:{nth} {checkup:#?}");
            }
            let report = opened.keep_with(&options()).await;
            assert!(report.blocked.is_empty(), "{point}:{nth} {report:#?}");
            assert_eq!(world.contents().await, contents, "{point}:{nth}");
            let checkup = opened.keeper().fsck().await.unwrap();
            assert!(
                checkup.problems.is_empty() && checkup.warnings.is_empty(),
                "{point}:{nth} {checkup:#?}"
            );
            assert!(opened.journal.check().unwrap().is_empty());
            let (told, exact) = sums(&world).await;
            if exact {
                assert_eq!(told, expected, "{point}:{nth}");
            } else {
                assert!(!progress, "{point}:{nth}: the progress row tells the count");
                for ((what, rows), (_, most)) in told.iter().zip(&expected) {
                    assert!(rows <= most, "{point}:{nth} {what}: {rows} of {most}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a1_killed_at_every_failpoint_on_sqlite_it_ends_like_an_undisturbed_run() {
    killed_everywhere(Kind::Sqlite, true).await;
}

#[tokio::test]
async fn a1_b1_without_a_progress_row_a_lost_count_is_told_as_at_least() {
    killed_everywhere(Kind::Sqlite, false).await;
}

#[tokio::test]
async fn a1_killed_at_every_failpoint_on_postgres_it_ends_like_an_undisturbed_run() {
    killed_everywhere(Kind::Postgres, true).await;
}

#[tokio::test]
async fn a1_killed_at_every_failpoint_on_mariadb_it_ends_like_an_undisturbed_run() {
    killed_everywhere(Kind::Mariadb, true).await;
}

#[tokio::test]
async fn a1_b1_on_mariadb_without_a_progress_row_a_lost_count_is_told_as_at_least() {
    killed_everywhere(Kind::Mariadb, false).await;
}

#[tokio::test]
async fn a1_b1_on_postgres_the_fate_of_a_transaction_tells_the_count_without_a_progress_row() {
    killed_everywhere(Kind::Postgres, false).await;
}
