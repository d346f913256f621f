//! What a run does when nobody disturbs it.

use std::sync::atomic::Ordering;

use serment_keep::Verdict;
use serment_keep::ports::Ledger;
use serment_sql::Kind;

use crate::people::SMALL;
use crate::world::{Foreign, World};

#[tokio::test]
async fn a_rule_observes_until_it_is_approved() {
    let world = World::new(Kind::Sqlite, Foreign::Keys, true).await;
    world.script(SMALL).await;
    let before = world.contents().await;
    let opened = world.open().await;
    let report = opened.keep().await;
    assert_eq!(world.contents().await, before);
    assert_eq!(report.observed.len(), 4);
    assert!(report.observed.iter().all(|observed| observed.why == "new"));
    assert!(report.outcomes.is_empty(), "{:#?}", report.outcomes);
    assert_eq!(
        world.stores.written.load(Ordering::SeqCst),
        0,
        "nothing is opened for writing"
    );
}

#[tokio::test]
async fn a_run_erases_reduces_anonymises_and_says_so() {
    runs(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgres_a_run_erases_reduces_anonymises_and_says_so() {
    runs(Kind::Postgres).await;
}

#[tokio::test]
async fn on_mariadb_a_run_erases_reduces_anonymises_and_says_so() {
    runs(Kind::Mariadb).await;
}

async fn runs(kind: Kind) {
    let world = World::new(kind, Foreign::Keys, true).await;
    world.script(SMALL).await;
    let opened = world.open().await;
    opened.approve_all().await;
    let report = opened.keep().await;
    assert!(report.is_clean(), "{report:#?}");
    insta::assert_snapshot!("what_is_left", world.contents().await.join("\n"));
    insta::assert_snapshot!("what_is_told", opened.told().await.join("\n"));
    let erased = report
        .outcomes
        .iter()
        .find(|recorded| recorded.outcome.outcome == Verdict::Erased)
        .unwrap();
    assert_eq!(erased.outcome.gone_by, Some("2026-07-20".parse().unwrap()));
    assert_eq!(erased.outcome.residue.len(), 2);

    // Running twice changes nothing the second time.
    let once = world.contents().await;
    let phones = world.table("visits", &["id"], &["login", "phone"]).await;
    let again = opened.keep().await;
    assert!(again.is_clean(), "{again:#?}");
    assert_eq!(again.rows(), 0);
    assert_eq!(world.contents().await, once);
    assert_eq!(world.table("visits", &["id"], &["login", "phone"]).await, phones);
    assert!(
        again
            .outcomes
            .iter()
            .all(|recorded| recorded.outcome.outcome == Verdict::NothingFound),
        "{again:#?}"
    );
    let checkup = opened.keeper().fsck().await.unwrap();
    assert!(
        checkup.problems.is_empty() && checkup.warnings.is_empty(),
        "{checkup:#?}"
    );
    assert!(opened.journal.size().unwrap() > 10);
}
