//! Which rows are meant: the language between the planner and the adapters.
//!
//! A condition is about one row, named by its [`Alias`], and the rows that links reach from it. Logic is
//! three-valued, as in SQL; [`Condition::Holds`] and [`Condition::MayHold`] are the two ways back to true or false, and
//! the planner never leaves an unknown at the top.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::Serialize;
use serde_json::Value;

use crate::catalogue::TableName;

/// Name of a row in a condition. The adapter prints it as `t0`, `t1`…
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Alias(pub u32);

/// A column of a named row, or a place inside its JSON value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct ColumnRef {
    /// Row.
    pub of: Alias,
    /// Column.
    pub column: String,
    /// Keys inside its JSON value; empty for the column itself.
    pub inside: Vec<String>,
}

impl ColumnRef {
    /// A whole column.
    pub fn whole(of: Alias, column: impl Into<String>) -> Self {
        Self {
            of,
            column: column.into(),
            inside: Vec::new(),
        }
    }
}

/// A condition on a row.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// True for every row.
    Always,
    /// True for no row.
    Never,
    /// AND; true when empty.
    All(Vec<Condition>),
    /// OR; false when empty.
    Any(Vec<Condition>),
    /// NOT.
    Not(Box<Condition>),
    /// `IS TRUE`: unknown becomes false.
    Holds(Box<Condition>),
    /// `IS NOT FALSE`: unknown becomes true.
    MayHold(Box<Condition>),
    /// A comparison with a constant; unknown on NULL.
    Compare {
        /// Left side.
        column: ColumnRef,
        /// Operator.
        op: Operator,
        /// Right side.
        value: Constant,
    },
    /// A comparison of two columns of the same row; unknown on NULL.
    CompareColumns {
        /// Left side.
        left: ColumnRef,
        /// Operator.
        op: Operator,
        /// Right side.
        right: ColumnRef,
    },
    /// `IN`; unknown on NULL.
    OneOf {
        /// Column.
        column: ColumnRef,
        /// Values.
        values: Vec<Constant>,
    },
    /// `IS NULL`: true or false.
    IsNull(ColumnRef),
    /// A question about a column that holds a time: true or false, except [`TimeTest::Before`] and
    /// [`TimeTest::From`], which are unknown on NULL.
    Time {
        /// Column.
        column: TimeColumn,
        /// Question.
        test: TimeTest,
    },
    /// Whether a time is later than another one, by so much that no zone nor form of writing could turn them round:
    /// three days. True or false; false when one of them is NULL or cannot be read.
    SurelyLater {
        /// The later one.
        later: TimeColumn,
        /// The earlier one.
        earlier: TimeColumn,
    },
    /// Whether some row of a table is linked and satisfies a condition: true or false. A NULL in `on` matches nothing.
    Exists {
        /// Table.
        table: TableName,
        /// The name of its row.
        alias: Alias,
        /// Pairs that must be equal: a column of that row, a column of an outer row.
        on: Vec<(ColumnRef, ColumnRef)>,
        /// Condition on that row.
        condition: Box<Condition>,
    },
    /// Whether the row's key is one of these: true or false.
    KeyIn {
        /// Row.
        of: Alias,
        /// Key columns.
        columns: Vec<String>,
        /// Keys, bound as one parameter whatever their number.
        keys: Vec<Key>,
    },
    /// Whether a column already satisfies what its anonymisation promises: true or false.
    Anonymised {
        /// Column.
        column: ColumnRef,
        /// How it was anonymised.
        by: PostCondition,
    },
    /// Whether no row of the table that stays refers to the row, for tables that refer to themselves: true or false.
    /// A row stays when it fails `goes` (false or unknown), or when a row that stays refers to it: links are followed
    /// from referring to referred row until nothing is added, cycles included. A link with a NULL part refers to nothing.
    /// Costs one pass over the table per statement, however few rows are asked about.
    NoStayingReferrer {
        /// Row.
        of: Alias,
        /// Its table.
        table: TableName,
        /// Pairs of the link: ours (the referring row's), theirs (the referred row's).
        by: Vec<(String, String)>,
        /// The name under which `goes` speaks of a row of the table.
        alias: Alias,
        /// Whether a row would go by itself.
        goes: Box<Condition>,
    },
}

impl Condition {
    /// AND, flattened: constants are absorbed.
    pub fn all(parts: impl IntoIterator<Item = Condition>) -> Condition {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Condition::Always => {}
                Condition::Never => return Condition::Never,
                Condition::All(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Condition::Always,
            1 => kept.remove(0),
            _ => Condition::All(kept),
        }
    }

    /// OR, flattened: constants are absorbed.
    pub fn any(parts: impl IntoIterator<Item = Condition>) -> Condition {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Condition::Never => {}
                Condition::Always => return Condition::Always,
                Condition::Any(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Condition::Never,
            1 => kept.remove(0),
            _ => Condition::Any(kept),
        }
    }

    /// Whether it is never unknown.
    pub fn is_two_valued(&self) -> bool {
        match self {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().all(Condition::is_two_valued),
            Condition::Not(part) => part.is_two_valued(),
            Condition::Time { test, .. } => !matches!(test, TimeTest::Before(_) | TimeTest::From(_)),
            Condition::Compare { .. } | Condition::CompareColumns { .. } | Condition::OneOf { .. } => false,
            Condition::Always
            | Condition::Never
            | Condition::Holds(_)
            | Condition::MayHold(_)
            | Condition::IsNull(_)
            | Condition::SurelyLater { .. }
            | Condition::Exists { .. }
            | Condition::KeyIn { .. }
            | Condition::Anonymised { .. }
            | Condition::NoStayingReferrer { .. } => true,
        }
    }

    /// NOT of a two-valued condition; constants are absorbed.
    #[allow(clippy::should_implement_trait)]
    pub fn not(part: Condition) -> Condition {
        match part {
            Condition::Always => Condition::Never,
            Condition::Never => Condition::Always,
            Condition::Not(inner) => *inner,
            other => Condition::Not(Box::new(other)),
        }
    }
}

/// A comparison operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// `=`
    Equal,
    /// `<>`
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

/// A constant of a condition. Always bound or quoted by the adapter, never pasted.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Constant {
    /// Text.
    Text(String),
    /// Integer.
    Integer(i64),
    /// Decimal number, as written.
    Decimal(String),
    /// Boolean.
    Boolean(bool),
}

/// A column that holds a time, and how.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct TimeColumn {
    /// Column.
    pub column: ColumnRef,
    /// How an instant is written in it.
    pub written: TimeForm,
    /// IANA zone in which a value without offset is to be read.
    pub zone: String,
}

/// How an instant is written in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeForm {
    /// A date type.
    Date,
    /// A timestamp-with-zone type.
    Instant,
    /// A timestamp-without-zone type.
    Local,
    /// ISO 8601 text: `YYYY-MM-DD`, or with `T` or a space a time `HH:MM[:SS[.f…]]`, or with `Z` or an offset (`±HH`,
    /// `±HHMM`, `±HH:MM`, at most 14:59) after it. Years 0001 to 9999, days that exist; anything else is unreadable.
    Text,
    /// A number of seconds since the epoch.
    EpochSeconds,
    /// A number of milliseconds since the epoch.
    EpochMilliseconds,
}

/// A question about a time. Every bound is given in all forms, computed once in Rust: no dialect ever converts a zone
/// or adds a month.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeTest {
    /// The value is before the bound; unknown on NULL or when it cannot be read.
    Before(Bound),
    /// The value is the bound or after it; unknown on NULL or when it cannot be read.
    From(Bound),
    /// There is a value, it can be read, it is neither before `from` nor one of the usual stand-ins for "none", and it is
    /// before the other bound. True or false.
    Between {
        /// Values before it do not count.
        from: Bound,
        /// Nor those from it on.
        before: Bound,
    },
    /// There is a value and it cannot be read as a time, or lies outside the bounds, or is one of the usual stand-ins
    /// for "none" (epoch 0, 0000-00-00, 9999-12-31, an infinity). False on NULL.
    Implausible {
        /// Values before it are implausible.
        not_before: Bound,
        /// Values from it on are implausible; None when the event may lie ahead.
        not_from: Option<Bound>,
    },
}

/// An instant, in every form in which a column may hold it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bound {
    /// The instant.
    pub instant: Timestamp,
    /// The bound for values without zone: such a value, read in the column's zone, is before the instant exactly when it
    /// is smaller than this. In the repeated hour of autumn the later reading counts.
    pub local: DateTime,
    /// The bound for dates: a date begins before the instant exactly when it is smaller than this.
    pub date: Date,
}

/// What an anonymised value must satisfy: checkable by the store.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PostCondition {
    /// NULL.
    Null,
    /// This text (or the number that it writes).
    Constant(String),
    /// NULL, or the first day of a year, at midnight.
    FirstOfYear,
    /// NULL, or the first day of a month, at midnight.
    FirstOfMonth,
    /// NULL, or a multiple of this number.
    MultipleOf(u64),
    /// NULL, or two characters (three overseas: 97x, 98x).
    Department,
    /// NULL, or an address whose last 8 bits (IPv4) or 80 bits (IPv6) are zero.
    Network,
    /// NULL, or text that begins with this.
    Prefix(String),
}

/// The key of a row: the values of its key columns as JSON scalars, in the order of the register.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Key(pub Vec<Value>);

impl std::fmt::Display for Key {
    /// One part as itself; several as a JSON array.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.as_slice() {
            [Value::String(text)] => f.write_str(text),
            [part] => write!(f, "{part}"),
            parts => write!(f, "{}", Value::Array(parts.to_vec())),
        }
    }
}
