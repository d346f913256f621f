//! The files of the register.

use crate::register::files;

/// Every file of `examples/invoicing`, in order of path. A test compares the list with the directory.
pub const FILES: &[(&str, &str)] = files![
    "invoicing":
    "DEPARTURES.md",
    "README.md",
    "activities/application.toml",
    "activities/approach.toml",
    "activities/billing.toml",
    "activities/customers.toml",
    "activities/discovery.toml",
    "activities/ledgers.toml",
    "activities/satisfaction.toml",
    "activities/site.toml",
    "measures.toml",
    "notices/confidentialite.fr.md",
    "notices/privacy.en.md",
    "parties/etangs.toml",
    "parties/heron.toml",
    "parties/roseau.toml",
    "parties/saules.toml",
    "parties/tax_office.toml",
    "promises.toml",
    "serment.toml",
    "stores/billing.toml",
    "stores/contacts.toml",
    "stores/service.toml",
    "stores/site.toml",
    "vocabulary.toml",
];
