//! The schemas are kept, current, and agree with the loader.

use std::path::{Path, PathBuf};

use serde_json::Value;
use serment_register::diagnostics::{self, Code};
use serment_register::{Files, directory, schema};

fn kept() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/schema")
}

/// `SERMENT_WRITE_DOCS=1 cargo test -p serment-register` writes the schemas anew.
#[test]
fn the_kept_schemas_are_current() {
    let schemas = schema::every();
    for (name, schema) in &schemas {
        let path = kept().join(format!("{name}.json"));
        let text = format!("{schema:#}\n");
        if std::env::var_os("SERMENT_WRITE_DOCS").is_some() {
            std::fs::create_dir_all(kept()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == text,
            "{name}.json is out of date: SERMENT_WRITE_DOCS=1 cargo test -p serment-register"
        );
    }
    assert_eq!(std::fs::read_dir(kept()).unwrap().count(), schemas.len());
}

/// A validator of the part of JSON Schema that the schemas use.
fn valid(schema: &Value, root: &Value, value: &Value) -> bool {
    let Value::Object(schema) = schema else {
        return schema.as_bool().unwrap_or(false);
    };
    schema.iter().all(|(keyword, rule)| match keyword.as_str() {
        "$ref" => {
            let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
            valid(&root["$defs"][name], root, value)
        }
        "type" => {
            let is = |kind: &str| match kind {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "boolean" => value.is_boolean(),
                "integer" => value.is_i64() || value.is_u64(),
                "null" => value.is_null(),
                other => panic!("type {other}"),
            };
            rule.as_str().map_or_else(
                || {
                    rule.as_array()
                        .unwrap()
                        .iter()
                        .any(|kind| is(kind.as_str().unwrap()))
                },
                is,
            )
        }
        "required" => rule
            .as_array()
            .unwrap()
            .iter()
            .all(|key| value.get(key.as_str().unwrap()).is_some()),
        "properties" => value.as_object().is_none_or(|object| {
            object
                .iter()
                .all(|(key, value)| rule.get(key).is_none_or(|schema| valid(schema, root, value)))
        }),
        "additionalProperties" => value.as_object().is_none_or(|object| {
            let named = schema.get("properties");
            object
                .iter()
                .filter(|(key, _)| named.is_none_or(|named| named.get(key).is_none()))
                .all(|(_, value)| valid(rule, root, value))
        }),
        "items" => value
            .as_array()
            .is_none_or(|items| items.iter().all(|item| valid(rule, root, item))),
        "enum" => rule.as_array().unwrap().contains(value),
        "const" => rule == value,
        "anyOf" => rule
            .as_array()
            .unwrap()
            .iter()
            .any(|schema| valid(schema, root, value)),
        "oneOf" => {
            rule.as_array()
                .unwrap()
                .iter()
                .filter(|schema| valid(schema, root, value))
                .count()
                == 1
        }
        "minLength" => value
            .as_str()
            .is_none_or(|text| text.chars().count() as u64 >= rule.as_u64().unwrap()),
        "minimum" => value
            .as_i64()
            .is_none_or(|number| number >= rule.as_i64().unwrap()),
        "pattern" => value.as_str().is_none_or(|text| match rule.as_str().unwrap() {
            "^[A-Z]{2}$" => text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()),
            _ => {
                let words: Vec<&str> = text.split_whitespace().collect();
                let units = ["year", "month", "week", "day"];
                matches!(words.as_slice(), [count, unit] if count.parse::<u32>().is_ok()
                    && units.contains(&unit.trim_end_matches('s')))
            }
        }),
        "title" | "description" | "$schema" | "$defs" | "format" | "default" => true,
        other => panic!("the schemas use {other}, which this test does not know"),
    })
}

fn invalid_files(files: &Files) -> Vec<String> {
    let schemas = schema::every();
    let mut wrong = Vec::new();
    for (path, bytes) in files {
        let Some(name) = schema::name_for(path) else {
            continue;
        };
        let text = String::from_utf8(bytes.clone()).unwrap();
        let table: toml::Table = text.parse().unwrap();
        let mut value = serde_json::to_value(table).unwrap();
        if let Some(date) = value.pointer_mut("/organisation/not_before")
            && date.is_object()
        {
            *date = Value::from("1995-01-01");
        }
        if !valid(&schemas[name], &schemas[name], &value) {
            wrong.push(path.clone());
        }
    }
    wrong
}

#[test]
fn registers_that_pass_are_valid() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_eq!(invalid_files(&diagnostics::base()), [""; 0]);
    let sample = directory::read(&here.join("tests/fixtures/sample")).unwrap();
    assert_eq!(invalid_files(&sample), [""; 0]);
    for example in std::fs::read_dir(here.join("../../examples"))
        .into_iter()
        .flatten()
        .flatten()
    {
        if example.path().join("serment.toml").is_file() {
            let files = directory::read(&example.path()).unwrap();
            assert_eq!(invalid_files(&files), [""; 0], "{}", example.path().display());
        }
    }
}

#[test]
fn registers_of_the_wrong_shape_are_not() {
    for code in [
        Code::UnknownKey,
        Code::WrongType,
        Code::MissingKey,
        Code::NotAChoice,
        Code::BadPeriod,
        Code::BadCountry,
        Code::NoBasis,
        Code::SeveralBases,
        Code::PrefixMissing,
    ] {
        let wrong = invalid_files(&diagnostics::failing(diagnostics::entry(code)));
        assert_eq!(wrong.len(), 1, "{code}: {wrong:?}");
    }
}
