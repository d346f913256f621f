//! A world: a small register, the tables that it speaks of, their rows, what is held, and what time it is.

use jiff::Timestamp;
use jiff::civil::Date;

/// Everything that a comparison needs. Plain data, so that a failing world can be cut down and printed.
#[derive(Debug, Clone)]
pub struct World {
    /// What `now` is.
    pub now: Timestamp,
    /// The organisation's zone.
    pub zone: String,
    /// Event values before it are implausible.
    pub not_before: Date,
    /// For each event of the vocabulary, whether it may lie ahead.
    pub planned: Vec<bool>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Rules, each in an activity of its own.
    pub rules: Vec<Rule>,
    /// Holds.
    pub holds: Vec<Hold>,
    /// Rows per batch; 0 for all at once.
    pub batch: u32,
    /// Whether the forecast is compared too: it asks many questions.
    pub counted: bool,
    /// Whether it is run night after night up to `now`, and not at once.
    pub nightly: bool,
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// Positions of the key columns.
    pub key: Vec<usize>,
    /// Whose data its rows are: subject, and which rows.
    pub subjects: Vec<(usize, Option<Test>)>,
    pub client: Option<ClientOf>,
    pub links: Vec<Link>,
    /// States, by number.
    pub states: Vec<(usize, Reading<Test>)>,
    /// Events, by number, each with its sources.
    pub events: Vec<(usize, Vec<Reading<usize>>)>,
    pub rows: Vec<Vec<Value>>,
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    pub holds: Holds,
    pub category: Option<String>,
    pub anonymise: Option<Loss>,
    pub not_null: bool,
    pub unique: bool,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holds {
    Number,
    Text,
    Time(Written),
}

/// How a time is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    Date,
    Instant,
    /// Without zone: read in this one.
    Local(String),
    /// ISO 8601 text of any shape.
    Text,
    Seconds,
    Milliseconds,
}

/// How a column loses its person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loss {
    Null,
    Constant(String),
    Redact,
    Band(i64),
    Pseudonym(String),
    Random(String),
}

/// A value of a cell; a time is the number or the text that writes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    Null,
    Number(i64),
    Text(String),
}

/// Whose row it is.
#[derive(Debug, Clone, Copy)]
pub enum ClientOf {
    Column(usize),
    Link(usize),
}

/// A link to another table.
#[derive(Debug, Clone)]
pub struct Link {
    pub name: String,
    pub belongs: bool,
    pub to: usize,
    /// Our columns and theirs.
    pub by: Vec<(usize, usize)>,
    pub when: Option<Test>,
    /// The action of the foreign key, when there is one.
    pub foreign_key: Option<String>,
}

/// Where a state or an event is read.
#[derive(Debug, Clone)]
pub enum Reading<What> {
    Own(What),
    Parent { link: usize, what: What },
    Children { table: usize, link: usize, what: What },
}

/// A condition on a row.
#[derive(Debug, Clone)]
pub enum Test {
    All(Vec<Test>),
    Any(Vec<Test>),
    Not(Box<Test>),
    Compare(usize, &'static str, Operand),
    In(usize, Vec<Value>, bool),
    Between(usize, i64, i64, bool),
    IsNull(usize, bool),
}

/// The right side of a comparison.
#[derive(Debug, Clone)]
pub enum Operand {
    Value(Value),
    Now,
    Column(usize),
}

/// A retention rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The table whose rows it judges.
    pub of: usize,
    /// Subjects of its activity.
    pub subjects: Vec<usize>,
    /// Categories of its purpose.
    pub data: Vec<String>,
    /// The rule whose purpose it is also for.
    pub also_for: Option<usize>,
    pub while_states: Vec<usize>,
    pub after: Vec<usize>,
    pub else_after: Vec<usize>,
    pub or_on: Vec<usize>,
    pub keep: Option<Period>,
    pub at_least: Option<Period>,
    pub quiet: Option<Period>,
    /// A client that asked to keep its rows for longer.
    pub asked: Option<(i64, Period)>,
    /// Whether rows go; otherwise they are anonymised.
    pub erase: bool,
}

/// A length of time: so many years, months, weeks or days.
#[derive(Debug, Clone, Copy)]
pub struct Period(pub i64, pub &'static str);

/// A hold.
#[derive(Debug, Clone)]
pub enum Hold {
    /// Rows of a table, by position.
    Rows(usize, Vec<usize>),
    Filter(usize, Test),
    Client(i64),
}

impl World {
    /// Whether rules judge the rows of that table.
    pub fn ruled(&self, table: usize) -> bool {
        self.rules.iter().any(|rule| rule.of == table)
    }

    /// The tables whose rules govern that one: itself when it has rules, else those that it belongs to.
    pub fn roots(&self, table: usize) -> Vec<usize> {
        let (mut found, mut seen, mut open) = (Vec::new(), Vec::new(), vec![table]);
        while let Some(next) = open.pop() {
            if seen.contains(&next) {
                continue;
            }
            seen.push(next);
            if self.ruled(next) {
                found.push(next);
            } else {
                let links = self.tables[next].links.iter();
                open.extend(links.filter(|link| link.belongs).map(|link| link.to));
            }
        }
        found
    }

    /// The categories that the purposes of a rule list.
    pub fn categories(&self, rule: usize) -> Vec<&str> {
        let rule = &self.rules[rule];
        let also = rule.also_for.map(|other| &self.rules[other].data);
        rule.data
            .iter()
            .chain(also.into_iter().flatten())
            .map(String::as_str)
            .collect()
    }

    /// Whether a rule covers that category of data.
    pub fn covers(&self, rule: usize, category: &str) -> bool {
        self.categories(rule)
            .iter()
            .any(|listed| category == *listed || category.starts_with(&format!("{listed}.")))
    }
}

/// The kinds of persons that tables and activities speak of.
pub const SUBJECTS: [&str; 3] = ["prospect", "customer", "visitor"];
