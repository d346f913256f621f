//! Changes.

use serde_json::{Value, json};

use super::{Fixture, ROW, column, ids, is_constraint, key, key_in, quick, table, values};
use crate::Role;
use crate::condition::{Condition, PostCondition};
use crate::query::{Change, NewValue};

/// Every function of the store satisfies the promise that goes with it, at once, and a second run changes nothing.
pub async fn anonymised_values_satisfy_their_promise_and_stay(fixture: &dyn Fixture) {
    fixture
        .script(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, word VARCHAR(40), day DATE, n INTEGER, code VARCHAR(40), ip VARCHAR(60)); INSERT INTO t VALUES \
             (1, 'Zoé', '2021-05-17', 37, '75011', '192.168.17.254'), (2, NULL, NULL, NULL, NULL, NULL), (3, 'x', '2020-02-29', -3, '97411', '2001:db8:1:2::3'), \
             (4, '', '2021-01-01', 40, '2A', '10.0.0.0'), (5, 'redacted', '1999-12-31', 0, 'SW1A 1AA', '::1'), (6, 'y', '2021-05-01', 10, ' 20090 ', 'nonsense')",
        )
        .await;
    let store = fixture.open(Role::Write).await;
    let cases: Vec<(&str, NewValue, PostCondition, Vec<Value>)> = vec![
        (
            "day",
            NewValue::FirstOfMonth,
            PostCondition::FirstOfMonth,
            vec![
                json!("2021-05-01"),
                Value::Null,
                json!("2020-02-01"),
                json!("2021-01-01"),
                json!("1999-12-01"),
                json!("2021-05-01"),
            ],
        ),
        (
            "day",
            NewValue::FirstOfYear,
            PostCondition::FirstOfYear,
            vec![
                json!("2021-01-01"),
                Value::Null,
                json!("2020-01-01"),
                json!("2021-01-01"),
                json!("1999-01-01"),
                json!("2021-01-01"),
            ],
        ),
        (
            "n",
            NewValue::Band(10),
            PostCondition::MultipleOf(10),
            vec![json!(30), Value::Null, json!(-10), json!(40), json!(0), json!(10)],
        ),
        (
            "code",
            NewValue::Department,
            PostCondition::Department,
            vec![
                json!("75"),
                Value::Null,
                json!("974"),
                json!("2A"),
                Value::Null,
                json!("20"),
            ],
        ),
        (
            "ip",
            NewValue::Network,
            PostCondition::Network,
            vec![
                json!("192.168.17.0"),
                Value::Null,
                json!("2001:db8:1::"),
                json!("10.0.0.0"),
                Value::Null,
                Value::Null,
            ],
        ),
        (
            "word",
            NewValue::Constant("redacted".into()),
            PostCondition::Constant("redacted".into()),
            vec![json!("redacted"); 6],
        ),
        ("word", NewValue::Null, PostCondition::Null, vec![Value::Null; 6]),
    ];
    for (name, new, by, expected) in cases {
        let done = Condition::Anonymised {
            column: column(name),
            by,
        };
        let due = Condition::Not(Box::new(done.clone()));
        let waiting = ids(&*store, "t", due.clone()).await;
        assert!(!waiting.is_empty(), "{name}: something to do");
        let mut batch = store.begin(&quick()).await.expect("a batch");
        let set = vec![(column(name), new.clone())];
        let change = Change::Update {
            table: table("t"),
            alias: ROW,
            filter: due.clone(),
            set,
        };
        assert_eq!(
            batch.change(&change).await.expect("changed"),
            waiting.len() as u64,
            "{name}"
        );
        assert_eq!(
            batch.change(&change).await.expect("changed"),
            0,
            "{name}: the second time"
        );
        batch.commit().await.expect("committed");
        assert_eq!(
            values(&*store, "t", column(name)).await,
            expected,
            "{name}: {new:?}"
        );
        assert_eq!(ids(&*store, "t", done).await.len(), 6, "{name}: two values");
    }
    fixture.script("UPDATE t SET word = CASE id WHEN 1 THEN 'anon-1' WHEN 2 THEN 'ANON-' WHEN 3 THEN 'anon-' ELSE NULL END").await;
    let prefixed = Condition::Anonymised {
        column: column("word"),
        by: PostCondition::Prefix("anon-".into()),
    };
    assert_eq!(ids(&*store, "t", prefixed).await, [1, 3, 4, 5, 6]);
}

/// Values per row, repeated condition included: a row that no longer satisfies it keeps its value.
pub async fn each_row_gets_its_own_value(fixture: &dyn Fixture) {
    fixture
        .script("CREATE TABLE t (id INTEGER PRIMARY KEY, word VARCHAR(40), n INTEGER); INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 1), (3, 'c', 0), (4, 'd', 1)")
        .await;
    let store = fixture.open(Role::Write).await;
    let mut batch = store.begin(&quick()).await.expect("a batch");
    let values_of = vec![
        (key(&[json!(1)]), json!("é'\"")),
        (key(&[json!(2)]), Value::Null),
        (key(&[json!(3)]), json!("no")),
        (key(&[json!(99)]), json!("nobody")),
    ];
    let change = Change::UpdateEach {
        table: table("t"),
        alias: ROW,
        key: vec!["id".into()],
        filter: super::equals("n", 1),
        column: column("word"),
        values: values_of,
    };
    assert_eq!(batch.change(&change).await.expect("changed"), 2);
    batch.commit().await.expect("committed");
    assert_eq!(
        values(&*store, "t", column("word")).await,
        [json!("é'\""), Value::Null, json!("c"), json!("d")]
    );
}

/// A constraint refuses: the failure names it and no value, the batch cannot be committed, nothing changed.
pub async fn a_constraint_refuses_and_nothing_is_kept(fixture: &dyn Fixture) {
    fixture
        .script(
            "CREATE TABLE p (id INTEGER PRIMARY KEY, word VARCHAR(40) NOT NULL UNIQUE, n INTEGER CHECK (n > 0)); CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id)); \
             INSERT INTO p VALUES (1, 'secret-one', 1), (2, 'secret-two', 2); INSERT INTO c VALUES (1, 1)",
        )
        .await;
    let store = fixture.open(Role::Write).await;
    let this = |id: i64| key_in(&["id"], vec![key(&[json!(id)])]);
    let update = |name: &str, new| Change::Update {
        table: table("p"),
        alias: ROW,
        filter: Condition::Always,
        set: vec![(column(name), new)],
    };
    let refused = [
        Change::Delete {
            table: table("p"),
            alias: ROW,
            filter: this(1),
        },
        update("word", NewValue::Null),
        update("word", NewValue::Constant("secret-two".into())),
        update("n", NewValue::Constant("-5".into())),
    ];
    for change in refused {
        let mut batch = store.begin(&quick()).await.expect("a batch");
        let first = Change::Delete {
            table: table("p"),
            alias: ROW,
            filter: this(2),
        };
        if !matches!(change, Change::Update { .. }) {
            assert_eq!(batch.change(&first).await.expect("deleted"), 1);
        }
        let error = batch.change(&change).await.expect_err("refused");
        assert!(is_constraint(&error.failure), "{change:?}: {error}");
        assert!(!error.to_string().contains("secret"), "{error}");
        assert!(
            batch.change(&first).await.is_err(),
            "a broken batch does nothing more"
        );
        assert!(batch.commit().await.is_err(), "a broken batch is not committed");
        assert_eq!(ids(&*store, "p", Condition::Always).await, [1, 2]);
    }
}
