//! The files of the register.

use crate::register::files;

/// Every file of `examples/selfcare`, in order of path. A test compares the list with the directory.
pub const FILES: &[(&str, &str)] = files![
    "selfcare":
    "DEPARTURES.md",
    "README.md",
    "activities/clients.toml",
    "activities/conversations.toml",
    "activities/newsletter.toml",
    "activities/prospects.toml",
    "activities/questions.toml",
    "activities/rights.toml",
    "activities/site.toml",
    "activities/solution.toml",
    "activities/webinars.toml",
    "measures.toml",
    "notices/confidentialite.fr.md",
    "notices/privacy.en.md",
    "parties/armor.toml",
    "parties/cumulus.toml",
    "parties/estuaire.toml",
    "parties/plume.toml",
    "promises.toml",
    "serment.toml",
    "stores/crm.toml",
    "stores/platform.toml",
    "stores/rights.toml",
    "stores/site.toml",
    "vocabulary.toml",
];
