//! From the register's conditions on columns to the store's.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serment_register::model::{ClientOf, ColumnPath, Link, Register, Store, Table, TableId, TimeEncoding};
use serment_register::predicate::{Comparison, Literal, Operand, Predicate};
use serment_store::catalogue::{self, Catalogue, ColumnKind, TableName};
use serment_store::condition::{
    Alias, Bound, ColumnRef, Condition, Constant, Operator, TimeColumn, TimeForm, TimeTest,
};
use serment_store::query::Linked;

use crate::cutoff::{Cutoff, time_zone};
use crate::error::PlanError;
use crate::judgement::Names;
use crate::situation::Extension;

/// The register and the catalogues, read together.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// Register.
    pub register: &'a Register,
    /// Catalogues, by store.
    pub catalogues: &'a BTreeMap<String, Catalogue>,
    /// Cut-off.
    pub cutoff: &'a Cutoff,
    /// What clients asked to keep for longer.
    pub extensions: &'a [Extension],
}

impl<'a> Ground<'a> {
    /// The declared table.
    pub fn table(&self, id: &TableId) -> Result<&'a Table, PlanError> {
        self.register
            .table(id)
            .ok_or_else(|| PlanError::UnknownTable(id.to_string()))
    }

    /// The store of a table.
    pub fn store(&self, id: &TableId) -> Result<&'a Store, PlanError> {
        self.register
            .stores
            .get(&id.store)
            .ok_or_else(|| PlanError::UnknownTable(id.to_string()))
    }

    /// Whether a row is a client's.
    pub fn of_client(
        &self,
        names: &Names,
        table: &'a Table,
        row: Alias,
        client: &str,
    ) -> Result<Condition, PlanError> {
        match &table.client {
            None => Ok(Condition::Never),
            Some(ClientOf::Column(column)) => Ok(Condition::Holds(Box::new(Condition::Compare {
                column: ColumnRef::whole(row, column),
                op: Operator::Equal,
                value: Constant::Text(client.to_owned()),
            }))),
            Some(ClientOf::Link(name)) => {
                let Some(link) = table.links.get(name) else {
                    return Err(PlanError::UnknownWord {
                        rule: table.id.to_string(),
                        word: name.clone(),
                    });
                };
                let parent = names.fresh();
                let inner = self.of_client(names, self.table(&link.to)?, parent, client)?;
                self.parent(&table.id, link, row, parent, inner)
            }
        }
    }

    /// The name of a table in its store.
    pub fn name(&self, id: &TableId) -> Result<TableName, PlanError> {
        let table = self.table(id)?;
        Ok(TableName {
            schema: table.schema.clone(),
            name: table.name.clone(),
        })
    }

    /// What the store says of a table.
    pub fn seen(&self, id: &TableId) -> Result<&'a catalogue::Table, PlanError> {
        let catalogue = self
            .catalogues
            .get(&id.store)
            .ok_or_else(|| PlanError::UnreadStore(id.store.clone()))?;
        catalogue
            .tables
            .get(&self.name(id)?)
            .ok_or_else(|| PlanError::MissingTable(id.to_string()))
    }

    /// What the store says of a column.
    pub fn seen_column(&self, id: &TableId, column: &str) -> Result<&'a catalogue::Column, PlanError> {
        self.seen(id)?
            .column(column)
            .ok_or_else(|| PlanError::MissingColumn {
                table: id.to_string(),
                column: column.to_owned(),
            })
    }

    /// How a column writes a time.
    pub fn time(&self, id: &TableId, of: Alias, path: &ColumnPath) -> Result<TimeColumn, PlanError> {
        let store = self.store(id)?;
        let declared = self
            .table(id)?
            .columns
            .get(path)
            .and_then(|column| column.time.clone());
        let default_zone = || {
            store
                .time_zone
                .clone()
                .unwrap_or_else(|| self.register.organisation.time_zone.clone())
        };
        let (written, zone) = match declared {
            Some(TimeEncoding::Date) => (TimeForm::Date, None),
            Some(TimeEncoding::Instant) => (TimeForm::Instant, None),
            Some(TimeEncoding::Local { zone }) => (TimeForm::Local, zone),
            Some(TimeEncoding::Text { zone }) => (TimeForm::Text, zone),
            Some(TimeEncoding::EpochSeconds) => (TimeForm::EpochSeconds, None),
            Some(TimeEncoding::EpochMilliseconds) => (TimeForm::EpochMilliseconds, None),
            None => (self.inferred(id, path)?, None),
        };
        Ok(TimeColumn {
            column: column_ref(of, path),
            written,
            zone: zone.unwrap_or_else(default_zone),
        })
    }

    fn inferred(&self, id: &TableId, path: &ColumnPath) -> Result<TimeForm, PlanError> {
        let unclear = || PlanError::UnclearTime {
            table: id.to_string(),
            column: path.to_string(),
        };
        if !path.inside.is_empty() {
            return Ok(TimeForm::Text);
        }
        match self.seen_column(id, &path.column)?.kind {
            ColumnKind::Date => Ok(TimeForm::Date),
            ColumnKind::Instant => Ok(TimeForm::Instant),
            ColumnKind::LocalTime => Ok(TimeForm::Local),
            ColumnKind::Text => Ok(TimeForm::Text),
            _ => Err(unclear()),
        }
    }

    /// The zone of a time column.
    pub fn zone_of(&self, column: &TimeColumn) -> Result<TimeZone, PlanError> {
        Ok(time_zone(&column.zone)?)
    }

    /// A predicate of the register on the row `of` of a table.
    pub fn predicate(&self, id: &TableId, of: Alias, predicate: &Predicate) -> Result<Condition, PlanError> {
        let recur = |part: &Predicate| self.predicate(id, of, part);
        Ok(match predicate {
            Predicate::And(parts) => Condition::All(parts.iter().map(recur).collect::<Result<_, _>>()?),
            Predicate::Or(parts) => Condition::Any(parts.iter().map(recur).collect::<Result<_, _>>()?),
            Predicate::Not(part) => Condition::Not(Box::new(recur(part)?)),
            Predicate::Compare { column, op, operand } => self.compare(id, of, column, *op, operand)?,
            Predicate::In {
                column,
                values,
                negated,
            } => negated_if(
                *negated,
                Condition::OneOf {
                    column: column_ref(of, column),
                    values: values.iter().map(constant).collect(),
                },
            ),
            Predicate::Between {
                column,
                low,
                high,
                negated,
            } => negated_if(
                *negated,
                Condition::All(vec![
                    self.compare(id, of, column, Comparison::GreaterOrEqual, low)?,
                    self.compare(id, of, column, Comparison::LessOrEqual, high)?,
                ]),
            ),
            Predicate::IsNull { column, negated } => {
                negated_if(*negated, Condition::IsNull(column_ref(of, column)))
            }
        })
    }

    fn compare(
        &self,
        id: &TableId,
        of: Alias,
        column: &ColumnPath,
        op: Comparison,
        operand: &Operand,
    ) -> Result<Condition, PlanError> {
        match operand {
            Operand::Now => self.compare_now(id, of, column, op),
            Operand::Literal(literal) => Ok(Condition::Compare {
                column: column_ref(of, column),
                op: operator(op),
                value: constant(literal),
            }),
            Operand::Column(other) => Ok(Condition::CompareColumns {
                left: column_ref(of, column),
                op: operator(op),
                right: column_ref(of, other),
            }),
        }
    }

    /// `column < now` and its kin: the stores know microseconds, so "after" is "from the next microsecond on".
    fn compare_now(
        &self,
        id: &TableId,
        of: Alias,
        column: &ColumnPath,
        op: Comparison,
    ) -> Result<Condition, PlanError> {
        let column = self.time(id, of, column)?;
        let now = self.cutoff.now_bound(None, &self.zone_of(&column)?)?;
        let after_now = || self.just_after(&column, self.cutoff.now);
        let test = match op {
            Comparison::Less => TimeTest::Before(now),
            Comparison::LessOrEqual => TimeTest::Before(after_now()?),
            Comparison::Greater => TimeTest::From(after_now()?),
            Comparison::GreaterOrEqual => TimeTest::From(now),
            Comparison::Equal | Comparison::NotEqual => {
                return Err(PlanError::EqualsNow {
                    table: id.to_string(),
                });
            }
        };
        Ok(Condition::Time { column, test })
    }

    fn just_after(&self, column: &TimeColumn, instant: Timestamp) -> Result<Bound, PlanError> {
        let later = Cutoff {
            now: instant
                .checked_add(jiff::SignedDuration::from_micros(1))
                .map_err(|_| crate::cutoff::CutoffError::Range(instant.to_string()))?,
            ..self.cutoff.clone()
        };
        Ok(later.now_bound(None, &self.zone_of(column)?)?)
    }

    /// Whether a time is there and implausible or unreadable. `planned` when it may lie ahead.
    pub fn implausible(&self, column: TimeColumn, planned: bool) -> Result<Condition, PlanError> {
        let zone = self.zone_of(&column)?;
        let not_before = self
            .cutoff
            .start_of(self.register.organisation.not_before, &zone)?;
        let not_from = if planned {
            None
        } else {
            Some(self.cutoff.far_future(&zone)?)
        };
        Ok(Condition::Time {
            column,
            test: TimeTest::Implausible { not_before, not_from },
        })
    }

    /// Whether a time is there, plausible, and before a bound.
    pub fn between(&self, column: TimeColumn, before: Bound) -> Result<Condition, PlanError> {
        let zone = self.zone_of(&column)?;
        let from = self
            .cutoff
            .start_of(self.register.organisation.not_before, &zone)?;
        Ok(Condition::Time {
            column,
            test: TimeTest::Between { from, before },
        })
    }

    /// Whether the row that `link` reaches from `from` (a row of `id`) satisfies a condition on `to`.
    pub fn parent(
        &self,
        id: &TableId,
        link: &Link,
        from: Alias,
        to: Alias,
        condition: Condition,
    ) -> Result<Condition, PlanError> {
        Ok(some(self.parents(id, link, from, to)?, condition))
    }

    /// The row that `link` reaches from `from`, a row of `id`.
    pub fn parents(&self, id: &TableId, link: &Link, from: Alias, to: Alias) -> Result<Linked, PlanError> {
        let pairs = link.by.iter();
        Ok(Linked {
            when: self.applies(id, link, from)?,
            table: self.name(&link.to)?,
            alias: to,
            on: pairs.map(|(ours, theirs)| pair(to, theirs, from, ours)).collect(),
            condition: Condition::Always,
        })
    }

    /// Whether some row `child` of `id` that reaches `parent` by `link` satisfies a condition.
    pub fn child(
        &self,
        id: &TableId,
        link: &Link,
        child: Alias,
        parent: Alias,
        condition: Condition,
    ) -> Result<Condition, PlanError> {
        Ok(some(self.children(id, link, child, parent)?, condition))
    }

    /// The rows of `id` that reach `parent` by `link`.
    pub fn children(
        &self,
        id: &TableId,
        link: &Link,
        child: Alias,
        parent: Alias,
    ) -> Result<Linked, PlanError> {
        let pairs = link.by.iter();
        Ok(Linked {
            when: Condition::Always,
            table: self.name(id)?,
            alias: child,
            on: pairs
                .map(|(ours, theirs)| pair(child, ours, parent, theirs))
                .collect(),
            condition: self.applies(id, link, child)?,
        })
    }

    /// Whether a row has something to say through that link: a polymorphic link concerns some rows only, and a NULL part
    /// means no parent.
    pub fn linked(&self, id: &TableId, link: &Link, from: Alias) -> Result<Condition, PlanError> {
        let present = link
            .by
            .iter()
            .map(|(ours, _)| Condition::not(Condition::IsNull(ColumnRef::whole(from, ours))));
        Ok(Condition::all(
            std::iter::once(self.applies(id, link, from)?).chain(present),
        ))
    }

    fn applies(&self, id: &TableId, link: &Link, from: Alias) -> Result<Condition, PlanError> {
        match &link.when {
            Some(when) => Ok(Condition::Holds(Box::new(self.predicate(id, from, when)?))),
            None => Ok(Condition::Always),
        }
    }
}

/// Whether one of these rows satisfies a condition.
fn some(rows: Linked, condition: Condition) -> Condition {
    match Condition::all([rows.condition, condition]) {
        Condition::Never => Condition::Never,
        condition => Condition::all([
            rows.when,
            Condition::Exists {
                table: rows.table,
                alias: rows.alias,
                on: rows.on,
                condition: Box::new(condition),
            },
        ]),
    }
}

/// A column of a named row.
pub fn column_ref(of: Alias, path: &ColumnPath) -> ColumnRef {
    ColumnRef {
        of,
        column: path.column.clone(),
        inside: path.inside.clone(),
    }
}

fn pair(inner: Alias, inner_column: &str, outer: Alias, outer_column: &str) -> (ColumnRef, ColumnRef) {
    (
        ColumnRef::whole(inner, inner_column),
        ColumnRef::whole(outer, outer_column),
    )
}

fn negated_if(negated: bool, condition: Condition) -> Condition {
    if negated {
        Condition::Not(Box::new(condition))
    } else {
        condition
    }
}

fn constant(literal: &Literal) -> Constant {
    match literal {
        Literal::Text(text) => Constant::Text(text.clone()),
        Literal::Integer(number) => Constant::Integer(*number),
        Literal::Decimal(number) => Constant::Decimal(number.clone()),
        Literal::Boolean(value) => Constant::Boolean(*value),
    }
}

fn operator(op: Comparison) -> Operator {
    match op {
        Comparison::Equal => Operator::Equal,
        Comparison::NotEqual => Operator::NotEqual,
        Comparison::Less => Operator::Less,
        Comparison::LessOrEqual => Operator::LessOrEqual,
        Comparison::Greater => Operator::Greater,
        Comparison::GreaterOrEqual => Operator::GreaterOrEqual,
    }
}
