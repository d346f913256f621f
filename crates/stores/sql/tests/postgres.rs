//! What only PostgreSQL has: policies, privileges, schemas, partitions, types, sessions that end.

use std::time::Duration;

use serde_json::json;
use serment_sql::Kind;
use serment_sql::testing::Database;
use serment_store::catalogue::{ColumnKind, TableKind, TableName};
use serment_store::condition::{Alias, ColumnRef, Condition, Constant, Key, Operator, PostCondition};
use serment_store::query::{Change, Keys, Lock, NewValue, Strength};
use serment_store::{Batch, BatchOptions, Failure, Role, Store};

fn table(name: &str) -> TableName {
    TableName {
        schema: None,
        name: name.into(),
    }
}

fn within(schema: &str, name: &str) -> TableName {
    TableName {
        schema: Some(schema.into()),
        name: name.into(),
    }
}

fn keys(table: &TableName, filter: Condition) -> Keys {
    Keys {
        table: table.clone(),
        alias: Alias(0),
        key: vec!["id".into()],
        filter,
        after: None,
        limit: 0,
    }
}

fn this(id: i64) -> Condition {
    Condition::KeyIn {
        of: Alias(0),
        columns: vec!["id".into()],
        keys: vec![Key(vec![json!(id)])],
    }
}

fn column(name: &str) -> ColumnRef {
    ColumnRef::whole(Alias(0), name)
}

fn delete(table: &TableName, id: i64) -> Change {
    Change::Delete {
        table: table.clone(),
        alias: Alias(0),
        filter: this(id),
    }
}

async fn count(store: &dyn Store, table: &TableName) -> usize {
    store.keys(&keys(table, Condition::Always)).await.unwrap().len()
}

/// A role that belongs to one database of the tests and goes with it.
fn role(db: &Database, name: &str) -> String {
    format!("{}_{name}", db.address().rsplit('/').next().unwrap())
}

async fn begin(store: &dyn Store) -> Box<dyn Batch> {
    let options = BatchOptions {
        lock_timeout: Duration::from_millis(300),
        ..BatchOptions::default()
    };
    store.begin(&options).await.unwrap()
}

#[tokio::test]
async fn b6_hidden_rows_are_an_error_and_never_nothing() {
    let db = Database::create(Kind::Postgres).await;
    let (user, free) = (role(&db, "reader"), role(&db, "free"));
    db.script(&format!(
        "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2); ALTER TABLE t ENABLE ROW LEVEL SECURITY; \
         CREATE POLICY none ON t USING (id > 5); CREATE ROLE {user} LOGIN; CREATE ROLE {free} LOGIN BYPASSRLS; \
         GRANT ALL ON t TO {user}, {free}"
    ))
    .await;
    let hidden = db.open_as(&user, Role::Write).await.unwrap();
    assert!(hidden.introspect(&[table("t")]).await.unwrap().tables[&table("t")].row_security);
    let error = hidden
        .keys(&keys(&table("t"), Condition::Always))
        .await
        .unwrap_err();
    assert!(matches!(error.failure, Failure::Privilege(_)), "{error}");
    let mut batch = begin(&*hidden).await;
    assert!(matches!(
        batch.change(&delete(&table("t"), 1)).await.unwrap_err().failure,
        Failure::Privilege(_)
    ));
    drop(batch);

    let sees = db.open_as(&free, Role::Write).await.unwrap();
    assert!(!sees.introspect(&[table("t")]).await.unwrap().tables[&table("t")].row_security);
    assert_eq!(count(&*sees, &table("t")).await, 2);
    let owner = db.open(Role::Write).await.unwrap();
    assert_eq!(count(&*owner, &table("t")).await, 2);
    // An owner upon whom policies are forced sees as little as anybody else.
    db.script(&format!(
        "ALTER TABLE t FORCE ROW LEVEL SECURITY; ALTER TABLE t OWNER TO {user}"
    ))
    .await;
    assert!(hidden.introspect(&[table("t")]).await.unwrap().tables[&table("t")].row_security);
    assert!(hidden.keys(&keys(&table("t"), Condition::Always)).await.is_err());
    db.script(&format!(
        "DROP TABLE t; DROP OWNED BY {user}, {free}; DROP ROLE {user}, {free}"
    ))
    .await;
}

#[tokio::test]
async fn b6_privileges_are_told_column_by_column() {
    let db = Database::create(Kind::Postgres).await;
    let user = role(&db, "some");
    db.script(&format!(
        "CREATE TABLE t (id int PRIMARY KEY, a text, b text); CREATE TABLE u (id int PRIMARY KEY); CREATE SCHEMA closed; \
         CREATE TABLE closed.v (id int PRIMARY KEY); CREATE ROLE {user} LOGIN; GRANT SELECT (id, a), UPDATE (a) ON t TO {user}; \
         GRANT SELECT, DELETE, UPDATE ON u TO {user}; GRANT ALL ON closed.v TO {user}"
    ))
    .await;
    let store = db.open_as(&user, Role::Write).await.unwrap();
    let (t, u, v) = (table("t"), table("u"), within("closed", "v"));
    let catalogue = store
        .introspect(&[t.clone(), u.clone(), v.clone()])
        .await
        .unwrap();
    assert_eq!(catalogue.role.as_deref(), Some(user.as_str()));
    let of = |table: &TableName| catalogue.tables[table].privileges;
    assert!(!of(&t).select && !of(&t).update && !of(&t).delete && !of(&t).lock);
    assert!(of(&u).select && of(&u).update && of(&u).delete && of(&u).lock);
    assert!(
        !of(&v).select && !of(&v).delete,
        "without USAGE of the schema nothing can be done"
    );
    let error = store
        .keys(&keys(&t, Condition::IsNull(column("b"))))
        .await
        .unwrap_err();
    assert!(matches!(error.failure, Failure::Privilege(_)), "{error}");
    db.script(&format!("DROP OWNED BY {user}; DROP ROLE {user}"))
        .await;
}

#[tokio::test]
async fn b6_a_schema_is_never_guessed_from_the_search_path() {
    let db = Database::create(Kind::Postgres).await;
    let name = db.address().rsplit('/').next().unwrap().to_owned();
    db.script(&format!(
        "CREATE SCHEMA other; CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE other.t (id int PRIMARY KEY, other_only text); \
         INSERT INTO t VALUES (1); ALTER DATABASE {name} SET search_path = other, public; \
         CREATE TABLE other.child (id int PRIMARY KEY, t int REFERENCES public.t (id))"
    ))
    .await;
    let store = db.open(Role::Write).await.unwrap();
    assert_eq!(count(&*store, &table("t")).await, 1);
    assert_eq!(count(&*store, &within("other", "t")).await, 0);
    let catalogue = store
        .introspect(&[table("t"), within("other", "t")])
        .await
        .unwrap();
    assert_eq!(catalogue.tables[&within("other", "t")].columns.len(), 2);
    assert_eq!(catalogue.referenced_by.len(), 1);
    assert_eq!(catalogue.referenced_by[0].table, within("other", "child"));
    assert_eq!(catalogue.referenced_by[0].target, table("t"));
}

#[tokio::test]
async fn b5_rules_partitions_inheritance_and_copies_are_told() {
    let db = Database::create(Kind::Postgres).await;
    db.script(
        "CREATE TABLE t (id int PRIMARY KEY, at date); CREATE RULE soft AS ON DELETE TO t DO INSTEAD NOTHING; \
         CREATE TABLE child () INHERITS (t); CREATE MATERIALIZED VIEW copy AS SELECT * FROM t; \
         CREATE VIEW seen AS SELECT id FROM t; CREATE MATERIALIZED VIEW second AS SELECT * FROM seen; \
         CREATE PUBLICATION away FOR TABLE t; \
         CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$; \
         CREATE TRIGGER off AFTER DELETE ON t FOR EACH ROW EXECUTE FUNCTION note(); ALTER TABLE t DISABLE TRIGGER off; \
         CREATE TRIGGER twofold AFTER UPDATE OR DELETE ON t FOR EACH STATEMENT EXECUTE FUNCTION note(); \
         CREATE TABLE p (id int, y int, PRIMARY KEY (id, y)) PARTITION BY LIST (y); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); \
         CREATE TRIGGER deep BEFORE DELETE ON p1 FOR EACH ROW EXECUTE FUNCTION note(); \
         CREATE TABLE r (id int PRIMARY KEY, p_id int, p_y int, during daterange, \
           EXCLUDE USING gist (during WITH &&)); \
         ALTER TABLE r ADD FOREIGN KEY (p_id, p_y) REFERENCES p (id, y) NOT VALID",
    )
    .await;
    let store = db.open(Role::Write).await.unwrap();
    let catalogue = store
        .introspect(&[table("t"), table("p"), table("p1"), table("r"), table("copy")])
        .await
        .unwrap();
    let t = &catalogue.tables[&table("t")];
    assert_eq!(t.rules.len(), 1);
    assert!(t.rules[0].on_delete && t.rules[0].source.contains("INSTEAD"));
    assert_eq!(t.inherited_by, [table("child")]);
    assert_eq!(
        t.shadows,
        [
            "materialised view public.copy",
            "materialised view public.second",
            "publication away"
        ]
    );
    assert_eq!(
        t.triggers
            .iter()
            .map(|trigger| trigger.name.as_str())
            .collect::<Vec<_>>(),
        ["twofold"]
    );
    assert!(
        t.triggers[0].on_delete && t.triggers[0].on_update && t.triggers[0].source.contains("RETURN OLD")
    );
    let p = &catalogue.tables[&table("p")];
    assert_eq!(p.kind, TableKind::Partitioned);
    assert!(p.inherited_by.is_empty());
    assert_eq!(
        p.triggers.len(),
        1,
        "a trigger of a partition fires for its parent"
    );
    assert_eq!(catalogue.tables[&table("p1")].inherits, [table("p")]);
    assert_eq!(catalogue.tables[&table("copy")].kind, TableKind::View);
    let r = &catalogue.tables[&table("r")];
    assert_eq!(r.foreign_keys.len(), 1);
    assert!(
        !r.foreign_keys[0].enforced,
        "a key that was never validated proves nothing"
    );
    assert!(
        r.checks
            .iter()
            .any(|check| check.source.starts_with("EXCLUDE") && check.columns == ["during"])
    );
    let mut batch = begin(&*store).await;
    assert_eq!(batch.change(&delete(&table("t"), 1)).await.unwrap(), 0);
}

#[tokio::test]
async fn b13_keys_whose_triggers_are_off_are_not_enforced() {
    let db = Database::create(Kind::Postgres).await;
    db.script(
        "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a (id) DEFERRABLE); \
         ALTER TABLE b DISABLE TRIGGER ALL",
    )
    .await;
    let store = db.open(Role::Read).await.unwrap();
    let catalogue = store.introspect(&[table("a")]).await.unwrap();
    assert!(!catalogue.referenced_by[0].enforced && catalogue.referenced_by[0].deferrable);
    db.script("ALTER TABLE b ENABLE TRIGGER ALL").await;
    assert!(store.introspect(&[table("a")]).await.unwrap().referenced_by[0].enforced);
}

#[tokio::test]
async fn b13_a_deferred_key_refuses_at_commit() {
    let db = Database::create(Kind::Postgres).await;
    db.script(
        "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED); \
         INSERT INTO a VALUES (1); INSERT INTO b VALUES (1, 1)",
    )
    .await;
    let store = db.open(Role::Write).await.unwrap();
    let mut batch = begin(&*store).await;
    assert_eq!(batch.change(&delete(&table("a"), 1)).await.unwrap(), 1);
    let name = batch.transaction().unwrap().to_owned();
    let error = batch.commit().await.unwrap_err();
    assert!(matches!(error.failure, Failure::Constraint(_)), "{error}");
    assert_eq!(store.fate(&name).await.unwrap(), Some(false));
    assert_eq!(count(&*store, &table("a")).await, 1);
}

#[tokio::test]
async fn types_of_extensions_domains_and_enumerations_are_compared_as_theirs() {
    let db = Database::create(Kind::Postgres).await;
    db.script(
        "CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; CREATE TYPE mood AS ENUM ('sad', 'glad'); \
         CREATE DOMAIN short AS varchar(5) NOT NULL CHECK (VALUE <> 'never'); \
         CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mail ext.citext UNIQUE, m mood, s short, ip inet, u uuid, c char(4)); \
         CREATE TABLE child (id int PRIMARY KEY, mail ext.citext REFERENCES t (mail), u text); \
         INSERT INTO t (mail, m, s, ip, u, c) VALUES ('Ann@x.example', 'sad', 'a', '10.1.2.3', '00000000-0000-0000-0000-00000000000a', 'x'), \
           ('bob@x.example', 'glad', 'b', '2001:db8:1:2::3', '00000000-0000-0000-0000-00000000000b', 'y'); \
         INSERT INTO child VALUES (1, 'ANN@X.example', '00000000-0000-0000-0000-00000000000b')",
    )
    .await;
    let store = db.open(Role::Write).await.unwrap();
    let t = table("t");
    let catalogue = store.introspect(std::slice::from_ref(&t)).await.unwrap();
    let found = &catalogue.tables[&t];
    let of = |name: &str| found.column(name).unwrap();
    assert_eq!(
        (of("mail").kind, of("mail").sql_type.as_str()),
        (ColumnKind::Text, "ext.citext")
    );
    assert_eq!(
        (of("m").kind, of("ip").kind),
        (ColumnKind::Other, ColumnKind::Inet)
    );
    assert_eq!(
        (of("s").kind, of("s").max_length, of("s").nullable),
        (ColumnKind::Text, Some(5), false)
    );
    assert!(
        of("id").generated,
        "an identity that is always generated cannot be set"
    );
    assert!(
        found.checks.iter().any(|check| check.columns == ["s"]),
        "the check of a domain counts"
    );
    let ids = async |filter| store.keys(&keys(&t, filter)).await.unwrap().len();
    let is = |name: &str, value: &str| Condition::Compare {
        column: column(name),
        op: Operator::Equal,
        value: Constant::Text(value.into()),
    };
    assert_eq!(ids(is("mail", "ANN@x.EXAMPLE")).await, 1);
    assert_eq!(ids(is("m", "sad")).await, 1);
    assert_eq!(ids(is("m", "no such mood")).await, 0);
    assert_eq!(ids(is("s", "longer than it may be")).await, 0);
    assert_eq!(ids(is("u", "00000000-0000-0000-0000-00000000000A")).await, 1);
    assert_eq!(ids(is("c", "x")).await, 1);
    let linked = |theirs: &str, ours: &str| Condition::Exists {
        table: table("child"),
        alias: Alias(1),
        on: vec![(ColumnRef::whole(Alias(1), theirs), column(ours))],
        condition: Box::new(Condition::Always),
    };
    assert_eq!(
        store.keys(&keys(&t, linked("mail", "mail"))).await.unwrap(),
        [Key(vec![json!(1)])]
    );
    assert_eq!(
        store.keys(&keys(&t, linked("u", "u"))).await.unwrap(),
        [Key(vec![json!(2)])]
    );
    for name in ["mail", "u", "c", "s", "m"] {
        let by = Keys {
            key: vec![name.into()],
            ..keys(&t, Condition::Always)
        };
        let all = store.keys(&by).await.unwrap();
        assert_eq!(all.len(), 2, "{name}");
        let again = Condition::KeyIn {
            of: Alias(0),
            columns: vec![name.into()],
            keys: all.clone(),
        };
        assert_eq!(
            store
                .keys(&Keys {
                    filter: again,
                    ..by.clone()
                })
                .await
                .unwrap(),
            all,
            "{name}"
        );
        let next = Keys {
            after: Some(all[0].clone()),
            ..by
        };
        assert_eq!(store.keys(&next).await.unwrap(), all[1..], "{name}");
    }
    let due = Condition::Not(Box::new(Condition::Anonymised {
        column: column("ip"),
        by: PostCondition::Network,
    }));
    let change = Change::Update {
        table: t.clone(),
        alias: Alias(0),
        filter: due.clone(),
        set: vec![(column("ip"), NewValue::Network)],
    };
    let mut batch = begin(&*store).await;
    assert_eq!(batch.change(&change).await.unwrap(), 2);
    assert_eq!(batch.change(&change).await.unwrap(), 0);
    batch.commit().await.unwrap();
}

#[tokio::test]
async fn b3_a_deadlock_asks_to_try_again_and_a_held_row_times_out() {
    let db = Database::create(Kind::Postgres).await;
    db.script("CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 1), (2, 1)")
        .await;
    let store = db.open(Role::Write).await.unwrap();
    let lock = |id| Lock::Rows {
        table: table("t"),
        alias: Alias(0),
        key: vec!["id".into()],
        filter: this(id),
        strength: Strength::Change,
    };
    // The application holds row 2 and then wants row 1.
    let script = "BEGIN; SELECT 1 FROM t WHERE id = 2 FOR UPDATE; SELECT pg_sleep(0.6); UPDATE t SET n = 2 WHERE id = 1; COMMIT";
    let (address, base) = (db.address().to_owned(), db.base().to_owned());
    let other = tokio::spawn(async move {
        serment_sql::execute_script(Kind::Postgres, "app", &address, &base, script).await
    });
    let options = BatchOptions {
        lock_timeout: Duration::from_secs(20),
        ..BatchOptions::default()
    };
    let mut batch = store.begin(&options).await.unwrap();
    tokio::time::sleep(Duration::from_millis(250)).await;
    batch.lock(&lock(1)).await.unwrap();
    let ours = batch.lock(&lock(2)).await;
    drop(batch);
    let theirs = other.await.unwrap();
    let error = match (ours, theirs) {
        (Err(error), Ok(())) | (Ok(()), Err(error)) => error,
        other => panic!("one of the two gives way: {other:?}"),
    };
    assert!(matches!(error.failure, Failure::Retry(_)), "{error}");

    let script = "BEGIN; SELECT 1 FROM t WHERE id = 2 FOR UPDATE; SELECT pg_sleep(1); COMMIT";
    let (address, base) = (db.address().to_owned(), db.base().to_owned());
    let other = tokio::spawn(async move {
        serment_sql::execute_script(Kind::Postgres, "app", &address, &base, script).await
    });
    tokio::time::sleep(Duration::from_millis(250)).await;
    let mut batch = begin(&*store).await;
    let error = batch.lock(&lock(2)).await.unwrap_err();
    assert_eq!(error.failure, Failure::LockTimeout);
    drop(batch);
    other.await.unwrap().unwrap();
}

#[tokio::test]
async fn limits_of_statements_and_idleness_are_kept() {
    let db = Database::create(Kind::Postgres).await;
    db.script(
        "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1); \
         CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(5); RETURN OLD; END $$; \
         CREATE TRIGGER slow BEFORE DELETE ON t FOR EACH ROW EXECUTE FUNCTION slow()",
    )
    .await;
    let store = db.open(Role::Write).await.unwrap();
    let options = BatchOptions {
        statement_timeout: Duration::from_millis(200),
        idle_timeout: Duration::from_millis(300),
        ..BatchOptions::default()
    };
    let mut batch = store.begin(&options).await.unwrap();
    assert_eq!(
        batch.change(&delete(&table("t"), 1)).await.unwrap_err().failure,
        Failure::StatementTimeout
    );
    drop(batch);
    let mut batch = store.begin(&options).await.unwrap();
    tokio::time::sleep(Duration::from_millis(700)).await;
    let error = batch
        .keys(&keys(&table("t"), Condition::Always))
        .await
        .unwrap_err();
    assert!(matches!(error.failure, Failure::Cut(_)), "{error}");
    // The fence no longer finds it.
    store.fence(Duration::from_millis(200)).await.unwrap();
}

#[tokio::test]
async fn b1_the_fate_of_a_transaction_is_known_after_its_session_was_ended() {
    let db = Database::create(Kind::Postgres).await;
    db.script("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)")
        .await;
    let store = db.open(Role::Write).await.unwrap();
    let mut batch = begin(&*store).await;
    batch.change(&delete(&table("t"), 1)).await.unwrap();
    let name = batch.transaction().unwrap().to_owned();
    assert_eq!(store.fate(&name).await.unwrap(), None, "still open");
    db.script("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'")
        .await;
    // The connection died under COMMIT: that is not an outcome.
    assert_eq!(batch.commit().await.unwrap(), serment_store::Commit::Unknown);
    // The server cuts the line first and rolls back a moment later: until then the fate is still open.
    let fate = loop {
        match store.fate(&name).await.unwrap() {
            Some(fate) => break fate,
            None => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    };
    assert!(!fate, "rolled back");
    assert_eq!(count(&*store, &table("t")).await, 1);
    assert_eq!(store.fate("99999999999999").await.unwrap(), None);
}

#[tokio::test]
async fn triggers_run_under_the_search_path_of_their_role() {
    let db = Database::create(Kind::Postgres).await;
    db.script(
        "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1); CREATE TABLE log (id int); \
         CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (OLD.id); RETURN OLD; END $$; \
         CREATE TRIGGER note BEFORE DELETE ON t FOR EACH ROW EXECUTE FUNCTION note()",
    )
    .await;
    let store = db.open(Role::Write).await.unwrap();
    let mut batch = begin(&*store).await;
    assert_eq!(batch.change(&delete(&table("t"), 1)).await.unwrap(), 1);
    batch.commit().await.unwrap();
}

#[tokio::test]
async fn b2_a_server_that_only_reads_says_so() {
    let db = Database::create(Kind::Postgres).await;
    let name = db.address().rsplit('/').next().unwrap().to_owned();
    db.script(&format!("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1); ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
    let store = db.open(Role::Write).await.unwrap();
    assert!(store.introspect(&[table("t")]).await.unwrap().standby);
    let reader = db.open(Role::Read).await.unwrap();
    assert!(
        !reader.introspect(&[table("t")]).await.unwrap().standby,
        "for reading it is as good as any"
    );
    let failure = match store.begin(&BatchOptions::default()).await {
        Err(error) => error.failure,
        Ok(mut batch) => batch.change(&delete(&table("t"), 1)).await.unwrap_err().failure,
    };
    assert!(matches!(failure, Failure::ReadOnly(_)), "{failure}");
}

#[tokio::test]
async fn each_thing_that_goes_wrong_when_connecting_has_its_own_error() {
    let db = Database::create(Kind::Postgres).await;
    let place = db.address().rsplit_once('@').unwrap().1.to_owned();
    let server = place.split_once('/').unwrap().0.to_owned();
    let failure = async |address: &str| {
        let opened = serment_sql::open(Kind::Postgres, "crm", address, Role::Read, db.base()).await;
        let error = opened.err().unwrap();
        assert!(!error.to_string().contains("s3cret"), "{error}");
        assert!(error.to_string().starts_with("crm: "));
        error.failure
    };
    assert!(matches!(
        failure(&format!("postgres://nobody_here:s3cret@{place}")).await,
        Failure::Refused(_)
    ));
    assert!(matches!(
        failure(&format!("postgres://postgres:s3cret@{server}/no_such_database")).await,
        Failure::Refused(_)
    ));
    assert!(matches!(
        failure("postgres://u:s3cret@127.0.0.1:1/d").await,
        Failure::Unreachable(_)
    ));
    assert!(matches!(
        failure(&format!("postgres://postgres:s3cret@{place}?sslmode=verify-full")).await,
        Failure::Tls(_)
    ));
    assert!(matches!(
        failure("mysql://u:s3cret@h/d").await,
        Failure::Address(_)
    ));
    assert!(matches!(
        failure("env:SERMENT_NOT_SET").await,
        Failure::Address(_)
    ));
}
