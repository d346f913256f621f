//! `stores/*.toml` and `stores/NAME/*.toml`.
#![expect(dead_code, reason = "only the schemas are used")]

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::{Condition, Country, Period};

/// stores/*.toml: one place where data live.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    store: Store,
    /// Tables, by the register's name.
    table: Option<BTreeMap<String, Table>>,
}

/// stores/NAME/*.toml: tables of a large store.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PartFile {
    /// Tables, by the register's name.
    table: BTreeMap<String, Table>,
}

/// A place where data live.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Store {
    /// What it is.
    kind: Kind,
    /// Address for reading: `env:NAME`, `file:PATH` or, for SQLite, a path.
    url: Option<String>,
    /// Address for writing, of another role.
    write_url: Option<String>,
    /// Country where the data lie.
    location: Option<Country>,
    /// Party or team that operates it.
    operator: Option<String>,
    /// IANA zone of timestamps without zone. The organisation's when not written.
    time_zone: Option<String>,
    /// What erasure reaches later.
    copies: Option<Copies>,
    /// Roles and people of the store that may reach its data, as the store names them: `check --live` reports any other.
    access: Option<Vec<String>>,
    /// Whether Serment may keep its progress in a table `serment_progress` of this store.
    progress: Option<bool>,
}

#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Postgres,
    Sqlite,
    Mariadb,
    Mysql,
    S3,
    Files,
    Ldap,
    Http,
    Manual,
}

/// Copies that erasure reaches later.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Copies {
    /// How long backups live.
    backups: Option<Period>,
    /// Names of replicas.
    replicas: Option<Vec<String>>,
}

/// A mapped table.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Table {
    /// Schema in the store, when it is not the default one.
    schema: Option<String>,
    /// Name in the store, when it differs.
    name: Option<String>,
    /// Whose data its rows are.
    subjects: Option<Vec<SubjectOf>>,
    /// Columns that identify a row.
    key: Option<Vec<String>>,
    /// Whose row it is, when we are a processor: a column, or a link to a table that says it.
    client: Option<String>,
    /// How a person is found.
    identify: Option<BTreeMap<String, Identifier>>,
    /// Soft deletion.
    gone: Option<Condition>,
    /// States of its rows.
    states: Option<BTreeMap<String, State>>,
    /// Events of its rows.
    events: Option<BTreeMap<String, Event>>,
    /// Links to rows of the same person.
    belongs_to: Option<BTreeMap<String, Link>>,
    /// Other links.
    refers_to: Option<BTreeMap<String, Link>>,
    /// Columns; `profile.address.city` is a place inside a JSON column.
    columns: Option<BTreeMap<String, Column>>,
    /// Why no rule governs it.
    unruled: Option<String>,
    /// Triggers that its owner vouches for, with the reason.
    triggers: Option<BTreeMap<String, String>>,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum SubjectOf {
    All(String),
    Some(SomeSubject),
}

/// A kind of person and the rows that are about it.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct SomeSubject {
    is: String,
    r#where: Option<Condition>,
}

/// One way to find a person.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Identifier {
    column: String,
    strength: Strength,
}

#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Strength {
    Identifies,
    Suggests,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum State {
    Own(Condition),
    Parent(ParentState),
    Children(ChildState),
}

/// Read from the row that a link reaches.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct ParentState {
    link: String,
    r#where: Condition,
}

/// Whether any child row satisfies it.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChildState {
    any: String,
    by: Option<String>,
    r#where: Condition,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum Event {
    Latest(Latest),
    Source(Source),
}

/// The latest of several.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Latest {
    latest: Vec<Source>,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum Source {
    /// `column`, `link.column`, `child.column` or `store.table.column`.
    Name(String),
    Parent(ParentSource),
    Children(ChildSource),
}

/// A column of the row that a link reaches.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct ParentSource {
    link: String,
    column: String,
}

/// A column of child rows.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChildSource {
    any: String,
    by: Option<String>,
    column: String,
}

/// A link.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Link {
    /// `table` of this store, or `store.table`.
    to: String,
    /// Our column = theirs, in the order of the key.
    by: BTreeMap<String, String>,
    /// For a polymorphic link: the rows for which it holds.
    r#where: Option<Condition>,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum Column {
    /// A category, or `none`.
    Category(String),
    Described(Described),
}

/// A column with more to say.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Described {
    /// A category, or `none`.
    category: String,
    /// Where the value comes from.
    origin: Option<Origin>,
    /// How it loses its person.
    anonymise: Option<Strategy>,
    /// How an instant is written.
    time: Option<Time>,
    /// IANA zone of local times.
    zone: Option<String>,
    /// The column names files of a store.
    file: Option<FileOf>,
}

#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Origin {
    Provided,
    Observed,
    Derived,
    Inferred,
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Time {
    Date,
    Instant,
    Local,
    Text,
    EpochSeconds,
    EpochMilliseconds,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum Strategy {
    Word(StrategyWord),
    Constant(Constant),
    Band(Band),
    Pseudonym(Pseudonym),
    Random(Random),
}

#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
enum StrategyWord {
    Null,
    Redact,
    Year,
    Month,
    Department,
    Ip,
}

/// Removes: this constant.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Constant {
    constant: Scalar,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Integer(i64),
    Boolean(bool),
}

/// Coarsens a number to the bottom of its band.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Band {
    #[schemars(range(min = 2))]
    band: u64,
}

/// Pseudonymises, keyed: the prefix marks the result.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Pseudonym {
    #[schemars(length(min = 1))]
    pseudonym: String,
}

/// Pseudonymises, random: the prefix marks the result.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Random {
    #[schemars(length(min = 1))]
    random: String,
}

/// The store of the files.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct FileOf {
    store: String,
}
