//! New values that MariaDB computes, and whether a column already has them.
//!
//! What a function cannot read (text that is no date, `0000-00-00`, a postcode of another country) becomes NULL: the
//! promise is that the detail goes. Instants are brought to the first of the year or month in UTC.

use serment_store::Failure;
use serment_store::catalogue::ColumnKind;
use serment_store::condition::PostCondition;
use serment_store::query::NewValue;

use super::dialect::{cast, number_of, text_of, value_of};
use super::time::{begins_with_date, exists};
use crate::print::keys::is_number;
use crate::print::{Binder, Column};
use crate::refusal;

/// Four groups of digits.
const IPV4: &str = "(?s)^[0-9]{1,3}([.][0-9]{1,3}){3}$(?!.)";
/// An IPv6 address whose first three groups are written.
const IPV6: &str = "(?s)^[0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4}){2}:[0-9a-fA-F:.]*$(?!.)";

/// The expression of a new value.
pub(super) fn new(bind: &mut Binder<'_>, column: &Column, new: &NewValue) -> Result<String, Failure> {
    Ok(match new {
        NewValue::Null => "NULL".into(),
        NewValue::Constant(text) => {
            if is_number_kind(column) && column.inside.is_empty() && !is_number(text) {
                return Err(refusal::constant_is_no_number(column));
            }
            let text = bind.text(text);
            if column.inside.is_empty() {
                cast(&text, column)
            } else {
                text
            }
        }
        NewValue::FirstOfYear => truncated(column, Unit::Year)?,
        NewValue::FirstOfMonth => truncated(column, Unit::Month)?,
        NewValue::Band(width) => {
            let (n, width) = (numeric(column)?, refusal::band(column, *width)?);
            format!("({n} - ((({n} % {width}) + {width}) % {width}))")
        }
        NewValue::Department => department(column)?,
        NewValue::Network => {
            let v = text_of(column)?;
            format!(
                "CASE WHEN {v} REGEXP '{IPV4}' THEN REGEXP_REPLACE({v}, '[0-9]+$', '0') \
                 WHEN {v} REGEXP '{IPV6}' THEN {} END",
                first_groups(&v)
            )
        }
    })
}

/// Whether a column satisfies a promise, never unknown.
pub(super) fn satisfies(
    bind: &mut Binder<'_>,
    column: &Column,
    by: &PostCondition,
) -> Result<String, Failure> {
    let value = value_of(column)?;
    let inside = !column.inside.is_empty();
    let null_or = |text: String| format!("({value} IS NULL OR ({text}) IS TRUE)");
    Ok(match by {
        PostCondition::Null => format!("({value} IS NULL)"),
        PostCondition::Constant(text) => {
            if is_number_kind(column) && !inside && !is_number(text) {
                return Err(refusal::constant_is_no_number(column));
            }
            let mark = bind.text(text);
            match column.r#type.kind {
                _ if inside => null_or(format!("{value} = {mark}")),
                ColumnKind::Text
                | ColumnKind::Other
                | ColumnKind::Json
                | ColumnKind::Bytes
                | ColumnKind::Inet => {
                    format!("(({} = {mark}) IS TRUE)", text_of(column)?)
                }
                _ => format!("(({value} = {}) IS TRUE)", cast(&mark, column)),
            }
        }
        PostCondition::FirstOfYear => first_of(column, Unit::Year)?,
        PostCondition::FirstOfMonth => first_of(column, Unit::Month)?,
        PostCondition::MultipleOf(width) => {
            let (n, width) = (numeric(column)?, refusal::band(column, *width)?);
            null_or(format!("{n} % {width} = 0"))
        }
        PostCondition::Department => null_or(is_department(column)?),
        PostCondition::Network => {
            let v = text_of(column)?;
            let network = if column.r#type.kind == ColumnKind::Inet {
                new(bind, column, &NewValue::Network)?
            } else {
                first_groups(&v)
            };
            null_or(format!(
                "(CASE WHEN {v} REGEXP '{IPV4}' THEN {v} REGEXP '[.]0$' WHEN {v} REGEXP '{IPV6}' THEN {v} = {network} \
                 ELSE FALSE END)"
            ))
        }
        PostCondition::Prefix(prefix) => {
            let length = prefix.chars().count();
            let prefix = bind.text(prefix);
            null_or(format!("LEFT({}, {length}) = {prefix}", text_of(column)?))
        }
    })
}

#[derive(Clone, Copy)]
enum Unit {
    Year,
    Month,
}

impl Unit {
    /// What stays of `YYYY-MM-DD`, and what follows it.
    fn text(self) -> (usize, &'static str) {
        match self {
            Self::Year => (4, "-01-01"),
            Self::Month => (7, "-01"),
        }
    }
}

fn truncated(column: &Column, unit: Unit) -> Result<String, Failure> {
    let (kept, rest) = unit.text();
    let c = &column.sql;
    if !column.inside.is_empty() || column.r#type.kind == ColumnKind::Text {
        let v = text_of(column)?;
        return Ok(format!(
            "CASE WHEN {} THEN CONCAT(LEFT({v}, {kept}), '{rest}') END",
            begins_with_date(&v)
        ));
    }
    match column.r#type.kind {
        ColumnKind::Date | ColumnKind::LocalTime | ColumnKind::Instant => Ok(format!(
            "CASE WHEN {} THEN {} END",
            exists(c),
            cast(
                &format!("CONCAT(LEFT(CAST({c} AS char), {kept}), '{rest}')"),
                column
            )
        )),
        _ => Err(refusal::no_year(column)),
    }
}

fn first_of(column: &Column, unit: Unit) -> Result<String, Failure> {
    let value = value_of(column)?;
    if !column.inside.is_empty() || column.r#type.kind == ColumnKind::Text {
        let (v, (kept, rest)) = (text_of(column)?, unit.text());
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
            "({v} IS NULL OR ({} AND SUBSTR({v}, {}) IN ({})))",
            begins_with_date(&v),
            kept + 1,
            accepted.join(", ")
        ));
    }
    Ok(format!(
        "({value} <=> NULL OR ({value} = {}) IS TRUE)",
        truncated(column, unit)?
    ))
}

fn is_number_kind(column: &Column) -> bool {
    matches!(
        column.r#type.kind,
        ColumnKind::Integer | ColumnKind::Number | ColumnKind::Boolean
    )
}

fn numeric(column: &Column) -> Result<String, Failure> {
    if column.inside.is_empty() && !is_number_kind(column) {
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
            "CASE WHEN {kept} THEN {c} WHEN {c} BETWEEN 97000 AND 98999 THEN {c} DIV 100 \
             WHEN {c} BETWEEN 1000 AND 96999 THEN {c} DIV 1000 END"
        ));
    }
    let v = text_of(column)?;
    Ok(format!(
        "CASE WHEN {kept} THEN {v} WHEN TRIM({v}) REGEXP '(?s)^9[78][0-9]{{3}}$(?!.)' THEN LEFT(TRIM({v}), 3) \
         WHEN TRIM({v}) REGEXP '(?s)^[0-9]{{5}}$(?!.)' THEN LEFT(TRIM({v}), 2) END"
    ))
}

fn is_department(column: &Column) -> Result<String, Failure> {
    if is_number_column(column) {
        let c = &column.sql;
        return Ok(format!("({c} BETWEEN 0 AND 95 OR {c} BETWEEN 970 AND 989)"));
    }
    let v = text_of(column)?;
    Ok(format!(
        "({v} REGEXP '(?s)^[ -~]{{2}}$(?!.)' OR {v} REGEXP '(?s)^9[78][0-9]$(?!.)')"
    ))
}

fn first_groups(v: &str) -> String {
    format!("CONCAT(SUBSTRING_INDEX({v}, ':', 3), '::')")
}
