//! Databases that nobody made for the purpose, and some made against it: whatever they are called, the draft loads, and
//! only says what waits for a person.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serment_draft::{Draft, Observed, Options, Source, draft};
use serment_register::model::{Language, LinkKind, StoreKind};
use serment_store::catalogue::{
    Action, Catalogue, Column, ColumnKind, ForeignKey, Privileges, Table, TableKind, TableName,
};

fn name(table: &str) -> TableName {
    TableName {
        schema: None,
        name: table.to_owned(),
    }
}

fn column(name: &str, kind: ColumnKind) -> Column {
    Column {
        name: name.to_owned(),
        sql_type: "x".to_owned(),
        kind,
        max_length: None,
        nullable: true,
        generated: false,
    }
}

fn table(columns: Vec<Column>, key: &[&str], foreign: Vec<ForeignKey>) -> Table {
    Table {
        kind: TableKind::Table,
        columns,
        primary_key: key.iter().map(|part| (*part).to_owned()).collect(),
        unique: Vec::new(),
        foreign_keys: foreign,
        checks: Vec::new(),
        triggers: Vec::new(),
        rules: Vec::new(),
        row_security: false,
        hindrances: Vec::new(),
        inherited_by: Vec::new(),
        inherits: Vec::new(),
        privileges: Privileges::default(),
        shadows: Vec::new(),
        estimated_rows: 10,
    }
}

fn foreign(from: &str, columns: &[&str], to: &str, theirs: &[&str]) -> ForeignKey {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    ForeignKey {
        name: "0".to_owned(),
        table: name(from),
        columns: owned(columns),
        target: name(to),
        target_columns: owned(theirs),
        on_delete: Action::NoAction,
        on_update: Action::NoAction,
        deferrable: false,
        enforced: true,
    }
}

fn source(tables: Vec<(&str, Table)>) -> Source {
    let tables: BTreeMap<TableName, Table> =
        tables.into_iter().map(|(id, table)| (name(id), table)).collect();
    Source {
        name: "db".to_owned(),
        kind: StoreKind::Postgres,
        url: "env:DB_URL".to_owned(),
        export: Some("DB_URL".to_owned()),
        catalogue: Catalogue {
            tables,
            ..Catalogue::default()
        },
        observed: BTreeMap::new(),
        unread: BTreeMap::new(),
    }
}

fn loads(sources: &[Source], language: Language) -> (Draft, serment_register::model::Register) {
    let draft = draft(sources, &Options { language });
    let files = draft
        .files
        .iter()
        .map(|(path, text)| (path.clone(), text.clone().into_bytes()))
        .collect();
    let (register, findings) = serment_register::load(&files);
    let unexpected: Vec<_> = findings
        .iter()
        .filter(|finding| finding.code.as_str() != "S071")
        .collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}\n{:#?}", draft.files);
    (draft, register.expect("a register"))
}

#[test]
fn links_of_every_sort_are_drafted_and_circles_are_opened() {
    use ColumnKind::{Integer, Text};
    let people = vec![
        column("id", Integer),
        column("email", Text),
        column("sponsor_id", Integer),
        column("last_order", Integer),
    ];
    let source = source(vec![
        (
            "customers",
            table(
                people,
                &["id"],
                vec![
                    foreign("customers", &["sponsor_id"], "customers", &["id"]),
                    foreign("customers", &["last_order"], "orders", &["id"]),
                ],
            ),
        ),
        (
            "orders",
            table(
                vec![column("id", Integer), column("customer_id", Integer)],
                &["id"],
                vec![foreign("orders", &["customer_id"], "customers", &["id"])],
            ),
        ),
        (
            "parts",
            table(
                vec![column("year", Integer), column("number", Integer)],
                &["year", "number"],
                Vec::new(),
            ),
        ),
        (
            "part_lines",
            table(
                vec![
                    column("y", Integer),
                    column("n", Integer),
                    column("half", Integer),
                ],
                &["y", "n"],
                vec![
                    foreign("part_lines", &["y", "n"], "parts", &["year", "number"]),
                    foreign("part_lines", &["half"], "parts", &["year"]),
                ],
            ),
        ),
    ]);
    let (draft, register) = loads(&[source], Language::English);
    let store = &register.stores["db"];
    let kinds = |table: &str| -> Vec<(String, LinkKind)> {
        store.tables[table]
            .links
            .values()
            .map(|link| (link.to.table.clone(), link.kind))
            .collect()
    };
    // The circle is opened where it holds least: not at the link that says whose the order is.
    assert_eq!(kinds("customers"), [("customers".to_owned(), LinkKind::RefersTo)]);
    assert_eq!(kinds("orders"), [("customers".to_owned(), LinkKind::BelongsTo)]);
    let lines = &store.tables["part_lines"].links;
    assert_eq!(lines.len(), 1, "a part of a key reaches several rows");
    assert_eq!(lines.values().next().map(|link| link.by.len()), Some(2));
    let text = &draft.files["stores/db.toml"];
    assert!(
        text.contains("# [table.customers.") && text.contains("circle of tables"),
        "{text}"
    );
    assert!(draft.files["QUESTIONS.md"].contains("circle"));
}

#[test]
fn clients_are_found_where_most_tables_lead() {
    use ColumnKind::{Integer, Text};
    let mut tables = vec![(
        "tenants",
        table(
            vec![column("id", Integer), column("name", Text)],
            &["id"],
            Vec::new(),
        ),
    )];
    for id in ["users", "documents", "meetings"] {
        let columns = vec![
            column("id", Integer),
            column("tenant_id", Integer),
            column("email", Text),
        ];
        tables.push((
            id,
            table(
                columns,
                &["id"],
                vec![foreign(id, &["tenant_id"], "tenants", &["id"])],
            ),
        ));
    }
    let votes = vec![column("id", Integer), column("meeting_id", Integer)];
    tables.push((
        "votes",
        table(
            votes,
            &["id"],
            vec![foreign("votes", &["meeting_id"], "meetings", &["id"])],
        ),
    ));
    // Persons of no client, and what clients say of them: the same person on both sides, or it is no link of a person.
    let persons = vec![column("id", Integer), column("email", Text)];
    tables.push(("persons", table(persons, &["id"], Vec::new())));
    let seats = vec![column("tenant_id", Integer), column("person_id", Integer)];
    tables.push((
        "seats",
        table(
            seats,
            &["tenant_id", "person_id"],
            vec![
                foreign("seats", &["tenant_id"], "tenants", &["id"]),
                foreign("seats", &["person_id"], "persons", &["id"]),
            ],
        ),
    ));
    let (draft, register) = loads(&[source(tables)], Language::French);
    assert!(draft.files["QUESTIONS.md"].contains("db.seats"));
    let clients = register.organisation.clients.as_ref().expect("clients");
    assert_eq!(
        (clients.from.to_string().as_str(), clients.key.as_str()),
        ("db.tenants", "id")
    );
    let tables = &register.stores["db"].tables;
    let without: Vec<&str> = tables
        .iter()
        .filter(|(_, table)| table.client.is_none())
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(without, ["persons"], "votes through its meeting");
    assert!(
        tables["seats"]
            .links
            .values()
            .all(|link| link.kind == LinkKind::RefersTo)
    );
}

#[test]
fn three_hundred_columns_and_many_tables_stay_within_what_a_register_may_hold() {
    let names: Vec<String> = (0..300)
        .map(|number| format!("a_rather_long_name_of_a_column_{number}"))
        .collect();
    let wide = || {
        table(
            names.iter().map(|name| column(name, ColumnKind::Text)).collect(),
            &[],
            Vec::new(),
        )
    };
    let ids: Vec<String> = (0..30).map(|number| format!("wide_{number}")).collect();
    let (draft, register) = loads(
        &[source(ids.iter().map(|id| (id.as_str(), wide())).collect())],
        Language::English,
    );
    assert_eq!(register.tables().count(), 30);
    assert!(
        draft.files.keys().any(|path| path.starts_with("stores/db/")),
        "in several files"
    );
    assert!(draft.files.values().all(|text| text.len() < 1_000_000));
}

#[test]
fn no_value_that_was_read_is_in_the_draft() {
    let mut source = source(vec![(
        "people",
        table(
            vec![
                column("id", ColumnKind::Integer),
                column("email", ColumnKind::Text),
                column("notes", ColumnKind::Text),
                column("profile", ColumnKind::Json),
                column("status", ColumnKind::Text),
            ],
            &["id"],
            Vec::new(),
        ),
    )]);
    let values = |texts: &[&str]| -> Vec<String> { texts.iter().map(|text| (*text).to_owned()).collect() };
    let observed = BTreeMap::from([
        (
            "email".to_owned(),
            Observed::of(&values(&["canary1@courriel.example"; 9]), false),
        ),
        (
            "notes".to_owned(),
            Observed::of(&values(&["canary2 est enceinte, NIR 255081416802538"; 9]), false),
        ),
        (
            "profile".to_owned(),
            Observed::of(
                &values(&[r#"{"phone":"+33612345678","canary":"canary3"}"#; 9]),
                true,
            ),
        ),
        ("status".to_owned(), Observed::of(&values(&["canary4"; 9]), false)),
    ]);
    source.observed.insert(name("people"), observed);
    let (draft, register) = loads(&[source], Language::French);
    for (path, text) in &draft.files {
        for value in ["canary1", "canary2", "canary3", "canary4", "612345678", "2550814"] {
            assert!(!text.contains(value), "{path} holds {value}");
        }
    }
    let columns: Vec<String> = register.stores["db"].tables["people"]
        .columns
        .keys()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        columns,
        [
            "email",
            "id",
            "notes",
            "profile.canary",
            "profile.phone",
            "status"
        ]
    );
    let questions = &draft.files["QUESTIONS.md"];
    assert!(
        questions.contains("numéros de sécurité sociale") && questions.contains("mots de santé"),
        "{questions}"
    );
}

/// Names as no one would give them, and as some have.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zA-Z_]{1,12}",
        2 => any::<String>().prop_map(|text| text.chars().take(40).collect()),
        1 => prop::sample::select(vec![
            "a\nb", "'", "\"", "\"\"\"", "'''", "a.b", ".", "", " ", "#", "[table]", "] = 1", "\u{202e}gpj", "é", "日本",
            "select", "table", "and", "now", "null", "email\"}\n[store]\nkind=\"x", "\\", "\\u0000", "`", "a\u{0}b", "id", "_id",
            "contact_id", "deleted_at", "started_at", "ended_at", "ended_on", "status", "x_type", "x_id", "columns", "ok\r\n# x",
        ]).prop_map(str::to_owned),
    ]
}

fn kinds() -> impl Strategy<Value = ColumnKind> {
    use ColumnKind::*;
    prop::sample::select(vec![
        Text, Integer, Number, Boolean, Date, LocalTime, Instant, Uuid, Json, Inet, Bytes, Other,
    ])
}

type Columns = Vec<(String, ColumnKind, Vec<String>)>;

/// From which column, to which table, to which column of it, how many parts.
type Links = Vec<(usize, usize, usize, usize)>;

/// Name, columns, parts of the key, links.
type Made = (String, Columns, usize, Links);

fn tables() -> impl Strategy<Value = Vec<Made>> {
    let columns = prop::collection::vec(
        (hostile(), kinds(), prop::collection::vec(hostile(), 0..6)),
        0..10,
    );
    let links = prop::collection::vec((0..10_usize, 0..6_usize, 0..10_usize, 1..3_usize), 0..4);
    prop::collection::vec((hostile(), columns, 0..3_usize, links), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_it_is_called_the_draft_loads(tables in tables(), french in any::<bool>()) {
        let mut made: BTreeMap<TableName, Table> = BTreeMap::new();
        let mut observed = BTreeMap::new();
        let known: Vec<TableName> = tables.iter().map(|(id, ..)| name(id)).collect();
        for (id, columns, keys, links) in &tables {
            let mut seen = std::collections::BTreeSet::new();
            let columns: Vec<_> = columns.iter().filter(|(column, ..)| seen.insert(column.clone())).collect();
            let key: Vec<&str> = columns.iter().take(*keys).map(|(column, ..)| column.as_str()).collect();
            let mut foreign_keys = Vec::new();
            for (ours, to, theirs, parts) in links {
                let Some((target, others, ..)) = tables.get(*to) else { continue };
                let pick = |all: Vec<String>, at: usize| -> Vec<String> { all.into_iter().skip(at).take(*parts).collect() };
                let mut distinct: Vec<String> = others.iter().map(|(column, ..)| column.clone()).collect();
                distinct.dedup();
                let ours = pick(columns.iter().map(|(column, ..)| column.clone()).collect(), *ours);
                let theirs = pick(distinct, *theirs);
                if ours.is_empty() || ours.len() != theirs.len() {
                    continue;
                }
                foreign_keys.push(ForeignKey { columns: ours, target_columns: theirs, ..foreign(id, &[], target, &[]) });
            }
            let made_columns = columns.iter().map(|(id, kind, _)| column(id, *kind)).collect();
            made.insert(name(id), table(made_columns, &key, foreign_keys));
            let values = columns
                .iter()
                .map(|(column, kind, values)| (column.clone(), Observed::of(values, *kind == ColumnKind::Json)))
                .collect();
            observed.insert(name(id), values);
        }
        // A key that leads to a column that a later table of the same name does not have is no key.
        let all = made.clone();
        for table in made.values_mut() {
            table.foreign_keys.retain(|key| known.contains(&key.target) && key.target_columns.iter().all(|column| all[&key.target].column(column).is_some()));
        }
        let mut source = source(Vec::new());
        source.catalogue.tables = made;
        source.observed = observed;
        let mut other = source.clone();
        other.name = "other".to_owned();
        loads(&[source, other], if french { Language::French } else { Language::English });
    }
}
