//! Rows: few, so that they meet; dates around what is due; links that dangle where nothing forbids it.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::moments::zone;
use crate::random::Random;
use crate::world::{Holds, Value, World, Written};

pub fn add(random: &mut Random, world: &mut World) {
    for table in 0..world.tables.len() {
        for row in 0..random.below(7) {
            let cells = (0..world.tables[table].columns.len())
                .map(|at| cell(random, world, table, row, at))
                .collect();
            world.tables[table].rows.push(cells);
        }
        for link in 0..world.tables[table].links.len() {
            connect(random, world, table, link);
        }
    }
}

fn cell(random: &mut Random, world: &World, table: usize, row: usize, at: usize) -> Value {
    let this = &world.tables[table];
    let column = &this.columns[at];
    if let Some(part) = this.key.iter().position(|key| *key == at) {
        return match column.holds {
            // Composite keys share their first part.
            Holds::Number if this.key.len() > 1 => Value::Number(1 + row as i64 / 2),
            Holds::Number => Value::Number(1 + row as i64),
            _ => Value::Text(format!("{}{}", ["k", "é'"][part % 2], row)),
        };
    }
    match (column.name.as_str(), &column.holds) {
        ("code", _) => {
            if random.chance(85) {
                Value::Text(format!("c{row}"))
            } else {
                Value::Null
            }
        }
        ("kind", _) => random
            .pick(&[
                Value::Text("A".into()),
                Value::Text("B".into()),
                Value::Text("A".into()),
                Value::Null,
            ])
            .clone(),
        ("flag", _) => random
            .pick(&[Value::Number(0), Value::Number(1), Value::Number(0), Value::Null])
            .clone(),
        ("client", _) => {
            if random.chance(90) {
                Value::Number(random.range(1, 3))
            } else {
                Value::Null
            }
        }
        (_, Holds::Time(written)) => time(random, world, written),
        (_, Holds::Number) => {
            if random.chance(85) {
                Value::Number(random.range(11, 99))
            } else {
                Value::Null
            }
        }
        (_, Holds::Text) => {
            if column.not_null || random.chance(85) {
                Value::Text(format!("v{}", random.below(1000)))
            } else {
                Value::Null
            }
        }
    }
}

fn connect(random: &mut Random, world: &mut World, table: usize, link: usize) {
    let by = world.tables[table].links[link].clone();
    for row in 0..world.tables[table].rows.len() {
        let targets = world.tables[by.to].rows.len();
        let values: Vec<Value> = if targets > 0 && random.chance(80) {
            let target = random.below(targets);
            by.by
                .iter()
                .map(|(_, theirs)| world.tables[by.to].rows[target][*theirs].clone())
                .collect()
        } else if by.foreign_key.is_none() && random.chance(40) {
            let dangling = |holds: &Holds| {
                if *holds == Holds::Number {
                    Value::Number(77)
                } else {
                    Value::Text("nobody".into())
                }
            };
            by.by
                .iter()
                .map(|(ours, _)| dangling(&world.tables[table].columns[*ours].holds))
                .collect()
        } else {
            by.by.iter().map(|_| Value::Null).collect()
        };
        for ((ours, _), value) in by.by.iter().zip(values) {
            world.tables[table].rows[row][*ours] = value;
        }
        if by.by.len() > 1 && random.chance(10) {
            world.tables[table].rows[row][by.by[1].0] = Value::Null;
        }
    }
}

fn time(random: &mut Random, world: &World, written: &Written) -> Value {
    if random.chance(20) {
        return Value::Null;
    }
    if random.chance(7) {
        return absurd(random, world, written);
    }
    let moment = moment(random, world);
    write(random, moment, world, written)
}

/// Around the clock that a rule makes due now, or anywhere in twelve years, or ahead.
fn moment(random: &mut Random, world: &World) -> Timestamp {
    let here = zone(&world.zone);
    let now = world.now.to_zoned(here.clone());
    let spans = [
        1.year(),
        2.years(),
        1.month(),
        3.months(),
        6.weeks(),
        30.days(),
        1.day(),
        13.months(),
    ];
    let day: Date = match random.below(20) {
        0 => (now.date() + random.range(2, 400).days()).to_owned(),
        1 => now.date() + random.range(-1, 1).days(),
        2..=5 => now.date() - random.range(2, 4000).days(),
        6 => Date::constant(2024, 2, 29) - random.range(0, 1).days(),
        _ => now.date() - *random.pick(&spans) + random.range(-4, 2).days(),
    };
    let (hour, minute) = *random.pick(&[(0, 0), (0, 30), (12, 0), (22, 30), (23, 59)]);
    day.at(hour, minute, if random.chance(50) { 0 } else { 17 }, 0)
        .to_zoned(here)
        .expect("a date of the calendar")
        .timestamp()
}

fn write(random: &mut Random, moment: Timestamp, world: &World, written: &Written) -> Value {
    let here = moment.to_zoned(zone(&world.zone));
    Value::Text(match written {
        Written::Date => here.date().to_string(),
        Written::Instant => format!("{}Z", moment.to_zoned(zone("UTC")).strftime("%Y-%m-%d %H:%M:%S")),
        Written::Local(column) => moment
            .to_zoned(zone(column))
            .strftime("%Y-%m-%d %H:%M:%S")
            .to_string(),
        Written::Text => match random.below(5) {
            0 => here.date().to_string(),
            1 => here.strftime("%Y-%m-%dT%H:%M").to_string(),
            2 => here.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            3 => here.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            _ => moment.to_string(),
        },
        Written::Seconds => return Value::Number(moment.as_second()),
        Written::Milliseconds => return Value::Number(moment.as_millisecond() + 1),
    })
}

/// What no event says: read as a clock, each of these loses data.
fn absurd(random: &mut Random, world: &World, written: &Written) -> Value {
    let far = world.now + (24 * 20).hours();
    match written {
        Written::Seconds => random
            .pick(&[
                Value::Number(0),
                Value::Number(-86_400),
                Value::Number(1),
                Value::Number(far.as_second()),
            ])
            .clone(),
        Written::Milliseconds => random
            .pick(&[
                Value::Number(0),
                Value::Number(1000),
                Value::Number(far.as_millisecond()),
            ])
            .clone(),
        Written::Text => Value::Text(
            (*random.pick(&[
                "0000-00-00",
                "9999-12-31",
                "soon",
                "",
                "2020-02-30",
                "20200101",
                "1970-01-01T00:00:00Z",
                "1899-12-31",
                "2020-1-5",
            ]))
            .into(),
        ),
        Written::Date => Value::Text(
            (*random.pick(&[
                "9999-12-31",
                "1970-01-01",
                "1899-12-31",
                "1989-12-31",
                "1990-01-01",
            ]))
            .into(),
        ),
        Written::Instant => Value::Text(
            (*random.pick(&[
                "9999-12-31 00:00:00Z",
                "1970-01-01 00:00:00Z",
                "1900-01-01 00:00:00Z",
            ]))
            .into(),
        ),
        Written::Local(_) => Value::Text(
            (*random.pick(&[
                "9999-12-31 00:00:00",
                "1970-01-01 00:00:00",
                "1900-01-01 00:00:00",
            ]))
            .into(),
        ),
    }
}
