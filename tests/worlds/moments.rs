//! What a cell says of time, and when a clock is due: slowly, by the calendar.

use jiff::civil::{Date, DateTime};
use jiff::tz::{Disambiguation, TimeZone};
use jiff::{Timestamp, ToSpan};

use crate::world::{Period, Value, World, Written};

/// What a cell of an event says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Nothing.
    Nothing,
    /// Something that is no clock: implausible, unreadable, or behind a dangling link.
    Unknown,
    /// A moment.
    At(Moment),
}

/// A moment: a whole day, or an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The local date, in the organisation's zone.
    pub date: Date,
    /// The instant; that at which the day begins for a whole day.
    pub instant: Timestamp,
}

pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("a zone of the generator")
}

pub fn midnight(date: Date, zone: &TimeZone) -> Timestamp {
    date.to_zoned(zone.clone())
        .expect("a date of the calendar")
        .timestamp()
}

fn of_date(date: Date, world: &World) -> Option<Moment> {
    let begins = date.to_zoned(zone(&world.zone)).ok()?.timestamp();
    Some(Moment {
        date,
        instant: begins,
    })
}

fn of_instant(instant: Timestamp, world: &World) -> Moment {
    Moment {
        date: instant.to_zoned(zone(&world.zone)).date(),
        instant,
    }
}

/// Reads a cell; None when it cannot be read. NULL is no question for here.
pub fn read(value: &Value, written: &Written, world: &World) -> Option<Moment> {
    match (value, written) {
        (Value::Number(number), Written::Seconds) => {
            Some(of_instant(Timestamp::from_second(*number).ok()?, world))
        }
        (Value::Number(number), Written::Milliseconds) => {
            Some(of_instant(Timestamp::from_millisecond(*number).ok()?, world))
        }
        (Value::Text(text), Written::Local(column)) => read_text(text, column, world),
        (Value::Text(text), Written::Date | Written::Instant | Written::Text) => {
            read_text(text, &world.zone, world)
        }
        _ => None,
    }
}

fn read_text(text: &str, local_zone: &str, world: &World) -> Option<Moment> {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| {
        bytes
            .get(range)
            .is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let shaped = digits(0..4)
        && bytes.get(4) == Some(&b'-')
        && digits(5..7)
        && bytes.get(7) == Some(&b'-')
        && digits(8..10);
    if !shaped || text.starts_with("0000") {
        return None;
    }
    let date: Date = text[..10].parse().ok()?;
    if text.len() == 10 {
        return of_date(date, world);
    }
    let rest = &text[10..];
    if !(rest.starts_with('T') || rest.starts_with(' ')) {
        return None;
    }
    let (time, offset) = match rest[1..].find(['Z', '+', '-']) {
        Some(at) => (&rest[1..1 + at], Some(&rest[1 + at..])),
        None => (&rest[1..], None),
    };
    let local: DateTime = format!("{date}T{time}").parse().ok()?;
    match offset {
        None => {
            let read = zone(local_zone)
                .to_ambiguous_timestamp(local)
                .disambiguate(Disambiguation::Later);
            Some(of_instant(read.ok()?, world))
        }
        Some(offset) => {
            let offset = if offset.len() == 3 {
                format!("{offset}:00")
            } else {
                offset.to_owned()
            };
            let read: Option<Timestamp> = format!("{date}T{time}{offset}").parse().ok();
            // The last hours of the calendar are readable, and later than every instant that can be written here.
            let last = date >= jiff::civil::date(9999, 12, 30);
            Some(of_instant(read.or(last.then_some(Timestamp::MAX))?, world))
        }
    }
}

/// What a cell says as the date of an event: an implausible value is never a clock.
pub fn tell(value: &Value, written: &Written, planned: bool, world: &World) -> Told {
    if *value == Value::Null {
        return Told::Nothing;
    }
    let Some(moment) = read(value, written, world) else {
        return Told::Unknown;
    };
    let day_after = world.now + 24.hours();
    let stands_for_none =
        moment.instant == Timestamp::UNIX_EPOCH || moment.date >= jiff::civil::date(9999, 12, 30);
    let too_early = moment.instant < midnight(world.not_before, &zone(&world.zone));
    let too_late = !planned && moment.instant >= day_after;
    if stands_for_none || too_early || too_late {
        Told::Unknown
    } else {
        Told::At(moment)
    }
}

/// Whether what a clock of that date starts has been due, for `quiet` where it is asked.
pub fn due(clock: Date, keep: Period, quiet: Option<Period>, world: &World) -> bool {
    let mut last = add(clock, keep);
    if let Some(quiet) = quiet {
        last = add(last, quiet);
    }
    let next = last.tomorrow().expect("a date of the calendar");
    midnight(next, &zone(&world.zone)) <= world.now
}

/// Whether something that ends a rule at once has happened, `quiet` ago where it is asked.
pub fn happened(moment: Moment, quiet: Option<Period>, world: &World) -> bool {
    let late = match quiet {
        Some(Period(count, unit)) => {
            let days = if unit == "weeks" { 7 * count } else { count };
            let zoned = moment.instant.to_zoned(zone(&world.zone));
            zoned
                .checked_add(days.days())
                .expect("a date of the calendar")
                .timestamp()
        }
        None => moment.instant,
    };
    late <= world.now
}

/// A date and a period, the day clamped to the end of the month.
pub fn add(date: Date, Period(count, unit): Period) -> Date {
    let months = match unit {
        "years" => 12 * count,
        "months" => count,
        "weeks" => {
            return (0..7 * count).fold(date, |day, _| day.tomorrow().expect("a date of the calendar"));
        }
        _ => return (0..count).fold(date, |day, _| day.tomorrow().expect("a date of the calendar")),
    };
    let month = i64::from(date.year()) * 12 + i64::from(date.month()) - 1 + months;
    let (year, month) = ((month / 12) as i16, (month % 12 + 1) as i8);
    (1..=date.day())
        .rev()
        .find_map(|day| Date::new(year, month, day).ok())
        .expect("every month has a first day")
}
