//! What the catalogue shows to be unsafe, found before anything is touched.

use std::collections::{BTreeMap, BTreeSet};

use serment_register::model::{Table, TableId};
use serment_store::catalogue::{self, Catalogue, TableKind, TableName, Trigger};

use crate::graph::{Family, Graph};
use crate::locks::{locked_tables, row_locked_tables};
use crate::plan::{PlanError, tables_of};
use crate::steps::{PlannedChange, Step, What};
use crate::translate::Ground;

/// What a pre-flight found about the rules of one family.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// Reasons not to start.
    pub obstacles: BTreeSet<String>,
    /// Reasons to qualify what is claimed: copies that a change may leave behind.
    pub reservations: BTreeSet<String>,
    /// Whether rows may be hidden from our role: then they cannot even be counted.
    pub hidden: bool,
}

/// Examines the tables that a family's steps read and change.
pub fn examine(
    ground: Ground<'_>,
    graph: &Graph<'_>,
    family: &Family<'_>,
    steps: &[Step],
) -> Result<Findings, PlanError> {
    let mut findings = Findings::default();
    let store = &family.root().id.store;
    let catalogue = ground
        .catalogues
        .get(store)
        .ok_or_else(|| PlanError::UnreadStore(store.clone()))?;
    if catalogue.standby {
        findings.obstacles.insert(format!(
            "store {store}: the connection reaches a standby, which cannot be changed: give write_url the address of \
             the primary"
        ));
    }
    for member in &family.members {
        of_key(ground, member.table, &mut findings)?;
        of_links(ground, member.table, &mut findings)?;
    }
    let mut changed: BTreeMap<&TableId, Vec<&PlannedChange>> = BTreeMap::new();
    for change in steps.iter().flat_map(|step| &step.changes) {
        changed.entry(&change.table).or_default().push(change);
    }
    for (id, changes) in changed {
        let deletes = changes.iter().any(|change| change.what == What::Delete);
        let updates = changes.iter().any(|change| change.what != What::Delete);
        let seen = ground.seen(id)?;
        of_table(id, seen, &mut findings);
        of_privileges(id, seen, deletes, updates, &mut findings);
        of_triggers(ground.table(id)?, seen, deletes, updates, &mut findings);
        if deletes {
            of_foreign_keys(ground, graph, id, catalogue, &mut findings)?;
        }
    }
    for name in tables_of(steps) {
        let is_changed = steps
            .iter()
            .flat_map(|step| &step.changes)
            .any(|change| change.name == name);
        if let Some(seen) = catalogue.tables.get(&name).filter(|_| !is_changed) {
            of_reading(store, &name, seen, &mut findings);
        }
    }
    for step in steps {
        of_locks(store, step, catalogue, &mut findings);
    }
    Ok(findings)
}

fn of_key(ground: Ground<'_>, table: &Table, findings: &mut Findings) -> Result<(), PlanError> {
    let seen = ground.seen(&table.id)?;
    for column in &table.key {
        ground.seen_column(&table.id, column)?;
    }
    if !seen.is_unique(&table.key) {
        findings.obstacles.insert(format!(
            "{}: nothing in the store keeps its key ({}) unique, so one key could mean several rows: declare the primary \
             key, or add a unique constraint",
            table.id,
            table.key.join(", ")
        ));
    }
    Ok(())
}

fn of_links(ground: Ground<'_>, table: &Table, findings: &mut Findings) -> Result<(), PlanError> {
    for link in table
        .links
        .values()
        .filter(|link| link.to.store == table.id.store)
    {
        let targets: Vec<String> = link.by.iter().map(|(_, theirs)| theirs.clone()).collect();
        for (ours, theirs) in &link.by {
            ground.seen_column(&table.id, ours)?;
            ground.seen_column(&link.to, theirs)?;
        }
        if !ground.seen(&link.to)?.is_unique(&targets) {
            findings.obstacles.insert(format!(
                "{}: its link {} may reach several rows of {}, for nothing in the store keeps ({}) unique there",
                table.id,
                link.name,
                link.to,
                targets.join(", ")
            ));
        }
    }
    Ok(())
}

fn of_table(id: &TableId, seen: &catalogue::Table, findings: &mut Findings) {
    match seen.kind {
        TableKind::Table | TableKind::Partitioned => {}
        TableKind::View => {
            findings
                .obstacles
                .insert(format!("{id} is a view: name the table behind it"));
        }
        TableKind::Foreign => {
            findings.obstacles.insert(format!(
                "{id} is a foreign or virtual table: map it in the store that holds it"
            ));
        }
    }
    findings.hidden |= seen.row_security;
    if seen.row_security {
        findings.obstacles.insert(format!(
            "{id}: row-level security may hide rows from our role, so neither \"nothing found\" nor \"erased\" could be \
             claimed: give the role BYPASSRLS or a policy owner's rights"
        ));
    }
    if !seen.inherited_by.is_empty() {
        findings.obstacles.insert(format!(
            "{id}: other tables inherit from it ({}), and its rows are also theirs: map each of them",
            seen.inherited_by
                .iter()
                .map(|table| table.name.clone())
                .collect::<Vec<_>>()
                .join(", ")
        ));
    }
    for shadow in &seen.shadows {
        findings
            .reservations
            .insert(format!("{id}: {shadow} keeps or sends a copy"));
    }
}

/// A row that is hidden from us could be the one that keeps another.
fn of_reading(store: &str, name: &TableName, seen: &catalogue::Table, findings: &mut Findings) {
    findings.hidden |= seen.row_security || !seen.privileges.select;
    if seen.row_security {
        findings.obstacles.insert(format!(
            "{store}.{}: rules read it, and row-level security may hide rows from our role: give the role BYPASSRLS or a \
             policy owner's rights",
            printed(name)
        ));
    }
    if !seen.privileges.select {
        findings.obstacles.insert(format!(
            "{store}.{}: rules read it, and our role lacks SELECT",
            printed(name)
        ));
    }
}

fn of_privileges(
    id: &TableId,
    seen: &catalogue::Table,
    deletes: bool,
    updates: bool,
    findings: &mut Findings,
) {
    findings.hidden |= !seen.privileges.select;
    let missing: Vec<&str> = [
        (!seen.privileges.select, "SELECT"),
        (deletes && !seen.privileges.delete, "DELETE"),
        (updates && !seen.privileges.update, "UPDATE"),
    ]
    .into_iter()
    .filter_map(|(missing, word)| missing.then_some(word))
    .collect();
    if !missing.is_empty() {
        findings
            .obstacles
            .insert(format!("{id}: the writing role lacks {}", missing.join(", ")));
    }
}

fn of_triggers(
    table: &Table,
    seen: &catalogue::Table,
    deletes: bool,
    updates: bool,
    findings: &mut Findings,
) {
    let fires = |trigger: &&Trigger| (deletes && trigger.on_delete) || (updates && trigger.on_update);
    for trigger in seen.triggers.iter().filter(fires) {
        match table.triggers.get(&trigger.name) {
            Some(reason) => {
                findings.reservations.insert(format!(
                    "{}: trigger {} fires on the change; its owner says: {reason}",
                    table.id, trigger.name
                ));
            }
            None => {
                findings.obstacles.insert(format!(
                    "{}: trigger {} fires on the change and may swallow it or copy the row; read it, then vouch for it in \
                     the register under `triggers`:\n{}",
                    table.id,
                    trigger.name,
                    trigger.source.trim()
                ));
            }
        }
    }
    for rule in seen.rules.iter().filter(fires) {
        findings.obstacles.insert(format!(
            "{}: rewrite rule {} replaces the change by another statement:\n{}",
            table.id,
            rule.name,
            rule.source.trim()
        ));
    }
}

fn of_foreign_keys(
    ground: Ground<'_>,
    graph: &Graph<'_>,
    id: &TableId,
    catalogue: &Catalogue,
    findings: &mut Findings,
) -> Result<(), PlanError> {
    let name = ground.name(id)?;
    for key in catalogue.referenced_by.iter().filter(|key| key.target == name) {
        let mut declared = false;
        for edge in graph.into(id) {
            let same_table = ground.name(&edge.from.id)? == key.table;
            let columns: BTreeSet<&String> = edge.link.by.iter().map(|(ours, _)| ours).collect();
            declared |= same_table && columns == key.columns.iter().collect();
        }
        if !declared {
            findings.obstacles.insert(format!(
                "{id}: table {} refers to it by the foreign key {} ({}), which the register does not name: map the table \
                 and declare the link",
                printed(&key.table),
                key.name,
                key.columns.join(", ")
            ));
        }
    }
    Ok(())
}

fn of_locks(store: &str, step: &Step, catalogue: &Catalogue, findings: &mut Findings) {
    let lacks = |name: &TableName, may: fn(&catalogue::Table) -> bool| {
        catalogue.tables.get(name).is_some_and(|seen| !may(seen))
    };
    for table in locked_tables(step, catalogue)
        .iter()
        .filter(|table| lacks(table, |seen| seen.privileges.lock))
    {
        findings.obstacles.insert(format!(
            "{store}.{}: no foreign key makes its new rows lock the rows that they refer to, and the writing role may not \
             lock the table: add the foreign key, or grant UPDATE or DELETE on it",
            printed(table)
        ));
    }
    let may_lock_rows =
        |seen: &catalogue::Table| seen.privileges.update || seen.privileges.delete || seen.privileges.lock;
    for table in row_locked_tables(step, catalogue)
        .iter()
        .filter(|table| lacks(table, may_lock_rows))
    {
        findings.obstacles.insert(format!(
            "{store}.{}: rules read it, and the writing role may not lock its rows while they do: grant UPDATE on one of \
             its columns",
            printed(table)
        ));
    }
}

fn printed(name: &TableName) -> String {
    match &name.schema {
        Some(schema) => format!("{schema}.{}", name.name),
        None => name.name.clone(),
    }
}
