//! Hippogriffe SAS, a company that does not exist: it sells vigilance software to accountants.

mod billing;
mod cast;
mod crm;
mod crowd;
mod files;
mod mailing;
mod recruitment;
mod relation;
mod site;
mod webinars;

use crate::company::{Company, Database};

/// Hippogriffe SAS.
pub static ACCOUNTING: Company = Company {
    name: "accounting",
    organisation: "Hippogriffe SAS",
    trade: (
        "logiciel de vigilance pour les experts-comptables",
        "vigilance software for accountants",
    ),
    databases: &[
        Database {
            name: "crm",
            script: &crm::SCRIPT,
        },
        Database {
            name: "site",
            script: &site::SCRIPT,
        },
        Database {
            name: "mailing",
            script: &mailing::SCRIPT,
        },
        Database {
            name: "webinars",
            script: &webinars::SCRIPT,
        },
        Database {
            name: "billing",
            script: &billing::SCRIPT,
        },
        Database {
            name: "recruitment",
            script: &recruitment::SCRIPT,
        },
        // Empty at first: the archive of job applications.
        Database {
            name: "hr_archive",
            script: &recruitment::ARCHIVE,
        },
    ],
    cast: &cast::CAST,
    files: files::FILES,
};
