//! The files of the register.

use crate::register::files;

/// Every file of `examples/councils`, in order of path. A test compares the list with the directory.
pub const FILES: &[(&str, &str)] = files![
    "councils":
    "DEPARTURES.md",
    "README.md",
    "activities/boxes.toml",
    "activities/customers.toml",
    "activities/deposits.toml",
    "activities/invoices.toml",
    "activities/office.toml",
    "measures.toml",
    "notices/confidentialite.fr.md",
    "notices/privacy.en.md",
    "parties/oursine.toml",
    "parties/sequoia.toml",
    "parties/tax_office.toml",
    "promises.toml",
    "serment.toml",
    "stores/boxes.toml",
    "stores/crm.toml",
    "stores/documents.toml",
    "stores/office.toml",
    "vocabulary.toml",
];
