//! What a register says, once its files are read and its names resolved.
//!
//! The loader builds these values; every other crate reads them. They are plain data: no name is left to resolve
//! (a rule cites tables, states and events that exist), and the order of maps is the order of names, so that two
//! loads of the same files are equal to the byte.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::predicate::Predicate;
use crate::span::Span;
pub use crate::text::{Language, Text};

/// A whole register.
#[derive(Debug, Clone, PartialEq)]
pub struct Register {
    /// Who speaks.
    pub organisation: Organisation,
    /// The defined words: subjects, events, states, teams, roles.
    pub vocabulary: Vocabulary,
    /// Processing activities (GDPR Art. 30), by file name.
    pub activities: BTreeMap<String, Activity>,
    /// Places where data live, by file name.
    pub stores: BTreeMap<String, Store>,
    /// Processors, sub-processors, recipients, authorities, by file name.
    pub parties: BTreeMap<String, Party>,
    /// Declared measures (GDPR Art. 32), by name.
    pub measures: BTreeMap<String, Measure>,
    /// Published promises, by identifier.
    pub promises: BTreeMap<String, Promise>,
    /// Content address of the register: SHA-256, in hexadecimal, over its files (path and bytes, in path order).
    pub version: String,
}

impl Register {
    /// The declared table of that identifier.
    pub fn table(&self, id: &TableId) -> Option<&Table> {
        self.stores.get(&id.store)?.tables.get(&id.table)
    }

    /// Every table of every store, in order.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.stores.values().flat_map(|store| store.tables.values())
    }

    /// Every retention rule, with its activity, in order.
    pub fn rules(&self) -> impl Iterator<Item = (&Activity, &Rule)> {
        self.activities
            .values()
            .flat_map(|activity| activity.rules.iter().map(move |rule| (activity, rule)))
    }

    /// The purpose of that identifier, `activity.purpose`.
    pub fn purpose(&self, id: &PurposeId) -> Option<&Purpose> {
        self.activities.get(&id.activity)?.purposes.get(&id.purpose)
    }
}

/// Who says what it does with personal data (`serment.toml`).
#[derive(Debug, Clone, PartialEq)]
pub struct Organisation {
    /// Legal name.
    pub name: String,
    /// Postal address.
    pub address: Option<String>,
    /// ISO 3166-1 alpha-2 code of the country of establishment.
    pub country: Option<String>,
    /// How to reach the data protection officer.
    pub dpo: Option<String>,
    /// The supervisory authority.
    pub authority: Option<String>,
    /// Languages of publication.
    pub languages: Vec<Language>,
    /// IANA time zone in which days are counted.
    pub time_zone: String,
    /// Holiday calendar: `FR`, `FR-ALSACE`…
    pub holidays: Option<String>,
    /// Where data may live: a country code, `EU`, `EEA`, `EEA+adequate`. None: anywhere.
    pub zone: Option<String>,
    /// Event values before this date are implausible. 1990-01-01 unless the register says otherwise.
    pub not_before: Date,
    /// Who edits the register.
    pub edited_in: EditedIn,
    /// Where the clients of a processor are listed, when there are any.
    pub clients: Option<Clients>,
}

/// Who edits the register: never both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EditedIn {
    /// A checkout of files is the source.
    #[default]
    Files,
    /// The service is the source.
    Service,
}

/// Where the clients of a processor are listed.
#[derive(Debug, Clone, PartialEq)]
pub struct Clients {
    /// The table that lists them.
    pub from: TableId,
    /// Column that holds a client's key.
    pub key: String,
    /// Column that holds its name.
    pub name: Option<String>,
    /// Column that says when its contract ends.
    pub ends: Option<String>,
    /// Column that says whom to reach there about data protection.
    pub contact: Option<String>,
}

/// The defined words.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Vocabulary {
    /// Kinds of persons.
    pub subjects: BTreeMap<String, Term>,
    /// Dated facts.
    pub events: BTreeMap<String, EventTerm>,
    /// Conditions that hold or not now.
    pub states: BTreeMap<String, Term>,
    /// Teams of the organisation.
    pub teams: BTreeMap<String, Term>,
    /// Roles that open access.
    pub roles: BTreeMap<String, Term>,
    /// Own categories, beside the built-in taxonomy.
    pub categories: BTreeMap<Category, CategoryTerm>,
}

/// An own category of the vocabulary.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CategoryTerm {
    /// Label and definition.
    pub term: Term,
    /// W3C DPV identifier, when the register names one.
    pub dpv: Option<String>,
    /// Fideslang key, when the register names one.
    pub fideslang: Option<String>,
}

/// A word, its label and its definition.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Term {
    /// How sentences say it.
    pub label: Text,
    /// What it means.
    pub definition: Text,
}

/// An event of the vocabulary.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EventTerm {
    /// Label and definition.
    pub term: Term,
    /// The states that this event ends.
    pub ends: Vec<String>,
    /// True when the event may lie ahead (the end of a contract); false when it is past by nature (a visit).
    pub planned: bool,
}

/// A processing activity.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// File name without extension.
    pub name: String,
    /// Published title.
    pub title: Text,
    /// Controller or processor.
    pub role: Role,
    /// Kinds of persons concerned.
    pub subjects: Vec<String>,
    /// Parties and teams that receive the data.
    pub recipients: Vec<String>,
    /// Aims, by name.
    pub purposes: BTreeMap<String, Purpose>,
    /// Retention rules, in the order of the file.
    pub rules: Vec<Rule>,
    /// Where the activity is written.
    pub span: Span,
}

/// The organisation's role in an activity (GDPR Art. 4(7), 4(8)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Decides purposes and means.
    Controller,
    /// Acts for a client.
    Processor,
}

/// Identifier of a purpose, `activity.purpose`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PurposeId {
    /// Activity.
    pub activity: String,
    /// Purpose in that activity.
    pub purpose: String,
}

impl fmt::Display for PurposeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.activity, self.purpose)
    }
}

/// One aim, on exactly one legal basis.
#[derive(Debug, Clone, PartialEq)]
pub struct Purpose {
    /// `activity.purpose`.
    pub id: PurposeId,
    /// Published title.
    pub title: Text,
    /// Legal basis.
    pub basis: Basis,
    /// The categories of data that it needs. A category covers its descendants.
    pub data: Vec<Category>,
    /// Where it is written.
    pub span: Span,
}

/// Legal basis (GDPR Art. 6(1)).
#[derive(Debug, Clone, PartialEq)]
pub enum Basis {
    /// Art. 6(1)(a).
    Consent,
    /// Art. 6(1)(b).
    Contract,
    /// Art. 6(1)(c), with the text that obliges when it is named.
    LegalObligation(Option<Text>),
    /// Art. 6(1)(d).
    VitalInterests,
    /// Art. 6(1)(e).
    PublicTask,
    /// Art. 6(1)(f), with the interest pursued.
    LegitimateInterests(Text),
}

/// A kind of personal data, by its path in the taxonomy: `contact.email`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Category(pub String);

impl Category {
    /// Whether this category is the other one or one of its ancestors.
    pub fn covers(&self, other: &Category) -> bool {
        other
            .0
            .strip_prefix(self.0.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Identifier of a table, `store.table`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableId {
    /// Store.
    pub store: String,
    /// Table, as the register names it.
    pub table: String,
}

impl fmt::Display for TableId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.store, self.table)
    }
}

/// Identifier of a rule, `activity.name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub String);

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A retention rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// `activity.name`.
    pub id: RuleId,
    /// The purposes whose need it measures.
    pub purposes: Vec<PurposeId>,
    /// The table whose rows it judges.
    pub of: TableId,
    /// Nothing is due while one of these states holds.
    pub while_states: Vec<String>,
    /// The latest value of these events starts the clock.
    pub after: Vec<String>,
    /// The clock when no `after` value exists.
    pub else_after: Vec<String>,
    /// Events that end the rule at once.
    pub or_on: Vec<String>,
    /// How long after the clock. None: only `or_on` ends the rule.
    pub keep: Option<Period>,
    /// A duty to keep that erasure must respect.
    pub at_least: Option<Duty>,
    /// How much longer a row must have been due before it is touched.
    pub quiet: Option<Period>,
    /// What happens at the end.
    pub then: Then,
    /// Where it is written.
    pub span: Span,
}

/// A length of time in calendar units: `3 years`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

impl Period {
    /// Reads what a register writes, such as `3 months`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(written: &str) -> Result<Self, Text> {
        crate::load::scalar::parse_period(written)
    }
}

impl std::fmt::Display for Period {
    /// As a register writes it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unit = match self.unit {
            Unit::Years => "years",
            Unit::Months => "months",
            Unit::Weeks => "weeks",
            Unit::Days => "days",
        };
        write!(f, "{} {unit}", self.count)
    }
}

/// Calendar unit of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Calendar years.
    Years,
    /// Calendar months.
    Months,
    /// Seven days.
    Weeks,
    /// Calendar days.
    Days,
}

/// A duty to keep.
#[derive(Debug, Clone, PartialEq)]
pub struct Duty {
    /// How long at least, from the clock.
    pub period: Period,
    /// The text that imposes it.
    pub source: Option<Text>,
}

/// What happens to a datum when its last rule ends.
#[derive(Debug, Clone, PartialEq)]
pub enum Then {
    /// It goes.
    Erase,
    /// The row stays and its data lose their person.
    Anonymise,
    /// It moves to an archive, for a time.
    Archive {
        /// How long it stays there, from the end of the active period.
        keep: Period,
        /// The store, or table, that archives.
        into: String,
        /// The roles that may read it.
        readers: Vec<String>,
    },
}

/// A place where data live.
#[derive(Debug, Clone, PartialEq)]
pub struct Store {
    /// File name without extension.
    pub name: String,
    /// What it is.
    pub kind: StoreKind,
    /// Reference to the address for reading: `env:NAME`, `file:PATH`, or, for SQLite only, a path.
    pub url: Option<String>,
    /// Reference to the address for writing.
    pub write_url: Option<String>,
    /// ISO 3166-1 alpha-2 code of the country where the data lie.
    pub location: Option<String>,
    /// The party that operates it.
    pub operator: Option<String>,
    /// IANA zone of timestamps without zone. The organisation's zone when None.
    pub time_zone: Option<String>,
    /// What erasure reaches later.
    pub copies: Copies,
    /// The roles and people of the store that may reach its data, as the store names them. None: the register does not
    /// say, and a live check asks.
    pub access: Option<Vec<String>>,
    /// Whether Serment may keep its progress in a table `serment_progress` of this store.
    pub progress: bool,
    /// Tables, by the register's name.
    pub tables: BTreeMap<String, Table>,
    /// Where it is written.
    pub span: Span,
}

/// Kinds of stores. The adapters of some come with later versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StoreKind {
    /// PostgreSQL.
    Postgres,
    /// SQLite.
    Sqlite,
    /// MariaDB or MySQL.
    Mariadb,
    /// An object store that speaks S3.
    S3,
    /// A directory of files.
    Files,
    /// A directory that speaks LDAP.
    Ldap,
    /// An HTTP service.
    Http,
    /// A named owner answers.
    Manual,
}

impl StoreKind {
    /// Whether this version acts on stores of this kind.
    pub fn is_executed(self) -> bool {
        matches!(self, Self::Postgres | Self::Sqlite | Self::Mariadb)
    }
}

/// Copies of a store that erasure reaches later.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Copies {
    /// How long backups live.
    pub backups: Option<Period>,
    /// Names of replicas.
    pub replicas: Vec<String>,
}

/// A mapped table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// `store.table`.
    pub id: TableId,
    /// Schema in the store, when it is not the default one.
    pub schema: Option<String>,
    /// Name in the store, when it differs from the register's.
    pub name: String,
    /// Whose data its rows are.
    pub subjects: Vec<SubjectOf>,
    /// Columns that identify a row.
    pub key: Vec<String>,
    /// Whose row it is, when we are a processor.
    pub client: Option<ClientOf>,
    /// How a person is found.
    pub identify: BTreeMap<String, Identifier>,
    /// Soft deletion: changes no state and no clock.
    pub gone: Option<Predicate>,
    /// States of its rows, by vocabulary name.
    pub states: BTreeMap<String, State>,
    /// Events of its rows, by vocabulary name: the latest of the sources.
    pub events: BTreeMap<String, Vec<EventSource>>,
    /// Links to other tables, by name.
    pub links: BTreeMap<String, Link>,
    /// Columns, by path.
    pub columns: BTreeMap<ColumnPath, Column>,
    /// Why no rule governs it.
    pub unruled: Option<String>,
    /// Triggers that its owner vouches for, with the reason.
    pub triggers: BTreeMap<String, String>,
    /// Where it is written.
    pub span: Span,
}

/// A kind of person and the rows that are about it.
#[derive(Debug, Clone, PartialEq)]
pub struct SubjectOf {
    /// Vocabulary name.
    pub subject: String,
    /// Which rows. None: all of them.
    pub when: Option<Predicate>,
}

/// Whose row it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientOf {
    /// A column of the row.
    Column(String),
    /// Inherited through a link.
    Link(String),
}

/// One way to find a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Identifier {
    /// Column.
    pub column: ColumnPath,
    /// Whether it identifies or only suggests.
    pub strength: Strength,
}

/// Strength of an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Enough to act.
    Identifies,
    /// A human decides.
    Suggests,
}

/// How a state is read.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// From the row itself.
    Own(Predicate),
    /// From the row that a link reaches.
    Parent {
        /// Link of this table.
        link: String,
        /// Condition on the parent's row.
        when: Predicate,
    },
    /// Whether any child row satisfies it.
    Children {
        /// Child table.
        table: TableId,
        /// Link of the child table that reaches this one.
        link: String,
        /// Condition on the child's row.
        when: Predicate,
    },
}

/// Where a date of an event is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventSource {
    /// A column of the row.
    Own(ColumnPath),
    /// A column of the row that a link reaches.
    Parent {
        /// Link of this table.
        link: String,
        /// Column of the parent.
        column: ColumnPath,
    },
    /// A column of the child rows.
    Children {
        /// Child table.
        table: TableId,
        /// Link of the child table that reaches this one.
        link: String,
        /// Column of the children.
        column: ColumnPath,
    },
}

/// A link from the rows of one table to those of another.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Name.
    pub name: String,
    /// What it means.
    pub kind: LinkKind,
    /// The table that it reaches.
    pub to: TableId,
    /// Pairs of columns: ours, theirs.
    pub by: Vec<(String, String)>,
    /// For a polymorphic link: the rows for which it holds.
    pub when: Option<Predicate>,
    /// Where it is written.
    pub span: Span,
}

/// What a link means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// Same person: followed to find a person.
    BelongsTo,
    /// Feeds states, events, client; never followed to find a person.
    RefersTo,
}

/// A column, or a place inside a JSON column: `profile.address.city`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnPath {
    /// Column of the table.
    pub column: String,
    /// Keys inside its JSON value; empty for the whole column.
    pub inside: Vec<String>,
}

impl ColumnPath {
    /// A whole column.
    pub fn whole(column: impl Into<String>) -> Self {
        Self {
            column: column.into(),
            inside: Vec::new(),
        }
    }
}

impl fmt::Display for ColumnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.column)?;
        self.inside.iter().try_for_each(|key| write!(f, ".{key}"))
    }
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Category; None when the register says that it is not personal.
    pub category: Option<Category>,
    /// Where the value comes from.
    pub origin: Origin,
    /// How it loses its person.
    pub anonymise: Option<Strategy>,
    /// How an instant is written, when the type of the column does not say it.
    pub time: Option<TimeEncoding>,
    /// The store that holds the file that it names.
    pub file_store: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// Where a value comes from (WP 242).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The person gave it.
    #[default]
    Provided,
    /// Her activity produced it.
    Observed,
    /// Computed from other data.
    Derived,
    /// Guessed about her.
    Inferred,
}

/// How an instant is written in a column.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TimeEncoding {
    /// A calendar date, in the organisation's zone.
    Date,
    /// A timestamp with zone: an instant.
    Instant,
    /// A timestamp without zone. The zone is the column's, else the store's, else the organisation's.
    Local {
        /// IANA zone, when the column names one.
        zone: Option<String>,
    },
    /// ISO 8601 text: a date, a date and time without zone, or with an offset.
    Text {
        /// IANA zone of texts without offset, when the column names one.
        zone: Option<String>,
    },
    /// Seconds since 1970-01-01T00:00:00Z.
    EpochSeconds,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    EpochMilliseconds,
}

/// How a value loses its person. Only `removes` and, with a recorded risk, `coarsens` may be called anonymised.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// Removes: NULL.
    Null,
    /// Removes: this constant.
    Constant(String),
    /// Removes: a redaction mark.
    Redact,
    /// Coarsens a date or timestamp to the first day of its year.
    CoarsenToYear,
    /// Coarsens a date or timestamp to the first day of its month.
    CoarsenToMonth,
    /// Coarsens a number to the bottom of its band of this width.
    CoarsenToBand(u64),
    /// Coarsens a French postcode to its department.
    CoarsenToDepartment,
    /// Coarsens an IP address to its /24 (IPv4) or /48 (IPv6).
    CoarsenIp,
    /// Pseudonymises: keyed, with this prefix.
    Pseudonym {
        /// Prefix that marks the result.
        prefix: String,
    },
    /// Pseudonymises: random, of the same shape, with this prefix.
    Random {
        /// Prefix that marks the result.
        prefix: String,
    },
}

/// What a strategy leaves of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Loss {
    /// Nothing.
    Removes,
    /// Less precision.
    Coarsens,
    /// A link, for whoever holds a key or the rest of the row.
    Pseudonymises,
}

impl Strategy {
    /// What it leaves of the person: only what removes may be called anonymised.
    pub fn loss(&self) -> Loss {
        match self {
            Self::Null | Self::Constant(_) | Self::Redact => Loss::Removes,
            Self::CoarsenToYear
            | Self::CoarsenToMonth
            | Self::CoarsenToBand(_)
            | Self::CoarsenToDepartment
            | Self::CoarsenIp => Loss::Coarsens,
            Self::Pseudonym { .. } | Self::Random { .. } => Loss::Pseudonymises,
        }
    }
}

/// Another organisation or team.
#[derive(Debug, Clone, PartialEq)]
pub struct Party {
    /// File name without extension.
    pub name: String,
    /// Published name.
    pub title: String,
    /// `processor`, `sub_processor`, `recipient`, `authority`…
    pub kind: String,
    /// ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// True when it is on the list of an adequacy decision that covers only some organisations of its country.
    pub adequacy: bool,
    /// What it does for us.
    pub purpose: Text,
    /// Where it is written.
    pub span: Span,
}

/// A declared measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Published title.
    pub title: Text,
    /// Everything else the file says, kept for the keepers that come later.
    pub details: serde_json::Value,
}

/// A published promise.
#[derive(Debug, Clone, PartialEq)]
pub struct Promise {
    /// The sentence.
    pub sentence: Text,
    /// Everything else the file says, kept for the keepers that come later.
    pub details: serde_json::Value,
}
