//! Which tables are about persons, and how a person is found in them.

use serment_detect::About;
use serment_detect::about::subject_of;

use super::read::TableDraft;

/// Whether the rows of a table say themselves who somebody is.
pub(super) fn is_somebody(table: &TableDraft) -> bool {
    let has = |category: &str| table.columns.iter().any(|column| column.surely(category));
    table.about != About::Company
        && (has("contact.email")
            || has("contact.phone")
            || has("identity.birth_date")
            || has("identity.national_number"))
        || has("identity.name.first") && has("identity.name.last")
}

/// Whether a row of another table may belong to a row of this one.
pub(super) fn may_own(table: &TableDraft) -> bool {
    is_somebody(table) || table.about == About::Person
}

/// The ways to find a person, and whose data they are.
pub(super) fn identifiers(tables: &mut [TableDraft]) {
    let ways = [
        ("contact.email", "email", true),
        ("identity.national_number", "national_number", true),
        ("contact.phone", "phone", false),
        ("connection.account", "login", false),
        ("connection.cookie", "cookie", false),
        ("connection.ip", "ip", false),
    ];
    for table in tables.iter_mut() {
        let child = table
            .written_links()
            .any(|link| link.kind == super::links::Kind::BelongsTo);
        let mut found = Vec::new();
        for (category, name, identifies) in ways {
            // An address of the network finds somebody only where nothing better does, and a child its parent.
            if (name == "ip" && !found.is_empty()) || (child && !identifies) {
                continue;
            }
            let column = table
                .columns
                .iter()
                .find(|column| column.inside.is_empty() && column.surely(category) && !column.is_flag);
            found.extend(column.map(|column| (name.to_owned(), column.name.clone(), identifies)));
        }
        table.identify = found;
        if !table.is_personal() || child {
            continue;
        }
        let named = subject_of(&table.name.name);
        table.subject = named
            .map(|(name, fr, en)| (name.to_owned(), fr.to_owned(), en.to_owned()))
            .or_else(|| {
                (is_somebody(table) || !table.identify.is_empty())
                    .then(|| ("person".to_owned(), "personne".to_owned(), "person".to_owned()))
            });
    }
}
