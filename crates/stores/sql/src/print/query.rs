//! Queries and changes.

use std::collections::BTreeSet;

use serment_store::catalogue::TableName;
use serment_store::condition::{Alias, ColumnRef, Condition};
use serment_store::query::{Change, ClientColumn, Clock, Field, Keys, Lock, Moment, Rows, Tally};
use serment_store::text;
use serment_store::{Failure, Statement};

use super::shared::Shared;
use super::tables::Tables;
use super::{Changing, Column, Delete, Dialect, Printer, Sql, UpdateEach, row};
use crate::schema::Schema;

/// JSON arrays are read in pieces of so many fields: functions take at most 100 arguments.
pub(crate) const FIELDS_PER_PIECE: usize = 50;

/// The answers of a group are the bits of numbers: one number is grouped by faster than many answers.
pub(crate) const CLASSES_PER_NUMBER: usize = 30;

/// A tally: each row is one JSON array of client, answers, step, count and clocks.
pub(crate) fn tally(mut p: Printer<'_>, tally: &Tally) -> Result<Sql, Failure> {
    p.reads_only();
    p.name_row(tally.alias, &tally.table);
    let (mut inner, mut groups, mut outer) = (Vec::new(), Vec::new(), Vec::new());
    let conditions = tally.classes.iter();
    let when = tally.clocks.iter().filter_map(|clock| clock.when.as_ref());
    let mut shared = Shared::of(tally.alias, conditions.chain(when));
    for column in tally.moments().flat_map(columns_of) {
        shared.name(tally.alias, column);
    }
    shared.columns.extend(tally.client.iter().flat_map(own_columns));
    let filter = p.filter(&tally.filter)?;
    let source = p.source(&tally.table, tally.alias, &filter, &shared)?;
    match &tally.client {
        Some(client) => {
            inner.push(format!("{} AS client", p.client(tally.alias, client)?));
            groups.push("client".to_owned());
            outer.push("client".to_owned());
        }
        None => outer.push("NULL".to_owned()),
    }
    for (position, classes) in tally.classes.chunks(CLASSES_PER_NUMBER).enumerate() {
        let mut bits = Vec::new();
        for (bit, class) in classes.iter().enumerate() {
            let holds = p.filter(class)?;
            bits.push(format!("CASE WHEN {holds} THEN {} ELSE 0 END", 1_u64 << bit));
        }
        inner.push(format!("{} AS c{position}", bits.join("\n    + ")));
        groups.push(format!("c{position}"));
        outer.push(format!("c{position}"));
    }
    if let Some(steps) = &tally.steps {
        inner.push(format!("{} AS at", p.clock(&steps.clock)?));
        groups.push("step".to_owned());
        outer.push("step".to_owned());
    }
    outer.push("count(*)".to_owned());
    for (position, clock) in tally.clocks.iter().enumerate() {
        inner.push(format!("{} AS k{position}", p.clock(clock)?));
        outer.push(format!("min(k{position})"));
    }
    if inner.is_empty() {
        inner.push("1".into());
    }
    let mut seen = format!(
        "(SELECT {}\n  FROM {source}\n  {}) AS seen",
        inner.join(",\n    "),
        p.dialect.kept_apart(),
    );
    if let Some(steps) = &tally.steps {
        seen = format!(
            "(SELECT seen.*, {} AS step\n  FROM {seen}) AS stepped",
            step(&steps.borders, 0)
        );
    }
    let mut text = format!("SELECT {}\nFROM {seen}", p.dialect.array(&outer));
    if groups.is_empty() {
        text.push_str("\nHAVING count(*) > 0");
    } else {
        text.push_str(&format!("\nGROUP BY {0}\nORDER BY {0}", groups.join(", ")));
    }
    Ok(p.finish(text))
}

/// A list of keys: each row is one JSON array.
pub(crate) fn keys(mut p: Printer<'_>, keys: &Keys) -> Result<Sql, Failure> {
    p.reads_only();
    p.name_row(keys.alias, &keys.table);
    let columns = p.columns(keys.alias, &keys.key)?;
    let selected = p.dialect.key_array(&columns)?;
    let filter = p.after(keys)?;
    let source = format!(
        "{} AS {}\nWHERE {filter}",
        p.dialect.table(&keys.table),
        row(keys.alias)
    );
    let text = p.ordered(keys, &selected, &source)?;
    Ok(p.finish(text))
}

/// Rows: each row is the JSON array of its key, then pieces of its fields.
pub(crate) fn rows(mut p: Printer<'_>, rows: &Rows) -> Result<Sql, Failure> {
    p.reads_only();
    let (alias, table) = (rows.keys.alias, &rows.keys.table);
    p.name_row(alias, table);
    let filter = p.after(&rows.keys)?;
    let conditions = rows.read.iter().filter_map(|field| match field {
        Field::Condition(condition) => Some(condition),
        _ => None,
    });
    let mut shared = Shared::of(alias, conditions);
    shared.columns.extend(rows.keys.key.iter().cloned());
    for field in &rows.read {
        match field {
            Field::Column(column) => shared.name(alias, column),
            Field::Time(moment) => columns_of(moment).for_each(|column| shared.name(alias, column)),
            Field::Client(client) => shared.columns.extend(own_columns(client)),
            Field::Condition(_) => {}
        }
    }
    // Computed first, what is shared would be computed for all the rows of which a limit takes a few.
    if rows.keys.limit > 0 {
        shared.layers.clear();
        shared.times.clear();
    }
    let source = p.source(table, alias, &filter, &shared)?;
    let columns = p.columns(alias, &rows.keys.key)?;
    let mut selected = vec![p.dialect.key_array(&columns)?];
    let mut fields = Vec::new();
    for field in &rows.read {
        fields.push(match field {
            Field::Column(column) => {
                let column = p.column(column)?;
                p.dialect.read(&column)?
            }
            Field::Condition(condition) => p.answer(condition)?,
            Field::Time(moment) => p.moment_text(moment)?,
            Field::Client(client) => p.client(alias, client)?,
        });
    }
    for piece in fields.chunks(FIELDS_PER_PIECE) {
        selected.push(p.dialect.array(piece));
    }
    let text = p.ordered(&rows.keys, &selected.join(",\n  "), &source)?;
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
            let order = p.order(&columns)?;
            let filter = p.filter(filter)?;
            let text = format!(
                "SELECT 1\nFROM {} AS {}\nWHERE {filter}\nORDER BY {}\n{suffix}",
                p.dialect.table(table),
                row(*alias),
                order,
            );
            Ok(Some(p.finish(text)))
        }
    }
}

/// A change.
pub(crate) fn change(mut p: Printer<'_>, change: &Change) -> Result<Changing, Failure> {
    let text = match change {
        Change::Delete { table, alias, filter } => {
            p.name_row(*alias, table);
            let deletion = p.dialect.delete(Delete {
                table,
                alias: *alias,
                reads_itself: filter.all_tables().contains(table),
                filter: p.filter(filter)?,
                primary_key: p.schema.primary_key(table),
                own_links: p.schema.own_links(table),
            })?;
            let rows = p.finish(deletion.rows);
            let with = |text: String| Sql {
                text,
                values: rows.values.clone(),
            };
            return Ok(Changing {
                leaves: deletion.leaves.map(with),
                unlink: deletion.unlink.map(with),
                rows,
            });
        }
        Change::Update {
            table,
            alias,
            filter,
            set,
        } => {
            p.name_row(*alias, table);
            let mut set = p.assignments(set)?;
            let assigned: Vec<&str> = set.iter().map(|(name, _)| name.as_str()).collect();
            let kept = p.kept(*alias, table, &assigned)?;
            set.extend(kept.into_iter().map(|column| (column.column, column.sql)));
            let filter = p.filter(filter)?;
            p.dialect.update(table, *alias, &set, &filter)
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
                kept: p.kept(*alias, table, &[&column.column])?,
                values,
                filter,
            };
            p.dialect.update_each(parts, &mut p.bind)?
        }
    };
    Ok(Changing {
        leaves: None,
        unlink: None,
        rows: p.finish(text),
    })
}

/// A statement with its values as literals, for reading.
pub(crate) fn readable(dialect: &dyn Dialect, schema: &Schema, statement: &Statement) -> String {
    let p = Printer::for_reading(dialect, schema);
    let text = match statement {
        Statement::Keys(it) => keys(p, it).map(|sql| Some(sql.text)),
        Statement::Lock(it) => lock(p, it).map(|sql| sql.map(|sql| sql.text)),
        Statement::Change(it) => change(p, it).map(|changing| {
            let texts: Vec<_> = changing.statements().map(|sql| sql.text.as_str()).collect();
            Some(texts.join(";\n"))
        }),
    };
    match text {
        Ok(Some(text)) => text,
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
    /// The rows of a table that satisfy a filter, with what conditions on them share computed once for each row.
    fn source(
        &mut self,
        table: &TableName,
        alias: Alias,
        filter: &str,
        shared: &Shared<'_>,
    ) -> Result<String, Failure> {
        let source = format!("{} AS {}\nWHERE {filter}", self.dialect.table(table), row(alias));
        let mut selected: Vec<String> = Vec::new();
        for column in &shared.columns {
            selected.push(self.column(&ColumnRef::whole(alias, column))?.sql);
        }
        self.computed_once(shared, &row(alias), selected, source)
    }

    /// Wraps a source, where `name` names its rows, so that what is shared stands beside what it selects.
    pub(super) fn computed_once(
        &mut self,
        shared: &Shared<'_>,
        name: &str,
        mut selected: Vec<String>,
        mut source: String,
    ) -> Result<String, Failure> {
        let mut readings = Vec::new();
        for time in &shared.times {
            let column = self.column(&time.column)?;
            if let Some(reading) = self.dialect.reading(&column, time.written)? {
                readings.push((&time.column, self.free_column(&shared.columns), reading));
            }
        }
        if !readings.is_empty() {
            let new = readings
                .iter()
                .map(|(_, name, reading)| format!("{reading} AS {name}"));
            let all: Vec<_> = selected.iter().cloned().chain(new).collect();
            source = self.wrapped(&all, &source, name);
            for (time, column, _) in readings {
                let sql = format!("{name}.{column}");
                self.read.insert(time.clone(), sql.clone());
                selected.push(sql);
            }
        }
        for layer in &shared.layers {
            let mut computed = Vec::new();
            for same in layer {
                let column = self.free_column(&shared.columns);
                computed.push((column, self.value(same.condition)?, &same.places));
            }
            let new = computed
                .iter()
                .map(|(column, text, _)| format!("{text} AS {column}"));
            let all: Vec<_> = selected.iter().cloned().chain(new).collect();
            source = self.wrapped(&all, &source, name);
            for (column, _, places) in computed {
                let sql = format!("{name}.{column}");
                self.computed
                    .extend(places.iter().map(|place| (*place, sql.clone())));
                selected.push(sql);
            }
        }
        Ok(source)
    }

    fn wrapped(&self, selected: &[String], source: &str, name: &str) -> String {
        let apart = self.dialect.kept_apart();
        let from = if source.is_empty() { "" } else { "\n  FROM " };
        format!(
            "(SELECT {}{from}{source}\n  {apart}) AS {name}",
            selected.join(",\n    ")
        )
    }

    /// A name that no column of the row bears.
    fn free_column(&mut self, taken: &BTreeSet<String>) -> String {
        loop {
            let name = self.fresh_name("s");
            if !taken.iter().any(|column| column.eq_ignore_ascii_case(&name)) {
                return name;
            }
        }
    }

    /// When a clock began, in seconds.
    fn clock(&mut self, clock: &Clock) -> Result<String, Failure> {
        let mut latest = Vec::new();
        for moments in [&clock.of, &clock.or] {
            let seconds: Vec<_> = moments
                .iter()
                .map(|moment| self.moment(moment))
                .collect::<Result<_, _>>()?;
            if !seconds.is_empty() {
                latest.push(self.dialect.greatest(&seconds));
            }
        }
        let began = match latest.as_slice() {
            [] => "NULL".into(),
            [one] => one.clone(),
            several => format!("coalesce({})", several.join(", ")),
        };
        Ok(match &clock.when {
            None => began,
            Some(when) => format!("CASE WHEN {} THEN {began} END", self.filter(when)?),
        })
    }

    /// A value that starts a clock, in seconds; the latest of those that links reach.
    fn moment(&mut self, moment: &Moment) -> Result<String, Failure> {
        self.of_moment(moment, &|dialect, column| {
            let seconds = dialect.time_seconds(column, moment.time.written)?;
            Ok((format!("max({seconds})"), seconds, String::new()))
        })
    }

    /// The same, as text.
    fn moment_text(&mut self, moment: &Moment) -> Result<String, Failure> {
        self.of_moment(moment, &|dialect, column| {
            let text = dialect.time_text(column, moment.time.written)?;
            let seconds = dialect.time_seconds(column, moment.time.written)?;
            let there = dialect.is_null(column)?;
            let latest = format!(" AND NOT {there} ORDER BY {seconds} DESC LIMIT 1");
            Ok((text.clone(), text, latest))
        })
    }

    /// `says` gives what to select among linked rows, what to read of the row itself, and how to end a selection.
    fn of_moment(&mut self, moment: &Moment, says: &SaysOfMoment<'_>) -> Result<String, Failure> {
        if let Some(linked) = &moment.of {
            self.name_row(linked.alias, &linked.table);
        }
        let column = self.column(&moment.time.column)?;
        let (selected, own, end) = says(self.dialect, &column)?;
        let Some(linked) = &moment.of else {
            return Ok(own);
        };
        let rows = self.linked(&linked.table, linked.alias, &linked.on, &linked.condition)?;
        let latest = format!("(SELECT {selected} {rows}{end})");
        Ok(match &linked.when {
            Condition::Always => latest,
            when => format!("CASE WHEN {} THEN {latest} END", self.filter(when)?),
        })
    }

    /// The condition on keys to list: from where the list goes on.
    fn after(&mut self, keys: &Keys) -> Result<String, Failure> {
        let columns = self.columns(keys.alias, &keys.key)?;
        let filter = self.shared_filter(keys.alias, &keys.filter)?;
        Ok(match &keys.after {
            None => filter,
            Some(after) => {
                let after = self.dialect.key_after(&mut self.bind, &columns, after)?;
                format!("{filter} AND {after}")
            }
        })
    }

    fn order(&self, columns: &[Column]) -> Result<String, Failure> {
        let order: Result<Vec<_>, _> = columns.iter().map(|column| self.dialect.order(column)).collect();
        Ok(order?.join(", "))
    }

    /// Rows in key order.
    fn ordered(&mut self, keys: &Keys, selected: &str, source: &str) -> Result<String, Failure> {
        let columns = self.columns(keys.alias, &keys.key)?;
        let order = self.order(&columns)?;
        let mut text = format!("SELECT {selected}\nFROM {source}\nORDER BY {order}");
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
    ) -> Result<Vec<(String, String)>, Failure> {
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
        Ok(done)
    }
}

/// The number of borders up to the clock `at`, found by halves; NULL without a clock.
fn step(borders: &[i64], from: usize) -> String {
    let middle = borders.len() / 2;
    let Some(border) = borders.get(middle) else {
        return from.to_string();
    };
    let before = step(&borders[..middle], from);
    let after = step(&borders[middle + 1..], from + middle + 1);
    format!("CASE WHEN at < {border} THEN {before} WHEN at >= {border} THEN {after} END")
}

/// What is said of a moment: of linked rows, of the row itself, and what ends a selection.
type SaysOfMoment<'a> = dyn Fn(&dyn Dialect, &Column) -> Result<(String, String, String), Failure> + 'a;

/// The columns that a moment reads, of whichever row.
fn columns_of(moment: &Moment) -> impl Iterator<Item = &ColumnRef> {
    let on = moment.of.iter().flat_map(|linked| &linked.on);
    on.map(|(_, outer)| outer).chain([&moment.time.column])
}

/// The columns of the row itself that lead to its client.
fn own_columns(client: &ClientColumn) -> Vec<String> {
    match client.through.first() {
        None => vec![client.column.clone()],
        Some((_, pairs)) => pairs.iter().map(|(_, ours)| ours.clone()).collect(),
    }
}

/// Where the names of the rows that lead to a client begin: far from those of the planner.
const CLIENT_ALIASES: u32 = 1_000_000;
