//! What only SQLite has: values of any sort in any column, a file, one writer.

use std::time::Duration;

use serde_json::json;
use serment_sql::Kind;
use serment_sql::testing::Database;
use serment_store::catalogue::{TableKind, TableName};
use serment_store::condition::{Alias, ColumnRef, Condition, Constant, Key, Operator};
use serment_store::query::{Change, Field, Keys, Rows};
use serment_store::{BatchOptions, Failure, Role, Store};

fn table(name: &str) -> TableName {
    TableName {
        schema: None,
        name: name.into(),
    }
}

fn keys(name: &str, filter: Condition) -> Keys {
    Keys {
        table: table(name),
        alias: Alias(0),
        key: vec!["id".into()],
        filter,
        after: None,
        limit: 0,
    }
}

fn column(name: &str) -> ColumnRef {
    ColumnRef::whole(Alias(0), name)
}

async fn ids(store: &dyn Store, filter: Condition) -> Vec<i64> {
    store
        .keys(&keys("t", filter))
        .await
        .unwrap()
        .iter()
        .map(|key| key.0[0].as_i64().unwrap())
        .collect()
}

#[tokio::test]
async fn a_value_of_another_sort_is_unknown_and_never_matches_by_accident() {
    let db = Database::create(Kind::Sqlite).await;
    db.script(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, word TEXT, any_sort); \
         INSERT INTO t VALUES (1, 5, 'a', 5), (2, 'five', x'61', '5'), (3, x'05', NULL, x'35'), (4, 5.5, 'b', NULL)",
    )
    .await;
    let store = db.open(Role::Read).await.unwrap();
    let is = |name: &str, op, value| Condition::Compare {
        column: column(name),
        op,
        value,
    };
    let not = |part| Condition::Not(Box::new(part));
    // Any text is greater than any number for SQLite, and any blob greater than any text.
    let more = || is("n", Operator::Greater, Constant::Integer(1));
    assert_eq!(ids(&*store, more()).await, [1, 4]);
    assert_eq!(ids(&*store, not(more())).await, Vec::<i64>::new());
    assert_eq!(
        ids(&*store, Condition::MayHold(Box::new(more()))).await,
        [1, 2, 3, 4]
    );
    let not_a = || is("word", Operator::NotEqual, Constant::Text("a".into()));
    assert_eq!(ids(&*store, not_a()).await, [4]);
    assert_eq!(ids(&*store, not(not_a())).await, [1]);
    assert_eq!(
        ids(&*store, is("any_sort", Operator::Equal, Constant::Integer(5))).await,
        [1]
    );
    assert_eq!(
        ids(
            &*store,
            is("any_sort", Operator::Equal, Constant::Text("5".into()))
        )
        .await,
        [2]
    );
    let columns = Condition::CompareColumns {
        left: column("n"),
        op: Operator::Less,
        right: column("word"),
    };
    assert_eq!(ids(&*store, columns).await, Vec::<i64>::new());
    let rows = Rows {
        keys: keys("t", Condition::Always),
        read: vec![Field::Column(column("n")), Field::Column(column("any_sort"))],
    };
    let read = store.rows(&rows).await.unwrap();
    assert_eq!(
        read[2].fields,
        [json!("05"), json!("35")],
        "bytes are read as hexadecimal"
    );
}

#[tokio::test]
async fn wide_tables_are_read_whole() {
    let db = Database::create(Kind::Sqlite).await;
    let names: Vec<String> = (0..180).map(|number| format!("c{number}")).collect();
    let values: Vec<String> = (0..180).map(|number| number.to_string()).collect();
    db.script(&format!(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, {}); INSERT INTO t VALUES (1, {})",
        names.join(","),
        values.join(",")
    ))
    .await;
    let store = db.open(Role::Read).await.unwrap();
    let read = names.iter().map(|name| Field::Column(column(name))).collect();
    let rows = store
        .rows(&Rows {
            keys: keys("t", Condition::Always),
            read,
        })
        .await
        .unwrap();
    assert_eq!(
        rows[0].fields,
        (0..180).map(|number| json!(number)).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn b5_full_text_tables_virtual_tables_and_keyless_tables_are_told() {
    let db = Database::create(Kind::Sqlite).await;
    db.script(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT); CREATE VIRTUAL TABLE search USING fts5(word, content='t', content_rowid='id'); \
         CREATE TABLE w (a TEXT, b TEXT, n INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID; CREATE TABLE bare (x TEXT); \
         CREATE UNIQUE INDEX some ON bare (x) WHERE x > 'a'; INSERT INTO w VALUES ('a', 'b', 1), ('a', 'c', 1)",
    )
    .await;
    let store = db.open(Role::Write).await.unwrap();
    let catalogue = store
        .introspect(&[table("t"), table("search"), table("W"), table("bare")])
        .await
        .unwrap();
    assert_eq!(catalogue.tables[&table("t")].shadows, ["full-text table search"]);
    assert_eq!(catalogue.tables[&table("search")].kind, TableKind::Foreign);
    let w = &catalogue.tables[&table("W")];
    assert_eq!(
        (w.primary_key.as_slice(), w.estimated_rows),
        (&["a".to_owned(), "b".to_owned()][..], 2)
    );
    assert!(!w.column("a").unwrap().nullable && w.column("n").unwrap().nullable);
    let bare = &catalogue.tables[&table("bare")];
    assert!(
        bare.primary_key.is_empty() && bare.unique.is_empty(),
        "an index on some rows keeps no column unique"
    );
}

#[tokio::test]
async fn a10_the_bundled_sqlite_is_recent_enough_and_keys_are_enforced() {
    let db = Database::create(Kind::Sqlite).await;
    db.script("CREATE TABLE t (id INTEGER PRIMARY KEY, up INTEGER REFERENCES t (id))")
        .await;
    for role in [Role::Read, Role::Write] {
        let store = db.open(role).await.unwrap();
        let catalogue = store.introspect(&[table("t")]).await.unwrap();
        assert!(catalogue.server.starts_with("SQLite 3."));
        assert!(catalogue.referenced_by[0].enforced);
    }
}

#[tokio::test]
async fn a10_a_writer_in_another_connection_is_waited_for_and_then_told() {
    let db = Database::create(Kind::Sqlite).await;
    db.script("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)")
        .await;
    let (one, two) = (
        db.open(Role::Write).await.unwrap(),
        db.open(Role::Write).await.unwrap(),
    );
    let held = one.begin(&BatchOptions::default()).await.unwrap();
    let options = BatchOptions {
        lock_timeout: Duration::from_millis(100),
        ..BatchOptions::default()
    };
    assert_eq!(
        two.begin(&options).await.err().unwrap().failure,
        Failure::LockTimeout
    );
    let patient = BatchOptions {
        lock_timeout: Duration::from_secs(10),
        ..BatchOptions::default()
    };
    let (begun, ()) = tokio::join!(two.begin(&patient), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        held.rollback().await.unwrap();
    });
    begun.unwrap().rollback().await.unwrap();
}

#[tokio::test]
async fn a_statement_that_runs_too_long_is_interrupted() {
    let db = Database::create(Kind::Sqlite).await;
    db.script(
        "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1); CREATE TRIGGER slow BEFORE DELETE ON t BEGIN \
         SELECT count(*) FROM (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 400000000) SELECT x FROM n); END",
    )
    .await;
    let store = db.open(Role::Write).await.unwrap();
    let options = BatchOptions {
        statement_timeout: Duration::from_millis(200),
        ..BatchOptions::default()
    };
    let mut batch = store.begin(&options).await.unwrap();
    let change = Change::Delete {
        table: table("t"),
        alias: Alias(0),
        filter: Condition::Always,
    };
    assert_eq!(
        batch.change(&change).await.unwrap_err().failure,
        Failure::StatementTimeout
    );
    assert!(batch.commit().await.is_err());
    assert_eq!(ids(&*store, Condition::Always).await, [1]);
    let mut batch = store.begin(&BatchOptions::default()).await.unwrap();
    assert_eq!(
        batch.keys(&keys("t", Condition::Always)).await.unwrap().len(),
        1,
        "the next one is not interrupted"
    );
}

#[tokio::test]
async fn each_file_that_does_not_open_has_its_own_error() {
    let folder = tempfile::tempdir().unwrap();
    let failure = async |address: &str| {
        let opened = serment_sql::open(Kind::Sqlite, "crm", address, Role::Write, folder.path()).await;
        opened.err().unwrap().failure
    };
    std::fs::write(
        folder.path().join("text"),
        "this is no database, just some text that is long enough",
    )
    .unwrap();
    assert!(matches!(failure("absent.db").await, Failure::Unreachable(_)));
    assert!(
        !folder.path().join("absent.db").exists(),
        "nothing is made by looking"
    );
    assert!(matches!(failure("text").await, Failure::Unreachable(_)));
    assert!(matches!(failure(".").await, Failure::Unreachable(_)));
    assert!(matches!(failure(":memory:").await, Failure::Address(_)));
    assert!(matches!(failure("env:HOME").await, Failure::Address(_)));
}

#[tokio::test]
async fn keys_that_cannot_be_written_without_loss_are_refused() {
    let db = Database::create(Kind::Sqlite).await;
    db.script("CREATE TABLE t (id BLOB PRIMARY KEY); CREATE TABLE r (id REAL PRIMARY KEY); CREATE TABLE o (id PRIMARY KEY); INSERT INTO o VALUES (x'00')").await;
    let store = db.open(Role::Read).await.unwrap();
    for name in ["t", "r", "o"] {
        let error = store.keys(&keys(name, Condition::Always)).await.unwrap_err();
        assert!(
            matches!(error.failure, Failure::Unsupported(_)),
            "{name}: {error}"
        );
    }
}

#[tokio::test]
async fn ten_thousand_keys_are_one_parameter() {
    let db = Database::create(Kind::Sqlite).await;
    db.script(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT); WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 50000) \
         INSERT INTO t SELECT x, 'w' || x FROM n",
    )
    .await;
    let store = db.open(Role::Write).await.unwrap();
    let of = |keys: Vec<i64>| Condition::KeyIn {
        of: Alias(0),
        columns: vec!["id".into()],
        keys: keys.into_iter().map(|id| Key(vec![json!(id)])).collect(),
    };
    let mut batch = store.begin(&BatchOptions::default()).await.unwrap();
    let delete = |filter| Change::Delete {
        table: table("t"),
        alias: Alias(0),
        filter,
    };
    assert_eq!(
        batch.change(&delete(of((1..=10_000).collect()))).await.unwrap(),
        10_000
    );
    assert_eq!(
        batch
            .change(&delete(of((10_001..=30_000).step_by(2).collect())))
            .await
            .unwrap(),
        10_000
    );
    assert_eq!(batch.commit().await.unwrap(), serment_store::Commit::Done);
}
