//! What was read of a database. Values are counted, compared by their hashes, and forgotten.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use serment_detect::{Contents, Shape};
use serment_register::model::{StoreKind, Text};
use serment_store::catalogue::{Catalogue, Column, ColumnKind, TableName};

/// A database that was read.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name in the register: letters, digits and `_`, a letter first.
    pub name: String,
    /// What it is.
    pub kind: StoreKind,
    /// What the register writes as its address: `env:NAME` or `file:PATH`, never a secret.
    pub url: String,
    /// The variable to export, when `url` names a new one.
    pub export: Option<String>,
    /// Its tables and views.
    pub catalogue: Catalogue,
    /// What its columns hold.
    pub observed: BTreeMap<TableName, BTreeMap<String, Observed>>,
    /// Tables whose rows could not be read, and why.
    pub unread: BTreeMap<TableName, Text>,
}

/// What a column holds, from a few of its values: counts and hashes, never a value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Observed {
    /// Its values, counted.
    pub contents: Contents,
    /// Hashes of its values, to see whether two columns share some.
    seen: BTreeSet<u64>,
    /// What stands inside, where the values are JSON objects: by the keys that lead there.
    pub inside: BTreeMap<Vec<String>, Contents>,
}

/// How deep JSON is looked into.
const DEEPEST: usize = 4;
/// Most places inside the JSON of one column.
const MOST_PLACES: usize = 100;

impl Observed {
    /// Counts values; those of JSON columns are looked into.
    pub fn of(values: &[String], json: bool) -> Self {
        let mut inside = BTreeMap::new();
        if json {
            let mut places: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
            for value in values {
                if let Ok(value @ Value::Object(_)) = serde_json::from_str(value) {
                    look_into(&value, &mut Vec::new(), &mut places);
                }
            }
            inside = places
                .into_iter()
                .map(|(path, values)| (path, Contents::of(values.iter().map(String::as_str))))
                .collect();
        }
        let contents = if json && !inside.is_empty() {
            Contents::default()
        } else {
            Contents::of(values.iter().map(String::as_str))
        };
        Self {
            contents,
            seen: values.iter().map(|value| hash(value.trim())).collect(),
            inside,
        }
    }

    /// Whether most values are JSON objects: worth reading again, whole.
    pub fn looks_like_json(values: &[String]) -> bool {
        let objects = values.iter().filter(|value| value.starts_with('{')).count();
        objects > 0 && objects * 5 >= values.len() * 4
    }

    /// How many different values were seen.
    pub fn distinct(&self) -> usize {
        self.seen.len()
    }

    /// How many of the values seen here were also seen there.
    pub fn shared_with(&self, other: &Self) -> usize {
        self.seen.intersection(&other.seen).count()
    }
}

fn look_into(value: &Value, path: &mut Vec<String>, places: &mut BTreeMap<Vec<String>, Vec<String>>) {
    match value {
        // A key with a dot could not be written in a register.
        Value::Object(fields) if path.len() < DEEPEST => {
            for (key, inner) in fields {
                if key.is_empty() || key.contains('.') {
                    continue;
                }
                path.push(key.clone());
                look_into(inner, path, places);
                path.pop();
            }
        }
        Value::Null => {}
        other if places.len() < MOST_PLACES || places.contains_key(path) => {
            let text = match other {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            places.entry(path.clone()).or_default().push(text);
        }
        _ => {}
    }
}

/// FNV-1a: quick, the same everywhere, and enough to compare a few hundred values.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// What a column can hold, in the words of the guesses.
pub(crate) fn shape(column: &Column) -> Shape {
    match column.kind {
        ColumnKind::Text => Shape::Text,
        ColumnKind::Integer => Shape::Whole,
        ColumnKind::Number => Shape::Number,
        ColumnKind::Boolean => Shape::Flag,
        ColumnKind::Date | ColumnKind::LocalTime | ColumnKind::Instant => Shape::Time,
        ColumnKind::Uuid => Shape::Uuid,
        ColumnKind::Json => Shape::Json,
        ColumnKind::Inet => Shape::Address,
        ColumnKind::Bytes => Shape::Bytes,
        ColumnKind::Other => Shape::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    #[test]
    fn json_is_looked_into() {
        let values = texts(&[
            r#"{"address":{"city":"Paris"},"a.b":1}"#,
            r#"{"address":{"city":"Lyon"},"n":3,"gone":null}"#,
        ]);
        assert!(Observed::looks_like_json(&values));
        let observed = Observed::of(&values, true);
        let places: Vec<String> = observed.inside.keys().map(|path| path.join(".")).collect();
        assert_eq!(places, ["address.city", "n"]);
    }

    #[test]
    fn columns_that_share_values_are_seen() {
        let one = Observed::of(&texts(&["a", "b", "c"]), false);
        let other = Observed::of(&texts(&["c", "b ", "d"]), false);
        assert_eq!(one.shared_with(&other), 2);
    }
}
