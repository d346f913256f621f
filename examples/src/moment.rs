//! Times, and the ways in which programs write them, badly at times.

use std::fmt::Write;

use jiff::civil::{Date, date};
use jiff::{Span, ToSpan};

use crate::company::World;
use crate::random::Random;
use crate::sql::Dialect;

/// A year, in days.
pub const YEAR: i64 = 365;

const EPOCH: Date = date(1970, 1, 1);

/// Days from 1970-01-01 to a date.
pub fn days(of: Date) -> i64 {
    (of - EPOCH).get_days().into()
}

/// The date that lies so many days after 1970-01-01.
pub fn day(number: i64) -> Date {
    EPOCH.saturating_add(number.days())
}

/// What a column of time may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// A real moment: days from 1970-01-01, and seconds in that day.
    At(i64, u32),
    /// Nothing.
    Never,
    /// Something that is no date of this world.
    Absurd(Absurd),
}

/// The stand-ins and slips that real tables are full of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absurd {
    /// 1970-01-01.
    Epoch,
    /// 0001-01-01.
    FirstYear,
    /// 9999-12-31.
    LastYear,
    /// Two years after the day on which the world is looked at: given here in days from 1970-01-01.
    Ahead(i64),
    /// Text that is no date; where the column takes dates only, 0001-01-01.
    Unreadable,
}

/// How a column writes a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `2024-03-31`
    Date,
    /// `2024-03-31 14:05:09`, without zone.
    Local,
    /// `2024-03-31T14:05:09+02:00`, or with `Z`, or with the offset of an overseas department; in UTC for MariaDB,
    /// whose literals take no offset.
    Instant,
    /// Text, written by several tools in several ways.
    Text,
    /// Seconds since the epoch.
    Seconds,
    /// Milliseconds since the epoch.
    Milliseconds,
}

impl When {
    /// Office hours of a day.
    pub fn on(day: i64, random: &mut Random) -> Self {
        Self::At(day, random.between(7 * 3600, 21 * 3600) as u32)
    }

    /// This, or now and then nothing or something absurd.
    pub fn or_mess(self, none: u64, absurd: u64, today: i64, random: &mut Random) -> Self {
        if random.chance(none) {
            return Self::Never;
        }
        if !random.chance(absurd) {
            return self;
        }
        Self::Absurd(match random.below(5) {
            0 => Absurd::Epoch,
            1 => Absurd::FirstYear,
            2 => Absurd::LastYear,
            3 => Absurd::Ahead(today + 731),
            _ => Absurd::Unreadable,
        })
    }

    /// Writes an SQL literal.
    pub fn write(self, form: Form, dialect: Dialect, to: &mut String) {
        let (number, second) = match self {
            Self::Never => return to.push_str("NULL"),
            Self::At(number, second) => (number, second),
            Self::Absurd(Absurd::Unreadable) if form == Form::Text => return to.push_str("'vers Pâques'"),
            Self::Absurd(absurd) if dialect == Dialect::Mariadb && absurd.is_other_there(form) => {
                return to.push_str(absurd.in_mariadb(form));
            }
            Self::Absurd(absurd) => (absurd.day(), 0),
        };
        let seconds = number * 86_400 + i64::from(second);
        // Formatting into a String cannot fail.
        let _ = match form {
            Form::Seconds => write!(to, "{seconds}"),
            Form::Milliseconds => write!(to, "{}", seconds * 1000 + i64::from(second % 997)),
            Form::Date => write!(to, "'{}'", day(number)),
            Form::Local => write!(to, "'{} {}'", day(number), Clock(second)),
            Form::Instant => {
                let (written, hours) = OFFSETS[second as usize % OFFSETS.len()];
                if dialect == Dialect::Mariadb {
                    let utc = seconds - hours * 3600;
                    let (number, second) = (utc.div_euclid(86_400), utc.rem_euclid(86_400));
                    write!(to, "'{} {}'", day(number), Clock(second as u32))
                } else {
                    write!(to, "'{}T{}{written}'", day(number), Clock(second))
                }
            }
            Form::Text => match second % 4 {
                0 => write!(to, "'{}'", day(number)),
                1 => write!(to, "'{} {}'", day(number), Clock(second)),
                2 => write!(to, "'{}T{}Z'", day(number), Clock(second)),
                _ => write!(to, "'{}T{}.250+02:00'", day(number), Clock(second)),
            },
        };
    }
}

impl Absurd {
    /// MariaDB has slips of its own: the zero date, and the end of its timestamps in 2038.
    fn is_other_there(self, form: Form) -> bool {
        match self {
            Self::FirstYear | Self::Unreadable => matches!(form, Form::Date | Form::Local | Form::Instant),
            Self::Epoch | Self::LastYear => form == Form::Instant,
            Self::Ahead(_) => false,
        }
    }

    fn in_mariadb(self, form: Form) -> &'static str {
        match (self, form) {
            (Self::LastYear, _) => "'2038-01-19 03:14:07'",
            (_, Form::Date) => "'0000-00-00'",
            _ => "'0000-00-00 00:00:00'",
        }
    }

    fn day(self) -> i64 {
        match self {
            Self::Epoch => 0,
            Self::FirstYear | Self::Unreadable => days(date(1, 1, 1)),
            Self::LastYear => days(date(9999, 12, 31)),
            Self::Ahead(day) => day,
        }
    }
}

// Metropolitan France mostly, then Guadeloupe, Réunion and New Caledonia.
const OFFSETS: [(&str, i64); 8] = [
    ("+02:00", 2),
    ("+01:00", 1),
    ("Z", 0),
    ("+02:00", 2),
    ("+01:00", 1),
    ("-04:00", -4),
    ("+04:00", 4),
    ("+11:00", 11),
];

/// Seconds of a day, as `14:05:09`.
struct Clock(u32);

impl std::fmt::Display for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:02}:{:02}:{:02}",
            self.0 / 3600,
            self.0 / 60 % 60,
            self.0 % 60
        )
    }
}

/// A day as an office moment, or nothing.
pub fn maybe(day: Option<i64>, random: &mut Random) -> When {
    day.map_or(When::Never, |day| When::on(day, random))
}

/// A whole day, for columns that hold dates.
pub fn whole(day: Option<i64>) -> When {
    day.map_or(When::Never, |day| When::At(day, 0))
}

/// Ten o'clock, so long before the reference day.
pub fn before(world: &World, span: Span) -> When {
    at(world.reference.saturating_sub(span))
}

/// Ten o'clock of a day.
pub fn at(date: Date) -> When {
    When::At(days(date), 10 * 3600)
}
