//! What a live check says of a store: who may reach it, how, and what could not be seen. (What it says of tables and
//! columns is shown on a real database, in the tests of the command.)

use std::collections::BTreeMap;

use serment_draft::live::{Seen, compare, unreachable};
use serment_register::diagnostics::{Code, Diagnostic};
use serment_register::model::Register;
use serment_register::text;
use serment_store::catalogue::{Catalogue, Column, ColumnKind, Privileges, Table, TableKind, TableName};
use serment_store::survey::{Access, Grant, Grants};

fn register(store: &str) -> Register {
    let files = [
        (
            "serment.toml",
            "[organisation]\nname = \"X\"\nlanguages = [\"en\"]\ntime_zone = \"UTC\"\n".to_owned(),
        ),
        (
            "stores/app.toml",
            format!(
                "[store]\nkind = \"mariadb\"\nurl = \"env:APP_URL\"\n{store}\n[table.people]\nunruled = \"a test\"\nkey = [\"id\"]\n\
                 [table.people.columns]\nid = \"none\"\n"
            ),
        ),
    ];
    let files = files
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text.into_bytes()))
        .collect();
    let (register, findings) = serment_register::load(&files);
    assert_eq!(findings, []);
    register.expect("a register")
}

fn people() -> TableName {
    TableName {
        schema: None,
        name: "people".to_owned(),
    }
}

fn seen(access: Access) -> Seen {
    let table = Table {
        kind: TableKind::Table,
        columns: vec![Column {
            name: "id".to_owned(),
            sql_type: "int".to_owned(),
            kind: ColumnKind::Integer,
            max_length: None,
            nullable: false,
            generated: false,
        }],
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
        privileges: Privileges::default(),
        shadows: Vec::new(),
        estimated_rows: 0,
    };
    Seen {
        catalogue: Catalogue {
            role: Some("ours@%".to_owned()),
            tables: BTreeMap::from([(people(), table)]),
            ..Catalogue::default()
        },
        observed: BTreeMap::new(),
        unread: BTreeMap::new(),
        access,
    }
}

fn told(roles: &[(&str, bool, bool)]) -> Access {
    let grants = roles
        .iter()
        .map(|(role, change, superuser)| Grant {
            role: (*role).to_owned(),
            table: people(),
            read: true,
            change: *change,
            superuser: *superuser,
        })
        .collect();
    Access {
        grants: Grants::Told(grants),
        encrypted: Some(true),
        local: false,
    }
}

fn found(register: &Register, seen: &Seen) -> Vec<Diagnostic> {
    compare(register, &register.stores["app"], seen)
}

fn codes(found: &[Diagnostic]) -> Vec<Code> {
    found.iter().map(|finding| finding.code).collect()
}

#[test]
fn a_store_reached_as_it_should_be_has_nothing_to_say() {
    let register = register("location = \"FR\"\naccess = [\"app\", \"backup@10.0.0.1\"]");
    let seen = seen(told(&[
        ("app@10.0.0.9", true, false),
        ("backup@10.0.0.1", false, false),
        ("ours@%", false, false),
    ]));
    assert_eq!(found(&register, &seen), []);
}

#[test]
fn whoever_is_not_named_is_told_with_what_he_may_do() {
    let register = register("location = \"FR\"\naccess = [\"app\"]");
    let seen = seen(told(&[
        ("app@%", true, false),
        ("trainee@%", false, false),
        ("root@localhost", true, true),
        ("backup@10.0.0.2", true, false),
    ]));
    let found = found(&register, &seen);
    assert_eq!(codes(&found), [Code::LiveAccessBeyond; 3]);
    let said: Vec<&str> = found.iter().map(|finding| finding.message.en.as_str()).collect();
    assert!(
        said[0].contains("`backup@10.0.0.2`") && said[0].contains("read or change"),
        "{said:?}"
    );
    assert!(
        said[1].contains("`root@localhost`") && said[1].contains("superuser"),
        "{said:?}"
    );
    assert!(
        said[2].contains("`trainee@%`") && said[2].contains("can read:"),
        "{said:?}"
    );
}

#[test]
fn what_is_not_said_or_not_seen_is_no_silence() {
    let silent = register("");
    let some = seen(told(&[
        ("b@%", false, false),
        ("a@%", false, false),
        ("ours@%", true, false),
    ]));
    let findings = found(&silent, &some);
    assert_eq!(codes(&findings), [Code::LivePlaceUnsaid, Code::LiveAccessUnsaid]);
    assert!(
        findings[1]
            .suggestion
            .as_ref()
            .is_some_and(|text| text.en.contains("access = [\"a@%\", \"b@%\"]"))
    );
    let mut hidden = seen(Access {
        grants: Grants::Hidden(text!("il manque", "something is missing")),
        encrypted: Some(false),
        local: false,
    });
    hidden.unread.insert(people(), text!("pas permis", "not allowed"));
    assert_eq!(
        codes(&found(&silent, &hidden)),
        [
            Code::LiveUnread,
            Code::LiveNotEncrypted,
            Code::LivePlaceUnsaid,
            Code::LiveAccessHidden
        ]
    );
    // On this machine nothing travels.
    hidden.access.local = true;
    assert!(!codes(&found(&silent, &hidden)).contains(&Code::LiveNotEncrypted));
    let gone = unreachable(&silent.stores["app"], &text!("il dort", "it sleeps"));
    assert_eq!(
        (gone.code, gone.about),
        (Code::LiveUnreachable, vec!["app".to_owned()])
    );
}
