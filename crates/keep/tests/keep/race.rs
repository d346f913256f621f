//! B4: others write while a batch is being prepared and done. Every way to give a row a reason to stay, at every gap.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use serment_keep::faults::{Faults, with};
use serment_keep::holds::{HoldRequest, NewHold};
use serment_keep::{KeepOptions, Report};
use serment_register::model::TableId;
use serment_sql::Kind;
use serment_store::condition::Key;
use tokio::sync::Notify;

use crate::world::{Foreign, Opened, World};

/// Everybody is due, and everybody but 20 has a preference and a note; 20 stays, and has a recent note.
fn people() -> String {
    let mut sql = String::from(
        "INSERT INTO customers VALUES (20, 'a', 'Stays', NULL, NULL, '2026-01-01');
         INSERT INTO notes VALUES (20, 20, 'recent', '2026-06-01');
         CREATE TABLE witness (what TEXT PRIMARY KEY);",
    );
    for id in 1..=12 {
        sql.push_str(&format!(
            "INSERT INTO customers VALUES ({id}, 'a', 'Due', NULL, '2020-01-01', '2012-03-01');
             INSERT INTO preferences VALUES ({id}, 'colour', 'blue');
             INSERT INTO notes VALUES ({id}, {id}, 'old', '2012-04-01');"
        ));
    }
    sql.push_str("INSERT INTO invoices VALUES (6, 6, 1, '2012-01-01'), (8, 8, 1, '2012-01-01');");
    sql
}

/// What makes a due invoice of customer 6 a recent one.
const REDATED: &str = "UPDATE invoices SET issued_on = '2026-06-01' WHERE id = 6";

/// What gives customers 1 to 5 and 7 a reason to stay, one way each.
const REVIVALS: [&str; 6] = [
    "UPDATE customers SET last_contact_on = '2026-06-01' WHERE id = 1",
    "UPDATE customers SET closed_on = NULL WHERE id = 2",
    "UPDATE notes SET written_on = '2026-06-01' WHERE id = 3",
    "INSERT INTO notes VALUES (104, 4, 'new', '2026-06-01')",
    "UPDATE notes SET customer_id = 5 WHERE id = 20",
    "INSERT INTO invoices VALUES (107, 7, 1, '2026-06-01')",
];

/// What takes or brings something that customers 9 to 12, who go all the same, must not take along, or must.
const MOVES: [&str; 4] = [
    "UPDATE notes SET customer_id = 20 WHERE id = 9",
    "UPDATE preferences SET customer_id = 20, name = 'size' WHERE customer_id = 10",
    "INSERT INTO preferences VALUES (11, 'size', 'M')",
    "DELETE FROM preferences WHERE customer_id = 12; DELETE FROM notes WHERE customer_id = 12;
     DELETE FROM customers WHERE id = 12",
];

const FOREIGN: [Foreign; 3] = [Foreign::Keys, Foreign::Cascade, Foreign::None];

async fn shop(kind: Kind, foreign: Foreign) -> World {
    let world = World::changed(kind, foreign, true, &|file| {
        file.split("\n[[retention]]\nname  = \"visits_1y\"")
            .next()
            .unwrap()
            .split("\n[table.visits]")
            .next()
            .unwrap()
            .to_owned()
    })
    .await;
    world.script(&people()).await;
    let opened = world.open().await;
    opened.approve("sales.customers_3y").await;
    opened.approve("sales.invoices_10y").await;
    opened.state.close().await;
    world
}

/// Stops the engine at a point of its first real batches (not of their rehearsals).
struct Stops {
    point: &'static str,
    batches: AtomicU32,
    registered: AtomicBool,
    reached: Notify,
    go_on: Notify,
}

impl Stops {
    fn at(point: &'static str, batches: u32) -> Arc<Self> {
        Arc::new(Self {
            point,
            batches: AtomicU32::new(batches),
            registered: AtomicBool::new(false),
            reached: Notify::new(),
            go_on: Notify::new(),
        })
    }

    /// Does something while the engine stands at the next stop.
    async fn meanwhile<T>(&self, other: impl Future<Output = T>) -> T {
        self.reached.notified().await;
        let done = other.await;
        self.go_on.notify_one();
        done
    }
}

#[async_trait]
impl Faults for Stops {
    async fn at(&self, point: &'static str) {
        if point == "before_register" {
            self.registered.store(true, Ordering::SeqCst);
        }
        if point == self.point
            && self.batches.load(Ordering::SeqCst) > 0
            && self.registered.swap(false, Ordering::SeqCst)
        {
            self.batches.fetch_sub(1, Ordering::SeqCst);
            self.reached.notify_one();
            self.go_on.notified().await;
        }
    }
}

/// A run and what others do beside it; both must end.
async fn beside<T>(
    opened: &Opened<'_>,
    options: &KeepOptions,
    stops: &Arc<Stops>,
    others: impl Future<Output = T>,
) -> (Report, T) {
    let both = async { tokio::join!(with(stops.clone(), opened.keep_with(options)), others) };
    let both = tokio::time::timeout(Duration::from_secs(60), both).await;
    both.expect("neither waits for the other")
}

fn rows(report: &Report, table: &str, effect: &str) -> u64 {
    report
        .outcomes
        .iter()
        .map(|recorded| &recorded.outcome)
        .filter(|outcome| outcome.table == table && outcome.effect == effect)
        .map(|outcome| outcome.rows)
        .sum()
}

/// Everything is written between the listing of candidates and the locks.
async fn before_the_lock(kind: Kind) {
    for foreign in FOREIGN {
        let world = shop(kind, foreign).await;
        // SQLite's transaction locks the whole file when it begins: nobody comes between that and the locks.
        let stops = Stops::at(
            match kind {
                Kind::Sqlite => "before_register",
                Kind::Postgres | Kind::Mariadb => "before_lock",
            },
            2,
        );
        let opened = world.open().await;
        let (report, ()) = beside(&opened, &KeepOptions::default(), &stops, async {
            // The batch of the invoices, then that of the customers.
            stops.meanwhile(world.script(REDATED)).await;
            let all = REVIVALS.iter().chain(&MOVES).copied().collect::<Vec<_>>();
            stops.meanwhile(world.script(&all.join(";"))).await;
        })
        .await;
        let case = format!("{kind:?} {foreign:?}: {report:#?}");
        assert_eq!(world.ids("customers").await, [1, 2, 3, 4, 5, 6, 7, 20], "{case}");
        assert_eq!(
            world.ids("notes").await,
            [1, 2, 3, 4, 5, 6, 7, 9, 20, 104],
            "what was moved to somebody else stays: {case}"
        );
        assert_eq!(world.ids("invoices").await, [6, 107], "{case}");
        let preferences = world.table("preferences", &["customer_id", "name"], &[]).await;
        assert_eq!(
            preferences,
            [
                "[1,\"colour\"] []",
                "[2,\"colour\"] []",
                "[3,\"colour\"] []",
                "[4,\"colour\"] []",
                "[5,\"colour\"] []",
                "[20,\"size\"] []"
            ],
            "{case}"
        );
        // 8 to 11 went; 12 was gone already, and is not ours to claim. 6 and 7 stay for the accounts alone.
        assert_eq!(rows(&report, "shop.customers", "erase"), 4, "{case}");
        assert_eq!(rows(&report, "shop.notes", "erase"), 3, "{case}");
        assert_eq!(rows(&report, "shop.preferences", "erase"), 4 + 2, "{case}");
        assert_eq!(rows(&report, "shop.invoices", "erase"), 1, "{case}");
    }
}

#[tokio::test]
async fn b4_whatever_gives_a_row_a_reason_to_stay_before_the_lock_saves_it() {
    before_the_lock(Kind::Sqlite).await;
}

#[tokio::test]
async fn b4_on_postgres_whatever_gives_a_row_a_reason_to_stay_before_the_lock_saves_it() {
    before_the_lock(Kind::Postgres).await;
}

#[tokio::test]
async fn b4_on_mariadb_whatever_gives_a_row_a_reason_to_stay_before_the_lock_saves_it() {
    before_the_lock(Kind::Mariadb).await;
}

/// One statement that says in `witness` whether it changed a row.
fn witnessed(kind: Kind, number: usize, statement: &str) -> String {
    match kind {
        Kind::Mariadb => {
            format!("{statement}; INSERT INTO witness SELECT '{number}' FROM DUAL WHERE ROW_COUNT() > 0")
        }
        _ => format!(
            "WITH changed AS ({statement} RETURNING 1) INSERT INTO witness SELECT DISTINCT '{number}' FROM changed"
        ),
    }
}

/// Waits until so many sessions wait for a lock: none of them came through.
fn until_all_wait(kind: Kind, sessions: usize) -> String {
    if kind == Kind::Mariadb {
        return format!(
            "BEGIN NOT ATOMIC
                 FOR i IN 1..150 DO
                     IF EXISTS (SELECT 1 FROM witness) THEN SIGNAL SQLSTATE '45000'; END IF;
                     IF (SELECT count(*) FROM information_schema.INNODB_TRX JOIN information_schema.PROCESSLIST
                         ON id = trx_mysql_thread_id WHERE db = DATABASE() AND trx_state = 'LOCK WAIT') >= {sessions}
                     THEN SET @all_wait = 1; SIGNAL SQLSTATE '01000'; END IF;
                     IF @all_wait IS NULL THEN DO SLEEP(0.2); END IF;
                 END FOR;
                 IF @all_wait IS NULL THEN SIGNAL SQLSTATE '45000'; END IF;
             END"
        );
    }
    format!(
        "DO $$ BEGIN
             FOR i IN 1..1000 LOOP
                 PERFORM pg_stat_clear_snapshot();
                 IF EXISTS (SELECT FROM witness) THEN RAISE EXCEPTION 'one came through'; END IF;
                 IF (SELECT count(*) FROM pg_stat_activity
                     WHERE datname = current_database() AND wait_event_type = 'Lock') >= {sessions} THEN RETURN; END IF;
                 PERFORM pg_sleep(0.01);
             END LOOP;
             RAISE EXCEPTION 'not all of them wait';
         END $$"
    )
}

/// Between the locks and the end of the batch everybody who would change what was decided waits.
async fn after_the_lock(kind: Kind, point: &'static str) {
    for foreign in FOREIGN {
        let world = shop(kind, foreign).await;
        world.script("DELETE FROM invoices").await;
        let opened = world.open().await;
        let stops = Stops::at(point, 1);
        let all: Vec<String> = REVIVALS
            .iter()
            .chain(&MOVES[..3])
            .enumerate()
            .map(|(number, statement)| witnessed(kind, number, statement))
            .collect();
        let (report, ends) = beside(&opened, &KeepOptions::default(), &stops, async {
            stops.reached.notified().await;
            let writers = futures::future::join_all(all.iter().map(|script| world.try_script(script)));
            let watcher = async {
                world.script(&until_all_wait(kind, all.len())).await;
                stops.go_on.notify_one();
            };
            tokio::join!(writers, watcher).0
        })
        .await;
        let case = format!("{kind:?} {point} {foreign:?}: {report:#?}");
        assert_eq!(world.ids("customers").await, [20], "{case}");
        assert_eq!(rows(&report, "shop.customers", "erase"), 12, "{case}");
        assert_eq!(rows(&report, "shop.preferences", "erase"), 12, "{case}");
        assert_eq!(rows(&report, "shop.notes", "erase"), 12, "{case}");
        let came = world.table("witness", &["what"], &[]).await;
        if foreign == Foreign::None {
            // Nothing in the store forbids what they add: it is there, for nobody ate it.
            assert_eq!(came, ["3 []", "4 []", "5 []", "8 []"], "{case}");
            assert_eq!(world.ids("notes").await, [20, 104], "{case}");
            assert_eq!(world.ids("invoices").await, [107], "{case}");
            assert_eq!(
                world.table("preferences", &["customer_id", "name"], &[]).await,
                ["[11,\"size\"] []"],
                "{case}"
            );
        } else {
            assert!(came.is_empty(), "{case}: {came:?}");
            assert_eq!(
                ends.iter().filter(|end| end.is_err()).count(),
                4,
                "their customer is gone, and the store says so: {case}"
            );
            assert_eq!(world.ids("notes").await, [20], "{case}");
        }
    }
}

#[tokio::test]
async fn b4_on_postgres_whoever_writes_after_the_lock_waits_for_the_batch() {
    after_the_lock(Kind::Postgres, "after_lock").await;
}

#[tokio::test]
async fn b4_on_postgres_whoever_writes_after_the_change_waits_for_the_commit() {
    after_the_lock(Kind::Postgres, "after_change").await;
}

#[tokio::test]
async fn b4_on_mariadb_whoever_writes_after_the_lock_waits_for_the_batch() {
    after_the_lock(Kind::Mariadb, "after_retest").await;
}

#[tokio::test]
async fn b4_on_mariadb_whoever_writes_after_the_change_waits_for_the_commit() {
    after_the_lock(Kind::Mariadb, "after_change").await;
}

#[tokio::test]
async fn b4_on_sqlite_nobody_writes_between_the_lock_and_the_commit() {
    let world = shop(Kind::Sqlite, Foreign::None).await;
    let opened = world.open().await;
    let stops = Stops::at("after_lock", 1);
    let (report, ends) = beside(&opened, &KeepOptions::default(), &stops, async {
        stops
            .meanwhile(async {
                let mut ends = Vec::new();
                for statement in REVIVALS {
                    ends.push(
                        world
                            .try_script(&format!("PRAGMA busy_timeout = 0; {statement}"))
                            .await,
                    );
                }
                ends
            })
            .await
    })
    .await;
    assert!(ends.iter().all(Result::is_err), "{ends:#?}");
    assert!(report.is_clean(), "{report:#?}");
    assert_eq!(world.ids("customers").await, [20]);
}

/// Another process holds customer 3 while the engine stands at a point of its first batch, of one customer.
async fn held_at(kind: Kind, point: &'static str) -> (World, Report) {
    let world = shop(kind, Foreign::Keys).await;
    world.script("DELETE FROM invoices").await;
    let opened = world.open().await;
    let stops = Stops::at(point, 1);
    let options = KeepOptions {
        batch_size: 1,
        ..KeepOptions::default()
    };
    let (report, hold) = beside(&opened, &options, &stops, async {
        stops.reached.notified().await;
        let other = world.open().await;
        let new = NewHold {
            scope: HoldRequest::Rows(
                TableId {
                    store: "shop".to_owned(),
                    table: "customers".to_owned(),
                },
                vec![Key(vec![1.into()]), Key(vec![3.into()])],
            ),
            ground: "legal_claim".to_owned(),
            actor: "a test".to_owned(),
            until: None,
            patience: Duration::from_secs(30),
        };
        let recorded = async {
            while opened.state.holds().await.unwrap().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let waits = opened.state.holds().await.unwrap()[0].pending;
            assert!(waits, "the batch that began before may still commit");
            stops.go_on.notify_one();
        };
        let keeper = other.keeper();
        tokio::join!(keeper.hold_add(&new), recorded).0
    })
    .await;
    assert!(!hold.unwrap().pending);
    let checkup = opened.keeper().fsck().await.unwrap();
    assert!(
        checkup.problems.is_empty() && checkup.warnings.is_empty(),
        "{checkup:#?}"
    );
    opened.state.close().await;
    (world, report)
}

#[tokio::test]
async fn b4_a_hold_added_before_the_lock_of_a_batch_stops_that_batch() {
    for kind in [Kind::Sqlite, Kind::Postgres, Kind::Mariadb] {
        let (world, report) = held_at(kind, "before_lock").await;
        assert_eq!(world.ids("customers").await, [1, 3, 20], "{report:#?}");
        assert_eq!(rows(&report, "shop.customers", "erase"), 10, "{report:#?}");
    }
}

#[tokio::test]
async fn b4_a_hold_added_after_the_lock_is_acknowledged_after_that_batch_and_stops_the_next_ones() {
    for kind in [Kind::Sqlite, Kind::Postgres, Kind::Mariadb] {
        let (world, report) = held_at(kind, "after_retest").await;
        assert_eq!(world.ids("customers").await, [3, 20], "{report:#?}");
        assert_eq!(rows(&report, "shop.customers", "erase"), 11, "{report:#?}");
    }
}

#[tokio::test]
async fn b4_a_hold_added_before_a_commit_is_told_is_acknowledged_once_it_is_known() {
    for kind in [Kind::Sqlite, Kind::Postgres, Kind::Mariadb] {
        let (world, report) = held_at(kind, "after_commit").await;
        assert_eq!(world.ids("customers").await, [3, 20], "{report:#?}");
        assert_eq!(rows(&report, "shop.customers", "erase"), 11, "{report:#?}");
    }
}
