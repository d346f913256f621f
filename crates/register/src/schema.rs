//! The JSON Schemas of a register's files, for editors: completion and first mistakes while typing.
//!
//! They say what a file may hold; `check` says what a register means. Kept in `docs/reference/schema`.

mod activity;
mod organisation;
mod party;
mod store;
mod vocabulary;

use std::collections::BTreeMap;

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::Value;

/// The schema of each kind of file, by name: `activity` is for `activities/*.toml`.
pub fn every() -> BTreeMap<&'static str, Value> {
    BTreeMap::from([
        ("serment", schema::<organisation::File>()),
        ("vocabulary", schema::<vocabulary::File>()),
        ("activity", schema::<activity::File>()),
        ("store", schema::<store::File>()),
        ("store-tables", schema::<store::PartFile>()),
        ("party", schema::<party::File>()),
        ("measures", schema::<party::MeasuresFile>()),
        ("promises", schema::<party::PromisesFile>()),
    ])
}

/// The name of the schema for a file of a register.
pub fn name_for(path: &str) -> Option<&'static str> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["serment.toml"] => Some("serment"),
        ["vocabulary.toml"] => Some("vocabulary"),
        ["measures.toml"] => Some("measures"),
        ["promises.toml"] => Some("promises"),
        ["activities", _] => Some("activity"),
        ["parties", _] => Some("party"),
        ["stores", _] => Some("store"),
        ["stores", _, _] => Some("store-tables"),
        _ => None,
    }
}

fn schema<T: JsonSchema>() -> Value {
    let generator: SchemaGenerator = SchemaSettings::draft2020_12().into_generator();
    generator.into_root_schema_for::<T>().to_value()
}

/// A text in each language of the organisation, or one text when it has only one language.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum Text {
    /// The organisation publishes in one language.
    One(String),
    /// One text in each language.
    Each(Languages),
}

/// A text in each language.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
struct Languages {
    /// French.
    #[serde(default)]
    fr: String,
    /// English.
    #[serde(default)]
    en: String,
}

/// A calendar period: `3 years`.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Period(#[schemars(regex(pattern = r"^\s*[0-9]{1,9}\s+(year|month|week|day)s?\s*$"))] String);

/// An ISO 3166-1 alpha-2 code: `FR`.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Country(#[schemars(regex(pattern = "^[A-Z]{2}$"))] String);

/// A condition on the columns of one row: `ended_at is null or ended_at > now`.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Condition(String);
