//! What a plan covers, locks and refuses.

mod support;

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use serment_plan::Plan;
use serment_plan::locks::{locked_tables, locks};
use serment_plan::steps::{Effect, What};
use serment_register::model::RuleId;
use serment_store::catalogue::{Catalogue, Hindrance, Table, TableKind, Trigger};
use serment_store::query::{Lock, Strength};
use support::{ACTIVITY, STORE, catalogue, foreign_key, name, plan_at, register};

const DAY: Date = date(2026, 11, 22);

fn shop() -> Plan {
    plan_at(&register(ACTIVITY, STORE), catalogue(), DAY)
}

fn changed(change: impl FnOnce(&mut Catalogue)) -> Plan {
    let mut catalogue = catalogue();
    change(&mut catalogue);
    plan_at(&register(ACTIVITY, STORE), catalogue, DAY)
}

fn with_table(table: &str, change: impl FnOnce(&mut Table)) -> Plan {
    changed(|catalogue| change(catalogue.tables.get_mut(&name(table)).unwrap()))
}

fn rule(plan: &Plan, id: &str) -> serment_plan::PlannedRule {
    plan.rule(&RuleId(id.to_owned())).unwrap().clone()
}

fn obstacles(plan: &Plan) -> String {
    let obstacles = rule(plan, "sales.customers_3y").obstacles;
    let said: Vec<String> = obstacles
        .into_iter()
        .map(|obstacle| format!("{} {}", obstacle.what.en, obstacle.source.unwrap_or_default()))
        .collect();
    said.join("\n")
}

#[test]
fn a_healthy_shop_has_no_obstacle() {
    let plan = shop();
    assert!(
        plan.rules.iter().all(|rule| rule.obstacles.is_empty()),
        "{:#?}",
        plan.rules
    );
}

#[test]
fn what_refers_goes_before_what_is_referred_to() {
    let order: Vec<String> = shop()
        .families
        .iter()
        .map(|family| family.root.to_string())
        .collect();
    assert_eq!(order, ["shop.invoices", "shop.customers"]);
}

#[test]
fn a_customer_under_an_invoice_is_reduced_to_what_the_invoice_needs() {
    let plan = shop();
    let cleared: Vec<(Effect, Vec<String>)> = plan
        .changes()
        .filter(|(_, change)| change.table.to_string() == "shop.customers")
        .filter_map(|(_, change)| match &change.what {
            What::Set(columns) => Some((
                change.effect,
                columns.iter().map(|(path, _)| path.to_string()).collect(),
            )),
            What::Delete => None,
        })
        .collect();
    // The name waits for the invoice in a group of its own; keys, and what the rule reads, never leave.
    assert_eq!(
        cleared,
        [
            (Effect::Reduce, vec!["email".to_owned()]),
            (Effect::Reduce, vec!["name".to_owned()])
        ]
    );
}

#[test]
fn notes_whose_dates_the_rule_reads_go_with_their_customer_and_never_before() {
    let plan = shop();
    let erased: Vec<(String, Vec<String>)> = plan
        .families
        .iter()
        .flat_map(|family| &family.steps)
        .filter(|step| step.effect == Effect::Erase)
        .map(|step| {
            (
                step.id.clone(),
                step.changes
                    .iter()
                    .map(|change| change.table.to_string())
                    .collect(),
            )
        })
        .collect();
    assert_eq!(
        erased,
        [
            ("shop.invoices erase".to_owned(), vec!["shop.invoices".to_owned()]),
            (
                "shop.customers erase".to_owned(),
                vec!["shop.notes".to_owned(), "shop.customers".to_owned()]
            ),
        ]
    );
}

#[test]
fn b10_the_hash_covers_rules_catalogue_and_steps_and_neither_dates_nor_counts() {
    let plan = shop();
    let hash = |plan: &Plan| rule(plan, "sales.customers_3y").hash;
    let same = |other: &Plan| assert_eq!(hash(other), hash(&plan));
    same(&plan_at(
        &register(ACTIVITY, STORE),
        catalogue(),
        date(2031, 2, 28),
    ));
    same(&with_table("customers", |table| table.estimated_rows = 5_000_000));
    same(&plan_at(
        &register(&ACTIVITY.replace("keep  = ", "keep    =   "), STORE),
        catalogue(),
        DAY,
    ));
    let other = |other: &Plan| assert_ne!(hash(other), hash(&plan));
    other(&plan_at(
        &register(&ACTIVITY.replace("\"3 years\"", "\"2 years\""), STORE),
        catalogue(),
        DAY,
    ));
    other(&plan_at(
        &register(&ACTIVITY.replace("while = [\"active\"]", ""), STORE),
        catalogue(),
        DAY,
    ));
    other(&plan_at(
        &register(ACTIVITY, &STORE.replace("closed_at is null or ", "")),
        catalogue(),
        DAY,
    ));
    other(&plan_at(
        &register(ACTIVITY, &STORE.replace("\"contact.email\"", "\"identity.name\"")),
        catalogue(),
        DAY,
    ));
    other(&with_table("customers", |table| {
        table.columns[2].nullable = false
    }));
    other(&with_table("notes", |table| {
        table.columns[3].sql_type = "VARCHAR".to_owned()
    }));
    other(&changed(|catalogue| catalogue.referenced_by.clear()));
}

#[test]
fn every_row_that_a_condition_reads_is_locked() {
    let plan = shop();
    let catalogue = catalogue();
    let step = plan
        .families
        .iter()
        .flat_map(|family| &family.steps)
        .find(|step| step.id == "shop.customers erase");
    let locks = locks(step.unwrap(), &catalogue, &[]);
    let rows: BTreeSet<String> = locks
        .iter()
        .map(|lock| match lock {
            Lock::Rows { table, strength, .. } => {
                assert_eq!(
                    *strength,
                    Strength::Change,
                    "a row that may gain a child must stop it"
                );
                table.name.clone()
            }
            Lock::Table(table) => panic!("{} has a foreign key: no need to lock it whole", table.name),
        })
        .collect();
    assert_eq!(rows, ["customers", "invoices", "notes"].map(str::to_owned).into());
    assert!(matches!(&locks[0], Lock::Rows { table, .. } if table.name == "customers"));
}

#[test]
fn b4_without_a_foreign_key_both_tables_are_locked() {
    let mut catalogue = catalogue();
    catalogue.tables.get_mut(&name("notes")).unwrap().foreign_keys[0].enforced = false;
    let plan = plan_at(&register(ACTIVITY, STORE), catalogue.clone(), DAY);
    let steps = plan.families.iter().flat_map(|family| &family.steps);
    let locked: BTreeSet<String> = steps
        .flat_map(|step| locked_tables(step, &catalogue))
        .map(|table| table.name)
        .collect();
    // Both ways: a new note could appear under a customer, a new customer above a note.
    assert_eq!(locked, ["customers", "notes"].map(str::to_owned).into());
}

#[test]
fn b5_tables_about_which_nothing_can_be_promised_are_refused() {
    for (hindrance, word) in [
        (Hindrance::NoTransactions("MyISAM".to_owned()), "InnoDB"),
        (Hindrance::KeepsHistory, "DELETE HISTORY"),
        (Hindrance::HiddenReferrers, "PROCESS"),
    ] {
        let plan = with_table("customers", |table| table.hindrances.push(hindrance.clone()));
        assert!(
            obstacles(&plan).contains(word),
            "{hindrance:?}: {}",
            obstacles(&plan)
        );
    }
    // A table that is only read must hold still, and need not forget.
    let read =
        |hindrance: Hindrance| obstacles(&with_table("notes", |table| table.hindrances.push(hindrance)));
    assert!(read(Hindrance::NoTransactions("Aria".to_owned())).contains("Aria"));
    // What one role cannot see is no part of what is approved: another one may.
    let hash = |plan: &Plan| rule(plan, "sales.customers_3y").hash;
    let hidden = with_table("customers", |table| {
        table.hindrances.push(Hindrance::HiddenReferrers)
    });
    let history = with_table("customers", |table| {
        table.hindrances.push(Hindrance::KeepsHistory)
    });
    assert_eq!(hash(&hidden), hash(&shop()));
    assert_ne!(hash(&history), hash(&shop()));
}

#[test]
fn b5_a_trigger_on_the_change_must_be_vouched_for() {
    let trigger = Trigger {
        name: "audit".to_owned(),
        on_delete: true,
        on_update: false,
        source: "insert into trash select old.*".to_owned(),
        hidden_from_readers: false,
    };
    let plan = with_table("customers", |table| table.triggers.push(trigger.clone()));
    assert!(
        obstacles(&plan).contains("trigger audit fires on the change"),
        "{}",
        obstacles(&plan)
    );
    let vouched = STORE.replace(
        "[table.customers.states]",
        "triggers = { audit = \"counts only\" }\n[table.customers.states]",
    );
    let mut catalogue = catalogue();
    catalogue
        .tables
        .get_mut(&name("customers"))
        .unwrap()
        .triggers
        .push(trigger);
    let plan = plan_at(&register(ACTIVITY, &vouched), catalogue, DAY);
    assert_eq!(obstacles(&plan), "");
    assert!(
        rule(&plan, "sales.customers_3y").reservations[0]
            .en
            .contains("counts only")
    );
}

#[test]
fn b6_what_hides_rows_or_forbids_is_refused() {
    let says =
        |plan: &Plan, words: &str| assert!(obstacles(plan).contains(words), "{words}: {}", obstacles(plan));
    says(
        &with_table("customers", |table| table.row_security = true),
        "row-level security",
    );
    says(
        &with_table("customers", |table| table.privileges.delete = false),
        "lacks DELETE",
    );
    says(
        &with_table("notes", |table| table.privileges.delete = false),
        "lacks DELETE",
    );
    says(
        &with_table("customers", |table| table.privileges.update = false),
        "lacks UPDATE",
    );
    says(
        &with_table("customers", |table| table.kind = TableKind::View),
        "is a view",
    );
    says(
        &with_table("customers", |table| table.inherited_by.push(name("vips"))),
        "inherit",
    );
    says(
        &with_table("customers", |table| table.primary_key.clear()),
        "unique",
    );
    says(&changed(|catalogue| catalogue.standby = true), "standby");
    says(
        &changed(|catalogue| drop(catalogue.tables.remove(&name("notes")))),
        "does not exist",
    );
}

#[test]
fn b13_a_foreign_key_that_the_register_ignores_is_refused() {
    let plan = changed(|catalogue| {
        catalogue
            .tables
            .insert(name("loans"), support::table(&["id", "customer_id"]));
        catalogue.referenced_by.push(foreign_key("loans", "customers"));
    });
    assert!(
        obstacles(&plan).contains("table loans refers to it by the foreign key"),
        "{}",
        obstacles(&plan)
    );
}

#[test]
fn a_column_that_cannot_be_cleared_is_found_before_anything_runs() {
    let not_null = |table: &mut Table| {
        table.columns[2].nullable = false;
        table.unique.push(vec!["email".to_owned()]);
    };
    let plan = with_table("customers", not_null);
    assert!(obstacles(&plan).contains("column email"), "{}", obstacles(&plan));
    // It counts as running, so the invoices' own rule is not disturbed.
    assert!(rule(&plan, "sales.invoices_10y").obstacles.is_empty());
    let own = STORE.replace(
        "\"contact.email\"",
        "{ category = \"contact.email\", anonymise = { random = \"x-\" } }",
    );
    let mut catalogue = catalogue();
    not_null(catalogue.tables.get_mut(&name("customers")).unwrap());
    assert_eq!(obstacles(&plan_at(&register(ACTIVITY, &own), catalogue, DAY)), "");
}

#[test]
fn a_plan_of_one_rule_has_the_hash_of_that_rule() {
    let plan = shop();
    let only = plan.only(&|rule| rule.id.0 == "sales.invoices_10y");
    assert_eq!(only.hash, rule(&plan, "sales.invoices_10y").hash);
    assert_eq!(only.families.len(), 1);
    assert_ne!(only.hash, plan.hash);
}
