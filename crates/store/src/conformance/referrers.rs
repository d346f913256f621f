//! Tables that refer to themselves.

use std::collections::BTreeSet;

use super::{Fixture, ROW, ids, keys_of, table};
use crate::Role;
use crate::condition::{Alias, ColumnRef, Condition, Constant, Operator};

/// The rows that no staying row refers to, directly or through others: rows that fail `goes` stay, and so does what
/// staying rows refer to.
fn naive(rows: &[(i64, Option<i64>, bool)]) -> Vec<i64> {
    let mut held: BTreeSet<i64> = BTreeSet::new();
    loop {
        let more: BTreeSet<i64> = rows
            .iter()
            .filter(|(id, _, goes)| !goes || held.contains(id))
            .filter_map(|(_, parent, _)| *parent)
            .collect();
        if more.is_subset(&held) {
            break;
        }
        held.extend(more);
    }
    rows.iter()
        .map(|row| row.0)
        .filter(|id| !held.contains(id))
        .collect()
}

/// Random graphs with cycles, dangling and absent links, against the naive closure.
pub async fn b13_the_closure_of_referrers_agrees_with_a_naive_one(fixture: &dyn Fixture) {
    fixture
        .script("CREATE TABLE t (id INTEGER PRIMARY KEY, parent INTEGER, goes INTEGER)")
        .await;
    let store = fixture.open(Role::Read).await;
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    for round in 0..25 {
        let size = 2 + random(14) as i64;
        let rows: Vec<(i64, Option<i64>, bool)> = (1..=size)
            .map(|id| {
                let parent = (random(4) > 0).then(|| 1 + random(size as u64 + 1) as i64);
                (id, parent, random(5) > 0)
            })
            .collect();
        let values: Vec<_> = rows
            .iter()
            .map(|(id, parent, goes)| {
                let parent = parent.map_or("NULL".to_owned(), |parent| parent.to_string());
                // A row of which it is unknown whether it goes stays.
                let goes = if *goes {
                    "1"
                } else if id % 2 == 0 {
                    "0"
                } else {
                    "NULL"
                };
                format!("({id}, {parent}, {goes})")
            })
            .collect();
        fixture
            .script(&format!(
                "DELETE FROM t; INSERT INTO t VALUES {}",
                values.join(",")
            ))
            .await;
        let condition = Condition::NoStayingReferrer {
            of: ROW,
            table: table("t"),
            by: vec![("parent".into(), "id".into())],
            alias: Alias(4),
            goes: Box::new(Condition::Compare {
                column: ColumnRef::whole(Alias(4), "goes"),
                op: Operator::Equal,
                value: Constant::Integer(1),
            }),
        };
        assert_eq!(
            ids(&*store, "t", condition.clone()).await,
            naive(&rows),
            "round {round}: {rows:?}"
        );
        let opposite = ids(&*store, "t", Condition::Not(Box::new(condition))).await;
        assert_eq!(opposite.len() + naive(&rows).len(), rows.len(), "two values");
    }
}

/// Links of several columns, where a part that is NULL links nothing.
pub async fn b13_composite_self_references_are_followed(fixture: &dyn Fixture) {
    fixture
        .script(
            "CREATE TABLE t (a INTEGER NOT NULL, b VARCHAR(9) NOT NULL, pa INTEGER, pb VARCHAR(9), stays INTEGER, PRIMARY KEY (a, b)); \
             INSERT INTO t VALUES (1, 'x', NULL, NULL, 0), (1, 'y', 1, 'x', 0), (2, 'x', 1, 'y', 1), (2, 'y', 1, NULL, 1), (3, 'x', 3, 'x', 0), (4, 'x', 2, 'y', 0)",
        )
        .await;
    let store = fixture.open(Role::Read).await;
    let condition = Condition::NoStayingReferrer {
        of: ROW,
        table: table("t"),
        by: vec![("pa".into(), "a".into()), ("pb".into(), "b".into())],
        alias: Alias(1),
        goes: Box::new(Condition::Compare {
            column: ColumnRef::whole(Alias(1), "stays"),
            op: Operator::Equal,
            value: Constant::Integer(0),
        }),
    };
    let keys = store
        .keys(&keys_of("t", &["a", "b"], condition))
        .await
        .expect("listed");
    let found: Vec<String> = keys.iter().map(ToString::to_string).collect();
    assert_eq!(found, ["[2,\"x\"]", "[2,\"y\"]", "[3,\"x\"]", "[4,\"x\"]"]);
}
