//! Names and values that try to be more than that.

use serde_json::json;

use super::{Fixture, ROW, key, key_in};
use crate::catalogue::TableName;
use crate::condition::{Alias, ColumnRef, Condition, Constant, Operator};
use crate::query::{Change, Field, Keys, Moment, NewValue, Rows};
use crate::{Role, Statement};

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Quotes, reserved words, signs, other scripts and the longest names: all of them only name something.
pub async fn b11_hostile_names_are_only_names(fixture: &dyn Fixture) {
    let long = "l".repeat(fixture.longest_name());
    let names = [
        "x\"; DROP TABLE victim; --",
        "select",
        "t0",
        "a b",
        "é€🙂",
        "'",
        "`",
        "[x]",
        "a.b",
        "$1",
        "?1",
        ":n",
        "--",
        "/*",
        "\\",
        "%s",
        "NULL",
        "k0",
        "v",
        "z",
        &long,
    ];
    fixture
        .script("CREATE TABLE victim (id INTEGER PRIMARY KEY); INSERT INTO victim VALUES (1)")
        .await;
    for name in names.into_iter().filter(|name| fixture.accepts_name(name)) {
        let q = quoted(name);
        let other = quoted(&format!(
            "{}~",
            &name[..name
                .len()
                .min(3)
                .min(name.find(|sign: char| !sign.is_ascii()).unwrap_or(3))]
        ));
        fixture
            .script(&format!("CREATE TABLE {q} ({q} INTEGER PRIMARY KEY, {other} VARCHAR(40)); INSERT INTO {q} VALUES (1, '2020-01-01'), (3, 'b')"))
            .await;
        let store = fixture.open(Role::Write).await;
        let table = TableName {
            schema: None,
            name: name.into(),
        };
        let catalogue = store
            .introspect(std::slice::from_ref(&table))
            .await
            .expect("introspected");
        let found = catalogue
            .tables
            .get(&table)
            .unwrap_or_else(|| panic!("{name} is found"));
        assert_eq!(found.columns[0].name, name);
        let second = found.columns[1].name.clone();
        let keys = Keys {
            table: table.clone(),
            alias: ROW,
            key: vec![name.into()],
            filter: Condition::Always,
            after: None,
            limit: 0,
        };
        let time = crate::condition::TimeColumn {
            column: ColumnRef::whole(ROW, &second),
            written: crate::condition::TimeForm::Text,
            zone: "UTC".into(),
        };
        let rows = store
            .rows(&Rows {
                keys: keys.clone(),
                read: vec![
                    Field::Column(ColumnRef::whole(ROW, &second)),
                    Field::Time(Moment { time, of: None }),
                ],
            })
            .await;
        assert_eq!(
            rows.expect("read")[0].fields,
            [json!("2020-01-01"), json!("2020-01-01")],
            "{name}"
        );
        let referrer = Condition::NoStayingReferrer {
            of: ROW,
            table: table.clone(),
            by: vec![(name.into(), name.into())],
            alias: Alias(1),
            goes: Box::new(Condition::Always),
        };
        let linked = Condition::Exists {
            table: table.clone(),
            alias: Alias(2),
            on: vec![(ColumnRef::whole(Alias(2), name), ColumnRef::whole(ROW, name))],
            condition: Box::new(Condition::Always),
        };
        let filter = Condition::All(vec![
            referrer,
            linked,
            key_in(&[name], vec![key(&[json!(1)]), key(&[json!(5)])]),
        ]);
        let mut batch = store.begin(&super::quick()).await.expect("a batch");
        let update = Change::Update {
            table: table.clone(),
            alias: ROW,
            filter: filter.clone(),
            set: vec![(ColumnRef::whole(ROW, &second), NewValue::FirstOfYear)],
        };
        assert_eq!(batch.change(&update).await.expect("changed"), 1, "{name}");
        let each = Change::UpdateEach {
            table: table.clone(),
            alias: ROW,
            key: vec![name.into()],
            filter: filter.clone(),
            column: ColumnRef::whole(ROW, &second),
            values: vec![(key(&[json!(1)]), json!("new"))],
        };
        assert_eq!(batch.change(&each).await.expect("changed"), 1, "{name}");
        let delete = Change::Delete {
            table: table.clone(),
            alias: ROW,
            filter,
        };
        assert!(!store.sql(&Statement::Change(delete.clone())).is_empty());
        assert_eq!(batch.change(&delete).await.expect("deleted"), 1, "{name}");
        batch.commit().await.expect("committed");
        assert_eq!(store.keys(&keys).await.expect("listed"), [key(&[json!(3)])]);
        let victim = Keys {
            table: TableName {
                schema: None,
                name: "victim".into(),
            },
            key: vec!["id".into()],
            ..keys
        };
        assert_eq!(store.keys(&victim).await.expect("listed").len(), 1);
    }
}

/// Injections, NUL, quotes, long text: compared, matched and written as they are.
pub async fn b11_hostile_values_are_only_values(fixture: &dyn Fixture) {
    fixture
        .script(&format!(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, v {}); CREATE TABLE victim (id INTEGER PRIMARY KEY)",
            fixture.long_text()
        ))
        .await;
    let long = "x'\"\\".repeat(100_000);
    let values = [
        "'; DROP TABLE victim; --",
        "\\'; --",
        "$$",
        "$1",
        "?1",
        "E'\\x27'",
        "\u{7f}\u{1}\n\r\t",
        "🙂é",
        "%",
        "_",
        "null",
        "",
        long.as_str(),
    ];
    let store = fixture.open(Role::Write).await;
    for (id, value) in values.iter().enumerate() {
        fixture.script(&format!("INSERT INTO t (id) VALUES ({id})")).await;
        let own = |filter| Keys {
            table: TableName {
                schema: None,
                name: "t".into(),
            },
            alias: ROW,
            key: vec!["id".into()],
            filter,
            after: None,
            limit: 0,
        };
        let mut batch = store.begin(&super::quick()).await.expect("a batch");
        let this = key_in(&["id"], vec![key(&[json!(id)])]);
        let set = vec![(ColumnRef::whole(ROW, "v"), NewValue::Constant((*value).into()))];
        let update = Change::Update {
            table: own(Condition::Always).table,
            alias: ROW,
            filter: this,
            set,
        };
        assert_eq!(batch.change(&update).await.expect("changed"), 1);
        batch.commit().await.expect("committed");
        let equal = Condition::Compare {
            column: ColumnRef::whole(ROW, "v"),
            op: Operator::Equal,
            value: Constant::Text((*value).into()),
        };
        assert_eq!(
            store.keys(&own(equal.clone())).await.expect("listed"),
            [key(&[json!(id)])],
            "value {id}"
        );
        let one_of = Condition::OneOf {
            column: ColumnRef::whole(ROW, "v"),
            values: vec![Constant::Text((*value).into()), Constant::Text("'other".into())],
        };
        assert_eq!(
            store.keys(&own(one_of)).await.expect("listed"),
            [key(&[json!(id)])]
        );
        // What is shown for reading runs as it stands and means the same.
        if !store.sql(&Statement::Keys(own(equal.clone()))).is_empty() {
            let shown = store.sql(&Statement::Keys(own(equal)));
            fixture
                .script(&format!("{shown}; SELECT count(*) FROM victim"))
                .await;
        }
    }
    let nul = Condition::Compare {
        column: ColumnRef::whole(ROW, "v"),
        op: Operator::Equal,
        value: Constant::Text("a\0b".into()),
    };
    let keys = Keys {
        table: TableName {
            schema: None,
            name: "t".into(),
        },
        alias: ROW,
        key: vec!["id".into()],
        filter: nul,
        after: None,
        limit: 0,
    };
    match store.keys(&keys).await {
        Ok(found) => assert!(found.is_empty()),
        Err(error) => assert!(matches!(error.failure, crate::Failure::Unsupported(_)), "{error}"),
    }
}
