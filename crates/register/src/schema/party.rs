//! `parties/*.toml`, `measures.toml`, `promises.toml`.
#![expect(dead_code, reason = "only the schemas are used")]

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::{Country, Text};

/// parties/*.toml: another organisation.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    party: Party,
}

/// Another organisation.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Party {
    /// Published name.
    name: String,
    /// What it is to us.
    kind: Kind,
    /// Its country.
    country: Option<Country>,
    /// What it does for us.
    purpose: Option<Text>,
    /// True when it is on the list of an adequacy decision that covers only some organisations of its country.
    adequacy: Option<bool>,
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Processor,
    SubProcessor,
    JointController,
    Recipient,
    Authority,
}

/// measures.toml: declared measures (GDPR Art. 32).
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MeasuresFile {
    measure: Option<BTreeMap<String, Measure>>,
}

/// A measure; its other keys are kept for its keeper.
#[derive(JsonSchema)]
struct Measure {
    title: Text,
}

/// promises.toml: published sentences.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PromisesFile {
    promise: Option<BTreeMap<String, Promise>>,
}

/// A promise; its other keys are kept for its keeper.
#[derive(JsonSchema)]
struct Promise {
    sentence: Text,
}
