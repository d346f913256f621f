//! Times in PostgreSQL: of a time type, numbers of seconds or milliseconds, or text.
//!
//! The type of the column decides, whatever the register calls it: an instant is compared with the instant, a date with
//! the date. Times of PostgreSQL have microseconds; bounds are rounded up to them, which no value can tell. Text is
//! recognised by its shape and then by its day (lengths of months and leap years included), so that no cast ever fails,
//! and compared as text save for its offset.

use jiff::Timestamp;
use jiff::civil::Date;
use serment_store::Failure;
use serment_store::catalogue::ColumnKind;
use serment_store::condition::{Bound, TimeForm, TimeTest};

use super::dialect::{number_of, text_of, value_of};
use crate::print::moments::{self, EPOCH_DATE, LAST_DATE, LAST_EPOCH_SECONDS, LAST_INSTANT};
use crate::print::{Binder, Column};
use crate::refusal;

/// The shape of a date, a local time or a time with an offset. Days up to 31 pass: see [`no_such_day`].
const SHAPE: &str = "^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])\
    (?:[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]+)?)?\
    (?:Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)?)?$";

/// Whether text of that shape names a day that does not exist, or the year 0. Most days need one comparison.
fn no_such_day(v: &str) -> String {
    let (day, month) = (format!("substr({v}, 9, 2)"), format!("substr({v}, 6, 2)"));
    let year = format!("CAST(substr({v}, 1, 4) AS integer)");
    format!(
        "(left({v}, 4) = '0000' OR ({day} > '28' AND {day} > CASE WHEN {month} IN ('04', '06', '09', '11') THEN '30' \
         WHEN {month} <> '02' THEN '31' WHEN {year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0) THEN '29' \
         ELSE '28' END))"
    )
}

/// How the column holds its time.
enum Holds {
    Date,
    Local,
    Instant,
    Text,
    Number(i64),
}

fn holds(column: &Column, written: TimeForm) -> Result<Holds, Failure> {
    let per_second = moments::per_second(written);
    if !column.inside.is_empty() {
        return Ok(per_second.map_or(Holds::Text, Holds::Number));
    }
    Ok(match (column.r#type.kind, per_second) {
        (ColumnKind::Date, _) => Holds::Date,
        (ColumnKind::LocalTime, _) => Holds::Local,
        (ColumnKind::Instant, _) => Holds::Instant,
        (ColumnKind::Text, None) => Holds::Text,
        (ColumnKind::Text, Some(_)) => {
            return Err(refusal::text_is_no_number_of_seconds(column));
        }
        (ColumnKind::Integer | ColumnKind::Number, Some(per_second)) => Holds::Number(per_second),
        (ColumnKind::Other, _) if column.r#type.cast.is_empty() => match written {
            TimeForm::Date => Holds::Date,
            TimeForm::Local => Holds::Local,
            TimeForm::Instant => Holds::Instant,
            TimeForm::Text => Holds::Text,
            TimeForm::EpochSeconds => Holds::Number(1),
            TimeForm::EpochMilliseconds => Holds::Number(1_000),
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
) -> Result<String, Failure> {
    Ok(match holds(column, written)? {
        Holds::Date => typed(bind, &column.sql, "date", date_bound, test),
        Holds::Local => typed(bind, &column.sql, "timestamp", local_bound, test),
        Holds::Instant => typed(bind, &column.sql, "timestamptz", instant_bound, test),
        Holds::Text => text_test(bind, &text_of(column)?, test),
        Holds::Number(per_second) => number_test(column, &number_of(column)?, per_second, test),
    })
}

fn typed(bind: &mut Binder<'_>, c: &str, r#type: &str, of: fn(&Bound) -> String, test: &TimeTest) -> String {
    let mut bound = |bound: &Bound| format!("CAST({} AS {type})", bind.text(of(bound)));
    match test {
        TimeTest::Between { from, before } => {
            let epoch = if r#type == "timestamptz" {
                "1970-01-01T00:00:00Z"
            } else {
                EPOCH_DATE
            };
            let last = if r#type == "timestamptz" {
                "9999-12-30T00:00:00Z"
            } else {
                LAST_DATE
            };
            format!(
                "({c} IS NOT NULL AND {c} < {} AND {c} >= {} AND {c} < {type} '{last}' AND {c} <> {type} '{epoch}')",
                bound(before),
                bound(from)
            )
        }
        TimeTest::Before(limit) => format!("({c} < {})", bound(limit)),
        TimeTest::From(limit) => format!("({c} >= {})", bound(limit)),
        TimeTest::Implausible { not_before, not_from } => {
            let epoch = if r#type == "timestamptz" {
                "1970-01-01T00:00:00Z"
            } else {
                EPOCH_DATE
            };
            let last = if r#type == "timestamptz" {
                "9999-12-30T00:00:00Z"
            } else {
                LAST_DATE
            };
            let mut within = format!(
                "{c} >= {} AND {c} < {type} '{last}' AND {c} <> {type} '{epoch}'",
                bound(not_before)
            );
            if let Some(limit) = not_from {
                within.push_str(&format!(" AND {c} < {}", bound(limit)));
            }
            format!("({c} IS NOT NULL AND NOT ({within}))")
        }
    }
}

fn date_bound(bound: &Bound) -> String {
    or_beginning(bound.date, bound.date.to_string())
}

fn local_bound(bound: &Bound) -> String {
    let rounded = moments::local_microseconds(bound);
    or_beginning(rounded.date(), rounded.to_string())
}

fn instant_bound(bound: &Bound) -> String {
    let rounded = moments::instant_microseconds(bound);
    or_beginning(moments::utc_date(rounded), rounded.to_string())
}

/// A bound before the year 1 is before everything.
fn or_beginning(date: Date, text: String) -> String {
    if date.year() < 1 { "-infinity".into() } else { text }
}

fn text_test(bind: &mut Binder<'_>, v: &str, test: &TimeTest) -> String {
    match test {
        TimeTest::Before(bound) => {
            let (date, local, instant) = text_comparisons(bind, v, "<", bound);
            by_shape(v, "NULL", &date, &local, &instant)
        }
        TimeTest::Between { from, before } => {
            let earlier = text_test(bind, v, &TimeTest::Before(before.clone()));
            let odd = TimeTest::Implausible {
                not_before: from.clone(),
                not_from: None,
            };
            format!("({earlier} IS TRUE AND NOT {})", text_test(bind, v, &odd))
        }
        TimeTest::From(bound) => {
            let (date, local, instant) = text_comparisons(bind, v, ">=", bound);
            by_shape(v, "NULL", &date, &local, &instant)
        }
        TimeTest::Implausible { not_before, not_from } => {
            let low = text_comparisons(bind, v, "<", not_before);
            let mut parts = [
                vec![
                    low.0,
                    format!("{v} = '{EPOCH_DATE}'"),
                    format!("{v} COLLATE \"C\" >= '{LAST_DATE}'"),
                ],
                vec![
                    low.1,
                    format!("rtrim({}, '.:0') = '{EPOCH_DATE}T'", local_of(v)),
                    format!("{v} COLLATE \"C\" >= '{LAST_DATE}'"),
                ],
                vec![
                    low.2,
                    format!(
                        "({} = timestamptz 'epoch' AND {} = '')",
                        seconds_of(v),
                        significant_fraction(v)
                    ),
                    format!("{} >= timestamptz '{LAST_INSTANT} 00:00:00+00'", seconds_of(v)),
                ],
            ];
            if let Some(bound) = not_from {
                let high = text_comparisons(bind, v, ">=", bound);
                parts[0].push(high.0);
                parts[1].push(high.1);
                parts[2].push(high.2);
            }
            let [date, local, instant] = parts.map(|parts| parts.join(" OR "));
            let shape = by_shape(v, "TRUE", &date, &local, &instant);
            format!("({v} IS NOT NULL AND {shape})")
        }
    }
}

/// The comparison of each shape of text with a bound: as a date, as a local time, as a time with an offset.
fn text_comparisons(bind: &mut Binder<'_>, v: &str, op: &str, bound: &Bound) -> (String, String, String) {
    let date = bind.text(moments::date(bound));
    let local = bind.text(moments::local(bound));
    let whole = Timestamp::from_second(bound.instant.as_nanosecond().div_euclid(1_000_000_000) as i64)
        .unwrap_or(bound.instant);
    let seconds = bind.text(or_beginning(moments::utc_date(whole), whole.to_string()));
    let rest = bound.instant.as_nanosecond().rem_euclid(1_000_000_000);
    let fraction = if rest == 0 {
        String::new()
    } else {
        format!(".{rest:09}").trim_end_matches('0').to_owned()
    };
    let fraction = bind.text(fraction);
    (
        format!("{v} COLLATE \"C\" {op} {date}"),
        format!("{} COLLATE \"C\" {op} {local}", local_of(v)),
        format!(
            "({}, {} COLLATE \"C\") {op} (CAST({seconds} AS timestamptz), {fraction})",
            seconds_of(v),
            fraction_of(v)
        ),
    )
}

/// Chooses by the shape of the value. CASE is evaluated in order: no cast sees text that it cannot read.
fn by_shape(v: &str, unreadable: &str, date: &str, local: &str, instant: &str) -> String {
    format!(
        "(CASE WHEN {v} IS NULL THEN NULL WHEN {v} !~ '{SHAPE}' THEN {unreadable} \
         WHEN {} THEN {unreadable} WHEN length({v}) = 10 THEN {date} WHEN substr({v}, 12) !~ '[Z+-]' THEN {local} ELSE {instant} END)",
        no_such_day(v)
    )
}

/// A local time with `T` and seconds written.
fn local_of(v: &str) -> String {
    format!(
        "(substr({v}, 1, 10) || 'T' || substr({v}, 12) || CASE WHEN length({v}) = 16 THEN ':00' ELSE '' END)"
    )
}

/// The whole seconds of a time with an offset.
fn seconds_of(v: &str) -> String {
    format!(
        "CAST(substr({v}, 1, 16) || CASE WHEN substr({v}, 17, 1) = ':' THEN substr({v}, 17, 3) ELSE ':00' END \
         || substring({v}, '(?:Z|[+-][0-9:]+)$') AS timestamptz)"
    )
}

/// The fraction with its point, as written.
fn fraction_of(v: &str) -> String {
    format!("coalesce(substring({v}, '[.][0-9]+'), '')")
}

fn significant_fraction(v: &str) -> String {
    format!("rtrim({}, '.0')", fraction_of(v))
}

fn number_test(column: &Column, n: &str, per_second: i64, test: &TimeTest) -> String {
    let bound = |bound: &Bound| moments::epoch(bound, per_second);
    // NaN is greater than everything, and is no time.
    let may_be_nan = column.r#type.kind == ColumnKind::Number && column.inside.is_empty();
    let known = |text: String| {
        if may_be_nan {
            format!("(CASE WHEN {n} <> 'NaN' THEN {text} END)")
        } else {
            text
        }
    };
    match test {
        TimeTest::Before(limit) => known(format!("({n} < {})", bound(limit))),
        TimeTest::From(limit) => known(format!("({n} >= {})", bound(limit))),
        TimeTest::Between { from, before } => format!(
            "(({n} <> 0 AND {n} >= {} AND {n} < {} AND {n} < {}) IS TRUE)",
            bound(from),
            LAST_EPOCH_SECONDS * per_second,
            bound(before)
        ),
        TimeTest::Implausible { not_before, not_from } => {
            let mut within = format!(
                "{n} <> 0 AND {n} >= {} AND {n} < {}",
                bound(not_before),
                LAST_EPOCH_SECONDS * per_second
            );
            if let Some(limit) = not_from {
                within.push_str(&format!(" AND {n} < {}", bound(limit)));
            }
            let present = if column.inside.is_empty() {
                n.to_owned()
            } else {
                text_of(column).unwrap_or_default()
            };
            format!("({present} IS NOT NULL AND ({within}) IS NOT TRUE)")
        }
    }
}

/// The time as text that keeps what the column says.
pub(super) fn text(column: &Column, written: TimeForm) -> Result<String, Failure> {
    const SECONDS: &str = "YYYY-MM-DD\"T\"HH24:MI:SS";
    let stamp = |value: &str| {
        format!("to_char({value}, '{SECONDS}') || rtrim(rtrim(to_char({value}, '.US'), '0'), '.')")
    };
    let c = &column.sql;
    let usual = |value: &str, r#type: &str| {
        format!("{value} >= {type} '0001-01-01' AND {value} < {type} '9999-12-31'")
    };
    Ok(match holds(column, written)? {
        Holds::Date => format!(
            "(CASE WHEN {} THEN to_char({c}, 'YYYY-MM-DD') ELSE CAST({c} AS text) END)",
            usual(c, "date")
        ),
        Holds::Local => format!(
            "(CASE WHEN {} THEN {} ELSE CAST({c} AS text) END)",
            usual(c, "timestamp"),
            stamp(c)
        ),
        Holds::Instant => {
            let utc = format!("({c} AT TIME ZONE 'UTC')");
            format!(
                "(CASE WHEN {} THEN {} || 'Z' ELSE CAST({c} AS text) END)",
                usual(c, "timestamptz"),
                stamp(&utc)
            )
        }
        Holds::Text => {
            let v = text_of(column)?;
            let utc = format!("({} AT TIME ZONE 'UTC')", seconds_of(&v));
            let instant = format!(
                "to_char({utc}, '{SECONDS}') || rtrim(rtrim({}, '0'), '.') || 'Z'",
                fraction_of(&v)
            );
            by_shape(&v, &v, &v, &local_of(&v), &instant)
        }
        Holds::Number(per_second) => {
            let (n, raw) = (number_of(column)?, value_of(column)?);
            let (low, high) = (
                moments::FIRST_EPOCH_SECONDS * per_second,
                LAST_EPOCH_SECONDS * per_second,
            );
            // Whole seconds and their fraction apart: together they would pass through one float.
            let exact = format!("CAST({n} AS numeric) / {per_second}");
            let seconds = |value: &str| format!("CAST({value} AS double precision) * interval '1 second'");
            let (whole, rest) = (format!("floor({exact})"), format!("({exact} - floor({exact}))"));
            let utc = format!("(timestamp 'epoch' + {} + {})", seconds(&whole), seconds(&rest));
            format!(
                "(CASE WHEN {n} >= {low} AND {n} < {high} THEN to_jsonb({} || 'Z') ELSE to_jsonb({raw}) END)",
                stamp(&utc)
            )
        }
    })
}

/// Seconds since the epoch, a value without zone read as UTC; NULL when it cannot be read.
pub(super) fn seconds(column: &Column, written: TimeForm) -> Result<String, Failure> {
    let whole = |value: &str| format!("CAST(floor(extract(epoch FROM {value})) AS bigint)");
    let c = &column.sql;
    Ok(match holds(column, written)? {
        Holds::Date | Holds::Local | Holds::Instant => {
            format!("(CASE WHEN isfinite({c}) THEN {} END)", whole(c))
        }
        Holds::Text => {
            let v = text_of(column)?;
            by_shape(
                &v,
                "NULL",
                &whole(&format!("CAST({v} AS date)")),
                &whole(&format!("CAST(substr({}, 1, 19) AS timestamp)", local_of(&v))),
                &whole(&seconds_of(&v)),
            )
        }
        Holds::Number(per_second) => {
            let n = number_of(column)?;
            format!(
                "(CASE WHEN {n} > -9e15 AND {n} < 9e15 THEN CAST(floor(CAST({n} AS numeric) / {per_second}) AS bigint) END)"
            )
        }
    })
}

/// Whether text begins with a date that exists: what can be coarsened.
pub(super) fn begins_with_date(v: &str) -> String {
    let date = format!("substr({v}, 1, 10)");
    format!(
        "(CASE WHEN {date} !~ '{SHAPE}' THEN FALSE ELSE NOT {} END)",
        no_such_day(&date)
    )
}
