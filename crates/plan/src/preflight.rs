//! What the catalogue shows to be unsafe, found before anything is touched.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serment_register::model::{Table, TableId, Text};
use serment_register::text;
use serment_store::catalogue::{self, Catalogue, Hindrance, TableKind, TableName, Trigger};

use crate::error::PlanError;
use crate::graph::{Family, Graph};
use crate::locks::{locked_tables, row_locked_tables};
use crate::plan::tables_of;
use crate::steps::{PlannedChange, Step, What};
use crate::translate::Ground;

/// What a pre-flight found about the rules of one family.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// Reasons not to start.
    pub obstacles: BTreeSet<Obstacle>,
    /// Reasons to qualify what is claimed: copies that a change may leave behind.
    pub reservations: BTreeSet<Text>,
    /// Whether rows may be hidden from our role: then they cannot even be counted.
    pub hidden: bool,
}

impl Findings {
    fn obstacle(&mut self, what: Text) {
        self.obstacles.insert(what.into());
    }
}

/// A reason not to start.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Obstacle {
    /// In words.
    #[serde(flatten)]
    pub what: Text,
    /// What the store would run, for its owner to read. Shown on screens and never recorded: it may hold anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl From<Text> for Obstacle {
    fn from(what: Text) -> Self {
        Self { what, source: None }
    }
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
        findings.obstacle(text!(
            "dépôt {store} : la connexion mène à un serveur de secours, qui ne se modifie pas : donnez à write_url \
             l'adresse du primaire",
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
        let (id, key) = (&table.id, table.key.join(", "));
        findings.obstacle(text!(
            "{id} : rien dans le dépôt ne garde sa clé ({key}) unique, une clé pourrait donc désigner plusieurs lignes : \
             déclarez la clé primaire, ou ajoutez une contrainte d'unicité",
            "{id}: nothing in the store keeps its key ({key}) unique, so one key could mean several rows: declare the \
             primary key, or add a unique constraint"
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
            let (id, name, to, columns) = (&table.id, &link.name, &link.to, targets.join(", "));
            findings.obstacle(text!(
                "{id} : son lien {name} peut mener à plusieurs lignes de {to}, car rien dans le dépôt n'y garde ({columns}) \
                 unique",
                "{id}: its link {name} may reach several rows of {to}, for nothing in the store keeps ({columns}) unique \
                 there"
            ));
        }
    }
    Ok(())
}

fn of_table(id: &TableId, seen: &catalogue::Table, findings: &mut Findings) {
    match seen.kind {
        TableKind::Table | TableKind::Partitioned => {}
        TableKind::View => {
            findings.obstacle(text!(
                "{id} est une vue : nommez la table qui est derrière",
                "{id} is a view: name the table behind it"
            ));
        }
        TableKind::Foreign => {
            findings.obstacle(text!(
                "{id} est une table étrangère ou virtuelle : décrivez-la dans le dépôt qui la contient",
                "{id} is a foreign or virtual table: map it in the store that holds it"
            ));
        }
    }
    findings.hidden |= seen.row_security;
    if seen.row_security {
        findings.obstacle(text!(
            "{id} : la sécurité au niveau des lignes peut en cacher à notre rôle, on ne pourrait donc affirmer ni « rien \
             trouvé » ni « effacées » : donnez au rôle BYPASSRLS, ou les droits du propriétaire de la table",
            "{id}: row-level security may hide rows from our role, so neither \"nothing found\" nor \"erased\" could be \
             claimed: give the role BYPASSRLS, or the rights of the table's owner"
        ));
    }
    if !seen.inherited_by.is_empty() {
        let heirs: Vec<&str> = seen
            .inherited_by
            .iter()
            .map(|table| table.name.as_str())
            .collect();
        let heirs = heirs.join(", ");
        findings.obstacle(text!(
            "{id} : d'autres tables en héritent ({heirs}), et ses lignes sont aussi les leurs : décrivez chacune",
            "{id}: other tables inherit from it ({heirs}), and its rows are also theirs: map each of them"
        ));
    }
    for hindrance in &seen.hindrances {
        findings.obstacle(match hindrance {
            Hindrance::NoTransactions(engine) => no_transactions(&id.to_string(), engine),
            Hindrance::KeepsHistory => text!(
                "{id} : le dépôt garde chaque ancienne version de ses lignes (versionnement par le système), un DELETE n'y \
                 efface donc rien : retirez le versionnement (ALTER TABLE … DROP SYSTEM VERSIONING), ou effacez l'historique \
                 vous-même (DELETE HISTORY, ou des partitions BY SYSTEM_TIME que l'on supprime)",
                "{id}: the store keeps every former version of its rows (system versioning), so that a DELETE erases nothing \
                 there: drop the versioning (ALTER TABLE … DROP SYSTEM VERSIONING), or delete the history yourself (DELETE \
                 HISTORY, or partitions BY SYSTEM_TIME that are dropped)"
            ),
            Hindrance::HiddenReferrers => text!(
                "{id} : notre rôle ne voit pas toutes les tables qui s'y réfèrent, une suppression en cascade pourrait donc \
                 passer inaperçue : donnez-lui PROCESS, et SELECT sur ces tables",
                "{id}: our role does not see every table that refers to it, so that a cascade could go unseen: grant it \
                 PROCESS, and SELECT on those tables"
            ),
        });
    }
    for shadow in &seen.shadows {
        findings.reservations.insert(text!(
            "{id} : {shadow} garde ou envoie une copie",
            "{id}: {shadow} keeps or sends a copy"
        ));
    }
}

fn no_transactions(name: &str, engine: &str) -> Text {
    text!(
        "{name} : son moteur {engine} n'a pas les verrous de lignes et l'annulation sur lesquels nous comptons : convertissez \
         la table (ALTER TABLE … ENGINE=InnoDB)",
        "{name}: its engine {engine} lacks the row locks and the rollback that we rely on: convert the table (ALTER TABLE … \
         ENGINE=InnoDB)"
    )
}

/// A row that is hidden from us could be the one that keeps another.
fn of_reading(store: &str, name: &TableName, seen: &catalogue::Table, findings: &mut Findings) {
    findings.hidden |= seen.row_security || !seen.privileges.select;
    let name = printed(name);
    if seen.row_security {
        findings.obstacle(text!(
            "{store}.{name} : des règles la lisent, et la sécurité au niveau des lignes peut en cacher à notre rôle : \
             donnez au rôle BYPASSRLS, ou les droits du propriétaire de la table",
            "{store}.{name}: rules read it, and row-level security may hide rows from our role: give the role BYPASSRLS, \
             or the rights of the table's owner"
        ));
    }
    for hindrance in &seen.hindrances {
        // What is only read has neither to go nor to stay gone; it must hold still.
        if let Hindrance::NoTransactions(engine) = hindrance {
            findings.obstacle(no_transactions(&format!("{store}.{name}"), engine));
        }
    }
    if !seen.privileges.select {
        findings.obstacle(text!(
            "{store}.{name} : des règles la lisent, et il manque à notre rôle le droit SELECT",
            "{store}.{name}: rules read it, and our role lacks SELECT"
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
        let missing = missing.join(", ");
        findings.obstacle(text!(
            "{id} : il manque au rôle d'écriture {missing}",
            "{id}: the writing role lacks {missing}"
        ));
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
    let id = &table.id;
    for trigger in seen.triggers.iter().filter(fires) {
        let name = &trigger.name;
        match table.triggers.get(name) {
            Some(reason) => {
                findings.reservations.insert(text!(
                    "{id} : le déclencheur {name} réagit au changement ; son responsable en dit : {reason}",
                    "{id}: trigger {name} fires on the change; its owner says: {reason}"
                ));
            }
            None => {
                let what = text!(
                    "{id} : le déclencheur {name} réagit au changement et peut l'avaler, ou copier la ligne ; lisez-le, puis \
                     répondez-en dans le registre, sous `triggers`",
                    "{id}: trigger {name} fires on the change and may swallow it or copy the row; read it, then vouch for it \
                     in the register under `triggers`"
                );
                findings.obstacles.insert(Obstacle {
                    what,
                    source: Some(trigger.source.trim().to_owned()),
                });
            }
        }
    }
    for rule in seen.rules.iter().filter(fires) {
        let name = &rule.name;
        let what = text!(
            "{id} : la règle de réécriture {name} remplace le changement par une autre instruction",
            "{id}: rewrite rule {name} replaces the change by another statement"
        );
        findings.obstacles.insert(Obstacle {
            what,
            source: Some(rule.source.trim().to_owned()),
        });
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
            let (from, name, columns) = (printed(&key.table), &key.name, key.columns.join(", "));
            findings.obstacle(text!(
                "{id} : la table {from} s'y réfère par la clé étrangère {name} ({columns}), que le registre ne nomme pas : \
                 décrivez la table et déclarez le lien",
                "{id}: table {from} refers to it by the foreign key {name} ({columns}), which the register does not name: \
                 map the table and declare the link"
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
        let table = printed(table);
        findings.obstacle(text!(
            "{store}.{table} : aucune clé étrangère n'oblige ses nouvelles lignes à verrouiller celles où elles renvoient, et \
             le rôle d'écriture ne peut pas verrouiller la table : ajoutez la clé étrangère, ou accordez UPDATE ou DELETE \
             dessus",
            "{store}.{table}: no foreign key makes its new rows lock the rows that they refer to, and the writing role may \
             not lock the table: add the foreign key, or grant UPDATE or DELETE on it"
        ));
    }
    let may_lock_rows =
        |seen: &catalogue::Table| seen.privileges.update || seen.privileges.delete || seen.privileges.lock;
    for table in row_locked_tables(step, catalogue)
        .iter()
        .filter(|table| lacks(table, may_lock_rows))
    {
        let table = printed(table);
        findings.obstacle(text!(
            "{store}.{table} : des règles la lisent, et le rôle d'écriture ne peut pas verrouiller ses lignes pendant ce \
             temps : accordez UPDATE sur une de ses colonnes",
            "{store}.{table}: rules read it, and the writing role may not lock its rows while they do: grant UPDATE on one \
             of its columns"
        ));
    }
}

fn printed(name: &TableName) -> String {
    match &name.schema {
        Some(schema) => format!("{schema}.{}", name.name),
        None => name.name.clone(),
    }
}
