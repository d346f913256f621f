//! Random worlds: first the shape (tables, links, rules), then rows whose dates lie around what the rules make due.

mod rows;
mod rules;

use jiff::civil::date;

use crate::random::Random;
use crate::world::{
    ClientOf, Column, Hold, Holds, Link, Operand, Period, Reading, SUBJECTS, Table, Test, Value, World,
    Written,
};

/// Which shapes to favour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// A bit of all.
    Any,
    /// Foreign keys, self references, composite keys, cascades.
    Links,
}

/// Categories with which columns are filled.
const CATEGORIES: [&str; 6] = [
    "identity.name",
    "identity.language",
    "contact.email",
    "contact.phone",
    "professional.job",
    "financial",
];

/// The world of a seed.
pub fn world(seed: u64, focus: Focus) -> World {
    let random = &mut Random::new(seed);
    let zone = (*random.pick(&["Europe/Paris", "Europe/Paris", "UTC", "America/New_York"])).to_owned();
    let now = *random.pick(&[
        "2026-03-15T13:14:15.5Z",
        "2026-03-01T10:11:12.5Z",
        "2024-02-29T12:00:00.5Z",
        "2025-02-28T23:30:00.5Z",
        "2026-03-29T01:30:00.5Z",
        "2026-10-25T01:15:00.5Z",
        "2026-05-31T22:30:00.5Z",
    ]);
    let mut world = World {
        now: now.parse().expect("an instant"),
        zone,
        not_before: date(1990, 1, 1),
        planned: (0..6).map(|event| event % 3 == 2).collect(),
        tables: Vec::new(),
        rules: Vec::new(),
        holds: Vec::new(),
        batch: *random.pick(&[0, 0, 1, 3]),
        counted: seed.is_multiple_of(8),
        nightly: seed % 8 == 4,
    };
    let count = 2 + random.below(3);
    for number in 0..count {
        let table = table(random, &world, number, focus);
        world.tables.push(table);
    }
    rules::add(random, &mut world);
    rows::add(random, &mut world);
    holds(random, &mut world);
    asked(random, &mut world);
    if world.nightly {
        calm(&mut world);
    }
    world
}

/// Clients that ask to keep their rows for longer.
fn asked(random: &mut Random, world: &mut World) {
    for rule in &mut world.rules {
        if let (Some(Period(count, unit)), Some(_)) = (rule.keep, world.tables[rule.of].client)
            && random.chance(40)
        {
            rule.asked = Some((random.range(1, 2), Period(2 * count + 1, unit)));
        }
    }
}

/// For worlds that run night after night: states only cease to hold as time goes by, and subjects and holds do not
/// depend on it. What begins to hold once its row is gone proves nothing.
fn calm(world: &mut World) {
    for table in &mut world.tables {
        for (_, reading) in &mut table.states {
            match reading {
                Reading::Own(what) | Reading::Parent { what, .. } | Reading::Children { what, .. } => {
                    timeless(what, true);
                }
            }
        }
        let subjects = table.subjects.iter_mut().filter_map(|(_, when)| when.as_mut());
        subjects.for_each(|when| timeless(when, false));
    }
    for hold in &mut world.holds {
        if let Hold::Filter(_, test) = hold {
            timeless(test, false);
        }
    }
}

fn timeless(test: &mut Test, may_cease: bool) {
    match test {
        Test::All(parts) | Test::Any(parts) => parts.iter_mut().for_each(|part| timeless(part, may_cease)),
        Test::Not(part) => timeless(part, false),
        Test::Compare(column, operator, Operand::Now) if may_cease => {
            *test = Test::Compare(
                *column,
                if operator.starts_with('<') { ">" } else { operator },
                Operand::Now,
            );
        }
        Test::Compare(column, _, Operand::Now) => *test = Test::IsNull(*column, false),
        _ => {}
    }
}

fn table(random: &mut Random, world: &World, number: usize, focus: Focus) -> Table {
    let mut table = Table {
        name: format!("t{number}"),
        columns: Vec::new(),
        key: Vec::new(),
        subjects: Vec::new(),
        client: None,
        links: Vec::new(),
        states: Vec::new(),
        events: Vec::new(),
        rows: Vec::new(),
    };
    let add = |table: &mut Table, name: String, holds: Holds| {
        table.columns.push(plain(name, holds));
        table.columns.len() - 1
    };
    let composite = random.chance(if focus == Focus::Links { 40 } else { 15 });
    if composite {
        table.key = vec![
            add(&mut table, "k1".into(), Holds::Number),
            add(&mut table, "k2".into(), Holds::Text),
        ];
    } else {
        let holds = if random.chance(70) {
            Holds::Number
        } else {
            Holds::Text
        };
        table.key = vec![add(&mut table, "id".into(), holds)];
    }
    let code = add(&mut table, "code".into(), Holds::Text);
    table.columns[code].unique = true;
    add(&mut table, "kind".into(), Holds::Text);
    add(&mut table, "flag".into(), Holds::Number);
    for time in 0..2 + random.below(2) {
        let written = match random.below(8) {
            0 | 1 => Written::Date,
            2 => Written::Instant,
            3 => Written::Local((*random.pick(&["UTC", "Europe/Paris", "Asia/Tokyo"])).to_owned()),
            4 | 5 => Written::Text,
            6 => Written::Seconds,
            _ => Written::Milliseconds,
        };
        add(&mut table, format!("d{time}"), Holds::Time(written));
    }
    for personal in 0..2 + random.below(3) {
        let holds = if random.chance(80) {
            Holds::Text
        } else {
            Holds::Number
        };
        let at = add(&mut table, format!("p{personal}"), holds);
        table.columns[at].category = Some((*random.pick(&CATEGORIES)).to_owned());
        table.columns[at].not_null = table.columns[at].holds == Holds::Text && random.chance(15);
    }
    if random.chance(15) {
        let at = add(&mut table, "client".into(), Holds::Number);
        table.client = Some(ClientOf::Column(at));
    }
    links(random, world, number, &mut table, focus);
    for (number, _) in SUBJECTS.iter().enumerate().take(1 + random.below(2)) {
        let when = random.chance(30).then(|| own_test(random, &table, 1));
        table.subjects.push((number, when));
    }
    table
}

pub fn plain(name: String, holds: Holds) -> Column {
    Column {
        name,
        holds,
        category: None,
        anonymise: None,
        not_null: false,
        unique: false,
    }
}

fn links(random: &mut Random, world: &World, number: usize, table: &mut Table, focus: Focus) {
    let mut belongs = false;
    for at in 0..number {
        if !random.chance(if at + 1 == number { 75 } else { 45 }) {
            continue;
        }
        let polymorphic = random.chance(15);
        let wants = random.chance(65);
        // At most one parent: what governs a row of two is not yet decided by both.
        let belongs_here = wants && !belongs;
        belongs |= belongs_here;
        link(
            random,
            &world.tables[at].clone(),
            at,
            table,
            belongs_here,
            polymorphic,
            focus,
        );
    }
    if random.chance(if focus == Focus::Links { 40 } else { 20 }) {
        let this = table.clone();
        let belongs = random.chance(30);
        link(random, &this, number, table, belongs, false, focus);
    }
    if !table.links.is_empty() && table.client.is_none() && random.chance(20) {
        let at = random.below(table.links.len());
        let to = table.links[at].to;
        if to < number && world.tables[to].client.is_some() {
            table.client = Some(ClientOf::Link(at));
        }
    }
}

fn link(
    random: &mut Random,
    target: &Table,
    to: usize,
    table: &mut Table,
    belongs: bool,
    polymorphic: bool,
    focus: Focus,
) {
    let name = format!("to{to}_{}", table.links.len());
    let code = target
        .columns
        .iter()
        .position(|column| column.name == "code")
        .expect("every table has a code");
    let theirs = if random.chance(15) {
        vec![code]
    } else {
        target.key.clone()
    };
    let mut by = Vec::new();
    for (part, theirs) in theirs.iter().enumerate() {
        table.columns.push(plain(
            format!("{name}_{part}"),
            target.columns[*theirs].holds.clone(),
        ));
        by.push((table.columns.len() - 1, *theirs));
    }
    let when = polymorphic.then(|| {
        let kind = table
            .columns
            .iter()
            .position(|column| column.name == "kind")
            .expect("every table has a kind");
        Test::Compare(
            kind,
            "=",
            Operand::Value(Value::Text((*random.pick(&["A", "B"])).to_owned())),
        )
    });
    let foreign_key = (!polymorphic && random.chance(if focus == Focus::Links { 80 } else { 50 }))
        .then(|| *random.pick(&["NO ACTION", "CASCADE", "CASCADE", "RESTRICT", "SET NULL"]))
        // No statement can delete a circle of rows under RESTRICT.
        .map(|action| {
            if target.name == table.name {
                action.replace("RESTRICT", "NO ACTION")
            } else {
                action.into()
            }
        });
    table.links.push(Link {
        name,
        belongs,
        to,
        by,
        when,
        foreign_key,
    });
}

/// A condition on the columns of a table.
pub fn own_test(random: &mut Random, table: &Table, depth: usize) -> Test {
    let at = |name: &str| {
        table
            .columns
            .iter()
            .position(|column| column.name == name)
            .expect("a column of every table")
    };
    let times: Vec<usize> = (0..table.columns.len())
        .filter(|at| matches!(table.columns[*at].holds, Holds::Time(_)))
        .collect();
    match random.below(if depth == 0 { 6 } else { 9 }) {
        0 => Test::Compare(
            at("flag"),
            random.pick::<&str>(&["=", "<>", "<", ">="]),
            Operand::Value(Value::Number(random.range(0, 2))),
        ),
        1 => Test::IsNull(at("flag"), random.chance(50)),
        2 => {
            let values = vec![
                Value::Text("A".into()),
                Value::Text((*random.pick(&["B", "C"])).into()),
            ];
            Test::In(at("kind"), values, random.chance(40))
        }
        3 => Test::Between(at("flag"), 0, random.range(0, 2), random.chance(40)),
        4 if random.chance(20) => Test::Compare(at("kind"), "<>", Operand::Column(at("code"))),
        4 => Test::Compare(
            at("kind"),
            random.pick::<&str>(&["=", "<>"]),
            Operand::Value(Value::Text("A".into())),
        ),
        5 => Test::Compare(
            *random.pick(&times),
            random.pick::<&str>(&["<", ">", "<=", ">="]),
            Operand::Now,
        ),
        6 => Test::All((0..2).map(|_| own_test(random, table, depth - 1)).collect()),
        7 => Test::Any((0..2).map(|_| own_test(random, table, depth - 1)).collect()),
        _ => Test::Not(Box::new(own_test(random, table, depth - 1))),
    }
}

fn holds(random: &mut Random, world: &mut World) {
    if random.chance(60) {
        return;
    }
    let table = random.below(world.tables.len());
    let hold = match random.below(3) {
        0 if !world.tables[table].rows.is_empty() => {
            Hold::Rows(table, vec![random.below(world.tables[table].rows.len())])
        }
        1 if world.tables.iter().any(|table| table.client.is_some()) => Hold::Client(random.range(1, 2)),
        _ => {
            let test = own_test(random, &world.tables[table].clone(), 0);
            Hold::Filter(table, test)
        }
    };
    world.holds.push(hold);
}
