//! Times in SQLite: text, or numbers of seconds or milliseconds.
//!
//! SQLite has no time type: whatever the column declares, text is read as ISO 8601 and nothing else is, save numbers in
//! the epoch forms. Text is compared as text, in the form that it has: a date with a date, a time without offset with
//! the local bound, a time with an offset with the instant, after `strftime` brought its whole seconds to UTC and its
//! fraction was put back digit by digit. `substr` and `length` of SQLite stop at a NUL byte, hence `octet_length`.

use serment_store::Failure;
use serment_store::catalogue::ColumnKind;
use serment_store::condition::{Bound, TimeForm, TimeTest};
use serment_store::text;

use crate::print::moments::{self, EPOCH_DATE, LAST_DATE, LAST_EPOCH_SECONDS, LAST_INSTANT};
use crate::print::{Binder, Column};

/// A question about a time.
pub(super) fn test(
    bind: &mut Binder<'_>,
    column: &Column,
    v: &str,
    written: TimeForm,
    test: &TimeTest,
    positive: bool,
) -> Result<String, Failure> {
    if let Some(per_second) = moments::per_second(written) {
        if column.r#type.kind == ColumnKind::Text && column.inside.is_empty() {
            return Err(column.unsupported(text!(
                "c'est du texte, qui ne peut pas contenir un nombre de secondes",
                "it is text and cannot hold a number of seconds"
            )));
        }
        return Ok(epoch_test(v, per_second, test));
    }
    Ok(match test {
        TimeTest::Before(bound) => text_test(bind, v, "<", bound, positive),
        TimeTest::From(bound) => text_test(bind, v, ">=", bound, positive),
        TimeTest::Between { from, before } => {
            let exact = within(bind, v, from, Some(before), true);
            if !positive {
                return Ok(exact);
            }
            let edge = bind.text(moments::edge(before, true));
            format!("({v} < {edge} AND {exact})")
        }
        TimeTest::Implausible { not_before, not_from } => {
            within(bind, v, not_before, not_from.as_ref(), false)
        }
    })
}

fn text_test(bind: &mut Binder<'_>, v: &str, op: &str, bound: &Bound, positive: bool) -> String {
    let exact = format!("(SELECT c {op} {} FROM {})", by_shape(bind, bound), shape(v));
    if !positive {
        return exact;
    }
    // Any readable text before the bound is also, as text, before a day well after it: an index on the column serves.
    let edge = bind.text(moments::edge(bound, op == "<"));
    format!("({v} {op} {edge} AND {exact})")
}

/// Whether a value is readable and within bounds (`inside`), or there and not so.
fn within(
    bind: &mut Binder<'_>,
    v: &str,
    not_before: &Bound,
    not_from: Option<&Bound>,
    inside: bool,
) -> String {
    let mut text = format!(
        "c >= {} AND c < CASE k WHEN 'i' THEN '{LAST_INSTANT}' ELSE '{LAST_DATE}' END \
         AND rtrim(c, '.:0') NOT IN ('{EPOCH_DATE}', '{EPOCH_DATE}T')",
        by_shape(bind, not_before)
    );
    if let Some(bound) = not_from {
        text.push_str(&format!(" AND c < {}", by_shape(bind, bound)));
    }
    let shape = shape(v);
    if inside {
        format!("(SELECT ({text}) IS TRUE FROM {shape})")
    } else {
        format!("(SELECT k IS NOT NULL AND ({text}) IS NOT TRUE FROM {shape})")
    }
}

/// The bound with which a value of shape `k` is compared.
fn by_shape(bind: &mut Binder<'_>, bound: &Bound) -> String {
    let date = bind.text(moments::date(bound));
    let local = bind.text(moments::local(bound));
    let instant = bind.text(moments::instant(bound));
    format!("CASE k WHEN 'd' THEN {date} WHEN 'l' THEN {local} WHEN 'i' THEN {instant} END")
}

/// A row that says what a value is: `k`, NULL for none, `d` for a date, `l` for a local time, `i` for a time with an
/// offset, `?` for anything else; and `c`, the value as text that sorts as time does, NULL when it cannot be read. Inside,
/// `z` is what follows its time (`?` where a fraction has no digit).
fn shape(value: &str) -> String {
    format!(
        "(SELECT k, v, z, CASE k WHEN 'd' THEN v WHEN 'l' THEN {LOCAL} WHEN 'i' THEN {} END AS c \
         FROM (SELECT v, z, CASE WHEN v IS NULL THEN NULL \
         WHEN typeof(v) <> 'text' OR octet_length(v) <> length(v) \
         OR NOT v GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' \
         OR date(substr(v, 1, 10)) IS NOT substr(v, 1, 10) OR substr(v, 1, 4) = '0000' THEN '?' \
         WHEN length(v) = 10 THEN 'd' \
         WHEN NOT substr(v, 11, 6) GLOB '[T ][0-2][0-9]:[0-5][0-9]' OR substr(v, 12, 2) > '23' \
         OR (substr(v, 17, 1) = ':' AND NOT substr(v, 17, 3) GLOB ':[0-5][0-9]') THEN '?' \
         WHEN z = '' THEN 'l' \
         WHEN z = 'Z' OR (substr(z, 2, 2) <= '14' AND (z GLOB '[+-][0-1][0-9]' \
         OR z GLOB '[+-][0-1][0-9][0-5][0-9]' OR z GLOB '[+-][0-1][0-9]:[0-5][0-9]')) THEN 'i' \
         ELSE '?' END AS k \
         FROM (SELECT v, CASE WHEN substr(v, 17, 1) <> ':' THEN substr(v, 17) \
         WHEN substr(v, 20, 1) <> '.' THEN substr(v, 20) \
         WHEN substr(v, 21, 1) GLOB '[0-9]' THEN ltrim(substr(v, 21), '0123456789') ELSE '?' END AS z \
         FROM (SELECT {value} AS v))))",
        instant_of()
    )
}

/// A local time with `T` and seconds written.
const LOCAL: &str =
    "(substr(v, 1, 10) || 'T' || substr(v, 12) || CASE WHEN length(v) = 16 THEN ':00' ELSE '' END)";

/// Whole seconds with an offset as SQLite reads it.
const SECONDS_WITH_OFFSET: &str = "substr(v, 1, 16) || CASE WHEN substr(v, 17, 1) = ':' THEN substr(v, 17, 3) ELSE ':00' END || \
     CASE length(z) WHEN 3 THEN z || ':00' WHEN 5 THEN substr(z, 1, 3) || ':' || substr(z, 4) ELSE z END";

/// The fraction with its point, as written.
const FRACTION: &str = "CASE WHEN substr(v, 17, 1) = ':' AND substr(v, 20, 1) = '.' \
     THEN substr(v, 20, length(v) - 19 - length(z)) ELSE '' END";

/// UTC text of a time with an offset, to compare; a time that its offset brings past the year 9999 is taken for the last
/// one of it, since SQLite goes no further.
fn instant_of() -> String {
    format!(
        "(coalesce(strftime('%Y-%m-%dT%H:%M:%S', {SECONDS_WITH_OFFSET}), '9999-12-31T23:59:59') || {FRACTION})"
    )
}

/// UTC text of a time with an offset; NULL outside the years that SQLite knows.
fn instant_or_null() -> String {
    format!("(strftime('%Y-%m-%dT%H:%M:%S', {SECONDS_WITH_OFFSET}) || {FRACTION})")
}

fn epoch_test(v: &str, per_second: i64, test: &TimeTest) -> String {
    let number = format!("typeof({v}) IN ('integer', 'real')");
    match test {
        TimeTest::Before(bound) => {
            format!(
                "(CASE WHEN {number} THEN {v} < {} END)",
                moments::epoch(bound, per_second)
            )
        }
        TimeTest::From(bound) => {
            format!(
                "(CASE WHEN {number} THEN {v} >= {} END)",
                moments::epoch(bound, per_second)
            )
        }
        TimeTest::Between { from, before } => format!(
            "(({number} AND {v} <> 0 AND {v} >= {} AND {v} < {} AND {v} < {}) IS TRUE)",
            moments::epoch(from, per_second),
            LAST_EPOCH_SECONDS * per_second,
            moments::epoch(before, per_second)
        ),
        TimeTest::Implausible { not_before, not_from } => {
            let mut within = format!(
                "{number} AND {v} <> 0 AND {v} >= {} AND {v} < {}",
                moments::epoch(not_before, per_second),
                LAST_EPOCH_SECONDS * per_second
            );
            if let Some(bound) = not_from {
                within.push_str(&format!(" AND {v} < {}", moments::epoch(bound, per_second)));
            }
            format!("({v} IS NOT NULL AND ({within}) IS NOT TRUE)")
        }
    }
}

/// The time as text that keeps what the column says.
pub(super) fn text(v: &str, written: TimeForm) -> String {
    let raw = format!(
        "CASE WHEN typeof({v}) = 'blob' THEN hex({v}) WHEN {v} IN (9e999, -9e999) THEN CAST({v} AS TEXT) ELSE {v} END"
    );
    if let Some(per_second) = moments::per_second(written) {
        let (whole, fraction) = epoch_parts(v, per_second);
        return format!(
            "(CASE WHEN typeof({v}) IN ('integer', 'real') AND {v} >= {} AND {v} < {} \
             THEN strftime('%Y-%m-%dT%H:%M:%S', {whole}, 'unixepoch') || {fraction} || 'Z' ELSE {raw} END)",
            moments::FIRST_EPOCH_SECONDS * per_second,
            LAST_EPOCH_SECONDS * per_second,
        );
    }
    let instant = format!("coalesce({} || 'Z', v)", instant_or_null());
    format!(
        "(SELECT CASE k WHEN '?' THEN ({raw}) WHEN 'i' THEN {instant} ELSE c END FROM {})",
        shape(v)
    )
}

/// Whole seconds and the fraction with its point.
fn epoch_parts(v: &str, per_second: i64) -> (String, String) {
    let floor = |x: &str| format!("(CAST({x} AS INTEGER) - ({x} < CAST({x} AS INTEGER)))");
    if per_second == 1 {
        let whole = floor(v);
        let fraction = format!("rtrim(rtrim(substr(printf('%.7f', {v} - {whole}), 2), '0'), '.')");
        return (whole, fraction);
    }
    let milliseconds = floor(v);
    let rest = format!("((({milliseconds} % {per_second}) + {per_second}) % {per_second})");
    let whole = format!("(({milliseconds} - {rest}) / {per_second})");
    let fraction = format!("CASE {rest} WHEN 0 THEN '' ELSE rtrim(printf('.%03d', {rest}), '0') END");
    (whole, fraction)
}

/// Seconds since the epoch, a value without zone read as UTC; NULL when it cannot be read.
pub(super) fn seconds(v: &str, written: TimeForm) -> String {
    if let Some(per_second) = moments::per_second(written) {
        let (whole, _) = epoch_parts(v, per_second);
        return format!("(CASE WHEN typeof({v}) IN ('integer', 'real') THEN {whole} END)");
    }
    let of = |text: &str| format!("CAST(strftime('%s', {text}) AS INTEGER)");
    format!("(SELECT {} FROM {})", of("substr(c, 1, 19)"), shape(v))
}

/// Whether text begins with a date that exists: what can be coarsened.
pub(super) fn begins_with_date(v: &str) -> String {
    format!(
        "(typeof({v}) = 'text' AND {v} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' \
         AND date(substr({v}, 1, 10)) IS substr({v}, 1, 10))"
    )
}
