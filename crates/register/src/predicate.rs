//! The `where` subset: conditions on the columns of one row, in three-valued logic.

mod parse;
mod print;
mod token;

pub use parse::{ParseError, parse};

use crate::model::ColumnPath;

/// A condition on one row. A comparison with NULL is unknown, and unknown never matches; in a `while`, it counts as
/// holding.
#[derive(Debug, Clone, PartialEq)]
pub enum Predicate {
    /// Every part holds.
    And(Vec<Predicate>),
    /// Some part holds.
    Or(Vec<Predicate>),
    /// The part does not hold.
    Not(Box<Predicate>),
    /// `column op operand`.
    Compare {
        /// Left side.
        column: ColumnPath,
        /// Operator.
        op: Comparison,
        /// Right side.
        operand: Operand,
    },
    /// `column [NOT] IN (…)`.
    In {
        /// Left side.
        column: ColumnPath,
        /// Values, at least one.
        values: Vec<Literal>,
        /// With NOT.
        negated: bool,
    },
    /// `column [NOT] BETWEEN low AND high`, both included.
    Between {
        /// Left side.
        column: ColumnPath,
        /// Lower bound.
        low: Operand,
        /// Upper bound.
        high: Operand,
        /// With NOT.
        negated: bool,
    },
    /// `column IS [NOT] NULL`.
    IsNull {
        /// Column.
        column: ColumnPath,
        /// With NOT.
        negated: bool,
    },
}

/// A comparison operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`, also written `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// The right side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// A constant.
    Literal(Literal),
    /// The cut-off instant.
    Now,
    /// Another column of the row.
    Column(ColumnPath),
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `'text'`, a quote doubled.
    Text(String),
    /// An integer.
    Integer(i64),
    /// A decimal number, as written.
    Decimal(String),
    /// `true` or `false`.
    Boolean(bool),
}

const KEYWORDS: [&str; 10] = [
    "and", "or", "not", "in", "between", "is", "null", "true", "false", "now",
];

fn is_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|keyword| word.eq_ignore_ascii_case(keyword))
}

fn continues_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '$'
}

impl Predicate {
    /// Every column that it reads, in order of writing, repetitions included.
    pub fn columns(&self) -> Vec<&ColumnPath> {
        let mut found = Vec::new();
        self.collect_columns(&mut found);
        found
    }

    fn collect_columns<'a>(&'a self, found: &mut Vec<&'a ColumnPath>) {
        let operand = |operand: &'a Operand, found: &mut Vec<&'a ColumnPath>| {
            if let Operand::Column(column) = operand {
                found.push(column);
            }
        };
        match self {
            Predicate::And(parts) | Predicate::Or(parts) => {
                parts.iter().for_each(|part| part.collect_columns(found));
            }
            Predicate::Not(part) => part.collect_columns(found),
            Predicate::Compare {
                column,
                operand: right,
                ..
            } => {
                found.push(column);
                operand(right, found);
            }
            Predicate::Between {
                column, low, high, ..
            } => {
                found.push(column);
                operand(low, found);
                operand(high, found);
            }
            Predicate::In { column, .. } | Predicate::IsNull { column, .. } => found.push(column),
        }
    }
}
