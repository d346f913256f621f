//! What holds whatever happens: who may write, what comes first, whose rows are asked about.

use std::ops::Range;
use std::sync::atomic::AtomicBool;

use async_trait::async_trait;
use serment_keep::approve::ApproveOptions;
use serment_keep::observe::ObserveOptions;
use serment_keep::ports::{Ledger, LedgerError, Record, Silent, Stores};
use serment_keep::{KeepOptions, Keeper};
use serment_plan::forecast;
use serment_plan::translate::Ground;
use serment_register::model::{RuleId, TableId, Text};
use serment_sql::Kind;
use serment_store::condition::{Alias, ColumnRef, Condition, Key};
use serment_store::{Role, Store, StoreError};

use crate::people::SMALL;
use crate::world::{Foreign, World};

/// Opens for reading only.
struct Reading<'w>(&'w dyn Stores);

#[async_trait]
impl Stores for Reading<'_> {
    async fn open(&self, store: &str, role: Role) -> Result<Box<dyn Store>, StoreError> {
        assert_eq!(role, Role::Read, "nothing was asked to change");
        self.0.open(store, role).await
    }
}

#[tokio::test]
async fn reading_never_opens_a_writing_connection() {
    let world = World::new(Kind::Sqlite, Foreign::Keys, true).await;
    world.script(SMALL).await;
    let opened = world.open().await;
    let stores = Reading(&world.stores);
    let keeper = Keeper {
        stores: &stores,
        ..opened.keeper()
    };
    let observer = keeper.observer();
    let seen = observer
        .observe(&ObserveOptions {
            sample: u32::MAX,
            sql: true,
            ..ObserveOptions::default()
        })
        .await
        .unwrap();
    let rule = RuleId("sales.customers_3y".to_owned());
    assert!(
        !observer
            .histogram(&seen, &rule, None, 20)
            .await
            .unwrap()
            .is_empty()
    );
    let customers = TableId {
        store: "shop".to_owned(),
        table: "customers".to_owned(),
    };
    assert!(
        observer
            .explain(&customers, &Key(vec![1.into()]))
            .await
            .unwrap()
            .is_some()
    );
    let approvals = keeper
        .approve(&ApproveOptions {
            rules: vec![rule],
            hash: seen.plan.hash.clone(),
            actor: "a test".to_owned(),
            accept: Vec::new(),
        })
        .await
        .unwrap();
    assert_eq!(approvals.len(), 1);
    let options = KeepOptions {
        dry_run: true,
        ..KeepOptions::default()
    };
    let report = keeper
        .keep(&options, &Silent, &AtomicBool::new(false))
        .await
        .unwrap();
    assert!(!report.would.is_empty(), "the rule is released");
}

/// A journal whose disk is full when an intent comes.
struct Full<'w>(&'w dyn Ledger);

impl Ledger for Full<'_> {
    fn append(&self, records: &[Record]) -> Result<Range<u64>, LedgerError> {
        if records.iter().any(|record| record.kind == "intent") {
            return Err(LedgerError::Failed(Text::verbatim("the disk is full".to_owned())));
        }
        self.0.append(records)
    }

    fn records(&self, range: Range<u64>, each: &mut dyn FnMut(u64, Record)) -> Result<(), LedgerError> {
        self.0.records(range, each)
    }

    fn size(&self) -> Result<u64, LedgerError> {
        self.0.size()
    }

    fn check(&self) -> Result<Vec<Text>, LedgerError> {
        self.0.check()
    }
}

#[tokio::test]
async fn nothing_is_destroyed_without_an_intent_on_disk() {
    let world = World::new(Kind::Sqlite, Foreign::Keys, true).await;
    world.script(SMALL).await;
    let opened = world.open().await;
    opened.approve_all().await;
    let before = world.contents().await;
    let journal = Full(&opened.journal);
    let keeper = Keeper {
        journal: &journal,
        ..opened.keeper()
    };
    let ran = keeper
        .keep(&KeepOptions::default(), &Silent, &AtomicBool::new(false))
        .await;
    assert!(ran.is_err(), "a run without its journal is no run");
    assert_eq!(world.contents().await, before);
    // With the journal back, the same run does its work.
    assert!(opened.keep().await.rows() > 0);
}

#[tokio::test]
async fn no_question_omits_the_client_that_was_asked_about() {
    let world = World::new(Kind::Sqlite, Foreign::Keys, true).await;
    let opened = world.open().await;
    let seen = opened
        .keeper()
        .observer()
        .observe(&ObserveOptions::default())
        .await
        .unwrap();
    let ground = Ground {
        register: &world.register,
        catalogues: &seen.catalogues,
        cutoff: &seen.situation.cutoff,
        extensions: &seen.situation.extensions,
    };
    let of_client = Condition::IsNull(ColumnRef::whole(Alias(0), "of that client"));
    let questions =
        forecast::questions(&seen.plan, ground, &seen.situation, &|_| Ok(of_client.clone())).unwrap();
    assert!(questions.len() > 5, "{} questions", questions.len());
    for question in questions {
        let Condition::All(parts) = &question.tally.filter else {
            assert_eq!(question.tally.filter, of_client);
            continue;
        };
        assert!(parts.contains(&of_client), "{question:#?}");
    }
}
