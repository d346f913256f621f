//! Every personal datum is needed by some purpose, and something ends that need.

use super::graph::{Graph, any_covers};
use crate::diagnostics::{Code, Diagnostic};
use crate::load::node::Context;
use crate::model::{LinkKind, Register, Table};
use crate::text;

pub(super) fn check<'a>(context: &mut Context, register: &'a Register, graph: &Graph<'a>) {
    for table in register.tables() {
        if table.unruled.is_some() {
            continue;
        }
        let id = &table.id;
        let governing = graph.governing(table);
        let personal = table.columns.values().any(|column| column.category.is_some());
        if governing.is_empty() {
            if personal {
                context.report(
                    Diagnostic::new(
                        Code::Unruled,
                        table.span.clone(),
                        text!(
                            "{id} contient des données personnelles, sans règle ni raison de ne pas en avoir",
                            "{id} holds personal data, with neither a rule nor a reason to have none"
                        ),
                    )
                    .suggest(text!(
                        "écrivez une [[retention]] avec of = \"{id}\", un lien belongs_to vers une table qui en a une, ou unruled = \"pourquoi\"",
                        "write a [[retention]] with of = \"{id}\", a belongs_to link to a table that has one, or unruled = \"why\""
                    ))
                    .about([id.to_string()]),
                );
            }
            continue;
        }
        if table.key.is_empty() {
            context.report(
                Diagnostic::new(
                    Code::NoKey,
                    table.span.clone(),
                    text!(
                        "{id} est gouvernée par une règle et n'a pas de clé",
                        "{id} is governed by a rule and has no key"
                    ),
                )
                .suggest(text!("key = [\"id\"]", "key = [\"id\"]"))
                .about([id.to_string()]),
            );
        }
        if graph.subjects(table).is_empty() {
            let mut about: Vec<&str> = governing
                .iter()
                .flat_map(|(activity, _)| &activity.subjects)
                .map(String::as_str)
                .collect();
            about.sort_unstable();
            about.dedup();
            let about = format!("{about:?}");
            context.report(
                Diagnostic::new(
                    Code::NoSubject,
                    table.span.clone(),
                    text!(
                        "{id} est gouvernée par une règle et ne dit pas de quelles personnes elle parle",
                        "{id} is governed by a rule and does not say which persons it is about"
                    ),
                )
                .suggest(text!("subjects = {about}", "subjects = {about}"))
                .about([id.to_string()]),
            );
        }
        if graph.own_rules(id).is_empty() {
            two_parents(context, table);
        }
        uncovered(context, table, graph);
    }
}

fn two_parents(context: &mut Context, table: &Table) {
    let parents: Vec<_> = table
        .links
        .values()
        .filter(|link| link.kind == LinkKind::BelongsTo && link.when.is_none() && link.to != table.id)
        .collect();
    if let [first, second, ..] = parents.as_slice() {
        let id = &table.id;
        let (one, other) = (&first.name, &second.name);
        context.report(
            Diagnostic::new(
                Code::TwoParents,
                second.span.clone(),
                text!(
                    "{id} n'a pas de règle et appartient à deux lignes, par « {one} » et « {other} » : laquelle la gouverne ?",
                    "{id} has no rule and belongs to two rows, by `{one}` and `{other}`: which one governs it?"
                ),
            )
            .related(first.span.clone(), text!("l'autre", "the other"))
            .suggest(text!(
                "donnez-lui une règle, ou faites de l'un des liens un refers_to, ou donnez-leur un « where »",
                "give it a rule, or make one of the links a refers_to, or give each a `where`"
            ))
            .about([id.to_string()]),
        );
    }
}

fn uncovered<'a>(context: &mut Context, table: &'a Table, graph: &Graph<'a>) {
    let needed = graph.needed_in(table);
    for (path, column) in &table.columns {
        let Some(category) = &column.category else {
            continue;
        };
        if any_covers(&needed, category) {
            continue;
        }
        let id = &table.id;
        context.report(
            Diagnostic::new(
                Code::Uncovered,
                column.span.clone(),
                text!(
                    "aucune finalité n'a besoin de {id}.{path} ({category})",
                    "no purpose needs {id}.{path} ({category})"
                ),
            )
            .suggest(text!(
                "ajoutez « {category} » aux données (data) d'une finalité d'une règle de cette table, ou ne collectez plus cette donnée",
                "add `{category}` to the data of a purpose of a rule of this table, or stop collecting this datum"
            ))
            .about([id.to_string()]),
        );
    }
}
