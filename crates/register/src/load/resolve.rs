//! What tables say of one another: states and events read through links.

use super::node::Context;
use super::scalar;
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::model::{ColumnPath, EventSource, LinkKind, Register, State, Table, TableId};
use crate::predicate::Predicate;
use crate::span::Span;
use crate::text;

/// What waits until every table is known.
#[derive(Default)]
pub(super) struct Pending {
    pub states: Vec<(TableId, RawState)>,
    pub events: Vec<(TableId, RawEvent)>,
}

/// `{ any = "child", by = "link", where = "…" }`
pub(super) struct RawState {
    pub name: String,
    pub child: String,
    pub by: Option<String>,
    pub when: Predicate,
    pub span: Span,
}

/// An event of a table, as written.
pub(super) struct RawEvent {
    pub name: String,
    pub sources: Vec<RawSource>,
}

/// One source of an event, as written.
pub(super) enum RawSource {
    /// `column`, `link.column`, `child.column`, `store.table.column`
    Name(String, Span),
    /// `{ link = "…", column = "…" }`
    Parent {
        link: String,
        column: ColumnPath,
        span: Span,
    },
    /// `{ any = "child", by = "link", column = "…" }`
    Children {
        child: String,
        by: Option<String>,
        column: ColumnPath,
        span: Span,
    },
}

pub(super) fn resolve(context: &mut Context, register: &mut Register, pending: Pending) {
    for (id, raw) in pending.states {
        let Some(child) = scalar::table_id(&raw.child, Some(&id.store)) else {
            continue;
        };
        let Some(link) = link_back(context, register, &id, &child, raw.by.as_deref(), &raw.span) else {
            context.broken.insert((id, raw.name));
            continue;
        };
        if let Some(table) = table_mut(register, &id) {
            table.states.insert(
                raw.name,
                State::Children {
                    table: child,
                    link,
                    when: raw.when,
                },
            );
        }
    }
    for (id, raw) in pending.events {
        let sources: Vec<EventSource> = raw
            .sources
            .iter()
            .filter_map(|source| resolve_source(context, register, &id, source))
            .collect();
        if sources.len() < raw.sources.len() {
            context.broken.insert((id, raw.name));
        } else if let Some(table) = table_mut(register, &id) {
            table.events.insert(raw.name, sources);
        }
    }
}

fn table_mut<'a>(register: &'a mut Register, id: &TableId) -> Option<&'a mut Table> {
    register.stores.get_mut(&id.store)?.tables.get_mut(&id.table)
}

fn resolve_source(
    context: &mut Context,
    register: &Register,
    id: &TableId,
    source: &RawSource,
) -> Option<EventSource> {
    let table = register.table(id)?;
    match source {
        RawSource::Parent { link, column, span } => {
            if table.links.contains_key(link) {
                return Some(EventSource::Parent {
                    link: link.clone(),
                    column: column.clone(),
                });
            }
            context.report(unknown_link(table, link, span));
            None
        }
        RawSource::Children {
            child,
            by,
            column,
            span,
        } => {
            let child = scalar::table_id(child, Some(&id.store))?;
            let link = link_back(context, register, id, &child, by.as_deref(), span)?;
            Some(EventSource::Children {
                table: child,
                link,
                column: column.clone(),
            })
        }
        RawSource::Name(written, span) => resolve_name(context, register, table, written, span),
    }
}

/// A name before the first dot is a link of this table, else a child table of the same store, else a store, else a
/// JSON column of this table.
fn resolve_name(
    context: &mut Context,
    register: &Register,
    table: &Table,
    written: &str,
    span: &Span,
) -> Option<EventSource> {
    let Some((first, rest)) = written.split_once('.') else {
        return Some(EventSource::Own(ColumnPath::whole(written)));
    };
    if table.links.contains_key(first) {
        return Some(EventSource::Parent {
            link: first.to_owned(),
            column: scalar::column_path(rest),
        });
    }
    let child = TableId {
        store: table.id.store.clone(),
        table: first.to_owned(),
    };
    if register.table(&child).is_some() {
        return through(context, register, table, child, rest, span);
    }
    if let Some((second, column)) = rest.split_once('.')
        && register.stores.contains_key(first)
    {
        let other = TableId {
            store: first.to_owned(),
            table: second.to_owned(),
        };
        return through(context, register, table, other, column, span);
    }
    if table.columns.keys().any(|path| path.column == first) {
        return Some(EventSource::Own(scalar::column_path(written)));
    }
    let id = &table.id;
    let siblings = register
        .stores
        .get(&id.store)
        .into_iter()
        .flat_map(|store| store.tables.keys());
    let known = table
        .links
        .keys()
        .chain(siblings)
        .chain(register.stores.keys())
        .map(String::as_str);
    let columns = table.columns.keys().map(|path| path.column.as_str());
    context.report(
        Diagnostic::new(
            Code::UnknownLink,
            span.clone(),
            text!(
                "« {first} » n'est ni un lien, ni une table fille, ni une colonne JSON de {id}, ni une base",
                "`{first}` is neither a link, a child table or a JSON column of {id}, nor a store"
            ),
        )
        .suggest_if(did_you_mean(first, known.chain(columns)))
        .about([id.to_string()]),
    );
    None
}

/// A column of another table: of the child rows when it has a link to this table, of the parent row otherwise.
fn through(
    context: &mut Context,
    register: &Register,
    table: &Table,
    other: TableId,
    column: &str,
    span: &Span,
) -> Option<EventSource> {
    let column = scalar::column_path(column);
    let back = register
        .table(&other)
        .is_some_and(|child| child.links.values().any(|link| link.to == table.id));
    if !back && let Some(link) = table.links.values().find(|link| link.to == other) {
        return Some(EventSource::Parent {
            link: link.name.clone(),
            column,
        });
    }
    let link = link_back(context, register, &table.id, &other, None, span)?;
    Some(EventSource::Children {
        table: other,
        link,
        column,
    })
}

/// The link of the child table that reaches this one.
fn link_back(
    context: &mut Context,
    register: &Register,
    id: &TableId,
    child: &TableId,
    by: Option<&str>,
    span: &Span,
) -> Option<String> {
    let Some(table) = register.table(child) else {
        let known: Vec<String> = register.tables().map(|table| table.id.to_string()).collect();
        context.report(
            Diagnostic::new(
                Code::UnknownTable,
                span.clone(),
                text!(
                    "la table « {child} » n'est pas déclarée",
                    "the table `{child}` is not declared"
                ),
            )
            .suggest_if(did_you_mean(&child.to_string(), known.iter().map(String::as_str)))
            .about([id.to_string()]),
        );
        return None;
    };
    if let Some(by) = by {
        if table.links.get(by).is_some_and(|link| link.to == *id) {
            return Some(by.to_owned());
        }
        context.report(unknown_link(table, by, span));
        return None;
    }
    let links: Vec<&str> = table
        .links
        .values()
        .filter(|link| link.to == *id)
        .map(|link| link.name.as_str())
        .collect();
    match links.as_slice() {
        [link] => Some((*link).to_owned()),
        [] => {
            context.report(
                Diagnostic::new(
                    Code::NoLinkBack,
                    span.clone(),
                    text!("{child} n'a pas de lien vers {id}", "{child} has no link to {id}"),
                )
                .suggest(text!(
                    "déclarez-le : [table.{0}.belongs_to.…] to = \"{1}\"",
                    "declare it: [table.{0}.belongs_to.…] to = \"{1}\"",
                    child.table,
                    id.table
                ))
                .about([id.to_string()]),
            );
            None
        }
        several => {
            let same_person: Vec<&&str> = several
                .iter()
                .filter(|name| table.links[**name].kind == LinkKind::BelongsTo)
                .collect();
            let first = same_person.first().map_or(several[0], |name| **name);
            let names = several.join(", ");
            context.report(
                Diagnostic::new(
                    Code::AmbiguousLink,
                    span.clone(),
                    text!(
                        "plusieurs liens mènent de {child} à {id} : {names}",
                        "several links lead from {child} to {id}: {names}"
                    ),
                )
                .suggest(text!(
                    "dites lequel : {{ any = \"{0}\", by = \"{first}\", … }}",
                    "say which: {{ any = \"{0}\", by = \"{first}\", … }}",
                    child.table
                ))
                .about([id.to_string()]),
            );
            None
        }
    }
}

fn unknown_link(table: &Table, written: &str, span: &Span) -> Diagnostic {
    let id = &table.id;
    Diagnostic::new(
        Code::UnknownLink,
        span.clone(),
        text!(
            "{id} n'a pas de lien « {written} »",
            "{id} has no link `{written}`"
        ),
    )
    .suggest_if(did_you_mean(written, table.links.keys().map(String::as_str)))
    .about([id.to_string()])
}
