//! What happens to the rows and columns of a family of tables.
//!
//! A row goes when a rule has ended and none runs, and no row that stays refers to it; what belongs to it and has no
//! rules of its own goes in the same batch. A row that stays is *reduced*: each column that an ended rule covers and no
//! running rule covers is cleared, save the row's footing (keys, links, client, and what rules and subjects read). A
//! running rule also covers, in the rows that its row refers to, its purposes' categories.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serment_register::model::{Category, ClientOf, ColumnPath, Register, Rule, RuleId, Table, TableId, Then};
use serment_store::catalogue::{self, ColumnKind, TableName};
use serment_store::condition::{Alias, ColumnRef, Condition};
use serment_store::query::ClientColumn;

use crate::footing::footing;
use crate::freeze::Freezer;
use crate::graph::{Edge, Family, Graph, Member};
use crate::judgement::{Judge, Judgement, Names, Suspended};
use crate::plan::PlanError;
use crate::strategy::{self, Class, Treatment};
use crate::translate::{Ground, column_ref};

/// The row that a condition of this module is about.
pub const ROW: Alias = Alias(0);

/// What happens to rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The row goes.
    Erase,
    /// The row stays for another purpose; some of its columns are cleared.
    Reduce,
    /// Its data lose their person.
    Anonymise,
    /// Its data lose precision.
    Coarsen,
    /// Its data lose their name, not their person.
    Pseudonymise,
    /// The row moves to an archive.
    Archive,
}

impl Effect {
    /// The word of commands and receipts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Erase => "erase",
            Self::Reduce => "reduce",
            Self::Anonymise => "anonymise",
            Self::Coarsen => "coarsen",
            Self::Pseudonymise => "pseudonymise",
            Self::Archive => "archive",
        }
    }
}

/// One unit of a plan: the rows of one table that get one effect, and what goes with them.
#[derive(Debug, Clone)]
pub struct Step {
    /// Identifier, stable while the register and the catalogue do not change: `crm.contacts erase`.
    pub id: String,
    /// The table whose rules decide.
    pub root: TableId,
    /// The table whose rows are walked.
    pub table: TableId,
    /// Its name in the store.
    pub name: TableName,
    /// Its key columns.
    pub key: Vec<String>,
    /// The effect on these rows.
    pub effect: Effect,
    /// Which rows, holds apart: what is really there decides, not what is about to go.
    pub pending: Condition,
    /// Which rows, as a forecast: what other steps are about to remove counts as gone.
    pub expected: Condition,
    /// Which rows a hold freezes.
    pub frozen: Condition,
    /// The rules that have ended there, each with its condition on the row.
    pub ended: Vec<(RuleId, Condition)>,
    /// Whose rows.
    pub client: Option<ClientColumn>,
    /// What is changed, in order: children first, the walked rows last.
    pub changes: Vec<PlannedChange>,
    /// True for a table that refers to itself: the walk is repeated until nothing more can go.
    pub repeat: bool,
}

impl Step {
    /// The rows to change now.
    pub fn due(&self) -> Condition {
        Condition::all([self.pending.clone(), Condition::not(self.frozen.clone())])
    }

    /// The rows of the forecast.
    pub fn forecast(&self) -> Condition {
        Condition::all([self.expected.clone(), Condition::not(self.frozen.clone())])
    }
}

/// A change of the rows of one table, for a batch of walked keys.
#[derive(Debug, Clone)]
pub struct PlannedChange {
    /// Table.
    pub table: TableId,
    /// Its name in the store.
    pub name: TableName,
    /// The name of its row in `filter`.
    pub alias: Alias,
    /// Its key columns.
    pub key: Vec<String>,
    /// The effect on its rows.
    pub effect: Effect,
    /// What changes.
    pub what: What,
    /// Which rows: a `KeyIn` without keys stands for the keys of the batch.
    pub filter: Condition,
    /// Which rows of the table the forecast counts, about [`ROW`].
    pub expected: Condition,
    /// The rules that have ended there, each with its condition on [`ROW`].
    pub ended: Vec<(RuleId, Condition)>,
    /// Whose rows, about the row `alias`.
    pub client: Option<ClientColumn>,
}

/// What changes in a row.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// It goes.
    Delete,
    /// Columns take new values.
    Set(Vec<(ColumnPath, Treatment)>),
}

/// Puts keys into a condition where a `KeyIn` without keys waits for them.
pub fn with_keys(condition: &Condition, batch: &[serment_store::condition::Key]) -> Condition {
    let inner = |part: &Condition| with_keys(part, batch);
    match condition {
        Condition::KeyIn { of, columns, keys } if keys.is_empty() => Condition::KeyIn {
            of: *of,
            columns: columns.clone(),
            keys: batch.to_vec(),
        },
        Condition::All(parts) => Condition::All(parts.iter().map(inner).collect()),
        Condition::Any(parts) => Condition::Any(parts.iter().map(inner).collect()),
        Condition::Not(part) => Condition::Not(Box::new(inner(part))),
        Condition::Holds(part) => Condition::Holds(Box::new(inner(part))),
        Condition::MayHold(part) => Condition::MayHold(Box::new(inner(part))),
        Condition::Exists {
            table,
            alias,
            on,
            condition,
        } => Condition::Exists {
            table: table.clone(),
            alias: *alias,
            on: on.clone(),
            condition: Box::new(inner(condition)),
        },
        other => other.clone(),
    }
}

/// Whether other steps are taken as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// What other steps are about to remove counts as gone.
    Forecast,
    /// What is there is there.
    Literal,
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
        if erases {
            steps.push(self.erase_root(family)?);
            for member in family.members.iter().skip(1) {
                if !self.feeds(family.root(), member) {
                    steps.push(self.erase_member(family, member)?);
                }
            }
        }
        for member in &family.members {
            steps.extend(self.clear(family, member, erases)?);
        }
        Ok(steps)
    }

    /// The walk over the roots that go.
    fn erase_root(&self, family: &Family<'a>) -> Result<Step, PlanError> {
        let root = family.root();
        let pending = self.goes(root, ROW, Mode::Literal, &mut Vec::new())?;
        let expected = self.goes(root, ROW, Mode::Forecast, &mut Vec::new())?;
        let root_member = &family.members[0];
        let mut changes = Vec::new();
        for edge in self.companions(root) {
            self.erase_below(edge, Vec::new(), &mut changes)?;
        }
        self.step(
            root_member,
            Effect::Erase,
            pending,
            expected,
            &family.rules,
            changes,
            What::Delete,
        )
    }

    /// The walk over the rows of a member that go although their root stays.
    fn erase_member(&self, family: &Family<'a>, member: &Member<'a>) -> Result<Step, PlanError> {
        let condition = |mode: Mode| -> Result<Condition, PlanError> {
            let reach = self.through(&member.path, ROW, &|root| {
                let itself = self.ended_and_none_runs(family.root(), root)?;
                Ok(match mode {
                    Mode::Literal => itself,
                    // The roots that go take their members along: only what stays is counted here.
                    Mode::Forecast => Condition::all([
                        itself,
                        Condition::not(self.goes(family.root(), root, mode, &mut Vec::new())?),
                    ]),
                })
            })?;
            let free = self.nothing_blocks(member.table, ROW, mode, &mut vec![&member.table.id])?;
            Ok(Condition::all([reach, free]))
        };
        let mut changes = Vec::new();
        for edge in self.companions(member.table) {
            self.erase_below(edge, Vec::new(), &mut changes)?;
        }
        let (pending, expected) = (condition(Mode::Literal)?, condition(Mode::Forecast)?);
        self.step(
            member,
            Effect::Erase,
            pending,
            expected,
            &family.rules,
            changes,
            What::Delete,
        )
    }

    /// The changes of what goes with a row, deepest first. `above` are the links from the companion's parent up to the
    /// walked row.
    fn erase_below(
        &self,
        edge: Edge<'a>,
        above: Vec<Edge<'a>>,
        changes: &mut Vec<PlannedChange>,
    ) -> Result<(), PlanError> {
        let path: Vec<Edge<'a>> = std::iter::once(edge).chain(above).collect();
        for below in self.companions(edge.from) {
            if path.iter().any(|step| step.from.id == below.from.id) {
                continue;
            }
            self.erase_below(below, path.clone(), changes)?;
        }
        let walked = self.ground.table(&path[path.len() - 1].link.to)?;
        let alias = self.names.fresh();
        let filter = self.through(&path, alias, &|row| {
            Ok(Condition::KeyIn {
                of: row,
                columns: walked.key.clone(),
                keys: Vec::new(),
            })
        })?;
        let expected = self.through(&path, ROW, &|row| {
            Ok(Condition::all([
                self.goes(walked, row, Mode::Forecast, &mut Vec::new())?,
                Condition::not(self.freezer.frozen(walked, row)?),
            ]))
        })?;
        let ended = self.ended_through(&path, walked)?;
        changes.push(PlannedChange {
            table: edge.from.id.clone(),
            name: self.ground.name(&edge.from.id)?,
            alias,
            key: edge.from.key.clone(),
            effect: Effect::Erase,
            what: What::Delete,
            filter,
            expected,
            ended,
            client: self.client(edge.from)?,
        });
        Ok(())
    }

    /// The walks over the rows of a member that stay and lose columns.
    fn clear(&self, family: &Family<'a>, member: &Member<'a>, erases: bool) -> Result<Vec<Step>, PlanError> {
        let mut steps = Vec::new();
        for (group, columns) in self.groups(family, member, erases)? {
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
                let covering = || {
                    judgements
                        .iter()
                        .filter(|judged| group.covering.contains(&judged.rule))
                };
                Ok(Condition::all([
                    Condition::any(covering().map(|judged| judged.ended.clone())),
                    Condition::not(Condition::any(covering().map(|judged| judged.runs.clone()))),
                ]))
            })?;
            let mut parts = vec![judged];
            for (edge, rule) in &group.needed_by {
                parts.push(Condition::not(self.needed(member.table, edge, rule)?));
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
            if erases {
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

    /// Whether a member's row is about to go, by itself or with its root.
    fn member_goes(&self, family: &Family<'a>, member: &Member<'a>) -> Result<Condition, PlanError> {
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
            self.through(&member.path, ROW, &|row| self.ended_and_none_runs(root, row))?,
            self.nothing_blocks(member.table, ROW, Mode::Forecast, &mut vec![&member.table.id])?,
        ]);
        Ok(Condition::any([with_root, by_itself]))
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
                pending.clone(),
                Condition::not(frozen.clone()),
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
            repeat: effect == Effect::Erase && table.links.values().any(|link| link.to == table.id),
        })
    }

    /// Whether some rule has ended on the row and none runs.
    pub fn ended_and_none_runs(&self, root: &'a Table, row: Alias) -> Result<Condition, PlanError> {
        let judgements = self.judgements(root, row)?;
        Ok(Condition::all([
            Condition::any(judgements.iter().map(|judged| judged.ended.clone())),
            Condition::not(Condition::any(judgements.into_iter().map(|judged| judged.runs))),
        ]))
    }

    /// Whether a row with rules goes, holds on it apart.
    fn goes(
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
        let itself = self.ended_and_none_runs(table, row)?;
        let free = self.nothing_blocks(table, row, mode, stack)?;
        let feeds_nothing = self.feeds_nothing_that_stays(table, row, mode, stack)?;
        stack.pop();
        Ok(Condition::all([itself, free, feeds_nothing]))
    }

    /// Rows whose dates a parent's rules read stay as long as that parent does: the parent's clock must not move back
    /// because they are gone.
    fn feeds_nothing_that_stays(
        &self,
        table: &'a Table,
        row: Alias,
        mode: Mode,
        stack: &mut Vec<&'a TableId>,
    ) -> Result<Condition, PlanError> {
        let mut all = Vec::new();
        for link in table
            .links
            .values()
            .filter(|link| link.to.store == table.id.store && link.to != table.id)
        {
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
                Mode::Literal => Condition::Always,
                Mode::Forecast => Condition::not(Condition::all([
                    self.goes(parent, alias, mode, stack)?,
                    Condition::not(self.freezer.frozen(parent, alias)?),
                ])),
            };
            all.push(Condition::not(
                self.ground.parent(&table.id, link, row, alias, stays)?,
            ));
        }
        Ok(Condition::all(all))
    }

    /// Whether nothing that stays refers to the row, and all that goes with it can go.
    fn nothing_blocks(
        &self,
        table: &'a Table,
        row: Alias,
        mode: Mode,
        stack: &mut Vec<&'a TableId>,
    ) -> Result<Condition, PlanError> {
        let mut all = Vec::new();
        let mut of_itself = None;
        for edge in self.graph.into(&table.id).iter().copied() {
            if edge.from.id == table.id {
                of_itself = Some(edge);
                continue;
            }
            let child = self.names.fresh();
            let stays = if self.is_companion(table, edge) {
                Condition::not(self.can_go_along(edge.from, child, mode, stack)?)
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
        let free = Condition::all(all);
        match of_itself {
            Some(edge) => Ok(Condition::all([
                free.clone(),
                self.no_row_of_itself(table, edge, row, &free, mode)?,
            ])),
            None => Ok(free),
        }
    }

    /// For a table that refers to itself.
    fn no_row_of_itself(
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
                    op: serment_store::condition::Operator::Equal,
                    right: ColumnRef::whole(row, column),
                });
                let another = Condition::not(Condition::Holds(Box::new(Condition::All(same.collect()))));
                Ok(Condition::not(
                    self.ground.child(&table.id, edge.link, other, row, another)?,
                ))
            }
            Mode::Forecast => {
                let by_itself = Condition::all([
                    self.governed_condition(table, other)?,
                    crate::freeze::rename(free, row, other),
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
    fn governed_condition(&self, table: &'a Table, row: Alias) -> Result<Condition, PlanError> {
        let mut any = Vec::new();
        for governor in self.graph.governors(table) {
            let root = governor
                .path
                .last()
                .map_or(Ok(table), |edge| self.ground.table(&edge.link.to))?;
            any.push(self.through(&governor.path, row, &|alias| {
                self.ended_and_none_runs(root, alias)
            })?);
        }
        Ok(Condition::any(any))
    }

    /// Whether a row that refers to another one stays.
    fn stays(
        &self,
        edge: Edge<'a>,
        row: Alias,
        mode: Mode,
        stack: &mut Vec<&'a TableId>,
    ) -> Result<Condition, PlanError> {
        if mode == Mode::Literal || stack.contains(&&edge.from.id) {
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
    fn member_goes_anyhow(
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
                self.through(&governor.path, row, &|alias| {
                    self.ended_and_none_runs(root, alias)
                })?
            });
        }
        let free = self.nothing_blocks(table, row, Mode::Forecast, stack)?;
        stack.pop();
        Ok(Condition::all([Condition::any(any), free]))
    }

    /// Whether a companion can go with the row that it belongs to.
    fn can_go_along(
        &self,
        table: &'a Table,
        row: Alias,
        mode: Mode,
        stack: &mut Vec<&'a TableId>,
    ) -> Result<Condition, PlanError> {
        if stack.contains(&&table.id) {
            return Ok(Condition::Never);
        }
        stack.push(&table.id);
        let mut all = vec![self.nothing_blocks(table, row, mode, stack)?];
        if !self.graph.rules_of(&table.id).is_empty() {
            all.push(self.ended_and_none_runs(table, row)?);
            all.push(Condition::not(self.freezer.frozen(table, row)?));
        }
        stack.pop();
        Ok(Condition::all(all))
    }

    /// The links by which rows go with a row of this table: those without rules that belong to it, and those with rules
    /// whose dates its own rules read.
    fn companions(&self, table: &'a Table) -> Vec<Edge<'a>> {
        self.graph
            .into(&table.id)
            .iter()
            .copied()
            .filter(|edge| edge.from.id != table.id && self.is_companion(table, *edge))
            .collect()
    }

    fn is_companion(&self, table: &'a Table, edge: Edge<'a>) -> bool {
        let governed = edge.link.kind == serment_register::model::LinkKind::BelongsTo
            && self.graph.is_governed(edge.from);
        let feeding = !self.graph.rules_of(&edge.from.id).is_empty()
            && self
                .graph
                .read_from_children(table)
                .contains(&(&edge.from.id, edge.link.name.as_str()));
        governed || feeding
    }

    /// Whether the rules of a root read the rows of a member.
    fn feeds(&self, root: &'a Table, member: &Member<'a>) -> bool {
        member.path.first().is_some_and(|edge| {
            edge.link.to == root.id
                && self
                    .graph
                    .read_from_children(root)
                    .contains(&(&member.table.id, edge.link.name.as_str()))
        })
    }

    /// Whether a running rule of a row that refers to [`ROW`] needs some of its columns.
    fn needed(&self, table: &'a Table, edge: &Edge<'a>, rule: &RuleId) -> Result<Condition, PlanError> {
        let _ = table;
        let child = self.names.fresh();
        let mut any = Vec::new();
        for governor in self.graph.governors(edge.from) {
            let root = governor
                .path
                .last()
                .map_or(Ok(edge.from), |last| self.ground.table(&last.link.to))?;
            any.push(self.through(&governor.path, child, &|row| {
                let judgements = self.judgements(root, row)?;
                Ok(Condition::any(
                    judgements
                        .into_iter()
                        .filter(|judged| judged.rule == *rule)
                        .map(|judged| judged.runs),
                ))
            })?);
        }
        self.ground
            .child(&edge.from.id, edge.link, child, ROW, Condition::any(any))
    }

    /// A condition on the row that a path of links reaches; on the row itself when the path is empty.
    fn through(
        &self,
        path: &[Edge<'a>],
        from: Alias,
        condition: &dyn Fn(Alias) -> Result<Condition, PlanError>,
    ) -> Result<Condition, PlanError> {
        match path.split_first() {
            None => condition(from),
            Some((edge, rest)) => {
                let to = self.names.fresh();
                let inner = self.through(rest, to, condition)?;
                self.ground.parent(&edge.from.id, edge.link, from, to, inner)
            }
        }
    }

    fn ended_through(
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

    /// The columns of a member that its family may clear, grouped by what decides.
    fn groups(
        &self,
        family: &Family<'a>,
        member: &Member<'a>,
        erases: bool,
    ) -> Result<Groups<'a>, PlanError> {
        let table = member.table;
        let seen = self.ground.seen(&table.id)?;
        let footing = footing(self.ground.register, table);
        let mut groups: Groups<'a> = BTreeMap::new();
        for (path, column) in &table.columns {
            let Some(category) = &column.category else {
                continue;
            };
            if footing.contains(&path.column) {
                continue;
            }
            let covering: BTreeSet<RuleId> = family
                .rules
                .iter()
                .filter(|rule| covers(self.ground.register, rule, category))
                .map(|rule| rule.id.clone())
                .collect();
            if covering.is_empty() {
                continue;
            }
            let described = describe(seen, path, &table.id)?;
            let unique = path.inside.is_empty()
                && std::iter::once(&seen.primary_key)
                    .chain(&seen.unique)
                    .any(|set| set.contains(&path.column));
            let treatment = if erases {
                strategy::clear(column, &described, unique)
            } else {
                strategy::anonymise(column, &described, unique)
            };
            let treatment = treatment.map_err(|why| PlanError::Unsuitable {
                table: table.id.to_string(),
                why: why.0,
            })?;
            let group = Group {
                covering,
                needed_by: self.needed_by(member, category),
                class: treatment.class,
            };
            groups.entry(group).or_default().push((path.clone(), treatment));
        }
        Ok(groups)
    }

    /// The rules of rows that refer to a member's row and need this category in it.
    fn needed_by(&self, member: &Member<'a>, category: &Category) -> Vec<(Edge<'a>, RuleId)> {
        let mut needed = Vec::new();
        for edge in self.graph.into(&member.table.id).iter().copied() {
            let governed_here = edge.link.kind == serment_register::model::LinkKind::BelongsTo
                && self.graph.is_governed(edge.from);
            if edge.from.id == member.table.id || governed_here {
                continue;
            }
            for governor in self.graph.governors(edge.from) {
                let root = governor.path.last().map_or(&edge.from.id, |last| &last.link.to);
                for rule in self.graph.rules_of(root) {
                    if covers(self.ground.register, rule, category) {
                        needed.push((edge, rule.id.clone()));
                    }
                }
            }
        }
        needed
    }
}

type Groups<'a> = BTreeMap<Group<'a>, Vec<(ColumnPath, Treatment)>>;

/// What decides about some columns of a table.
#[derive(Debug, Clone)]
struct Group<'a> {
    covering: BTreeSet<RuleId>,
    needed_by: Vec<(Edge<'a>, RuleId)>,
    class: Class,
}

impl Group<'_> {
    fn identity(&self) -> (&BTreeSet<RuleId>, Vec<(&TableId, &str, &RuleId)>, Class) {
        let needed = self
            .needed_by
            .iter()
            .map(|(edge, rule)| (&edge.from.id, edge.link.name.as_str(), rule))
            .collect();
        (&self.covering, needed, self.class)
    }
}

impl PartialEq for Group<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Group<'_> {}

impl PartialOrd for Group<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Group<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.identity().cmp(&other.identity())
    }
}

/// Whether a rule's purposes need that category.
pub fn covers(register: &Register, rule: &Rule, category: &Category) -> bool {
    rule.purposes
        .iter()
        .filter_map(|id| register.purpose(id))
        .any(|purpose| purpose.data.iter().any(|needed| needed.covers(category)))
}

/// What the store says of a column, or of a place inside a JSON column.
fn describe(
    seen: &catalogue::Table,
    path: &ColumnPath,
    table: &TableId,
) -> Result<catalogue::Column, PlanError> {
    let column = seen
        .column(&path.column)
        .ok_or_else(|| PlanError::MissingColumn {
            table: table.to_string(),
            column: path.column.clone(),
        })?;
    if path.inside.is_empty() {
        return Ok(column.clone());
    }
    Ok(catalogue::Column {
        name: path.to_string(),
        sql_type: format!("inside {}", column.sql_type),
        kind: ColumnKind::Text,
        max_length: None,
        nullable: true,
        generated: column.generated,
    })
}
