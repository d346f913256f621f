//! What only MariaDB has: collations, days that do not exist, engines without transactions, history, foreign keys tested
//! row by row, and settings of the server that change what a statement means.

use std::time::Duration;

use serde_json::{Value, json};
use serment_sql::Kind;
use serment_sql::testing::Database;
use serment_store::catalogue::{Action, ColumnKind, Hindrance, TableKind, TableName};
use serment_store::condition::{
    Alias, Bound, ColumnRef, Condition, Constant, Key, Operator, PostCondition, TimeColumn, TimeForm,
    TimeTest,
};
use serment_store::query::{Change, Field, Keys, Lock, NewValue, Rows, Strength};
use serment_store::{Batch, BatchOptions, Commit, Failure, Progress, Role, Statement, Store};

fn table(name: &str) -> TableName {
    TableName {
        schema: None,
        name: name.into(),
    }
}

fn column(name: &str) -> ColumnRef {
    ColumnRef::whole(Alias(0), name)
}

fn keys_by(name: &str, key: &[&str], filter: Condition) -> Keys {
    Keys {
        table: table(name),
        alias: Alias(0),
        key: key.iter().map(|part| (*part).to_owned()).collect(),
        filter,
        after: None,
        limit: 0,
    }
}

fn keys(name: &str, filter: Condition) -> Keys {
    keys_by(name, &["id"], filter)
}

fn key_in(columns: &[&str], keys: Vec<Key>) -> Condition {
    Condition::KeyIn {
        of: Alias(0),
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        keys,
    }
}

fn this(id: i64) -> Condition {
    key_in(&["id"], vec![Key(vec![json!(id)])])
}

fn delete(name: &str, filter: Condition) -> Change {
    Change::Delete {
        table: table(name),
        alias: Alias(0),
        filter,
    }
}

fn set(name: &str, column_name: &str, new: NewValue, filter: Condition) -> Change {
    Change::Update {
        table: table(name),
        alias: Alias(0),
        filter,
        set: vec![(column(column_name), new)],
    }
}

fn lock_rows(name: &str, filter: Condition) -> Lock {
    Lock::Rows {
        table: table(name),
        alias: Alias(0),
        key: vec!["id".into()],
        filter,
        strength: Strength::Change,
    }
}

fn is(name: &str, op: Operator, value: Constant) -> Condition {
    Condition::Compare {
        column: column(name),
        op,
        value,
    }
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

async fn ids(store: &dyn Store, name: &str, filter: Condition) -> Vec<i64> {
    let keys = store.keys(&keys(name, filter)).await.unwrap();
    keys.iter().map(|key| key.0[0].as_i64().unwrap()).collect()
}

async fn all_ids(db: &Database, name: &str) -> Vec<i64> {
    ids(&*db.open(Role::Read).await.unwrap(), name, Condition::Always).await
}

async fn begin(store: &dyn Store) -> Box<dyn Batch> {
    store.begin(&BatchOptions::default()).await.unwrap()
}

/// Options whose waits are as short as the server counts: a second.
fn short() -> BatchOptions {
    BatchOptions {
        lock_timeout: Duration::from_millis(200),
        statement_timeout: Duration::from_secs(20),
        idle_timeout: Duration::from_secs(1),
    }
}

fn bound(local: &str) -> Bound {
    let local: jiff::civil::DateTime = local.parse().unwrap();
    Bound {
        instant: local.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp(),
        local,
        date: local.date(),
    }
}

fn time(name: &str, written: TimeForm, test: TimeTest) -> Condition {
    Condition::Time {
        column: TimeColumn {
            column: column(name),
            written,
            zone: "UTC".into(),
        },
        test,
    }
}

/// Runs as another session of the application; it waits a second for locks.
async fn application(db: &Database, script: &str) -> Result<(), Failure> {
    let script = format!("SET innodb_lock_wait_timeout = 1; {script}");
    let done = serment_sql::execute_script(Kind::Mariadb, "app", db.address(), db.base(), &script).await;
    done.map_err(|error| error.failure)
}

#[tokio::test]
async fn b8_a_key_names_its_row_whatever_the_collation_takes_for_the_same() {
    let text = |text: &str| Key(vec![json!(text)]);
    for (set, collation) in [
        ("utf8mb4", "utf8mb4_general_ci"),
        ("utf8mb4", "utf8mb4_unicode_ci"),
        ("utf8mb4", "utf8mb4_bin"),
        ("latin1", "latin1_swedish_ci"),
        ("utf8mb3", "utf8mb3_general_ci"),
        ("utf16", "utf16_general_ci"),
    ] {
        let db = Database::create(Kind::Mariadb).await;
        db.script(&format!(
            "CREATE TABLE t (k VARCHAR(40) CHARACTER SET {set} COLLATE {collation} PRIMARY KEY, n INT); \
             INSERT INTO t VALUES ('Zoé', 1), ('anne', 1), ('bob  ', 1), ('straße', 1), ('', 1)"
        ))
        .await;
        let store = db.open(Role::Write).await.unwrap();
        let found = async |keys: Vec<Key>| {
            let asked = keys_by("t", &["k"], key_in(&["k"], keys));
            store.keys(&asked).await.unwrap()
        };
        for own in ["Zoé", "anne", "bob  ", "straße", ""] {
            assert_eq!(found(vec![text(own)]).await, [text(own)], "{collation}");
        }
        for other in [
            "Zoe", "zoé", "ZOÉ", "Zoé ", "Anne", "ANNE", "anne ", "bob", "bob ", "strasse", " ", "\0", "Zo?",
            "日本",
        ] {
            assert!(
                found(vec![text(other), text("nobody")]).await.is_empty(),
                "{collation} {other:?}"
            );
            let mut batch = begin(&*store).await;
            let filter = key_in(&["k"], vec![text(other), text("nobody")]);
            assert_eq!(
                batch.change(&delete("t", filter.clone())).await.unwrap(),
                0,
                "{collation} {other:?}"
            );
            let each = Change::UpdateEach {
                table: table("t"),
                alias: Alias(0),
                key: vec!["k".into()],
                filter: Condition::Always,
                column: column("n"),
                values: vec![(text(other), json!(7))],
            };
            assert_eq!(batch.change(&each).await.unwrap(), 0, "{collation} {other:?}");
            batch.rollback().await.unwrap();
        }
        let but = not(key_in(&["k"], vec![text("zoe")]));
        assert_eq!(
            store.keys(&keys_by("t", &["k"], but)).await.unwrap().len(),
            5,
            "{collation}"
        );
    }
}

#[tokio::test]
async fn equality_with_a_constant_follows_the_column_and_a_link_its_foreign_key() {
    let db = Database::create(Kind::Mariadb).await;
    db.script(
        "CREATE TABLE p (id INT PRIMARY KEY, code VARCHAR(9) NOT NULL UNIQUE, exact VARCHAR(9) COLLATE utf8mb4_bin); \
         CREATE TABLE c (id INT PRIMARY KEY, code VARCHAR(9) REFERENCES p (code) ON DELETE CASCADE, other VARCHAR(9) CHARACTER SET latin1); \
         INSERT INTO p VALUES (1, 'Été', 'Été'), (2, 'x', 'x'); INSERT INTO c VALUES (1, 'ETE', 'ete'), (2, NULL, 'x')",
    )
    .await;
    let store = db.open(Role::Read).await.unwrap();
    let text = |text: &str| Constant::Text(text.into());
    assert_eq!(
        ids(&*store, "p", is("code", Operator::Equal, text("ete"))).await,
        [1]
    );
    assert_eq!(
        ids(&*store, "p", is("exact", Operator::Equal, text("ete"))).await,
        Vec::<i64>::new()
    );
    let order = is("code", Operator::Less, text("y"));
    assert_eq!(ids(&*store, "p", order).await, [2], "order is that of the bytes");
    let linked = |theirs: &str, ours: &str| Condition::Exists {
        table: table("c"),
        alias: Alias(1),
        on: vec![(ColumnRef::whole(Alias(1), theirs), column(ours))],
        condition: Box::new(Condition::Always),
    };
    // The store itself would delete this child with its parent.
    assert_eq!(ids(&*store, "p", linked("code", "code")).await, [1]);
    // Collations that differ say nothing to one another: bytes do.
    assert_eq!(ids(&*store, "p", linked("other", "code")).await, [2]);
    assert_eq!(ids(&*store, "p", linked("other", "exact")).await, [2]);
}

#[tokio::test]
async fn keys_of_every_type_of_mariadb_come_back_as_they_went() {
    let db = Database::create(Kind::Mariadb).await;
    for (r#type, values) in [
        (
            "BIGINT UNSIGNED",
            vec!["18446744073709551615", "9223372036854775808", "0", "7"],
        ),
        ("INT(6) UNSIGNED ZEROFILL", vec!["42", "7", "0"]),
        ("BIGINT", vec!["-9223372036854775808", "9223372036854775807", "0"]),
        ("BIT(12)", vec!["b'101'", "b'0'", "b'111111111111'"]),
        ("DECIMAL(20, 4)", vec!["12345678901234.5678", "0.1", "-3"]),
        (
            "DECIMAL(30, 0) UNSIGNED",
            vec!["123456789012345678901234567890", "0"],
        ),
        (
            "BINARY(16)",
            vec!["x'000102030405060708090a0b0c0d0e0f'", "x'00'", "x'ff'"],
        ),
        ("VARBINARY(8)", vec!["x'00'", "x'0000'", "x''", "'a'", "'A'"]),
        (
            "UUID",
            vec![
                "'00000000-0000-1000-8000-00000000000a'",
                "'ffffffff-ffff-4fff-bfff-ffffffffffff'",
            ],
        ),
        ("ENUM('z', 'a', 'M', 'é')", vec!["'z'", "'a'", "'M'", "'é'"]),
        ("DATE", vec!["'2021-05-17'", "'0000-00-00'", "'9999-12-31'"]),
        (
            "DATETIME(6)",
            vec![
                "'2021-05-17 10:00:00.123456'",
                "'2021-05-17 10:00:00'",
                "'0000-00-00'",
            ],
        ),
        (
            "TIMESTAMP",
            vec!["'2021-05-17 10:00:00'", "'2021-05-17 10:00:01'"],
        ),
        ("YEAR", vec!["2020", "2021"]),
        ("INET6", vec!["'2001:db8::1'", "'::'"]),
        ("CHAR(5)", vec!["'a'", "'b'", "''"]),
        ("TINYINT(1)", vec!["0", "1", "-1"]),
    ] {
        let rows: Vec<_> = values.iter().map(|value| format!("({value}, 0)")).collect();
        db.script(&format!(
            "SET sql_mode = ''; DROP TABLE IF EXISTS t; CREATE TABLE t (k {type} NOT NULL, n INT, PRIMARY KEY (k, n)); \
             INSERT INTO t VALUES {}",
            rows.join(",")
        ))
        .await;
        let store = db.open(Role::Write).await.unwrap();
        let all = store
            .keys(&keys_by("t", &["k"], Condition::Always))
            .await
            .unwrap();
        assert_eq!(all.len(), values.len(), "{type}");
        for (position, one) in all.iter().enumerate() {
            // Two keys: what is alone may be asked for as a range.
            for asked in [vec![one.clone()], vec![one.clone(), Key(vec![json!("no key")])]] {
                let again = store
                    .keys(&keys_by("t", &["k"], key_in(&["k"], asked)))
                    .await
                    .unwrap();
                assert_eq!(again, std::slice::from_ref(one), "{type}");
            }
            let next = Keys {
                after: Some(one.clone()),
                ..keys_by("t", &["k"], Condition::Always)
            };
            assert_eq!(
                store.keys(&next).await.unwrap(),
                all[position + 1..],
                "{type} after {one}"
            );
            let pair = Key(vec![one.0[0].clone(), json!(0)]);
            let both = keys_by("t", &["k", "n"], key_in(&["k", "n"], vec![pair.clone()]));
            assert_eq!(
                store.keys(&both).await.unwrap(),
                std::slice::from_ref(&pair),
                "{type}"
            );
            let next = Keys {
                after: Some(pair),
                ..keys_by("t", &["k", "n"], Condition::Always)
            };
            assert_eq!(
                store.keys(&next).await.unwrap().len(),
                all.len() - position - 1,
                "{type}"
            );
        }
        for odd in [
            json!("x y z"),
            json!(1.5),
            json!("1.00001"),
            json!("99999999999999999999999999999999"),
            json!(true),
        ] {
            let none = keys_by("t", &["k"], key_in(&["k"], vec![Key(vec![odd.clone()])]));
            assert!(store.keys(&none).await.unwrap().is_empty(), "{type} {odd}");
        }
        let mut batch = begin(&*store).await;
        let gone = delete("t", key_in(&["k"], all[1..].to_vec()));
        assert_eq!(batch.change(&gone).await.unwrap(), all.len() as u64 - 1, "{type}");
        batch.commit().await.unwrap();
        assert_eq!(
            store
                .keys(&keys_by("t", &["k"], Condition::Always))
                .await
                .unwrap(),
            all[..1],
            "{type}"
        );
    }
}

#[tokio::test]
async fn b11_keys_that_cannot_be_written_without_loss_are_refused() {
    let db = Database::create(Kind::Mariadb).await;
    for r#type in [
        "DOUBLE",
        "FLOAT",
        "VARCHAR(9) CHARACTER SET big5",
        "VARCHAR(9) CHARACTER SET sjis",
        "TIME",
    ] {
        db.script(&format!(
            "DROP TABLE IF EXISTS t; CREATE TABLE t (id {type} PRIMARY KEY); INSERT INTO t VALUES (1)"
        ))
        .await;
        let store = db.open(Role::Read).await.unwrap();
        let error = store.keys(&keys("t", Condition::Always)).await.unwrap_err();
        assert!(
            matches!(error.failure, Failure::Unsupported(_)),
            "{type}: {error}"
        );
    }
}

#[tokio::test]
async fn a9_days_that_do_not_exist_are_told_and_never_due() {
    let db = Database::create(Kind::Mariadb).await;
    db.script(
        "SET sql_mode = 'ALLOW_INVALID_DATES'; \
         CREATE TABLE t (id INT PRIMARY KEY, d DATE NOT NULL, dt DATETIME NOT NULL, ts TIMESTAMP NOT NULL, word VARCHAR(9)); \
         INSERT INTO t VALUES (1, '0000-00-00', '0000-00-00', '0000-00-00', 'a'), (2, '2021-02-30', '2021-00-01', '2021-03-01', 'a'), \
           (3, '2021-02-28', '2021-02-28', '2021-02-28', 'a')",
    )
    .await;
    let store = db.open(Role::Write).await.unwrap();
    for (name, written, readable) in [
        ("d", TimeForm::Date, vec![3]),
        ("dt", TimeForm::Local, vec![3]),
        ("ts", TimeForm::Instant, vec![2, 3]),
    ] {
        let before = time(name, written, TimeTest::Before(bound("2030-01-01T00:00:00")));
        assert_eq!(ids(&*store, "t", before.clone()).await, readable, "{name}");
        assert_eq!(
            ids(&*store, "t", not(before.clone())).await,
            Vec::<i64>::new(),
            "{name}"
        );
        let odd = TimeTest::Implausible {
            not_before: bound("1990-01-01T00:00:00"),
            not_from: None,
        };
        assert_eq!(
            ids(&*store, "t", time(name, written, odd)).await.len(),
            3 - readable.len()
        );
        assert_eq!(
            ids(&*store, "t", Condition::IsNull(column(name))).await,
            Vec::<i64>::new(),
            "the server would take 0000-00-00 for NULL here"
        );
        // A change of the rows that are due leaves the others alone, and fails on none.
        let mut batch = begin(&*store).await;
        let change = set("t", "word", NewValue::Null, before);
        assert_eq!(
            batch.change(&change).await.unwrap(),
            readable.len() as u64,
            "{name}"
        );
        batch.rollback().await.unwrap();
    }
    let mut batch = begin(&*store).await;
    let change = set("t", "word", NewValue::Constant("b".into()), Condition::Always);
    assert_eq!(
        batch.change(&change).await.unwrap(),
        3,
        "rows with such days can be changed"
    );
    let coarse = set("t", "d", NewValue::FirstOfMonth, this(3));
    assert_eq!(batch.change(&coarse).await.unwrap(), 1);
    batch.commit().await.unwrap();
}

#[tokio::test]
async fn times_that_the_server_updates_by_itself_stay_as_they_are() {
    let db = Database::create(Kind::Mariadb).await;
    db.script(
        "CREATE TABLE t (id INT PRIMARY KEY, word VARCHAR(9), at TIMESTAMP NOT NULL DEFAULT '2020-01-01 00:00:00' ON UPDATE CURRENT_TIMESTAMP, \
           \"select\" DATETIME DEFAULT '2020-01-01' ON UPDATE CURRENT_TIMESTAMP); \
         INSERT INTO t (id, word) VALUES (1, 'a'), (2, 'b')",
    )
    .await;
    let store = db.open(Role::Write).await.unwrap();
    let mut batch = begin(&*store).await;
    assert_eq!(
        batch
            .change(&set("t", "word", NewValue::Null, this(1)))
            .await
            .unwrap(),
        1
    );
    let each = Change::UpdateEach {
        table: table("t"),
        alias: Alias(0),
        key: vec!["id".into()],
        filter: Condition::Always,
        column: column("word"),
        values: vec![(Key(vec![json!(2)]), json!("new"))],
    };
    assert_eq!(batch.change(&each).await.unwrap(), 1);
    batch.commit().await.unwrap();
    let read = Rows {
        keys: keys("t", Condition::Always),
        read: vec![
            Field::Column(column("word")),
            Field::Column(column("at")),
            Field::Column(column("select")),
        ],
    };
    let then = json!("2020-01-01 00:00:00");
    let rows = store.rows(&read).await.unwrap();
    assert_eq!(
        rows[0].fields,
        [Value::Null, then.clone(), then.clone()],
        "a clock would start again"
    );
    assert_eq!(rows[1].fields, [json!("new"), then.clone(), then]);
}

#[tokio::test]
async fn columns_of_every_type_are_read_and_emptied() {
    let db = Database::create(Kind::Mariadb).await;
    db.script(
        "CREATE TABLE t (id INT PRIMARY KEY, e ENUM('sad', 'glad'), s SET('a', 'b'), j JSON, l LONGTEXT, g GEOMETRY, b BIT(1), m BIT(9), \
           z INT(5) ZEROFILL, f FLOAT, x BLOB, y YEAR, h TIME, u UUID, c CHAR(4), k TEXT CHARACTER SET sjis, FULLTEXT KEY words (l)); \
         INSERT INTO t VALUES (1, 'glad', 'a,b', '{\"a\": [1, \"é\"]}', 'not {json', ST_GeomFromText('POINT(1 2)'), b'1', b'100000001', 42, 1.5, x'00ff', \
           2020, '-12:30:00', '00000000-0000-0000-0000-00000000000a', 'x', 'ア')",
    )
    .await;
    let store = db.open(Role::Write).await.unwrap();
    let names = [
        "e", "s", "j", "l", "g", "b", "m", "z", "f", "x", "y", "h", "u", "c", "k",
    ];
    let read = Rows {
        keys: keys("t", Condition::Always),
        read: names.iter().map(|name| Field::Column(column(name))).collect(),
    };
    assert_eq!(
        store.rows(&read).await.unwrap()[0].fields,
        [
            json!("glad"),
            json!("a,b"),
            json!({"a": [1, "é"]}),
            json!("not {json"),
            json!("POINT(1 2)"),
            json!(1),
            json!(257),
            json!(42),
            json!(1.5),
            json!("00ff"),
            json!(2020),
            json!("-12:30:00"),
            json!("00000000-0000-0000-0000-00000000000a"),
            json!("x"),
            json!("ア"),
        ]
    );
    let catalogue = store.introspect(&[table("t")]).await.unwrap();
    let t = &catalogue.tables[&table("t")];
    let kinds: Vec<_> = names.iter().map(|name| t.column(name).unwrap().kind).collect();
    use ColumnKind::{Boolean, Bytes, Integer, Json, Number, Other, Text, Uuid};
    assert_eq!(
        kinds,
        [
            Other, Other, Json, Text, Other, Boolean, Integer, Integer, Number, Bytes, Integer, Other, Uuid,
            Text, Text
        ]
    );
    assert_eq!(t.shadows, ["full-text index words"]);
    assert_eq!(t.column("c").unwrap().max_length, Some(4));
    let equal = |name: &str, value| is(name, Operator::Equal, value);
    for (condition, found) in [
        (equal("e", Constant::Text("glad".into())), 1),
        (equal("e", Constant::Text("sad".into())), 0),
        (equal("e", Constant::Text("no such mood".into())), 0),
        (equal("b", Constant::Boolean(true)), 1),
        (equal("z", Constant::Integer(42)), 1),
        (equal("c", Constant::Text("x".into())), 1),
        (
            equal("u", Constant::Text("00000000-0000-0000-0000-00000000000A".into())),
            1,
        ),
    ] {
        assert_eq!(
            ids(&*store, "t", condition.clone()).await.len(),
            found,
            "{condition:?}"
        );
    }
    // Text in a JSON column that is none says nothing of what would be inside.
    let inside = ColumnRef {
        of: Alias(0),
        column: "l".into(),
        inside: vec!["a".into()],
    };
    assert_eq!(
        ids(&*store, "t", Condition::IsNull(inside)).await,
        Vec::<i64>::new()
    );
    let mut batch = begin(&*store).await;
    for name in names {
        assert_eq!(
            batch
                .change(&set("t", name, NewValue::Null, this(1)))
                .await
                .unwrap(),
            1,
            "{name}"
        );
        let done = Condition::Anonymised {
            column: column(name),
            by: PostCondition::Null,
        };
        assert_eq!(batch.keys(&keys("t", done)).await.unwrap().len(), 1, "{name}");
    }
    batch.commit().await.unwrap();
}

#[tokio::test]
async fn b5_engines_without_transactions_and_tables_with_a_history_are_told() {
    let db = Database::create(Kind::Mariadb).await;
    db.script(
        "CREATE TABLE my (id INT PRIMARY KEY) ENGINE=MyISAM; CREATE TABLE ar (id INT PRIMARY KEY) ENGINE=Aria; \
         CREATE TABLE me (id INT PRIMARY KEY) ENGINE=MEMORY; CREATE TABLE h (id INT PRIMARY KEY, n INT) WITH SYSTEM VERSIONING; \
         CREATE TABLE p (id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 2; CREATE VIEW v AS SELECT id FROM p; CREATE SEQUENCE s; \
         CREATE TABLE plain (id INT PRIMARY KEY)",
    )
    .await;
    let store = db.open(Role::Write).await.unwrap();
    let names = ["my", "ar", "me", "h", "p", "v", "s", "plain"].map(table);
    let catalogue = store.introspect(&names).await.unwrap();
    let of = |name: &str| &catalogue.tables[&table(name)];
    for (name, engine) in [("my", "MyISAM"), ("ar", "Aria"), ("me", "MEMORY")] {
        assert_eq!(of(name).hindrances, [Hindrance::NoTransactions(engine.into())]);
    }
    assert_eq!(of("h").hindrances, [Hindrance::KeepsHistory]);
    assert_eq!(
        (of("p").kind, of("v").kind, of("s").kind),
        (TableKind::Partitioned, TableKind::View, TableKind::Foreign)
    );
    assert!(of("p").hindrances.is_empty() && of("plain").hindrances.is_empty());
    assert_eq!(of("plain").kind, TableKind::Table);
    assert!(catalogue.server.starts_with("MariaDB 1"), "{}", catalogue.server);
}

#[tokio::test]
async fn b13_foreign_keys_from_another_database_are_told_and_those_out_of_sight_too() {
    let (db, other) = (
        Database::create(Kind::Mariadb).await,
        Database::create(Kind::Mariadb).await,
    );
    let name = |db: &Database| {
        db.address()
            .rsplit('/')
            .next()
            .unwrap()
            .split('?')
            .next()
            .unwrap()
            .to_owned()
    };
    let (ours, theirs) = (name(&db), name(&other));
    db.script("CREATE TABLE \"pé#\" (id INT PRIMARY KEY); CREATE TABLE q (id INT PRIMARY KEY); CREATE TABLE c (id INT PRIMARY KEY, q INT REFERENCES q (id))").await;
    other
        .script(&format!(
            "CREATE TABLE far (id INT PRIMARY KEY, p INT, CONSTRAINT reach FOREIGN KEY (p) REFERENCES {ours}.\"pé#\" (id) ON DELETE CASCADE)"
        ))
        .await;
    let clerk = format!("{ours}_clerk");
    db.script(&format!(
        "CREATE USER {clerk}; GRANT SELECT, UPDATE, DELETE ON {ours}.* TO {clerk}; GRANT PROCESS ON *.* TO {clerk}; \
         CREATE USER {clerk}2; GRANT SELECT, UPDATE, DELETE ON {ours}.* TO {clerk}2; GRANT SELECT ON {theirs}.* TO {clerk}2"
    ))
    .await;
    let asked = [table("pé#"), table("q")];
    let seen = db
        .open(Role::Write)
        .await
        .unwrap()
        .introspect(&asked)
        .await
        .unwrap();
    let reach = seen.referenced_by.iter().find(|key| key.name == "reach").unwrap();
    assert_eq!(
        (reach.table.schema.as_deref(), reach.on_delete),
        (Some(theirs.as_str()), Action::Cascade)
    );
    assert!(seen.tables.values().all(|table| table.hindrances.is_empty()));
    // With PROCESS it is known that something refers to the one table, and that nothing unseen refers to the other.
    let seen = db
        .open_as(&clerk, Role::Write)
        .await
        .unwrap()
        .introspect(&asked)
        .await
        .unwrap();
    assert!(seen.referenced_by.iter().all(|key| key.name != "reach"));
    assert_eq!(seen.tables[&asked[0]].hindrances, [Hindrance::HiddenReferrers]);
    assert!(seen.tables[&asked[1]].hindrances.is_empty());
    // Without it nothing is known.
    let seen = db
        .open_as(&format!("{clerk}2"), Role::Write)
        .await
        .unwrap()
        .introspect(&asked)
        .await
        .unwrap();
    assert!(
        seen.referenced_by
            .iter()
            .any(|key| key.name == "reach" && key.on_delete == Action::Cascade)
    );
    assert!(
        seen.tables
            .values()
            .all(|table| table.hindrances == [Hindrance::HiddenReferrers])
    );
    db.script(&format!("DROP USER {clerk}, {clerk}2")).await;
    other.script("DROP TABLE far").await;
}

#[tokio::test]
async fn b6_privileges_are_those_that_the_server_grants_and_a_reader_sees_the_same_tables() {
    let db = Database::create(Kind::Mariadb).await;
    let name = db
        .address()
        .rsplit('/')
        .next()
        .unwrap()
        .split('?')
        .next()
        .unwrap()
        .to_owned();
    db.script(&format!(
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1); \
         CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9) UNIQUE, p INT REFERENCES p (id) ON DELETE SET NULL, j JSON, twice INT AS (id * 2) STORED, \
           CONSTRAINT small CHECK (id < 10)); \
         CREATE TRIGGER note BEFORE DELETE ON t FOR EACH ROW SET @gone = OLD.id; \
         CREATE ROLE {name}_role; GRANT DELETE ON {name}.t TO {name}_role; \
         CREATE USER {name}_r; GRANT SELECT ON {name}.t TO {name}_r; GRANT SELECT ON {name}.p TO {name}_r; \
         CREATE USER {name}_w; GRANT SELECT, UPDATE, DELETE ON {name}.t TO {name}_w; GRANT SELECT ON {name}.p TO {name}_w; GRANT PROCESS ON *.* TO {name}_w; \
         CREATE USER {name}_c; GRANT SELECT (id, a), UPDATE (a) ON {name}.t TO {name}_c; GRANT {name}_role TO {name}_c; SET DEFAULT ROLE {name}_role FOR {name}_c"
    ))
    .await;
    let asked = [table("t"), table("p")];
    let see = async |user: &str, role| {
        let store = db.open_as(&format!("{name}_{user}"), role).await.unwrap();
        store.introspect(&asked).await.unwrap()
    };
    let (reader, writer) = (see("r", Role::Read).await, see("w", Role::Write).await);
    let of = |catalogue: &serment_store::catalogue::Catalogue, name: &str| {
        let found = &catalogue.tables[&table(name)].privileges;
        (found.select, found.update, found.delete)
    };
    assert_eq!(of(&reader, "t"), (true, false, false));
    assert_eq!(of(&writer, "t"), (true, true, true));
    assert_eq!(of(&writer, "p"), (true, false, false));
    let (read, written) = (&reader.tables[&asked[0]], &writer.tables[&asked[0]]);
    assert!(
        read.triggers.is_empty(),
        "only who may change a table sees its triggers"
    );
    assert_eq!(written.triggers.len(), 1);
    assert!(written.triggers[0].hidden_from_readers && written.triggers[0].source.contains("TRIGGER"));
    assert_eq!(
        (&read.columns, &read.unique, &read.foreign_keys, &read.checks),
        (
            &written.columns,
            &written.unique,
            &written.foreign_keys,
            &written.checks
        )
    );
    assert_eq!(read.checks.len(), 2);
    assert_eq!(read.foreign_keys[0].on_delete, Action::SetNull);
    assert_eq!(reader.referenced_by, writer.referenced_by);
    let narrow = see("c", Role::Read).await;
    assert_eq!(
        of(&narrow, "t"),
        (false, false, true),
        "a grant of columns is not one of the table; one to a role is"
    );
    let store = db.open_as(&format!("{name}_r"), Role::Write).await.unwrap();
    let mut batch = begin(&*store).await;
    let error = batch.change(&delete("t", Condition::Always)).await.unwrap_err();
    assert!(matches!(error.failure, Failure::Privilege(_)), "{error}");
    db.script(&format!(
        "DROP USER {name}_r, {name}_w, {name}_c; DROP ROLE {name}_role"
    ))
    .await;
}

#[tokio::test]
async fn b4_each_statement_of_a_batch_sees_what_was_committed_before_it() {
    let db = Database::create(Kind::Mariadb).await;
    db.script("CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 1), (2, 1)")
        .await;
    let store = db.open(Role::Write).await.unwrap();
    let mut batch = begin(&*store).await;
    let due = keys("t", is("n", Operator::Equal, Constant::Integer(1)));
    assert_eq!(batch.keys(&due).await.unwrap().len(), 2);
    application(
        &db,
        "UPDATE t SET n = 2 WHERE id = 1; INSERT INTO t VALUES (3, 1)",
    )
    .await
    .unwrap();
    // The server's own isolation, REPEATABLE READ, would show what was there at the first read.
    assert_eq!(
        batch.keys(&due).await.unwrap(),
        [Key(vec![json!(2)]), Key(vec![json!(3)])]
    );
    batch.lock(&lock_rows("t", this(2))).await.unwrap();
    application(&db, "INSERT INTO t VALUES (4, 1)").await.unwrap();
    assert_eq!(
        application(&db, "UPDATE t SET n = 3 WHERE id = 2").await,
        Err(Failure::LockTimeout)
    );
    batch.rollback().await.unwrap();
}

#[tokio::test]
async fn b4_the_lock_of_a_table_keeps_out_what_the_batch_would_have_read() {
    let db = Database::create(Kind::Mariadb).await;
    db.script(
        "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (id INT PRIMARY KEY, p INT, KEY (p)); INSERT INTO p VALUES (1), (2), (30); \
         INSERT INTO c VALUES (1, 30)",
    )
    .await;
    let store = db.open(Role::Write).await.unwrap();
    let childless = not(Condition::Exists {
        table: table("c"),
        alias: Alias(1),
        on: vec![(ColumnRef::whole(Alias(1), "p"), column("id"))],
        condition: Box::new(Condition::Always),
    });
    let mut batch = begin(&*store).await;
    batch.lock(&Lock::Table(table("c"))).await.unwrap();
    batch.lock(&lock_rows("p", this(1))).await.unwrap();
    let due = Condition::All(vec![this(1), childless]);
    assert_eq!(batch.keys(&keys("p", due.clone())).await.unwrap().len(), 1);
    assert_eq!(
        application(&db, "INSERT INTO c VALUES (2, 1)").await,
        Err(Failure::LockTimeout)
    );
    assert_eq!(
        application(&db, "UPDATE c SET p = 1 WHERE id = 1").await,
        Err(Failure::LockTimeout)
    );
    application(&db, "INSERT INTO p VALUES (5)").await.unwrap();
    assert_eq!(batch.change(&delete("p", due)).await.unwrap(), 1);
    batch.commit().await.unwrap();
    application(&db, "INSERT INTO c VALUES (2, 1)").await.unwrap();
    // Once something was done it is too late.
    let mut batch = begin(&*store).await;
    batch.lock(&lock_rows("p", this(2))).await.unwrap();
    let late = batch.lock(&Lock::Table(table("c"))).await.unwrap_err();
    assert!(matches!(late.failure, Failure::Unsupported(_)), "{late}");
    assert!(batch.commit().await.is_err());
    // The next batch is READ COMMITTED again.
    let mut batch = begin(&*store).await;
    assert!(
        !batch
            .keys(&keys("c", Condition::Always))
            .await
            .unwrap()
            .is_empty()
    );
    application(&db, "INSERT INTO c VALUES (3, 2)").await.unwrap();
    batch.rollback().await.unwrap();
}

#[tokio::test]
async fn b3_a_lock_that_is_not_obtained_leaves_nothing_of_the_batch() {
    let db = Database::create(Kind::Mariadb).await;
    db.script("CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 1), (2, 1)")
        .await;
    let store = db.open(Role::Write).await.unwrap();
    let (address, base) = (db.address().to_owned(), db.base().to_owned());
    let other = tokio::spawn(async move {
        let script = "BEGIN; SELECT 1 FROM t WHERE id = 2 FOR UPDATE; SELECT SLEEP(3); COMMIT";
        serment_sql::execute_script(Kind::Mariadb, "app", &address, &base, script).await
    });
    let mut batch = store.begin(&short()).await.unwrap();
    let mut waited = Ok(1);
    while matches!(waited, Ok(1)) {
        waited = batch
            .change(&set("t", "n", NewValue::Constant("2".into()), this(1)))
            .await;
        if waited.is_ok() {
            waited = batch
                .change(&set("t", "n", NewValue::Constant("2".into()), this(2)))
                .await;
        }
        if waited.is_ok() {
            // The other session had not begun.
            batch.rollback().await.unwrap();
            batch = store.begin(&short()).await.unwrap();
        }
    }
    assert_eq!(waited.unwrap_err().failure, Failure::LockTimeout);
    // The server has rolled back that statement only: the first one must not be committed alone.
    assert!(batch.commit().await.is_err());
    other.await.unwrap().unwrap();
    let changed = is("n", Operator::Equal, Constant::Integer(2));
    assert_eq!(ids(&*store, "t", changed).await, Vec::<i64>::new());
}

#[tokio::test]
async fn b3_a_deadlock_asks_to_try_again() {
    let db = Database::create(Kind::Mariadb).await;
    db.script("CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 1), (2, 1); CREATE TABLE go (id INT PRIMARY KEY)").await;
    let store = db.open(Role::Write).await.unwrap();
    // The application holds row 2 and then wants row 1.
    let (address, base) = (db.address().to_owned(), db.base().to_owned());
    let other = tokio::spawn(async move {
        let script = "BEGIN; SELECT 1 FROM t WHERE id = 2 FOR UPDATE; SELECT SLEEP(0.8); UPDATE t SET n = 2 WHERE id = 1; COMMIT";
        serment_sql::execute_script(Kind::Mariadb, "app", &address, &base, script).await
    });
    let options = BatchOptions {
        lock_timeout: Duration::from_secs(20),
        ..BatchOptions::default()
    };
    let mut batch = store.begin(&options).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    batch.lock(&lock_rows("t", this(1))).await.unwrap();
    let ours = batch.lock(&lock_rows("t", this(2))).await;
    drop(batch);
    let error = match (ours, other.await.unwrap()) {
        (Err(error), Ok(())) | (Ok(()), Err(error)) => error,
        other => panic!("one of the two gives way: {other:?}"),
    };
    assert!(matches!(error.failure, Failure::Retry(_)), "{error}");
}

#[tokio::test]
async fn b3_limits_of_statements_and_idleness_are_kept() {
    let db = Database::create(Kind::Mariadb).await;
    db.script(
        "CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1); \
         CREATE TRIGGER slow BEFORE DELETE ON t FOR EACH ROW SET @x = SLEEP(5)",
    )
    .await;
    let store = db.open(Role::Write).await.unwrap();
    let options = BatchOptions {
        statement_timeout: Duration::from_millis(300),
        ..short()
    };
    let mut batch = store.begin(&options).await.unwrap();
    let error = batch.change(&delete("t", this(1))).await.unwrap_err();
    assert_eq!(error.failure, Failure::StatementTimeout);
    drop(batch);
    let patient = BatchOptions {
        lock_timeout: Duration::from_secs(5),
        ..short()
    };
    let mut batch = store.begin(&patient).await.unwrap();
    assert_eq!(batch.keys(&keys("t", Condition::Always)).await.unwrap().len(), 1);
    // The server ends a session that sits idle, frees its lock, and the fence no longer finds it.
    store.fence(Duration::from_secs(10)).await.unwrap();
    let error = batch.keys(&keys("t", Condition::Always)).await.unwrap_err();
    assert!(matches!(error.failure, Failure::Cut(_)), "{error}");
}

#[tokio::test]
async fn b1_a_commit_without_an_answer_is_unknown_and_the_progress_row_tells() {
    let db = Database::create(Kind::Mariadb).await;
    db.script("CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1)")
        .await;
    let store = db.open(Role::Write).await.unwrap();
    let mut batch = begin(&*store).await;
    batch.change(&delete("t", this(1))).await.unwrap();
    let progress = Progress {
        run: "r".into(),
        step: "s".into(),
        batch: 1,
        counts: "{}".into(),
    };
    batch.record(&progress).await.unwrap();
    assert_eq!(
        batch.transaction(),
        None,
        "the server tells the fate of no transaction"
    );
    db.script(
        "BEGIN NOT ATOMIC FOR c IN (SELECT trx_mysql_thread_id AS id FROM information_schema.INNODB_TRX \
           JOIN information_schema.PROCESSLIST AS p ON p.id = trx_mysql_thread_id WHERE db = DATABASE()) \
         DO KILL c.id; END FOR; END",
    )
    .await;
    assert_eq!(batch.commit().await.unwrap(), Commit::Unknown);
    store.fence(Duration::from_secs(10)).await.unwrap();
    assert!(
        store.progress("r").await.unwrap().is_empty(),
        "nothing of it was committed"
    );
    assert_eq!(all_ids(&db, "t").await, [1]);
    let mut batch = begin(&*store).await;
    batch.change(&delete("t", this(1))).await.unwrap();
    batch.record(&progress).await.unwrap();
    assert_eq!(batch.commit().await.unwrap(), Commit::Done);
    assert_eq!(store.progress("r").await.unwrap(), [progress]);
}

#[tokio::test]
async fn b13_rows_that_refer_to_one_another_go_in_one_change() {
    let db = Database::create(Kind::Mariadb).await;
    let links: Vec<_> = (2..=60).map(|id| format!("({id}, {}, NULL)", id - 1)).collect();
    db.script(&format!(
        "CREATE TABLE t (id INT PRIMARY KEY, up INT REFERENCES t (id), side INT REFERENCES t (id)); INSERT INTO t VALUES (1, NULL, NULL), {}; \
         INSERT INTO t VALUES (100, NULL, NULL), (101, 100, NULL), (102, 101, 100), (110, 110, 110), (120, 60, NULL); \
         UPDATE t SET up = 102 WHERE id = 100",
        links.join(",")
    ))
    .await;
    let store = db.open(Role::Write).await.unwrap();
    let some = |ids: &[i64]| key_in(&["id"], ids.iter().map(|id| Key(vec![json!(id)])).collect());
    let mut batch = begin(&*store).await;
    // A chain, whose first rows come first in the order of keys; a circle; a row that refers to itself.
    let mut going: Vec<i64> = (1..=60).collect();
    going.extend([100, 101, 102, 110, 120]);
    assert_eq!(batch.change(&delete("t", some(&going))).await.unwrap(), 65);
    batch.rollback().await.unwrap();
    // One row too few: what stays refers to what would go.
    let mut batch = begin(&*store).await;
    let error = batch.change(&delete("t", some(&[100, 102]))).await.unwrap_err();
    assert!(matches!(error.failure, Failure::Constraint(_)), "{error}");
    assert!(batch.commit().await.is_err());
    assert_eq!(all_ids(&db, "t").await.len(), 65);
    let shown = store.sql(&Statement::Change(delete("t", some(&[1, 2]))));
    assert_eq!(shown.matches("DELETE").count(), 2, "{shown}");
}

#[tokio::test]
async fn b13_a_long_chain_of_referrers_is_followed_to_its_end() {
    let db = Database::create(Kind::Mariadb).await;
    // The server stops a recursion at its thousandth step, in silence.
    let rows: Vec<_> = (1..=2_500)
        .map(|id| format!("({id}, {}, {})", id - 1, u8::from(id != 2_500)))
        .collect();
    db.script(&format!(
        "CREATE TABLE t (id INT PRIMARY KEY, up INT, goes INT); INSERT INTO t VALUES {}",
        rows.join(",")
    ))
    .await;
    let store = db.open(Role::Read).await.unwrap();
    let free = Condition::NoStayingReferrer {
        of: Alias(0),
        table: table("t"),
        by: vec![("up".into(), "id".into())],
        alias: Alias(1),
        goes: Box::new(Condition::Compare {
            column: ColumnRef::whole(Alias(1), "goes"),
            op: Operator::Equal,
            value: Constant::Integer(1),
        }),
    };
    assert_eq!(
        ids(&*store, "t", free).await,
        [2_500],
        "the last row stays, and so does all that it leads to"
    );
}

/// Puts the settings of the server back.
struct Settings<'a>(&'a Database, Vec<String>);

impl Drop for Settings<'_> {
    fn drop(&mut self) {
        let (address, base, back) = (
            self.0.address().to_owned(),
            self.0.base().to_owned(),
            self.1.join("; "),
        );
        let done = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            let back = serment_sql::execute_script(Kind::Mariadb, "server", &address, &base, &back);
            runtime.block_on(back).unwrap();
        });
        done.join().unwrap();
    }
}

#[tokio::test]
async fn settings_of_the_server_change_nothing_of_what_is_meant() {
    let db = Database::create(Kind::Mariadb).await;
    db.script(
        "CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, word CHAR(9), at TIMESTAMP NULL, d DATE, up INT, n INT); \
         INSERT INTO t VALUES (1, 'a\\b', '2024-03-31 01:30:00', NULL, NULL, 1), (2, 'x', '2024-03-31 02:30:00', NULL, 1, 1), \
           (3, 'x', '2024-03-31 03:30:00', NULL, 2, 1), (4, 'x', NULL, NULL, 3, 0); \
         SET sql_mode = ''; UPDATE t SET d = '0000-00-00' WHERE id = 2",
    )
    .await;
    let odd = [
        (
            "sql_mode",
            "'ANSI,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,HIGH_NOT_PRECEDENCE,TRADITIONAL,NO_UNSIGNED_SUBTRACTION,ORACLE'",
        ),
        ("time_zone", "'+05:30'"),
        ("tx_isolation", "'SERIALIZABLE'"),
        ("max_recursive_iterations", "2"),
        ("sql_select_limit", "1"),
        ("sql_auto_is_null", "1"),
        ("sql_safe_updates", "1"),
        ("completion_type", "2"),
        ("character_set_client", "latin1"),
        ("collation_connection", "latin1_swedish_ci"),
        ("foreign_key_checks", "0"),
        ("check_constraint_checks", "0"),
        ("autocommit", "0"),
        ("div_precision_increment", "0"),
    ];
    for (name, value) in odd {
        // One at a time: together they would hide one another. Other tests run meanwhile, and are to notice nothing.
        let back = format!("SET GLOBAL {name} = DEFAULT");
        let back = if name == "tx_isolation" {
            "SET GLOBAL TRANSACTION ISOLATION LEVEL REPEATABLE READ".into()
        } else {
            back
        };
        let _settings = Settings(&db, vec![back]);
        db.script(&format!("SET GLOBAL {name} = {value}")).await;
        let store = db.open(Role::Write).await.unwrap();
        let before = time(
            "at",
            TimeForm::Instant,
            TimeTest::Before(bound("2024-03-31T02:00:00")),
        );
        assert_eq!(ids(&*store, "t", before).await, [1], "{name}");
        let text = is("word", Operator::Equal, Constant::Text("a\\b".into()));
        assert_eq!(ids(&*store, "t", text).await, [1], "{name}");
        assert_eq!(
            ids(&*store, "t", Condition::IsNull(column("d"))).await,
            [1, 3, 4],
            "{name}"
        );
        let free = Condition::NoStayingReferrer {
            of: Alias(0),
            table: table("t"),
            by: vec![("up".into(), "id".into())],
            alias: Alias(1),
            goes: Box::new(Condition::Compare {
                column: ColumnRef::whole(Alias(1), "n"),
                op: Operator::Equal,
                value: Constant::Integer(1),
            }),
        };
        assert_eq!(ids(&*store, "t", free).await, [4], "{name}");
        let read = Rows {
            keys: keys("t", this(2)),
            read: vec![
                Field::Column(column("word")),
                Field::Column(column("at")),
                Field::Column(column("d")),
            ],
        };
        assert_eq!(
            store.rows(&read).await.unwrap()[0].fields,
            [json!("x"), json!("2024-03-31 02:30:00"), json!("0000-00-00")],
            "{name}"
        );
        let mut batch = begin(&*store).await;
        let change = set(
            "t",
            "word",
            NewValue::Constant("é\\".into()),
            is("n", Operator::Equal, Constant::Integer(1)),
        );
        assert_eq!(batch.change(&change).await.unwrap(), 3, "{name}");
        let same = is("word", Operator::Equal, Constant::Text("é\\".into()));
        assert_eq!(batch.keys(&keys("t", same)).await.unwrap().len(), 3, "{name}");
        batch.rollback().await.unwrap();
        let mut batch = begin(&*store).await;
        assert_eq!(
            batch
                .change(&set("t", "n", NewValue::Constant("1".into()), this(1)))
                .await
                .unwrap(),
            1,
            "{name}"
        );
        assert_eq!(batch.commit().await.unwrap(), Commit::Done, "{name}");
        assert_eq!(
            ids(&*store, "t", this(1)).await,
            [1],
            "{name}: the session lives on"
        );
    }
}

#[tokio::test]
async fn ten_thousand_keys_are_one_parameter_and_are_looked_up() {
    let db = Database::create(Kind::Mariadb).await;
    db.script(
        "CREATE TABLE t (id VARCHAR(20) CHARACTER SET latin1 PRIMARY KEY, n INT); INSERT INTO t SELECT CONCAT('w', seq), 0 FROM seq_1_to_40000; \
         CREATE TABLE i (id INT PRIMARY KEY, n INT); INSERT INTO i SELECT seq, 0 FROM seq_1_to_40000",
    )
    .await;
    let store = db.open(Role::Write).await.unwrap();
    let words = |from: usize| {
        key_in(
            &["id"],
            (from..from + 20_000)
                .step_by(2)
                .map(|n| Key(vec![json!(format!("w{n}"))]))
                .collect(),
        )
    };
    let numbers = |from: usize| {
        key_in(
            &["id"],
            (from..from + 20_000)
                .step_by(2)
                .map(|n| Key(vec![json!(n)]))
                .collect(),
        )
    };
    // Were every row read and tried with every key, none of these would end in time.
    let options = BatchOptions {
        statement_timeout: Duration::from_secs(20),
        ..BatchOptions::default()
    };
    let mut batch = store.begin(&options).await.unwrap();
    for (name, filter) in [("t", words(1)), ("i", numbers(1))] {
        let one = NewValue::Constant("1".into());
        assert_eq!(
            batch.change(&set(name, "n", one, filter.clone())).await.unwrap(),
            10_000
        );
        batch.lock(&lock_rows(name, filter.clone())).await.unwrap();
        assert_eq!(
            batch.keys(&keys(name, filter.clone())).await.unwrap().len(),
            10_000
        );
        assert_eq!(batch.change(&delete(name, filter)).await.unwrap(), 10_000);
    }
    assert_eq!(batch.commit().await.unwrap(), Commit::Done);
}

#[tokio::test]
async fn b12_a_statement_longer_than_the_server_takes_is_refused() {
    let db = Database::create(Kind::Mariadb).await;
    db.script("CREATE TABLE t (id INT PRIMARY KEY, v LONGTEXT); INSERT INTO t VALUES (1, 'a')")
        .await;
    let store = db.open(Role::Write).await.unwrap();
    let mut batch = begin(&*store).await;
    let long = NewValue::Constant("x".repeat(40_000_000));
    let error = batch.change(&set("t", "v", long, this(1))).await.unwrap_err();
    assert!(
        matches!(error.failure, Failure::Unsupported(_) | Failure::Cut(_)),
        "{error}"
    );
    assert!(batch.commit().await.is_err());
    let value = is("v", Operator::Equal, Constant::Text("a".into()));
    assert_eq!(ids(&*store, "t", value).await, [1]);
}

#[tokio::test]
async fn each_thing_that_goes_wrong_when_connecting_has_its_own_error() {
    let db = Database::create(Kind::Mariadb).await;
    let place = db.address().rsplit_once('@').unwrap().1.to_owned();
    let server = place.split_once('/').unwrap().0.to_owned();
    let failure = async |address: &str| {
        let opened = serment_sql::open(Kind::Mariadb, "crm", address, Role::Read, db.base()).await;
        let error = opened.err().unwrap();
        assert!(!error.to_string().contains("s3cret"), "{error}");
        assert!(error.to_string().starts_with("crm: "));
        error.failure
    };
    assert!(matches!(
        failure(&format!("mariadb://nobody_here:s3cret@{place}")).await,
        Failure::Refused(_)
    ));
    assert!(matches!(
        failure(&format!("mysql://root@{server}/no_such_database")).await,
        Failure::Refused(_)
    ));
    assert!(matches!(
        failure("mariadb://u:s3cret@127.0.0.1:1/d").await,
        Failure::Unreachable(_)
    ));
    assert!(matches!(
        failure(&format!("mariadb://root@{place}?sslmode=verify-full")).await,
        Failure::Tls(_)
    ));
    assert!(matches!(
        failure("mariadb://u:s3cret@db.example/d?sslmode=disable").await,
        Failure::Tls(_)
    ));
    assert!(matches!(
        failure("postgres://u:s3cret@h/d").await,
        Failure::Address(_)
    ));
}
