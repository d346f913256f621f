//! What a store can be asked by someone who does not know it yet.

use super::{Fixture, table};
use crate::Role;
use crate::survey::{Grants, Sample};

/// Tables and views are listed, with whatever names they have; our own table of progress is not.
pub async fn every_table_is_listed(fixture: &dyn Fixture) {
    fixture
        .script(
            "CREATE TABLE b (id INTEGER PRIMARY KEY); CREATE TABLE \"Odd name; 'x'\" (id INTEGER PRIMARY KEY); \
             CREATE VIEW v AS SELECT id FROM b; CREATE TABLE serment_progress (id INTEGER)",
        )
        .await;
    let store = fixture.open(Role::Read).await;
    let mut names: Vec<String> = store
        .tables()
        .await
        .expect("listed")
        .into_iter()
        .map(|found| found.name)
        .collect();
    names.sort();
    assert_eq!(names, ["Odd name; 'x'", "b", "v"]);
}

/// No more rows and no more characters than were asked for, from either end, and NULL is nothing.
pub async fn samples_are_bounded(fixture: &dyn Fixture) {
    let long = "é".repeat(300);
    let mut script =
        String::from("CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(400), n INTEGER, at DATE);");
    for id in 1..=40 {
        script.push_str(&format!(
            "INSERT INTO t VALUES ({id}, '{id} {long}', NULL, '2024-02-{:02}');",
            id % 28 + 1
        ));
    }
    fixture.script(&script).await;
    let store = fixture.open(Role::Read).await;
    let sample = Sample {
        table: table("t"),
        columns: ["id", "a", "n", "at"].map(str::to_owned).to_vec(),
        order: vec!["id".into()],
        last: false,
        rows: 5,
        characters: 10,
    };
    let first = store.sample(&sample).await.expect("sampled");
    assert_eq!(first.len(), 5);
    assert_eq!(
        first[0],
        [
            Some("1".into()),
            Some("1 éééééééé".to_owned()),
            None,
            Some("2024-02-02".into())
        ]
    );
    let sample = Sample { last: true, ..sample };
    let last = store.sample(&sample).await.expect("sampled");
    assert_eq!(last[0][0].as_deref(), Some("40"));
    let sample = Sample {
        order: Vec::new(),
        columns: vec!["id".into()],
        rows: 1_000,
        ..sample
    };
    assert_eq!(store.sample(&sample).await.expect("sampled").len(), 40);
    let absent = Sample {
        columns: vec!["absent".into()],
        ..sample
    };
    let error = store.sample(&absent).await.expect_err("missing");
    assert!(matches!(error.failure, crate::Failure::Missing(_)), "{error}");
}

/// Three hundred columns are more than a function takes.
pub async fn a_wide_table_is_sampled_whole(fixture: &dyn Fixture) {
    let names: Vec<String> = (0..300).map(|number| format!("c{number}")).collect();
    let columns: Vec<String> = names.iter().map(|name| format!("{name} INTEGER")).collect();
    let values: Vec<String> = (0..300).map(|number| number.to_string()).collect();
    fixture
        .script(&format!(
            "CREATE TABLE wide ({}); INSERT INTO wide VALUES ({})",
            columns.join(", "),
            values.join(", ")
        ))
        .await;
    let store = fixture.open(Role::Read).await;
    let sample = Sample {
        table: table("wide"),
        columns: names,
        order: Vec::new(),
        last: false,
        rows: 2,
        characters: 20,
    };
    let rows = store.sample(&sample).await.expect("sampled");
    assert_eq!(rows.len(), 1);
    let read: Vec<String> = rows[0].iter().flatten().cloned().collect();
    assert_eq!(read, values);
}

/// A store says whom it lets in, or that it knows nobody, or that we may not know.
pub async fn access_is_told_or_said_to_be_unknown(fixture: &dyn Fixture) {
    fixture.script("CREATE TABLE t (id INTEGER PRIMARY KEY)").await;
    let store = fixture.open(Role::Read).await;
    let access = store.access(&[table("t")]).await.expect("told");
    assert!(access.local, "the servers of the tests are here");
    match access.grants {
        Grants::NoRoles => assert_eq!(access.encrypted, None),
        Grants::Hidden(why) => assert!(!why.en.is_empty()),
        Grants::Told(grants) => {
            assert!(!grants.is_empty(), "the owner at least");
            assert!(grants.iter().all(|grant| grant.table == table("t")));
        }
    }
}
