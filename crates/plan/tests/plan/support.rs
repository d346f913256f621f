//! A register of a shop, and the catalogue of its database, to plan with.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serment_plan::{Cutoff, Plan, Situation};
use serment_register::model::Register;
use serment_store::catalogue::{
    Action, Catalogue, Column, ColumnKind, ForeignKey, Privileges, Table, TableKind, TableName,
};

pub(crate) const ORGANISATION: &str = r#"
[organisation]
name      = "Boutique d'essai"
country   = "FR"
dpo       = "dpo@boutique.example"
languages = ["fr", "en"]
time_zone = "Europe/Paris"
"#;

pub(crate) const VOCABULARY: &str = r#"
[subject.customer]
label = { fr = "clients", en = "customers" }
definition = { fr = "qui achète", en = "who buys" }
[event.last_contact]
label = { fr = "dernier contact", en = "last contact" }
definition = { fr = "le dernier échange", en = "the last exchange" }
[event.issued]
label = { fr = "émission", en = "issue" }
definition = { fr = "émission de la facture", en = "issue of the invoice" }
[state.active]
label = { fr = "compte actif", en = "active account" }
definition = { fr = "le compte est ouvert", en = "the account is open" }
"#;

pub(crate) const ACTIVITY: &str = r#"
[activity]
title    = { fr = "Vente", en = "Sales" }
role     = "controller"
subjects = ["customer"]

[purpose.relation]
title    = { fr = "Suivre la relation", en = "Follow the relation" }
basis    = "contract"
data     = ["identity.name", "contact", "free_text"]

[purpose.records]
title      = { fr = "Tenir la comptabilité", en = "Keep the accounts" }
basis      = "legal_obligation"
data       = ["identity.name", "financial"]

[[retention]]
name  = "customers_3y"
for   = ["relation"]
of    = "shop.customers"
while = ["active"]
after = ["last_contact"]
keep  = "3 years"
then  = "erase"

[[retention]]
name  = "invoices_10y"
for   = ["records"]
of    = "shop.invoices"
after = ["issued"]
keep  = "10 years"
then  = "erase"
"#;

pub(crate) const STORE: &str = r#"
[store]
kind     = "sqlite"
url      = "shop.db"
location = "FR"

[table.customers]
subjects = ["customer"]
key      = ["id"]
[table.customers.states]
active = "closed_at is null or closed_at > now"
[table.customers.events]
last_contact = { latest = ["last_contact_at", "notes.written_at"] }
[table.customers.columns]
id              = "none"
name            = "identity.name"
email           = "contact.email"
closed_at       = "none"
last_contact_at = "none"

[table.notes]
key = ["id"]
[table.notes.belongs_to.customer]
to = "customers"
by = { customer_id = "id" }
[table.notes.columns]
id          = "none"
customer_id = "none"
body        = "free_text"
written_at  = "none"

[table.invoices]
subjects = ["customer"]
key      = ["id"]
[table.invoices.events]
issued = "issued_on"
[table.invoices.belongs_to.customer]
to = "customers"
by = { customer_id = "id" }
[table.invoices.columns]
id          = "none"
customer_id = "none"
amount      = "financial.transaction"
issued_on   = "none"
"#;

/// The shop's register with its activity and store files, changed by the test.
pub(crate) fn register(activity: &str, store: &str) -> Register {
    let files = BTreeMap::from([
        ("serment.toml".to_owned(), ORGANISATION.as_bytes().to_vec()),
        ("vocabulary.toml".to_owned(), VOCABULARY.as_bytes().to_vec()),
        ("activities/sales.toml".to_owned(), activity.as_bytes().to_vec()),
        ("stores/shop.toml".to_owned(), store.as_bytes().to_vec()),
    ]);
    let (register, found) = serment_register::load(&files);
    register.unwrap_or_else(|| panic!("the register does not load: {found:#?}"))
}

pub(crate) fn name(table: &str) -> TableName {
    TableName {
        schema: None,
        name: table.to_owned(),
    }
}

/// A table whose primary key is `id`, of nullable text columns, with every privilege.
pub(crate) fn table(columns: &[&str]) -> Table {
    let column = |column: &&str| Column {
        name: (*column).to_owned(),
        sql_type: "TEXT".to_owned(),
        kind: if *column == "id" {
            ColumnKind::Integer
        } else {
            ColumnKind::Text
        },
        max_length: None,
        nullable: *column != "id",
        generated: false,
    };
    Table {
        kind: TableKind::Table,
        columns: columns.iter().map(column).collect(),
        primary_key: vec!["id".to_owned()],
        unique: Vec::new(),
        foreign_keys: Vec::new(),
        checks: Vec::new(),
        triggers: Vec::new(),
        rules: Vec::new(),
        row_security: false,
        hindrances: Vec::new(),
        inherited_by: Vec::new(),
        inherits: Vec::new(),
        privileges: Privileges {
            select: true,
            update: true,
            delete: true,
            lock: true,
        },
        shadows: Vec::new(),
        estimated_rows: 1_000,
    }
}

pub(crate) fn foreign_key(from: &str, to: &str) -> ForeignKey {
    ForeignKey {
        name: format!("{from}_to_{to}"),
        table: name(from),
        columns: vec!["customer_id".to_owned()],
        target: name(to),
        target_columns: vec!["id".to_owned()],
        on_delete: Action::NoAction,
        on_update: Action::NoAction,
        deferrable: false,
        enforced: true,
    }
}

/// The shop's catalogue, its foreign keys in place.
pub(crate) fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue {
        server: "SQLite".to_owned(),
        ..Catalogue::default()
    };
    let mut add = |name_: &str, columns: &[&str]| {
        catalogue.tables.insert(name(name_), table(columns));
    };
    add(
        "customers",
        &["id", "name", "email", "closed_at", "last_contact_at"],
    );
    add("notes", &["id", "customer_id", "body", "written_at"]);
    add("invoices", &["id", "customer_id", "amount", "issued_on"]);
    for from in ["notes", "invoices"] {
        let key = foreign_key(from, "customers");
        catalogue.referenced_by.push(key.clone());
        if let Some(table) = catalogue.tables.get_mut(&name(from)) {
            table.foreign_keys.push(key);
        }
    }
    catalogue
}

pub(crate) fn plan_at(register: &Register, catalogue: Catalogue, at: Date) -> Plan {
    let situation = Situation {
        cutoff: Cutoff::at(at, "Europe/Paris").unwrap(),
        holds: Vec::new(),
        extensions: Vec::new(),
        released: None,
    };
    Plan::new(
        register,
        &BTreeMap::from([("shop".to_owned(), catalogue)]),
        &situation,
    )
    .unwrap()
}
