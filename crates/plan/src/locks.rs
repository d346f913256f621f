//! What a batch must lock before it tests again: every row that its conditions read.
//!
//! The locks are read off the conditions themselves, so none can be forgotten. A row that may gain a child unseen is
//! locked as for a change, because a foreign key makes the child lock its parent; where no foreign key does, the
//! child's table is locked against writers.

use std::collections::{BTreeMap, BTreeSet};

use serment_store::catalogue::{Catalogue, TableName};
use serment_store::condition::{Alias, ColumnRef, Condition, Key};
use serment_store::query::{Lock, Strength};

use crate::steps::{ROW, Step, with_keys};

/// A table read through links, by its path from the walked row.
#[derive(Debug, Default)]
struct Read {
    below: BTreeMap<(TableName, Vec<(String, String)>), Read>,
}

/// The locks of a batch, in the order in which to take them.
pub fn locks(step: &Step, catalogue: &Catalogue, keys: &[Key]) -> Vec<Lock> {
    let mut root = Read::default();
    let mut whole = BTreeSet::new();
    let mut paths = BTreeMap::from([(ROW, Vec::new())]);
    for condition in [&step.pending, &step.frozen] {
        collect(condition, &mut root, &mut paths, &mut whole);
    }
    for change in &step.changes {
        if change.alias != ROW {
            // The filter of what goes along leads from the changed row up to the walked one: read it backwards.
            collect_upwards(&change.filter, change.alias, &change.name, &mut root);
        }
    }
    let mut rows = Vec::new();
    let walked = Condition::KeyIn {
        of: ROW,
        columns: step.key.clone(),
        keys: keys.to_vec(),
    };
    let mut next = ROW.0;
    let context = Context {
        catalogue,
        whole: &mut whole,
        rows: &mut rows,
        next: &mut next,
    };
    visit(context, &step.name, ROW, &walked, &root);
    let own = Lock::Rows {
        table: step.name.clone(),
        alias: ROW,
        key: step.key.clone(),
        filter: with_keys(&walked, keys),
        strength: Strength::Change,
    };
    whole
        .into_iter()
        .map(Lock::Table)
        .chain(std::iter::once(own))
        .chain(rows)
        .collect()
}

/// The tables that the batches of a step lock whole: they need the privilege.
pub fn locked_tables(step: &Step, catalogue: &Catalogue) -> BTreeSet<TableName> {
    locks(step, catalogue, &[])
        .into_iter()
        .filter_map(|lock| match lock {
            Lock::Table(table) => Some(table),
            Lock::Rows { .. } => None,
        })
        .collect()
}

/// The tables that the batches of a step lock rows of.
pub fn row_locked_tables(step: &Step, catalogue: &Catalogue) -> BTreeSet<TableName> {
    locks(step, catalogue, &[])
        .into_iter()
        .filter_map(|lock| match lock {
            Lock::Rows { table, .. } => Some(table),
            Lock::Table(_) => None,
        })
        .collect()
}

type Path = Vec<(TableName, Vec<(String, String)>)>;

fn collect(
    condition: &Condition,
    root: &mut Read,
    paths: &mut BTreeMap<Alias, Path>,
    whole: &mut BTreeSet<TableName>,
) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().for_each(|part| collect(part, root, paths, whole));
        }
        Condition::Not(part) | Condition::Holds(part) | Condition::MayHold(part) => {
            collect(part, root, paths, whole);
        }
        Condition::Exists {
            table,
            alias,
            on,
            condition,
        } => {
            let outer = on.first().and_then(|(_, outer)| paths.get(&outer.of)).cloned();
            match outer {
                Some(mut path) => {
                    path.push((table.clone(), columns(on)));
                    insert(root, &path);
                    paths.insert(*alias, path);
                }
                // Not linked to a known row: nothing smaller than the table is sure.
                None => drop(whole.insert(table.clone())),
            }
            collect(condition, root, paths, whole);
        }
        Condition::NoStayingReferrer { table, .. } => drop(whole.insert(table.clone())),
        _ => {}
    }
}

fn columns(on: &[(ColumnRef, ColumnRef)]) -> Vec<(String, String)> {
    on.iter()
        .map(|(inner, outer)| (inner.column.clone(), outer.column.clone()))
        .collect()
}

fn insert(root: &mut Read, path: &[(TableName, Vec<(String, String)>)]) {
    let mut at = root;
    for step in path {
        at = at.below.entry(step.clone()).or_default();
    }
}

/// Turns the chain of links from a companion up to the walked row around.
fn collect_upwards(filter: &Condition, alias: Alias, name: &TableName, root: &mut Read) {
    let mut chain: Vec<(TableName, Vec<(String, String)>)> = Vec::new();
    let mut current = (alias, name.clone());
    let mut condition = filter;
    while let Some((next, table, on, inner)) = upward(condition, current.0) {
        // `on` pairs the reached row's columns with ours; from the other side, ours with theirs.
        chain.push((
            current.1,
            on.iter()
                .map(|(theirs, ours)| (ours.column.clone(), theirs.column.clone()))
                .collect(),
        ));
        current = (next, table);
        condition = inner;
    }
    chain.reverse();
    insert(root, &chain);
}

type Upward<'c> = (Alias, TableName, &'c [(ColumnRef, ColumnRef)], &'c Condition);

fn upward(condition: &Condition, from: Alias) -> Option<Upward<'_>> {
    match condition {
        Condition::Exists {
            table,
            alias,
            on,
            condition,
        } if on.iter().all(|(_, outer)| outer.of == from) => Some((*alias, table.clone(), on, condition)),
        Condition::All(parts) => parts.iter().find_map(|part| upward(part, from)),
        _ => None,
    }
}

struct Context<'c> {
    catalogue: &'c Catalogue,
    whole: &'c mut BTreeSet<TableName>,
    rows: &'c mut Vec<Lock>,
    next: &'c mut u32,
}

fn visit(context: Context<'_>, outer_table: &TableName, outer: Alias, outer_filter: &Condition, read: &Read) {
    let Context {
        catalogue,
        whole,
        rows,
        next,
    } = context;
    for ((table, on), below) in &read.below {
        *next += 1;
        let alias = Alias(*next);
        let filter = Condition::Exists {
            table: outer_table.clone(),
            alias: outer,
            on: on
                .iter()
                .map(|(inner_column, outer_column)| {
                    (
                        ColumnRef::whole(outer, outer_column),
                        ColumnRef::whole(alias, inner_column),
                    )
                })
                .collect(),
            condition: Box::new(outer_filter.clone()),
        };
        if !protected(catalogue, outer_table, table, on) {
            whole.insert(table.clone());
        }
        let key = catalogue
            .tables
            .get(table)
            .map(|seen| seen.primary_key.clone())
            .unwrap_or_default();
        rows.push(Lock::Rows {
            table: table.clone(),
            alias,
            key,
            filter: filter.clone(),
            strength: Strength::Change,
        });
        visit(
            Context {
                catalogue,
                whole,
                rows,
                next,
            },
            table,
            alias,
            &filter,
            below,
        );
    }
}

/// Whether locking the outer row, or the one inner row that there can be, keeps the set of linked rows as it is.
fn protected(catalogue: &Catalogue, outer: &TableName, inner: &TableName, on: &[(String, String)]) -> bool {
    let inner_columns: Vec<String> = on.iter().map(|(column, _)| column.clone()).collect();
    let outer_columns: Vec<String> = on.iter().map(|(_, column)| column.clone()).collect();
    let has_key = |holder: &TableName, columns: &[String], target: &TableName, target_columns: &[String]| {
        catalogue.tables.get(holder).is_some_and(|table| {
            table.foreign_keys.iter().any(|key| {
                key.enforced
                    && key.target == *target
                    && same_pairs(&key.columns, &key.target_columns, columns, target_columns)
            })
        })
    };
    let child_locks_parent = has_key(inner, &inner_columns, outer, &outer_columns);
    let parent_is_certain = has_key(outer, &outer_columns, inner, &inner_columns);
    // Siblings are asked for, never feared: a new one can only say more of what an old one says.
    let siblings = inner == outer && inner_columns == outer_columns;
    child_locks_parent || parent_is_certain || siblings
}

fn same_pairs(left: &[String], left_of: &[String], right: &[String], right_of: &[String]) -> bool {
    let pairs = |ours: &[String], theirs: &[String]| -> BTreeSet<(String, String)> {
        ours.iter().cloned().zip(theirs.iter().cloned()).collect()
    };
    pairs(left, left_of) == pairs(right, right_of)
}
