//! Which columns a row that stays loses, and which other rows need them.

use std::collections::{BTreeMap, BTreeSet};

use serment_register::model::{Category, ColumnPath, LinkKind, Register, Rule, RuleId, TableId, Then};
use serment_store::catalogue::{self, ColumnKind};
use serment_store::condition::Condition;

use super::Composer;
use crate::error::PlanError;
use crate::footing::footing;
use crate::graph::{Edge, Family, Member};
use crate::steps::ROW;
use crate::strategy::{self, Class, Treatment};

impl<'a> Composer<'a, '_> {
    /// Whether a running rule of a row that refers to [`ROW`] needs some of its columns.
    pub(super) fn needed(&self, edge: &Edge<'a>, rule: &RuleId) -> Result<Condition, PlanError> {
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
                        .map(|judged| judged.runs()),
                ))
            })?);
        }
        self.ground
            .child(&edge.from.id, edge.link, child, ROW, Condition::any(any))
    }

    /// The columns of a member that its family may clear, grouped by what decides.
    pub(super) fn groups(
        &self,
        family: &Family<'a>,
        member: &Member<'a>,
        then: &Then,
        may_stay: bool,
    ) -> Result<Groups<'a>, PlanError> {
        let erases = *then == Then::Erase;
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
            // Cleared only when every rule has ended, and then the row itself goes.
            let goes_with_row = erases && !may_stay && covering.len() == family.rules.len();
            let may_decide = family
                .rules
                .iter()
                .any(|rule| rule.then == *then && covering.contains(&rule.id));
            if !may_decide || goes_with_row {
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
    pub(super) fn needed_by(&self, member: &Member<'a>, category: &Category) -> Vec<(Edge<'a>, RuleId)> {
        let mut needed = Vec::new();
        for edge in self.graph.into(&member.table.id).iter().copied() {
            // What belongs to the row is judged with it; a row of the same table may stand under another root.
            let governed_here = edge.link.kind == LinkKind::BelongsTo
                && edge.from.id != member.table.id
                && self.graph.is_governed(edge.from);
            if governed_here {
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

pub(super) type Groups<'a> = BTreeMap<Group<'a>, Vec<(ColumnPath, Treatment)>>;

/// What decides about some columns of a table.
#[derive(Debug, Clone)]
pub(super) struct Group<'a> {
    pub(super) covering: BTreeSet<RuleId>,
    pub(super) needed_by: Vec<(Edge<'a>, RuleId)>,
    pub(super) class: Class,
}

impl Group<'_> {
    #[allow(clippy::type_complexity)] // Used once, to compare.
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
