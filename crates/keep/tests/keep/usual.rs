//! What a run usually does, and runs of a part only: one client, some hours.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::civil::{Time, time};
use serment_keep::approve::ApproveOptions;
use serment_keep::faults::{Faults, with};
use serment_keep::observe::ObserveOptions;
use serment_keep::outcome::Code;
use serment_keep::{KeepError, KeepOptions, Report};
use serment_register::model::RuleId;
use serment_sql::Kind;

use crate::people::{SMALL, many};
use crate::world::{Foreign, Opened, World, lean};

const RULE: &str = "sales.customers_3y";

async fn shop(kind: Kind) -> World {
    World::changed(kind, Foreign::Keys, true, &lean).await
}

/// Customers of an account, all due, numbered from one on.
async fn due(world: &World, account: &str, from: u32, rows: u32) {
    let values: Vec<String> = (from..from + rows)
        .map(|id| format!("({id}, '{account}', 'Due', NULL, NULL, '2020-01-01')"))
        .collect();
    world
        .script(&format!("INSERT INTO customers VALUES {}", values.join(",")))
        .await;
}

fn of_client(client: &str) -> KeepOptions {
    KeepOptions {
        client: Some(client.to_owned()),
        ..KeepOptions::default()
    }
}

fn erased(report: &Report) -> u64 {
    assert!(report.blocked.is_empty(), "{report:#?}");
    report.rows()
}

fn stopped_by(report: &Report) -> Code {
    assert_eq!(report.rows(), 0, "{report:#?}");
    report.blocked[0].why.code
}

async fn envelope(kind: Kind) {
    let world = shop(kind).await;
    let opened = world.open().await;
    due(&world, "a", 1, 150).await;
    opened.approve(RULE).await;
    assert_eq!(erased(&opened.keep().await), 150, "as approved");
    // The usual is 150: twice as many may go, and no more.
    due(&world, "a", 1000, 301).await;
    assert_eq!(stopped_by(&opened.keep().await), Code::OverCeiling);
    assert_eq!(world.ids("customers").await.len(), 301);
    world.script("DELETE FROM customers WHERE id = 1000").await;
    assert_eq!(erased(&opened.keep().await), 300);
    // Where little is usual a hundred rows always may go.
    for _ in 0..4 {
        assert_eq!(erased(&opened.keep().await), 0);
    }
    due(&world, "a", 1, 101).await;
    assert_eq!(stopped_by(&opened.keep().await), Code::OverCeiling);
    world.script("DELETE FROM customers WHERE id = 1").await;
    assert_eq!(erased(&opened.keep().await), 100);
}

#[tokio::test]
async fn a_later_run_far_beyond_the_usual_is_stopped() {
    envelope(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgres_a_later_run_far_beyond_the_usual_is_stopped() {
    envelope(Kind::Postgres).await;
}

#[tokio::test]
async fn on_mariadb_a_later_run_far_beyond_the_usual_is_stopped() {
    envelope(Kind::Mariadb).await;
}

/// The rows of the tables that know their clients, with the client's customers marked by their account.
async fn of_account(world: &World, account: &str) -> Vec<String> {
    world
        .table("customers", &["id"], &["account", "name", "email"])
        .await
        .into_iter()
        .filter(|row| row.contains(&format!("\"{account}\"")))
        .collect()
}

async fn only_that_client(kind: Kind) {
    let world = World::new(kind, Foreign::Keys, true).await;
    world.script(SMALL).await;
    let opened = world.open().await;
    opened.approve_all().await;
    let (of_b, visits) = (
        of_account(&world, "b").await,
        world.table("visits", &["id"], &["ip", "login", "phone"]).await,
    );
    let report = opened.keep_with(&of_client("a")).await;
    assert!(report.is_clean(), "{report:#?}");
    assert_eq!(world.ids("customers").await, [2, 3, 4, 5, 6]);
    assert_eq!(world.ids("notes").await, [3, 4]);
    assert_eq!(world.ids("invoices").await, [1, 2], "another client's");
    assert_eq!(of_account(&world, "b").await, of_b);
    assert_eq!(
        world.table("visits", &["id"], &["ip", "login", "phone"]).await,
        visits,
        "what is nobody's is not theirs"
    );
    assert_eq!(world.ids("posts").await, [1, 2, 3, 4, 5]);
    assert!(
        report
            .outcomes
            .iter()
            .all(|recorded| recorded.outcome.client.as_deref() == Some("a")),
        "{report:#?}"
    );
    // The rest is due all the same.
    let report = opened.keep().await;
    assert!(report.is_clean(), "{report:#?}");
    assert_eq!(world.ids("customers").await, [2, 3, 4, 5]);
    assert_eq!(world.ids("posts").await, [4, 5]);
}

#[tokio::test]
async fn a_run_of_one_client_touches_no_row_of_another() {
    only_that_client(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgres_a_run_of_one_client_touches_no_row_of_another() {
    only_that_client(Kind::Postgres).await;
}

#[tokio::test]
async fn on_mariadb_a_run_of_one_client_touches_no_row_of_another() {
    only_that_client(Kind::Mariadb).await;
}

/// 150 customers of b and 5 of a, approved together.
async fn of_two_clients(world: &World) -> Opened<'_> {
    due(world, "a", 1, 5).await;
    due(world, "b", 100, 150).await;
    let opened = world.open().await;
    opened.approve(RULE).await;
    opened
}

#[tokio::test]
async fn a_run_of_one_client_is_not_the_first_run_of_its_rule() {
    let world = shop(Kind::Sqlite).await;
    let opened = of_two_clients(&world).await;
    assert_eq!(erased(&opened.keep_with(&of_client("a")).await), 5);
    assert_eq!(erased(&opened.keep_with(&of_client("nobody")).await), 0);
    assert_eq!(erased(&opened.keep().await), 150, "as approved");
    // Nor does it say what is usual.
    for _ in 0..4 {
        opened.keep_with(&of_client("a")).await;
    }
    due(&world, "b", 1000, 300).await;
    assert_eq!(erased(&opened.keep().await), 300);
}

#[tokio::test]
async fn what_a_run_of_one_client_did_counts_towards_what_was_approved() {
    let world = shop(Kind::Sqlite).await;
    let opened = of_two_clients(&world).await;
    assert_eq!(erased(&opened.keep_with(&of_client("a")).await), 5);
    // 155 were approved, and a tenth; 5 are gone.
    due(&world, "b", 1000, 17).await;
    assert_eq!(stopped_by(&opened.keep().await), Code::OverCeiling);
    world.script("DELETE FROM customers WHERE id = 1000").await;
    assert_eq!(erased(&opened.keep().await), 166);
}

#[tokio::test]
async fn a_run_of_one_client_does_not_keep_an_approval_alive() {
    let world = shop(Kind::Sqlite).await;
    let opened = of_two_clients(&world).await;
    assert_eq!(erased(&opened.keep_with(&of_client("a")).await), 5);
    world.clock.set("2026-06-23T10:00:00Z");
    assert_eq!(stopped_by(&opened.keep().await), Code::Expired);
}

fn between(from: Time, to: Time) -> KeepOptions {
    KeepOptions {
        window: Some((from, to)),
        batch_size: 2,
        ..KeepOptions::default()
    }
}

/// The window closes behind the first batch.
struct Late(Arc<World>);

#[async_trait]
impl Faults for Late {
    async fn at(&self, point: &'static str) {
        if point == "after_commit" {
            self.0.clock.set("2026-06-16T04:00:00Z");
        }
    }
}

#[tokio::test]
async fn batches_begin_within_the_time_window_only() {
    let world = Arc::new(shop(Kind::Sqlite).await);
    world.script(&many(9)).await;
    let opened = world.open().await;
    opened.approve(RULE).await;
    let night = between(time(22, 0, 0, 0), time(6, 0, 0, 0));
    // Noon in Paris.
    let report = opened.keep_with(&night).await;
    assert!(report.unfinished.is_some() && report.rows() == 0, "{report:#?}");
    let report = opened
        .keep_with(&between(time(6, 0, 0, 0), time(12, 0, 0, 0)))
        .await;
    assert!(
        report.unfinished.is_some() && report.rows() == 0,
        "noon is its end: {report:#?}"
    );
    assert_eq!(world.ids("customers").await.len(), 9);
    // Half past eleven at night, in Paris; six in the morning after the first batch.
    world.clock.set("2026-06-15T21:30:00Z");
    let report = with(Arc::new(Late(world.clone())), opened.keep_with(&night)).await;
    assert!(report.unfinished.is_some(), "{report:#?}");
    assert_eq!(world.ids("customers").await.len(), 7, "one batch of two");
    assert_eq!(
        report
            .outcomes
            .iter()
            .filter(|recorded| recorded.outcome.outcome.word() == "nothing_found")
            .count(),
        0
    );
    // At noon the daytime window lets the rest go, under what was approved.
    world.clock.set("2026-06-16T10:00:00Z");
    let report = opened
        .keep_with(&between(time(6, 0, 0, 0), time(13, 0, 0, 0)))
        .await;
    assert!(report.is_clean(), "{report:#?}");
    assert_eq!(world.ids("customers").await, [3, 6, 9]);
}

#[tokio::test]
async fn rows_that_never_go_are_kept_by_no_reference() {
    let world = World::new(Kind::Sqlite, Foreign::Keys, true).await;
    world.script(SMALL).await;
    let opened = world.open().await;
    let seen = opened
        .keeper()
        .observer()
        .observe(&ObserveOptions::default())
        .await;
    let forecast = seen.unwrap().forecast;
    let of = |rule: &str| {
        let lines = forecast.lines.iter().filter(move |((id, _), _)| id.0 == rule);
        lines.fold((0, 0), |(due, kept), (_, line)| {
            (due + line.due, kept + line.kept_by_reference)
        })
    };
    let (due, kept) = of("sales.visits_1y");
    assert!(due > 0 && kept == 0, "{due} anonymised, {kept} kept");
    assert!(of("sales.customers_3y").1 > 0, "invoices keep their customers");
}

#[tokio::test]
async fn the_plan_of_two_rules_approves_these_two() {
    let world = World::new(Kind::Sqlite, Foreign::Keys, true).await;
    let opened = world.open().await;
    let two = ["sales.visits_1y", "sales.posts_2y"].map(|rule| RuleId(rule.to_owned()));
    let options = ObserveOptions {
        rules: Some(two.iter().cloned().collect()),
        ..ObserveOptions::default()
    };
    let hash = opened
        .keeper()
        .observer()
        .observe(&options)
        .await
        .unwrap()
        .plan
        .hash;
    let approve = |rules: &[RuleId]| {
        let options = ApproveOptions {
            rules: rules.to_vec(),
            hash: hash.clone(),
            actor: "a test".to_owned(),
            accept: Vec::new(),
        };
        let keeper = opened.keeper();
        async move { keeper.approve(&options).await }
    };
    for others in [
        vec![two[0].clone()],
        vec![two[0].clone(), RuleId(RULE.to_owned())],
    ] {
        let refused = approve(&others).await.unwrap_err();
        assert!(
            matches!(refused, KeepError::Stale { .. }),
            "{others:?}: {refused}"
        );
    }
    let approved = approve(&[two[1].clone(), two[0].clone()]).await.unwrap();
    assert_eq!(approved.len(), 2);
}
