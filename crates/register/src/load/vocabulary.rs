//! `vocabulary.toml`: the defined words.

use std::collections::BTreeMap;

use super::node::{Context, Fields, Node, item_path};
use super::scalar;
use crate::model::{Category, CategoryTerm, EventTerm, Term, Text, Vocabulary};

pub(super) fn read(context: &mut Context, file: &mut Fields<'_>, vocabulary: &mut Vocabulary) {
    vocabulary.subjects = terms(context, file, "subject");
    vocabulary.states = terms(context, file, "state");
    vocabulary.teams = terms(context, file, "team");
    vocabulary.roles = terms(context, file, "role");
    for (name, node) in named(context, file, "event") {
        if let Some(event) = event(context, &node) {
            vocabulary.events.insert(name, event);
        }
    }
    let Some(categories) = file.get("category") else {
        return;
    };
    for (name, node) in categories.entries(context) {
        if !name.split('.').all(scalar::is_name) {
            scalar::check_name(context, name, node.span());
            continue;
        }
        if let Some(category) = category(context, &node) {
            vocabulary.categories.insert(Category(name.to_owned()), category);
        }
    }
}

fn named<'a>(context: &mut Context, file: &mut Fields<'a>, key: &'static str) -> Vec<(String, Node<'a>)> {
    let Some(node) = file.get(key) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (name, node) in node.entries(context) {
        if scalar::check_name(context, name, node.span()) {
            found.push((name.to_owned(), node));
        }
    }
    found
}

fn terms(context: &mut Context, file: &mut Fields<'_>, key: &'static str) -> BTreeMap<String, Term> {
    let mut found = BTreeMap::new();
    for (name, node) in named(context, file, key) {
        let Some(mut fields) = node.fields(context) else {
            continue;
        };
        found.insert(name, term(context, &mut fields));
        fields.finish(context);
    }
    found
}

fn term(context: &mut Context, fields: &mut Fields<'_>) -> Term {
    Term {
        label: label(context, fields),
        definition: optional_text(context, fields, "definition"),
    }
}

fn label(context: &mut Context, fields: &mut Fields<'_>) -> Text {
    fields
        .need(context, "label")
        .and_then(|node| node.text(context))
        .unwrap_or_default()
}

fn optional_text(context: &mut Context, fields: &mut Fields<'_>, key: &'static str) -> Text {
    fields
        .get(key)
        .and_then(|node| node.text(context))
        .unwrap_or_default()
}

fn event(context: &mut Context, node: &Node<'_>) -> Option<EventTerm> {
    let mut fields = node.fields(context)?;
    let term = term(context, &mut fields);
    let ends = match fields.get("ends") {
        Some(node) if node.value.as_str().is_some() => {
            let ended = node.filled(context);
            if let Some(ended) = &ended {
                context.remember(node.file, item_path(&node.path, ended), node.range.clone());
            }
            ended.into_iter().collect()
        }
        Some(node) => node.strings(context),
        None => Vec::new(),
    };
    let planned = fields
        .get("planned")
        .and_then(|node| node.boolean(context))
        .unwrap_or(false);
    fields.finish(context);
    Some(EventTerm { term, ends, planned })
}

fn category(context: &mut Context, node: &Node<'_>) -> Option<CategoryTerm> {
    let mut fields = node.fields(context)?;
    let term = term(context, &mut fields);
    let dpv = fields.get("dpv").and_then(|node| node.filled(context));
    let fideslang = fields.get("fideslang").and_then(|node| node.filled(context));
    fields.finish(context);
    Some(CategoryTerm { term, dpv, fideslang })
}
