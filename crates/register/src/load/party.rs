//! `parties/*.toml`, `measures.toml`, `promises.toml`.

use std::collections::BTreeMap;

use serde_json::Value;
use toml::de::DeValue;

use super::node::{Context, Fields};
use super::scalar;
use crate::model::{Measure, Party, Promise};

/// What another organisation may be to us.
const KINDS: [(&str, &str); 5] = [
    ("processor", "processor"),
    ("sub_processor", "sub_processor"),
    ("joint_controller", "joint_controller"),
    ("recipient", "recipient"),
    ("authority", "authority"),
];

pub(super) fn read(
    context: &mut Context,
    file: &mut Fields<'_>,
    name: &str,
    parties: &mut BTreeMap<String, Party>,
) {
    if !scalar::check_name(context, name, file.span()) {
        return;
    }
    let Some(node) = file.need(context, "party") else {
        return;
    };
    let Some(mut fields) = node.fields(context) else {
        return;
    };
    let title = fields
        .need(context, "name")
        .and_then(|node| node.filled(context))
        .unwrap_or_default();
    let kind = fields
        .need(context, "kind")
        .and_then(|node| node.choice(context, &KINDS));
    let country = fields
        .get("country")
        .and_then(|node| scalar::country(context, &node));
    let purpose = fields
        .get("purpose")
        .and_then(|node| node.text(context))
        .unwrap_or_default();
    let adequacy = fields
        .get("adequacy")
        .and_then(|node| node.boolean(context))
        .unwrap_or(false);
    fields.finish(context);
    let party = Party {
        name: name.to_owned(),
        title,
        kind: kind.unwrap_or("recipient").to_owned(),
        country,
        adequacy,
        purpose,
        span: node.span(),
    };
    parties.insert(name.to_owned(), party);
}

pub(super) fn read_measures(
    context: &mut Context,
    file: &mut Fields<'_>,
    measures: &mut BTreeMap<String, Measure>,
) {
    let Some(node) = file.get("measure") else { return };
    for (name, node) in node.entries(context) {
        if !scalar::check_name(context, name, node.span()) {
            continue;
        }
        let Some(mut fields) = node.fields(context) else {
            continue;
        };
        let title = fields
            .need(context, "title")
            .and_then(|node| node.text(context))
            .unwrap_or_default();
        measures.insert(
            name.to_owned(),
            Measure {
                title,
                details: details(node.value, "title"),
            },
        );
    }
}

pub(super) fn read_promises(
    context: &mut Context,
    file: &mut Fields<'_>,
    promises: &mut BTreeMap<String, Promise>,
) {
    let Some(node) = file.get("promise") else { return };
    for (name, node) in node.entries(context) {
        if !scalar::check_name(context, name, node.span()) {
            continue;
        }
        let Some(mut fields) = node.fields(context) else {
            continue;
        };
        let sentence = fields
            .need(context, "sentence")
            .and_then(|node| node.text(context))
            .unwrap_or_default();
        promises.insert(
            name.to_owned(),
            Promise {
                sentence,
                details: details(node.value, "sentence"),
            },
        );
    }
}

/// Everything but the key that the model names.
fn details(value: &DeValue<'_>, without: &str) -> Value {
    let mut json = to_json(value);
    if let Value::Object(object) = &mut json {
        object.remove(without);
    }
    json
}

fn to_json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(boolean) => Value::Bool(*boolean),
        DeValue::Integer(integer) => {
            let digits = integer.as_str().replace('_', "");
            i64::from_str_radix(&digits, integer.radix()).map_or(Value::String(digits), Value::from)
        }
        DeValue::Float(float) => {
            let digits = float.as_str().replace('_', "");
            digits
                .parse::<f64>()
                .ok()
                .and_then(serde_json::Number::from_f64)
                .map_or(Value::String(digits), Value::Number)
        }
        DeValue::Datetime(datetime) => Value::String(datetime.to_string()),
        DeValue::Array(items) => items.iter().map(|item| to_json(item.get_ref())).collect(),
        DeValue::Table(table) => table
            .iter()
            .map(|(key, value)| (key.get_ref().to_string(), to_json(value.get_ref())))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}
