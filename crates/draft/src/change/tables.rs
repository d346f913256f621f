//! Stores, tables, columns, links.

use std::collections::BTreeMap;

use serment_register::model::{Column, Link, LinkKind, Register, Store, Table, Text};
use serment_register::text;

use super::rules::compared;
use super::{Change, Sign};

pub(super) fn tables(old: &Register, new: &Register) -> Vec<Change> {
    let mut found = compared(&old.stores, &new.stores, |one, other| {
        (store(one, other), moved(one, other))
    });
    let of = |register: &Register| -> BTreeMap<String, Table> {
        register
            .tables()
            .map(|table| (table.id.to_string(), table.clone()))
            .collect()
    };
    let (before, after) = (of(old), of(new));
    let whole = compared(&before, &after, |one, other| {
        let details = table(one, other);
        let kept = !details.is_empty();
        (details, kept)
    });
    for change in whole {
        // A new table is told with what it holds, by its columns.
        let both = (before.get(&change.place), after.get(&change.place));
        let personal = |table: &Table| {
            table
                .columns
                .values()
                .filter(|column| column.category.is_some())
                .count()
        };
        let mut change = change;
        if let (None, Some(table)) | (Some(table), None) = both {
            let (all, personal) = (table.columns.len(), personal(table));
            change.details.push(text!(
                "{all} colonnes, dont {personal} personnelles",
                "{all} columns, {personal} of them personal"
            ));
        }
        found.push(change);
    }
    for (id, one) in &before {
        let Some(other) = after.get(id) else { continue };
        let columns = compared(&one.columns, &other.columns, |one, other| {
            let details = column(one, other);
            let kept = !details.is_empty();
            (details, kept)
        });
        for change in columns {
            let said = match change.sign {
                Sign::Added => other
                    .columns
                    .iter()
                    .find(|(path, _)| path.to_string() == change.place),
                _ => one
                    .columns
                    .iter()
                    .find(|(path, _)| path.to_string() == change.place),
            };
            let mut details = change.details;
            if change.sign != Sign::Changed {
                details.extend(said.map(|(_, column)| category(column)));
            }
            found.push(Change {
                place: format!("{id}.{}", change.place),
                details,
                ..change
            });
        }
        let links = compared(&one.links, &other.links, |one, other| {
            let (was, is) = (link(one), link(other));
            let same = was == is;
            let details = if same {
                Vec::new()
            } else {
                vec![text!("{was} → {is}", "{was} → {is}")]
            };
            (details, !same)
        });
        found.extend(links.into_iter().map(|change| Change {
            place: format!("{id} → {}", change.place),
            ..change
        }));
    }
    found
}

fn moved(one: &Store, other: &Store) -> bool {
    one.kind != other.kind
        || one.url != other.url
        || one.time_zone != other.time_zone
        || one.copies != other.copies
}

fn store(one: &Store, other: &Store) -> Vec<Text> {
    let mut details = Vec::new();
    let mut compare = |what: &str, same: bool| {
        if !same {
            details.push(text!(
                "{what} n'est plus le même",
                "{what} is not the same any more"
            ));
        }
    };
    compare("kind", one.kind == other.kind);
    compare("url", one.url == other.url);
    compare("write_url", one.write_url == other.write_url);
    compare("location", one.location == other.location);
    compare("operator", one.operator == other.operator);
    compare("time_zone", one.time_zone == other.time_zone);
    compare("copies", one.copies == other.copies);
    compare("access", one.access == other.access);
    compare("progress", one.progress == other.progress);
    details
}

/// What two versions of a table say otherwise, columns and links apart.
fn table(one: &Table, other: &Table) -> Vec<Text> {
    let mut details = Vec::new();
    let mut compare = |fr: &str, en: &str, same: bool| {
        if !same {
            details.push(text!("{fr} change", "{en} changes"));
        }
    };
    compare(
        "le nom dans la base",
        "the name in the store",
        one.name == other.name && one.schema == other.schema,
    );
    compare("« key »", "`key`", one.key == other.key);
    compare("« subjects »", "`subjects`", one.subjects == other.subjects);
    compare("« client »", "`client`", one.client == other.client);
    compare("« identify »", "`identify`", one.identify == other.identify);
    compare("« gone »", "`gone`", one.gone == other.gone);
    for (what, names) in [
        ("state", changed(&one.states, &other.states)),
        ("event", changed(&one.events, &other.events)),
    ] {
        for name in names {
            compare(&format!("{what} « {name} »"), &format!("{what} `{name}`"), false);
        }
    }
    match (&one.unruled, &other.unruled) {
        (None, Some(why)) => details.push(text!(
            "plus aucune règle : « {why} »",
            "no rule any more: \"{why}\""
        )),
        (Some(_), None) => details.push(text!("n'est plus sans règle", "is no longer without rule")),
        (Some(was), Some(is)) if was != is => details.push(text!(
            "sans règle : « {was} » → « {is} »",
            "without rule: \"{was}\" → \"{is}\""
        )),
        _ => {}
    }
    details
}

fn changed<V: PartialEq>(one: &BTreeMap<String, V>, other: &BTreeMap<String, V>) -> Vec<String> {
    let names: std::collections::BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    names
        .into_iter()
        .filter(|name| one.get(*name) != other.get(*name))
        .cloned()
        .collect()
}

fn category(column: &Column) -> Text {
    let said = column
        .category
        .as_ref()
        .map_or_else(|| "none".to_owned(), ToString::to_string);
    text!("{said}", "{said}")
}

fn column(one: &Column, other: &Column) -> Vec<Text> {
    let mut details = Vec::new();
    if one.category != other.category {
        let (was, is) = (category(one), category(other));
        details.push(text!("{was} → {is}", "{was} → {is}"; was, is));
    }
    let mut compare = |what: &str, same: bool| {
        if !same {
            details.push(text!("« {what} » change", "`{what}` changes"));
        }
    };
    compare("origin", one.origin == other.origin);
    compare("anonymise", one.anonymise == other.anonymise);
    compare("time", one.time == other.time);
    compare("file", one.file_store == other.file_store);
    details
}

fn link(link: &Link) -> String {
    let kind = match link.kind {
        LinkKind::BelongsTo => "belongs_to",
        LinkKind::RefersTo => "refers_to",
    };
    let by: Vec<String> = link
        .by
        .iter()
        .map(|(ours, theirs)| format!("{ours} = {theirs}"))
        .collect();
    let when = link
        .when
        .as_ref()
        .map_or_else(String::new, |when| format!(" where {when}"));
    format!("{kind} {} ({}){when}", link.to, by.join(", "))
}
