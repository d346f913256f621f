//! `tests/architecture.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serment_tests::workspace;

/// The rules of the architecture, as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Which packages of the workspace each one may use.
    pub arrows: BTreeMap<String, Vec<String>>,
    /// Which of our packages may use one from outside.
    pub only: BTreeMap<String, Vec<String>>,
    /// Pure packages, with the modules that are excepted.
    pub pure: BTreeMap<String, Vec<String>>,
    /// What they may not name.
    pub impure: Impure,
}

/// What has an effect or depends on the moment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Impure {
    /// Beginnings of paths.
    pub begins: Vec<String>,
    /// Ends of paths.
    pub ends: Vec<String>,
    /// Macros.
    pub macros: Vec<String>,
}

/// Reads them.
pub fn read() -> Rules {
    let text = workspace::read(&workspace::root().join("tests/architecture.toml"));
    toml::from_str(&text).unwrap_or_else(|error| panic!("tests/architecture.toml: {error}"))
}
