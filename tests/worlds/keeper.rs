//! The engine itself in a world: its holds, its approvals, its runs.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serment_keep::approve::ApproveOptions;
use serment_keep::holds::{HoldRequest, NewHold};
use serment_keep::ledger::FileLedger;
use serment_keep::outcome::Code;
use serment_keep::ports::{Clock, Entropy, EntropyError, Silent, Stores};
use serment_keep::{KeepOptions, Keeper, Report, Verdict};
use serment_sql::testing::Database;
use serment_state::State;
use serment_store::condition::Key;
use serment_store::{Role, Store, StoreError};

use crate::drive::{self, Stage};
use crate::text;
use crate::world::{Hold, World};

/// What the engine did.
pub struct Kept {
    /// How many runs changed something.
    pub runs: usize,
    /// Rows that it says it erased, by table.
    pub erased: Vec<u64>,
    /// What it says that is not as it should be.
    pub wrong: Vec<String>,
}

/// Holds, approves and runs until nothing more changes.
pub async fn run_to_the_end(stage: &Stage, world: &World) -> Kept {
    let folder = tempfile::tempdir().expect("a folder");
    let state = State::open(&folder.path().join(".serment"))
        .await
        .expect("a state");
    let entropy = Arc::new(Counting(AtomicU64::new(1)));
    let journal = FileLedger::new(
        &folder.path().join("journal"),
        "world.example/serment",
        entropy.clone(),
    );
    let keeper = Keeper {
        register: &stage.register,
        stores: &OneStore(&stage.database),
        state: &state,
        journal: &journal,
        clock: &Fixed(world.now),
        entropy: entropy.as_ref(),
    };
    for hold in &world.holds {
        keeper.hold_add(&held(world, hold)).await.expect("a hold");
    }
    for asked in drive::asked(world) {
        let new = NewHold {
            scope: HoldRequest::Extension {
                rule: asked.rule,
                client: asked.client,
                keep: asked.keep,
            },
            ground: "request".to_owned(),
            actor: "a client".to_owned(),
            until: None,
            patience: Duration::from_secs(5),
        };
        keeper.hold_add(&new).await.expect("an extension");
    }
    let plan = stage.plan(&stage.situation(world));
    let approval = ApproveOptions {
        rules: plan.rules.iter().map(|rule| rule.id.clone()).collect(),
        hash: plan.hash,
        actor: "a test".to_owned(),
        accept: Vec::new(),
    };
    keeper.approve(&approval).await.expect("an approval");
    let mut kept = Kept {
        runs: 0,
        erased: vec![0; world.tables.len()],
        wrong: Vec::new(),
    };
    let mut batch = if world.batch == 0 { 10_000 } else { world.batch };
    loop {
        let options = KeepOptions {
            batch_size: batch,
            ..KeepOptions::default()
        };
        let report = keeper
            .keep(&options, &Silent, &AtomicBool::new(false))
            .await
            .expect("a run");
        // A circle of rows goes whole or not at all: it waits for a batch that it fits into.
        let waits = report
            .blocked
            .iter()
            .all(|blocked| blocked.why.code == Code::ReferenceCycle);
        kept.add(world, &report, waits);
        if report.rows() > 0 {
            kept.runs += 1;
        } else if batch == 10_000 {
            break;
        }
        if kept.runs >= 20 {
            kept.wrong
                .push("every run changes something: there is no end".to_owned());
            break;
        }
        batch = 10_000;
    }
    let checkup = keeper.fsck().await.expect("a check");
    kept.wrong
        .extend(checkup.problems.iter().map(|problem| format!("{problem:?}")));
    kept
}

impl Kept {
    fn add(&mut self, world: &World, report: &Report, waits: bool) {
        if !waits {
            self.wrong.push(format!("blocked: {:?}", report.blocked));
        }
        for outcome in report.outcomes.iter().map(|recorded| &recorded.outcome) {
            let at = world
                .tables
                .iter()
                .position(|table| format!("db.{}", table.name) == outcome.table)
                .expect("a table of the world");
            match &outcome.outcome {
                Verdict::Erased => self.erased[at] += outcome.rows,
                Verdict::Unverified { why } => {
                    self.wrong.push(format!("{}: unverified: {why:?}", outcome.table))
                }
                _ => {}
            }
            if outcome.at_least {
                self.wrong
                    .push(format!("{}: a count that nobody knows", outcome.table));
            }
        }
    }
}

fn held(world: &World, hold: &Hold) -> NewHold {
    let scope = match hold {
        Hold::Rows(table, rows) => {
            let keys = rows
                .iter()
                .map(|row| Key(drive::key(world, *table, *row)))
                .collect();
            HoldRequest::Rows(drive::id(world, *table), keys)
        }
        Hold::Filter(table, test) => {
            HoldRequest::Filter(drive::id(world, *table), text::test(test, &world.tables[*table]))
        }
        Hold::Client(client) => HoldRequest::Client(client.to_string()),
    };
    NewHold {
        scope,
        ground: "legal_claim".to_owned(),
        actor: "a test".to_owned(),
        until: None,
        patience: Duration::from_secs(5),
    }
}

/// The one store of a world.
struct OneStore<'d>(&'d Database);

#[async_trait]
impl Stores for OneStore<'_> {
    async fn open(&self, store: &str, role: Role) -> Result<Box<dyn Store>, StoreError> {
        let base: &Path = self.0.base();
        serment_sql::open(self.0.kind(), store, self.0.address(), role, base).await
    }
}

struct Fixed(Timestamp);

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Bytes that are never the same twice.
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for chunk in bytes.chunks_mut(8) {
            let next = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            let mixed = (next ^ (next >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            chunk.copy_from_slice(&(mixed ^ (mixed >> 32)).to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}
