//! SQL text, one bounded statement at a time.

use std::fmt::Write;

use super::World;
use super::moment::{Form, When};

/// For which database the statements are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// How one database is built.
pub struct Script {
    /// CREATE TABLE statements, with the types of [`typed`] in braces.
    pub schema: &'static [&'static str],
    /// What fills the tables, parents first.
    pub tables: &'static [Table],
    /// CREATE INDEX statements, made last: quicker than keeping them up to date row by row.
    pub indexes: &'static [&'static str],
}

/// What fills one table.
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
        value.write(form, &mut self.text);
    }
}

/// The statements of one database, in order. See [`super::statements`].
pub struct Statements {
    world: World,
    script: &'static Script,
    dialect: Dialect,
    next_schema: usize,
    table: usize,
    /// None before the cast of the current table.
    next_index: Option<u64>,
    next_tail: usize,
}

impl Statements {
    pub(super) fn new(world: World, script: &'static Script, dialect: Dialect) -> Self {
        Self {
            world,
            script,
            dialect,
            next_schema: 0,
            table: 0,
            next_index: None,
            next_tail: 0,
        }
    }

    fn inserts(&mut self) -> Option<String> {
        while let Some(table) = self.script.tables.get(self.table) {
            let mut rows = Rows {
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

/// The statement with the dialect's own types.
fn typed(statement: &str, dialect: Dialect) -> String {
    TYPES
        .iter()
        .fold(statement.to_owned(), |text, (name, sqlite, postgres)| {
            text.replace(
                name,
                match dialect {
                    Dialect::Sqlite => sqlite,
                    Dialect::Postgres => postgres,
                },
            )
        })
}

const TYPES: [(&str, &str, &str); 7] = [
    ("{id}", "INTEGER", "BIGINT"),
    ("{uuid}", "TEXT", "UUID"),
    ("{instant}", "TEXT", "TIMESTAMP WITH TIME ZONE"),
    ("{local}", "TEXT", "TIMESTAMP"),
    ("{date}", "DATE", "DATE"),
    ("{json}", "JSON", "JSONB"),
    ("{bool}", "BOOLEAN", "BOOLEAN"),
];
