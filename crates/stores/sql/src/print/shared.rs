//! Conditions that a statement asks several times of the same row, so that it can compute each of them once.
//!
//! What the planner composes repeats itself: whether a rule has ended stands in its own count, in those of the rules
//! beside it and in those of every row that goes along. Two conditions are the same when they are written the same, the
//! names of the rows inside them apart: these count by their distance, so that fresh names hide nothing.
//!
//! Costs time and memory in proportion to the size of the conditions.

use std::collections::{BTreeSet, HashMap};

use serment_store::condition::{Alias, ColumnRef, Condition, TimeColumn};

/// What a list of conditions about one row shares.
pub(crate) struct Shared<'c> {
    /// To compute in this order: what a later one shares with an earlier one is in an earlier list.
    pub layers: Vec<Vec<Same<'c>>>,
    /// The columns of the row that the conditions name.
    pub columns: BTreeSet<String>,
    /// The times of the row that several questions are about.
    pub times: Vec<TimeColumn>,
}

/// One condition, wherever it stands.
pub(crate) struct Same<'c> {
    /// The condition.
    pub condition: &'c Condition,
    /// Every place where it stands, itself included.
    pub places: Vec<*const Condition>,
}

impl<'c> Shared<'c> {
    /// What `conditions` about the row `row` share.
    pub fn of(row: Alias, conditions: impl Iterator<Item = &'c Condition>) -> Self {
        let mut reader = Reader {
            row,
            around: Vec::new(),
            known: HashMap::new(),
            nodes: Vec::new(),
            columns: BTreeSet::new(),
            times: HashMap::new(),
        };
        for condition in conditions {
            let (root, _) = reader.read(condition);
            reader.nodes[root].named += 1;
        }
        let layers = layers(&reader.nodes);
        let mut lists: Vec<Vec<Same<'c>>> = Vec::new();
        for (node, layer) in reader.nodes.into_iter().zip(layers) {
            if let Some(layer) = layer {
                if lists.len() <= layer {
                    lists.resize_with(layer + 1, Vec::new);
                }
                lists[layer].push(Same {
                    condition: node.condition,
                    places: node.places,
                });
            }
        }
        let several = |asked: &BTreeSet<usize>| asked.len() > 1;
        let mut times: Vec<_> = reader
            .times
            .into_iter()
            .filter(|(_, asked)| several(asked))
            .collect();
        times.sort_by(|(_, one), (_, other)| one.cmp(other));
        Self {
            layers: lists,
            columns: reader.columns,
            times: times.into_iter().map(|(time, _)| time).collect(),
        }
    }
    /// Adds a column that is read beside the conditions, if it is of their row.
    pub fn name(&mut self, row: Alias, column: &ColumnRef) {
        if column.of == row {
            self.columns.insert(column.column.clone());
        }
    }
}

/// The layer of each node that is worth sharing. Nodes come after what they are made of.
fn layers(nodes: &[Node<'_>]) -> Vec<Option<usize>> {
    // The first layer in which everything that a node is made of has been computed.
    let mut free: Vec<usize> = Vec::with_capacity(nodes.len());
    let mut costs: Vec<u32> = Vec::with_capacity(nodes.len());
    let mut layers = Vec::with_capacity(nodes.len());
    for node in nodes {
        let from = node.parts.iter().map(|part| free[*part]).max().unwrap_or(0);
        let parts = node.parts.iter().map(|part| costs[*part]);
        let cost = parts.fold(node.own_cost(), u32::saturating_add);
        let shared = node.named > 1 && node.of_the_row && cost > WORTH;
        layers.push(shared.then_some(from));
        free.push(from + usize::from(shared));
        costs.push(if shared { 1 } else { cost });
    }
    layers
}

/// What a condition must cost, beside reading columns, for it to be carried along as a column itself.
const WORTH: u32 = 8;

struct Node<'c> {
    condition: &'c Condition,
    places: Vec<*const Condition>,
    parts: Vec<usize>,
    /// How many different conditions it is a part of.
    named: usize,
    /// Whether it names no row but that of the statement, and its own.
    of_the_row: bool,
}

impl Node<'_> {
    /// About what it costs beside its parts, where reading a column costs one.
    fn own_cost(&self) -> u32 {
        match self.condition {
            Condition::Always | Condition::Never => 0,
            Condition::All(_) | Condition::Any(_) | Condition::Not(_) => 0,
            Condition::Holds(_) | Condition::MayHold(_) => 0,
            Condition::IsNull(_) => 1,
            Condition::Compare { .. } | Condition::CompareColumns { .. } | Condition::OneOf { .. } => 2,
            Condition::Time { .. } => 6,
            Condition::Anonymised { .. } | Condition::SurelyLater { .. } => 10,
            Condition::Exists { .. } | Condition::KeyIn { .. } | Condition::NoStayingReferrer { .. } => 40,
        }
    }
}

struct Reader<'c> {
    row: Alias,
    /// The rows named around the condition being read, outermost first.
    around: Vec<Alias>,
    known: HashMap<String, usize>,
    nodes: Vec<Node<'c>>,
    columns: BTreeSet<String>,
    /// The times of the row, and the conditions that ask about each.
    times: HashMap<TimeColumn, BTreeSet<usize>>,
}

impl<'c> Reader<'c> {
    /// The node of a condition, and how many of the rows around it it reaches out to.
    fn read(&mut self, condition: &'c Condition) -> (usize, usize) {
        let mut written = String::new();
        let mut reach = 0;
        let mut parts = Vec::new();
        match condition {
            Condition::Always | Condition::Never => {}
            Condition::All(inner) | Condition::Any(inner) => {
                reach = self.parts(inner, &mut written, &mut parts);
            }
            Condition::Not(inner) | Condition::Holds(inner) | Condition::MayHold(inner) => {
                reach = self.parts(std::slice::from_ref(&**inner), &mut written, &mut parts);
            }
            Condition::Compare { column, op, value } => {
                reach = self.name(&mut written, column);
                written += &format!("{op:?} {value:?}");
            }
            Condition::CompareColumns { left, op, right } => {
                reach = self.name(&mut written, left).max(self.name(&mut written, right));
                written += &format!("{op:?}");
            }
            Condition::OneOf { column, values } => {
                reach = self.name(&mut written, column);
                written += &format!("{values:?}");
            }
            Condition::IsNull(column) => reach = self.name(&mut written, column),
            Condition::Time { column, test } => {
                reach = self.time(&mut written, column);
                written += &format!("{test:?}");
            }
            Condition::SurelyLater { later, earlier } => {
                reach = self
                    .time(&mut written, later)
                    .max(self.time(&mut written, earlier));
            }
            Condition::Exists {
                table,
                alias,
                on,
                condition,
            } => {
                written += &format!("{table:?}");
                self.around.push(*alias);
                for column in on.iter().flat_map(|(inner, outer)| [inner, outer]) {
                    reach = reach.max(self.name(&mut written, column));
                }
                let inner = self.parts(std::slice::from_ref(&**condition), &mut written, &mut parts);
                self.around.pop();
                reach = reach.max(inner).saturating_sub(1);
            }
            Condition::KeyIn { of, columns, keys } => {
                for column in columns {
                    reach = reach.max(self.name(&mut written, &ColumnRef::whole(*of, column)));
                }
                written += &format!("{keys:?}");
            }
            Condition::Anonymised { column, by } => {
                reach = self.name(&mut written, column);
                written += &format!("{by:?}");
            }
            Condition::NoStayingReferrer {
                of,
                table,
                by,
                alias,
                goes,
            } => {
                for (_, theirs) in by {
                    reach = reach.max(self.name(&mut written, &ColumnRef::whole(*of, theirs)));
                }
                written += &format!("{table:?} {by:?}");
                self.around.push(*alias);
                let inner = self.parts(std::slice::from_ref(&**goes), &mut written, &mut parts);
                self.around.pop();
                reach = reach.max(inner.saturating_sub(1));
            }
        }
        let kind = std::mem::discriminant(condition);
        let key = format!("{kind:?} {written}");
        if let Some(known) = self.known.get(&key).copied() {
            self.nodes[known].places.push(std::ptr::from_ref(condition));
            return (known, reach);
        }
        for part in &parts {
            self.nodes[*part].named += 1;
        }
        let id = self.nodes.len();
        if let Condition::Time { column, .. } = condition
            && column.column.of == self.row
        {
            self.times.entry(column.clone()).or_default().insert(id);
        }
        self.nodes.push(Node {
            condition,
            places: vec![std::ptr::from_ref(condition)],
            parts,
            named: 0,
            of_the_row: reach == 0,
        });
        self.known.insert(key, id);
        (id, reach)
    }

    /// Reads the conditions that a condition is made of.
    fn parts(&mut self, inner: &'c [Condition], written: &mut String, parts: &mut Vec<usize>) -> usize {
        let mut reach = 0;
        for condition in inner {
            let (id, reached) = self.read(condition);
            *written += &format!(" {id}");
            parts.push(id);
            reach = reach.max(reached);
        }
        reach
    }

    /// Writes a column; its row by its distance.
    fn name(&mut self, written: &mut String, column: &ColumnRef) -> usize {
        let around = self.around.iter().rev().position(|alias| *alias == column.of);
        let reach = match around {
            Some(distance) => distance + 1,
            None if column.of == self.row => {
                self.columns.insert(column.column.clone());
                0
            }
            // Nothing names that row: the printer says so.
            None => usize::MAX,
        };
        *written += &format!("{reach} {:?} {:?} ", column.column, column.inside);
        reach
    }

    fn time(&mut self, written: &mut String, time: &TimeColumn) -> usize {
        *written += &format!("{:?} {:?} ", time.written, time.zone);
        self.name(written, &time.column)
    }
}
