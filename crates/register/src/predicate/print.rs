//! A condition in writing: what [`parse`](super::parse) reads back as the same condition.

use std::fmt;

use super::{Comparison, Literal, Operand, Predicate};
use crate::model::ColumnPath;

impl fmt::Display for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Predicate::And(parts) => join(f, parts, " AND "),
            Predicate::Or(parts) => join(f, parts, " OR "),
            Predicate::Not(part) => {
                f.write_str("NOT ")?;
                operand_of_join(f, part)
            }
            Predicate::Compare { column, op, operand } => {
                name(f, column)?;
                write!(f, " {op} ")?;
                write_operand(f, operand)
            }
            Predicate::In {
                column,
                values,
                negated,
            } => {
                name(f, column)?;
                f.write_str(if *negated { " NOT IN (" } else { " IN (" })?;
                for (index, value) in values.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { ", " })?;
                    write!(f, "{value}")?;
                }
                f.write_str(")")
            }
            Predicate::Between {
                column,
                low,
                high,
                negated,
            } => {
                name(f, column)?;
                f.write_str(if *negated { " NOT BETWEEN " } else { " BETWEEN " })?;
                write_operand(f, low)?;
                f.write_str(" AND ")?;
                write_operand(f, high)
            }
            Predicate::IsNull { column, negated } => {
                name(f, column)?;
                f.write_str(if *negated { " IS NOT NULL" } else { " IS NULL" })
            }
        }
    }
}

fn join(f: &mut fmt::Formatter<'_>, parts: &[Predicate], word: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { word })?;
        operand_of_join(f, part)?;
    }
    Ok(())
}

/// Nested AND and OR always stand in parentheses: grouping is kept, and nobody needs to know which binds tighter.
fn operand_of_join(f: &mut fmt::Formatter<'_>, part: &Predicate) -> fmt::Result {
    match part {
        Predicate::And(_) | Predicate::Or(_) => write!(f, "({part})"),
        _ => write!(f, "{part}"),
    }
}

fn write_operand(f: &mut fmt::Formatter<'_>, operand: &Operand) -> fmt::Result {
    match operand {
        Operand::Literal(literal) => write!(f, "{literal}"),
        Operand::Now => f.write_str("now"),
        Operand::Column(column) => name(f, column),
    }
}

fn name(f: &mut fmt::Formatter<'_>, path: &ColumnPath) -> fmt::Result {
    one_name(f, &path.column)?;
    path.inside.iter().try_for_each(|key| {
        f.write_str(".")?;
        one_name(f, key)
    })
}

fn one_name(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    let starts = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    if starts && name.chars().all(super::continues_name) && !super::is_keyword(name) {
        return f.write_str(name);
    }
    write!(f, "\"{}\"", name.replace('"', "\"\""))
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Comparison::Equal => "=",
            Comparison::NotEqual => "<>",
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
        })
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Literal::Text(value) => write!(f, "'{}'", value.replace('\'', "''")),
            Literal::Integer(value) => write!(f, "{value}"),
            Literal::Decimal(value) => f.write_str(value),
            Literal::Boolean(value) => write!(f, "{value}"),
        }
    }
}
