//! From the language of `serment-store` to SQL text and bound values.
//!
//! One printer walks conditions and queries; what the two databases write differently stands behind [`Dialect`].
//! Identifiers are always quoted and values always bound, or written as literals when the statement is for reading.

pub(crate) mod condition;
pub(crate) mod keys;
pub(crate) mod moments;
pub(crate) mod progress;
pub(crate) mod query;
pub(crate) mod shared;
pub(crate) mod survey;
pub(crate) mod tables;

use std::collections::{BTreeMap, HashMap};

use serment_store::Failure;
use serment_store::catalogue::TableName;
use serment_store::condition::{
    Alias, ColumnRef, Condition, Constant, Key, Operator, PostCondition, TimeForm, TimeTest,
};
use serment_store::query::{NewValue, Strength};
use serment_store::{Text, text};

use crate::schema::{ColumnType, Schema, shown};

/// A value to bind.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// Text.
    Text(String),
    /// Integer.
    Integer(i64),
    /// Boolean.
    Boolean(bool),
}

/// A statement and its values, in the order of their numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sql {
    /// Text.
    pub text: String,
    /// Values.
    pub values: Vec<Value>,
}

/// A column that was looked up.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// How SQL names it, such as `t0."email"`.
    pub sql: String,
    /// How people name it, such as `contacts.email`.
    pub name: String,
    /// Its own name.
    pub column: String,
    /// Its type.
    pub r#type: ColumnType,
    /// Keys inside its JSON value.
    pub inside: Vec<String>,
    /// How SQL names what was read of it, as [`Dialect::reading`] says, if it was computed before.
    pub read: Option<String>,
}

impl Column {
    /// An error about this column.
    pub fn unsupported(&self, why: Text) -> Failure {
        let name = &self.name;
        Failure::Unsupported(text!("colonne {name} : {why}", "column {name}: {why}"; why))
    }
}

/// The two sides of a comparison with a constant.
pub(crate) struct Sides {
    /// Left side.
    pub left: String,
    /// Right side.
    pub right: String,
    /// Whether the value is of a sort that can be compared: unknown otherwise.
    pub guard: Option<String>,
}

/// What the databases write differently.
pub(crate) trait Dialect: Send + Sync {
    /// A quoted identifier.
    fn quoted(&self, name: &str) -> String {
        quoted(name)
    }
    /// A table, qualified and quoted.
    fn table(&self, table: &TableName) -> String;
    /// The mark of a bound value, of its type.
    fn placeholder(&self, position: usize, value: &Value) -> String;
    /// A value as a literal.
    fn literal(&self, value: &Value) -> String;
    /// A comparison with a constant. `order` tells that the operator asks which is greater.
    fn sides(
        &self,
        bind: &mut Binder<'_>,
        column: &Column,
        constant: &Constant,
        order: bool,
    ) -> Result<Sides, Failure>;
    /// A comparison operator between values of this column's type.
    fn operator(&self, column: &Column, op: Operator) -> String;
    /// A comparison of two columns, unknown where they cannot be compared.
    fn columns(&self, left: &Column, op: Operator, right: &Column) -> Result<String, Failure>;
    /// Both sides of a link, made comparable.
    fn link(&self, inner: &Column, outer: &Column) -> Result<(String, String), Failure>;
    /// `IS NULL`.
    fn is_null(&self, column: &Column) -> Result<String, Failure>;
    /// Key columns as they sort and compare with a key that was read.
    fn key_array(&self, columns: &[Column]) -> Result<String, Failure>;
    /// A column as it sorts.
    fn order(&self, column: &Column) -> Result<String, Failure> {
        Ok(column.sql.clone())
    }
    /// Whether the key is after this one, in key order.
    fn key_after(&self, bind: &mut Binder<'_>, columns: &[Column], key: &Key) -> Result<String, Failure>;
    /// Whether the key is one of these.
    fn key_in(&self, bind: &mut Binder<'_>, columns: &[Column], keys: &[Key]) -> Result<String, Failure>;
    /// A JSON array, as text.
    fn array(&self, parts: &[String]) -> String;
    /// A column as a part of a JSON array.
    fn read(&self, column: &Column) -> Result<String, Failure>;
    /// A column as text.
    fn text(&self, column: &Column) -> Result<String, Failure>;
    /// What rows of equal value have in common: the value, which groups faster than its text.
    fn group(&self, column: &Column) -> Result<String, Failure> {
        Ok(column.sql.clone())
    }
    /// A question about a time. With `positive`, unknown may be printed as false.
    fn time(
        &self,
        bind: &mut Binder<'_>,
        column: &Column,
        written: TimeForm,
        test: &TimeTest,
        positive: bool,
    ) -> Result<String, Failure>;
    /// What follows from a question about a time, and an index on the column serves, where the question itself hides it.
    fn time_edge(
        &self,
        _bind: &mut Binder<'_>,
        _column: &Column,
        _written: TimeForm,
        _test: &TimeTest,
    ) -> Result<Option<String>, Failure> {
        Ok(None)
    }
    /// A time as text that keeps what the column says, as a part of a JSON array.
    fn time_text(&self, column: &Column, written: TimeForm) -> Result<String, Failure>;
    /// A time in seconds since the epoch, or NULL.
    fn time_seconds(&self, column: &Column, written: TimeForm) -> Result<String, Failure>;
    /// What a time says, in a form from which every question about it is quickly answered: worth computing once for a
    /// row that is asked several. None where the column is such a form.
    fn reading(&self, _column: &Column, _written: TimeForm) -> Result<Option<String>, Failure> {
        Ok(None)
    }
    /// Whether a condition on one row is quicker when what stands in it several times is computed once, in a subquery
    /// of its own: where the database runs a subquery for each row anyway, and reading a time costs.
    fn shares_filters(&self) -> bool {
        false
    }
    /// The greatest of these, NULL aside.
    fn greatest(&self, parts: &[String]) -> String;
    /// What ends a subquery that the database must not merge into the query around it: merged, what is computed once
    /// would be written, and computed, wherever it is named.
    fn kept_apart(&self) -> &'static str;
    /// Whether a column satisfies what its anonymisation promises, never unknown.
    fn satisfies(
        &self,
        bind: &mut Binder<'_>,
        column: &Column,
        by: &PostCondition,
    ) -> Result<String, Failure>;
    /// A new value for a column.
    fn new_value(&self, bind: &mut Binder<'_>, column: &Column, value: &NewValue) -> Result<String, Failure>;
    /// DELETE.
    fn delete(&self, parts: Delete<'_>) -> Result<Deletion, Failure> {
        Ok(Deletion {
            leaves: None,
            unlink: None,
            rows: format!(
                "DELETE FROM {} AS {}\nWHERE {}",
                self.table(parts.table),
                row(parts.alias),
                parts.filter
            ),
        })
    }
    /// UPDATE: names of columns and their values.
    fn update(&self, table: &TableName, alias: Alias, set: &[(String, String)], filter: &str) -> String {
        let set: Vec<_> = set
            .iter()
            .map(|(name, value)| format!("{} = {value}", self.quoted(name)))
            .collect();
        format!(
            "UPDATE {} AS {}\nSET {}\nWHERE {filter}",
            self.table(table),
            row(alias),
            set.join(",\n  ")
        )
    }
    /// A statement that changes one column to a value per row.
    fn update_each(&self, parts: UpdateEach<'_>, bind: &mut Binder<'_>) -> Result<String, Failure>;
    /// What follows a SELECT that locks rows, if the database locks rows.
    fn row_lock(&self, alias: Alias, strength: Strength) -> Option<String>;
    /// Locks a whole table; empty where no statement does.
    fn table_lock(&self, table: &TableName) -> String;
    /// The columns of the table of progress.
    fn progress_columns(&self) -> &'static str {
        "(run text NOT NULL, step text NOT NULL, batch bigint NOT NULL, counts text NOT NULL, PRIMARY KEY (run, step))"
    }
}

/// The pieces of a DELETE.
pub(crate) struct Delete<'a> {
    /// Table.
    pub table: &'a TableName,
    /// Row.
    pub alias: Alias,
    /// Condition, printed.
    pub filter: String,
    /// Whether the condition also reads other rows of the table.
    pub reads_itself: bool,
    /// The columns of its primary key, where the database needs to know.
    pub primary_key: Vec<String>,
    /// Its foreign keys to itself, where the database tests them row by row.
    pub own_links: Vec<OwnLink>,
}

/// A DELETE as text: one statement, or three where rows of one table that refer to one another cannot go in one.
pub(crate) struct Deletion {
    /// Deletes rows that no other row of the table refers to; run again until it finds none.
    pub leaves: Option<String>,
    /// Takes their links from the rows that remain to go, for they stand in a circle.
    pub unlink: Option<String>,
    /// Deletes the rows.
    pub rows: String,
}

/// The same with its values, or any other change, which is one statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Changing {
    /// As in a [`Deletion`]: it counts each time.
    pub leaves: Option<Sql>,
    /// As in a [`Deletion`]: every row that it changes must go.
    pub unlink: Option<Sql>,
    /// The statement.
    pub rows: Sql,
}

impl Changing {
    /// The statements, in order.
    pub fn statements(&self) -> impl Iterator<Item = &Sql> {
        self.leaves.iter().chain(&self.unlink).chain([&self.rows])
    }
}

/// A foreign key of a table to itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct OwnLink {
    /// Pairs of columns: referring, referred to.
    pub columns: Vec<(String, String)>,
    /// A referring column that may be NULL.
    pub nullable: Option<String>,
}

/// The pieces of an update with a value per row.
pub(crate) struct UpdateEach<'a> {
    /// Table, quoted.
    pub table: String,
    /// Row.
    pub alias: Alias,
    /// Key columns.
    pub key: &'a [Column],
    /// Column to set.
    pub column: &'a Column,
    /// Columns that the database would change by itself, to be set to what they hold.
    pub kept: Vec<Column>,
    /// Keys and values.
    pub values: &'a [(Key, serde_json::Value)],
    /// Condition, printed.
    pub filter: String,
}

/// Numbers the values of a statement.
pub(crate) struct Binder<'a> {
    dialect: &'a dyn Dialect,
    inline: bool,
    values: Vec<Value>,
}

impl<'a> Binder<'a> {
    /// Binds values for a statement that is written by hand.
    pub fn new(dialect: &'a dyn Dialect) -> Self {
        Self {
            dialect,
            inline: false,
            values: Vec::new(),
        }
    }

    /// Ends the statement.
    pub fn finish(self, text: String) -> Sql {
        Sql {
            text,
            values: self.values,
        }
    }

    /// Binds a value and returns its mark, or its literal when the statement is for reading.
    pub fn bind(&mut self, value: Value) -> String {
        if self.inline {
            return self.dialect.literal(&value);
        }
        self.values.push(value);
        self.dialect
            .placeholder(self.values.len(), &self.values[self.values.len() - 1])
    }

    /// Binds text.
    pub fn text(&mut self, value: impl Into<String>) -> String {
        self.bind(Value::Text(value.into()))
    }
}

/// Prints one statement.
pub(crate) struct Printer<'a> {
    pub(crate) dialect: &'a dyn Dialect,
    schema: &'a Schema,
    pub(crate) bind: Binder<'a>,
    rows: BTreeMap<Alias, TableName>,
    /// How SQL names the conditions that were computed before, by their place.
    computed: HashMap<*const Condition, String>,
    /// How SQL names what was read of times before.
    read: HashMap<ColumnRef, String>,
    /// Whether conditions may be rewritten to compute once what they share.
    shares_filters: bool,
    fresh: u32,
}

impl<'a> Printer<'a> {
    /// A printer that binds values.
    pub fn new(dialect: &'a dyn Dialect, schema: &'a Schema) -> Self {
        Self::with(dialect, schema, false)
    }

    /// A printer that writes values as literals, for reading.
    pub fn for_reading(dialect: &'a dyn Dialect, schema: &'a Schema) -> Self {
        Self::with(dialect, schema, true)
    }

    fn with(dialect: &'a dyn Dialect, schema: &'a Schema, inline: bool) -> Self {
        Self {
            dialect,
            schema,
            bind: Binder {
                inline,
                ..Binder::new(dialect)
            },
            rows: BTreeMap::new(),
            computed: HashMap::new(),
            read: HashMap::new(),
            shares_filters: false,
            fresh: 0,
        }
    }

    /// Says that the statement changes and locks nothing: its conditions may be rewritten where that helps.
    pub fn reads_only(&mut self) {
        self.shares_filters = self.dialect.shares_filters();
    }

    /// Ends the statement.
    pub fn finish(self, text: String) -> Sql {
        self.bind.finish(text)
    }

    /// Names a row of a table from here on.
    pub fn name_row(&mut self, alias: Alias, table: &TableName) {
        self.rows.insert(alias, table.clone());
    }

    /// A name that no other part of the statement uses.
    fn fresh_name(&mut self, stem: &str) -> String {
        self.fresh += 1;
        format!("{stem}{}", self.fresh)
    }

    /// Looks a column up.
    pub fn column(&self, column: &ColumnRef) -> Result<Column, Failure> {
        let table = self.rows.get(&column.of).ok_or_else(|| {
            Failure::Unsupported(text!(
                "la condition parle de la ligne {}, que rien ne nomme",
                "the condition speaks of row {} which nothing names",
                row(column.of)
            ))
        })?;
        Ok(Column {
            sql: format!("{}.{}", row(column.of), self.dialect.quoted(&column.column)),
            name: format!("{}.{}", shown(table), column.column),
            column: column.column.clone(),
            r#type: self.schema.column(table, &column.column)?,
            inside: column.inside.clone(),
            read: self.read.get(column).cloned(),
        })
    }

    /// Columns of a row that the database changes by itself when another one changes, save those.
    pub fn kept(&self, of: Alias, table: &TableName, but: &[&str]) -> Result<Vec<Column>, Failure> {
        self.schema
            .changes_by_itself(table)
            .filter(|column| !but.contains(column))
            .map(|column| self.column(&ColumnRef::whole(of, column)))
            .collect()
    }

    /// Looks whole columns of a row up.
    pub fn columns(&self, of: Alias, names: &[String]) -> Result<Vec<Column>, Failure> {
        if names.is_empty() {
            return Err(Failure::Unsupported(text!(
                "il faut au moins une colonne à une clé",
                "a key needs at least one column"
            )));
        }
        names
            .iter()
            .map(|name| self.column(&ColumnRef::whole(of, name)))
            .collect()
    }
}

/// A quoted identifier as the standard writes it: the quote doubled, nothing else is special.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The name of a row.
pub(crate) fn row(alias: Alias) -> String {
    format!("t{}", alias.0)
}

/// An operator as both databases write it.
pub(crate) fn symbol(op: Operator) -> &'static str {
    match op {
        Operator::Equal => "=",
        Operator::NotEqual => "<>",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
    }
}

/// Whether an operator asks which side is greater.
pub(crate) fn orders(op: Operator) -> bool {
    !matches!(op, Operator::Equal | Operator::NotEqual)
}
