//! Which rows go, and what stands in their way.

use std::cmp::Ordering;

use serment_register::model::{EventSource, Link, LinkKind, Rule, State, Table, TableId, Then};
use serment_store::condition::{Alias, ColumnRef, Condition, Operator};

use super::{Composer, Mode};
use crate::error::PlanError;
use crate::freeze::rename;
use crate::graph::{Edge, Family, Member};
use crate::judgement::Judgement;
use crate::order;
use crate::steps::ROW;
use crate::translate::column_ref;

impl<'a> Composer<'a, '_> {
    /// Whether a member's row is about to go, by itself or with its root.
    pub(super) fn member_goes(
        &self,
        family: &Family<'a>,
        member: &Member<'a>,
    ) -> Result<Condition, PlanError> {
        let root = family.root();
        if member.path.is_empty() {
            return self.goes(root, ROW, Mode::Forecast, &mut Vec::new());
        }
        let with_root = self.through(&member.path, ROW, &|row| {
            self.goes(root, row, Mode::Forecast, &mut Vec::new())
        })?;
        if self.feeds(root, member) {
            return Ok(with_root);
        }
        let by_itself = Condition::all([
            self.through(&member.path, ROW, &|row| self.given_up(root, row))?,
            self.nothing_blocks(member.table, ROW, Mode::Forecast, &mut vec![&member.table.id])?,
            self.feeds_nothing_that_stays(
                member.table,
                ROW,
                Mode::Forecast,
                None,
                &mut vec![&member.table.id],
            )?,
        ]);
        Ok(Condition::any([with_root, by_itself]))
    }

    /// Whether the rules of a root give a row up: some have ended, none runs, and the last to end erases.
    pub(super) fn given_up(&self, root: &'a Table, row: Alias) -> Result<Condition, PlanError> {
        let judgements = self.judgements(root, row)?;
        let judged: Vec<(&Rule, &Judgement)> = self
            .graph
            .rules_of(&root.id)
            .iter()
            .copied()
            .zip(&judgements)
            .collect();
        Ok(ended_last(&judged, &Then::Erase))
    }

    /// Whether a row with rules goes, holds on it apart.
    pub(super) fn goes(
        &self,
        table: &'a Table,
        row: Alias,
        mode: Mode,
        stack: &mut Vec<&'a TableId>,
    ) -> Result<Condition, PlanError> {
        if stack.contains(&&table.id) {
            return Ok(Condition::Never);
        }
        if !self
            .graph
            .rules_of(&table.id)
            .iter()
            .any(|rule| rule.then == Then::Erase)
        {
            return Ok(Condition::Never);
        }
        stack.push(&table.id);
        let itself = self.given_up(table, row)?;
        let free = self.nothing_blocks(table, row, mode, stack)?;
        let feeds_nothing = self.feeds_nothing_that_stays(table, row, mode, None, stack)?;
        stack.pop();
        Ok(Condition::all([itself, free, feeds_nothing]))
    }

    /// Rows whose dates a parent's rules read stay as long as that parent does: the parent's clock must not move back
    /// because they are gone. `along` is the link to a parent that goes in the same batch.
    pub(super) fn feeds_nothing_that_stays(
        &self,
        table: &'a Table,
        row: Alias,
        mode: Mode,
        along: Option<&str>,
        stack: &mut Vec<&'a TableId>,
    ) -> Result<Condition, PlanError> {
        let mut all = Vec::new();
        for link in table.links.values().filter(|link| {
            link.to.store == table.id.store && link.to != table.id && along != Some(link.name.as_str())
        }) {
            let parent = self.ground.table(&link.to)?;
            if !self
                .graph
                .read_from_children(parent)
                .contains(&(&table.id, link.name.as_str()))
            {
                continue;
            }
            let alias = self.names.fresh();
            let stays = match mode {
                Mode::Literal | Mode::Circle => Condition::Always,
                Mode::Forecast => Condition::not(Condition::all([
                    self.goes(parent, alias, mode, stack)?,
                    Condition::not(self.freezer.frozen(parent, alias)?),
                ])),
            };
            all.push(Condition::any([
                Condition::not(self.ground.parent(&table.id, link, row, alias, stays)?),
                self.outlived(table, link, parent, row)?,
            ]));
        }
        Ok(Condition::all(all))
    }

    /// Whether the parent's clock would not notice that the row is gone: each date that the parent's rules read in it is
    /// missing, or a plausible and surely later one stands beside it. The latest of all therefore stays.
    fn outlived(
        &self,
        table: &'a Table,
        link: &'a Link,
        parent: &'a Table,
        row: Alias,
    ) -> Result<Condition, PlanError> {
        let reads = |source: &EventSource| matches!(source, EventSource::Children { table: child, link: by, .. } if *child == table.id && *by == link.name);
        let state = self.graph.states_read(parent).into_iter().any(
            |state| matches!(state, State::Children { table: child, link: by, .. } if *child == table.id && *by == link.name),
        );
        let at_once = self
            .graph
            .rules_of(&parent.id)
            .iter()
            .flat_map(|rule| &rule.or_on)
            .any(|event| parent.events.get(event).into_iter().flatten().any(reads));
        if state || at_once {
            return Ok(Condition::Never);
        }
        let mut all = Vec::new();
        for source in self.graph.events_read(parent) {
            let EventSource::Children { column, .. } = source else {
                continue;
            };
            if !reads(source) {
                continue;
            }
            let sibling = self.names.fresh();
            let time = |of: Alias| self.ground.time(&table.id, of, column);
            let plausible = |of: Alias| -> Result<Condition, PlanError> {
                Ok(Condition::not(self.ground.implausible(time(of)?, false)?))
            };
            let same_parent = link
                .by
                .iter()
                .map(|(ours, _)| (ColumnRef::whole(sibling, ours), ColumnRef::whole(row, ours)))
                .collect();
            let applies = match &link.when {
                Some(when) => Condition::Holds(Box::new(self.ground.predicate(&table.id, sibling, when)?)),
                None => Condition::Always,
            };
            let later = Condition::Exists {
                table: self.ground.name(&table.id)?,
                alias: sibling,
                on: same_parent,
                condition: Box::new(Condition::all([
                    applies,
                    plausible(sibling)?,
                    Condition::SurelyLater {
                        later: time(sibling)?,
                        earlier: time(row)?,
                    },
                ])),
            };
            all.push(Condition::any([
                Condition::IsNull(column_ref(row, column)),
                Condition::all([plausible(row)?, later]),
            ]));
        }
        Ok(Condition::all(all))
    }

    /// Whether nothing that stays refers to the row, and all that goes with it can go.
    pub(super) fn nothing_blocks(
        &self,
        table: &'a Table,
        row: Alias,
        mode: Mode,
        stack: &mut Vec<&'a TableId>,
    ) -> Result<Condition, PlanError> {
        let free = self.no_other_table_blocks(table, row, mode, stack)?;
        let mut all = vec![free.clone()];
        for edge in self
            .graph
            .into(&table.id)
            .iter()
            .filter(|edge| edge.from.id == table.id)
        {
            all.push(self.no_row_of_itself(table, *edge, row, &free, mode)?);
        }
        Ok(Condition::all(all))
    }

    /// The same, rows of the table itself apart.
    fn no_other_table_blocks(
        &self,
        table: &'a Table,
        row: Alias,
        mode: Mode,
        stack: &mut Vec<&'a TableId>,
    ) -> Result<Condition, PlanError> {
        let mut all = Vec::new();
        for edge in self
            .graph
            .into(&table.id)
            .iter()
            .copied()
            .filter(|edge| edge.from.id != table.id)
        {
            let child = self.names.fresh();
            let stays = if self.is_companion(table, edge) {
                Condition::not(self.can_go_along(edge, child, mode, stack)?)
            } else {
                self.stays(edge, child, mode, stack)?
            };
            all.push(Condition::not(self.ground.child(
                &edge.from.id,
                edge.link,
                child,
                row,
                stays,
            )?));
        }
        Ok(Condition::all(all))
    }

    /// Whether something may keep a row that its rules give up: the question is about tables, not rows.
    pub(super) fn may_stay(&self, table: &'a Table, seen: &mut Vec<&'a TableId>) -> Result<bool, PlanError> {
        if seen.contains(&&table.id) {
            return Ok(true);
        }
        seen.push(&table.id);
        for edge in self.graph.into(&table.id).iter().copied() {
            let along = edge.from.id != table.id
                && self.is_companion(table, edge)
                && self.graph.rules_of(&edge.from.id).is_empty();
            if !along || self.may_stay(edge.from, seen)? {
                return Ok(true);
            }
        }
        let feeds_others = self.feeds_others(table, seen)?;
        seen.pop();
        Ok(feeds_others)
    }

    /// Whether the rules of a table outside `family` read the dates of this one's rows.
    fn feeds_others(&self, table: &'a Table, family: &[&'a TableId]) -> Result<bool, PlanError> {
        for link in table
            .links
            .values()
            .filter(|link| link.to.store == table.id.store)
        {
            let parent = self.ground.table(&link.to)?;
            let reads = self
                .graph
                .read_from_children(parent)
                .contains(&(&table.id, link.name.as_str()));
            if reads && !family.contains(&&parent.id) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// For a table that refers to itself.
    pub(super) fn no_row_of_itself(
        &self,
        table: &'a Table,
        edge: Edge<'a>,
        row: Alias,
        free: &Condition,
        mode: Mode,
    ) -> Result<Condition, PlanError> {
        let other = self.names.fresh();
        match mode {
            Mode::Literal => {
                let same = table.key.iter().map(|column| Condition::CompareColumns {
                    left: ColumnRef::whole(other, column),
                    op: Operator::Equal,
                    right: ColumnRef::whole(row, column),
                });
                let another = Condition::not(Condition::Holds(Box::new(Condition::All(same.collect()))));
                Ok(Condition::not(
                    self.ground.child(&table.id, edge.link, other, row, another)?,
                ))
            }
            Mode::Forecast | Mode::Circle => {
                let by_itself = Condition::all([
                    self.governed_condition(table, other)?,
                    rename(free, row, other),
                    Condition::not(self.freezer.frozen(table, other)?),
                ]);
                Ok(Condition::NoStayingReferrer {
                    of: row,
                    table: self.ground.name(&table.id)?,
                    by: edge.link.by.clone(),
                    alias: other,
                    goes: Box::new(by_itself),
                })
            }
        }
    }

    /// Whether the rules that govern a row have ended and none runs.
    pub(super) fn governed_condition(&self, table: &'a Table, row: Alias) -> Result<Condition, PlanError> {
        let mut any = Vec::new();
        for governor in self.graph.governors(table) {
            let root = governor
                .path
                .last()
                .map_or(Ok(table), |edge| self.ground.table(&edge.link.to))?;
            any.push(self.through(&governor.path, row, &|alias| self.given_up(root, alias))?);
        }
        Ok(Condition::any(any))
    }

    /// Whether a row that refers to another one stays.
    pub(super) fn stays(
        &self,
        edge: Edge<'a>,
        row: Alias,
        mode: Mode,
        stack: &mut Vec<&'a TableId>,
    ) -> Result<Condition, PlanError> {
        if mode != Mode::Forecast || stack.contains(&&edge.from.id) {
            return Ok(Condition::Always);
        }
        let goes = if self.graph.rules_of(&edge.from.id).is_empty() {
            self.member_goes_anyhow(edge.from, row, stack)?
        } else {
            self.goes(edge.from, row, mode, stack)?
        };
        Ok(Condition::not(Condition::all([
            goes,
            Condition::not(self.freezer.frozen(edge.from, row)?),
        ])))
    }

    /// Whether a row without rules of its own goes, by one of its governors.
    pub(super) fn member_goes_anyhow(
        &self,
        table: &'a Table,
        row: Alias,
        stack: &mut Vec<&'a TableId>,
    ) -> Result<Condition, PlanError> {
        stack.push(&table.id);
        let mut any = Vec::new();
        for governor in self.graph.governors(table) {
            let root = governor
                .path
                .last()
                .map_or(Ok(table), |edge| self.ground.table(&edge.link.to))?;
            let cell = std::cell::RefCell::new(&mut *stack);
            let member = Member {
                table,
                path: governor.path.clone(),
            };
            any.push(if self.feeds(root, &member) {
                self.through(&governor.path, row, &|alias| {
                    self.goes(root, alias, Mode::Forecast, &mut cell.borrow_mut())
                })?
            } else {
                self.through(&governor.path, row, &|alias| self.given_up(root, alias))?
            });
        }
        let free = self.nothing_blocks(table, row, Mode::Forecast, stack)?;
        stack.pop();
        Ok(Condition::all([
            Condition::any(any),
            free,
            self.no_other_parent_runs(table, row, None)?,
        ]))
    }

    /// Whether a companion can go with the row that it belongs to.
    fn can_go_along(
        &self,
        edge: Edge<'a>,
        row: Alias,
        mode: Mode,
        stack: &mut Vec<&'a TableId>,
    ) -> Result<Condition, PlanError> {
        let table = edge.from;
        if stack.contains(&&table.id) {
            return Ok(Condition::Never);
        }
        stack.push(&table.id);
        let mut all = vec![
            self.no_stranger_refers(edge, row, mode, stack)?,
            self.feeds_nothing_that_stays(table, row, mode, Some(&edge.link.name), stack)?,
            self.no_other_parent_runs(table, row, Some(&edge.link.name))?,
        ];
        if !self.graph.rules_of(&table.id).is_empty() {
            all.push(self.given_up(table, row)?);
            all.push(Condition::not(self.freezer.frozen(table, row)?));
        }
        stack.pop();
        Ok(Condition::all(all))
    }

    /// For a row that several parents govern: whether no rule runs on the others. `by` is the link to the one that was
    /// asked already.
    pub(super) fn no_other_parent_runs(
        &self,
        table: &'a Table,
        row: Alias,
        by: Option<&str>,
    ) -> Result<Condition, PlanError> {
        let mut any = Vec::new();
        for governor in self.graph.governors(table) {
            let Some(first) = governor
                .path
                .first()
                .filter(|first| by != Some(first.link.name.as_str()))
            else {
                continue;
            };
            let root = self.end_of(&governor.path, first.from)?;
            any.push(self.through(&governor.path, row, &|alias| {
                let judgements = self.judgements(root, alias)?;
                Ok(Condition::any(judgements.iter().map(Judgement::runs)))
            })?);
        }
        Ok(Condition::not(Condition::any(any)))
    }

    /// Whether only rows that go along with the same parent refer to a companion, or rows that go anyhow.
    fn no_stranger_refers(
        &self,
        edge: Edge<'a>,
        row: Alias,
        mode: Mode,
        stack: &mut Vec<&'a TableId>,
    ) -> Result<Condition, PlanError> {
        let table = edge.from;
        let parent = self.ground.table(&edge.link.to)?;
        let mut all = Vec::new();
        for referrer in self.graph.into(&table.id).iter().copied() {
            let other = self.names.fresh();
            let mut stays = if referrer.from.id == table.id {
                Condition::Always
            } else if self.is_companion(table, referrer) {
                Condition::not(self.can_go_along(referrer, other, mode, stack)?)
            } else {
                self.stays(referrer, other, mode, stack)?
            };
            // What belongs to the same row goes with it too: that it can is asked of itself.
            let siblings = self
                .companions(parent)
                .into_iter()
                .filter(|along| along.from.id == referrer.from.id);
            for along in siblings.filter(|along| along.link.when.is_none()) {
                stays = Condition::all([stays, Condition::not(same_parent(along, other, edge, row))]);
            }
            all.push(Condition::not(self.ground.child(
                &referrer.from.id,
                referrer.link,
                other,
                row,
                stays,
            )?));
        }
        Ok(Condition::all(all))
    }

    /// The links by which rows go with a row of this table: those without rules that belong to it, and those with rules
    /// whose dates its own rules read.
    pub(super) fn companions(&self, table: &'a Table) -> Vec<Edge<'a>> {
        self.graph
            .into(&table.id)
            .iter()
            .copied()
            .filter(|edge| edge.from.id != table.id && self.is_companion(table, *edge))
            .collect()
    }

    pub(super) fn is_companion(&self, table: &'a Table, edge: Edge<'a>) -> bool {
        let governed = edge.link.kind == LinkKind::BelongsTo && self.graph.is_governed(edge.from);
        let feeding = !self.graph.rules_of(&edge.from.id).is_empty()
            && self
                .graph
                .read_from_children(table)
                .contains(&(&edge.from.id, edge.link.name.as_str()));
        governed || feeding
    }

    /// Whether the rules of a root read the rows of a member.
    pub(super) fn feeds(&self, root: &'a Table, member: &Member<'a>) -> bool {
        member.path.first().is_some_and(|edge| {
            edge.link.to == root.id
                && self
                    .graph
                    .read_from_children(root)
                    .contains(&(&member.table.id, edge.link.name.as_str()))
        })
    }
}

/// Whether some of these rules have ended, none runs, and the last to end does `then`. On a tie, erasure wins.
pub(super) fn ended_last(judged: &[(&Rule, &Judgement)], then: &Then) -> Condition {
    let outlasts = |other: &Rule, rule: &Rule| match order::ends(other, rule) {
        Some(Ordering::Greater) | None => true,
        Some(Ordering::Equal) => other.then == Then::Erase,
        Some(Ordering::Less) => false,
    };
    if judged.iter().all(|(rule, _)| rule.then == *then) {
        return all_ended(judged);
    }
    let last = judged
        .iter()
        .filter(|(rule, _)| rule.then == *then)
        .map(|(rule, judgement)| {
            let later = judged
                .iter()
                .filter(|(other, _)| other.then != rule.then && outlasts(other, rule));
            Condition::all([
                judgement.ended.clone(),
                Condition::not(Condition::any(
                    later.map(|(_, judgement)| judgement.ended.clone()),
                )),
            ])
        });
    Condition::all([Condition::any(last), all_ended(judged)])
}

/// Whether some rule began and all that began have ended: each end is said once, for ends are long.
fn all_ended(judged: &[(&Rule, &Judgement)]) -> Condition {
    if let [(_, judgement)] = judged {
        return judgement.ended.clone();
    }
    let ended_or_not_begun = judged.iter().map(|(_, judgement)| {
        Condition::any([Condition::not(judgement.begun.clone()), judgement.ended.clone()])
    });
    let some = Condition::any(judged.iter().map(|(_, judgement)| judgement.begun.clone()));
    Condition::all(ended_or_not_begun.chain([some]))
}

/// Whether two rows reach the same parent, by the columns of their links.
fn same_parent(one: Edge<'_>, one_row: Alias, other: Edge<'_>, other_row: Alias) -> Condition {
    let equal = one.link.by.iter().map(|(ours, theirs)| {
        let pair = other.link.by.iter().find(|(_, column)| column == theirs)?;
        Some(Condition::CompareColumns {
            left: ColumnRef::whole(one_row, ours),
            op: Operator::Equal,
            right: ColumnRef::whole(other_row, &pair.0),
        })
    });
    match equal.collect::<Option<Vec<_>>>() {
        Some(equal) => Condition::Holds(Box::new(Condition::All(equal))),
        None => Condition::Never,
    }
}
