//! What a row that stays must keep to be judged again: its keys, links, client, and what rules and subjects read.

use std::collections::BTreeSet;

use serment_register::model::{ClientOf, EventSource, Register, State, Table};
use serment_register::predicate::{Operand, Predicate};

use crate::graph::Graph;

/// The footing of a table's rows, by column.
pub fn footing(register: &Register, table: &Table) -> BTreeSet<String> {
    let graph = Graph::new(register);
    let mut kept: BTreeSet<String> = table.key.iter().cloned().collect();
    if let Some(ClientOf::Column(column)) = &table.client {
        kept.insert(column.clone());
    }
    for link in table.links.values() {
        kept.extend(link.by.iter().map(|(ours, _)| ours.clone()));
        link.when.iter().for_each(|when| columns(when, &mut kept));
    }
    for other in register.tables() {
        for link in other.links.values().filter(|link| link.to == table.id) {
            kept.extend(link.by.iter().map(|(_, theirs)| theirs.clone()));
        }
    }
    for subject in &table.subjects {
        subject.when.iter().for_each(|when| columns(when, &mut kept));
    }
    for other in register.tables() {
        for state in graph.states_read(other) {
            match state {
                State::Own(when) if other.id == table.id => columns(when, &mut kept),
                State::Parent { link, when } if reaches(other, link, table) => columns(when, &mut kept),
                State::Children {
                    table: child, when, ..
                } if *child == table.id => columns(when, &mut kept),
                _ => {}
            }
        }
        for source in graph.events_read(other) {
            match source {
                EventSource::Own(path) if other.id == table.id => kept.insert(path.column.clone()),
                EventSource::Parent { link, column } if reaches(other, link, table) => {
                    kept.insert(column.column.clone())
                }
                EventSource::Children {
                    table: child, column, ..
                } if *child == table.id => kept.insert(column.column.clone()),
                _ => false,
            };
        }
    }
    kept
}

fn reaches(from: &Table, link: &str, to: &Table) -> bool {
    from.links.get(link).is_some_and(|link| link.to == to.id)
}

/// The columns that a predicate reads.
pub fn columns(predicate: &Predicate, into: &mut BTreeSet<String>) {
    match predicate {
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().for_each(|part| columns(part, into)),
        Predicate::Not(part) => columns(part, into),
        Predicate::Compare { column, operand, .. } => {
            into.insert(column.column.clone());
            operand_columns(operand, into);
        }
        Predicate::In { column, .. } | Predicate::IsNull { column, .. } => {
            into.insert(column.column.clone());
        }
        Predicate::Between {
            column, low, high, ..
        } => {
            into.insert(column.column.clone());
            operand_columns(low, into);
            operand_columns(high, into);
        }
    }
}

fn operand_columns(operand: &Operand, into: &mut BTreeSet<String>) {
    if let Operand::Column(path) = operand {
        into.insert(path.column.clone());
    }
}
