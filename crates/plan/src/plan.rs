//! The plan: what Serment would do, hashed and approvable before anything happens.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;
use serment_register::model::{EventSource, Register, RuleId, State, TableId, Text, Then};
use serment_register::text;
use serment_store::catalogue::{self, Catalogue, TableName};
use serment_store::condition::Condition;

use crate::compose::Composer;
use crate::cutoff::Cutoff;
use crate::error::PlanError;
use crate::freeze::Freezer;
use crate::graph::{Family, Graph};
use crate::hash;
use crate::judgement::{Names, Suspension};
use crate::order;
use crate::preflight::{self, Findings, Obstacle};
use crate::situation::Situation;
use crate::steps::{PlannedChange, Step};
use crate::translate::Ground;

/// A rule of a plan.
#[derive(Debug, Clone)]
pub struct PlannedRule {
    /// Rule.
    pub id: RuleId,
    /// The table whose rows it judges.
    pub table: TableId,
    /// What an approval covers: rule, catalogue of its tables, steps; neither counts nor dates.
    pub hash: String,
    /// Whether it cannot even be judged: it counts as running on every row of its subjects.
    pub blind: bool,
    /// Why it may not start; empty when nothing stands in its way.
    pub obstacles: Vec<Obstacle>,
    /// What qualifies its outcomes.
    pub reservations: Vec<Text>,
    /// The last local date whose clock is due; None when only events end the rule.
    pub cutoff: Option<Date>,
}

/// A family of a plan.
#[derive(Debug, Clone)]
pub struct PlannedFamily {
    /// The table with the rules.
    pub root: TableId,
    /// Its rules.
    pub rules: Vec<RuleId>,
    /// Steps, in the order in which they must run.
    pub steps: Vec<Step>,
}

/// What Serment would do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Hash of all its rules' hashes; of the one rule when there is one.
    pub hash: String,
    /// Cut-off.
    pub cutoff: Cutoff,
    /// Families, in the order in which they must run.
    pub families: Vec<PlannedFamily>,
    /// Rules.
    pub rules: Vec<PlannedRule>,
}

impl Plan {
    /// Plans every rule of a register. Pure; costs about one pass over the register for each table that refers to
    /// another. What cannot be planned becomes an obstacle of its rule, which then counts as running.
    pub fn new(
        register: &Register,
        catalogues: &BTreeMap<String, Catalogue>,
        situation: &Situation,
    ) -> Result<Self, PlanError> {
        let planner = Planner {
            register,
            catalogues,
            graph: Graph::new(register),
        };
        let blind = planner.blind()?;
        let canonical = Situation {
            cutoff: canonical_cutoff(register)?,
            holds: Vec::new(),
            extensions: Vec::new(),
            released: None,
        };
        let mut families = Vec::new();
        let mut rules = Vec::new();
        for family in planner.graph.families() {
            let root = family.root().id.clone();
            let ids: Vec<RuleId> = family.rules.iter().map(|rule| rule.id.clone()).collect();
            let (steps, findings, digest) =
                match planner.compose(&family, &canonical, &blind.keys().cloned().collect()) {
                    Ok((canonical_steps, findings)) => {
                        let digest = planner.digest(&family, &canonical_steps)?;
                        let steps = if findings.hidden {
                            Vec::new()
                        } else {
                            planner
                                .compose(&family, situation, &blind.keys().cloned().collect())?
                                .0
                        };
                        (steps, findings, digest)
                    }
                    Err(error) => {
                        let obstacle = BTreeSet::from([error.text().into()]);
                        let findings = Findings {
                            obstacles: obstacle,
                            ..Findings::default()
                        };
                        (Vec::new(), findings, hash::of(&format!("{error:?}")))
                    }
                };
            for rule in &family.rules {
                let blinding = blind.get(&rule.id).into_iter().cloned();
                let mut obstacles: Vec<Obstacle> = blinding.map(Obstacle::from).collect();
                obstacles.extend(findings.obstacles.iter().cloned());
                obstacles.dedup();
                rules.push(PlannedRule {
                    id: rule.id.clone(),
                    table: root.clone(),
                    hash: hash::of(&(&rule.id.0, &digest)),
                    blind: blind.contains_key(&rule.id) || findings.hidden,
                    obstacles,
                    reservations: findings.reservations.iter().cloned().collect(),
                    cutoff: match rule.keep {
                        Some(keep) => {
                            let bound =
                                situation
                                    .cutoff
                                    .clock_bound(keep, rule.quiet, &situation.cutoff.zone)?;
                            bound.date.yesterday().ok()
                        }
                        None => None,
                    },
                });
            }
            families.push(PlannedFamily {
                root,
                rules: ids,
                steps,
            });
        }
        rules.sort_by(|left, right| left.id.cmp(&right.id));
        let hash = combined(rules.iter());
        Ok(Self {
            hash,
            cutoff: situation.cutoff.clone(),
            families,
            rules,
        })
    }

    /// The plan of some rules only: the others still count in what it decides, and are not shown nor run.
    pub fn only(&self, keep: &dyn Fn(&PlannedRule) -> bool) -> Self {
        let mut plan = self.clone();
        plan.rules.retain(|rule| keep(rule));
        let kept: BTreeSet<RuleId> = plan.rules.iter().map(|rule| rule.id.clone()).collect();
        plan.families
            .retain(|family| family.rules.iter().any(|rule| kept.contains(rule)));
        plan.hash = combined(plan.rules.iter());
        plan
    }

    /// The planned rule of that identifier.
    pub fn rule(&self, id: &RuleId) -> Option<&PlannedRule> {
        self.rules.iter().find(|rule| rule.id == *id)
    }

    /// Every change of every step, in order.
    pub fn changes(&self) -> impl Iterator<Item = (&Step, &PlannedChange)> {
        self.families
            .iter()
            .flat_map(|family| &family.steps)
            .flat_map(|step| step.changes.iter().map(move |change| (step, change)))
    }
}

fn combined<'r>(rules: impl ExactSizeIterator<Item = &'r PlannedRule>) -> String {
    let hashes: Vec<&String> = rules.map(|rule| &rule.hash).collect();
    match hashes.as_slice() {
        [one] => (*one).clone(),
        many => hash::of(&many),
    }
}

/// Hashes cover no date: they are taken over the steps of one fixed day.
fn canonical_cutoff(register: &Register) -> Result<Cutoff, PlanError> {
    Ok(Cutoff::at(
        Date::constant(2026, 1, 31),
        &register.organisation.time_zone,
    )?)
}

struct Planner<'a> {
    register: &'a Register,
    catalogues: &'a BTreeMap<String, Catalogue>,
    graph: Graph<'a>,
}

impl<'a> Planner<'a> {
    /// The steps of a family and what the pre-flight finds.
    fn compose(
        &self,
        family: &Family<'a>,
        situation: &Situation,
        blind: &BTreeSet<RuleId>,
    ) -> Result<(Vec<Step>, Findings), PlanError> {
        // The situation outlives the steps only as owned conditions.
        let ground = Ground {
            register: self.register,
            catalogues: self.catalogues,
            cutoff: &situation.cutoff,
            extensions: &situation.extensions,
        };
        self.compose_on(ground, family, situation, blind)
    }

    fn compose_on<'c>(
        &self,
        ground: Ground<'c>,
        family: &Family<'c>,
        situation: &Situation,
        blind: &BTreeSet<RuleId>,
    ) -> Result<(Vec<Step>, Findings), PlanError>
    where
        'a: 'c,
    {
        let graph = Graph::new(ground.register);
        let names = Names::new();
        let suspended = |rule: &RuleId| match &situation.released {
            _ if blind.contains(rule) => Suspension::Blind,
            Some(released) if !released.contains(rule) => Suspension::Observes,
            _ => Suspension::Acts,
        };
        let composer = Composer {
            ground,
            graph: &graph,
            freezer: Freezer {
                ground,
                graph: &graph,
                names: &names,
                holds: &situation.holds,
            },
            names: &names,
            suspended: &suspended,
        };
        let steps = composer.steps(family)?;
        let findings = preflight::examine(ground, &graph, family, &steps)?;
        Ok((steps, findings))
    }

    /// Rules that this version cannot execute, with the reason: they count as running.
    fn blind(&self) -> Result<BTreeMap<RuleId, Text>, PlanError> {
        let mut blind = BTreeMap::new();
        for (_, rule) in self.register.rules() {
            if let Some(why) = self.not_yet(rule) {
                blind.insert(rule.id.clone(), why);
            }
        }
        // A rule whose family does not compose is blind for the others too.
        let canonical = Situation {
            cutoff: canonical_cutoff(self.register)?,
            holds: Vec::new(),
            extensions: Vec::new(),
            released: None,
        };
        loop {
            let before = blind.len();
            let known: BTreeSet<RuleId> = blind.keys().cloned().collect();
            for family in self.graph.families() {
                if let Err(error) = self.compose(&family, &canonical, &known) {
                    for rule in &family.rules {
                        blind.entry(rule.id.clone()).or_insert_with(|| error.text());
                    }
                }
            }
            if blind.len() == before {
                return Ok(blind);
            }
        }
    }

    fn not_yet(&self, rule: &serment_register::model::Rule) -> Option<Text> {
        let store = self.register.stores.get(&rule.of.store)?;
        if !store.kind.is_executed() {
            let store = &rule.of.store;
            return Some(text!(
                "{store} : les dépôts de ce genre ne sont pas encore exécutés : les lignes restent",
                "{store}: stores of this kind are not executed yet: the rows stay"
            ));
        }
        if let Then::Archive { .. } = rule.then {
            return Some(text!(
                "l'archivage (`then = {{ archive … }}`) n'est pas encore exécuté : les lignes restent",
                "archiving (`then = {{ archive … }}`) is not executed yet: the rows stay"
            ));
        }
        let table = self.register.table(&rule.of)?;
        let elsewhere = |link: &String| {
            table
                .links
                .get(link)
                .is_some_and(|link| link.to.store != rule.of.store)
        };
        let event_elsewhere = rule
            .after
            .iter()
            .chain(&rule.else_after)
            .chain(&rule.or_on)
            .any(|event| {
                table
                    .events
                    .get(event)
                    .into_iter()
                    .flatten()
                    .any(|source| match source {
                        EventSource::Own(_) => false,
                        EventSource::Parent { link, .. } => elsewhere(link),
                        EventSource::Children { table, .. } => table.store != rule.of.store,
                    })
            });
        let state_elsewhere = rule
            .while_states
            .iter()
            .any(|state| match table.states.get(state) {
                Some(State::Parent { link, .. }) => elsewhere(link),
                Some(State::Children { table, .. }) => table.store != rule.of.store,
                _ => false,
            });
        let of_itself = self
            .graph
            .read_from_children(table)
            .into_iter()
            .find(|(child, _)| **child == rule.of);
        if let Some((_, link)) = of_itself {
            let table = &rule.of;
            return Some(text!(
                "des règles de {table} lisent d'autres lignes de la même table par son lien {link}, dont les dates \
                 partiraient avec elles ; ce n'est pas encore exécuté : les lignes restent",
                "rules of {table} read other rows of the same table by its link {link}, whose dates would go with them; \
                 this is not executed yet: the rows stay"
            ));
        }
        if event_elsewhere || state_elsewhere {
            return Some(text!(
                "elle lit un autre dépôt, ce qui n'est pas encore exécuté : les lignes restent",
                "it reads another store, which is not executed yet: the rows stay"
            ));
        }
        let family = self
            .graph
            .families()
            .into_iter()
            .find(|family| family.root().id == rule.of);
        let members: BTreeSet<&TableId> = family
            .iter()
            .flat_map(|family| &family.members)
            .map(|member| &member.table.id)
            .collect();
        let with_files = family
            .iter()
            .flat_map(|family| &family.members)
            .find_map(|member| {
                let (path, _) = member
                    .table
                    .columns
                    .iter()
                    .find(|(_, column)| column.file_store.is_some())?;
                Some(format!("{}.{path}", member.table.id))
            });
        if let Some(column) = with_files {
            return Some(text!(
                "{column} nomme des fichiers, et effacer des fichiers avec leurs lignes n'est pas encore exécuté : les \
                 lignes restent, car un fichier sans sa ligne serait introuvable",
                "{column} names files, and erasing files with their rows is not executed yet: the rows stay, for a file \
                 without its row would be lost from sight"
            ));
        }
        let referred_from_elsewhere = self.register.tables().find(|other| {
            other.id.store != rule.of.store && other.links.values().any(|link| members.contains(&link.to))
        });
        if let Some(other) = referred_from_elsewhere {
            let other = &other.id;
            return Some(text!(
                "des lignes de {other} s'y réfèrent depuis un autre dépôt, ce qui n'est pas encore exécuté : les lignes \
                 restent",
                "rows of {other} refer to it from another store, which is not executed yet: the rows stay"
            ));
        }
        (!order::is_known(self.graph.rules_of(&rule.of))).then(|| {
            text!(
                "une règle de cette table efface et une autre anonymise, sur des départs différents : seule chaque ligne \
                 dirait laquelle finit la dernière ; ce n'est pas encore exécuté : les lignes restent",
                "one rule of this table erases and another anonymises, on different clocks, so that only each row could \
                 tell which ends last; this is not executed yet: the rows stay"
            )
        })
    }

    fn digest(&self, family: &Family<'_>, steps: &[Step]) -> Result<String, PlanError> {
        let store = &family.root().id.store;
        let catalogue = self
            .catalogues
            .get(store)
            .ok_or_else(|| PlanError::UnreadStore(store.clone()))?;
        let tables = tables_of(steps);
        let seen: Vec<(&TableName, catalogue::Table)> = catalogue
            .tables
            .iter()
            .filter(|(name, _)| tables.contains(*name))
            .map(|(name, table)| {
                (
                    name,
                    // Neither counts nor what depends on the role that looked: the pre-flight examines that one.
                    catalogue::Table {
                        estimated_rows: 0,
                        privileges: catalogue::Privileges::default(),
                        row_security: false,
                        hindrances: table
                            .hindrances
                            .iter()
                            .filter(|hindrance| !hindrance.depends_on_role())
                            .cloned()
                            .collect(),
                        triggers: table
                            .triggers
                            .iter()
                            .filter(|trigger| !trigger.hidden_from_readers)
                            .cloned()
                            .collect(),
                        ..table.clone()
                    },
                )
            })
            .collect();
        let keys: Vec<&catalogue::ForeignKey> = catalogue
            .referenced_by
            .iter()
            .filter(|key| tables.contains(&key.target))
            .collect();
        let steps: Vec<DigestedStep<'_>> = steps
            .iter()
            .map(|step| DigestedStep {
                id: &step.id,
                pending: &step.pending,
                expected: &step.expected,
                changes: step
                    .changes
                    .iter()
                    .map(|change| {
                        (
                            &change.name,
                            change.effect,
                            format!("{:?}", change.what),
                            &change.filter,
                        )
                    })
                    .collect(),
            })
            .collect();
        Ok(hash::of(&(store, seen, keys, steps)))
    }
}

#[derive(Serialize)]
struct DigestedStep<'s> {
    id: &'s str,
    pending: &'s Condition,
    expected: &'s Condition,
    changes: Vec<(&'s TableName, crate::steps::Effect, String, &'s Condition)>,
}

/// The tables that steps read or change.
pub fn tables_of(steps: &[Step]) -> BTreeSet<TableName> {
    let mut tables = BTreeSet::new();
    for step in steps {
        tables.insert(step.name.clone());
        for condition in [&step.pending, &step.expected, &step.frozen] {
            read_tables(condition, &mut tables);
        }
        tables.extend(step.changes.iter().map(|change| change.name.clone()));
        let clients = step.changes.iter().map(|change| &change.client);
        for client in clients.chain([&step.client]).flatten() {
            tables.extend(client.through.iter().map(|(table, _)| table.clone()));
        }
    }
    tables
}

fn read_tables(condition: &Condition, into: &mut BTreeSet<TableName>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().for_each(|part| read_tables(part, into))
        }
        Condition::Not(part) | Condition::Holds(part) | Condition::MayHold(part) => read_tables(part, into),
        Condition::Exists { table, condition, .. } => {
            into.insert(table.clone());
            read_tables(condition, into);
        }
        Condition::NoStayingReferrer { table, goes, .. } => {
            into.insert(table.clone());
            read_tables(goes, into);
        }
        _ => {}
    }
}
