//! New values that SQLite computes, and whether a column already has them.
//!
//! What a function cannot read (a date that is not one, a postcode of another country) becomes NULL: the promise is that
//! the detail goes.

use serment_store::Failure;
use serment_store::catalogue::ColumnKind;
use serment_store::condition::PostCondition;
use serment_store::query::NewValue;
use serment_store::text;

use super::time::begins_with_date;
use crate::print::keys::is_number;
use crate::print::{Binder, Column, Value};
use crate::refusal;

/// The expression of a new value; `v` is the present one.
pub(super) fn new(
    bind: &mut Binder<'_>,
    column: &Column,
    v: &str,
    new: &NewValue,
) -> Result<String, Failure> {
    Ok(match new {
        NewValue::Null => "NULL".into(),
        NewValue::Constant(text) => {
            let numeric = matches!(column.r#type.kind, ColumnKind::Integer | ColumnKind::Number);
            if numeric && column.inside.is_empty() && !is_number(text) {
                return Err(refusal::constant_is_no_number(column));
            }
            bind.text(text)
        }
        NewValue::FirstOfYear => {
            require_text(column)?;
            format!(
                "CASE WHEN {} THEN substr({v}, 1, 4) || '-01-01' END",
                begins_with_date(v)
            )
        }
        NewValue::FirstOfMonth => {
            require_text(column)?;
            format!(
                "CASE WHEN {} THEN substr({v}, 1, 7) || '-01' END",
                begins_with_date(v)
            )
        }
        NewValue::Band(width) => {
            let width = refusal::band(column, *width)?;
            let whole = format!("(CAST({v} AS INTEGER) - ({v} < CAST({v} AS INTEGER)))");
            format!(
                "CASE WHEN typeof({v}) IN ('integer', 'real') AND {v} BETWEEN -9e17 AND 9e17 \
                 THEN {whole} - (({whole} % {width}) + {width}) % {width} END"
            )
        }
        NewValue::Department => department(v),
        NewValue::Network => format!(
            "CASE WHEN {0} THEN {1} WHEN {2} THEN {3} END",
            is_ipv4(v),
            format_args!("rtrim(rtrim({v}, '0123456789'), '.') || '.0'"),
            has_three_groups(v),
            first_groups(v),
        ),
    })
}

/// Whether the value `v` of a column satisfies a promise, never unknown.
pub(super) fn satisfies(
    bind: &mut Binder<'_>,
    column: &Column,
    v: &str,
    by: &PostCondition,
) -> Result<String, Failure> {
    Ok(match by {
        PostCondition::Null => format!("({v} IS NULL)"),
        PostCondition::Constant(text) => {
            let text = bind.text(text);
            if column.inside.is_empty() {
                format!("(({v} = {text}) IS TRUE)")
            } else {
                format!("({v} IS NULL OR CAST({v} AS TEXT) = {text})")
            }
        }
        PostCondition::FirstOfYear => {
            require_text(column)?;
            first_of(v, "[0-9][0-9][0-9][0-9]-01-01*")
        }
        PostCondition::FirstOfMonth => {
            require_text(column)?;
            first_of(v, "[0-9][0-9][0-9][0-9]-[01][0-9]-01*")
        }
        PostCondition::MultipleOf(width) => {
            let width = refusal::band(column, *width)?;
            format!(
                "({v} IS NULL OR (typeof({v}) IN ('integer', 'real') AND {v} = CAST({v} AS INTEGER) \
                 AND CAST({v} AS INTEGER) % {width} = 0))"
            )
        }
        PostCondition::Department => format!("({v} IS NULL OR {})", is_department(v)),
        PostCondition::Network => format!(
            "({v} IS NULL OR ({} AND substr({v}, -2) = '.0') OR ({} AND {v} = {}))",
            is_ipv4(v),
            has_three_groups(v),
            first_groups(v),
        ),
        PostCondition::Prefix(prefix) => {
            let length = prefix.chars().count();
            let prefix = bind.bind(Value::Text(prefix.clone()));
            format!("({v} IS NULL OR (typeof({v}) = 'text' AND substr({v}, 1, {length}) = {prefix}))")
        }
    })
}

fn require_text(column: &Column) -> Result<(), Failure> {
    match column.r#type.kind {
        ColumnKind::Integer | ColumnKind::Number | ColumnKind::Boolean if column.inside.is_empty() => {
            Err(column.unsupported(text!("elle contient des nombres : seule une date écrite en texte se ramène à son année ou à son mois", "it holds numbers: only a date written as text can be brought to its year or month")))
        }
        _ => Ok(()),
    }
}

/// Begins as the pattern says and goes on with nothing but midnight.
fn first_of(v: &str, pattern: &str) -> String {
    format!(
        "({v} IS NULL OR (typeof({v}) = 'text' AND octet_length({v}) = length({v}) AND {v} GLOB '{pattern}' \
         AND substr({v}, 11) IN ('', 'T00:00', ' 00:00', 'T00:00:00', ' 00:00:00', 'T00:00:00Z', ' 00:00:00Z')))"
    )
}

fn department(v: &str) -> String {
    format!(
        "CASE WHEN {kept} THEN {v} \
         WHEN typeof({v}) = 'integer' AND {v} BETWEEN 97000 AND 98999 THEN {v} / 100 \
         WHEN typeof({v}) = 'integer' AND {v} BETWEEN 1000 AND 96999 THEN {v} / 1000 \
         WHEN typeof({v}) = 'text' AND trim({v}) GLOB '9[78][0-9][0-9][0-9]' THEN substr(trim({v}), 1, 3) \
         WHEN typeof({v}) = 'text' AND trim({v}) GLOB '[0-9][0-9][0-9][0-9][0-9]' THEN substr(trim({v}), 1, 2) END",
        kept = is_department(v)
    )
}

fn is_department(v: &str) -> String {
    format!(
        "(CASE typeof({v}) WHEN 'text' THEN octet_length({v}) = length({v}) AND (length({v}) = 2 \
         OR {v} GLOB '9[78][0-9]') WHEN 'integer' THEN {v} BETWEEN 0 AND 95 OR {v} BETWEEN 970 AND 989 \
         ELSE FALSE END)"
    )
}

/// Four groups of digits, leniently: what cannot be an address beyond that has no detail to lose.
fn is_ipv4(v: &str) -> String {
    format!(
        "(typeof({v}) = 'text' AND octet_length({v}) = length({v}) AND {v} NOT GLOB '*[^0-9.]*' \
         AND {v} GLOB '[0-9]*.[0-9]*.[0-9]*.[0-9]*' AND {v} NOT GLOB '*..*' AND length({v}) <= 15 \
         AND length({v}) - length(replace({v}, '.', '')) = 3)"
    )
}

/// An IPv6 address whose first three groups are written.
fn has_three_groups(v: &str) -> String {
    format!(
        "(typeof({v}) = 'text' AND octet_length({v}) = length({v}) AND {v} NOT GLOB '*[^0-9a-fA-F:.]*' \
         AND {v} GLOB '[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F]*:*' AND length({v}) <= 45 AND {v} NOT GLOB '*:::*' \
         AND instr({g}, '::') = 0 AND length({g}) <= 14)",
        g = three_groups(v)
    )
}

/// The first three groups, without the colon that follows.
fn three_groups(v: &str) -> String {
    let after_first = format!("instr({v}, ':')");
    let rest = format!("substr({v}, {after_first} + 1)");
    let after_second = format!("instr({rest}, ':')");
    let last = format!("substr({rest}, {after_second} + 1)");
    format!("substr({v}, 1, {after_first} + {after_second} + instr({last}, ':') - 1)")
}

fn first_groups(v: &str) -> String {
    format!("{} || '::'", three_groups(v))
}
