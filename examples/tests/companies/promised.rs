//! The promises of each policy, and where the register keeps them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use serment_examples::{COMPANIES, Company, Dialect};
use serment_register::model::{Category, Register};

use crate::registers::load;

/// What `promises.toml` may point at, and how the word is looked up.
fn known(register: &Register, company: &Company, kind: &str, name: &str) -> bool {
    match kind {
        "rules" => register.rules().any(|(_, rule)| rule.id.0 == name),
        "activities" => register.activities.contains_key(name),
        "measures" => register.measures.contains_key(name),
        "parties" => register.parties.contains_key(name),
        "stores" => register.stores.contains_key(name),
        "notices" => {
            let path = format!("notices/{name}");
            company
                .register_files(Dialect::Sqlite)
                .iter()
                .any(|(known, _)| *known == path)
        }
        // The processes that answer people: their names are those of the keepers to come.
        "workflow" => !name.is_empty(),
        _ => false,
    }
}

/// What is said beside the sentence and its keepers.
const OTHERS: [&str; 3] = ["how", "unlawful", "corrected"];
const HOW: [&str; 5] = ["enforced", "workflow", "published", "attested", "linted"];

#[test]
fn every_promise_says_what_keeps_it_and_that_exists() {
    for company in COMPANIES {
        let (register, _) = load(company, Dialect::Sqlite);
        for (id, promise) in &register.promises {
            let details = promise.details.as_object().unwrap();
            let how = details["how"].as_str().unwrap();
            assert!(HOW.contains(&how), "{id}: {how}");
            let mut keepers = 0;
            for (kind, names) in details {
                if OTHERS.contains(&kind.as_str()) {
                    continue;
                }
                for name in names.as_array().unwrap() {
                    let name = name.as_str().unwrap();
                    assert!(
                        known(&register, company, kind, name),
                        "{} {id}: {kind} {name}",
                        company.name
                    );
                    keepers += 1;
                }
            }
            assert!(
                keepers > 0 || how == "published" || how == "linted",
                "{} {id} is kept by nothing",
                company.name
            );
            assert_eq!(
                details.contains_key("unlawful"),
                details.contains_key("corrected"),
                "{id}"
            );
            assert_ne!(promise.sentence.fr, promise.sentence.en, "{id}");
        }
    }
}

#[test]
fn the_promises_are_those_of_the_policy_all_of_them() {
    for company in COMPANIES {
        let (register, _) = load(company, Dialect::Sqlite);
        let letter = register.promises.keys().next().unwrap()[..1].to_owned();
        let expected: BTreeSet<String> = (1..=register.promises.len())
            .map(|number| format!("{letter}{number:02}"))
            .collect();
        let found: BTreeSet<String> = register.promises.keys().cloned().collect();
        assert_eq!(found, expected, "{}", company.name);
    }
}

#[test]
fn no_measure_and_no_party_serves_nobody() {
    for company in COMPANIES {
        let (register, _) = load(company, Dialect::Sqlite);
        let mut cited: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for promise in register.promises.values() {
            for kind in ["measures", "parties"] {
                let names = promise.details.get(kind).and_then(Value::as_array);
                let names = names.into_iter().flatten().filter_map(Value::as_str);
                cited.entry(kind).or_default().extend(names);
            }
        }
        for name in register.measures.keys() {
            assert!(
                cited["measures"].contains(name.as_str()),
                "{}: {name}",
                company.name
            );
        }
        let receives = |name: &String| {
            register
                .activities
                .values()
                .any(|activity| activity.recipients.contains(name))
        };
        let operates = |name: &String| {
            register
                .stores
                .values()
                .any(|store| store.operator.as_ref() == Some(name))
        };
        for name in register.parties.keys() {
            assert!(
                receives(name) || operates(name) || cited["parties"].contains(name.as_str()),
                "{}: {name}",
                company.name
            );
        }
    }
}

/// A duration that the policy promises: company, promise, rule, how long, what then.
const DURATIONS: &[(&str, &str, &str, &str, &str)] = &[
    ("accounting", "K04", "visitors.visits_26m", "26 months", "erase"),
    ("accounting", "K04", "visitors.visitors_26m", "26 months", "erase"),
    ("accounting", "K06", "sales.prospects_3y", "3 years", "erase"),
    ("accounting", "K08", "newsletters.letters_3y", "3 years", "erase"),
    ("accounting", "K10", "webinars.sessions_3y", "3 years", "erase"),
    ("accounting", "K12", "support.tickets_3y", "3 years", "erase"),
    ("accounting", "K14", "account.contacts_5y", "5 years", "erase"),
    ("accounting", "K16", "billing.invoices_10y", "10 years", "erase"),
    (
        "accounting",
        "K18",
        "membership.memberships_5y",
        "5 years",
        "erase",
    ),
    ("hosting", "I07", "tracing.actions_12m", "12 months", "erase"),
    ("hosting", "I22", "site.visitors_13m", "13 months", "erase"),
    ("hosting", "I23", "connections.logs_1y", "1 years", "erase"),
    ("hosting", "I26", "forms.requests_1y", "1 years", "erase"),
    ("hosting", "I27", "newsletter.letters", "never", "erase"),
    (
        "hosting",
        "I28",
        "recruitment.applications_1y",
        "1 years",
        "erase",
    ),
    (
        "accounting",
        "K19",
        "recruitment.applications_2y",
        "1 days",
        "archive 2 years",
    ),
    (
        "invoicing",
        "S08",
        "satisfaction.answers_1y",
        "1 years",
        "anonymise",
    ),
    ("invoicing", "S25", "approach.contacts_3m", "3 months", "erase"),
    ("invoicing", "S29", "site.visits_6m", "6 months", "erase"),
    ("invoicing", "S30", "discovery.contacts_3y", "3 years", "erase"),
    ("invoicing", "S30", "discovery.requests_3y", "3 years", "erase"),
    ("invoicing", "S31", "customers.contacts_3y", "3 years", "erase"),
    ("invoicing", "S31", "billing.debtors_3y", "3 years", "erase"),
    ("invoicing", "S31", "billing.invoices_10y", "10 years", "erase"),
    ("invoicing", "S47", "customers.offers_3y", "3 years", "erase"),
    ("councils", "Q14", "boxes.members_1m", "1 months", "erase"),
    ("councils", "Q14", "deposits.documents_1m", "1 months", "erase"),
    ("councils", "Q14", "deposits.proofs_1m", "1 months", "erase"),
    ("councils", "Q31", "invoices.invoices_10y", "10 years", "erase"),
    ("councils", "Q34", "customers.contacts_3y", "3 years", "erase"),
    ("councils", "Q34", "office.contacts_3y", "3 years", "erase"),
    (
        "selfcare",
        "T09",
        "conversations.conversations_12m",
        "12 months",
        "erase",
    ),
    (
        "selfcare",
        "T09",
        "questions.searches_6m",
        "6 months",
        "anonymise",
    ),
    ("selfcare", "T09", "solution.users_1y", "1 years", "erase"),
    ("selfcare", "T09", "clients.contacts_5y", "5 years", "erase"),
    ("selfcare", "T09", "prospects.contacts_3y", "3 years", "erase"),
    ("selfcare", "T09", "newsletter.letters_3y", "3 years", "erase"),
    ("selfcare", "T09", "webinars.registrations_1y", "1 years", "erase"),
    ("selfcare", "T09", "site.visits_13m", "13 months", "erase"),
    ("selfcare", "T10", "rights.papers", "never", "erase"),
    ("selfcare", "T13", "rights.requests_5y", "5 years", "erase"),
];

#[test]
fn the_durations_are_those_that_are_promised() {
    use serment_register::model::{Period, Then};
    let said = |period: Period| format!("{} {:?}", period.count, period.unit).to_lowercase();
    for company in COMPANIES {
        let (register, _) = load(company, Dialect::Sqlite);
        let of = DURATIONS.iter().filter(|(name, ..)| *name == company.name);
        let mut seen = 0;
        for (_, promise, id, keep, then) in of {
            seen += 1;
            let (_, rule) = register.rules().find(|(_, rule)| rule.id.0 == *id).expect(id);
            let cited = register.promises[*promise]
                .details
                .get("rules")
                .and_then(Value::as_array);
            assert!(
                cited.is_some_and(|rules| rules.contains(&Value::from(*id))),
                "{promise} does not cite {id}"
            );
            assert_eq!(rule.keep.map_or_else(|| "never".to_owned(), said), *keep, "{id}");
            let found = match &rule.then {
                Then::Erase => "erase".to_owned(),
                Then::Anonymise => "anonymise".to_owned(),
                Then::Archive { keep, .. } => format!("archive {}", said(*keep)),
            };
            assert_eq!(found, *then, "{id}");
        }
        assert!(seen >= 3, "{}", company.name);
    }
}

/// What an activity may hold and to whom it may give it: company, promise, activity, categories, recipients.
#[allow(clippy::type_complexity)]
const HELD: &[(&str, &str, &str, &[&str], &[&str])] = &[
    (
        "accounting",
        "K03",
        "visitors",
        &[
            "connection.ip",
            "connection.cookie",
            "connection.device",
            "behaviour.browsing",
        ],
        &["boussole"],
    ),
    (
        "accounting",
        "K15",
        "billing",
        &["financial.bank_account", "identity.name", "contact"],
        &["tirelire"],
    ),
    (
        "accounting",
        "K69",
        "recruitment",
        &["identity.name", "contact", "professional", "free_text"],
        &["vivier"],
    ),
    (
        "hosting",
        "I23",
        "connections",
        &["connection.account", "connection.ip", "connection.log"],
        &["admin_team"],
    ),
    (
        "hosting",
        "I26",
        "forms",
        &["identity.name", "contact"],
        &["marketing_team"],
    ),
    (
        "hosting",
        "I27",
        "newsletter",
        &["identity.name", "contact.email"],
        &["marketing_team"],
    ),
    (
        "hosting",
        "I28",
        "recruitment",
        &["identity.name", "contact", "professional", "free_text"],
        &["hr_team"],
    ),
    (
        "invoicing",
        "S17",
        "site",
        &["connection.ip", "connection.device", "behaviour.browsing"],
        &["product_team"],
    ),
    (
        "invoicing",
        "S20",
        "billing",
        &["identity.name", "contact", "financial"],
        &["saules", "tax_office"],
    ),
    (
        "invoicing",
        "S27",
        "discovery",
        &["identity.name", "identity.gender", "contact"],
        &["heron"],
    ),
    (
        "invoicing",
        "S19",
        "discovery",
        &["contact.email", "free_text"],
        &["sales_team"],
    ),
    (
        "councils",
        "Q01",
        "boxes",
        &[
            "identity.name",
            "identity.gender",
            "identity.image",
            "contact.email",
            "contact.phone",
            "professional.job",
            "connection.password",
        ],
        &["operators"],
    ),
    (
        "councils",
        "Q08",
        "deposits",
        &["identity.name", "free_text"],
        &["operators"],
    ),
    (
        "councils",
        "Q31",
        "customers",
        &[
            "identity.name",
            "contact.email",
            "contact.phone",
            "professional.employer",
        ],
        &["oursine"],
    ),
    (
        "councils",
        "Q33",
        "office",
        &[
            "identity.name",
            "contact.email",
            "contact.phone",
            "professional.employer",
        ],
        &["sequoia"],
    ),
    (
        "selfcare",
        "T03",
        "conversations",
        &["connection.cookie", "contact.email", "free_text"],
        &["cumulus", "armor"],
    ),
    (
        "selfcare",
        "T03",
        "solution",
        &[
            "identity.name",
            "contact.email",
            "connection.account",
            "connection.password",
        ],
        &["cumulus"],
    ),
    (
        "selfcare",
        "T03",
        "prospects",
        &["identity.name", "contact", "professional"],
        &["marketing_team"],
    ),
    (
        "selfcare",
        "T06",
        "webinars",
        &["identity.name", "contact.email"],
        &["estuaire"],
    ),
    (
        "selfcare",
        "T13",
        "rights",
        &["identity.name", "contact", "identity.document"],
        &["privacy_team"],
    ),
];

#[test]
fn each_activity_holds_the_categories_that_are_promised_and_names_its_recipients() {
    for company in COMPANIES {
        let (register, _) = load(company, Dialect::Sqlite);
        let of = HELD.iter().filter(|(name, ..)| *name == company.name);
        let mut seen = 0;
        for (_, promise, name, categories, recipients) in of {
            seen += 1;
            let activity = &register.activities[*name];
            assert!(register.promises.contains_key(*promise));
            for category in *categories {
                let category = Category((*category).to_owned());
                let held = activity
                    .purposes
                    .values()
                    .any(|purpose| purpose.data.contains(&category));
                assert!(held, "{promise}: {name} does not hold {category}");
            }
            for recipient in *recipients {
                assert!(
                    activity.recipients.iter().any(|known| known == recipient),
                    "{promise}: {name} does not name {recipient}"
                );
            }
        }
        assert!(seen >= 3, "{}", company.name);
    }
}

#[test]
fn newsletter_data_go_to_no_party() {
    let (register, _) = load(&serment_examples::HOSTING, Dialect::Sqlite);
    let letters = &register.activities["newsletter"];
    assert!(
        letters
            .recipients
            .iter()
            .all(|name| !register.parties.contains_key(name)),
        "I32"
    );
    let operator = register.stores["marketing"].operator.as_ref().unwrap();
    assert!(!register.parties.contains_key(operator), "I32, I33");
}

#[test]
fn what_is_held_about_a_member_is_the_published_list_and_no_more() {
    let (register, _) = load(&serment_examples::COUNCILS, Dialect::Sqlite);
    let held = |store: &str, table: &str| -> BTreeSet<String> {
        let table = &register.stores[store].tables[table];
        let categories = table
            .columns
            .values()
            .filter_map(|column| column.category.as_ref());
        categories.map(ToString::to_string).collect()
    };
    // Q01, and the login that goes with a password.
    let list = [
        "connection.account",
        "connection.password",
        "contact.email",
        "contact.phone",
        "identity.gender",
        "identity.image",
        "identity.name",
        "professional.job",
        "special.political",
    ];
    assert_eq!(held("boxes", "members"), list.map(str::to_owned).into());
    // Q31, Q38.
    let list = [
        "contact.email",
        "contact.phone",
        "identity.name",
        "professional.employer",
    ];
    for store in ["crm", "office"] {
        assert_eq!(held(store, "contacts"), list.map(str::to_owned).into(), "{store}");
    }
}

#[test]
fn boxes_are_in_france_and_the_customer_file_in_switzerland() {
    let (register, _) = load(&serment_examples::COUNCILS, Dialect::Sqlite);
    let place = |store: &str| register.stores[store].location.as_deref();
    assert_eq!(place("boxes"), Some("FR"), "Q11");
    assert_eq!(place("documents"), Some("FR"), "Q11");
    assert_eq!(place("crm"), Some("CH"), "Q32");
}
