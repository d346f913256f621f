//! `activities/*.toml`.
#![expect(dead_code, reason = "only the schemas are used")]

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::{Period, Text};

/// activities/*.toml: what is done with personal data, why, and how long.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    activity: Activity,
    /// Aims, by name.
    purpose: Option<BTreeMap<String, Purpose>>,
    /// Retention rules.
    retention: Option<Vec<Rule>>,
}

/// A processing activity (GDPR Art. 30).
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Activity {
    /// Published title.
    title: Text,
    /// Who decides.
    role: Role,
    /// Kinds of persons concerned.
    subjects: Vec<String>,
    /// Parties and teams that receive the data.
    recipients: Option<Vec<String>>,
}

#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Role {
    Controller,
    Processor,
}

/// One aim, on exactly one legal basis.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Purpose {
    /// Published title, an infinitive in French: "Envoyer nos lettres".
    title: Text,
    /// Legal basis (GDPR Art. 6(1)).
    basis: Basis,
    /// With `legitimate_interests`: the interest pursued.
    interest: Option<Text>,
    /// With `legal_obligation`: the text that obliges.
    obligation: Option<Text>,
    /// Categories of data that it needs.
    data: Vec<String>,
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Basis {
    Consent,
    Contract,
    LegalObligation,
    VitalInterests,
    PublicTask,
    LegitimateInterests,
}

/// A retention rule.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Rule {
    /// Its identifier is `activity.name`.
    name: String,
    /// Purposes of this file, or `activity.purpose`.
    r#for: Vec<String>,
    /// `store.table`
    of: String,
    /// Nothing is due while one of these states holds.
    r#while: Option<Vec<String>>,
    /// The latest of these events starts the clock.
    after: Option<Vec<String>>,
    /// The clock when no `after` value exists: one event, or several.
    else_after: Option<Events>,
    /// How long after the clock.
    keep: Option<Period>,
    /// Events that end the rule at once.
    or_on: Option<Vec<String>>,
    /// A duty to keep that erasure must respect.
    at_least: Option<AtLeast>,
    /// How much longer a row must have been due before it is touched.
    quiet: Option<Period>,
    /// What happens at the end.
    then: Then,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum Events {
    One(String),
    Several(Vec<String>),
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum AtLeast {
    Period(Period),
    Duty(Duty),
}

/// A duty to keep, with the text that imposes it.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Duty {
    period: Period,
    source: Option<Text>,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum Then {
    Word(ThenWord),
    Archive(Archive),
}

#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
enum ThenWord {
    Erase,
    Anonymise,
}

/// It moves to an archive, for a time.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Archive {
    /// How long it stays there.
    archive: Period,
    /// The store, or `store.table`, that archives.
    r#in: String,
    /// Roles and teams that may read it.
    readers: Vec<String>,
}
