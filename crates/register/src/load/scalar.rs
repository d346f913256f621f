//! Values with a form of their own: periods, names, dates, zones, countries, conditions.

use jiff::civil::Date;
use toml::de::DeValue;

use super::node::{Context, Node};
use crate::diagnostics::{Code, Diagnostic};
use crate::model::{ColumnPath, Period, TableId, Text, Unit};
use crate::predicate::{self, Predicate};
use crate::span::Span;
use crate::text;

/// Longest period that a register may say, in years: anything longer is a slip of the keyboard.
const LONGEST_YEARS: u32 = 150;

/// Reads `3 years`.
pub(crate) fn period(context: &mut Context, node: &Node<'_>) -> Option<Period> {
    let written = node.string(context)?;
    match parse_period(written) {
        Ok(period) => Some(period),
        Err(message) => {
            context.report(
                Diagnostic::new(Code::BadPeriod, node.span(), message).suggest(text!(
                    "un nombre entier puis years, months, weeks ou days : \"3 years\"",
                    "a whole number, then years, months, weeks or days: \"3 years\""
                )),
            );
            None
        }
    }
}

pub(crate) fn parse_period(written: &str) -> Result<Period, Text> {
    let mut words = written.split_whitespace();
    let (Some(count), Some(unit), None) = (words.next(), words.next(), words.next()) else {
        return Err(text!(
            "« {written} » n'est pas une durée",
            "`{written}` is not a period"
        ));
    };
    let unit = match unit {
        "years" | "year" => Unit::Years,
        "months" | "month" => Unit::Months,
        "weeks" | "week" => Unit::Weeks,
        "days" | "day" => Unit::Days,
        _ => {
            return Err(text!(
                "« {unit} » n'est pas une unité de durée",
                "`{unit}` is not a unit of time"
            ));
        }
    };
    let digits = count.len() <= 9 && count.bytes().all(|byte| byte.is_ascii_digit());
    let Some(count) = count.parse::<u32>().ok().filter(|_| digits) else {
        return Err(text!(
            "« {count} » n'est pas un nombre entier",
            "`{count}` is not a whole number"
        ));
    };
    if count == 0 {
        return Err(text!(
            "une durée nulle ne garde rien",
            "a period of zero keeps nothing"
        ));
    }
    let most = LONGEST_YEARS
        * match unit {
            Unit::Years => 1,
            Unit::Months => 12,
            Unit::Weeks => 52,
            Unit::Days => 366,
        };
    if count > most {
        return Err(text!(
            "plus de {LONGEST_YEARS} ans",
            "more than {LONGEST_YEARS} years"
        ));
    }
    Ok(Period { count, unit })
}

/// Whether that text can name a thing in a register: letters, digits and `_`, a letter first.
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= 100
        && text.starts_with(|c: char| c.is_alphabetic())
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Reports a text that cannot name a thing; says whether it can.
pub(crate) fn check_name(context: &mut Context, written: &str, span: Span) -> bool {
    if is_name(written) {
        return true;
    }
    let shown = &written[..written.floor_char_boundary(80)];
    context.report(
        Diagnostic::new(
            Code::BadName,
            span,
            text!(
                "« {shown} » ne peut pas nommer une chose du registre",
                "`{shown}` cannot name a thing of the register"
            ),
        )
        .suggest(text!(
            "des lettres, des chiffres et « _ », une lettre d'abord",
            "letters, digits and `_`, a letter first"
        )),
    );
    false
}

/// Reads an IANA time zone.
pub(crate) fn time_zone(context: &mut Context, node: &Node<'_>) -> Option<String> {
    let written = node.string(context)?;
    if zones().get(written).is_ok() {
        return Some(written.to_owned());
    }
    let known: Vec<String> = zones().available().map(|name| name.as_str().to_owned()).collect();
    let best = crate::diagnostics::closest(written, known.iter().map(String::as_str));
    let best = best.unwrap_or("Europe/Paris");
    context.report(
        Diagnostic::new(
            Code::BadTimeZone,
            node.span(),
            text!(
                "« {written} » n'est pas un fuseau horaire IANA",
                "`{written}` is not an IANA time zone"
            ),
        )
        .suggest(text!("par exemple « {best} »", "for instance `{best}`")),
    );
    None
}

/// Reads a calendar date, as a TOML date or a text.
pub(crate) fn date(context: &mut Context, node: &Node<'_>) -> Option<Date> {
    let written = match node.value {
        DeValue::Datetime(written) => written.to_string(),
        DeValue::String(written) => written.to_string(),
        _ => String::new(),
    };
    let parsed = written.parse::<Date>().ok().filter(|_| written.len() == 10);
    if parsed.is_none() {
        node.wrong(context, "une date, 1990-01-01", "a date, 1990-01-01");
    }
    parsed
}

/// Reads an ISO 3166-1 alpha-2 code.
pub(crate) fn country(context: &mut Context, node: &Node<'_>) -> Option<String> {
    let written = node.string(context)?;
    if serment_law::territory::is_country(written) {
        return Some(written.to_owned());
    }
    let upper = written.to_ascii_uppercase();
    let suggestion = serment_law::territory::is_country(&upper)
        .then(|| text!("écrivez « {upper} »", "write `{upper}`"))
        .unwrap_or(text!(
            "deux lettres ISO 3166-1 : « FR »",
            "two letters of ISO 3166-1: `FR`"
        ));
    context.report(
        Diagnostic::new(
            Code::BadCountry,
            node.span(),
            text!(
                "« {written} » n'est pas un code de pays",
                "`{written}` is not the code of a country"
            ),
        )
        .suggest(suggestion),
    );
    None
}

/// Reads a condition; a mistake in it is shown at its place in the file.
pub(crate) fn condition(context: &mut Context, node: &Node<'_>) -> Option<Predicate> {
    let written = node.string(context)?;
    match predicate::parse(written) {
        Ok(predicate) => Some(predicate),
        Err(error) => {
            let code = if error.now_compared {
                Code::NowCompared
            } else {
                Code::BadCondition
            };
            let start = offset_in_file(node, error.range.start);
            let end = offset_in_file(node, error.range.end).max(start);
            let span = Span {
                range: start..end,
                ..node.span()
            };
            context.report(Diagnostic::new(code, span, error.message).suggest_if(error.suggestion));
            None
        }
    }
}

/// Where the byte `offset` of a decoded TOML string is written in the file.
fn offset_in_file(node: &Node<'_>, offset: usize) -> usize {
    let raw = &node.source[node.range.clone()];
    let (open, basic) = if raw.starts_with("\"\"\"") {
        (3, true)
    } else if raw.starts_with("'''") {
        (3, false)
    } else {
        (1, raw.starts_with('"'))
    };
    let mut at = open.min(raw.len());
    if open == 3 {
        at += raw[at..].len()
            - raw[at..]
                .trim_start_matches('\r')
                .strip_prefix('\n')
                .unwrap_or(&raw[at..])
                .len();
    }
    let mut decoded = 0;
    while decoded < offset && at < raw.len() {
        let (written, meant) = step(&raw[at..], basic);
        at += written;
        decoded += meant;
    }
    node.range.start + at.min(raw.len())
}

/// Bytes written and bytes meant by the next character of a TOML string.
fn step(rest: &str, basic: bool) -> (usize, usize) {
    let Some(first) = rest.chars().next() else {
        return (1, 1);
    };
    if !basic || first != '\\' {
        return (first.len_utf8(), first.len_utf8());
    }
    let digits = match rest[1..].chars().next() {
        Some('u') => 4,
        Some('U') => 8,
        Some('x') => 2,
        Some(c) if c.is_whitespace() => {
            let after = rest[1..].trim_start();
            return (rest.len() - after.len(), 0);
        }
        Some(c) => return (1 + c.len_utf8(), 1),
        None => return (1, 1),
    };
    let meant = rest
        .get(2..2 + digits)
        .and_then(|hex| u32::from_str_radix(hex, 16).ok())
        .and_then(char::from_u32)
        .map_or(1, char::len_utf8);
    ((2 + digits).min(rest.len()), meant)
}

/// Reads `column` or `column.key.key`.
pub(crate) fn column_path(written: &str) -> ColumnPath {
    let mut parts = written.split('.').map(str::to_owned);
    ColumnPath {
        column: parts.next().unwrap_or_default(),
        inside: parts.collect(),
    }
}

/// Reads `store.table`, or `table` in the given store.
pub(crate) fn table_id(written: &str, store: Option<&str>) -> Option<TableId> {
    match (written.split_once('.'), store) {
        (Some((store, table)), _) => Some(TableId {
            store: store.to_owned(),
            table: table.to_owned(),
        }),
        (None, Some(store)) => Some(TableId {
            store: store.to_owned(),
            table: written.to_owned(),
        }),
        (None, None) => None,
    }
}

/// The zones that come with the crate: the answer does not depend on the machine.
fn zones() -> jiff::tz::TimeZoneDatabase {
    jiff::tz::TimeZoneDatabase::bundled()
}
