//! Keys.

use serde_json::{Value, json};

use super::{Fixture, key, key_in, keys_of, table};
use crate::Role;
use crate::condition::{Condition, Key};
use crate::query::{Change, Keys};

/// A key that was read names its row again: exactly it, whatever its type.
pub async fn keys_of_every_sort_come_back_as_they_went(fixture: &dyn Fixture) {
    fixture
        .script(
            "CREATE TABLE big (k BIGINT PRIMARY KEY); INSERT INTO big VALUES (9007199254740993), (9007199254740992), (-9223372036854775807), (0), (9223372036854775807); \
             CREATE TABLE words (k VARCHAR(60) PRIMARY KEY); INSERT INTO words VALUES ('é'), ('e'), ('E'), ('10'), ('1''; --'), ('a\"b\\c'), (' x'), ('🙂'), (''); \
             CREATE TABLE ids (k UUID PRIMARY KEY); INSERT INTO ids VALUES ('00000000-0000-0000-0000-000000000001'), ('ffffffff-ffff-4fff-bfff-ffffffffffff'); \
             CREATE TABLE pairs (a VARCHAR(9), b BIGINT, c UUID, PRIMARY KEY (a, b, c)); \
             INSERT INTO pairs VALUES ('x', 1, '00000000-0000-0000-0000-000000000001'), ('x', 9007199254740993, '00000000-0000-0000-0000-000000000001'), ('y', 1, '00000000-0000-0000-0000-000000000001')",
        )
        .await;
    let store = fixture.open(Role::Write).await;
    for (name, columns, rows) in [
        ("big", vec!["k"], 5),
        ("words", vec!["k"], 9),
        ("ids", vec!["k"], 2),
        ("pairs", vec!["a", "b", "c"], 3),
    ] {
        let all = store
            .keys(&keys_of(name, &columns, Condition::Always))
            .await
            .expect("listed");
        assert_eq!(all.len(), rows, "{name}");
        for one in &all {
            let again = store
                .keys(&keys_of(name, &columns, key_in(&columns, vec![one.clone()])))
                .await;
            assert_eq!(again.expect("listed"), std::slice::from_ref(one), "{name}");
        }
        let again = store
            .keys(&keys_of(name, &columns, key_in(&columns, all.clone())))
            .await
            .expect("listed");
        assert_eq!(again, all, "{name}");
        let none = store
            .keys(&keys_of(name, &columns, key_in(&columns, vec![])))
            .await
            .expect("listed");
        assert!(none.is_empty());
        let but_first = Condition::Not(Box::new(key_in(&columns, vec![all[0].clone()])));
        assert_eq!(
            store
                .keys(&keys_of(name, &columns, but_first))
                .await
                .expect("listed"),
            all[1..]
        );
        // Keys that no row of the table can have, or of another width, name nothing and break nothing.
        let odd = vec![
            key(&vec![json!("no; such \0 key"); columns.len()]),
            key(&vec![Value::Null; columns.len()]),
            key(&vec![json!(1.5); columns.len()]),
            key(&[json!(1), json!(2)]),
            key(&[]),
        ];
        let found = store
            .keys(&keys_of(name, &columns, key_in(&columns, odd)))
            .await
            .expect("listed");
        assert!(found.is_empty(), "{name}: {found:?}");
        let mut batch = store.begin(&super::quick()).await.expect("a batch");
        let filter = key_in(&columns, vec![all[1].clone()]);
        let change = Change::Delete {
            table: table(name),
            alias: super::ROW,
            filter,
        };
        assert_eq!(batch.change(&change).await.expect("deleted"), 1, "{name}");
        batch.commit().await.expect("committed");
        let left = store
            .keys(&keys_of(name, &columns, Condition::Always))
            .await
            .expect("listed");
        assert_eq!(left.len(), rows - 1);
        assert!(!left.contains(&all[1]));
    }
}

/// Pages follow one another without gap nor repetition.
pub async fn keys_are_listed_in_pages(fixture: &dyn Fixture) {
    fixture
        .script(
            "CREATE TABLE t (a VARCHAR(9), b INTEGER, PRIMARY KEY (a, b)); INSERT INTO t VALUES ('x', 1), ('x', 2), ('é', 1), ('y', -1), ('X', 5), ('', 0), ('y', 10), ('y', 9)",
        )
        .await;
    let store = fixture.open(Role::Read).await;
    let all = store
        .keys(&keys_of("t", &["a", "b"], Condition::Always))
        .await
        .expect("listed");
    let (mut seen, mut after): (Vec<Key>, Option<Key>) = (Vec::new(), None);
    loop {
        let page = Keys {
            after: after.clone(),
            limit: 3,
            ..keys_of("t", &["a", "b"], Condition::Always)
        };
        let page = store.keys(&page).await.expect("listed");
        let Some(last) = page.last() else { break };
        assert!(page.len() <= 3);
        after = Some(last.clone());
        seen.extend(page);
    }
    assert_eq!(seen, all);
    assert_eq!(seen.len(), 8);
}
