//! The state as a whole.

use std::os::unix::fs::PermissionsExt;

use jiff::Timestamp;
use serde_json::json;

use crate::approvals::{Approval, Ceiling};
use crate::batches::{Batch, BatchState, Count, Span};
use crate::holds::{Hold, Scope};
use crate::{State, StateError};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

async fn fresh() -> (tempfile::TempDir, State) {
    let dir = tempfile::tempdir().unwrap();
    let state = State::open(&dir.path().join(".serment")).await.unwrap();
    (dir, state)
}

fn count(rows: u64) -> Count {
    Count {
        rules: vec!["a.b".to_owned()],
        table: "s.t".to_owned(),
        effect: "erase".to_owned(),
        client: Some("c".to_owned()),
        rows,
        unverified: None,
        at_least: false,
    }
}

fn hold() -> Hold {
    Hold {
        id: "h-1".to_owned(),
        scope: Scope::Rows {
            table: "s.t".to_owned(),
            keys: vec![vec![json!("someone@people.example")]],
        },
        ground: "legal_claim".to_owned(),
        actor: "a test".to_owned(),
        until: Some("2026-12-31".parse().unwrap()),
        added_at: at("2026-01-01T00:00:00Z"),
        pending: true,
        removed: None,
    }
}

#[tokio::test]
async fn only_its_owner_can_read_it() {
    let (_dir, state) = fresh().await;
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(state.dir()), 0o700);
    for entry in std::fs::read_dir(state.dir()).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
}

#[tokio::test]
async fn looking_makes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    assert!(
        State::open_read(&dir.path().join(".serment"))
            .await
            .unwrap()
            .is_none()
    );
    assert!(!dir.path().join(".serment").exists());
}

#[tokio::test]
async fn a11_a_newer_schema_and_another_program_are_refused() {
    let (_dir, state) = fresh().await;
    sqlx::query("PRAGMA user_version = 99")
        .execute(&state.pool)
        .await
        .unwrap();
    let dir = state.dir().to_owned();
    state.close().await;
    assert!(matches!(
        State::open(&dir).await,
        Err(StateError::Newer { found: 99, .. })
    ));

    let (_dir, state) = fresh().await;
    sqlx::raw_sql("PRAGMA application_id = 1234")
        .execute(&state.pool)
        .await
        .unwrap();
    let dir = state.dir().to_owned();
    state.close().await;
    assert!(matches!(State::open(&dir).await, Err(StateError::Foreign { .. })));
}

#[tokio::test]
async fn a10_the_lock_is_for_one_and_names_who_holds_it() {
    let (_dir, state) = fresh().await;
    assert!(!state.keeper_is_alive().unwrap());
    let lock = state.lock().unwrap();
    assert!(state.keeper_is_alive().unwrap());
    match state.lock() {
        Err(error @ StateError::Busy { .. }) => {
            let said = error.to_string();
            assert!(
                said.contains(&std::process::id().to_string()) && said.contains("keep.lock"),
                "{said}"
            );
        }
        other => panic!("{other:?}"),
    }
    drop(lock);
    state.lock().unwrap();
}

#[tokio::test]
async fn a10_two_processes_write_and_checkpoint_at_once_and_nothing_is_lost() {
    let (_dir, one) = fresh().await;
    let two = State::open(one.dir()).await.unwrap();
    let writer = |state: State, name: &'static str| async move {
        for number in 0..40 {
            state.remember(&format!("{name}{number}"), "there").await.unwrap();
            if number % 7 == 0 {
                sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
                    .execute(&state.pool)
                    .await
                    .unwrap();
            }
        }
    };
    tokio::join!(writer(one.clone(), "one"), writer(two.clone(), "two"));
    for number in 0..40 {
        assert!(two.recall(&format!("one{number}")).await.unwrap().is_some());
        assert!(one.recall(&format!("two{number}")).await.unwrap().is_some());
    }
    assert!(one.check().await.unwrap().is_empty());
}

#[tokio::test]
async fn a4_a_full_disk_is_told_as_such_and_reading_goes_on() {
    let (_dir, state) = fresh().await;
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count")
        .fetch_one(&state.pool)
        .await
        .unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}")))
        .execute(&state.pool)
        .await
        .unwrap();
    let big = "x".repeat(100_000);
    let refused = state.remember("big", &big).await;
    assert!(matches!(refused, Err(StateError::Full(_))), "{refused:?}");
    assert_eq!(state.hold_epoch().await.unwrap(), 0);
    sqlx::query("PRAGMA max_page_count = 1000000")
        .execute(&state.pool)
        .await
        .unwrap();
    state.remember("big", &big).await.unwrap();
}

#[tokio::test]
async fn a_batch_that_is_registered_after_a_hold_sees_its_epoch() {
    let (_dir, state) = fresh().await;
    state
        .begin_run("r-1", at("2026-01-01T00:00:00Z"), "a test", None)
        .await
        .unwrap();
    let span = Span {
        intent: 7,
        run: "r-1".to_owned(),
        step: "s.t erase".to_owned(),
        store: "s".to_owned(),
        context: json!({}),
    };
    state.open_span(&span).await.unwrap();
    assert_eq!(state.register_batch(7, 1).await.unwrap(), 0);
    state.add_hold(&hold(), &json!({ "hold": "h-1" })).await.unwrap();
    assert_eq!(state.register_batch(7, 2).await.unwrap(), 1);
    assert_eq!(state.running_batches().await.unwrap().len(), 2);
    assert_eq!(state.waiting().await.unwrap().len(), 1);

    let sealed = Batch {
        intent: 7,
        number: 2,
        state: BatchState::Sealed,
        low: Some(vec![json!("someone@people.example")]),
        high: Some(vec![json!("z@people.example")]),
        counts: vec![count(3)],
        transaction: Some("42".to_owned()),
    };
    state.seal_batch(&sealed).await.unwrap();
    assert!(
        !format!("{sealed:?}").contains("someone"),
        "keys are not for logs"
    );
    state
        .settle_batch(7, 1, BatchState::Abandoned, &[])
        .await
        .unwrap();
    state
        .settle_batch(7, 2, BatchState::Committed, &[count(3)])
        .await
        .unwrap();
    assert!(state.running_batches().await.unwrap().is_empty());
    let batches = state.batches(7).await.unwrap();
    assert!(
        batches
            .iter()
            .all(|batch| batch.low.is_none() && batch.high.is_none()),
        "keys are forgotten"
    );
    state
        .close_span(
            &span,
            at("2026-01-01T01:00:00Z"),
            &[],
            &["a.b".to_owned()],
            &[count(3)],
        )
        .await
        .unwrap();
    assert!(state.open_spans().await.unwrap().is_empty());
    let (medians, runs) = state.trailing_median("a.b").await.unwrap();
    assert_eq!(
        (medians.values().copied().collect::<Vec<_>>(), runs),
        (vec![3], 1)
    );
}

#[tokio::test]
async fn a_removed_hold_forgets_what_it_named() {
    let (_dir, state) = fresh().await;
    state.add_hold(&hold(), &json!({})).await.unwrap();
    assert!(
        !format!("{:?}", hold()).contains("someone"),
        "keys are not for logs"
    );
    assert_eq!(state.holds().await.unwrap(), [hold()]);
    let removed = state
        .remove_hold("h-1", at("2026-02-01T00:00:00Z"), "a test", &json!({}))
        .await
        .unwrap()
        .unwrap();
    assert!(removed.removed.is_some());
    let left = state.holds().await.unwrap().remove(0);
    assert_eq!(
        left.scope,
        Scope::Rows {
            table: "s.t".to_owned(),
            keys: Vec::new()
        }
    );
    assert!(!left.is_in_force("2026-02-02".parse().unwrap()));
    assert!(
        state
            .remove_hold("h-1", at("2026-02-01T00:00:00Z"), "a test", &json!({}))
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn an_approval_is_read_back_as_it_was_written() {
    let (_dir, state) = fresh().await;
    let approval = Approval {
        rule: "a.b".to_owned(),
        hash: "00".to_owned(),
        at: at("2026-01-01T00:00:00Z"),
        actor: "a test".to_owned(),
        ceilings: vec![Ceiling {
            table: "s.t".to_owned(),
            effect: "erase".to_owned(),
            rows: 3,
        }],
        expires_at: at("2026-01-08T00:00:00Z"),
        accepted: vec!["s.t.c".to_owned()],
        journal: 4,
        used: false,
    };
    state.approve(&approval).await.unwrap();
    assert_eq!(state.approvals().await.unwrap(), vec![approval.clone()]);
    state.use_approvals(&["a.b".to_owned()]).await.unwrap();
    assert!(state.approvals().await.unwrap()[0].used);
    // Approved again, it starts afresh.
    state.approve(&approval).await.unwrap();
    assert!(!state.approvals().await.unwrap()[0].used);
}

#[tokio::test]
async fn a_state_of_the_first_schema_is_brought_up_to_date() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true);
    let old = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::raw_sql(include_str!("schema/1.sql"))
        .execute(&old)
        .await
        .unwrap();
    sqlx::query("INSERT INTO runs VALUES ('r-1', '2026-01-01T00:00:00Z', NULL, 'running', 'a test')")
        .execute(&old)
        .await
        .unwrap();
    old.close().await;
    let state = State::open(dir.path()).await.unwrap();
    let run = state.runs(1).await.unwrap().remove(0);
    assert_eq!((run.id.as_str(), run.client), ("r-1", None));
    let now = at("2026-01-02T00:00:00Z");
    state.begin_run("r-2", now, "a test", Some("a")).await.unwrap();
    assert_eq!(state.runs(1).await.unwrap()[0].client.as_deref(), Some("a"));
}
