//! B1: the answer to COMMIT is lost while the run lives. What is told is what happened, each row once.

use std::time::Duration;

use serment_keep::KeepOptions;
use serment_sql::Kind;

use crate::crash::sums;
use crate::people::many;
use crate::proxy::{Cut, Proxy};
use crate::world::{Foreign, World, lean};

/// Commits slowly: a constraint of the database is tested at the end only.
const SLOW: &str = "
CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_catalog.pg_sleep(0.2); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER slow AFTER DELETE ON customers DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION slowly();
";

fn options() -> KeepOptions {
    KeepOptions {
        batch_size: 3,
        ..KeepOptions::default()
    }
}

/// A shop with an approved rule.
async fn shop(kind: Kind, progress: bool) -> World {
    let world = World::changed(kind, Foreign::Keys, progress, &|file| {
        lean(file).replace(
            "[table.customers.columns]",
            "[table.customers.triggers]\nslow = \"a check at the end\"\n[table.customers.columns]",
        )
    })
    .await;
    world.script(&many(9)).await;
    if kind == Kind::Postgres {
        world.script(SLOW).await;
    }
    let opened = world.open().await;
    opened.approve("sales.customers_3y").await;
    opened.state.close().await;
    world
}

/// A run whose n-th COMMIT is cut ends like one that nobody disturbed.
async fn settles(
    kind: Kind,
    progress: bool,
    cut: Cut,
    nth: u64,
    expected: &(Vec<(String, u64)>, Vec<String>),
) {
    let mut world = shop(kind, progress).await;
    let proxy = Proxy::cutting(&world.stores.address, nth, cut).await;
    world.stores.address = proxy.through(&world.stores.address);
    let opened = world.open().await;
    let report = opened.keep_with(&options()).await;
    let case = format!("{kind:?}, {cut:?}, COMMIT {nth}, progress {progress}");
    assert!(proxy.has_cut(), "{case}");
    let report = match report.is_clean() {
        // Nothing in that store knows the fate: the next run goes on from what it reads there.
        false if kind == Kind::Mariadb && !progress => opened.keep_with(&options()).await,
        _ => report,
    };
    assert!(report.is_clean(), "{case}: {report:#?}");
    let checkup = opened.keeper().fsck().await.unwrap();
    assert!(
        checkup.problems.is_empty() && checkup.warnings.is_empty(),
        "{case}: {checkup:#?}"
    );
    opened.state.close().await;
    let (told, exact) = sums(&world).await;
    assert_eq!(world.contents().await, expected.1, "{case}");
    if kind == Kind::Mariadb && !progress {
        // Where the answer was lost, no more is told than is certain.
        for ((what, rows), (_, most)) in told.iter().zip(&expected.0) {
            assert!(
                rows <= most && (exact == (rows == most)),
                "{case} {what}: {rows} of {most}"
            );
        }
        return;
    }
    assert!(exact, "{case}: the store knows the fate, so the counts are exact");
    assert_eq!(told, expected.0, "{case}");
}

async fn cut_everywhere(kind: Kind, progress: bool) {
    let reference = shop(kind, progress).await;
    reference.open().await.keep_with(&options()).await;
    let expected = (sums(&reference).await.0, reference.contents().await);
    let cases = [
        Cut::Answer,
        Cut::Request,
        Cut::RequestUnnoticed(Duration::from_millis(600)),
        Cut::WhileCommitting,
    ];
    futures::future::join_all(
        cases
            .into_iter()
            .zip([1, 2, 1, 2])
            .map(|(cut, nth)| settles(kind, progress, cut, nth, &expected)),
    )
    .await;
}

#[tokio::test]
async fn b1_a_lost_answer_to_commit_is_settled_within_the_run() {
    cut_everywhere(Kind::Postgres, false).await;
}

#[tokio::test]
async fn b1_a_progress_row_that_is_not_there_yet_does_not_decide_the_fate_of_a_commit() {
    cut_everywhere(Kind::Postgres, true).await;
}

#[tokio::test]
async fn b1_on_mariadb_the_progress_row_settles_a_lost_answer_to_commit_within_the_run() {
    cut_everywhere(Kind::Mariadb, true).await;
}

#[tokio::test]
async fn b1_on_mariadb_without_a_progress_row_no_more_is_told_than_is_certain() {
    cut_everywhere(Kind::Mariadb, false).await;
}
