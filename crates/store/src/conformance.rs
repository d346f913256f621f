//! The behaviour that every adapter shares, as tests that an adapter runs on databases of its own.
//!
//! Each function panics where the behaviour differs. [`run_all`] runs them one after the other; an adapter may rather
//! make a test of each. Schemas are written in the SQL that the databases share.

mod batches;
mod catalogues;
mod changes;
mod conditions;
mod hostile;
mod keys;
mod referrers;
mod survey;

use async_trait::async_trait;
use serde_json::Value;

use crate::catalogue::TableName;
use crate::condition::{Alias, ColumnRef, Condition, Constant, Key, Operator};
use crate::query::{Field, Keys, Rows};
use crate::{BatchOptions, Failure, Role, Store};

pub use batches::*;
pub use catalogues::*;
pub use changes::*;
pub use conditions::*;
pub use hostile::*;
pub use keys::*;
pub use referrers::*;
pub use survey::*;

/// An empty database of its own, for one test.
#[async_trait]
pub trait Fixture: Send + Sync {
    /// Runs statements as the owner of the database.
    async fn script(&self, script: &str);

    /// Opens a store on it.
    async fn open(&self, role: Role) -> Box<dyn Store>;

    /// The statements that make a trigger which keeps every row of a table from being deleted: without an error, where
    /// the database lets a trigger do so.
    fn swallow_deletes(&self, table: &str) -> String;

    /// What follows a foreign key whose check waits until COMMIT; empty where none can.
    fn deferred(&self) -> &'static str {
        "DEFERRABLE INITIALLY DEFERRED"
    }

    /// The type of text of any length.
    fn long_text(&self) -> &'static str {
        "TEXT"
    }

    /// Whether a table may have this name, quoted.
    fn accepts_name(&self, _name: &str) -> bool {
        true
    }

    /// How long a string of this length in a name may be.
    fn longest_name(&self) -> usize {
        63
    }

    /// Whether a row that one batch locked can be read by another connection's batch at the same time: true where only
    /// one batch is possible at all.
    fn one_writer(&self) -> bool;
}

/// Makes databases.
#[async_trait]
pub trait Maker: Send + Sync {
    /// A new empty database.
    async fn make(&self) -> Box<dyn Fixture>;
}

/// Runs everything.
///
/// # Panics
/// Where the adapter behaves otherwise.
pub async fn run_all(maker: &dyn Maker) {
    logic_has_three_values(&*maker.make().await).await;
    constants_compare_with_their_own_sort(&*maker.make().await).await;
    linked_rows_are_found_and_null_links_nothing(&*maker.make().await).await;
    values_inside_json_are_read_and_changed(&*maker.make().await).await;
    tallies_count_by_class_and_client(&*maker.make().await).await;
    keys_of_every_sort_come_back_as_they_went(&*maker.make().await).await;
    keys_are_listed_in_pages(&*maker.make().await).await;
    b11_hostile_names_are_only_names(&*maker.make().await).await;
    b11_hostile_values_are_only_values(&*maker.make().await).await;
    b13_the_closure_of_referrers_agrees_with_a_naive_one(&*maker.make().await).await;
    b13_composite_self_references_are_followed(&*maker.make().await).await;
    b13_foreign_keys_are_all_told(&*maker.make().await).await;
    b5_triggers_and_generated_columns_are_told(&*maker.make().await).await;
    b5_a_swallowed_delete_shows_in_the_count(&*maker.make().await).await;
    tables_that_do_not_exist_are_absent(&*maker.make().await).await;
    every_table_is_listed(&*maker.make().await).await;
    samples_are_bounded(&*maker.make().await).await;
    a_wide_table_is_sampled_whole(&*maker.make().await).await;
    access_is_told_or_said_to_be_unknown(&*maker.make().await).await;
    anonymised_values_satisfy_their_promise_and_stay(&*maker.make().await).await;
    each_row_gets_its_own_value(&*maker.make().await).await;
    a_constraint_refuses_and_nothing_is_kept(&*maker.make().await).await;
    a_reading_connection_changes_nothing(&*maker.make().await).await;
    a_dropped_batch_is_rolled_back(&*maker.make().await).await;
    two_batches_never_run_together(&*maker.make().await).await;
    progress_is_committed_with_its_batch(&*maker.make().await).await;
    b4_a_batch_sees_what_was_committed_before_its_locks(&*maker.make().await).await;
}

pub(crate) const ROW: Alias = Alias(0);

pub(crate) fn table(name: &str) -> TableName {
    TableName {
        schema: None,
        name: name.to_owned(),
    }
}

pub(crate) fn column(name: &str) -> ColumnRef {
    ColumnRef::whole(ROW, name)
}

pub(crate) fn compare(name: &str, op: Operator, value: Constant) -> Condition {
    Condition::Compare {
        column: column(name),
        op,
        value,
    }
}

pub(crate) fn equals(name: &str, value: i64) -> Condition {
    compare(name, Operator::Equal, Constant::Integer(value))
}

pub(crate) fn text(value: &str) -> Constant {
    Constant::Text(value.to_owned())
}

pub(crate) fn keys_of(name: &str, key: &[&str], filter: Condition) -> Keys {
    Keys {
        table: table(name),
        alias: ROW,
        key: key.iter().map(|part| (*part).to_owned()).collect(),
        filter,
        after: None,
        limit: 0,
    }
}

/// The numbers of the rows of a table whose key is `id`.
pub(crate) async fn ids(store: &dyn Store, name: &str, filter: Condition) -> Vec<i64> {
    let id = |key: &Key| key.0[0].as_i64().expect("a whole number");
    let keys = store
        .keys(&keys_of(name, &["id"], filter.clone()))
        .await
        .expect("keys are listed");
    let found: Vec<i64> = keys.iter().map(id).collect();
    // An adapter may compute once what several conditions of a question share: that changes no answer.
    let holds = Condition::Holds(Box::new(filter));
    let other = Condition::IsNull(column("id"));
    let read = vec![
        Field::Condition(Condition::Any(vec![holds.clone(), other.clone()])),
        Field::Condition(Condition::All(vec![
            holds.clone(),
            Condition::Not(Box::new(other.clone())),
        ])),
        Field::Condition(Condition::Not(Box::new(Condition::Any(vec![other, holds])))),
    ];
    let rows = Rows {
        keys: keys_of(name, &["id"], Condition::Always),
        read,
    };
    for row in store.rows(&rows).await.expect("rows are read") {
        let is = Value::Bool(found.contains(&id(&row.key)));
        let is_not = Value::Bool(!found.contains(&id(&row.key)));
        assert_eq!(row.fields, [is.clone(), is, is_not], "of {:?}", row.key);
    }
    found
}

/// One column of every row, in key order.
pub(crate) async fn values(store: &dyn Store, name: &str, read: ColumnRef) -> Vec<Value> {
    let rows = Rows {
        keys: keys_of(name, &["id"], Condition::Always),
        read: vec![Field::Column(read)],
    };
    let rows = store.rows(&rows).await.expect("rows are read");
    rows.into_iter().map(|mut row| row.fields.remove(0)).collect()
}

pub(crate) fn key(parts: &[Value]) -> Key {
    Key(parts.to_vec())
}

pub(crate) fn key_in(columns: &[&str], keys: Vec<Key>) -> Condition {
    Condition::KeyIn {
        of: ROW,
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        keys,
    }
}

/// Short limits: tests wait for them.
pub(crate) fn quick() -> BatchOptions {
    BatchOptions {
        lock_timeout: std::time::Duration::from_millis(200),
        ..BatchOptions::default()
    }
}

pub(crate) fn is_constraint(failure: &Failure) -> bool {
    matches!(failure, Failure::Constraint(_))
}
