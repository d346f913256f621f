//! Conditions and tallies.

use serde_json::json;

use super::{Fixture, ROW, column, compare, equals, ids, keys_of, table, text, values};
use crate::Role;
use crate::condition::{Alias, ColumnRef, Condition, Constant, Operator, TimeColumn, TimeForm};
use crate::query::{Change, ClientColumn, Clock, Field, Linked, Moment, NewValue, Rows, Steps, Tally};

fn not(part: Condition) -> Condition {
    Condition::Not(Box::new(part))
}

fn holds(part: Condition) -> Condition {
    Condition::Holds(Box::new(part))
}

fn may_hold(part: Condition) -> Condition {
    Condition::MayHold(Box::new(part))
}

/// NULL makes comparisons unknown; unknown is neither true nor false, and comes back only as it was asked to.
pub async fn logic_has_three_values(fixture: &dyn Fixture) {
    fixture
        .script("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER); INSERT INTO t VALUES (1, 1, 1), (2, 2, 1), (3, NULL, 1), (4, NULL, NULL), (5, 1, NULL)")
        .await;
    let store = fixture.open(Role::Read).await;
    let a = || equals("a", 1);
    let b = || equals("b", 1);
    let of = |name: &str, values: &[i64]| Condition::OneOf {
        column: column(name),
        values: values.iter().map(|value| Constant::Integer(*value)).collect(),
    };
    let same = |op| Condition::CompareColumns {
        left: column("a"),
        op,
        right: column("b"),
    };
    let cases: Vec<(Condition, &[i64])> = vec![
        (Condition::Always, &[1, 2, 3, 4, 5]),
        (Condition::Never, &[]),
        (Condition::All(vec![]), &[1, 2, 3, 4, 5]),
        (Condition::Any(vec![]), &[]),
        (a(), &[1, 5]),
        (not(a()), &[2]),
        (holds(not(holds(a()))), &[2, 3, 4]),
        (may_hold(a()), &[1, 3, 4, 5]),
        (not(may_hold(a())), &[2]),
        (may_hold(not(a())), &[2, 3, 4]),
        (Condition::All(vec![a(), b()]), &[1]),
        (may_hold(Condition::All(vec![a(), b()])), &[1, 3, 4, 5]),
        (Condition::Any(vec![a(), b()]), &[1, 2, 3, 5]),
        (not(Condition::Any(vec![a(), b()])), &[]),
        (not(Condition::All(vec![a(), b()])), &[2]),
        (of("a", &[1, 7]), &[1, 5]),
        (not(of("a", &[1, 7])), &[2]),
        (of("a", &[]), &[]),
        (not(of("a", &[2])), &[1, 5]),
        (Condition::IsNull(column("a")), &[3, 4]),
        (not(Condition::IsNull(column("a"))), &[1, 2, 5]),
        (same(Operator::Equal), &[1]),
        (not(same(Operator::Equal)), &[2]),
        (same(Operator::Greater), &[2]),
        (may_hold(same(Operator::NotEqual)), &[2, 3, 4, 5]),
        (compare("a", Operator::GreaterOrEqual, Constant::Integer(2)), &[2]),
        (not(compare("a", Operator::Less, Constant::Integer(2))), &[2]),
        (
            not(compare("a", Operator::Less, Constant::Decimal("1.5".into()))),
            &[2],
        ),
    ];
    for (condition, expected) in cases {
        let label = format!("{condition:?}");
        assert_eq!(
            ids(&*store, "t", condition.clone()).await,
            expected,
            "as a filter: {label}"
        );
        let rows = Rows {
            keys: keys_of("t", &["id"], Condition::Always),
            read: vec![Field::Condition(holds(condition))],
        };
        let read = store.rows(&rows).await.expect("rows are read");
        let yes: Vec<i64> = read
            .iter()
            .filter(|row| row.fields[0] == json!(true))
            .map(|row| row.key.0[0].as_i64().expect("a number"))
            .collect();
        assert_eq!(yes, expected, "as an answer: {label}");
    }
}

/// Text is compared with text and numbers with numbers; what cannot be compared is refused before anything runs.
pub async fn constants_compare_with_their_own_sort(fixture: &dyn Fixture) {
    fixture
        .script("CREATE TABLE t (id INTEGER PRIMARY KEY, word VARCHAR(40), n INTEGER, d NUMERIC(10, 2), flag BOOLEAN); INSERT INTO t VALUES (1, '10', 10, 10.5, true), (2, '9', 9, 9.5, false), (3, 'Émile', NULL, NULL, NULL), (4, 'a', 100, 100, true), (5, 'B', -5, -0.5, false)")
        .await;
    let store = fixture.open(Role::Read).await;
    let cases: Vec<(Condition, &[i64])> = vec![
        (compare("word", Operator::Equal, text("10")), &[1]),
        (compare("word", Operator::Less, text("9")), &[1]),
        // Order is that of the bytes, whatever the collation: alike everywhere.
        (compare("word", Operator::Less, text("a")), &[1, 2, 5]),
        (compare("word", Operator::Greater, text("a")), &[3]),
        (compare("n", Operator::Less, Constant::Integer(10)), &[2, 5]),
        (compare("n", Operator::Less, text("10")), &[2, 5]),
        (
            compare("n", Operator::Equal, Constant::Decimal("9.5".into())),
            &[],
        ),
        (
            compare("d", Operator::Equal, Constant::Decimal("9.5".into())),
            &[2],
        ),
        (
            compare("d", Operator::LessOrEqual, Constant::Integer(10)),
            &[2, 5],
        ),
        (compare("flag", Operator::Equal, Constant::Boolean(true)), &[1, 4]),
        (
            compare("flag", Operator::NotEqual, Constant::Boolean(true)),
            &[2, 5],
        ),
    ];
    for (condition, expected) in cases {
        assert_eq!(
            ids(&*store, "t", condition.clone()).await,
            expected,
            "{condition:?}"
        );
    }
    for refused in [
        compare("word", Operator::Equal, Constant::Integer(10)),
        compare("word", Operator::Equal, Constant::Boolean(true)),
        compare("n", Operator::Equal, text("ten")),
        compare("n", Operator::Equal, text("10; DROP TABLE t")),
    ] {
        let answer = store.keys(&keys_of("t", &["id"], refused.clone())).await;
        let failure = answer.expect_err("refused").failure;
        assert!(
            matches!(failure, crate::Failure::Unsupported(_)),
            "{refused:?}: {failure}"
        );
    }
    let missing = store
        .keys(&keys_of("t", &["id"], equals("absent", 1)))
        .await
        .expect_err("no such column");
    assert!(matches!(missing.failure, crate::Failure::Missing(_)), "{missing}");
}

/// A NULL on either side of a link matches nothing; conditions nest and reach outer rows.
pub async fn linked_rows_are_found_and_null_links_nothing(fixture: &dyn Fixture) {
    fixture
        .script(
            "CREATE TABLE p (id INTEGER PRIMARY KEY, a INTEGER, b VARCHAR(9)); CREATE TABLE c (id INTEGER PRIMARY KEY, pa INTEGER, pb VARCHAR(9), n INTEGER); \
             INSERT INTO p VALUES (1, 1, 'x'), (2, 1, NULL), (3, NULL, 'x'), (4, 2, 'y'), (5, 9, 'z'); \
             INSERT INTO c VALUES (1, 1, 'x', 5), (2, 1, NULL, 6), (3, NULL, 'x', 7), (4, 2, 'y', NULL), (5, NULL, NULL, 1)",
        )
        .await;
    let store = fixture.open(Role::Read).await;
    let child = |name: &str| ColumnRef::whole(Alias(7), name);
    let exists = |condition: Condition| Condition::Exists {
        table: table("c"),
        alias: Alias(7),
        on: vec![(child("pa"), column("a")), (child("pb"), column("b"))],
        condition: Box::new(condition),
    };
    let n = |op, value| Condition::Compare {
        column: child("n"),
        op,
        value: Constant::Integer(value),
    };
    assert_eq!(ids(&*store, "p", exists(Condition::Always)).await, [1, 4]);
    assert_eq!(ids(&*store, "p", not(exists(Condition::Always))).await, [2, 3, 5]);
    assert_eq!(ids(&*store, "p", exists(n(Operator::Less, 6))).await, [1]);
    // Unknown inside is not a match: the answer is false, never unknown.
    assert_eq!(
        ids(&*store, "p", not(exists(n(Operator::Less, 6)))).await,
        [2, 3, 4, 5]
    );
    assert_eq!(
        ids(&*store, "p", exists(may_hold(n(Operator::Less, 6)))).await,
        [1, 4]
    );
    // A sibling of the child, reached through the outer row.
    let nested = exists(Condition::Exists {
        table: table("p"),
        alias: Alias(8),
        on: vec![
            (ColumnRef::whole(Alias(8), "id"), child("id")),
            (ColumnRef::whole(Alias(8), "a"), column("a")),
        ],
        condition: Box::new(Condition::Always),
    });
    assert_eq!(ids(&*store, "p", nested).await, [1, 4]);
}

/// Values inside a JSON column: absent and null alike, each sort compared with its own.
pub async fn values_inside_json_are_read_and_changed(fixture: &dyn Fixture) {
    fixture
        .script(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, j JSON); INSERT INTO t VALUES \
             (1, '{\"a\": {\"city name\": \"Liège\"}, \"n\": 5, \"yes\": true}'), (2, '{\"a\": {\"city name\": null}, \"n\": \"5\"}'), \
             (3, '{\"n\": 1}'), (4, NULL), (5, '[1, 2]'), (6, '{\"a\": \"flat\", \"yes\": 1}')",
        )
        .await;
    let inside = |path: &[&str]| ColumnRef {
        of: ROW,
        column: "j".into(),
        inside: path.iter().map(|part| (*part).to_owned()).collect(),
    };
    let city = inside(&["a", "city name"]);
    let store = fixture.open(Role::Write).await;
    let compare = |column: &ColumnRef, op, value| Condition::Compare {
        column: column.clone(),
        op,
        value,
    };
    assert_eq!(
        ids(&*store, "t", compare(&city, Operator::Equal, text("Liège"))).await,
        [1]
    );
    assert_eq!(
        ids(&*store, "t", Condition::IsNull(city.clone())).await,
        [2, 3, 4, 5, 6]
    );
    let n = inside(&["n"]);
    assert_eq!(
        ids(&*store, "t", compare(&n, Operator::Equal, Constant::Integer(5))).await,
        [1]
    );
    assert_eq!(
        ids(&*store, "t", compare(&n, Operator::Less, Constant::Integer(9))).await,
        [1, 3]
    );
    assert_eq!(
        ids(&*store, "t", compare(&n, Operator::Equal, text("5"))).await,
        [2]
    );
    assert_eq!(
        ids(
            &*store,
            "t",
            compare(&inside(&["yes"]), Operator::Equal, Constant::Boolean(true))
        )
        .await,
        [1]
    );
    let read = values(&*store, "t", city.clone()).await;
    assert_eq!(read[0], json!("Liège"));
    assert_eq!(read[2], json!(null));
    assert_eq!(
        values(&*store, "t", inside(&["a"])).await[0],
        json!({"city name": "Liège"})
    );

    let mut batch = store.begin(&super::quick()).await.expect("a batch");
    let change = Change::Update {
        table: table("t"),
        alias: ROW,
        filter: Condition::Always,
        set: vec![
            (city.clone(), NewValue::Constant("gone".into())),
            (n.clone(), NewValue::Null),
        ],
    };
    assert_eq!(batch.change(&change).await.expect("changed"), 6);
    batch.commit().await.expect("committed");
    let read = values(&*store, "t", inside(&[])).await;
    assert_eq!(read[0], json!({"a": {"city name": "gone"}, "yes": true}));
    assert_eq!(read[2], json!({}), "a key that was absent is not made");
    assert_eq!(read[3], json!(null));
    assert_eq!(read[4], json!([1, 2]));
    assert_eq!(read[5], json!({"a": "flat", "yes": 1}));
}

/// Groups, their sizes, and whose rows they are, in the row or behind links.
pub async fn tallies_count_by_class_and_client(fixture: &dyn Fixture) {
    fixture
        .script(
            "CREATE TABLE firm (id INTEGER PRIMARY KEY, code VARCHAR(9)); CREATE TABLE account (id INTEGER PRIMARY KEY, firm INTEGER); \
             CREATE TABLE t (id INTEGER PRIMARY KEY, account INTEGER, n INTEGER, made INTEGER); INSERT INTO firm VALUES (1, 'one'), (2, 'two'); \
             INSERT INTO account VALUES (10, 1), (20, 2), (30, NULL); \
             INSERT INTO t VALUES (1, 10, 1, 5), (2, 10, NULL, 5), (3, 20, 1, 100), (4, 30, 1, 199), (5, NULL, 1, NULL), (6, 99, 2, 99), \
             (7, 10, 1, 150); CREATE TABLE visit (id INTEGER PRIMARY KEY, t INTEGER, seen INTEGER, at INTEGER); \
             INSERT INTO visit VALUES (1, 1, 1, 900), (2, 1, 1, 10), (3, 2, 1, 200), (4, 2, 0, 999), (5, 7, 1, 999)",
        )
        .await;
    let store = fixture.open(Role::Read).await;
    let pairs = |theirs: &str, ours: &str| vec![(theirs.to_owned(), ours.to_owned())];
    let tally = Tally {
        table: table("t"),
        alias: ROW,
        filter: Condition::Always,
        client: Some(ClientColumn {
            through: vec![
                (table("account"), pairs("id", "account")),
                (table("firm"), pairs("id", "firm")),
            ],
            column: "code".into(),
        }),
        classes: vec![holds(equals("n", 1)), Condition::IsNull(column("account"))],
        steps: None,
        clocks: vec![],
    };
    let rows = store.tally(&tally).await.expect("counted");
    let mut found: Vec<_> = rows
        .iter()
        .map(|row| (row.client.clone(), row.classes.clone(), row.rows))
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            (None, vec![false, false], 1),
            (None, vec![true, false], 1),
            (None, vec![true, true], 1),
            (Some("one".into()), vec![false, false], 1),
            (Some("one".into()), vec![true, false], 2),
            (Some("two".into()), vec![true, false], 1),
        ]
    );
    let plain = Tally {
        client: None,
        classes: vec![],
        ..tally.clone()
    };
    assert_eq!(store.tally(&plain).await.expect("counted")[0].rows, 7);
    let none = Tally {
        filter: Condition::Never,
        ..tally.clone()
    };
    assert!(
        store
            .tally(&none)
            .await
            .expect("counted")
            .iter()
            .all(|row| row.rows == 0)
    );
    let time = |of: Alias, name: &str| TimeColumn {
        column: ColumnRef::whole(of, name),
        written: TimeForm::EpochSeconds,
        zone: "UTC".into(),
    };
    let visits = Moment {
        time: time(Alias(1), "at"),
        of: Some(Box::new(Linked {
            when: not(equals("id", 7)),
            table: table("visit"),
            alias: Alias(1),
            on: vec![(ColumnRef::whole(Alias(1), "t"), column("id"))],
            condition: Condition::Compare {
                column: ColumnRef::whole(Alias(1), "seen"),
                op: Operator::Equal,
                value: Constant::Integer(1),
            },
        })),
    };
    let clock = Clock {
        when: None,
        of: vec![visits],
        or: vec![Moment {
            time: time(ROW, "made"),
            of: None,
        }],
    };
    let stepped = Tally {
        client: None,
        classes: vec![],
        steps: Some(Steps {
            clock: clock.clone(),
            borders: vec![100, 200, 300],
        }),
        clocks: vec![Clock {
            when: Some(not(equals("id", 2))),
            ..clock
        }],
        ..tally
    };
    let mut found: Vec<_> = store
        .tally(&stepped)
        .await
        .expect("counted")
        .into_iter()
        .map(|row| (row.step, row.rows, row.clocks[0]))
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            (None, 1, None),
            (Some(0), 1, Some(99)),
            (Some(1), 3, Some(100)),
            (Some(2), 1, None),
            (Some(3), 1, Some(900)),
        ]
    );
    let frequent = store
        .most_frequent(&table("t"), "n")
        .await
        .expect("counted")
        .expect("a value");
    assert_eq!((frequent.value.as_str(), frequent.rows, frequent.of), ("1", 5, 7));
    fixture.script("DELETE FROM t").await;
    assert_eq!(
        store.most_frequent(&table("t"), "n").await.expect("counted"),
        None
    );
}
