//! Which rules govern a table, whose rows it holds, which tables refer to it.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Activity, Category, LinkKind, Register, Rule, Table, TableId};

pub(super) type Governing<'a> = Vec<(&'a Activity, &'a Rule)>;

pub(super) struct Graph<'a> {
    register: &'a Register,
    own: BTreeMap<&'a TableId, Governing<'a>>,
    referring: BTreeMap<&'a TableId, Vec<&'a Table>>,
    belonging: BTreeMap<&'a TableId, Vec<&'a Table>>,
}

impl<'a> Graph<'a> {
    pub fn new(register: &'a Register) -> Self {
        let mut graph = Self {
            register,
            own: BTreeMap::new(),
            referring: BTreeMap::new(),
            belonging: BTreeMap::new(),
        };
        for (activity, rule) in register.rules() {
            graph.own.entry(&rule.of).or_default().push((activity, rule));
        }
        for table in register.tables() {
            for link in table.links.values().filter(|link| link.to != table.id) {
                graph.referring.entry(&link.to).or_default().push(table);
                if link.kind == LinkKind::BelongsTo {
                    graph.belonging.entry(&link.to).or_default().push(table);
                }
            }
        }
        graph
    }

    /// The rules written for that table.
    pub fn own_rules(&self, id: &TableId) -> &[(&'a Activity, &'a Rule)] {
        self.own.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    /// The rules that govern a table: its own, else those of the rows that it belongs to.
    pub fn governing(&self, table: &'a Table) -> Governing<'a> {
        let mut found: Governing<'a> = Vec::new();
        for source in self.upwards(table, |table| {
            table.unruled.is_some() || !self.own_rules(&table.id).is_empty()
        }) {
            for (activity, rule) in self.own_rules(&source.id) {
                if !found.iter().any(|(_, known)| known.id == rule.id) {
                    found.push((*activity, *rule));
                }
            }
        }
        found
    }

    /// The kinds of persons whose data a table holds: its own, else those of the rows that it belongs to.
    pub fn subjects(&self, table: &'a Table) -> BTreeSet<&'a str> {
        self.upwards(table, |table| !table.subjects.is_empty())
            .iter()
            .flat_map(|table| table.subjects.iter().map(|subject| subject.subject.as_str()))
            .collect()
    }

    /// Where something inherited is found: the table itself when it has it, else the nearest ancestors by
    /// `belongs_to` that do. Every table is visited once, whatever circles there are.
    fn upwards(&self, table: &'a Table, has: impl Fn(&Table) -> bool) -> Vec<&'a Table> {
        let mut seen = BTreeSet::from([&table.id]);
        let mut open = vec![table];
        let mut found = Vec::new();
        while let Some(table) = open.pop() {
            if has(table) {
                found.push(table);
                continue;
            }
            for link in table
                .links
                .values()
                .filter(|link| link.kind == LinkKind::BelongsTo)
            {
                if let Some(parent) = self.register.table(&link.to)
                    && seen.insert(&parent.id)
                {
                    open.push(parent);
                }
            }
        }
        found
    }

    /// Tables that go with the rows of this one: no rule of their own, no reason to have none.
    pub fn heirs(&self, id: &TableId) -> Vec<&'a Table> {
        let mut seen = BTreeSet::from([id]);
        let mut open = vec![id];
        let mut found = Vec::new();
        while let Some(id) = open.pop() {
            for child in self.belonging.get(id).into_iter().flatten() {
                if self.own_rules(&child.id).is_empty() && child.unruled.is_none() && seen.insert(&child.id) {
                    found.push(*child);
                    open.push(&child.id);
                }
            }
        }
        found
    }

    /// Tables with a link to this one.
    pub fn referring(&self, id: &TableId) -> &[&'a Table] {
        self.referring.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    /// The categories that the purposes of a rule list.
    pub fn needed(&self, rule: &Rule) -> Vec<&'a Category> {
        rule.purposes
            .iter()
            .filter_map(|id| self.register.purpose(id))
            .flat_map(|purpose| &purpose.data)
            .collect()
    }
}

/// Whether one of the categories covers the other.
pub(super) fn any_covers(needed: &[&Category], category: &Category) -> bool {
    needed.iter().any(|listed| listed.covers(category))
}
