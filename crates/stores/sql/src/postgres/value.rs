//! New values that PostgreSQL computes, and whether a column already has them.
//!
//! What a function cannot read (text that is no date, a postcode of another country) becomes NULL: the promise is that
//! the detail goes. Instants are brought to the first of the year or month in UTC.

use serment_store::Failure;
use serment_store::catalogue::ColumnKind;
use serment_store::condition::PostCondition;
use serment_store::query::NewValue;
use serment_store::text;

use super::dialect::{cast, number_of, text_of, value_of};
use super::time::begins_with_date;
use crate::print::keys::is_number;
use crate::print::{Binder, Column};
use crate::refusal;

/// Four groups of digits.
const IPV4: &str = "^[0-9]{1,3}([.][0-9]{1,3}){3}$";
/// An IPv6 address whose first three groups are written.
const IPV6: &str = "^[0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4}){2}:[0-9a-fA-F:.]*$";

/// The expression of a new value.
pub(super) fn new(bind: &mut Binder<'_>, column: &Column, new: &NewValue) -> Result<String, Failure> {
    let inside = !column.inside.is_empty();
    Ok(match new {
        NewValue::Null => "NULL".into(),
        NewValue::Constant(text) => {
            let numeric = matches!(column.r#type.kind, ColumnKind::Integer | ColumnKind::Number);
            if numeric && !inside && !is_number(text) {
                return Err(refusal::constant_is_no_number(column));
            }
            if text.contains('\0') {
                return Err(column.unsupported(text!(
                    "PostgreSQL ne garde pas de texte contenant un caractère NUL",
                    "PostgreSQL holds no text with a NUL character"
                )));
            }
            let text = bind.text(text);
            if inside {
                format!("CAST({text} AS text)")
            } else {
                cast(&text, column)
            }
        }
        NewValue::FirstOfYear => truncated(column, "year")?,
        NewValue::FirstOfMonth => truncated(column, "month")?,
        NewValue::Band(width) => {
            let (n, width) = (numeric(column)?, refusal::band(column, *width)?);
            let floor = format!("floor(CAST({n} AS numeric) / {width}) * {width}");
            if inside {
                floor
            } else {
                cast(&format!("({floor})"), column)
            }
        }
        NewValue::Department => department(column)?,
        NewValue::Network => network(column)?,
    })
}

/// Whether a column satisfies a promise, never unknown.
pub(super) fn satisfies(
    bind: &mut Binder<'_>,
    column: &Column,
    by: &PostCondition,
) -> Result<String, Failure> {
    let value = value_of(column)?;
    let null_or = |text: String| format!("({value} IS NULL OR ({text}) IS TRUE)");
    Ok(match by {
        PostCondition::Null => format!("({value} IS NULL)"),
        PostCondition::Constant(text) if !column.inside.is_empty() => {
            let text = bind.text(text);
            null_or(format!("{value} = {text}"))
        }
        PostCondition::Constant(text) => {
            let numeric = matches!(column.r#type.kind, ColumnKind::Integer | ColumnKind::Number);
            if numeric && !is_number(text) {
                return Err(refusal::constant_is_no_number(column));
            }
            let mark = bind.text(text);
            match column.r#type.kind {
                ColumnKind::Text | ColumnKind::Other => format!("(({} = {mark}) IS TRUE)", text_of(column)?),
                ColumnKind::Json => format!("((CAST({value} AS jsonb) = CAST({mark} AS jsonb)) IS TRUE)"),
                _ => format!("(({value} = {}) IS TRUE)", cast(&mark, column)),
            }
        }
        PostCondition::FirstOfYear => first_of(column, "year", "-01-01", 5)?,
        PostCondition::FirstOfMonth => first_of(column, "month", "-01", 8)?,
        PostCondition::MultipleOf(width) => {
            let (n, width) = (numeric(column)?, refusal::band(column, *width)?);
            null_or(format!("mod(CAST({n} AS numeric), {width}) = 0"))
        }
        PostCondition::Department => null_or(is_department(column)?),
        PostCondition::Network if column.r#type.kind == ColumnKind::Inet => {
            null_or(format!("host({value}) = host({})", network_of(&value)))
        }
        PostCondition::Network => {
            let v = text_of(column)?;
            null_or(format!(
                "(CASE WHEN {v} ~ '{IPV4}' THEN {v} ~ '[.]0$' WHEN {v} ~ '{IPV6}' THEN {v} = {} ELSE FALSE END)",
                first_groups(&v)
            ))
        }
        PostCondition::Prefix(prefix) => {
            let prefix = bind.text(prefix);
            null_or(format!("starts_with({}, {prefix})", text_of(column)?))
        }
    })
}

fn truncated(column: &Column, unit: &str) -> Result<String, Failure> {
    let c = &column.sql;
    if !column.inside.is_empty() || column.r#type.kind == ColumnKind::Text {
        let v = text_of(column)?;
        let (kept, rest) = if unit == "year" { (4, "-01-01") } else { (7, "-01") };
        return Ok(format!(
            "CASE WHEN {} THEN substr({v}, 1, {kept}) || '{rest}' END",
            begins_with_date(&v)
        ));
    }
    Ok(match column.r#type.kind {
        ColumnKind::Date => format!("CAST(date_trunc('{unit}', CAST({c} AS timestamp)) AS date)"),
        ColumnKind::LocalTime => format!("date_trunc('{unit}', {c})"),
        ColumnKind::Instant => format!("date_trunc('{unit}', {c}, 'UTC')"),
        _ => {
            return Err(refusal::no_year(column));
        }
    })
}

fn first_of(column: &Column, unit: &str, rest: &str, from: usize) -> Result<String, Failure> {
    let value = value_of(column)?;
    if !column.inside.is_empty() || column.r#type.kind == ColumnKind::Text {
        let v = text_of(column)?;
        let midnight = [
            "",
            "T00:00",
            " 00:00",
            "T00:00:00",
            " 00:00:00",
            "T00:00:00Z",
            " 00:00:00Z",
        ];
        let accepted: Vec<_> = midnight.iter().map(|time| format!("'{rest}{time}'")).collect();
        return Ok(format!(
            "({v} IS NULL OR ({} AND substr({v}, {from}) IN ({})))",
            begins_with_date(&v),
            accepted.join(", ")
        ));
    }
    Ok(format!(
        "({value} IS NULL OR ({value} = {}) IS TRUE)",
        truncated(column, unit)?
    ))
}

fn numeric(column: &Column) -> Result<String, Failure> {
    let numbers = matches!(column.r#type.kind, ColumnKind::Integer | ColumnKind::Number);
    if column.inside.is_empty() && !numbers {
        return Err(refusal::no_band(column));
    }
    number_of(column)
}

fn is_number_column(column: &Column) -> bool {
    column.inside.is_empty() && column.r#type.kind == ColumnKind::Integer
}

fn department(column: &Column) -> Result<String, Failure> {
    let kept = is_department(column)?;
    if is_number_column(column) {
        let c = &column.sql;
        return Ok(format!(
            "CASE WHEN {kept} THEN {c} WHEN {c} BETWEEN 97000 AND 98999 THEN {c} / 100 \
             WHEN {c} BETWEEN 1000 AND 96999 THEN {c} / 1000 END"
        ));
    }
    let v = text_of(column)?;
    Ok(format!(
        "CASE WHEN {kept} THEN {v} WHEN trim({v}) ~ '^9[78][0-9]{{3}}$' THEN substr(trim({v}), 1, 3) \
         WHEN trim({v}) ~ '^[0-9]{{5}}$' THEN substr(trim({v}), 1, 2) END"
    ))
}

fn is_department(column: &Column) -> Result<String, Failure> {
    if is_number_column(column) {
        let c = &column.sql;
        return Ok(format!("({c} BETWEEN 0 AND 95 OR {c} BETWEEN 970 AND 989)"));
    }
    let v = text_of(column)?;
    Ok(format!("({v} ~ '^[ -~]{{2}}$' OR {v} ~ '^9[78][0-9]$')"))
}

fn network(column: &Column) -> Result<String, Failure> {
    if column.inside.is_empty() && column.r#type.kind == ColumnKind::Inet {
        return Ok(cast(&network_of(&column.sql), column));
    }
    let v = text_of(column)?;
    Ok(format!(
        "CASE WHEN {v} ~ '{IPV4}' THEN regexp_replace({v}, '[0-9]+$', '0') WHEN {v} ~ '{IPV6}' THEN {} END",
        first_groups(&v)
    ))
}

fn network_of(value: &str) -> String {
    format!("network(set_masklen(CAST({value} AS inet), CASE family({value}) WHEN 4 THEN 24 ELSE 48 END))")
}

fn first_groups(v: &str) -> String {
    format!(
        "(split_part({v}, ':', 1) || ':' || split_part({v}, ':', 2) || ':' || split_part({v}, ':', 3) || '::')"
    )
}
