//! Transactions, locks, roles.

use std::time::Duration;

use serde_json::json;

use super::{Fixture, ROW, ids, key, key_in, keys_of, quick, table};
use crate::condition::Condition;
use crate::query::{Change, Lock, Strength};
use crate::{Commit, Failure, Progress, Role};

async fn prepare(fixture: &dyn Fixture) {
    fixture
        .script(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 1), (2, 1), (3, 1)",
        )
        .await;
}

fn delete(id: i64) -> Change {
    Change::Delete {
        table: table("t"),
        alias: ROW,
        filter: key_in(&["id"], vec![key(&[json!(id)])]),
    }
}

fn lock(filter: Condition) -> Lock {
    Lock::Rows {
        table: table("t"),
        alias: ROW,
        key: vec!["id".into()],
        filter,
        strength: Strength::Change,
    }
}

/// No way to change anything from a connection that was opened for reading.
pub async fn a_reading_connection_changes_nothing(fixture: &dyn Fixture) {
    prepare(fixture).await;
    let store = fixture.open(Role::Read).await;
    assert_eq!(store.role(), Role::Read);
    let refused = store.begin(&quick()).await.err().expect("refused");
    assert!(matches!(refused.failure, Failure::ReadOnly(_)), "{refused}");
    assert_eq!(ids(&*store, "t", Condition::Always).await, [1, 2, 3]);
}

/// What is not committed did not happen, and the next batch starts at once.
pub async fn a_dropped_batch_is_rolled_back(fixture: &dyn Fixture) {
    prepare(fixture).await;
    let store = fixture.open(Role::Write).await;
    let mut batch = store.begin(&quick()).await.expect("a batch");
    assert_eq!(batch.change(&delete(1)).await.expect("deleted"), 1);
    drop(batch);
    let options = crate::BatchOptions {
        lock_timeout: Duration::from_secs(5),
        ..quick()
    };
    let mut batch = store.begin(&options).await.expect("the next batch");
    assert_eq!(batch.change(&delete(2)).await.expect("deleted"), 1);
    batch.rollback().await.expect("rolled back");
    let mut batch = store.begin(&options).await.expect("the next batch");
    assert_eq!(batch.change(&delete(3)).await.expect("deleted"), 1);
    let name = batch.transaction().map(str::to_owned);
    assert_eq!(batch.commit().await.expect("committed"), Commit::Done);
    assert_eq!(ids(&*store, "t", Condition::Always).await, [1, 2]);
    if let Some(name) = name {
        assert_eq!(store.fate(&name).await.expect("asked"), Some(true));
    }
    assert_eq!(store.fate("nonsense").await.expect("asked"), None);
}

/// A second batch waits for the first and gives up in time, saying which of the two it was; the fence waits too.
pub async fn two_batches_never_run_together(fixture: &dyn Fixture) {
    prepare(fixture).await;
    let (one, two) = (fixture.open(Role::Write).await, fixture.open(Role::Write).await);
    let mut first = one.begin(&quick()).await.expect("a batch");
    first.lock(&lock(Condition::Always)).await.expect("locked");
    first.change(&delete(1)).await.expect("deleted");
    let refused = two.begin(&quick()).await.err().expect("refused");
    assert!(
        matches!(refused.failure, Failure::Busy | Failure::LockTimeout),
        "{refused}"
    );
    assert!(refused.failure.is_transient());
    let fenced = two
        .fence(Duration::from_millis(200))
        .await
        .expect_err("a batch is running");
    assert_eq!(fenced.failure, Failure::Busy);
    assert_eq!(
        ids(&*two, "t", Condition::Always).await,
        [1, 2, 3],
        "readers see what was committed"
    );
    first.commit().await.expect("committed");
    two.fence(Duration::from_secs(5))
        .await
        .expect("nothing is running");
    let mut second = two.begin(&quick()).await.expect("now it may");
    second.lock(&Lock::Table(table("t"))).await.expect("locked");
    second
        .lock(&Lock::Rows {
            table: table("t"),
            alias: ROW,
            key: vec!["id".into()],
            filter: Condition::Always,
            strength: Strength::Read,
        })
        .await
        .expect("locked");
    assert_eq!(
        second
            .keys(&keys_of("t", &["id"], Condition::Always))
            .await
            .expect("listed")
            .len(),
        2
    );
    second.rollback().await.expect("rolled back");
}

/// Progress and change are one transaction.
pub async fn progress_is_committed_with_its_batch(fixture: &dyn Fixture) {
    prepare(fixture).await;
    let store = fixture.open(Role::Write).await;
    assert!(store.progress("run").await.expect("asked").is_empty());
    let progress = |batch: u64| Progress {
        run: "run".into(),
        step: "s1".into(),
        batch,
        counts: "{\"t\":1}".into(),
    };
    let mut lost = store.begin(&quick()).await.expect("a batch");
    lost.record(&progress(1)).await.expect("recorded");
    lost.rollback().await.expect("rolled back");
    assert!(store.progress("run").await.expect("asked").is_empty());
    for number in 1..=2 {
        let mut batch = store.begin(&quick()).await.expect("a batch");
        batch.change(&delete(number as i64)).await.expect("deleted");
        batch.record(&progress(number)).await.expect("recorded");
        batch.commit().await.expect("committed");
    }
    assert_eq!(store.progress("run").await.expect("asked"), [progress(2)]);
    assert!(store.progress("another").await.expect("asked").is_empty());
    let reader = fixture.open(Role::Read).await;
    assert_eq!(reader.progress("run").await.expect("asked"), [progress(2)]);
}

/// Each read of a batch is a new snapshot: what others committed before the locks were obtained is seen.
pub async fn b4_a_batch_sees_what_was_committed_before_its_locks(fixture: &dyn Fixture) {
    prepare(fixture).await;
    let store = fixture.open(Role::Write).await;
    if fixture.one_writer() {
        fixture.script("UPDATE t SET n = 2 WHERE id = 2").await;
    }
    let mut batch = store.begin(&quick()).await.expect("a batch");
    if !fixture.one_writer() {
        fixture.script("UPDATE t SET n = 2 WHERE id = 2").await;
    }
    batch.lock(&lock(Condition::Always)).await.expect("locked");
    let still = batch
        .keys(&keys_of("t", &["id"], super::equals("n", 1)))
        .await
        .expect("listed");
    assert_eq!(still, [key(&[json!(1)]), key(&[json!(3)])]);
    batch.rollback().await.expect("rolled back");
}
