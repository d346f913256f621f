//! A mapped table: whose rows it holds, how they hang together, what each column is.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::node::{Context, Fields, Node};
use super::resolve::{Pending, RawEvent, RawSource, RawState};
use super::{column, scalar};
use crate::diagnostics::{Code, Diagnostic};
use crate::model::{ClientOf, Identifier, Link, LinkKind, State, Strength, SubjectOf, Table, TableId};
use crate::text;

pub(super) fn read(
    context: &mut Context,
    id: TableId,
    node: &Node<'_>,
    pending: &mut Pending,
) -> Option<Table> {
    let mut fields = node.fields(context)?;
    let strings = |context: &mut Context, fields: &mut Fields<'_>, key| {
        fields
            .get(key)
            .map(|node| node.strings(context))
            .unwrap_or_default()
    };
    let schema = fields.get("schema").and_then(|node| node.filled(context));
    let name = fields.get("name").and_then(|node| node.filled(context));
    let subjects = fields
        .get("subjects")
        .map(|node| subjects(context, &node))
        .unwrap_or_default();
    let key = strings(context, &mut fields, "key");
    let client = fields.get("client").and_then(|node| node.filled(context));
    let identify = fields
        .get("identify")
        .map(|node| identify(context, &node))
        .unwrap_or_default();
    let gone = fields
        .get("gone")
        .and_then(|node| scalar::condition(context, &node));
    let unruled = fields.get("unruled").and_then(|node| node.filled(context));
    let mut links = BTreeMap::new();
    for (key, kind) in [
        ("belongs_to", LinkKind::BelongsTo),
        ("refers_to", LinkKind::RefersTo),
    ] {
        if let Some(node) = fields.get(key) {
            read_links(context, &id, kind, &node, &mut links);
        }
    }
    let columns = fields
        .get("columns")
        .map(|node| column::read_all(context, &node))
        .unwrap_or_default();
    let triggers = fields
        .get("triggers")
        .map(|node| reasons(context, &node))
        .unwrap_or_default();
    let mut states = BTreeMap::new();
    if let Some(node) = fields.get("states") {
        read_states(context, &id, &node, &mut states, pending);
    }
    if let Some(node) = fields.get("events") {
        read_events(context, &id, &node, pending);
    }
    fields.finish(context);
    // `client` names a link when the table has one of that name, a column otherwise.
    let client = client.map(|name| {
        if links.contains_key(&name) {
            ClientOf::Link(name)
        } else {
            ClientOf::Column(name)
        }
    });
    Some(Table {
        name: name.unwrap_or_else(|| id.table.clone()),
        id,
        schema,
        subjects,
        key,
        client,
        identify,
        gone,
        states,
        events: BTreeMap::new(),
        links,
        columns,
        unruled,
        triggers,
        span: node.span(),
    })
}

fn subjects(context: &mut Context, node: &Node<'_>) -> Vec<SubjectOf> {
    let mut found = Vec::new();
    for item in node.items(context) {
        if let Some(mut fields) = item.table() {
            let subject = fields.need(context, "is").and_then(|node| node.filled(context));
            let when = fields
                .get("where")
                .and_then(|node| scalar::condition(context, &node));
            fields.finish(context);
            found.extend(subject.map(|subject| SubjectOf { subject, when }));
        } else if let Some(subject) = item.filled(context) {
            found.push(SubjectOf { subject, when: None });
        }
    }
    found
}

fn identify(context: &mut Context, node: &Node<'_>) -> BTreeMap<String, Identifier> {
    let strengths = [
        ("identifies", Strength::Identifies),
        ("suggests", Strength::Suggests),
    ];
    let mut found = BTreeMap::new();
    for (name, node) in node.entries(context) {
        let Some(mut fields) = node.fields(context) else {
            continue;
        };
        let column = fields
            .need(context, "column")
            .and_then(|node| node.filled(context));
        let strength = fields
            .need(context, "strength")
            .and_then(|node| node.choice(context, &strengths));
        fields.finish(context);
        if let (Some(column), Some(strength)) = (column, strength) {
            found.insert(
                name.to_owned(),
                Identifier {
                    column: scalar::column_path(&column),
                    strength,
                },
            );
        }
    }
    found
}

fn read_links(
    context: &mut Context,
    id: &TableId,
    kind: LinkKind,
    node: &Node<'_>,
    links: &mut BTreeMap<String, Link>,
) {
    for (name, node) in node.entries(context) {
        if !scalar::check_name(context, name, node.span()) {
            continue;
        }
        if links.contains_key(name) {
            context.report(Diagnostic::new(
                Code::Duplicate,
                node.span(),
                text!(
                    "un autre lien s'appelle déjà « {name} »",
                    "another link is already called `{name}`"
                ),
            ));
            continue;
        }
        if let Some(link) = link(context, id, kind, name, &node) {
            links.insert(name.to_owned(), link);
        }
    }
}

fn link(context: &mut Context, id: &TableId, kind: LinkKind, name: &str, node: &Node<'_>) -> Option<Link> {
    let mut fields = node.fields(context)?;
    let to = fields.need(context, "to").and_then(|node| node.filled(context));
    let mut by = Vec::new();
    if let Some(node) = fields.need(context, "by") {
        let mut pairs = node.entries(context);
        // In the order of writing: it is the order of a composite key.
        pairs.sort_by_key(|(_, node)| node.range.start);
        for (ours, theirs) in pairs {
            by.extend(theirs.filled(context).map(|theirs| (ours.to_owned(), theirs)));
        }
        if by.is_empty() {
            context.report(
                Diagnostic::new(
                    Code::LinkWithoutColumns,
                    node.span(),
                    text!(
                        "le lien « {name} » ne dit pas par quelles colonnes",
                        "the link `{name}` does not say by which columns"
                    ),
                )
                .suggest(text!(
                    "by = {{ {name}_id = \"id\" }}",
                    "by = {{ {name}_id = \"id\" }}"
                )),
            );
        }
    }
    let when = fields
        .get("where")
        .and_then(|node| scalar::condition(context, &node));
    fields.finish(context);
    Some(Link {
        name: name.to_owned(),
        kind,
        to: scalar::table_id(&to?, Some(&id.store))?,
        by,
        when,
        span: node.span(),
    })
}

fn read_states(
    context: &mut Context,
    id: &TableId,
    node: &Node<'_>,
    states: &mut BTreeMap<String, State>,
    pending: &mut Pending,
) {
    for (name, node) in node.entries(context) {
        let before = context.found.len();
        read_state(context, id, name, &node, states, pending);
        if context.found.len() > before {
            context.broken.insert((id.clone(), name.to_owned()));
        }
    }
}

fn read_state(
    context: &mut Context,
    id: &TableId,
    name: &str,
    node: &Node<'_>,
    states: &mut BTreeMap<String, State>,
    pending: &mut Pending,
) {
    let Some(mut fields) = node.table() else {
        if let Some(when) = scalar::condition(context, node) {
            states.insert(name.to_owned(), State::Own(when));
        }
        return;
    };
    let link = fields.get("link").and_then(|node| node.filled(context));
    let any = fields.get("any");
    let by = fields.get("by").and_then(|node| node.filled(context));
    let when = fields
        .need(context, "where")
        .and_then(|node| scalar::condition(context, &node));
    fields.finish(context);
    match (link, any) {
            (Some(link), None) => {
                states.extend(when.map(|when| (name.to_owned(), State::Parent { link, when })));
            }
            (None, Some(any)) => {
                if let (Some(child), Some(when)) = (any.filled(context), when) {
                    let state = RawState { name: name.to_owned(), child, by, when, span: any.span() };
                    pending.states.push((id.clone(), state));
                }
            }
            _ => context.report(
                Diagnostic::new(
                    Code::MissingKey,
                    node.span(),
                    text!("l'état « {name} » se lit par « link » ou par « any », l'un des deux", "the state `{name}` is read by `link` or by `any`, one of the two"),
                )
                .suggest(text!(
                    "{{ link = \"…\", where = \"…\" }} pour la ligne parente, {{ any = \"table\", where = \"…\" }} pour les lignes filles",
                    "{{ link = \"…\", where = \"…\" }} for the parent row, {{ any = \"table\", where = \"…\" }} for child rows"
                )),
            ),
        }
}

fn read_events(context: &mut Context, id: &TableId, node: &Node<'_>, pending: &mut Pending) {
    for (name, node) in node.entries(context) {
        let mut sources = Vec::new();
        if let Some(mut fields) = node.table()
            && let Some(latest) = fields.get("latest")
        {
            for item in latest.items(context) {
                sources.extend(source(context, &item));
            }
            fields.finish(context);
        } else {
            sources.extend(source(context, &node));
        }
        if sources.is_empty() {
            context.broken.insert((id.clone(), name.to_owned()));
            continue;
        }
        pending.events.push((
            id.clone(),
            RawEvent {
                name: name.to_owned(),
                sources,
            },
        ));
    }
}

/// `"column"`, `"link.column"`, `{ link = "…", column = "…" }` or `{ any = "child", by = "…", column = "…" }`.
fn source(context: &mut Context, node: &Node<'_>) -> Option<RawSource> {
    let span = node.span();
    if matches!(node.value, DeValue::String(_)) {
        return Some(RawSource::Name(node.filled(context)?, span));
    }
    let mut fields = node.fields(context)?;
    let link = fields.get("link").and_then(|node| node.filled(context));
    let any = fields.get("any").and_then(|node| node.filled(context));
    let by = fields.get("by").and_then(|node| node.filled(context));
    let column = fields
        .need(context, "column")
        .and_then(|node| node.filled(context));
    fields.finish(context);
    let column = scalar::column_path(&column?);
    match (link, any) {
        (Some(link), None) => Some(RawSource::Parent { link, column, span }),
        (None, Some(child)) => Some(RawSource::Children {
            child,
            by,
            column,
            span,
        }),
        _ => {
            context.report(Diagnostic::new(
                Code::MissingKey,
                span,
                text!(
                    "la source d'un événement est une colonne, {{ link, column }} ou {{ any, column }}",
                    "the source of an event is a column, {{ link, column }} or {{ any, column }}"
                ),
            ));
            None
        }
    }
}

fn reasons(context: &mut Context, node: &Node<'_>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (name, node) in node.entries(context) {
        found.extend(node.filled(context).map(|reason| (name.to_owned(), reason)));
    }
    found
}
