//! The suite of the port, on every database.

use async_trait::async_trait;
use serment_sql::Kind;
use serment_sql::testing::Database;
use serment_store::conformance::{self, Fixture, Maker};
use serment_store::{Role, Store};

struct Ours(Database);

#[async_trait]
impl Fixture for Ours {
    async fn script(&self, script: &str) {
        self.0.script(script).await;
    }

    async fn open(&self, role: Role) -> Box<dyn Store> {
        self.0.open(role).await.expect("the store opens")
    }

    fn swallow_deletes(&self, table: &str) -> String {
        match self.0.kind() {
            Kind::Sqlite => {
                format!("CREATE TRIGGER keep BEFORE DELETE ON {table} BEGIN SELECT RAISE(IGNORE); END")
            }
            Kind::Postgres => format!(
                "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; \
                 CREATE TRIGGER keep BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION keep()"
            ),
            Kind::Mariadb => format!(
                "CREATE TRIGGER keep BEFORE DELETE ON {table} FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'"
            ),
        }
    }

    fn deferred(&self) -> &'static str {
        match self.0.kind() {
            Kind::Mariadb => "",
            _ => "DEFERRABLE INITIALLY DEFERRED",
        }
    }

    fn long_text(&self) -> &'static str {
        match self.0.kind() {
            Kind::Mariadb => "LONGTEXT",
            _ => "TEXT",
        }
    }

    /// MariaDB has no signs above U+FFFF in names.
    fn accepts_name(&self, name: &str) -> bool {
        self.0.kind() != Kind::Mariadb || name.chars().all(|sign| u32::from(sign) <= 0xffff)
    }

    fn longest_name(&self) -> usize {
        match self.0.kind() {
            Kind::Mariadb => 64,
            _ => 63,
        }
    }

    fn one_writer(&self) -> bool {
        self.0.kind() == Kind::Sqlite
    }
}

struct Files;

#[async_trait]
impl Maker for Files {
    async fn make(&self) -> Box<dyn Fixture> {
        Box::new(Ours(Database::create(Kind::Sqlite).await))
    }
}

#[tokio::test]
async fn the_whole_suite_runs_in_one_go() {
    conformance::run_all(&Files).await;
}

macro_rules! tests {
    ($make:expr; $($name:ident),* $(,)?) => {
        $(#[tokio::test]
        async fn $name() {
            conformance::$name(&Ours($make.await)).await;
        })*
    };
}

macro_rules! all_but_keys {
    ($make:expr) => {
        tests! {
            $make;
            logic_has_three_values,
            constants_compare_with_their_own_sort,
            linked_rows_are_found_and_null_links_nothing,
            values_inside_json_are_read_and_changed,
            tallies_count_by_class_and_client,
            keys_are_listed_in_pages,
            b11_hostile_names_are_only_names,
            b11_hostile_values_are_only_values,
            b13_the_closure_of_referrers_agrees_with_a_naive_one,
            b13_composite_self_references_are_followed,
            b13_foreign_keys_are_all_told,
            b5_triggers_and_generated_columns_are_told,
            b5_a_swallowed_delete_shows_in_the_count,
            tables_that_do_not_exist_are_absent,
            every_table_is_listed,
            samples_are_bounded,
            a_wide_table_is_sampled_whole,
            access_is_told_or_said_to_be_unknown,
            anonymised_values_satisfy_their_promise_and_stay,
            each_row_gets_its_own_value,
            a_constraint_refuses_and_nothing_is_kept,
            a_reading_connection_changes_nothing,
            a_dropped_batch_is_rolled_back,
            two_batches_never_run_together,
            progress_is_committed_with_its_batch,
            b4_a_batch_sees_what_was_committed_before_its_locks,
        }
    };
}

macro_rules! all {
    ($make:expr) => {
        all_but_keys!($make);
        tests!($make; keys_of_every_sort_come_back_as_they_went);
    };
}

mod sqlite {
    use super::*;
    all!(Database::create(Kind::Sqlite));
}

mod postgres {
    use super::*;
    all!(Database::create(Kind::Postgres));
}

mod mariadb {
    use super::*;
    all!(Database::with_collation("utf8mb4_nopad_bin"));
}

/// With the collation of a server that nobody set up: `é` is `e` there, so that the keys of the suite would be one.
mod mariadb_by_default {
    use super::*;
    all_but_keys!(Database::create(Kind::Mariadb));
}
