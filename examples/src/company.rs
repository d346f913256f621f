//! What every company has: a register, databases that are generated, a few people to follow.

use jiff::civil::Date;

use crate::moment::days;
use crate::register;
use crate::sql::{Dialect, Script, Statements};

/// The world to generate. Two equal worlds give the same statements, to the byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct World {
    /// How many persons, over all databases of a company. One person may stand in several of them.
    pub people: u64,
    /// The last day that a run on this world takes into account: all dates lie around it. A run in the course of a day
    /// takes due dates up to the day before, so a demonstration gives yesterday.
    pub reference: Date,
    /// Which of the possible worlds.
    pub seed: u64,
}

/// Keys below this one belong to the cast; the people of the crowd come after.
pub const CROWD: u64 = 1000;

impl World {
    /// The day on which the world is looked at, in days from 1970-01-01.
    pub(crate) fn today(&self) -> i64 {
        days(self.reference)
    }

    /// How many persons.
    pub(crate) fn crowd(&self) -> u64 {
        self.people
    }
}

/// The key of a person of the crowd, in tables that number their rows.
pub(crate) fn key(index: u64) -> u64 {
    CROWD + 1 + index
}

/// A fictitious company.
#[derive(Debug)]
pub struct Company {
    /// What commands and folders call it: `accounting`.
    pub name: &'static str,
    /// Its legal name.
    pub organisation: &'static str,
    /// What it does, in French, then in English.
    pub trade: (&'static str, &'static str),
    /// The databases that it runs.
    pub databases: &'static [Database],
    /// The people written by hand: the same in every world, with dates that follow the reference day.
    pub cast: &'static [CastMember],
    pub(crate) files: &'static [(&'static str, &'static str)],
}

impl Company {
    /// Its register, as paths inside its directory and contents, in order of path.
    ///
    /// For SQLite each database is a file beside the register, `crm.db`. For the servers each is a database whose
    /// addresses stand in environment variables, `env:CRM_URL` for reading and `env:CRM_WRITE_URL` for writing.
    pub fn register_files(&self, dialect: Dialect) -> Vec<(&'static str, String)> {
        register::written_for(self.files, dialect)
    }

    /// Its database of that name.
    pub fn database(&self, name: &str) -> Option<&'static Database> {
        self.databases.iter().find(|database| database.name == name)
    }
}

/// A database of a company.
#[derive(Debug)]
pub struct Database {
    /// Its name in the register.
    pub name: &'static str,
    pub(crate) script: &'static Script,
}

impl Database {
    /// The statements that build it: its tables, its rows by the hundreds, its indexes.
    ///
    /// They come one at a time, each of bounded size, and hold no `BEGIN` nor `COMMIT`: run them inside one
    /// transaction, on an empty database (or schema, first in the search path). MariaDB commits when a table or an
    /// index is made; the first statements there see to it that the rows between make one transaction, which the
    /// caller's `COMMIT` ends.
    pub fn statements(&self, world: World, dialect: Dialect) -> Statements {
        Statements::new(world, self.script, dialect)
    }
}

/// A row that a story can follow: `serment explain STORE.TABLE KEY`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CastMember {
    /// What it is called here.
    pub name: &'static str,
    /// Store in the register.
    pub store: &'static str,
    /// Table in the register.
    pub table: &'static str,
    /// Key, as commands take it.
    pub key: &'static str,
    /// Whether the row is still there after a run that takes due dates up to and including the reference day.
    pub stays: bool,
    /// What it shows, in French.
    pub fr: &'static str,
    /// What it shows, in English.
    pub en: &'static str,
}
