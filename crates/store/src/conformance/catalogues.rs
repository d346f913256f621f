//! Introspection.

use super::{Fixture, ROW, table};
use crate::Role;
use crate::catalogue::{Action, ColumnKind, TableKind};
use crate::condition::Condition;
use crate::query::Change;

/// Self-referencing, composite, deferred and cascading keys, and those of tables that nobody asked for.
pub async fn b13_foreign_keys_are_all_told(fixture: &dyn Fixture) {
    let deferred = fixture.deferred();
    fixture
        .script(
            &format!("CREATE TABLE p (a INTEGER NOT NULL, b INTEGER NOT NULL, up_a INTEGER, up_b INTEGER, code VARCHAR(9) NOT NULL UNIQUE, PRIMARY KEY (a, b), FOREIGN KEY (up_a, up_b) REFERENCES p (a, b)); \
             CREATE TABLE c1 (id INTEGER PRIMARY KEY, pa INTEGER, pb INTEGER, FOREIGN KEY (pa, pb) REFERENCES p (a, b) ON DELETE CASCADE ON UPDATE SET NULL); \
             CREATE TABLE c2 (id INTEGER PRIMARY KEY, code VARCHAR(9) REFERENCES p (code) ON DELETE SET NULL {deferred}); \
             CREATE TABLE c3 (id INTEGER PRIMARY KEY, code VARCHAR(9) REFERENCES p (code) ON DELETE RESTRICT)"),
        )
        .await;
    let store = fixture.open(Role::Read).await;
    let catalogue = store.introspect(&[table("p")]).await.expect("introspected");
    let p = &catalogue.tables[&table("p")];
    assert_eq!(p.kind, TableKind::Table);
    assert_eq!(p.primary_key, ["a", "b"]);
    assert!(
        p.is_unique(&["code".into()])
            && p.is_unique(&["a".into(), "b".into()])
            && !p.is_unique(&["a".into()])
    );
    assert_eq!(p.foreign_keys.len(), 1);
    assert_eq!(p.foreign_keys[0].columns, ["up_a", "up_b"]);
    assert_eq!(p.foreign_keys[0].target_columns, ["a", "b"]);
    assert!(
        catalogue
            .referenced_by
            .iter()
            .all(|key| key.enforced && key.target == table("p"))
    );
    let by = |name: &str| {
        let mut found = catalogue
            .referenced_by
            .iter()
            .filter(|key| key.table == table(name));
        let key = found.next().unwrap_or_else(|| panic!("{name} refers to p"));
        assert!(found.next().is_none());
        key
    };
    // What a key that says nothing does has two names where the two are one.
    assert!(matches!(by("p").on_delete, Action::NoAction | Action::Restrict));
    assert_eq!(
        (by("c1").on_delete, by("c1").on_update),
        (Action::Cascade, Action::SetNull)
    );
    assert_eq!(by("c1").columns, ["pa", "pb"]);
    assert_eq!(
        (by("c2").on_delete, by("c2").deferrable),
        (Action::SetNull, !deferred.is_empty())
    );
    assert_eq!(
        (by("c3").on_delete, by("c3").deferrable),
        (Action::Restrict, false)
    );
    assert_eq!(by("c3").target_columns, ["code"]);
}

/// What a delete or an update sets off, and what cannot be set.
pub async fn b5_triggers_and_generated_columns_are_told(fixture: &dyn Fixture) {
    fixture
        .script(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(20) NOT NULL, n INTEGER, twice INTEGER GENERATED ALWAYS AS (n * 2) STORED, at DATE, \
               CONSTRAINT small CHECK (n < 10)); \
             CREATE VIEW seen AS SELECT id FROM t",
        )
        .await;
    fixture.script(&fixture.swallow_deletes("t")).await;
    let store = fixture.open(Role::Write).await;
    let catalogue = store
        .introspect(&[table("t"), table("seen")])
        .await
        .expect("introspected");
    let t = &catalogue.tables[&table("t")];
    assert_eq!(t.triggers.len(), 1);
    assert!(t.triggers[0].on_delete && !t.triggers[0].on_update);
    assert!(!t.triggers[0].source.is_empty());
    let column = |name: &str| t.column(name).expect("the column");
    assert!(column("twice").generated && !column("a").generated);
    assert!(!column("a").nullable && column("n").nullable && !column("id").nullable);
    assert_eq!(column("a").kind, ColumnKind::Text);
    assert_eq!(column("n").kind, ColumnKind::Integer);
    assert_eq!(column("at").kind, ColumnKind::Date);
    assert_eq!(t.checks.len(), 1);
    assert_eq!(
        (t.checks[0].name.as_str(), t.checks[0].columns.as_slice()),
        ("small", &["n".to_owned()][..])
    );
    assert!(t.privileges.select && t.privileges.update && t.privileges.delete && t.privileges.lock);
    assert_eq!(catalogue.tables[&table("seen")].kind, TableKind::View);
    assert!(!catalogue.standby && !catalogue.server.is_empty() && !catalogue.database.is_empty());
}

/// A trigger that keeps rows is seen: in the number of rows changed when it is silent, else in its refusal.
pub async fn b5_a_swallowed_delete_shows_in_the_count(fixture: &dyn Fixture) {
    fixture
        .script("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2)")
        .await;
    fixture.script(&fixture.swallow_deletes("t")).await;
    let store = fixture.open(Role::Write).await;
    let mut batch = store.begin(&super::quick()).await.expect("a batch");
    let change = Change::Delete {
        table: table("t"),
        alias: ROW,
        filter: Condition::Always,
    };
    match batch.change(&change).await {
        Ok(changed) => assert_eq!(changed, 0),
        Err(error) => assert!(super::is_constraint(&error.failure), "{error}"),
    }
    batch.rollback().await.expect("rolled back");
    assert_eq!(super::ids(&*store, "t", Condition::Always).await, [1, 2]);
}

/// Absent tables are absent from the catalogue, and asking for their rows says that they are missing.
pub async fn tables_that_do_not_exist_are_absent(fixture: &dyn Fixture) {
    let store = fixture.open(Role::Read).await;
    let catalogue = store.introspect(&[table("absent")]).await.expect("introspected");
    assert!(catalogue.tables.is_empty() && catalogue.referenced_by.is_empty());
    let elsewhere = crate::catalogue::TableName {
        schema: Some("elsewhere".into()),
        name: "t".into(),
    };
    fixture.script("CREATE TABLE t (id INTEGER PRIMARY KEY)").await;
    let catalogue = store.introspect(&[elsewhere]).await.expect("introspected");
    assert!(
        catalogue.tables.is_empty(),
        "the same name in another schema is another table"
    );
    let error = store
        .keys(&super::keys_of("absent", &["id"], Condition::Always))
        .await
        .expect_err("missing");
    assert!(matches!(error.failure, crate::Failure::Missing(_)), "{error}");
}
