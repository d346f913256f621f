//! SQL text, one bounded statement at a time.

use std::fmt::Write;

use crate::company::World;
use crate::moment::{Form, When};

/// For which database the statements are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MariaDB.
    Mariadb,
}

impl Dialect {
    /// Every one of them.
    pub const ALL: [Dialect; 3] = [Self::Sqlite, Self::Postgres, Self::Mariadb];
}

/// How one database is built.
#[derive(Debug)]
pub struct Script {
    /// CREATE TABLE statements, with the types of [`typed`] in braces. Text that a key or an index holds is `{code}`.
    pub schema: &'static [&'static str],
    /// What fills the tables, parents first.
    pub tables: &'static [Table],
    /// CREATE INDEX statements, made last: quicker than keeping them up to date row by row.
    pub indexes: &'static [&'static str],
}

/// What fills one table.
#[derive(Debug)]
pub struct Table {
    /// Name and columns, as INSERT INTO wants them.
    pub into: &'static str,
    /// How many indexes `fill` is called with.
    pub indexes: fn(&World) -> u64,
    /// Rows of the cast, written by hand.
    pub cast: fn(&World, &mut Rows),
    /// Rows of one index: none, one or a few.
    pub fill: fn(&World, u64, &mut Rows),
}

/// No row of the cast.
pub fn nobody(_: &World, _: &mut Rows) {}

const ROWS_OF_A_STATEMENT: usize = 500;

/// Rows under construction.
pub struct Rows {
    dialect: Dialect,
    text: String,
    count: usize,
    first_value: bool,
}

impl Rows {
    /// Writes one row: the closure gives its values in the order of the columns.
    pub fn row(&mut self, values: impl FnOnce(&mut Self)) {
        self.text.push_str(if self.count == 0 { "\n(" } else { ",\n(" });
        self.first_value = true;
        values(self);
        self.text.push(')');
        self.count += 1;
    }

    fn comma(&mut self) {
        if !std::mem::take(&mut self.first_value) {
            self.text.push(',');
        }
    }

    /// NULL.
    pub fn null(&mut self) {
        self.comma();
        self.text.push_str("NULL");
    }

    /// A number.
    pub fn integer(&mut self, value: impl std::fmt::Display) {
        self.comma();
        // Formatting into a String cannot fail.
        let _ = write!(self.text, "{value}");
    }

    /// A number, or NULL.
    pub fn maybe_integer(&mut self, value: Option<u64>) {
        match value {
            Some(value) => self.integer(value),
            None => self.null(),
        }
    }

    /// True or false.
    pub fn boolean(&mut self, value: bool) {
        self.comma();
        self.text.push_str(if value { "TRUE" } else { "FALSE" });
    }

    /// A text, its quotes doubled.
    pub fn text(&mut self, value: &str) {
        self.comma();
        self.text.push('\'');
        for (number, part) in value.split('\'').enumerate() {
            if number > 0 {
                self.text.push_str("''");
            }
            self.text.push_str(part);
        }
        self.text.push('\'');
    }

    /// A text, or NULL.
    pub fn maybe_text(&mut self, value: Option<&str>) {
        match value {
            Some(value) => self.text(value),
            None => self.null(),
        }
    }

    /// A time.
    pub fn time(&mut self, form: Form, value: When) {
        self.comma();
        value.write(form, self.dialect, &mut self.text);
    }
}

/// The statements of one database, in order. See [`crate::Database::statements`].
#[derive(Debug)]
pub struct Statements {
    world: World,
    script: &'static Script,
    dialect: Dialect,
    next_opening: usize,
    next_schema: usize,
    table: usize,
    /// None before the cast of the current table.
    next_index: Option<u64>,
    next_tail: usize,
}

impl Statements {
    pub(crate) fn new(world: World, script: &'static Script, dialect: Dialect) -> Self {
        Self {
            world,
            script,
            dialect,
            next_opening: 0,
            next_schema: 0,
            table: 0,
            next_index: None,
            next_tail: 0,
        }
    }

    fn inserts(&mut self) -> Option<String> {
        while let Some(table) = self.script.tables.get(self.table) {
            let mut rows = Rows {
                dialect: self.dialect,
                text: format!("INSERT INTO {} VALUES", table.into),
                count: 0,
                first_value: true,
            };
            let mut index = match self.next_index {
                Some(index) => index,
                None => {
                    (table.cast)(&self.world, &mut rows);
                    0
                }
            };
            let end = (table.indexes)(&self.world);
            while index < end && rows.count < ROWS_OF_A_STATEMENT {
                (table.fill)(&self.world, index, &mut rows);
                index += 1;
            }
            if index < end {
                self.next_index = Some(index);
            } else {
                self.next_index = None;
                self.table += 1;
            }
            if rows.count > 0 {
                return Some(rows.text);
            }
        }
        None
    }
}

impl Iterator for Statements {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        if self.dialect == Dialect::Mariadb
            && let Some(setting) = OPENING.get(self.next_opening)
        {
            self.next_opening += 1;
            return Some((*setting).to_owned());
        }
        if let Some(create) = self.script.schema.get(self.next_schema) {
            self.next_schema += 1;
            return Some(typed(create, self.dialect));
        }
        self.inserts().or_else(|| {
            let index = self.script.indexes.get(self.next_tail)?;
            self.next_tail += 1;
            Some((*index).to_owned())
        })
    }
}

/// What a session of MariaDB is told first: text is UTF-8, instants are in UTC, a backslash is a backslash, zero dates
/// are let in as many an old program did, and rows wait for a COMMIT.
const OPENING: [&str; 4] = [
    "SET NAMES utf8mb4",
    "SET time_zone = '+00:00'",
    "SET sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES'",
    "SET autocommit = 0",
];

/// The statement with the dialect's own types.
fn typed(statement: &str, dialect: Dialect) -> String {
    let mut text = TYPES
        .iter()
        .fold(statement.to_owned(), |text, (name, sqlite, postgres, mariadb)| {
            text.replace(
                name,
                match dialect {
                    Dialect::Sqlite => sqlite,
                    Dialect::Postgres => postgres,
                    Dialect::Mariadb => mariadb,
                },
            )
        });
    if dialect == Dialect::Mariadb {
        text.push_str(" ENGINE=InnoDB DEFAULT CHARSET=utf8mb4");
    }
    text
}

const TYPES: [(&str, &str, &str, &str); 8] = [
    ("{id}", "INTEGER", "BIGINT", "BIGINT"),
    ("{uuid}", "TEXT", "UUID", "CHAR(36)"),
    ("{code}", "TEXT", "TEXT", "VARCHAR(190)"),
    (
        "{instant}",
        "TEXT",
        "TIMESTAMP WITH TIME ZONE",
        // Without NULL, some servers add NOT NULL and a default of their own.
        "TIMESTAMP NULL",
    ),
    ("{local}", "TEXT", "TIMESTAMP", "DATETIME"),
    ("{date}", "DATE", "DATE", "DATE"),
    ("{json}", "JSON", "JSONB", "JSON"),
    ("{bool}", "BOOLEAN", "BOOLEAN", "BOOLEAN"),
];
