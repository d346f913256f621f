//! Holds: a hold freezes the row, what belongs to it, and what it refers to, whole.

use serment_register::model::{Link, LinkKind, Table, TableId};
use serment_store::condition::{Alias, ColumnRef, Condition, TimeColumn};

use crate::error::PlanError;
use crate::graph::Graph;
use crate::judgement::Names;
use crate::situation::{Hold, HoldScope};
use crate::translate::Ground;

/// Says which rows holds freeze.
pub struct Freezer<'a, 's> {
    /// Register and catalogues.
    pub ground: Ground<'a>,
    /// Links.
    pub graph: &'s Graph<'a>,
    /// Names of rows.
    pub names: &'s Names,
    /// Holds.
    pub holds: &'s [Hold],
}

impl<'a> Freezer<'a, '_> {
    /// Whether the row is frozen: `Never` when no hold can reach its table.
    pub fn frozen(&self, table: &'a Table, row: Alias) -> Result<Condition, PlanError> {
        if self.holds.is_empty() {
            return Ok(Condition::Never);
        }
        Ok(Condition::any([
            self.frozen_above(table, row, &mut Vec::new())?,
            self.frozen_below(table, row, &mut Vec::new())?,
        ]))
    }

    /// Frozen because it, or what it belongs to, is held.
    fn frozen_above(
        &self,
        table: &'a Table,
        row: Alias,
        seen: &mut Vec<&'a TableId>,
    ) -> Result<Condition, PlanError> {
        if seen.contains(&&table.id) {
            return Ok(Condition::Never);
        }
        seen.push(&table.id);
        let mut any = vec![self.held(table, row)?];
        let mut of_itself = None;
        for link in table.links.values().filter(|link| self.same_person(table, link)) {
            if link.to == table.id {
                of_itself = Some(link);
                continue;
            }
            let parent = self.names.fresh();
            let above = self.frozen_above(self.ground.table(&link.to)?, parent, seen)?;
            any.push(self.ground.parent(&table.id, link, row, parent, above)?);
        }
        seen.pop();
        let direct = Condition::any(any);
        match of_itself {
            // The rows below a held row: its link read backwards.
            Some(link) => self.closure(
                table,
                row,
                direct,
                link.by.iter().map(|(ours, theirs)| (theirs, ours)),
            ),
            None => Ok(direct),
        }
    }

    /// Frozen because a row that refers to it, directly or through others, is held.
    fn frozen_below(
        &self,
        table: &'a Table,
        row: Alias,
        seen: &mut Vec<&'a TableId>,
    ) -> Result<Condition, PlanError> {
        if seen.contains(&&table.id) {
            return Ok(Condition::Never);
        }
        seen.push(&table.id);
        let mut any = Vec::new();
        let mut of_itself = None;
        for edge in self.graph.into(&table.id) {
            if edge.from.id == table.id {
                of_itself = Some(edge.link);
                continue;
            }
            let child = self.names.fresh();
            let held = Condition::any([
                self.held(edge.from, child)?,
                self.frozen_below(edge.from, child, seen)?,
            ]);
            any.push(self.ground.child(&edge.from.id, edge.link, child, row, held)?);
        }
        seen.pop();
        let direct = Condition::any(any);
        match of_itself {
            Some(link) => {
                let held = Condition::any([self.held(table, row)?, direct]);
                self.closure(
                    table,
                    row,
                    held,
                    link.by.iter().map(|(ours, theirs)| (ours, theirs)),
                )
            }
            None => Ok(direct),
        }
    }

    fn same_person(&self, table: &Table, link: &Link) -> bool {
        link.kind == LinkKind::BelongsTo && link.to.store == table.id.store
    }

    /// The rows that satisfy `direct` and all that they reach by a link of their own table.
    fn closure<'l>(
        &self,
        table: &'a Table,
        row: Alias,
        direct: Condition,
        by: impl Iterator<Item = (&'l String, &'l String)>,
    ) -> Result<Condition, PlanError> {
        if direct == Condition::Never {
            return Ok(Condition::Never);
        }
        let alias = self.names.fresh();
        let start = rename(&direct, row, alias);
        Ok(Condition::any([
            direct,
            Condition::not(Condition::NoStayingReferrer {
                of: row,
                table: self.ground.name(&table.id)?,
                by: by.map(|(ours, theirs)| (ours.clone(), theirs.clone())).collect(),
                alias,
                goes: Box::new(Condition::not(start)),
            }),
        ]))
    }

    /// Whether a hold names the row itself.
    fn held(&self, table: &'a Table, row: Alias) -> Result<Condition, PlanError> {
        let mut any = Vec::new();
        for hold in self.holds {
            match &hold.scope {
                HoldScope::Rows(id, keys) if *id == table.id && !keys.is_empty() => {
                    any.push(Condition::KeyIn {
                        of: row,
                        columns: table.key.clone(),
                        keys: keys.clone(),
                    });
                }
                HoldScope::Filter(id, predicate) if *id == table.id => {
                    any.push(Condition::MayHold(Box::new(
                        self.ground.predicate(id, row, predicate)?,
                    )));
                }
                HoldScope::Client(client) => {
                    any.push(self.ground.of_client(self.names, table, row, client)?);
                }
                _ => {}
            }
        }
        Ok(Condition::any(any))
    }
}

/// The same condition about another row.
pub fn rename(condition: &Condition, from: Alias, to: Alias) -> Condition {
    let column = |column: &ColumnRef| ColumnRef {
        of: if column.of == from { to } else { column.of },
        ..column.clone()
    };
    let inner = |part: &Condition| rename(part, from, to);
    let boxed = |part: &Condition| Box::new(rename(part, from, to));
    match condition {
        Condition::Always => Condition::Always,
        Condition::Never => Condition::Never,
        Condition::All(parts) => Condition::All(parts.iter().map(inner).collect()),
        Condition::Any(parts) => Condition::Any(parts.iter().map(inner).collect()),
        Condition::Not(part) => Condition::Not(boxed(part)),
        Condition::Holds(part) => Condition::Holds(boxed(part)),
        Condition::MayHold(part) => Condition::MayHold(boxed(part)),
        Condition::Compare {
            column: left,
            op,
            value,
        } => Condition::Compare {
            column: column(left),
            op: *op,
            value: value.clone(),
        },
        Condition::CompareColumns { left, op, right } => Condition::CompareColumns {
            left: column(left),
            op: *op,
            right: column(right),
        },
        Condition::OneOf { column: left, values } => Condition::OneOf {
            column: column(left),
            values: values.clone(),
        },
        Condition::IsNull(left) => Condition::IsNull(column(left)),
        Condition::Time { column: left, test } => {
            let mut left = left.clone();
            left.column = column(&left.column);
            Condition::Time {
                column: left,
                test: test.clone(),
            }
        }
        Condition::SurelyLater { later, earlier } => {
            let time = |time: &TimeColumn| TimeColumn {
                column: column(&time.column),
                ..time.clone()
            };
            Condition::SurelyLater {
                later: time(later),
                earlier: time(earlier),
            }
        }
        Condition::Exists {
            table,
            alias,
            on,
            condition,
        } => Condition::Exists {
            table: table.clone(),
            alias: *alias,
            on: on
                .iter()
                .map(|(inner, outer)| (column(inner), column(outer)))
                .collect(),
            condition: boxed(condition),
        },
        Condition::KeyIn { of, columns, keys } => Condition::KeyIn {
            of: if *of == from { to } else { *of },
            columns: columns.clone(),
            keys: keys.clone(),
        },
        Condition::Anonymised { column: left, by } => Condition::Anonymised {
            column: column(left),
            by: by.clone(),
        },
        Condition::NoStayingReferrer {
            of,
            table,
            by,
            alias,
            goes,
        } => Condition::NoStayingReferrer {
            of: if *of == from { to } else { *of },
            table: table.clone(),
            by: by.clone(),
            alias: *alias,
            goes: boxed(goes),
        },
    }
}
