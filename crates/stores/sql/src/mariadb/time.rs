//! Times in MariaDB: of a time type, numbers of seconds or milliseconds, or text.
//!
//! The type of the column decides, whatever the register calls it. Sessions are in UTC, so an instant (`TIMESTAMP`) is
//! compared with UTC text. Times have microseconds; bounds are rounded up to them, which no value can tell. Days that do
//! not exist are values here (`0000-00-00`, `2021-00-10`, 30 February): they can be read and are never a clock. Text is
//! recognised by its shape and then by its day, so that no conversion ever fails, and compared as text save for its
//! offset.

use jiff::civil::Date;
use serment_store::Failure;
use serment_store::catalogue::ColumnKind;
use serment_store::condition::{Bound, TimeForm, TimeTest};

use super::dialect::{exact, json, number_of, text_of, value_of};
use crate::print::moments::{self, EPOCH_DATE, LAST_DATE, LAST_EPOCH_SECONDS, LAST_INSTANT};
use crate::print::{Binder, Column};
use crate::refusal;

/// The shape of a date, a local time or a time with an offset. Days up to 31 pass: see [`no_such_day`].
const SHAPE: &str = "(?s)^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])\
    (?:[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]+)?)?\
    (?:Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)?)?$(?!.)";

/// The first day that can be told.
const FIRST_DATE: &str = "0001-01-01";

/// Seconds from the year 0, from which `TO_SECONDS` counts, to the epoch.
const EPOCH: i64 = 62_167_219_200;

/// Whether text of that shape names a day that does not exist, or the year 0. Most days need one comparison.
fn no_such_day(v: &str) -> String {
    let (day, month) = (format!("SUBSTR({v}, 9, 2)"), format!("SUBSTR({v}, 6, 2)"));
    let year = format!("CAST(LEFT({v}, 4) AS signed)");
    format!(
        "(LEFT({v}, 4) = '0000' OR ({day} > '28' AND {day} > CASE WHEN {month} IN ('04', '06', '09', '11') THEN '30' \
         WHEN {month} <> '02' THEN '31' WHEN {year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0) THEN '29' \
         ELSE '28' END))"
    )
}

/// Whether the value of a column of a time type is a day that exists; unknown for NULL and where the month does not.
pub(super) fn exists(c: &str) -> String {
    format!("({c} >= '{FIRST_DATE}' AND DAYOFMONTH({c}) BETWEEN 1 AND DAYOFMONTH(LAST_DAY({c})))")
}

/// How the column holds its time.
enum Holds {
    Typed(Typed),
    Text,
    Number(i64),
}

/// A time type.
struct Typed {
    /// The type to which bounds are cast.
    cast: &'static str,
    /// The bound as text.
    bound: fn(&Bound) -> String,
    /// From here on a value stands for "never".
    last: &'static str,
}

const DATE: Typed = Typed {
    cast: "date",
    bound: date_bound,
    last: LAST_DATE,
};
const LOCAL: Typed = Typed {
    cast: "datetime(6)",
    bound: local_bound,
    last: LAST_DATE,
};
const INSTANT: Typed = Typed {
    cast: "datetime(6)",
    bound: instant_bound,
    last: LAST_INSTANT,
};

fn holds(column: &Column, written: TimeForm) -> Result<Holds, Failure> {
    let per_second = moments::per_second(written);
    if !column.inside.is_empty() {
        return Ok(per_second.map_or(Holds::Text, Holds::Number));
    }
    Ok(match (column.r#type.kind, per_second) {
        (ColumnKind::Date, _) => Holds::Typed(DATE),
        (ColumnKind::LocalTime, _) => Holds::Typed(LOCAL),
        (ColumnKind::Instant, _) => Holds::Typed(INSTANT),
        (ColumnKind::Text, None) => Holds::Text,
        (ColumnKind::Text, Some(_)) => {
            return Err(refusal::text_is_no_number_of_seconds(column));
        }
        (ColumnKind::Integer | ColumnKind::Number, Some(per_second)) => Holds::Number(per_second),
        (ColumnKind::Other, _) if column.r#type.cast.is_empty() => match (written, per_second) {
            (_, Some(per_second)) => Holds::Number(per_second),
            (TimeForm::Date, _) => Holds::Typed(DATE),
            (TimeForm::Local, _) => Holds::Typed(LOCAL),
            (TimeForm::Instant, _) => Holds::Typed(INSTANT),
            _ => Holds::Text,
        },
        _ => {
            return Err(refusal::no_time(column));
        }
    })
}

/// A question about a time.
pub(super) fn test(
    bind: &mut Binder<'_>,
    column: &Column,
    written: TimeForm,
    test: &TimeTest,
    positive: bool,
) -> Result<String, Failure> {
    Ok(match holds(column, written)? {
        Holds::Typed(typed) => typed_test(bind, &column.sql, &typed, test, positive),
        Holds::Text => text_test(bind, &text_of(column)?, test),
        Holds::Number(per_second) => number_test(column, &number_of(column)?, per_second, test)?,
    })
}

fn typed_test(bind: &mut Binder<'_>, c: &str, typed: &Typed, test: &TimeTest, positive: bool) -> String {
    let (cast, last) = (typed.cast, typed.last);
    let mut bound = |bound: &Bound| format!("CAST({} AS {cast})", bind.text((typed.bound)(bound)));
    let exists = exists(c);
    let mut compared = |op: &str, limit: &Bound| {
        let text = format!("{c} {op} {}", bound(limit));
        if positive {
            format!("({text} AND {exists})")
        } else {
            format!("(CASE WHEN {exists} THEN {text} END)")
        }
    };
    match test {
        TimeTest::Before(limit) => compared("<", limit),
        TimeTest::From(limit) => compared(">=", limit),
        TimeTest::Between { from, before } => {
            let within = format!(
                "{c} < {} AND {c} >= {} AND {c} < CAST('{last}' AS {cast}) AND {c} <> CAST('{EPOCH_DATE}' AS {cast}) \
                 AND {exists}",
                bound(before),
                bound(from)
            );
            if positive {
                format!("({within})")
            } else {
                format!("(({within}) IS TRUE)")
            }
        }
        TimeTest::Implausible { not_before, not_from } => {
            let mut within = format!(
                "{c} >= {} AND {c} < CAST('{last}' AS {cast}) AND {c} <> CAST('{EPOCH_DATE}' AS {cast}) AND {exists}",
                bound(not_before)
            );
            if let Some(limit) = not_from {
                within.push_str(&format!(" AND {c} < {}", bound(limit)));
            }
            format!("(NOT ({c} <=> NULL) AND ({within}) IS NOT TRUE)")
        }
    }
}

fn date_bound(bound: &Bound) -> String {
    or_first(bound.date, bound.date.to_string())
}

fn local_bound(bound: &Bound) -> String {
    let rounded = moments::local_microseconds(bound);
    or_first(rounded.date(), rounded.to_string())
}

fn instant_bound(bound: &Bound) -> String {
    let rounded = moments::instant_microseconds(bound);
    or_first(
        moments::utc_date(rounded),
        rounded.to_string().trim_end_matches('Z').to_owned(),
    )
}

/// A bound before the year 1 is before everything that can be told.
fn or_first(date: Date, text: String) -> String {
    if date.year() < 1 { FIRST_DATE.into() } else { text }
}

fn text_test(bind: &mut Binder<'_>, v: &str, test: &TimeTest) -> String {
    let mut compared = |op: &str, limit: &Bound| {
        let (date, local, instant) = text_comparisons(bind, v, op, limit);
        by_shape(v, "NULL", &date, &local, &instant)
    };
    match test {
        TimeTest::Before(limit) => compared("<", limit),
        TimeTest::From(limit) => compared(">=", limit),
        TimeTest::Between { from, before } => {
            let within = within_text(bind, v, from, Some(before));
            format!("({within} IS TRUE)")
        }
        TimeTest::Implausible { not_before, not_from } => {
            let within = within_text(bind, v, not_before, not_from.as_ref());
            format!("({v} IS NOT NULL AND {within} IS NOT TRUE)")
        }
    }
}

/// Whether text is readable, plausible and within bounds; unknown or false otherwise.
fn within_text(bind: &mut Binder<'_>, v: &str, from: &Bound, before: Option<&Bound>) -> String {
    let low = text_comparisons(bind, v, ">=", from);
    let mut parts = [
        vec![
            low.0,
            format!("{v} <> '{EPOCH_DATE}'"),
            format!("{v} < '{LAST_DATE}'"),
        ],
        vec![
            low.1,
            format!(
                "REGEXP_REPLACE({}, '[.:0]+$', '') <> '{EPOCH_DATE}T'",
                local_of(v)
            ),
            format!("{v} < '{LAST_DATE}'"),
        ],
        vec![
            low.2,
            format!(
                "NOT ({} = 0 AND TRIM(TRAILING '0' FROM {}) IN ('', '.'))",
                seconds_of(v),
                fraction_of(v)
            ),
            format!("{} < {LAST_EPOCH_SECONDS}", seconds_of(v)),
        ],
    ];
    if let Some(bound) = before {
        let high = text_comparisons(bind, v, "<", bound);
        parts[0].push(high.0);
        parts[1].push(high.1);
        parts[2].push(high.2);
    }
    let [date, local, instant] = parts.map(|parts| format!("({})", parts.join(" AND ")));
    by_shape(v, "NULL", &date, &local, &instant)
}

/// The comparison of each shape of text with a bound: as a date, as a local time, as a time with an offset.
fn text_comparisons(bind: &mut Binder<'_>, v: &str, op: &str, bound: &Bound) -> (String, String, String) {
    let date = bind.text(moments::date(bound));
    let local = bind.text(moments::local(bound));
    let nanoseconds = bound.instant.as_nanosecond();
    let seconds = nanoseconds.div_euclid(1_000_000_000);
    let rest = nanoseconds.rem_euclid(1_000_000_000);
    let fraction = if rest == 0 {
        String::new()
    } else {
        format!(".{rest:09}").trim_end_matches('0').to_owned()
    };
    let fraction = bind.text(fraction);
    // Written out: the two parts are of two types.
    let (s, strictly) = (seconds_of(v), &op[..1]);
    (
        format!("{v} {op} {date}"),
        format!("{} {op} {local}", local_of(v)),
        format!(
            "({s} {strictly} {seconds} OR ({s} = {seconds} AND {} {op} {fraction}))",
            fraction_of(v)
        ),
    )
}

/// Chooses by the shape of the value. CASE is evaluated in order: no conversion sees text that it cannot read.
fn by_shape(v: &str, unreadable: &str, date: &str, local: &str, instant: &str) -> String {
    format!(
        "(CASE WHEN {v} IS NULL THEN NULL WHEN NOT ({v} REGEXP '{SHAPE}') THEN {unreadable} \
         WHEN {} THEN {unreadable} WHEN CHAR_LENGTH({v}) = 10 THEN {date} \
         WHEN NOT (SUBSTR({v}, 12) REGEXP '[Z+-]') THEN {local} ELSE {instant} END)",
        no_such_day(v)
    )
}

/// A local time with `T` and seconds written.
fn local_of(v: &str) -> String {
    format!(
        "CONCAT(LEFT({v}, 10), 'T', SUBSTR({v}, 12), CASE WHEN CHAR_LENGTH({v}) = 16 THEN ':00' ELSE '' END)"
    )
}

/// The seconds of a time with an offset since the epoch, its fraction aside. Counted as numbers: an offset may lead out
/// of the years that have dates.
fn seconds_of(v: &str) -> String {
    let local = format!(
        "CAST(CONCAT(LEFT({v}, 10), ' ', SUBSTR({v}, 12, 5), \
         CASE WHEN SUBSTR({v}, 17, 1) = ':' THEN SUBSTR({v}, 17, 3) ELSE ':00' END) AS datetime)"
    );
    let zone = format!("CONCAT(REPLACE(REGEXP_SUBSTR({v}, '(Z|[+-][0-9:]+)$'), ':', ''), '0000')");
    let offset = format!(
        "(CASE WHEN LEFT({zone}, 1) = '-' THEN -1 ELSE 1 END * (CAST(SUBSTR({zone}, 2, 2) AS signed) * 3600 \
         + CAST(SUBSTR({zone}, 4, 2) AS signed) * 60))"
    );
    format!("(TO_SECONDS({local}) - {EPOCH} - {offset})")
}

/// The fraction with its point, as written.
fn fraction_of(v: &str) -> String {
    format!("REGEXP_SUBSTR({v}, '[.][0-9]+')")
}

fn number_test(column: &Column, n: &str, per_second: i64, test: &TimeTest) -> Result<String, Failure> {
    let bound = |bound: &Bound| moments::epoch(bound, per_second);
    let last = LAST_EPOCH_SECONDS * per_second;
    Ok(match test {
        TimeTest::Before(limit) => format!("({n} < {})", bound(limit)),
        TimeTest::From(limit) => format!("({n} >= {})", bound(limit)),
        TimeTest::Between { from, before } => format!(
            "(({n} <> 0 AND {n} >= {} AND {n} < {last} AND {n} < {}) IS TRUE)",
            bound(from),
            bound(before)
        ),
        TimeTest::Implausible { not_before, not_from } => {
            let mut within = format!("{n} <> 0 AND {n} >= {} AND {n} < {last}", bound(not_before));
            if let Some(limit) = not_from {
                within.push_str(&format!(" AND {n} < {}", bound(limit)));
            }
            format!("({} IS NOT NULL AND ({within}) IS NOT TRUE)", value_of(column)?)
        }
    })
}

/// The time as text that keeps what the column says.
pub(super) fn text(column: &Column, written: TimeForm) -> Result<String, Failure> {
    let stamp = |value: &str| {
        format!(
            "CONCAT(DATE_FORMAT({value}, '%Y-%m-%dT%H:%i:%s'), \
             TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM DATE_FORMAT({value}, '.%f'))))"
        )
    };
    let c = &column.sql;
    Ok(match holds(column, written)? {
        Holds::Typed(Typed { cast: "date", .. }) => exact(&format!("CAST({c} AS char)")),
        Holds::Typed(_) => {
            let zone = if column.r#type.kind == ColumnKind::Instant || written == TimeForm::Instant {
                "Z"
            } else {
                ""
            };
            let zone = if column.r#type.kind == ColumnKind::LocalTime {
                ""
            } else {
                zone
            };
            format!(
                "(CASE WHEN {} THEN {} ELSE {} END)",
                exists(c),
                exact(&format!("CONCAT({}, '{zone}')", stamp(c))),
                exact(&format!("CAST({c} AS char)"))
            )
        }
        Holds::Text => {
            let v = text_of(column)?;
            // An offset that leads out of the years that have dates: the text stays as it is.
            let seconds = seconds_of(&v);
            let utc = format!("TIMESTAMPADD(SECOND, {seconds}, '{EPOCH_DATE} 00:00:00')");
            let instant = format!(
                "CASE WHEN {seconds} BETWEEN {} AND {} THEN CONCAT(DATE_FORMAT({utc}, '%Y-%m-%dT%H:%i:%s'), \
                 TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {})), 'Z') ELSE {v} END",
                moments::FIRST_EPOCH_SECONDS,
                LAST_EPOCH_SECONDS,
                fraction_of(&v)
            );
            by_shape(&v, &v, &v, &local_of(&v), &instant)
        }
        Holds::Number(per_second) => {
            let n = number_of(column)?;
            let (low, high) = (
                moments::FIRST_EPOCH_SECONDS * per_second,
                LAST_EPOCH_SECONDS * per_second,
            );
            let whole = format!("FLOOR({n} / {per_second})");
            let utc = format!(
                "TIMESTAMPADD(MICROSECOND, FLOOR(({n} - {whole} * {per_second}) * {}), \
                 TIMESTAMPADD(SECOND, {whole}, '{EPOCH_DATE} 00:00:00.000000'))",
                1_000_000 / per_second
            );
            // As JSON, so that what is no time stays a number.
            json(&format!(
                "CASE WHEN {n} >= {low} AND {n} < {high} THEN {} ELSE {} END",
                exact(&format!("JSON_QUOTE(CONCAT({}, 'Z'))", stamp(&utc))),
                exact(&format!("CAST({n} AS char)"))
            ))
        }
    })
}

/// Seconds since the epoch, a value without zone read as UTC; NULL when it cannot be read.
pub(super) fn seconds(column: &Column, written: TimeForm) -> Result<String, Failure> {
    let since = |value: &str| format!("(TO_SECONDS({value}) - {EPOCH})");
    let c = &column.sql;
    Ok(match holds(column, written)? {
        Holds::Typed(_) => format!("(CASE WHEN {} THEN {} END)", exists(c), since(c)),
        Holds::Text => {
            let v = text_of(column)?;
            by_shape(
                &v,
                "NULL",
                &since(&format!("CAST({v} AS date)")),
                &since(&format!("CAST(LEFT({}, 19) AS datetime)", local_of(&v))),
                &seconds_of(&v),
            )
        }
        Holds::Number(per_second) => {
            let n = number_of(column)?;
            format!(
                "(CASE WHEN {n} > -9e15 AND {n} < 9e15 THEN CAST(FLOOR({n} / {per_second}) AS signed) END)"
            )
        }
    })
}

/// Whether text begins with a date that exists: what can be coarsened.
pub(super) fn begins_with_date(v: &str) -> String {
    let date = format!("LEFT({v}, 10)");
    format!(
        "(CASE WHEN NOT ({date} REGEXP '{SHAPE}') THEN FALSE ELSE NOT {} END)",
        no_such_day(&date)
    )
}
