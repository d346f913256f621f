//! Composes the rules of families into steps.

mod columns;
mod going;

use std::collections::BTreeMap;

use serment_register::model::{ClientOf, Rule, RuleId, Table, Then};
use serment_store::condition::{Alias, Condition};
use serment_store::query::ClientColumn;

use crate::error::PlanError;
use crate::freeze::Freezer;
use crate::graph::{Edge, Family, Graph, Member};
use crate::judgement::{Judge, Judgement, Names, Suspended};
use crate::steps::{Effect, PlannedChange, ROW, Step, What};
use crate::strategy::Class;
use crate::translate::{Ground, column_ref};

/// Whether other steps are taken as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// What other steps are about to remove counts as gone.
    Forecast,
    /// What is there is there.
    Literal,
    /// What is there is there, and rows of one table that refer to one another in a circle go together.
    Circle,
}

/// Composes the rules of families into steps.
pub struct Composer<'a, 's> {
    /// Register, catalogues, cut-off.
    pub ground: Ground<'a>,
    /// Links.
    pub graph: &'s Graph<'a>,
    /// Holds.
    pub freezer: Freezer<'a, 's>,
    /// Names of rows.
    pub names: &'s Names,
    /// Which rules act.
    pub suspended: Suspended<'s>,
}

impl<'a> Composer<'a, '_> {
    /// What every rule of a root says of the row.
    pub fn judgements(&self, root: &'a Table, row: Alias) -> Result<Vec<Judgement>, PlanError> {
        let judge = Judge {
            ground: self.ground,
            names: self.names,
            suspended: self.suspended,
        };
        self.graph
            .rules_of(&root.id)
            .iter()
            .map(|rule| judge.judge(root, rule, row))
            .collect()
    }

    /// The steps of a family, in the order in which they must run.
    pub fn steps(&self, family: &Family<'a>) -> Result<Vec<Step>, PlanError> {
        let mut steps = Vec::new();
        let erases = family.rules.iter().any(|rule| rule.then == Then::Erase);
        let root = family.root();
        // Where nothing can keep a root that its rules give up, its members never outlive it.
        let anonymises = family.rules.iter().any(|rule| rule.then == Then::Anonymise);
        let may_stay = anonymises || self.may_stay(root, &mut Vec::new())?;
        if erases {
            steps.push(self.erase_root(family)?);
            for member in family.members.iter().skip(1).filter(|_| may_stay) {
                if !self.feeds(root, member) {
                    steps.push(self.erase_member(family, member)?);
                }
            }
        }
        for member in &family.members {
            for then in [Then::Erase, Then::Anonymise] {
                if family.rules.iter().any(|rule| rule.then == then) {
                    steps.extend(self.clear(family, member, &then, may_stay)?);
                }
            }
        }
        // Two groups of columns may differ in what decides only.
        let mut seen = BTreeMap::new();
        for step in &mut steps {
            let times = seen
                .entry(step.id.clone())
                .and_modify(|times| *times += 1)
                .or_insert(1);
            if *times > 1 {
                step.id = format!("{} ({times})", step.id);
            }
        }
        Ok(steps)
    }

    /// The walk over the roots that go.
    fn erase_root(&self, family: &Family<'a>) -> Result<Step, PlanError> {
        let root = family.root();
        let pending = self.goes(root, ROW, Mode::Literal, &mut Vec::new())?;
        let circle = self.goes(root, ROW, Mode::Circle, &mut Vec::new())?;
        let expected = self.goes_by_itself(root, ROW)?;
        let going = |row: Alias| self.goes_by_itself(root, row);
        let walked = &family.members[0];
        let changes = self.what_goes_along(walked, &going)?;
        let step = self.step(
            walked,
            Effect::Erase,
            pending,
            expected,
            &family.rules,
            changes,
            What::Delete,
        )?;
        Ok(step.in_circles(circle))
    }

    /// The walk over the rows of a member that go although their root stays.
    fn erase_member(&self, family: &Family<'a>, member: &Member<'a>) -> Result<Step, PlanError> {
        let condition = |row: Alias, mode: Mode| -> Result<Condition, PlanError> {
            let reach = self.through(&member.path, row, &|root| {
                let itself = self.given_up(family.root(), root)?;
                Ok(match mode {
                    Mode::Literal | Mode::Circle => itself,
                    // The roots that go take their members along: only what stays is counted here.
                    Mode::Forecast => Condition::all([
                        itself,
                        Condition::not(self.goes(family.root(), root, mode, &mut Vec::new())?),
                    ]),
                })
            })?;
            let free = self.nothing_blocks(member.table, row, mode, &mut vec![&member.table.id])?;
            let feeds =
                self.feeds_nothing_that_stays(member.table, row, mode, None, &mut vec![&member.table.id])?;
            let first = member.path.first().map(|edge| edge.link.name.as_str());
            let alone = self.no_other_parent_runs(member.table, row, first)?;
            Ok(Condition::all([reach, free, feeds, alone]))
        };
        let changes = self.what_goes_along(member, &|row| condition(row, Mode::Forecast))?;
        let (pending, expected) = (condition(ROW, Mode::Literal)?, condition(ROW, Mode::Forecast)?);
        let circle = condition(ROW, Mode::Circle)?;
        let step = self.step(
            member,
            Effect::Erase,
            pending,
            expected,
            &family.rules,
            changes,
            What::Delete,
        )?;
        Ok(step.in_circles(circle))
    }

    /// The changes of what goes with the rows of a walk, deepest first.
    fn what_goes_along(
        &self,
        walked: &Member<'a>,
        going: &dyn Fn(Alias) -> Result<Condition, PlanError>,
    ) -> Result<Vec<PlannedChange>, PlanError> {
        let mut changes = Vec::new();
        for edge in self.companions(walked.table) {
            self.erase_below(walked, edge, Vec::new(), going, &mut changes)?;
        }
        self.referrers_first(&mut changes);
        Ok(changes)
    }

    /// What refers to another table of the batch goes before it. A circle of tables keeps the order found.
    fn referrers_first(&self, changes: &mut [PlannedChange]) {
        let refers = |from: &PlannedChange, to: &PlannedChange| {
            from.table != to.table
                && self
                    .graph
                    .into(&to.table)
                    .iter()
                    .any(|edge| edge.from.id == from.table)
        };
        for _ in 0..changes.len() {
            for first in 0..changes.len() {
                for second in first + 1..changes.len() {
                    if refers(&changes[second], &changes[first]) && !refers(&changes[first], &changes[second])
                    {
                        changes[first..=second].rotate_right(1);
                    }
                }
            }
        }
    }

    /// `above` are the links from the companion's parent up to the walked row.
    fn erase_below(
        &self,
        walked: &Member<'a>,
        edge: Edge<'a>,
        above: Vec<Edge<'a>>,
        going: &dyn Fn(Alias) -> Result<Condition, PlanError>,
        changes: &mut Vec<PlannedChange>,
    ) -> Result<(), PlanError> {
        let path: Vec<Edge<'a>> = std::iter::once(edge).chain(above).collect();
        for below in self.companions(edge.from) {
            if path.iter().all(|step| step.from.id != below.from.id) {
                self.erase_below(walked, below, path.clone(), going, changes)?;
            }
        }
        let alias = self.names.fresh();
        let filter = self.through(&path, alias, &|row| {
            Ok(Condition::KeyIn {
                of: row,
                columns: walked.table.key.clone(),
                keys: Vec::new(),
            })
        })?;
        let expected = self.goes_along(walked, &path, ROW, going)?;
        let to_root: Vec<Edge<'a>> = path.iter().chain(&walked.path).copied().collect();
        changes.push(PlannedChange {
            table: edge.from.id.clone(),
            name: self.ground.name(&edge.from.id)?,
            alias,
            key: edge.from.key.clone(),
            effect: Effect::Erase,
            what: What::Delete,
            filter,
            expected,
            ended: self.ended_through(&to_root, self.end_of(&to_root, edge.from)?)?,
            client: self.client(edge.from)?,
        });
        Ok(())
    }

    /// Whether a companion is about to go with the walked row: that row goes, and nothing on the way has gone by its own
    /// rules before.
    fn goes_along(
        &self,
        walked: &Member<'a>,
        path: &[Edge<'a>],
        row: Alias,
        going: &dyn Fn(Alias) -> Result<Condition, PlanError>,
    ) -> Result<Condition, PlanError> {
        let Some((edge, rest)) = path.split_first() else {
            return Ok(Condition::all([
                going(row)?,
                Condition::not(self.freezer.frozen(walked.table, row)?),
            ]));
        };
        let above = self.names.fresh();
        let inner = self.goes_along(walked, rest, above, going)?;
        let with_parent = self.ground.parent(&edge.from.id, edge.link, row, above, inner)?;
        if self.graph.rules_of(&edge.from.id).is_empty() {
            return Ok(with_parent);
        }
        let before = Condition::all([
            self.goes_by_itself(edge.from, row)?,
            Condition::not(self.freezer.frozen(edge.from, row)?),
        ]);
        Ok(Condition::all([with_parent, Condition::not(before)]))
    }

    /// Whether a row with rules is about to go in a walk of its own, not with a parent whose rules read its dates.
    fn goes_by_itself(&self, table: &'a Table, row: Alias) -> Result<Condition, PlanError> {
        Ok(Condition::all([
            self.goes(table, row, Mode::Forecast, &mut Vec::new())?,
            self.feeds_nothing_that_stays(table, row, Mode::Literal, None, &mut vec![&table.id])?,
        ]))
    }

    /// The table that a path of links ends at.
    pub(super) fn end_of(&self, path: &[Edge<'a>], start: &'a Table) -> Result<&'a Table, PlanError> {
        path.last()
            .map_or(Ok(start), |edge| self.ground.table(&edge.link.to))
    }

    /// The walks over the rows of a member that stay and lose columns.
    fn clear(
        &self,
        family: &Family<'a>,
        member: &Member<'a>,
        then: &Then,
        may_stay: bool,
    ) -> Result<Vec<Step>, PlanError> {
        let mut steps = Vec::new();
        let erases = *then == Then::Erase;
        for (group, columns) in self.groups(family, member, then, may_stay)? {
            let effect = match (group.class, erases) {
                (Class::Removes, true) => Effect::Reduce,
                (Class::Removes, false) => Effect::Anonymise,
                (Class::Coarsens, _) => Effect::Coarsen,
                (Class::Pseudonymises, _) => Effect::Pseudonymise,
            };
            let rules: Vec<&Rule> = family
                .rules
                .iter()
                .copied()
                .filter(|rule| group.covering.contains(&rule.id))
                .collect();
            let judged = self.through(&member.path, ROW, &|root| {
                let judgements = self.judgements(family.root(), root)?;
                let covering: Vec<(&Rule, &Judgement)> = family
                    .rules
                    .iter()
                    .copied()
                    .zip(&judgements)
                    .filter(|(rule, _)| group.covering.contains(&rule.id))
                    .collect();
                Ok(going::ended_last(&covering, then))
            })?;
            let first = member.path.first().map(|edge| edge.link.name.as_str());
            let alone = self.no_other_parent_runs(member.table, ROW, first)?;
            let mut parts = vec![judged, alone];
            for (edge, rule) in &group.needed_by {
                parts.push(Condition::not(self.needed(edge, rule)?));
            }
            let unmet = columns.iter().map(|(path, treatment)| {
                Condition::not(Condition::Anonymised {
                    column: column_ref(ROW, path),
                    by: treatment.post.clone(),
                })
            });
            parts.push(Condition::any(unmet));
            let pending = Condition::all(parts);
            let mut expected = vec![pending.clone()];
            if family.rules.iter().any(|rule| rule.then == Then::Erase) {
                expected.push(Condition::not(self.member_goes(family, member)?));
            }
            steps.push(self.step(
                member,
                effect,
                pending,
                Condition::all(expected),
                &rules,
                Vec::new(),
                What::Set(columns),
            )?);
        }
        Ok(steps)
    }

    #[allow(clippy::too_many_arguments)]
    fn step(
        &self,
        member: &Member<'a>,
        effect: Effect,
        pending: Condition,
        expected: Condition,
        rules: &[&'a Rule],
        mut changes: Vec<PlannedChange>,
        what: What,
    ) -> Result<Step, PlanError> {
        let table = member.table;
        let name = self.ground.name(&table.id)?;
        let frozen = self.freezer.frozen(table, ROW)?;
        let root = member
            .path
            .last()
            .map_or(Ok(table), |edge| self.ground.table(&edge.link.to))?;
        let mut ended = self.ended_through(&member.path, root)?;
        ended.retain(|(id, _)| rules.iter().any(|rule| rule.id == *id));
        let client = self.client(table)?;
        let suffix = match &what {
            What::Delete => String::new(),
            What::Set(columns) => {
                let names: Vec<String> = columns.iter().map(|(path, _)| path.to_string()).collect();
                format!(" {}", names.join(","))
            }
        };
        let via = member
            .path
            .first()
            .map(|edge| format!(" via {}", edge.link.name))
            .unwrap_or_default();
        // What went along may have held the clock: then the locks alone keep what was tested as it was.
        let again = if changes.is_empty() {
            Condition::all([pending.clone(), Condition::not(frozen.clone())])
        } else {
            Condition::Always
        };
        changes.push(PlannedChange {
            table: table.id.clone(),
            name: name.clone(),
            alias: ROW,
            key: table.key.clone(),
            effect,
            what,
            filter: Condition::all([
                Condition::KeyIn {
                    of: ROW,
                    columns: table.key.clone(),
                    keys: Vec::new(),
                },
                again,
            ]),
            expected: Condition::all([expected.clone(), Condition::not(frozen.clone())]),
            ended: ended.clone(),
            client: client.clone(),
        });
        Ok(Step {
            id: format!("{} {}{via}{suffix}", table.id, effect.word()),
            root: root.id.clone(),
            table: table.id.clone(),
            name,
            key: table.key.clone(),
            effect,
            pending,
            expected,
            frozen,
            ended,
            client,
            changes,
            circle: None,
            repeat: effect == Effect::Erase && table.links.values().any(|link| link.to == table.id),
        })
    }

    /// A condition on the row that a path of links reaches; on the row itself when the path is empty.
    pub(super) fn through(
        &self,
        path: &[Edge<'a>],
        from: Alias,
        condition: &dyn Fn(Alias) -> Result<Condition, PlanError>,
    ) -> Result<Condition, PlanError> {
        through(self.ground, self.names, path, from, condition)
    }

    pub(super) fn ended_through(
        &self,
        path: &[Edge<'a>],
        root: &'a Table,
    ) -> Result<Vec<(RuleId, Condition)>, PlanError> {
        self.graph
            .rules_of(&root.id)
            .iter()
            .map(|rule| {
                let ended = self.through(path, ROW, &|row| {
                    let judgements = self.judgements(root, row)?;
                    Ok(Condition::any(
                        judgements
                            .into_iter()
                            .filter(|judged| judged.rule == rule.id)
                            .map(|judged| judged.ended),
                    ))
                })?;
                Ok((rule.id.clone(), ended))
            })
            .collect()
    }

    /// Where the client of a table's rows stands.
    pub fn client(&self, table: &'a Table) -> Result<Option<ClientColumn>, PlanError> {
        let mut through = Vec::new();
        let mut current = table;
        for _ in 0..16 {
            match &current.client {
                None => return Ok(None),
                Some(ClientOf::Column(column)) => {
                    return Ok(Some(ClientColumn {
                        through,
                        column: column.clone(),
                    }));
                }
                Some(ClientOf::Link(name)) => {
                    let Some(link) = current.links.get(name) else {
                        return Ok(None);
                    };
                    let pairs = link
                        .by
                        .iter()
                        .map(|(ours, theirs)| (theirs.clone(), ours.clone()))
                        .collect();
                    through.push((self.ground.name(&link.to)?, pairs));
                    current = self.ground.table(&link.to)?;
                }
            }
        }
        Ok(None)
    }
}

/// A condition on the row that a path of links reaches; on the row itself when the path is empty.
pub fn through(
    ground: Ground<'_>,
    names: &Names,
    path: &[Edge<'_>],
    from: Alias,
    condition: &dyn Fn(Alias) -> Result<Condition, PlanError>,
) -> Result<Condition, PlanError> {
    match path.split_first() {
        None => condition(from),
        Some((edge, rest)) => {
            let to = names.fresh();
            let inner = through(ground, names, rest, to, condition)?;
            ground.parent(&edge.from.id, edge.link, from, to, inner)
        }
    }
}
