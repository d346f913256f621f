//! Counts of a plan: what is due, what is held back and why, what never began.
//!
//! The planner asks, the store counts in one pass per table, and the answers are folded here. Counts are never part of
//! the hash.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serment_register::model::{RuleId, TableId};
use serment_store::condition::Condition;
use serment_store::query::{Clock, Steps, Tally, TallyRow};

use crate::compose::through;
use crate::graph::Graph;
use crate::judgement::{Judge, Names, Suspension};
use crate::situation::Situation;
use crate::steps::{Effect, PlannedChange, ROW, Step};
use crate::translate::Ground;
use crate::{Plan, PlanError};

/// A border that every plausible clock is before.
const LAST: Date = Date::constant(9000, 1, 1);

/// A question to a store, and how to read its answer.
#[derive(Debug, Clone)]
pub struct Question {
    /// Store.
    pub store: String,
    /// What to count.
    pub tally: Tally,
    reading: Reading,
}

#[derive(Debug, Clone)]
enum Reading {
    /// Rows without rules of their own that reach no row whose rules could govern them.
    Orphans(TableId),
    /// Rows of a root, by what its rules say.
    Rules {
        table: TableId,
        rules: Vec<RuleId>,
        steps: Vec<(Effect, Vec<RuleId>)>,
    },
    /// Rows that changes of one table and one effect reach, and for each change the rules that ended.
    Changes {
        table: TableId,
        effect: Effect,
        changes: Vec<Vec<RuleId>>,
    },
}

/// Counts for one rule and one client.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Rows of the rule's table on which something is due.
    pub due: u64,
    /// Rows of its subjects on which it never began.
    pub never_started: u64,
    /// Rows on which it runs because a value is implausible or unreadable.
    pub implausible: u64,
    /// Rows on which something would be due, and a hold forbids it.
    pub held: u64,
    /// Rows on which it runs because a state holds.
    pub kept_by_state: u64,
    /// Rows on which it runs, for whatever reason.
    pub running: u64,
    /// Rows on which an event ends it at once while a state still holds.
    pub contradictory: u64,
    /// Rows on which it has ended and that stay, because another rule runs.
    pub kept_by_rule: BTreeMap<RuleId, u64>,
    /// Rows on which it has ended and no rule runs, and that stay because a staying row refers to them.
    pub kept_by_reference: u64,
    /// The earliest clock among the due rows, in the organisation's zone.
    pub oldest: Option<Date>,
    /// Rows to which something happens, by table and effect.
    pub effects: BTreeMap<(TableId, Effect), u64>,
    /// Changes of rows, by table and effect: a row whose columns are decided in several groups may change several times.
    pub changes: BTreeMap<(TableId, Effect), u64>,
}

impl Line {
    /// Counts rows that change `times` times.
    fn happens(&mut self, table: &TableId, effect: Effect, rows: u64, times: u64) {
        let what = (table.clone(), effect);
        if times > 0 {
            *self.changes.entry(what.clone()).or_default() += rows * times;
            *self.effects.entry(what).or_default() += rows;
        }
    }
}

/// Counts of a plan, by rule and client.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Forecast {
    /// Rows without rules of their own that reach no row whose rules could govern them: they stay for ever.
    pub orphans: BTreeMap<TableId, u64>,
    /// Rows of tables with rules that are of no subject of any of them: they stay for ever.
    pub outside: BTreeMap<TableId, u64>,
    /// Lines. Every planned rule has at least one, without client when nothing was counted.
    pub lines: BTreeMap<(RuleId, Option<String>), Line>,
    /// Rows by table and effect, each row counted once whatever the number of rules that ended on it.
    pub effects: BTreeMap<(TableId, Effect, Option<String>), u64>,
}

/// The questions whose answers make the forecast of a plan. `filter` narrows the rows, to a client for instance.
pub fn questions(
    plan: &Plan,
    ground: Ground<'_>,
    situation: &Situation,
    filter: &dyn Fn(&TableId) -> Result<Condition, PlanError>,
) -> Result<Vec<Question>, PlanError> {
    let graph = Graph::new(ground.register);
    let names = Names::new();
    let blind: BTreeSet<&RuleId> = plan
        .rules
        .iter()
        .filter(|rule| rule.blind)
        .map(|rule| &rule.id)
        .collect();
    let acts = |rule: &RuleId| match &situation.released {
        _ if blind.contains(rule) => Suspension::Blind,
        Some(released) if !released.contains(rule) => Suspension::Observes,
        _ => Suspension::Acts,
    };
    let judge = Judge {
        ground,
        names: &names,
        suspended: &acts,
    };
    let mut questions = Vec::new();
    for family in plan.families.iter().filter(|family| !family.steps.is_empty()) {
        let root = ground.table(&family.root)?;
        let own: Vec<&Step> = family
            .steps
            .iter()
            .filter(|step| step.table == family.root)
            .collect();
        let mut classes = Vec::new();
        let mut clocks = Vec::new();
        for rule in graph.rules_of(&family.root) {
            let judged = judge.judge(root, rule, ROW)?;
            // Only the clocks of what is due are told.
            clocks.push(Clock {
                when: Some(judged.ended.clone()),
                ..judge.clock(root, rule, ROW)?
            });
            classes.extend([
                judged.ended,
                judged.begun,
                judged.never_began,
                judged.implausible,
                judged.held_by_state,
                judged.contradictory,
            ]);
        }
        // What is about to go loses no column: said once for all steps where the walk of the root says it, for that
        // condition is long. Rows whose dates a parent reads may also go with that parent: there, each step says it.
        let feeds = root.links.values().any(|link| {
            ground.register.table(&link.to).is_some_and(|parent| {
                graph
                    .read_from_children(parent)
                    .contains(&(&root.id, link.name.as_str()))
            })
        });
        classes.extend(own.iter().map(|step| {
            if feeds || step.effect == Effect::Erase {
                step.expected.clone()
            } else {
                step.pending.clone()
            }
        }));
        classes.push(own.first().map_or(Condition::Never, |step| step.frozen.clone()));
        let client = own.first().and_then(|step| step.client.clone());
        questions.push(Question {
            store: family.root.store.clone(),
            tally: Tally {
                table: ground.name(&family.root)?,
                alias: ROW,
                filter: filter(&family.root)?,
                client,
                classes,
                steps: None,
                clocks,
            },
            reading: Reading::Rules {
                table: family.root.clone(),
                rules: graph
                    .rules_of(&family.root)
                    .iter()
                    .map(|rule| rule.id.clone())
                    .collect(),
                steps: own
                    .iter()
                    .map(|step| {
                        (
                            step.effect,
                            step.ended.iter().map(|(rule, _)| rule.clone()).collect(),
                        )
                    })
                    .collect(),
            },
        });
        // The walked rows of the root are counted with its rules.
        let mut elsewhere: BTreeMap<(&TableId, Effect), Vec<&PlannedChange>> = BTreeMap::new();
        for step in &family.steps {
            let own = usize::from(step.table == family.root);
            for change in step.changes.iter().take(step.changes.len() - own) {
                elsewhere
                    .entry((&change.table, change.effect))
                    .or_default()
                    .push(change);
            }
        }
        for changes in elsewhere.values() {
            questions.extend(of_changes(changes, filter)?);
        }
    }
    questions.extend(orphans(plan, ground, &graph, &names, filter)?);
    Ok(questions)
}

/// Rows of the families' tables that reach no root.
fn orphans(
    plan: &Plan,
    ground: Ground<'_>,
    graph: &Graph<'_>,
    names: &Names,
    filter: &dyn Fn(&TableId) -> Result<Condition, PlanError>,
) -> Result<Vec<Question>, PlanError> {
    let planned: BTreeSet<&TableId> = plan
        .families
        .iter()
        .filter(|family| !family.steps.is_empty())
        .map(|family| &family.root)
        .collect();
    let mut tables = BTreeMap::new();
    for family in graph
        .families()
        .into_iter()
        .filter(|family| planned.contains(&family.root().id))
    {
        tables.extend(
            family
                .members
                .iter()
                .skip(1)
                .map(|member| (member.table.id.clone(), member.table)),
        );
    }
    let mut questions = Vec::new();
    for (id, table) in tables {
        let mut governed = Vec::new();
        for governor in graph.governors(table) {
            governed.push(through(ground, names, &governor.path, ROW, &|_| {
                Ok(Condition::Always)
            })?);
        }
        questions.push(Question {
            store: id.store.clone(),
            tally: Tally {
                table: ground.name(&id)?,
                alias: ROW,
                filter: Condition::all([filter(&id)?, Condition::not(Condition::any(governed))]),
                client: None,
                classes: Vec::new(),
                steps: None,
                clocks: Vec::new(),
            },
            reading: Reading::Orphans(id),
        });
    }
    Ok(questions)
}

/// How many rows these changes of one table and one effect reach, each counted once.
fn of_changes(
    changes: &[&PlannedChange],
    filter: &dyn Fn(&TableId) -> Result<Condition, PlanError>,
) -> Result<Option<Question>, PlanError> {
    let Some(first) = changes.first() else {
        return Ok(None);
    };
    let any = Condition::any(changes.iter().map(|change| change.expected.clone()));
    let mut classes = Vec::new();
    for change in changes {
        if changes.len() > 1 {
            classes.push(change.expected.clone());
        }
        classes.extend(change.ended.iter().map(|(_, ended)| ended.clone()));
    }
    let ended = |change: &&PlannedChange| change.ended.iter().map(|(rule, _)| rule.clone()).collect();
    Ok(Some(Question {
        store: first.table.store.clone(),
        tally: Tally {
            table: first.name.clone(),
            alias: ROW,
            filter: Condition::all([filter(&first.table)?, any]),
            client: first.client.clone(),
            classes,
            steps: None,
            clocks: Vec::new(),
        },
        reading: Reading::Changes {
            table: first.table.clone(),
            effect: first.effect,
            changes: changes.iter().map(ended).collect(),
        },
    }))
}

impl Forecast {
    /// A forecast with an empty line for every rule of the plan.
    pub fn new(plan: &Plan) -> Self {
        let lines = plan
            .rules
            .iter()
            .map(|rule| ((rule.id.clone(), None), Line::default()))
            .collect();
        Self {
            lines,
            ..Self::default()
        }
    }

    /// Adds the answer to a question.
    pub fn add(&mut self, question: &Question, answer: &[TallyRow], zone: &jiff::tz::TimeZone) {
        match &question.reading {
            Reading::Rules { table, rules, steps } => {
                for group in answer {
                    self.add_rules(group, table, rules, steps, zone);
                    if !group
                        .classes
                        .chunks(6)
                        .take(rules.len())
                        .any(|says| says[..3].contains(&true))
                    {
                        *self.outside.entry(table.clone()).or_default() += group.rows;
                    }
                }
            }
            Reading::Orphans(table) => {
                let rows: u64 = answer.iter().map(|group| group.rows).sum();
                if rows > 0 {
                    *self.orphans.entry(table.clone()).or_default() += rows;
                }
            }
            Reading::Changes {
                table,
                effect,
                changes,
            } => {
                answer
                    .iter()
                    .for_each(|group| self.add_changes(group, table, *effect, changes));
            }
        }
    }

    /// Keeps the lines of the plan's rules and drops the empty client-less line of a rule that has clients.
    pub fn finish(&mut self, plan: &Plan) {
        let shown: BTreeSet<&RuleId> = plan.rules.iter().map(|rule| &rule.id).collect();
        let with_client: BTreeSet<RuleId> = self
            .lines
            .keys()
            .filter(|(_, client)| client.is_some())
            .map(|(rule, _)| rule.clone())
            .collect();
        self.lines.retain(|(rule, client), line| {
            shown.contains(rule)
                && !(client.is_none() && with_client.contains(rule) && *line == Line::default())
        });
    }

    fn line(&mut self, rule: &RuleId, client: Option<&String>) -> &mut Line {
        self.lines.entry((rule.clone(), client.cloned())).or_default()
    }

    fn add_rules(
        &mut self,
        group: &TallyRow,
        table: &TableId,
        rules: &[RuleId],
        steps: &[(Effect, Vec<RuleId>)],
        zone: &jiff::tz::TimeZone,
    ) {
        const ENDED: usize = 0;
        const BEGAN: usize = 1;
        let says = |rule: usize, what: usize| group.classes.get(rule * 6 + what).copied().unwrap_or(false);
        let after_rules = rules.len() * 6;
        let said = |index: usize| group.classes.get(after_rules + index).copied().unwrap_or(false);
        let goes = steps
            .iter()
            .enumerate()
            .any(|(index, (effect, _))| *effect == Effect::Erase && said(index));
        let at = |index: usize| {
            said(index)
                && (!goes
                    || steps
                        .get(index)
                        .is_none_or(|(effect, _)| *effect == Effect::Erase))
        };
        let pending = (0..steps.len()).any(at);
        let frozen = at(steps.len());
        let applies: Vec<&(Effect, Vec<RuleId>)> = steps
            .iter()
            .enumerate()
            .filter(|(index, _)| at(*index) && !frozen)
            .map(|(_, step)| step)
            .collect();
        let effects: BTreeSet<Effect> = applies.iter().map(|(effect, _)| *effect).collect();
        for effect in effects {
            *self
                .effects
                .entry((table.clone(), effect, group.client.clone()))
                .or_default() += group.rows;
            let ended = rules.iter().enumerate().filter(|(index, _)| says(*index, ENDED));
            for (_, rule) in ended {
                let concerns = |step: &&&(Effect, Vec<RuleId>)| step.0 == effect && step.1.contains(rule);
                let times = applies.iter().filter(concerns).count() as u64;
                self.line(rule, group.client.as_ref())
                    .happens(table, effect, group.rows, times);
            }
        }
        for (index, rule) in rules.iter().enumerate() {
            let running: Vec<&RuleId> = rules
                .iter()
                .enumerate()
                .filter(|(other, _)| says(*other, BEGAN) && !says(*other, ENDED))
                .map(|(_, rule)| rule)
                .collect();
            let ended = says(index, ENDED);
            // Where rows never go, nothing keeps one from going.
            let erases = steps
                .iter()
                .any(|(effect, of)| *effect == Effect::Erase && of.contains(rule));
            let oldest = group
                .clocks
                .get(index)
                .copied()
                .flatten()
                .and_then(|seconds| date(seconds, zone));
            let line = self.line(rule, group.client.as_ref());
            let counts = [
                (ended && pending && !frozen, &mut line.due),
                (ended && pending && frozen, &mut line.held),
                (says(index, BEGAN) && !ended, &mut line.running),
                (says(index, 2), &mut line.never_started),
                (says(index, 3), &mut line.implausible),
                (says(index, 4), &mut line.kept_by_state),
                (says(index, 5), &mut line.contradictory),
                (
                    ended && running.is_empty() && !goes && erases,
                    &mut line.kept_by_reference,
                ),
            ];
            for (counts_here, count) in counts {
                *count += if counts_here { group.rows } else { 0 };
            }
            if ended {
                for other in running {
                    *line.kept_by_rule.entry(other.clone()).or_default() += group.rows;
                }
            }
            if ended && pending && !frozen {
                line.oldest = [line.oldest, oldest].into_iter().flatten().min();
            }
        }
    }

    fn add_changes(&mut self, group: &TallyRow, table: &TableId, effect: Effect, changes: &[Vec<RuleId>]) {
        *self
            .effects
            .entry((table.clone(), effect, group.client.clone()))
            .or_default() += group.rows;
        let mut answers = group.classes.iter().copied();
        let mut times: BTreeMap<&RuleId, u64> = BTreeMap::new();
        for rules in changes {
            let reached = changes.len() == 1 || answers.next().unwrap_or(false);
            for rule in rules {
                let ended = answers.next().unwrap_or(false);
                *times.entry(rule).or_default() += u64::from(reached && ended);
            }
        }
        for (rule, times) in times.into_iter().filter(|(_, times)| *times > 0) {
            self.line(rule, group.client.as_ref())
                .happens(table, effect, group.rows, times);
        }
    }
}

fn date(seconds: i64, zone: &jiff::tz::TimeZone) -> Option<Date> {
    Timestamp::from_second(seconds)
        .ok()
        .map(|instant| zone.to_datetime(instant).date())
}

/// Counts of rows by age, for a histogram.
#[derive(Debug, Clone)]
pub struct Ages {
    /// Store.
    pub store: String,
    /// What to count: its steps lie between the borders.
    pub tally: Tally,
    /// Which of the borders is the cut-off.
    cutoff: usize,
}

impl Ages {
    /// Rows between two borders: of the subjects of the rule, on which its clock can be read. `borders` are in order;
    /// `cutoff` is the one that divides what is due.
    pub fn new(
        ground: Ground<'_>,
        rule: &RuleId,
        borders: &[Date],
        cutoff: Date,
        filter: Condition,
    ) -> Result<Self, PlanError> {
        let Some((_, rule)) = ground.register.rules().find(|(_, other)| other.id == *rule) else {
            return Err(PlanError::UnknownRule(rule.to_string()));
        };
        let table = ground.table(&rule.of)?;
        let names = Names::new();
        let acts = |_: &RuleId| Suspension::Acts;
        let judge = Judge {
            ground,
            names: &names,
            suspended: &acts,
        };
        let before = |date: Date| {
            judge.clock_at(table, rule, ROW, &|time| {
                Ok(ground.cutoff.start_of(date, &ground.zone_of(time)?)?)
            })
        };
        let midnight = |border| ground.cutoff.start_of(border, &ground.cutoff.zone);
        let seconds = borders
            .iter()
            .map(|border| Ok(midnight(*border)?.instant.as_second()));
        Ok(Self {
            store: rule.of.store.clone(),
            tally: Tally {
                table: ground.name(&rule.of)?,
                alias: ROW,
                filter: Condition::all([filter, judge.subject(table, rule, ROW)?, before(LAST)?]),
                client: None,
                classes: vec![before(cutoff)?],
                steps: Some(Steps {
                    clock: judge.clock(table, rule, ROW)?,
                    borders: seconds.collect::<Result<_, PlanError>>()?,
                }),
                clocks: Vec::new(),
            },
            cutoff: borders.partition_point(|border| *border < cutoff),
        })
    }

    /// Rows before the first border, between each and the next, and after the last one. A clock is placed to the second,
    /// as if a value without zone were in UTC; on which side of the cut-off it lies is exact.
    pub fn rows(&self, answer: &[TallyRow]) -> Vec<u64> {
        let borders = self.tally.steps.as_ref().map_or(0, |steps| steps.borders.len());
        let mut rows = vec![0; borders + 1];
        for group in answer {
            let step = group.step.unwrap_or_default();
            let step = match group.classes.as_slice() {
                [true] => step.min(self.cutoff),
                _ => step.max(self.cutoff + 1),
            };
            if let Some(bar) = rows.get_mut(step) {
                *bar += group.rows;
            }
        }
        rows
    }
}
