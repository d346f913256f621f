//! Rules, and the states and events that they read.

use super::own_test;
use crate::random::Random;
use crate::world::{Holds, Loss, Period, Reading, Rule, SUBJECTS, Test, World};

const KEEPS: [Period; 8] = [
    Period(1, "years"),
    Period(2, "years"),
    Period(1, "months"),
    Period(3, "months"),
    Period(6, "weeks"),
    Period(30, "days"),
    Period(1, "days"),
    Period(13, "months"),
];

pub fn add(random: &mut Random, world: &mut World) {
    let erase = !random.chance(25);
    for table in 0..world.tables.len() {
        let has_parent = world.tables[table]
            .links
            .iter()
            .any(|link| link.belongs && link.to != table);
        let ruled = if table == 0 {
            85
        } else if has_parent {
            40
        } else {
            65
        };
        if !random.chance(ruled) {
            continue;
        }
        // Mostly one way of ending for the whole world: a table under two roots then has one too.
        let erase = erase || (random.chance(10) && !has_parent);
        for _ in 0..1 + random.below(3) {
            let rule = rule(random, world, table, erase);
            world.rules.push(rule);
        }
    }
    same_end(world);
    cover(random, world);
    strategies(random, world);
}

/// Tables under several roots end in one way: the words leave nothing to compose otherwise.
fn same_end(world: &mut World) {
    for table in 0..world.tables.len() {
        let roots = world.roots(table);
        let erase = world
            .rules
            .iter()
            .find(|rule| roots.contains(&rule.of))
            .is_some_and(|rule| rule.erase);
        for rule in world.rules.iter_mut().filter(|rule| roots.contains(&rule.of)) {
            rule.erase = erase;
        }
    }
}

fn rule(random: &mut Random, world: &mut World, of: usize, erase: bool) -> Rule {
    let mut rule = Rule {
        of,
        subjects: vec![world.tables[of].subjects[random.below(world.tables[of].subjects.len())].0],
        data: Vec::new(),
        also_for: None,
        while_states: Vec::new(),
        after: Vec::new(),
        else_after: Vec::new(),
        or_on: Vec::new(),
        keep: Some(*random.pick(&KEEPS)),
        at_least: None,
        quiet: random.chance(10).then(|| Period(random.range(1, 2), "days")),
        asked: None,
        erase,
    };
    if random.chance(20) {
        rule.subjects.push(random.below(SUBJECTS.len()));
        rule.subjects.dedup();
    }
    for _ in 0..1 + random.below(2) {
        rule.data.push(
            (*random.pick(&[
                "identity",
                "contact",
                "identity.name",
                "contact.email",
                "professional",
                "financial",
            ]))
            .into(),
        );
    }
    rule.data.dedup();
    if random.chance(10) && !world.rules.is_empty() {
        rule.also_for = Some(random.below(world.rules.len()));
    }
    let mut events: Vec<usize> = (0..world.planned.len()).collect();
    let mut event = |random: &mut Random, world: &mut World| {
        let event = events.remove(random.below(events.len()));
        declare_event(random, world, of, event);
        event
    };
    if random.chance(95) {
        rule.after.push(event(random, world));
        if random.chance(30) {
            rule.after.push(event(random, world));
        }
        if random.chance(25) {
            rule.else_after.push(event(random, world));
        }
        if random.chance(20) {
            rule.or_on.push(event(random, world));
        }
        if random.chance(15) {
            rule.at_least = Some(match rule.keep {
                Some(Period(count, unit @ ("years" | "months"))) => Period(random.range(1, count), unit),
                _ => Period(1, "days"),
            });
        }
    } else {
        rule.keep = None;
        rule.or_on.push(event(random, world));
    }
    for state in 0..3 {
        if random.chance(20) {
            declare_state(random, world, of, state);
            rule.while_states.push(state);
        }
    }
    rule
}

fn times(world: &World, table: usize) -> Vec<usize> {
    let columns = world.tables[table].columns.iter().enumerate();
    columns
        .filter(|(_, column)| matches!(column.holds, Holds::Time(_)))
        .map(|(at, _)| at)
        .collect()
}

/// The links that lead to a table from others. Rules that read rows of their own table are left out.
fn children(world: &World, table: usize) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (from, child) in world.tables.iter().enumerate().filter(|(from, _)| *from != table) {
        found.extend(
            child
                .links
                .iter()
                .enumerate()
                .filter(|(_, link)| link.to == table)
                .map(|(at, _)| (from, at)),
        );
    }
    found
}

fn declare_event(random: &mut Random, world: &mut World, table: usize, event: usize) {
    if world.tables[table]
        .events
        .iter()
        .any(|(number, _)| *number == event)
    {
        return;
    }
    let mut sources = Vec::new();
    for _ in 0..1 + usize::from(random.chance(25)) {
        let children = children(world, table);
        let links = world.tables[table].links.len();
        let source = match random.below(10) {
            0 | 1 if links > 0 => {
                let link = random.below(links);
                let parent = world.tables[table].links[link].to;
                Reading::Parent {
                    link,
                    what: *random.pick(&times(world, parent)),
                }
            }
            2..=4 if !children.is_empty() => {
                let (child, link) = *random.pick(&children);
                Reading::Children {
                    table: child,
                    link,
                    what: *random.pick(&times(world, child)),
                }
            }
            _ => Reading::Own(*random.pick(&times(world, table))),
        };
        sources.push(source);
    }
    world.tables[table].events.push((event, sources));
}

fn declare_state(random: &mut Random, world: &mut World, table: usize, state: usize) {
    if world.tables[table]
        .states
        .iter()
        .any(|(number, _)| *number == state)
    {
        return;
    }
    let children = children(world, table);
    let links = world.tables[table].links.len();
    let test = |random: &mut Random, world: &World, of: usize| -> Test {
        let of = world.tables[of].clone();
        own_test(random, &of, 1)
    };
    let reading = match random.below(8) {
        0 | 1 if links > 0 => {
            let link = random.below(links);
            let parent = world.tables[table].links[link].to;
            Reading::Parent {
                link,
                what: test(random, world, parent),
            }
        }
        2 | 3 if !children.is_empty() => {
            let (child, link) = *random.pick(&children);
            Reading::Children {
                table: child,
                link,
                what: test(random, world, child),
            }
        }
        _ => Reading::Own(test(random, world, table)),
    };
    world.tables[table].states.push((state, reading));
}

/// Every personal column is covered by some rule that governs its table: `check` refuses others.
fn cover(random: &mut Random, world: &mut World) {
    for table in 0..world.tables.len() {
        for root in world.roots(table) {
            for column in 0..world.tables[table].columns.len() {
                let Some(category) = world.tables[table].columns[column].category.clone() else {
                    continue;
                };
                let rules: Vec<usize> = (0..world.rules.len())
                    .filter(|rule| world.rules[*rule].of == root)
                    .collect();
                if !rules.iter().any(|rule| world.covers(*rule, &category)) {
                    let rule = *random.pick(&rules);
                    world.rules[rule].data.push(category);
                }
            }
        }
    }
    for rule in 0..world.rules.len() {
        let personal = |world: &World, rule: usize| {
            let columns = world.tables[world.rules[rule].of].columns.iter();
            columns
                .filter_map(|column| column.category.clone())
                .any(|category| world.covers(rule, &category))
        };
        if !personal(world, rule) {
            let of = world.rules[rule].of;
            let categories: Vec<String> = world.tables[of]
                .columns
                .iter()
                .filter_map(|column| column.category.clone())
                .collect();
            world.rules[rule].data.push(random.pick(&categories).clone());
        }
    }
}

fn strategies(random: &mut Random, world: &mut World) {
    for table in 0..world.tables.len() {
        let roots = world.roots(table);
        let anonymises = world
            .rules
            .iter()
            .any(|rule| roots.contains(&rule.of) && !rule.erase);
        for column in &mut world.tables[table].columns {
            if column.category.is_none() || !random.chance(if anonymises { 80 } else { 30 }) {
                continue;
            }
            let loss = match (random.below(6), &column.holds, column.not_null) {
                (0, Holds::Text, _) => Loss::Constant("gone".into()),
                (1, Holds::Text, _) => Loss::Redact,
                (2, Holds::Text, _) if anonymises => Loss::Pseudonym("p_".into()),
                (3, Holds::Text, _) if anonymises => Loss::Random("r_".into()),
                (_, Holds::Number, _) if anonymises => Loss::Band(10),
                (_, _, false) => Loss::Null,
                _ => Loss::Redact,
            };
            column.anonymise = Some(loss);
        }
    }
}
