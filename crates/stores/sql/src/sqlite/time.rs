//! Times in SQLite: text, or numbers of seconds or milliseconds.
//!
//! SQLite has no time type: whatever the column declares, text is read as ISO 8601 and nothing else is, save numbers in
//! the epoch forms. What a text says is read once, as text that begins with its shape and then sorts as time does: `d`
//! and a date, `l` and a time without offset, `i` and a time with an offset in UTC, whole seconds brought there by SQLite
//! and the fraction put back digit by digit; or `?` for what cannot be read, which sorts before all of them. Each shape
//! has its own bound. `substr` and `length` of SQLite stop at a NUL byte, hence `octet_length`.

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
    let exact = match test {
        TimeTest::Before(bound) => {
            let ranges = Shape::ALL.map(|shape| (shape.mark().to_owned(), shape.bound(bind, bound)));
            asked(column, v, &|r| {
                format!("CASE WHEN {r} > '?' THEN {} END", any(r, &ranges))
            })
        }
        TimeTest::From(bound) => {
            let ranges = Shape::ALL.map(|shape| (shape.bound(bind, bound), shape.end().to_owned()));
            asked(column, v, &|r| {
                format!("CASE WHEN {r} > '?' THEN {} END", any(r, &ranges))
            })
        }
        TimeTest::Between { from, before } => {
            let plausible = Plausible::new(bind, from, Some(before));
            asked(column, v, &|r| format!("({}) IS TRUE", plausible.holds(r)))
        }
        TimeTest::Implausible { not_before, not_from } => {
            let plausible = Plausible::new(bind, not_before, not_from.as_ref());
            asked(column, v, &|r| {
                format!("{r} IS NOT NULL AND ({}) IS NOT TRUE", plausible.holds(r))
            })
        }
    };
    if !positive || column.read.is_some() {
        return Ok(exact);
    }
    Ok(match edge(bind, v, written, test) {
        Some(edge) => format!("({edge} AND {exact})"),
        None => exact,
    })
}

/// What follows from a question, and an index on the column serves: any readable text before the bound is also, as text,
/// before a day well after it.
pub(super) fn edge(bind: &mut Binder<'_>, v: &str, written: TimeForm, test: &TimeTest) -> Option<String> {
    if moments::per_second(written).is_some() {
        return None;
    }
    let (op, bound) = match test {
        TimeTest::Before(bound) | TimeTest::Between { before: bound, .. } => ("<", bound),
        TimeTest::From(bound) => (">=", bound),
        TimeTest::Implausible { .. } => return None,
    };
    let edge = bind.text(moments::edge(bound, op == "<"));
    Some(format!("{v} {op} {edge}"))
}

/// What is asked of what was read: before, for the whole row, or here.
fn asked(column: &Column, v: &str, of: &dyn Fn(&str) -> String) -> String {
    match &column.read {
        Some(r) => format!("({})", of(r)),
        None => format!(
            "(SELECT {} FROM (SELECT {} AS r LIMIT 1) LIMIT 1)",
            of("r"),
            reading(v)
        ),
    }
}

/// Whether what was read lies in one of these ranges, their ends left out.
fn any(r: &str, ranges: &[(String, String)]) -> String {
    let ranges: Vec<_> = ranges
        .iter()
        .map(|(from, before)| format!("({r} >= {from} AND {r} < {before})"))
        .collect();
    format!("({})", ranges.join(" OR "))
}

/// What a readable text is.
#[derive(Clone, Copy)]
enum Shape {
    Date,
    Instant,
    Local,
}

impl Shape {
    const ALL: [Shape; 3] = [Shape::Date, Shape::Instant, Shape::Local];

    /// What begins its text.
    fn mark(self) -> &'static str {
        match self {
            Shape::Date => "'d'",
            Shape::Instant => "'i'",
            Shape::Local => "'l'",
        }
    }

    /// After all its text.
    fn end(self) -> &'static str {
        match self {
            Shape::Date => "'e'",
            Shape::Instant => "'j'",
            Shape::Local => "'m'",
        }
    }

    /// From here on, its text stands for "never".
    fn never(self) -> String {
        match self {
            Shape::Date => format!("'d{LAST_DATE}'"),
            Shape::Instant => format!("'i{LAST_INSTANT}'"),
            Shape::Local => format!("'l{LAST_DATE}'"),
        }
    }

    fn bound(self, bind: &mut Binder<'_>, bound: &Bound) -> String {
        bind.text(match self {
            Shape::Date => format!("d{}", moments::date(bound)),
            Shape::Instant => format!("i{}", moments::instant(bound)),
            Shape::Local => format!("l{}", moments::local(bound)),
        })
    }
}

/// What a value must be to count: within bounds, and none of the stand-ins for "none".
struct Plausible {
    ranges: Vec<(String, String)>,
    before: Option<Vec<(String, String)>>,
}

impl Plausible {
    fn new(bind: &mut Binder<'_>, from: &Bound, before: Option<&Bound>) -> Self {
        Self {
            ranges: Shape::ALL
                .map(|shape| (shape.bound(bind, from), shape.never()))
                .to_vec(),
            before: before.map(|bound| {
                Shape::ALL
                    .map(|shape| (shape.mark().to_owned(), shape.bound(bind, bound)))
                    .to_vec()
            }),
        }
    }

    fn holds(&self, r: &str) -> String {
        let mut all = vec![
            any(r, &self.ranges),
            format!("rtrim({r}, '.:0') NOT IN ('d{EPOCH_DATE}', 'l{EPOCH_DATE}T', 'i{EPOCH_DATE}T')"),
        ];
        all.extend(self.before.iter().map(|ranges| any(r, ranges)));
        all.join(" AND ")
    }
}

/// What a value says, as text that begins with its shape; NULL for none.
///
/// The usual ways of writing come first: SQLite's functions write what they read, so text that they give back is text
/// that they read. That costs a tenth of looking at it sign by sign, which is for the rest.
pub(super) fn reading(v: &str) -> String {
    // SQLite knows a 24th hour; we do not.
    let read = |begin: &str| {
        format!(
            "datetime({begin}) IS replace({begin}, 'T', ' ') AND {v} > '0001' AND substr({v}, 12, 2) < '24'"
        )
    };
    let (whole, reads) = (read(v), read(&format!("substr({v}, 1, 19)")));
    format!(
        "(CASE WHEN {v} IS NULL THEN NULL \
         WHEN typeof({v}) <> 'text' THEN '?' \
         WHEN octet_length({v}) = 10 AND date({v}) IS {v} AND {v} > '0001' THEN 'd' || {v} \
         WHEN octet_length({v}) = 19 AND {whole} THEN 'l' || replace({v}, ' ', 'T') \
         WHEN octet_length({v}) = 20 AND {reads} AND substr({v}, 20) = 'Z' \
         THEN 'i' || replace(substr({v}, 1, 19), ' ', 'T') \
         WHEN octet_length({v}) = 25 AND {reads} AND datetime({v}) IS NOT NULL \
         AND substr({v}, 20) GLOB '[+-][0-1][0-9]:[0-5][0-9]' AND substr({v}, 21, 2) <= '14' \
         THEN 'i' || replace(datetime({v}), ' ', 'T') \
         ELSE (SELECT CASE WHEN k = '?' THEN '?' ELSE k || c END FROM {} LIMIT 1) END)",
        looked_at(v),
    )
}

/// Sign by sign, a row that says what a value is: `k`, NULL for none, `d` for a date, `l` for a local time, `i` for a time with an
/// offset, `?` for anything else; and `c`, the value as text that sorts as time does, NULL when it cannot be read. Inside,
/// `z` is what follows its time (`?` where a fraction has no digit). LIMIT keeps SQLite from writing each layer into
/// all the places of the next one that name it.
fn looked_at(value: &str) -> String {
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
         FROM (SELECT {value} AS v) LIMIT 1) LIMIT 1) LIMIT 1)",
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
        looked_at(v)
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
pub(super) fn seconds(column: &Column, v: &str, written: TimeForm) -> String {
    if let Some(per_second) = moments::per_second(written) {
        let (whole, _) = epoch_parts(v, per_second);
        return format!("(CASE WHEN typeof({v}) IN ('integer', 'real') THEN {whole} END)");
    }
    asked(column, v, &|r| {
        format!("CASE WHEN {r} > '?' THEN CAST(strftime('%s', substr({r}, 2, 19)) AS INTEGER) END")
    })
}

/// Whether text begins with a date that exists: what can be coarsened.
pub(super) fn begins_with_date(v: &str) -> String {
    format!(
        "(typeof({v}) = 'text' AND {v} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' \
         AND date(substr({v}, 1, 10)) IS substr({v}, 1, 10))"
    )
}
