//! Conditions.
//!
//! Logic is three-valued. `positive` says that the reader of the result takes unknown for false (a WHERE clause, what
//! [`Condition::Holds`] encloses): then guards may be plain conjunctions, which indexes serve.

use serment_store::Failure;
use serment_store::catalogue::TableName;
use serment_store::condition::{Alias, ColumnRef, Condition, Constant, Operator, TimeColumn};

use super::shared::Shared;
use super::{Printer, Sides, orders, row};

impl Printer<'_> {
    /// A condition of a WHERE clause.
    pub fn filter(&mut self, condition: &Condition) -> Result<String, Failure> {
        self.condition(condition, true)
    }

    /// A two-valued condition as a value. Written as a choice, for SQLite computes both sides of an AND that is a value,
    /// and only what it needs of one that decides.
    pub fn answer(&mut self, condition: &Condition) -> Result<String, Failure> {
        let text = self.condition(condition, true)?;
        Ok(format!("CASE WHEN {text} THEN TRUE ELSE FALSE END"))
    }

    /// A condition as a value, with all the values that it has.
    pub fn value(&mut self, condition: &Condition) -> Result<String, Failure> {
        if condition.is_two_valued() {
            self.answer(condition)
        } else {
            self.condition(condition, false)
        }
    }

    /// A condition with its three values; unknown may become false where `positive`.
    pub(super) fn condition(&mut self, condition: &Condition, positive: bool) -> Result<String, Failure> {
        if let Some(name) = self.computed.get(&std::ptr::from_ref(condition)) {
            return Ok(name.clone());
        }
        Ok(match condition {
            Condition::Always => "TRUE".into(),
            Condition::Never => "FALSE".into(),
            Condition::All(parts) => self.joined(parts, " AND ", "TRUE", positive)?,
            Condition::Any(parts) => self.joined(parts, " OR ", "FALSE", positive)?,
            Condition::Not(part) => format!("(NOT {})", self.condition(part, false)?),
            Condition::Holds(part) => {
                let inner = self.condition(part, true)?;
                if positive {
                    inner
                } else {
                    format!("({inner} IS TRUE)")
                }
            }
            Condition::MayHold(part) => format!("({} IS NOT FALSE)", self.condition(part, false)?),
            Condition::Compare { column, op, value } => self.compare(column, *op, value, positive)?,
            Condition::CompareColumns { left, op, right } => {
                let (left, right) = (self.column(left)?, self.column(right)?);
                self.dialect.columns(&left, *op, &right)?
            }
            Condition::OneOf { column, values } => self.one_of(column, values, positive)?,
            Condition::IsNull(column) => {
                let column = self.column(column)?;
                self.dialect.is_null(&column)?
            }
            Condition::Time { column, test } => {
                let found = self.column(&column.column)?;
                self.dialect
                    .time(&mut self.bind, &found, column.written, test, positive)?
            }
            Condition::SurelyLater { later, earlier } => self.surely_later(later, earlier)?,
            Condition::Exists {
                table,
                alias,
                on,
                condition,
            } => {
                let rows = self.linked(table, *alias, on, condition)?;
                format!("EXISTS (SELECT 1 {rows})")
            }
            Condition::KeyIn { of, columns, keys } => {
                let columns = self.columns(*of, columns)?;
                let text = self.dialect.key_in(&mut self.bind, &columns, keys)?;
                if positive {
                    text
                } else {
                    format!("({text} IS TRUE)")
                }
            }
            Condition::Anonymised { column, by } => {
                let column = self.column(column)?;
                self.dialect.satisfies(&mut self.bind, &column, by)?
            }
            Condition::NoStayingReferrer {
                of,
                table,
                by,
                alias,
                goes,
            } => self.no_staying_referrer(*of, table, by, *alias, goes)?,
        })
    }

    /// Seconds of values without zone are read as UTC: off by a day at most, less than the margin.
    fn surely_later(&self, later: &TimeColumn, earlier: &TimeColumn) -> Result<String, Failure> {
        let seconds = |time: &TimeColumn| -> Result<String, Failure> {
            self.dialect
                .time_seconds(&self.column(&time.column)?, time.written)
        };
        let margin = 3 * 24 * 60 * 60;
        Ok(format!(
            "(({} >= {} + {margin}) IS TRUE)",
            seconds(later)?,
            seconds(earlier)?
        ))
    }

    fn joined(
        &mut self,
        parts: &[Condition],
        with: &str,
        empty: &str,
        positive: bool,
    ) -> Result<String, Failure> {
        let parts: Vec<_> = parts
            .iter()
            .map(|part| self.condition(part, positive))
            .collect::<Result<_, _>>()?;
        Ok(match parts.as_slice() {
            [] => empty.into(),
            [one] => one.clone(),
            several => format!("({})", several.join(with)),
        })
    }

    fn compare(
        &mut self,
        column: &ColumnRef,
        op: Operator,
        value: &Constant,
        positive: bool,
    ) -> Result<String, Failure> {
        let column = self.column(column)?;
        let sides = self.dialect.sides(&mut self.bind, &column, value, orders(op))?;
        let text = format!(
            "{} {} {}",
            sides.left,
            self.dialect.operator(&column, op),
            sides.right
        );
        // What equals a constant is of its sort: the guard only matters where it decides between false and unknown.
        let implied = positive && op == Operator::Equal && column.inside.is_empty();
        let guard = sides.guard.filter(|_| !implied);
        Ok(guarded(text, guard, positive))
    }

    fn one_of(&mut self, column: &ColumnRef, values: &[Constant], positive: bool) -> Result<String, Failure> {
        let found = self.column(column)?;
        let same_sort = values
            .windows(2)
            .all(|pair| std::mem::discriminant(&pair[0]) == std::mem::discriminant(&pair[1]));
        if !same_sort || found.r#type.operators.is_some() || values.len() < 2 {
            let parts: Vec<_> = values
                .iter()
                .map(|value| Condition::Compare {
                    column: column.clone(),
                    op: Operator::Equal,
                    value: value.clone(),
                })
                .collect();
            return self.joined(&parts, " OR ", "FALSE", positive);
        }
        let sides: Vec<Sides> = values
            .iter()
            .map(|value| self.dialect.sides(&mut self.bind, &found, value, false))
            .collect::<Result<_, _>>()?;
        let list: Vec<_> = sides.iter().map(|side| side.right.as_str()).collect();
        let text = format!("{} IN ({})", sides[0].left, list.join(", "));
        let guard = sides[0]
            .guard
            .clone()
            .filter(|_| !(positive && found.inside.is_empty()));
        Ok(guarded(text, guard, positive))
    }

    /// A condition of a WHERE clause about one row, where a statement that only reads may compute once what stands in it
    /// several times. The cheap parts stay in front and in the open: indexes serve them, and most rows are done with.
    pub(super) fn shared_filter(&mut self, alias: Alias, condition: &Condition) -> Result<String, Failure> {
        if !self.shares_filters {
            return self.filter(condition);
        }
        let parts = match condition {
            Condition::All(parts) => parts.as_slice(),
            one => std::slice::from_ref(one),
        };
        let (open, costly): (Vec<_>, Vec<_>) = parts.iter().partition(|part| is_cheap(part));
        let shared = Shared::of(alias, costly.iter().copied());
        if shared.layers.is_empty() && shared.times.is_empty() {
            return self.filter(condition);
        }
        let mut printed = Vec::new();
        for part in open {
            printed.push(self.filter(part)?);
        }
        for part in &costly {
            if let Condition::Time { column, test } = part {
                let found = self.column(&column.column)?;
                let edge = self
                    .dialect
                    .time_edge(&mut self.bind, &found, column.written, test)?;
                printed.extend(edge);
            }
        }
        let name = self.fresh_name("u");
        let source = self.computed_once(&shared, &name, Vec::new(), String::new())?;
        if source.is_empty() {
            return self.filter(condition);
        }
        let mut inside = Vec::new();
        for part in costly {
            inside.push(self.filter(part)?);
        }
        // The names mean nothing outside.
        shared
            .times
            .iter()
            .for_each(|time| drop(self.read.remove(&time.column)));
        let places = shared.layers.iter().flatten().flat_map(|same| &same.places);
        places.for_each(|place| drop(self.computed.remove(place)));
        printed.push(format!(
            "EXISTS (SELECT 1 FROM {source} WHERE {})",
            inside.join(" AND ")
        ));
        Ok(printed.join(" AND "))
    }

    /// `FROM` and `WHERE` of the rows that a link reaches.
    pub(super) fn linked(
        &mut self,
        table: &TableName,
        alias: Alias,
        on: &[(ColumnRef, ColumnRef)],
        condition: &Condition,
    ) -> Result<String, Failure> {
        self.name_row(alias, table);
        let mut parts = Vec::new();
        for (inner, outer) in on {
            let (inner, outer) = (self.column(inner)?, self.column(outer)?);
            let (left, right) = self.dialect.link(&inner, &outer)?;
            parts.push(format!(
                "{left} {} {right}",
                self.dialect.operator(&inner, Operator::Equal)
            ));
        }
        if *condition != Condition::Always {
            parts.push(self.shared_filter(alias, condition)?);
        }
        if parts.is_empty() {
            parts.push("TRUE".into());
        }
        let table = self.dialect.table(table);
        Ok(format!(
            "FROM {table} AS {} WHERE {}",
            row(alias),
            parts.join(" AND ")
        ))
    }

    /// The set of what staying rows refer to, grown until nothing is added; the row must not be in it. UNION keeps a key
    /// once, so cycles end. The set does not depend on the outer row: the databases compute it once per statement.
    fn no_staying_referrer(
        &mut self,
        of: Alias,
        table: &TableName,
        by: &[(String, String)],
        alias: Alias,
        goes: &Condition,
    ) -> Result<String, Failure> {
        self.name_row(alias, table);
        let held = self.fresh_name("held");
        let ours: Vec<String> = by.iter().map(|pair| pair.0.clone()).collect();
        let theirs: Vec<String> = by.iter().map(|pair| pair.1.clone()).collect();
        let ours = self.columns(alias, &ours)?;
        let referred = self.columns(alias, &theirs)?;
        let tested = self.columns(of, &theirs)?;

        let (mut names, mut selected, mut present, mut join, mut left) =
            (vec![], vec![], vec![], vec![], vec![]);
        for (position, ((our, their), test)) in ours.iter().zip(&referred).zip(&tested).enumerate() {
            let (test_side, our_side) = self.dialect.link(test, our)?;
            let (their_side, _) = self.dialect.link(their, our)?;
            let name = format!("k{position}");
            join.push(format!(
                "{their_side} {} {held}.{name}",
                self.dialect.operator(their, Operator::Equal)
            ));
            present.push(format!("{} IS NOT NULL", our.sql));
            selected.push(our_side);
            left.push(test_side);
            names.push(name);
        }
        let goes = self.filter(goes)?;
        let (source, row) = (self.dialect.table(table), row(alias));
        let (names, selected, present) = (names.join(", "), selected.join(", "), present.join(" AND "));
        let left = if left.len() == 1 {
            left.remove(0)
        } else {
            format!("({})", left.join(", "))
        };
        Ok(format!(
            "(({left} IN (WITH RECURSIVE {held}({names}) AS (\
             SELECT {selected} FROM {source} AS {row} WHERE {present} AND (({goes}) IS NOT TRUE) \
             UNION SELECT {selected} FROM {held} JOIN {source} AS {row} ON {} WHERE {present}) \
             SELECT {names} FROM {held})) IS NOT TRUE)",
            join.join(" AND ")
        ))
    }
}

/// Whether a condition reads columns of its row, and little else.
fn is_cheap(condition: &Condition) -> bool {
    matches!(
        condition,
        Condition::Always
            | Condition::Never
            | Condition::IsNull(_)
            | Condition::Compare { .. }
            | Condition::CompareColumns { .. }
            | Condition::OneOf { .. }
            | Condition::KeyIn { .. }
    )
}

/// A comparison that is unknown where its guard does not hold.
fn guarded(text: String, guard: Option<String>, positive: bool) -> String {
    match guard {
        None => format!("({text})"),
        Some(guard) if positive => format!("({text} AND {guard})"),
        Some(guard) => format!("(CASE WHEN {guard} THEN {text} END)"),
    }
}
