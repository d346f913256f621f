//! Queries and changes.

use serment_store::catalogue::TableName;
use serment_store::condition::{Alias, ColumnRef};
use serment_store::query::{Change, ClientColumn, Field, Keys, Lock, Rows, Tally};
use serment_store::text;
use serment_store::{Failure, Statement};

use super::tables::Tables;
use super::{Dialect, Printer, Sql, UpdateEach, quoted, row};
use crate::schema::Schema;

/// JSON arrays are read in pieces of so many fields: functions take at most 100 arguments.
pub(crate) const FIELDS_PER_PIECE: usize = 50;

/// A tally: each row is one JSON array of client, answers, count and clocks.
pub(crate) fn tally(mut p: Printer<'_>, tally: &Tally) -> Result<Sql, Failure> {
    p.name_row(tally.alias, &tally.table);
    let (mut inner, mut groups, mut outer) = (Vec::new(), Vec::new(), Vec::new());
    match &tally.client {
        Some(client) => {
            inner.push(format!("{} AS client", p.client(tally.alias, client)?));
            groups.push("client".to_owned());
            outer.push("client".to_owned());
        }
        None => outer.push("NULL".to_owned()),
    }
    for (position, class) in tally.classes.iter().enumerate() {
        inner.push(format!("{} AS c{position}", p.answer(class)?));
        groups.push(format!("c{position}"));
        outer.push(format!("c{position}"));
    }
    outer.push("count(*)".to_owned());
    for (position, clock) in tally.clocks.iter().enumerate() {
        let mut parts = Vec::new();
        for time in clock {
            let column = p.column(&time.column)?;
            parts.push(p.dialect.time_seconds(&column, time.written)?);
        }
        inner.push(format!("{} AS k{position}", p.dialect.greatest(&parts)));
        outer.push(format!("min(k{position})"));
    }
    if inner.is_empty() {
        inner.push("1".into());
    }
    let filter = p.filter(&tally.filter)?;
    let mut text = format!(
        "SELECT {}\nFROM (SELECT {}\n  FROM {} AS {}\n  WHERE {filter}{}) AS seen",
        p.dialect.array(&outer),
        inner.join(",\n    "),
        p.dialect.table(&tally.table),
        row(tally.alias),
        p.dialect.kept_apart(),
    );
    if groups.is_empty() {
        text.push_str("\nHAVING count(*) > 0");
    } else {
        text.push_str(&format!("\nGROUP BY {0}\nORDER BY {0}", groups.join(", ")));
    }
    Ok(p.finish(text))
}

/// A list of keys: each row is one JSON array.
pub(crate) fn keys(mut p: Printer<'_>, keys: &Keys) -> Result<Sql, Failure> {
    p.name_row(keys.alias, &keys.table);
    let columns = p.columns(keys.alias, &keys.key)?;
    let selected = p.dialect.key_array(&columns)?;
    let text = p.select(keys, &selected)?;
    Ok(p.finish(text))
}

/// Rows: each row is the JSON array of its key, then pieces of its fields.
pub(crate) fn rows(mut p: Printer<'_>, rows: &Rows) -> Result<Sql, Failure> {
    p.name_row(rows.keys.alias, &rows.keys.table);
    let columns = p.columns(rows.keys.alias, &rows.keys.key)?;
    let mut selected = vec![p.dialect.key_array(&columns)?];
    let mut fields = Vec::new();
    for field in &rows.read {
        fields.push(match field {
            Field::Column(column) => {
                let column = p.column(column)?;
                p.dialect.read(&column)?
            }
            Field::Condition(condition) => p.answer(condition)?,
            Field::Time(time) => {
                let column = p.column(&time.column)?;
                p.dialect.time_text(&column, time.written)?
            }
            Field::Client(client) => p.client(rows.keys.alias, client)?,
        });
    }
    for piece in fields.chunks(FIELDS_PER_PIECE) {
        selected.push(p.dialect.array(piece));
    }
    let text = p.select(&rows.keys, &selected.join(",\n  "))?;
    Ok(p.finish(text))
}

/// A lock; None where the database has nothing to say because its writer lock holds everything.
pub(crate) fn lock(mut p: Printer<'_>, lock: &Lock) -> Result<Option<Sql>, Failure> {
    match lock {
        Lock::Table(table) => {
            let text = p.dialect.table_lock(table);
            Ok((!text.is_empty()).then(|| p.finish(text)))
        }
        Lock::Rows {
            table,
            alias,
            key,
            filter,
            strength,
        } => {
            let Some(suffix) = p.dialect.row_lock(*alias, *strength) else {
                return Ok(None);
            };
            p.name_row(*alias, table);
            let columns = p.columns(*alias, key)?;
            let order: Vec<_> = columns.iter().map(|column| column.sql.clone()).collect();
            let filter = p.filter(filter)?;
            let text = format!(
                "SELECT 1\nFROM {} AS {}\nWHERE {filter}\nORDER BY {}\n{suffix}",
                p.dialect.table(table),
                row(*alias),
                order.join(", "),
            );
            Ok(Some(p.finish(text)))
        }
    }
}

/// A change.
pub(crate) fn change(mut p: Printer<'_>, change: &Change) -> Result<Sql, Failure> {
    let text = match change {
        Change::Delete { table, alias, filter } => {
            p.name_row(*alias, table);
            let filter = p.filter(filter)?;
            format!(
                "DELETE FROM {} AS {}\nWHERE {filter}",
                p.dialect.table(table),
                row(*alias)
            )
        }
        Change::Update {
            table,
            alias,
            filter,
            set,
        } => {
            p.name_row(*alias, table);
            let set = p.assignments(set)?;
            let filter = p.filter(filter)?;
            format!(
                "UPDATE {} AS {}\nSET {set}\nWHERE {filter}",
                p.dialect.table(table),
                row(*alias)
            )
        }
        Change::UpdateEach {
            table,
            alias,
            key,
            filter,
            column,
            values,
        } => {
            p.name_row(*alias, table);
            let key = p.columns(*alias, key)?;
            let column = p.column(column)?;
            let filter = p.filter(filter)?;
            let parts = UpdateEach {
                table: p.dialect.table(table),
                alias: *alias,
                key: &key,
                column: &column,
                values,
                filter,
            };
            p.dialect.update_each(parts, &mut p.bind)?
        }
    };
    Ok(p.finish(text))
}

/// A statement with its values as literals, for reading.
pub(crate) fn readable(dialect: &dyn Dialect, schema: &Schema, statement: &Statement) -> String {
    let p = Printer::for_reading(dialect, schema);
    let sql = match statement {
        Statement::Tally(it) => tally(p, it).map(Some),
        Statement::Keys(it) => keys(p, it).map(Some),
        Statement::Lock(it) => lock(p, it),
        Statement::Change(it) => change(p, it).map(Some),
    };
    match sql {
        Ok(Some(sql)) => sql.text,
        Ok(None) => {
            let tables: Vec<_> = statement
                .all_tables()
                .iter()
                .map(|table| dialect.table(table))
                .collect();
            format!(
                "-- {}: the writer lock of the transaction covers it",
                tables.join(", ")
            )
        }
        Err(failure) => format!("-- cannot be written: {}", failure.to_string().replace('\n', " ")),
    }
}

impl Printer<'_> {
    fn select(&mut self, keys: &Keys, selected: &str) -> Result<String, Failure> {
        let columns = self.columns(keys.alias, &keys.key)?;
        let mut filter = self.filter(&keys.filter)?;
        if let Some(after) = &keys.after {
            let after = self.dialect.key_after(&mut self.bind, &columns, after)?;
            filter = format!("{filter} AND {after}");
        }
        let order: Vec<_> = columns.iter().map(|column| column.sql.clone()).collect();
        let mut text = format!(
            "SELECT {selected}\nFROM {} AS {}\nWHERE {filter}\nORDER BY {}",
            self.dialect.table(&keys.table),
            row(keys.alias),
            order.join(", "),
        );
        if keys.limit > 0 {
            text.push_str(&format!("\nLIMIT {}", keys.limit));
        }
        Ok(text)
    }

    /// The client of a row as text: of its own column, or of the rows that links reach (the least, were there several).
    fn client(&mut self, of: Alias, client: &ClientColumn) -> Result<String, Failure> {
        let mut outer = of;
        let mut levels: Vec<(Alias, TableName, String)> = Vec::new();
        for (position, (table, pairs)) in client.through.iter().enumerate() {
            let alias = Alias(CLIENT_ALIASES + u32::try_from(position).unwrap_or(u32::MAX - CLIENT_ALIASES));
            self.name_row(alias, table);
            let mut on = Vec::new();
            for (theirs, ours) in pairs {
                let inner = self.column(&ColumnRef::whole(alias, theirs))?;
                let ours = self.column(&ColumnRef::whole(outer, ours))?;
                let (left, right) = self.dialect.link(&inner, &ours)?;
                on.push(format!(
                    "{left} {} {right}",
                    self.dialect
                        .operator(&inner, serment_store::condition::Operator::Equal)
                ));
            }
            levels.push((alias, table.clone(), on.join(" AND ")));
            outer = alias;
        }
        let column = self.column(&ColumnRef::whole(outer, &client.column))?;
        let value = self.dialect.text(&column)?;
        if levels.is_empty() {
            return Ok(value);
        }
        let from: Vec<_> = levels
            .iter()
            .map(|(alias, table, _)| format!("{} AS {}", self.dialect.table(table), row(*alias)))
            .collect();
        let on: Vec<_> = levels.iter().map(|(_, _, on)| on.clone()).collect();
        Ok(format!(
            "(SELECT min({value}) FROM {} WHERE {})",
            from.join(", "),
            on.join(" AND ")
        ))
    }

    /// Assignments; several into one JSON column nest, so that each sees what the previous one wrote.
    fn assignments(
        &mut self,
        set: &[(ColumnRef, serment_store::query::NewValue)],
    ) -> Result<String, Failure> {
        let mut done: Vec<(String, String)> = Vec::new();
        for (column, value) in set {
            let mut found = self.column(column)?;
            if let Some((_, previous)) = done.iter().find(|(name, _)| *name == column.column) {
                found.sql = previous.clone();
            }
            let printed = self.dialect.new_value(&mut self.bind, &found, value)?;
            match done.iter_mut().find(|(name, _)| *name == column.column) {
                Some(entry) => entry.1 = printed,
                None => done.push((column.column.clone(), printed)),
            }
        }
        if done.is_empty() {
            return Err(Failure::Unsupported(text!(
                "une modification a besoin d'une colonne à écrire",
                "an update needs a column to set"
            )));
        }
        let parts: Vec<_> = done
            .into_iter()
            .map(|(name, value)| format!("{} = {value}", quoted(&name)))
            .collect();
        Ok(parts.join(",\n  "))
    }
}

/// Where the names of the rows that lead to a client begin: far from those of the planner.
const CLIENT_ALIASES: u32 = 1_000_000;
