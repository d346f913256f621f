//! The example registers of the repository, and generators of the fictitious data that they speak about.
//!
//! Everything here is pure: the same parameters give the same bytes, and nothing is read, written or drawn at random.
//! Each [`Company`] has a register, databases for SQLite, PostgreSQL and MariaDB, of any size, and a few people written
//! by hand. All people are invented, their addresses end in `.example`, and their telephone numbers come from the
//! ranges that are set aside for fiction.

mod accounting;
mod company;
mod councils;
mod hosting;
mod invoicing;
mod moment;
mod people;
mod random;
mod register;
mod selfcare;
mod sql;

pub use accounting::ACCOUNTING;
pub use company::{CastMember, Company, Database, World};
pub use councils::COUNCILS;
pub use hosting::HOSTING;
pub use invoicing::INVOICING;
pub use selfcare::SELFCARE;
pub use sql::{Dialect, Statements};

/// Every company.
pub const COMPANIES: [&Company; 5] = [&ACCOUNTING, &COUNCILS, &HOSTING, &INVOICING, &SELFCARE];

/// The company of that name.
pub fn company(name: &str) -> Option<&'static Company> {
    COMPANIES.into_iter().find(|company| company.name == name)
}
