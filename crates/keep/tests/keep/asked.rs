//! What a client asks to keep for longer, as the controller of its rows.

use std::time::Duration;

use serment_keep::explain::Stand;
use serment_keep::holds::{HoldRequest, NewHold};
use serment_keep::{KeepError, KeepOptions};
use serment_register::model::{Period, RuleId, TableId};
use serment_sql::Kind;
use serment_state::holds::Hold;
use serment_store::condition::Key;

use crate::world::{Foreign, Opened, World, lean};

const RULE: &str = "sales.customers_3y";

/// Two customers of `a` and two of `b`, all due, and one of `c`.
const DUE: &str = "INSERT INTO customers VALUES (1, 'a', 'One', NULL, NULL, '2020-01-01'), \
    (2, 'a', 'Two', NULL, NULL, '2014-01-01'), (3, 'b', 'Three', NULL, NULL, '2020-01-01'), \
    (4, 'b', 'Four', NULL, NULL, '2014-01-01'), (5, 'c', 'Five', NULL, NULL, '2020-01-01')";

async fn asked(opened: &Opened<'_>, rule: &str, keep: &str) -> Result<Hold, KeepError> {
    let new = NewHold {
        scope: HoldRequest::Extension {
            rule: RuleId(rule.to_owned()),
            client: "a".to_owned(),
            keep: Period::parse(keep).unwrap(),
        },
        ground: "request".to_owned(),
        actor: "a's officer".to_owned(),
        until: None,
        patience: Duration::from_secs(5),
    };
    opened.keeper().hold_add(&new).await
}

async fn waits_for_that_client(kind: Kind) {
    let world = World::changed(kind, Foreign::Keys, true, &lean).await;
    world.script(DUE).await;
    let opened = world.open().await;
    opened.approve(RULE).await;
    let hold = asked(&opened, RULE, "10 years").await.unwrap();
    let customers = TableId {
        store: "shop".to_owned(),
        table: "customers".to_owned(),
    };
    let one = Key(vec![1.into()]);
    let explained = opened.keeper().observer().explain(&customers, &one).await;
    let explained = explained.unwrap().unwrap();
    let says = explained.rules.iter().find(|says| says.rule.0 == RULE).unwrap();
    assert_eq!(says.stand, Stand::Runs);
    assert_eq!(says.due, Some(jiff::civil::date(2030, 1, 1)));
    assert_eq!(says.extended_by, std::slice::from_ref(&hold.id));
    assert!(
        explained.verdict.en.contains("as its client asked"),
        "{}",
        explained.verdict.en
    );

    let report = opened.keep().await;
    assert!(report.is_clean(), "{report:#?}");
    assert_eq!(
        world.ids("customers").await,
        [1],
        "2014 is due after ten years too"
    );
    // Once it is withdrawn the rule's own duration is back, without another approval.
    opened
        .keeper()
        .hold_remove(&hold.id, "a's officer")
        .await
        .unwrap();
    let report = opened.keep_with(&KeepOptions::default()).await;
    assert!(report.is_clean(), "{report:#?}");
    assert!(world.ids("customers").await.is_empty());
}

#[tokio::test]
async fn a_rule_waits_for_the_client_that_asked() {
    waits_for_that_client(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgres_a_rule_waits_for_the_client_that_asked() {
    waits_for_that_client(Kind::Postgres).await;
}

#[tokio::test]
async fn on_mariadb_a_rule_waits_for_the_client_that_asked() {
    waits_for_that_client(Kind::Mariadb).await;
}

#[tokio::test]
async fn a_client_cannot_ask_for_less_nor_about_what_is_nobodys() {
    let world = World::new(Kind::Sqlite, Foreign::Keys, true).await;
    let opened = world.open().await;
    for (rule, keep) in [
        (RULE, "3 years"),
        (RULE, "36 months"),
        (RULE, "30 days"),
        ("sales.visits_1y", "5 years"),
        ("sales.nothing", "5 years"),
    ] {
        let refused = asked(&opened, rule, keep).await.unwrap_err();
        assert!(
            matches!(refused, KeepError::NotExtensible(_) | KeepError::UnknownRule(_)),
            "{rule} {keep}: {refused}"
        );
    }
    let KeepError::NotExtensible(why) = asked(&opened, RULE, "3 years").await.unwrap_err() else {
        panic!("another error");
    };
    assert!(why.fr.contains("garde déjà 3 ans"), "{}", why.fr);
    assert!(why.en.contains("keeps for 3 years already"), "{}", why.en);
    assert!(opened.keeper().hold_list(true).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_a_client_asked_stands_in_the_journal() {
    let world = World::new(Kind::Sqlite, Foreign::Keys, true).await;
    let opened = world.open().await;
    let hold = asked(&opened, RULE, "10 years").await.unwrap();
    let mut said = Vec::new();
    let size = opened.keeper().journal.size().unwrap();
    opened
        .keeper()
        .journal
        .records(0..size, &mut |_, record| said.push(record))
        .unwrap();
    let entry = said.iter().find(|record| record.kind == "hold").unwrap();
    assert_eq!(entry.payload["hold"], hold.id);
    assert_eq!(entry.payload["scope"], "extension");
    assert_eq!(entry.payload["rule"], RULE);
    assert_eq!(entry.payload["client"], "a");
    assert_eq!(entry.payload["keep"], "10 years");
    assert_eq!(entry.payload["actor"], "a's officer");
    assert_eq!(entry.payload["ground"], "request");
}
