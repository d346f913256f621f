//! B4: a row changes between plan, lock and change. What others revive survives.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use serment_keep::KeepOptions;
use serment_keep::faults::{Faults, with};
use serment_keep::holds::{HoldRequest, NewHold};
use serment_register::model::TableId;
use serment_sql::Kind;
use serment_store::condition::Key;

use crate::people::SMALL;
use crate::world::{Foreign, World, lean};

/// Without `while` and dates of notes, Bob is due too: she is to be the only one of her account.
const ADA_ALONE: &str = "DELETE FROM preferences WHERE customer_id = 2; DELETE FROM customers WHERE id = 2;";

/// Runs a script once, when the engine passes a point of a real batch (not of its rehearsal).
struct Meanwhile {
    world: Arc<World>,
    point: &'static str,
    script: String,
    registered: AtomicBool,
    done: AtomicBool,
}

#[async_trait]
impl Faults for Meanwhile {
    async fn at(&self, point: &'static str) {
        if point == "before_register" {
            self.registered.store(true, Ordering::SeqCst);
        }
        if point == self.point
            && self.registered.load(Ordering::SeqCst)
            && !self.done.swap(true, Ordering::SeqCst)
        {
            self.world.script(&self.script).await;
        }
    }
}

/// Ada (1) is due. `script` comes between the listing of candidates and the lock: she must survive.
async fn survives(kind: Kind, foreign: Foreign, script: &str) {
    let world = Arc::new(World::changed(kind, foreign, true, &lean).await);
    world.script(SMALL).await;
    world.script(ADA_ALONE).await;
    let opened = world.open().await;
    opened.approve("sales.customers_3y").await;
    opened.approve("sales.invoices_10y").await;
    let meanwhile = Arc::new(Meanwhile {
        world: world.clone(),
        // SQLite's transaction locks the whole file when it begins: nobody comes between that and the locks.
        point: match kind {
            Kind::Sqlite => "before_register",
            Kind::Postgres | Kind::Mariadb => "before_lock",
        },
        script: script.to_owned(),
        registered: AtomicBool::new(false),
        done: AtomicBool::new(false),
    });
    let options = KeepOptions {
        rules: Some([serment_register::model::RuleId("sales.customers_3y".to_owned())].into()),
        ..KeepOptions::default()
    };
    let report = with(meanwhile.clone(), opened.keep_with(&options)).await;
    assert!(meanwhile.done.load(Ordering::SeqCst), "the script ran");
    assert!(
        world.ids("customers").await.contains(&1),
        "{foreign:?}: {report:#?}"
    );
    assert!(
        !report
            .outcomes
            .iter()
            .any(|recorded| recorded.outcome.effect == "erase"
                && recorded.outcome.table == "shop.customers"
                && recorded.outcome.client.as_deref() == Some("a")
                && recorded.outcome.rows > 0),
        "nothing is claimed of her: {report:#?}"
    );
}

const FOREIGN: [Foreign; 3] = [Foreign::Keys, Foreign::Cascade, Foreign::None];

#[tokio::test]
async fn b4_on_postgres_a_row_revived_before_the_lock_survives() {
    for foreign in FOREIGN {
        survives(
            Kind::Postgres,
            foreign,
            "UPDATE customers SET last_contact_on = '2026-06-01' WHERE id = 1",
        )
        .await;
    }
}

#[tokio::test]
async fn b4_on_postgres_a_row_that_gains_a_child_that_stays_before_the_lock_survives() {
    for foreign in FOREIGN {
        survives(
            Kind::Postgres,
            foreign,
            "INSERT INTO invoices VALUES (99, 1, 5, '2026-06-01')",
        )
        .await;
    }
}

#[tokio::test]
async fn b4_on_mariadb_a_row_revived_before_the_lock_survives() {
    for foreign in FOREIGN {
        survives(
            Kind::Mariadb,
            foreign,
            "UPDATE customers SET last_contact_on = '2026-06-01' WHERE id = 1",
        )
        .await;
    }
}

#[tokio::test]
async fn b4_on_mariadb_a_row_that_gains_a_child_that_stays_before_the_lock_survives() {
    for foreign in FOREIGN {
        survives(
            Kind::Mariadb,
            foreign,
            "INSERT INTO invoices VALUES (99, 1, 5, '2026-06-01')",
        )
        .await;
    }
}

#[tokio::test]
async fn b4_a_row_revived_before_the_lock_survives() {
    for foreign in [Foreign::Keys, Foreign::Cascade, Foreign::None] {
        survives(
            Kind::Sqlite,
            foreign,
            "UPDATE customers SET last_contact_on = '2026-06-01' WHERE id = 1",
        )
        .await;
    }
}

#[tokio::test]
async fn b4_a_row_that_gains_a_child_that_stays_before_the_lock_survives() {
    for foreign in [Foreign::Keys, Foreign::Cascade, Foreign::None] {
        survives(
            Kind::Sqlite,
            foreign,
            "INSERT INTO invoices VALUES (99, 1, 5, '2026-06-01')",
        )
        .await;
    }
}

#[tokio::test]
async fn b4_a_row_inserted_again_after_the_commit_is_not_called_erased() {
    let world = Arc::new(World::changed(Kind::Sqlite, Foreign::Keys, true, &lean).await);
    world.script(SMALL).await;
    world.script(ADA_ALONE).await;
    let opened = world.open().await;
    opened.approve("sales.customers_3y").await;
    let meanwhile = Arc::new(Meanwhile {
        world: world.clone(),
        point: "after_commit",
        script: "INSERT INTO customers VALUES (1, 'a', 'Ada Un', NULL, '2020-01-01', '2021-03-01')"
            .to_owned(),
        registered: AtomicBool::new(false),
        done: AtomicBool::new(false),
    });
    let report = with(meanwhile, opened.keep()).await;
    let of_ada: Vec<_> = report
        .outcomes
        .iter()
        .map(|recorded| &recorded.outcome)
        .filter(|outcome| outcome.table == "shop.customers" && outcome.client.as_deref() == Some("a"))
        .map(|outcome| (outcome.outcome.word(), outcome.rows))
        .collect();
    assert_eq!(of_ada, [("unverified", 1)], "{report:#?}");
    assert!(!report.is_clean());
}

/// Adds a hold when the engine passes a point, from another process's means.
struct Holds {
    world: Arc<World>,
    registered: AtomicBool,
    done: AtomicBool,
}

#[async_trait]
impl Faults for Holds {
    async fn at(&self, point: &'static str) {
        if point == "before_register" && !self.registered.swap(true, Ordering::SeqCst) {
            let other = self.world.open().await;
            let hold = other
                .keeper()
                .hold_add(&NewHold {
                    scope: HoldRequest::Rows(
                        TableId {
                            store: "shop".to_owned(),
                            table: "customers".to_owned(),
                        },
                        vec![Key(vec![1.into()])],
                    ),
                    ground: "legal_claim".to_owned(),
                    actor: "a test".to_owned(),
                    until: None,
                    patience: Duration::from_secs(5),
                })
                .await
                .unwrap();
            assert!(!hold.pending);
            self.done.store(true, Ordering::SeqCst);
        }
    }
}

#[tokio::test]
async fn b4_c2_a_hold_acknowledged_during_a_run_is_respected_by_its_next_batch() {
    let world = Arc::new(World::changed(Kind::Sqlite, Foreign::Keys, true, &lean).await);
    world.script(SMALL).await;
    world.script(ADA_ALONE).await;
    let opened = world.open().await;
    opened.approve("sales.customers_3y").await;
    let holds = Arc::new(Holds {
        world: world.clone(),
        registered: AtomicBool::new(false),
        done: AtomicBool::new(false),
    });
    let report = with(holds.clone(), opened.keep()).await;
    assert!(holds.done.load(Ordering::SeqCst));
    assert!(world.ids("customers").await.contains(&1), "{report:#?}");
    assert_eq!(
        world.ids("notes").await,
        [1, 2, 4],
        "what belongs to her is frozen too"
    );
    // Its record waited for the run, which had the journal open.
    assert!(opened.state.waiting().await.unwrap().is_empty());
    let checkup = opened.keeper().fsck().await.unwrap();
    assert!(
        checkup.problems.is_empty() && checkup.warnings.is_empty(),
        "{checkup:#?}"
    );
    // Once removed, the next run takes her.
    let hold = opened.keeper().hold_list(false).await.unwrap().remove(0);
    opened.keeper().hold_remove(&hold.id, "a test").await.unwrap();
    opened.keep().await;
    assert!(!world.ids("customers").await.contains(&1));
}
