//! Hippogriffe SAS, a company that does not exist: it sells vigilance software to accountants.
//!
//! [`register_files`] gives its register, [`statements`] the SQL that builds each of its databases, of any size, and
//! [`cast`] the rows that a story can follow. Its people are invented, their addresses end in `.example`, and their
//! telephone numbers come from the ranges that are set aside for fiction.

mod billing;
mod cast;
mod crm;
mod mailing;
mod moment;
mod people;
mod random;
mod recruitment;
mod register;
mod relation;
mod site;
mod sql;
mod webinars;

use jiff::civil::Date;

pub use cast::{CastMember, cast};
pub use register::register_files;
pub use sql::{Dialect, Statements};

/// The world to generate. Two equal worlds give the same statements, to the byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct World {
    /// How many persons, over all stores. One person may stand in several of them.
    pub people: u64,
    /// The last day that a run on this world takes into account: all dates lie around it. A run in the course of a day
    /// takes due dates up to the day before, so a demonstration gives yesterday.
    pub reference: Date,
    /// Which of the possible worlds.
    pub seed: u64,
}

/// A database of the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Store {
    /// Firms, contacts, opportunities, tickets, memberships.
    Crm,
    /// Visitors and visits of the web site.
    Site,
    /// Newsletters.
    Mailing,
    /// Webinars.
    Webinars,
    /// Customers as debtors, and their invoices.
    Billing,
    /// Job applications.
    Recruitment,
    /// The archive of job applications, empty at first.
    HrArchive,
}

impl Store {
    /// Every database of the company.
    pub const ALL: [Store; 7] = [
        Store::Crm,
        Store::Site,
        Store::Mailing,
        Store::Webinars,
        Store::Billing,
        Store::Recruitment,
        Store::HrArchive,
    ];

    /// Its name in the register.
    pub fn name(self) -> &'static str {
        match self {
            Store::Crm => "crm",
            Store::Site => "site",
            Store::Mailing => "mailing",
            Store::Webinars => "webinars",
            Store::Billing => "billing",
            Store::Recruitment => "recruitment",
            Store::HrArchive => "hr_archive",
        }
    }

    fn script(self) -> &'static sql::Script {
        match self {
            Store::Crm => &crm::SCRIPT,
            Store::Site => &site::SCRIPT,
            Store::Mailing => &mailing::SCRIPT,
            Store::Webinars => &webinars::SCRIPT,
            Store::Billing => &billing::SCRIPT,
            Store::Recruitment => &recruitment::SCRIPT,
            Store::HrArchive => &recruitment::ARCHIVE,
        }
    }
}

/// The statements that build one database: its tables, its rows by the hundreds, its indexes.
///
/// They come one at a time, each of bounded size, and hold no `BEGIN` nor `COMMIT`: run them inside one transaction, on
/// an empty database (or schema, first in the search path).
pub fn statements(world: World, store: Store, dialect: Dialect) -> Statements {
    Statements::new(world, store.script(), dialect)
}
