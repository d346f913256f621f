//! Which tables refer to which, and which rules govern each.
//!
//! A *family* is a table with rules of its own, its root, and the tables without rules that belong to it, directly or
//! through others: the parent's rules govern them.

use std::collections::{BTreeMap, BTreeSet};

use serment_register::model::{EventSource, Link, LinkKind, Register, Rule, State, Table, TableId};

/// A link, with the table that holds it.
#[derive(Debug, Clone, Copy)]
pub struct Edge<'a> {
    /// The table that holds the link.
    pub from: &'a Table,
    /// The link.
    pub link: &'a Link,
}

/// A table of a family and how its rows reach the root.
#[derive(Debug, Clone)]
pub struct Member<'a> {
    /// Table.
    pub table: &'a Table,
    /// Links from it to the root, in order; empty for the root itself.
    pub path: Vec<Edge<'a>>,
}

/// A table with rules, and what goes with it.
#[derive(Debug, Clone)]
pub struct Family<'a> {
    /// The root's rules.
    pub rules: Vec<&'a Rule>,
    /// The root first, then tables in order of distance.
    pub members: Vec<Member<'a>>,
}

impl<'a> Family<'a> {
    /// The table with the rules.
    pub fn root(&self) -> &'a Table {
        self.members[0].table
    }
}

/// The tables of a register and their links.
#[derive(Debug)]
pub struct Graph<'a> {
    register: &'a Register,
    rules: BTreeMap<&'a TableId, Vec<&'a Rule>>,
    /// Links by the table that they reach, those of the same store only.
    into: BTreeMap<&'a TableId, Vec<Edge<'a>>>,
}

impl<'a> Graph<'a> {
    /// Reads the links of a register. Costs one pass over its tables.
    pub fn new(register: &'a Register) -> Self {
        let mut rules: BTreeMap<&TableId, Vec<&Rule>> = BTreeMap::new();
        for (_, rule) in register.rules() {
            rules.entry(&rule.of).or_default().push(rule);
        }
        let mut into: BTreeMap<&TableId, Vec<Edge<'a>>> = BTreeMap::new();
        for from in register.tables() {
            for link in from.links.values().filter(|link| link.to.store == from.id.store) {
                into.entry(&link.to).or_default().push(Edge { from, link });
            }
        }
        Self {
            register,
            rules,
            into,
        }
    }

    /// The rules of a table.
    pub fn rules_of(&self, id: &TableId) -> &[&'a Rule] {
        self.rules.get(id).map_or(&[], Vec::as_slice)
    }

    /// The links that reach a table from its own store.
    pub fn into(&self, id: &TableId) -> &[Edge<'a>] {
        self.into.get(id).map_or(&[], Vec::as_slice)
    }

    /// Whether a parent's rules can govern this table.
    pub fn is_governed(&self, table: &Table) -> bool {
        self.rules_of(&table.id).is_empty() && table.unruled.is_none()
    }

    /// The families of a register, those whose rows refer to others first: what refers goes before what is referred to.
    pub fn families(&self) -> Vec<Family<'a>> {
        let mut order = Vec::new();
        let mut seen = BTreeSet::new();
        for table in self.register.tables() {
            self.visit(table, &mut seen, &mut order);
        }
        order
            .into_iter()
            .filter(|table| !self.rules_of(&table.id).is_empty())
            .map(|table| self.family(table))
            .collect()
    }

    /// Depth first over what refers to a table; a cycle is cut where it closes.
    fn visit(&self, table: &'a Table, seen: &mut BTreeSet<&'a TableId>, order: &mut Vec<&'a Table>) {
        if seen.insert(&table.id) {
            for edge in self.into(&table.id) {
                self.visit(edge.from, seen, order);
            }
            order.push(table);
        }
    }

    fn family(&self, root: &'a Table) -> Family<'a> {
        let mut members = vec![Member {
            table: root,
            path: Vec::new(),
        }];
        let mut next = 0;
        while let Some(member) = members.get(next).cloned() {
            for edge in self.governed_by(member.table) {
                let on_path = member.table.id == edge.from.id
                    || member
                        .path
                        .iter()
                        .any(|step| step.from.id == edge.from.id || step.link.to == edge.from.id);
                if !on_path {
                    let path = std::iter::once(edge).chain(member.path.iter().copied()).collect();
                    members.push(Member {
                        table: edge.from,
                        path,
                    });
                }
            }
            next += 1;
        }
        Family {
            rules: self.rules_of(&root.id).to_vec(),
            members,
        }
    }

    /// The links by which tables without rules belong to this one.
    pub fn governed_by(&self, table: &Table) -> impl Iterator<Item = Edge<'a>> {
        self.into(&table.id)
            .iter()
            .copied()
            .filter(|edge| edge.link.kind == LinkKind::BelongsTo && self.is_governed(edge.from))
    }

    /// The ways in which a table's rows reach the rows whose rules govern them: itself, or paths of links.
    pub fn governors(&self, table: &'a Table) -> Vec<Member<'a>> {
        if !self.rules_of(&table.id).is_empty() {
            return vec![Member {
                table,
                path: Vec::new(),
            }];
        }
        self.families_of(table)
    }

    fn families_of(&self, table: &'a Table) -> Vec<Member<'a>> {
        self.register
            .tables()
            .filter(|root| !self.rules_of(&root.id).is_empty() && root.id.store == table.id.store)
            .flat_map(|root| self.family(root).members)
            .filter(|member| member.table.id == table.id && !member.path.is_empty())
            .collect()
    }

    /// The child links that the rules of a table read for states and events.
    pub fn read_from_children(&self, table: &'a Table) -> BTreeSet<(&'a TableId, &'a str)> {
        let states = self
            .states_read(table)
            .into_iter()
            .filter_map(|state| match state {
                State::Children { table, link, .. } => Some((table, link.as_str())),
                _ => None,
            });
        let events = self
            .events_read(table)
            .into_iter()
            .filter_map(|source| match source {
                EventSource::Children { table, link, .. } => Some((table, link.as_str())),
                _ => None,
            });
        states.chain(events).collect()
    }

    /// The states that the rules of a table read.
    pub fn states_read(&self, table: &'a Table) -> Vec<&'a State> {
        let names: BTreeSet<&str> = self
            .rules_of(&table.id)
            .iter()
            .flat_map(|rule| rule.while_states.iter().map(String::as_str))
            .collect();
        names
            .into_iter()
            .filter_map(|name| table.states.get(name))
            .collect()
    }

    /// The sources of the events that the rules of a table read.
    pub fn events_read(&self, table: &'a Table) -> Vec<&'a EventSource> {
        let names: BTreeSet<&str> = self
            .rules_of(&table.id)
            .iter()
            .flat_map(|rule| rule.after.iter().chain(&rule.else_after).chain(&rule.or_on))
            .map(String::as_str)
            .collect();
        names
            .into_iter()
            .filter_map(|name| table.events.get(name))
            .flatten()
            .collect()
    }
}
