//! B5 and B6: a store that does not do what it is told, or does not show what it holds. It is refused or qualified, and
//! never called erased.

use serment_keep::outcome::Code;
use serment_keep::{KeepError, Report};
use serment_sql::Kind;

use crate::people::SMALL;
use crate::world::{Foreign, Opened, World, lean};

const RULE: &str = "sales.customers_3y";

/// A shop whose register vouches for these triggers of customers.
async fn shop(kind: Kind, vouched: &'static [&'static str]) -> World {
    let world = World::changed(kind, Foreign::Keys, true, &|file| {
        let triggers: String = vouched
            .iter()
            .map(|name| format!("{name} = \"harmless, they said\"\n"))
            .collect();
        lean(file).replace(
            "[table.customers.columns]",
            &format!("[table.customers.triggers]\n{triggers}[table.customers.columns]"),
        )
    })
    .await;
    world.script(SMALL).await;
    world
}

/// Whether the approval is refused, with these words among the reasons.
async fn refused(opened: &Opened<'_>, words: &[&str]) {
    match opened.try_approve(RULE, &[]).await {
        Err(KeepError::NotApprovable { why, .. }) => {
            for word in words {
                assert!(why.en.contains(word), "{word}: {why:?}");
            }
        }
        other => panic!("{words:?}: {other:?}"),
    }
}

/// Rows of customers and what became of them, as told.
fn told(report: &Report) -> Vec<(&'static str, u64)> {
    let mut told: Vec<_> = report
        .outcomes
        .iter()
        .map(|recorded| &recorded.outcome)
        .filter(|outcome| outcome.table == "shop.customers" && outcome.effect == "erase")
        .map(|outcome| (outcome.outcome.word(), outcome.rows))
        .collect();
    told.sort_unstable();
    told
}

/// A trigger of PostgreSQL on customers.
fn trigger(name: &str, when: &str, body: &str) -> String {
    format!(
        "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$;
         CREATE TRIGGER {name} {when} ON customers FOR EACH ROW EXECUTE FUNCTION {name}();"
    )
}

#[tokio::test]
async fn b5_on_postgres_what_stands_between_a_delete_and_its_row_is_refused() {
    for (script, word) in [
        (trigger("swallow", "BEFORE DELETE", "RETURN NULL;"), "swallow"),
        (
            trigger(
                "audit",
                "AFTER DELETE",
                "INSERT INTO copies VALUES (old.name); RETURN NULL;",
            ),
            "audit",
        ),
        (
            "CREATE RULE softly AS ON DELETE TO customers DO INSTEAD
                 UPDATE customers SET account = 'gone' WHERE id = old.id"
                .to_owned(),
            "softly",
        ),
        (
            "CREATE RULE also AS ON DELETE TO customers DO ALSO INSERT INTO copies VALUES (old.name)"
                .to_owned(),
            "also",
        ),
        (
            "ALTER TABLE customers RENAME TO people;
             CREATE VIEW customers AS SELECT * FROM people"
                .to_owned(),
            "shop.customers",
        ),
        (
            "ALTER TABLE customers RENAME TO people;
             CREATE VIEW customers AS SELECT * FROM people;
             CREATE FUNCTION instead() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN old; END';
             CREATE TRIGGER instead INSTEAD OF DELETE ON customers FOR EACH ROW EXECUTE FUNCTION instead();"
                .to_owned(),
            "shop.customers",
        ),
    ] {
        let world = shop(Kind::Postgres, &[]).await;
        world.script("CREATE TABLE copies (name TEXT)").await;
        world.script(&script).await;
        refused(&world.open().await, &[word]).await;
    }
}

#[tokio::test]
async fn b5_on_sqlite_a_view_with_a_trigger_instead_of_a_delete_is_refused() {
    let world = shop(Kind::Sqlite, &["instead"]).await;
    world
        .script(
            "ALTER TABLE customers RENAME TO people;
             CREATE VIEW customers AS SELECT * FROM people;
             CREATE TRIGGER instead INSTEAD OF DELETE ON customers BEGIN SELECT 1; END;",
        )
        .await;
    refused(&world.open().await, &["shop.customers"]).await;
}

/// A trigger that somebody vouched for in error.
async fn vouched(kind: Kind, script: &str) -> (World, Report) {
    let world = shop(kind, &["vouched"]).await;
    world.script("CREATE TABLE copies (name TEXT)").await;
    world.script(script).await;
    let opened = world.open().await;
    opened.approve(RULE).await;
    let report = opened.keep().await;
    assert!(!report.is_clean(), "{report:#?}");
    opened.state.close().await;
    drop(opened.journal);
    (world, report)
}

#[tokio::test]
async fn b5_on_postgres_a_trigger_vouched_for_in_error_that_swallows_deletes_is_found_out() {
    for body in [
        "RETURN NULL;",
        // Softly.
        "UPDATE customers SET account = 'gone' WHERE id = old.id; RETURN NULL;",
        // One row of several.
        "IF old.id = 2 THEN RETURN NULL; END IF; RETURN old;",
    ] {
        let (world, report) = vouched(Kind::Postgres, &trigger("vouched", "BEFORE DELETE", body)).await;
        assert_eq!(report.blocked[0].why.code, Code::Rehearsal, "{body}: {report:#?}");
        assert_eq!(report.rows(), 0, "{body}: {report:#?}");
        assert_eq!(world.ids("customers").await, [1, 2, 3, 4, 5, 6], "{body}");
        assert_eq!(world.ids("notes").await, [1, 2, 3, 4], "{body}");
    }
}

#[tokio::test]
async fn b5_a_trigger_vouched_for_in_error_that_puts_rows_back_is_found_by_reading_again() {
    let put_back = "INSERT INTO customers VALUES (old.id, old.account, old.name, old.email, old.closed_on, old.last_contact_on);";
    let scripts = [
        (
            Kind::Postgres,
            trigger("vouched", "AFTER DELETE", &format!("{put_back} RETURN NULL;")),
        ),
        (
            Kind::Sqlite,
            format!("CREATE TRIGGER vouched AFTER DELETE ON customers BEGIN {put_back} END;"),
        ),
    ];
    for (kind, script) in scripts {
        let (world, report) = vouched(kind, &script).await;
        assert!(
            told(&report).iter().all(|(word, _)| *word == "unverified"),
            "{kind:?}: {report:#?}"
        );
        assert_eq!(world.ids("customers").await, [1, 2, 3, 4, 5, 6], "{kind:?}");
    }
}

/// A role of the server for one test.
struct Role(String);

impl Role {
    async fn login(world: &World, options: &str) -> Self {
        let (_, database) = world.database.address().rsplit_once('/').unwrap();
        let role = Self(format!("{}_clerk", database.split('?').next().unwrap()));
        world
            .script(&format!(
                "DROP ROLE IF EXISTS {0}; CREATE ROLE {0} LOGIN {options};
                 GRANT SELECT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {0};
                 GRANT CREATE ON SCHEMA public TO {0}",
                role.0
            ))
            .await;
        role
    }

    async fn leave(self, world: &World) {
        world
            .script(&format!("DROP OWNED BY {0} CASCADE; DROP ROLE {0}", self.0))
            .await;
    }
}

/// A shop that Serment reaches as a clerk.
async fn as_clerk(options: &str, script: &str) -> (World, Role) {
    let mut world = shop(Kind::Postgres, &[]).await;
    let role = Role::login(&world, options).await;
    world.script(&script.replace("clerk", &role.0)).await;
    world.stores.address = world.database.address_of(&role.0);
    (world, role)
}

#[tokio::test]
async fn b6_rows_that_a_policy_hides_are_refused_and_a_role_that_sees_them_is_not() {
    for table in ["customers", "notes", "invoices"] {
        let policy = format!(
            "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; CREATE POLICY partly ON {table} USING (id > 2)"
        );
        let (world, role) = as_clerk("", &policy).await;
        refused(&world.open().await, &[table]).await;
        role.leave(&world).await;
        if table == "customers" {
            let (world, role) = as_clerk("BYPASSRLS", &policy).await;
            let opened = world.open().await;
            opened.approve(RULE).await;
            let report = opened.keep().await;
            assert!(report.is_clean(), "{report:#?}");
            assert!(!world.ids("customers").await.contains(&1), "{report:#?}");
            opened.state.close().await;
            role.leave(&world).await;
        }
    }
}

#[tokio::test]
async fn b6_a_policy_that_comes_after_the_approval_hides_nothing_from_what_is_told() {
    let (world, role) = as_clerk("", "").await;
    let opened = world.open().await;
    opened.approve(RULE).await;
    world
        .script("ALTER TABLE customers ENABLE ROW LEVEL SECURITY; CREATE POLICY partly ON customers USING (false)")
        .await;
    let report = opened.keep().await;
    assert_eq!(report.blocked[0].why.code, Code::Obstacle, "{report:#?}");
    assert!(
        !report
            .outcomes
            .iter()
            .any(|recorded| matches!(recorded.outcome.outcome.word(), "nothing_found" | "erased")),
        "{report:#?}"
    );
    assert!(!report.is_clean() || !report.observed.is_empty(), "{report:#?}");
    let (told, report_rows) = (opened.told().await, report.rows());
    assert_eq!(report_rows, 0, "{told:?}");
    opened.state.close().await;
    role.leave(&world).await;
}

#[tokio::test]
async fn b6_a_role_that_may_not_do_all_of_it_is_refused() {
    for (script, words) in [
        ("REVOKE DELETE ON notes FROM clerk", ["shop.notes", "DELETE"]),
        (
            "REVOKE DELETE ON customers FROM clerk",
            ["shop.customers", "DELETE"],
        ),
        (
            "REVOKE UPDATE ON customers FROM clerk",
            ["shop.customers", "UPDATE"],
        ),
        (
            "REVOKE SELECT ON customers FROM clerk; GRANT SELECT (id, account, last_contact_on) ON customers TO clerk",
            ["shop.customers", "SELECT"],
        ),
        (
            "REVOKE SELECT ON invoices FROM clerk",
            ["shop.invoices", "SELECT"],
        ),
    ] {
        let (world, role) = as_clerk("", script).await;
        let opened = world.open().await;
        refused(&opened, &words).await;
        let report = opened.keep().await;
        assert!(report.outcomes.is_empty(), "{script}: {report:#?}");
        opened.state.close().await;
        role.leave(&world).await;
    }
}

#[tokio::test]
async fn b6_tables_of_that_name_in_the_search_path_of_the_role_are_not_taken_for_ours() {
    let decoy = "CREATE SCHEMA decoy AUTHORIZATION clerk; SET ROLE clerk;
         CREATE TABLE decoy.customers AS TABLE customers; CREATE TABLE decoy.notes AS TABLE notes;
         RESET ROLE; ALTER ROLE clerk SET search_path = decoy, public";
    let (world, role) = as_clerk("", decoy).await;
    world
        .script("CREATE TABLE counted (n bigint); INSERT INTO counted SELECT count(*) FROM decoy.customers")
        .await;
    let opened = world.open().await;
    opened.approve(RULE).await;
    let report = opened.keep().await;
    assert!(report.is_clean(), "{report:#?}");
    assert!(!world.ids("customers").await.contains(&1), "{report:#?}");
    world
        .script(
            "DO $$ BEGIN
                 IF (SELECT count(*) FROM decoy.customers) <> (SELECT n FROM counted) THEN
                     RAISE EXCEPTION 'the other table was changed';
                 END IF;
             END $$",
        )
        .await;
    opened.state.close().await;
    role.leave(&world).await;
}
