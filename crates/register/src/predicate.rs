//! The `where` subset: conditions on the columns of one row, in three-valued logic.

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
