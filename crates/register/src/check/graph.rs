//! Which rules govern a table, whose rows it holds, which tables refer to it.
//!
//! Everything is computed once, downwards from where it is written, so that neither circles nor diamonds of links
//! cost more than the number of (table, source) pairs, and that number is bounded.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Activity, Category, LinkKind, Register, Rule, Table, TableId};

pub(crate) type Governing<'a> = Vec<(&'a Activity, &'a Rule)>;

/// Most inherited facts that are kept: no honest register comes near.
const MOST_PAIRS: usize = 2_000_000;

pub(crate) struct Graph<'a> {
    tables: Vec<&'a Table>,
    index: BTreeMap<&'a TableId, usize>,
    /// For each table, the rules written for it.
    own: Vec<Governing<'a>>,
    /// For each table, the tables with a link to it.
    referring: Vec<Vec<&'a Table>>,
    /// For each table, where its rules are written: itself, else the rows that it belongs to.
    rule_sources: Vec<Vec<usize>>,
    /// For each table, where its subjects are written.
    subject_sources: Vec<Vec<usize>>,
    /// For each table, the categories that the purposes of its rules need.
    needed: Vec<Vec<&'a Category>>,
    /// True when the register inherits more than [`MOST_PAIRS`].
    pub too_large: bool,
}

impl<'a> Graph<'a> {
    pub fn new(register: &'a Register) -> Self {
        let tables: Vec<&Table> = register.tables().collect();
        let index: BTreeMap<&TableId, usize> = tables
            .iter()
            .enumerate()
            .map(|(at, table)| (&table.id, at))
            .collect();
        let mut own: Vec<Governing<'a>> = vec![Vec::new(); tables.len()];
        for (activity, rule) in register.rules() {
            if let Some(at) = index.get(&rule.of) {
                own[*at].push((activity, rule));
            }
        }
        let mut referring = vec![Vec::new(); tables.len()];
        let mut children = vec![Vec::new(); tables.len()];
        for (at, table) in tables.iter().enumerate() {
            for link in table.links.values() {
                let Some(parent) = index.get(&link.to).filter(|parent| **parent != at) else {
                    continue;
                };
                referring[*parent].push(*table);
                if link.kind == LinkKind::BelongsTo {
                    children[*parent].push(at);
                }
            }
        }
        let mut pairs = 0;
        let ruled = |at: usize| tables[at].unruled.is_some() || !own[at].is_empty();
        let rule_sources = inherited(&children, ruled, &mut pairs);
        let subject_sources = inherited(&children, |at| !tables[at].subjects.is_empty(), &mut pairs);
        let too_large = pairs > MOST_PAIRS;
        let mut graph = Self {
            tables,
            index,
            own,
            referring,
            rule_sources,
            subject_sources,
            needed: Vec::new(),
            too_large,
        };
        graph.needed = graph
            .rule_sources
            .iter()
            .map(|sources| {
                let rules = sources.iter().flat_map(|at| &graph.own[*at]);
                let purposes = rules
                    .flat_map(|(_, rule)| &rule.purposes)
                    .collect::<BTreeSet<_>>();
                let data = purposes
                    .into_iter()
                    .filter_map(|id| register.purpose(id))
                    .flat_map(|purpose| &purpose.data);
                data.collect::<BTreeSet<_>>().into_iter().collect()
            })
            .collect();
        graph
    }

    fn at(&self, id: &TableId) -> Option<usize> {
        self.index.get(id).copied()
    }

    /// The rules written for that table.
    pub fn own_rules(&self, id: &TableId) -> &[(&'a Activity, &'a Rule)] {
        self.at(id).map(|at| self.own[at].as_slice()).unwrap_or_default()
    }

    /// The rules that govern a table: its own, else those of the rows that it belongs to.
    pub fn governing(&self, table: &Table) -> Governing<'a> {
        let sources = self
            .at(&table.id)
            .map(|at| self.rule_sources[at].as_slice())
            .unwrap_or_default();
        sources
            .iter()
            .flat_map(|at| self.own[*at].iter().copied())
            .collect()
    }

    /// The kinds of persons whose data a table holds: its own, else those of the rows that it belongs to.
    pub fn subjects(&self, table: &Table) -> BTreeSet<&'a str> {
        let sources = self
            .at(&table.id)
            .map(|at| self.subject_sources[at].as_slice())
            .unwrap_or_default();
        let listed = sources.iter().flat_map(|at| &self.tables[*at].subjects);
        listed.map(|subject| subject.subject.as_str()).collect()
    }

    /// Tables that go with the rows of this one: no rule of their own, no reason to have none.
    pub fn heirs(&self, id: &TableId) -> Vec<&'a Table> {
        let Some(of) = self.at(id) else { return Vec::new() };
        let heirs = self.rule_sources.iter().enumerate();
        heirs
            .filter(|(at, sources)| *at != of && sources.contains(&of))
            .map(|(at, _)| self.tables[at])
            .collect()
    }

    /// The categories that some purpose needs in a table: those of its rules, and of the rules of the tables that
    /// refer to it.
    pub fn needed_in(&self, table: &Table) -> BTreeSet<&'a Category> {
        let Some(at) = self.at(&table.id) else {
            return BTreeSet::new();
        };
        let referring = self.referring[at].iter().filter_map(|table| self.at(&table.id));
        std::iter::once(at)
            .chain(referring)
            .flat_map(|at| self.needed[at].iter().copied())
            .collect()
    }
}

/// For each table, where something is found: the table itself when it has it, else every nearest ancestor that does.
fn inherited(children: &[Vec<usize>], has: impl Fn(usize) -> bool, pairs: &mut usize) -> Vec<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = vec![Vec::new(); children.len()];
    // The last source that reached each table: reached once by a source is enough.
    let mut reached = vec![usize::MAX; children.len()];
    for source in (0..children.len()).filter(|at| has(*at)) {
        let mut open = vec![source];
        while let Some(at) = open.pop() {
            if reached[at] == source || *pairs > MOST_PAIRS {
                continue;
            }
            reached[at] = source;
            *pairs += 1;
            found[at].push(source);
            open.extend(children[at].iter().copied().filter(|child| !has(*child)));
        }
    }
    found
}

/// The categories that the purposes of a rule list.
pub(crate) fn needed<'a>(register: &'a Register, rule: &Rule) -> Vec<&'a Category> {
    rule.purposes
        .iter()
        .filter_map(|id| register.purpose(id))
        .flat_map(|purpose| &purpose.data)
        .collect()
}

/// Whether one of the categories covers the other.
pub(crate) fn any_covers<'a>(
    needed: impl IntoIterator<Item = &'a &'a Category>,
    category: &Category,
) -> bool {
    needed.into_iter().any(|listed| listed.covers(category))
}
