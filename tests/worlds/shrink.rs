//! Cuts a failing world down to what still fails: rows, rules, holds, links and cells that do not matter go.

use crate::world::{Hold, Value, World};

/// Every world that is a little smaller.
pub fn smaller(world: &World) -> Vec<World> {
    let mut found = Vec::new();
    let mut with = |change: &dyn Fn(&mut World)| {
        let mut copy = world.clone();
        change(&mut copy);
        found.push(copy);
    };
    for hold in 0..world.holds.len() {
        with(&|world| drop(world.holds.remove(hold)));
    }
    for rule in 0..world.rules.len() {
        if world.rules.len() > 1 {
            with(&|world| remove_rule(world, rule));
        }
    }
    for at in 0..world.tables.len() {
        if world.tables[at].rows.len() > 1 {
            with(&|world| {
                (0..world.tables[at].rows.len())
                    .rev()
                    .for_each(|row| remove_row(world, at, row))
            });
        }
    }
    for (at, table) in world.tables.iter().enumerate() {
        for row in 0..table.rows.len() {
            with(&|world| remove_row(world, at, row));
        }
        for (link, it) in table.links.iter().enumerate() {
            if it.foreign_key.is_some() {
                with(&|world| world.tables[at].links[link].foreign_key = None);
            }
            if it.when.is_some() {
                with(&|world| world.tables[at].links[link].when = None);
            }
        }
        if table.client.is_some() {
            with(&|world| world.tables[at].client = None);
        }
        for (column, it) in table.columns.iter().enumerate() {
            if it.category.is_some() {
                with(&|world| world.tables[at].columns[column].category = None);
            }
            if it.anonymise.is_some() {
                with(&|world| world.tables[at].columns[column].anonymise = None);
            }
        }
        for subject in 0..table.subjects.len() {
            if table.subjects[subject].1.is_some() {
                with(&|world| world.tables[at].subjects[subject].1 = None);
            }
        }
        for (event, (_, sources)) in table.events.iter().enumerate() {
            for source in 0..sources.len() {
                if sources.len() > 1 {
                    with(&|world| {
                        world.tables[at].events[event].1.remove(source);
                    });
                }
            }
        }
    }
    for (rule, it) in world.rules.iter().enumerate() {
        for state in 0..it.while_states.len() {
            with(&|world| {
                world.rules[rule].while_states.remove(state);
            });
        }
        if it.after.len() > 1 {
            for event in 0..it.after.len() {
                with(&|world| {
                    world.rules[rule].after.remove(event);
                });
            }
        }
        if it.asked.is_some() {
            with(&|world| world.rules[rule].asked = None);
        }
        if !it.else_after.is_empty() {
            with(&|world| world.rules[rule].else_after.clear());
        }
        if !it.or_on.is_empty() && it.keep.is_some() {
            with(&|world| world.rules[rule].or_on.clear());
        }
        for (set, change) in [
            (
                it.at_least.is_some(),
                (|rule| rule.at_least = None) as fn(&mut crate::world::Rule),
            ),
            (it.quiet.is_some(), |rule| rule.quiet = None),
            (it.also_for.is_some(), |rule| rule.also_for = None),
        ] {
            if set {
                with(&|world| change(&mut world.rules[rule]));
            }
        }
    }
    if world.batch != 0 {
        with(&|world| world.batch = 0);
    }
    for (at, table) in world.tables.iter().enumerate() {
        for (row, cells) in table.rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let linked = world
                    .tables
                    .iter()
                    .flat_map(|it| &it.links)
                    .any(|link| link.to == at && link.by.iter().any(|(_, theirs)| *theirs == column));
                let fixed = table.key.contains(&column) || table.columns[column].not_null || linked;
                if !fixed && *cell != Value::Null {
                    with(&|world| world.tables[at].rows[row][column] = Value::Null);
                }
            }
        }
    }
    found
}

fn remove_rule(world: &mut World, rule: usize) {
    world.rules.remove(rule);
    for other in &mut world.rules {
        other.also_for = match other.also_for {
            Some(it) if it == rule => None,
            Some(it) if it > rule => Some(it - 1),
            it => it,
        };
    }
}

/// Takes a row away, with the links that a foreign key forbids to leave.
fn remove_row(world: &mut World, table: usize, row: usize) {
    let gone = world.tables[table].rows.remove(row);
    for from in &mut world.tables {
        for link in from
            .links
            .iter()
            .filter(|link| link.to == table && link.foreign_key.is_some())
        {
            for cells in &mut from.rows {
                if link.by.iter().all(|(ours, theirs)| cells[*ours] == gone[*theirs]) {
                    link.by.iter().for_each(|(ours, _)| cells[*ours] = Value::Null);
                }
            }
        }
    }
    for hold in &mut world.holds {
        if let Hold::Rows(of, rows) = hold
            && *of == table
        {
            rows.retain(|it| *it != row);
            rows.iter_mut().filter(|it| **it > row).for_each(|it| *it -= 1);
        }
    }
}
