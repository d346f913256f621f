//! Columns: what each holds, where it comes from, how it loses its person, how it writes time.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::node::{Context, Node};
use super::scalar;
use crate::diagnostics::{Code, Diagnostic};
use crate::model::{Category, Column, ColumnPath, Origin, Strategy, TimeEncoding};
use crate::text;

/// Most columns of one table: more than any of the databases allows.
const MOST_COLUMNS: usize = 20_000;

pub(super) fn read_all(context: &mut Context, node: &Node<'_>) -> BTreeMap<ColumnPath, Column> {
    let mut found = BTreeMap::new();
    let entries = node.entries(context);
    if entries.len() > MOST_COLUMNS {
        context.report(Diagnostic::new(
            Code::TooLarge,
            node.span(),
            text!(
                "plus de {MOST_COLUMNS} colonnes",
                "more than {MOST_COLUMNS} columns"
            ),
        ));
        return found;
    }
    for (name, node) in entries {
        if let Some(column) = column(context, &node) {
            found.insert(scalar::column_path(name), column);
        }
    }
    found
}

fn column(context: &mut Context, node: &Node<'_>) -> Option<Column> {
    let mut column = Column {
        category: None,
        origin: Origin::Provided,
        anonymise: None,
        time: None,
        file_store: None,
        span: node.span(),
    };
    let Some(mut fields) = node.table() else {
        column.category = category(&node.filled(context)?);
        return Some(column);
    };
    if let Some(written) = fields
        .need(context, "category")
        .and_then(|node| node.filled(context))
    {
        column.category = category(&written);
    }
    let origins = [
        ("provided", Origin::Provided),
        ("observed", Origin::Observed),
        ("derived", Origin::Derived),
        ("inferred", Origin::Inferred),
    ];
    if let Some(origin) = fields
        .get("origin")
        .and_then(|node| node.choice(context, &origins))
    {
        column.origin = origin;
    }
    column.anonymise = fields.get("anonymise").and_then(|node| strategy(context, &node));
    let zone = fields
        .get("zone")
        .and_then(|node| scalar::time_zone(context, &node));
    column.time = match fields.get("time") {
        Some(node) => time(context, &node, zone),
        None => zone.map(|zone| TimeEncoding::Local { zone: Some(zone) }),
    };
    if let Some(mut file) = fields.get("file").and_then(|node| node.fields(context)) {
        column.file_store = file.need(context, "store").and_then(|node| node.filled(context));
        file.finish(context);
    }
    fields.finish(context);
    Some(column)
}

/// `none` is no category: the column is not personal by itself.
fn category(written: &str) -> Option<Category> {
    (written != "none").then(|| Category(written.to_owned()))
}

fn time(context: &mut Context, node: &Node<'_>, zone: Option<String>) -> Option<TimeEncoding> {
    let choice = node.choice(
        context,
        &[
            ("date", 0),
            ("instant", 1),
            ("local", 2),
            ("text", 3),
            ("epoch_seconds", 4),
            ("epoch_milliseconds", 5),
        ],
    )?;
    if zone.is_some() && !matches!(choice, 2 | 3) {
        context.report(Diagnostic::new(
            Code::UnknownKey,
            node.span(),
            text!(
                "« zone » ne sert qu'avec time = \"local\" ou \"text\"",
                "`zone` serves with time = \"local\" or \"text\" only"
            ),
        ));
    }
    Some(match choice {
        0 => TimeEncoding::Date,
        1 => TimeEncoding::Instant,
        2 => TimeEncoding::Local { zone },
        3 => TimeEncoding::Text { zone },
        4 => TimeEncoding::EpochSeconds,
        _ => TimeEncoding::EpochMilliseconds,
    })
}

fn strategy(context: &mut Context, node: &Node<'_>) -> Option<Strategy> {
    let Some(mut fields) = node.table() else {
        let choice = node.choice(
            context,
            &[
                ("null", 0),
                ("redact", 1),
                ("year", 2),
                ("month", 3),
                ("department", 4),
                ("ip", 5),
                ("pseudonym", 6),
                ("random", 7),
            ],
        )?;
        return match choice {
            0 => Some(Strategy::Null),
            1 => Some(Strategy::Redact),
            2 => Some(Strategy::CoarsenToYear),
            3 => Some(Strategy::CoarsenToMonth),
            4 => Some(Strategy::CoarsenToDepartment),
            5 => Some(Strategy::CoarsenIp),
            _ => {
                prefix(context, node, "");
                None
            }
        };
    };
    let constant = fields.get("constant").and_then(|node| constant(context, &node));
    let band = fields.get("band");
    let pseudonym = fields.get("pseudonym");
    let random = fields.get("random");
    let chosen = [
        constant.is_some(),
        band.is_some(),
        pseudonym.is_some(),
        random.is_some(),
    ];
    fields.finish(context);
    if chosen.iter().filter(|chosen| **chosen).count() != 1 {
        node.wrong(
            context,
            "une stratégie, \"null\", \"redact\", { constant = \"…\" }, { band = 10 }, { pseudonym = \"p_\" } ou { random = \"r_\" }",
            "one strategy, \"null\", \"redact\", { constant = \"…\" }, { band = 10 }, { pseudonym = \"p_\" } or { random = \"r_\" }",
        );
        return None;
    }
    if let Some(constant) = constant {
        return Some(Strategy::Constant(constant));
    }
    if let Some(node) = band {
        return width(context, &node).map(Strategy::CoarsenToBand);
    }
    if let Some(node) = pseudonym {
        let written = node.string(context)?;
        let prefix = prefix(context, &node, written)?;
        return Some(Strategy::Pseudonym { prefix });
    }
    let node = random?;
    let written = node.string(context)?;
    let prefix = prefix(context, &node, written)?;
    Some(Strategy::Random { prefix })
}

/// A text, a number or a boolean: what a column of that type can take.
fn constant(context: &mut Context, node: &Node<'_>) -> Option<String> {
    match node.value {
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().replace('_', "")),
        DeValue::Boolean(boolean) => Some(boolean.to_string()),
        _ => node.string(context).map(str::to_owned),
    }
}

fn width(context: &mut Context, node: &Node<'_>) -> Option<u64> {
    let width = node
        .value
        .as_integer()
        .and_then(|width| width.as_str().parse::<u64>().ok());
    let width = width.filter(|width| (2..=1_000_000_000_000).contains(width));
    if width.is_none() {
        node.wrong(
            context,
            "une largeur de bande, entière et au moins 2",
            "the width of a band, whole and at least 2",
        );
    }
    width
}

/// The mark by which a run knows what an earlier one did: without it, a pseudonym would be made anew each night.
fn prefix(context: &mut Context, node: &Node<'_>, written: &str) -> Option<String> {
    if !written.trim().is_empty() {
        return Some(written.to_owned());
    }
    context.report(
        Diagnostic::new(
            Code::PrefixMissing,
            node.span(),
            text!("ce pseudonyme n'a pas de préfixe", "this pseudonym has no prefix"),
        )
        .suggest(text!(
            "anonymise = {{ pseudonym = \"p_\" }}",
            "anonymise = {{ pseudonym = \"p_\" }}"
        )),
    );
    None
}
