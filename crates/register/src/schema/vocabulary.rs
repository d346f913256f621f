//! `vocabulary.toml`.
#![expect(dead_code, reason = "only the schemas are used")]

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::Text;

/// vocabulary.toml: the defined words.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// Kinds of persons.
    subject: Option<BTreeMap<String, Term>>,
    /// Dated facts.
    event: Option<BTreeMap<String, Event>>,
    /// Conditions that hold or not now.
    state: Option<BTreeMap<String, Term>>,
    /// Teams of the organisation.
    team: Option<BTreeMap<String, Term>>,
    /// Roles that open access.
    role: Option<BTreeMap<String, Term>>,
    /// Own categories of data, under a built-in one: `contact.fax`.
    category: Option<BTreeMap<String, Category>>,
}

/// A word, its label and its definition.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Term {
    /// How sentences say it.
    label: Text,
    /// What it means.
    definition: Option<Text>,
}

/// A dated fact.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Event {
    /// How sentences say it.
    label: Text,
    /// What it means.
    definition: Option<Text>,
    /// The states that it ends.
    ends: Option<Ends>,
    /// True when it may lie ahead (the end of a contract).
    planned: Option<bool>,
}

#[derive(JsonSchema)]
#[serde(untagged)]
enum Ends {
    One(String),
    Several(Vec<String>),
}

/// An own category.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Category {
    /// How sentences say it.
    label: Text,
    /// What it means.
    definition: Option<Text>,
    /// IRI in the W3C Data Privacy Vocabulary.
    dpv: Option<String>,
    /// Key in fideslang.
    fideslang: Option<String>,
}
