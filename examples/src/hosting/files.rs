//! The files of the register.

use crate::register::files;

/// Every file of `examples/hosting`, in order of path. A test compares the list with the directory.
pub const FILES: &[(&str, &str)] = files![
    "hosting":
    "DEPARTURES.md",
    "README.md",
    "activities/connections.toml",
    "activities/customers.toml",
    "activities/forms.toml",
    "activities/newsletter.toml",
    "activities/portals.toml",
    "activities/prospecting.toml",
    "activities/recruitment.toml",
    "activities/site.toml",
    "activities/tracing.toml",
    "measures.toml",
    "notices/confidentialite.fr.md",
    "notices/privacy.en.md",
    "parties/group.toml",
    "parties/requisitions.toml",
    "parties/transport.toml",
    "promises.toml",
    "serment.toml",
    "stores/crm.toml",
    "stores/logs.toml",
    "stores/marketing.toml",
    "stores/portal.toml",
    "stores/recruitment.toml",
    "stores/site.toml",
    "vocabulary.toml",
];
