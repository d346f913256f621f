//! Links that lead nowhere certain, and circles of them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::diagnostics::{Code, Diagnostic};
use crate::load::node::Context;
use crate::model::{Link, LinkKind, Register, Table, TableId};
use crate::text;

pub(super) fn check(context: &mut Context, register: &Register) {
    for table in register.tables() {
        for link in table.links.values() {
            target(context, register, table, link);
            clients(context, register, table, link);
        }
    }
    circles(context, register);
}

fn target(context: &mut Context, register: &Register, table: &Table, link: &Link) {
    let Some(to) = register.table(&link.to) else {
        return;
    };
    let span = context.link_key(table, link, "by");
    let declared = |name: &str| {
        to.key.iter().any(|key| key == name) || to.columns.keys().any(|path| path.column == name)
    };
    let id = &to.id;
    for (_, theirs) in link.by.iter().filter(|(_, theirs)| !declared(theirs)) {
        context.report(
            Diagnostic::new(
                Code::TargetKey,
                span.clone(),
                text!(
                    "{id} ne déclare ni clé ni colonne « {theirs} »",
                    "{id} declares neither a key nor a column `{theirs}`"
                ),
            )
            .suggest(text!(
                "[table.{0}] key = [\"{theirs}\"]",
                "[table.{0}] key = [\"{theirs}\"]",
                id.table
            ))
            .related(to.span.clone(), text!("la table visée", "the table it reaches"))
            .about([table.id.to_string()]),
        );
    }
    let theirs: BTreeSet<&str> = link.by.iter().map(|(_, theirs)| theirs.as_str()).collect();
    let parts = to.key.iter().filter(|key| theirs.contains(key.as_str())).count();
    let only_key = theirs.iter().all(|theirs| to.key.iter().any(|key| key == theirs));
    if !theirs.is_empty() && only_key && parts < to.key.len() {
        let key = to.key.join(", ");
        context.report(
            Diagnostic::new(
                Code::TargetKey,
                span,
                text!(
                    "la clé de {id} est ({key}) : ce lien n'en nomme qu'une partie et atteindrait plusieurs lignes",
                    "the key of {id} is ({key}): this link names only a part of it and would reach several rows"
                ),
            )
            .related(to.span.clone(), text!("la table visée", "the table it reaches"))
            .about([table.id.to_string()]),
        );
    }
}

/// The same person is a client's on both sides of a link, or on none.
fn clients(context: &mut Context, register: &Register, table: &Table, link: &Link) {
    let Some(to) = register.table(&link.to) else {
        return;
    };
    if link.kind != LinkKind::BelongsTo || table.client.is_none() || to.client.is_some() {
        return;
    }
    let (id, parent) = (&table.id, &to.id);
    context.report(
        Diagnostic::new(
            Code::LinkAcrossClients,
            context.link_key(table, link, "by"),
            text!(
                "les lignes de {id} sont celles d'un client, et ce lien les joint à celles de {parent}, qui ne sont celles \
                 de personne",
                "the rows of {id} are a client's, and this link joins them to those of {parent}, which are nobody's"
            ),
        )
        .suggest(text!(
            "[table.{0}] client = \"…\", ou refers_to si ce n'est pas la même personne",
            "[table.{0}] client = \"…\", or refers_to if it is not the same person",
            parent.table
        ))
        .related(to.span.clone(), text!("la table visée", "the table it reaches"))
        .about([id.to_string()]),
    );
}

/// Children go before parents: tables that refer to one another in a circle have no order. A table that refers to
/// itself has one (leaves first).
fn circles(context: &mut Context, register: &Register) {
    let mut parents: BTreeMap<&TableId, BTreeSet<&TableId>> = BTreeMap::new();
    let mut children: BTreeMap<&TableId, BTreeSet<&TableId>> = BTreeMap::new();
    for table in register.tables() {
        for link in table.links.values().filter(|link| link.to != table.id) {
            if let Some(to) = register.table(&link.to) {
                parents.entry(&table.id).or_default().insert(&to.id);
                children.entry(&to.id).or_default().insert(&table.id);
            }
        }
    }
    // Tables without parents are in no circle, nor are those whose parents are all out, and so on.
    let mut missing: BTreeMap<&TableId, usize> = register
        .tables()
        .map(|table| (&table.id, parents.get(&table.id).map_or(0, BTreeSet::len)))
        .collect();
    let mut out: VecDeque<&TableId> = missing
        .iter()
        .filter(|(_, count)| **count == 0)
        .map(|(id, _)| *id)
        .collect();
    while let Some(id) = out.pop_front() {
        missing.remove(id);
        for child in children.get(id).into_iter().flatten() {
            if let Some(count) = missing.get_mut(child) {
                *count -= 1;
                if *count == 0 {
                    out.push_back(child);
                }
            }
        }
    }
    // What is left leads to a circle by following any parent that is left.
    let mut seen: BTreeSet<&TableId> = BTreeSet::new();
    for start in missing.keys() {
        let mut path: Vec<&TableId> = Vec::new();
        let mut at = *start;
        while seen.insert(at) {
            path.push(at);
            let next = parents
                .get(at)
                .into_iter()
                .flatten()
                .find(|parent| missing.contains_key(**parent));
            let Some(next) = next else { break };
            at = next;
        }
        if let Some(first) = path.iter().position(|id| *id == at) {
            report_circle(context, register, &path[first..]);
        }
    }
}

fn report_circle(context: &mut Context, register: &Register, circle: &[&TableId]) {
    let names: Vec<String> = circle
        .iter()
        .chain(circle.first())
        .map(ToString::to_string)
        .collect();
    let way = names.join(" → ");
    let links: Vec<&Link> = circle
        .iter()
        .zip(circle.iter().cycle().skip(1))
        .filter_map(|(from, to)| register.table(from)?.links.values().find(|link| link.to == **to))
        .collect();
    let Some((first, others)) = links.split_first() else {
        return;
    };
    let mut diagnostic = Diagnostic::new(
        Code::ParentCycle,
        first.span.clone(),
        text!(
            "ces tables se réfèrent l'une à l'autre en cercle : {way}",
            "these tables refer to one another in a circle: {way}"
        ),
    )
    .suggest(text!(
        "retirez du registre celui de ces liens dont rien ne dépend",
        "take out of the register the one of these links on which nothing depends"
    ))
    .about(circle.iter().map(ToString::to_string));
    for link in others.iter().take(5) {
        diagnostic = diagnostic.related(link.span.clone(), text!("puis ici", "then here"));
    }
    context.report(diagnostic);
}
