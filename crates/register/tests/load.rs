//! The samples of the language load, and mean what they say.

use std::path::Path;

use serment_register::model::*;
use serment_register::{directory, load};

fn sample() -> (Option<Register>, Vec<serment_register::diagnostics::Diagnostic>) {
    let files =
        directory::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sample")).unwrap();
    load(&files)
}

#[test]
fn the_sample_register_passes_without_a_finding() {
    let (register, found) = sample();
    assert_eq!(found, [], "{found:#?}");
    assert!(register.is_some());
}

#[test]
fn the_sample_register_means_what_it_says() {
    let register = sample().0.unwrap();
    let contacts = &register.stores["crm"].tables["contacts"];
    let tickets = TableId {
        store: "crm".into(),
        table: "tickets".into(),
    };
    assert_eq!(
        contacts.events["last_contact"],
        [
            EventSource::Own(ColumnPath::whole("last_contact_at")),
            EventSource::Children {
                table: tickets,
                link: "contact".into(),
                column: ColumnPath::whole("created_at")
            },
        ]
    );
    assert_eq!(
        contacts.events["contract_ended"],
        [EventSource::Parent {
            link: "account".into(),
            column: ColumnPath::whole("ended_at")
        }]
    );
    assert!(matches!(&contacts.states["in_contract"], State::Parent { link, .. } if link == "account"));
    assert_eq!(contacts.client, Some(ClientOf::Link("account".into())));
    let city = ColumnPath {
        column: "profile".into(),
        inside: vec!["address".into(), "city".into()],
    };
    assert_eq!(
        contacts.columns[&city].category,
        Some(Category("contact.postal".into()))
    );
    let invoices = &register.stores["crm"].tables["invoices"];
    assert_eq!(
        (invoices.name.as_str(), invoices.schema.as_deref()),
        ("Invoice", Some("sales"))
    );
    assert_eq!(invoices.key, ["number", "year"]);
    let (_, rule) = register
        .rules()
        .find(|(_, rule)| rule.id.0 == "newsletter.campaigns_3y")
        .unwrap();
    assert_eq!(
        rule.keep,
        Some(Period {
            count: 3,
            unit: Unit::Years
        })
    );
    assert_eq!(rule.or_on, ["consent_withdrawn"]);
}

#[test]
fn the_version_of_a_register_is_the_address_of_its_content() {
    let files = |text: &str| [("serment.toml".to_owned(), text.as_bytes().to_vec())].into();
    let version = |text: &str| load(&files(text)).0.unwrap().version;
    let one = "[organisation]\nname = \"A\"\ntime_zone = \"UTC\"\n";
    assert_eq!(version(one), version(one));
    assert_ne!(version(one), version(&one.replace('A', "B")));
    assert_eq!(version(one).len(), 64);
}
