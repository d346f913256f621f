//! When a rule runs on a row, and when it has ended.
//!
//! A rule, on a row of its activity's subjects, *never began* (no state holds, no event yet), *runs* (a state holds, or
//! from its first event until due, or while anything that it reads is unknown), or has *ended*. What never began counts
//! for nothing. The four conditions below are two-valued and exclude one another.

use std::cell::Cell;

use serment_register::model::{EventSource, Rule, RuleId, State, Table, TableId};
use serment_store::condition::{Alias, Bound, Condition, TimeColumn, TimeTest};

use crate::cutoff::CutoffError;
use crate::plan::PlanError;
use crate::translate::{Ground, column_ref};

/// Gives each row of a condition its own name.
#[derive(Debug)]
pub struct Names(Cell<u32>);

impl Names {
    /// Names from `Alias(1)` on: `Alias(0)` is the row that the condition is about.
    pub fn new() -> Self {
        Self(Cell::new(1))
    }

    /// A fresh name.
    pub fn fresh(&self) -> Alias {
        let next = self.0.get();
        self.0.set(next + 1);
        Alias(next)
    }
}

impl Default for Names {
    fn default() -> Self {
        Self::new()
    }
}

/// What a rule says of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The rule.
    pub rule: RuleId,
    /// It has ended.
    pub ended: Condition,
    /// It runs.
    pub runs: Condition,
    /// It never began.
    pub never_began: Condition,
    /// It runs because a value that it reads is implausible or unreadable.
    pub implausible: Condition,
    /// It runs because a state holds.
    pub held_by_state: Condition,
    /// An event ends it at once, but a state still holds: the data contradict each other.
    pub contradictory: Condition,
}

/// Why a rule cannot act, whatever the rows say: it counts as running wherever it may have begun.
pub type Suspended<'s> = &'s dyn Fn(&RuleId) -> Suspension;

/// Whether a rule acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspension {
    /// It acts.
    Acts,
    /// It waits for an approval: it runs where it has begun.
    Observes,
    /// What it reads cannot be read: it runs on every row of its subjects.
    Blind,
}

/// Judges the rules of a table on one of its rows.
pub struct Judge<'a, 's> {
    /// Register, catalogues, cut-off.
    pub ground: Ground<'a>,
    /// Names of rows.
    pub names: &'s Names,
    /// Which rules act.
    pub suspended: Suspended<'s>,
}

impl<'a> Judge<'a, '_> {
    /// What `rule` says of the row `row` of its table.
    pub fn judge(&self, table: &'a Table, rule: &'a Rule, row: Alias) -> Result<Judgement, PlanError> {
        let subject = self.subject(table, rule, row)?;
        let suspension = (self.suspended)(&rule.id);
        if suspension == Suspension::Blind {
            return Ok(Judgement {
                rule: rule.id.clone(),
                ended: Condition::Never,
                runs: subject,
                never_began: Condition::Never,
                implausible: Condition::Never,
                held_by_state: Condition::Never,
                contradictory: Condition::Never,
            });
        }
        let state = self.any_state(table, rule, row)?;
        let clock = Clock::new(self, table, rule, row)?;
        let unknown = clock.unknown.clone();
        let at_once = clock.at_once.clone();
        let ended_now = Condition::all([
            Condition::not(state.clone()),
            Condition::not(unknown.clone()),
            Condition::any([
                clock.due.clone(),
                Condition::all([at_once.clone(), clock.duty_done.clone()]),
            ]),
        ]);
        let begun = Condition::any([
            state.clone(),
            unknown.clone(),
            clock.started.clone(),
            at_once.clone(),
        ]);
        let (ended, runs) = match suspension {
            Suspension::Acts => (
                Condition::all([subject.clone(), ended_now.clone()]),
                Condition::all([subject.clone(), begun.clone(), Condition::not(ended_now)]),
            ),
            _ => (Condition::Never, Condition::all([subject.clone(), begun.clone()])),
        };
        Ok(Judgement {
            rule: rule.id.clone(),
            ended,
            runs,
            never_began: Condition::all([subject.clone(), Condition::not(begun)]),
            implausible: Condition::all([subject.clone(), unknown]),
            held_by_state: Condition::all([subject.clone(), state.clone()]),
            contradictory: Condition::all([subject, state, at_once]),
        })
    }

    /// Whether the clock of `rule` is before a bound given for each of its columns: for histograms.
    pub fn clock_before(
        &self,
        table: &'a Table,
        rule: &'a Rule,
        row: Alias,
        bound: &dyn Fn(&TimeColumn) -> Result<Bound, PlanError>,
    ) -> Result<Condition, PlanError> {
        let clock = Clock::new(self, table, rule, row)?;
        Ok(Condition::all([
            self.subject(table, rule, row)?,
            Condition::not(clock.unknown),
            self.clock_at(table, rule, row, bound)?,
        ]))
    }

    /// The rows of the activity's subjects.
    fn subject(&self, table: &'a Table, rule: &'a Rule, row: Alias) -> Result<Condition, PlanError> {
        let Some((activity, _)) = self
            .ground
            .register
            .rules()
            .find(|(_, other)| other.id == rule.id)
        else {
            return Err(PlanError::UnknownRule(rule.id.to_string()));
        };
        let mut any = Vec::new();
        for subject in table
            .subjects
            .iter()
            .filter(|subject| activity.subjects.contains(&subject.subject))
        {
            any.push(match &subject.when {
                Some(when) => Condition::Holds(Box::new(self.ground.predicate(&table.id, row, when)?)),
                None => Condition::Always,
            });
        }
        Ok(Condition::any(any))
    }

    /// Whether a state of the rule holds, or may hold.
    fn any_state(&self, table: &'a Table, rule: &'a Rule, row: Alias) -> Result<Condition, PlanError> {
        let mut any = Vec::new();
        for name in &rule.while_states {
            let state = table.states.get(name).ok_or_else(|| PlanError::UnknownWord {
                rule: rule.id.to_string(),
                word: name.clone(),
            })?;
            any.push(self.state(table, state, row)?);
        }
        Ok(Condition::any(any))
    }

    fn state(&self, table: &'a Table, state: &'a State, row: Alias) -> Result<Condition, PlanError> {
        match state {
            State::Own(when) => Ok(Condition::MayHold(Box::new(
                self.ground.predicate(&table.id, row, when)?,
            ))),
            State::Parent { link, when } => {
                let link = self.link(table, link)?;
                let parent = self.names.fresh();
                let holds = Condition::MayHold(Box::new(self.ground.predicate(&link.to, parent, when)?));
                Ok(Condition::any([
                    self.ground.parent(&table.id, link, row, parent, holds)?,
                    self.dangling(table, link, row)?,
                ]))
            }
            State::Children {
                table: child,
                link,
                when,
            } => {
                let child = self.ground.table(child)?;
                let link = self.link(child, link)?;
                let alias = self.names.fresh();
                let holds = Condition::MayHold(Box::new(self.ground.predicate(&child.id, alias, when)?));
                self.ground.child(&child.id, link, alias, row, holds)
            }
        }
    }

    /// A link that says something and reaches nothing: what it would have said is unknown.
    fn dangling(
        &self,
        table: &'a Table,
        link: &'a serment_register::model::Link,
        row: Alias,
    ) -> Result<Condition, PlanError> {
        let parent = self.names.fresh();
        Ok(Condition::all([
            self.ground.linked(&table.id, link, row)?,
            Condition::not(
                self.ground
                    .parent(&table.id, link, row, parent, Condition::Always)?,
            ),
        ]))
    }

    fn link(&self, table: &'a Table, name: &str) -> Result<&'a serment_register::model::Link, PlanError> {
        table.links.get(name).ok_or_else(|| PlanError::UnknownWord {
            rule: table.id.to_string(),
            word: name.to_owned(),
        })
    }

    /// The sources of the named events.
    fn sources(
        &self,
        table: &'a Table,
        rule: &'a Rule,
        events: &'a [String],
    ) -> Result<Vec<&'a EventSource>, PlanError> {
        let mut sources = Vec::new();
        for name in events {
            let event = table.events.get(name).ok_or_else(|| PlanError::UnknownWord {
                rule: rule.id.to_string(),
                word: name.clone(),
            })?;
            sources.extend(event);
        }
        Ok(sources)
    }

    /// Whether every value that starts the clock is before its bound, and there is one.
    fn clock_at(
        &self,
        table: &'a Table,
        rule: &'a Rule,
        row: Alias,
        bound: &dyn Fn(&TimeColumn) -> Result<Bound, PlanError>,
    ) -> Result<Condition, PlanError> {
        let of = |events: &'a [String]| -> Result<(Condition, Condition), PlanError> {
            let mut present = Vec::new();
            let mut late = Vec::new();
            for source in self.sources(table, rule, events)? {
                present.push(self.any_value(table, source, row, &|_| Ok(Condition::Always))?);
                late.push(self.any_value(table, source, row, &|time| {
                    Ok(Condition::not(Condition::Holds(Box::new(Condition::Time {
                        column: time.clone(),
                        test: TimeTest::Before(bound(time)?),
                    }))))
                })?);
            }
            Ok((Condition::any(present), Condition::not(Condition::any(late))))
        };
        let (present, due) = of(&rule.after)?;
        let (else_present, else_due) = of(&rule.else_after)?;
        Ok(Condition::any([
            Condition::all([present.clone(), due]),
            Condition::all([Condition::not(present), else_present, else_due]),
        ]))
    }

    /// Whether some non-NULL value of a source satisfies a test.
    fn any_value(
        &self,
        table: &'a Table,
        source: &'a EventSource,
        row: Alias,
        test: &dyn Fn(&TimeColumn) -> Result<Condition, PlanError>,
    ) -> Result<Condition, PlanError> {
        let on = |id: &TableId, of: Alias, path| -> Result<Condition, PlanError> {
            let present = Condition::not(Condition::IsNull(column_ref(of, path)));
            Ok(Condition::all([present, test(&self.ground.time(id, of, path)?)?]))
        };
        match source {
            EventSource::Own(path) => on(&table.id, row, path),
            EventSource::Parent { link, column } => {
                let link = self.link(table, link)?;
                let parent = self.names.fresh();
                self.ground
                    .parent(&table.id, link, row, parent, on(&link.to, parent, column)?)
            }
            EventSource::Children {
                table: child,
                link,
                column,
            } => {
                let child = self.ground.table(child)?;
                let alias = self.names.fresh();
                self.ground.child(
                    &child.id,
                    self.link(child, link)?,
                    alias,
                    row,
                    on(&child.id, alias, column)?,
                )
            }
        }
    }
}

/// What the events of a rule say of a row.
struct Clock {
    /// A value that the rule reads is implausible, unreadable, or behind a dangling link.
    unknown: Condition,
    /// Some event has a value.
    started: Condition,
    /// The clock is due.
    due: Condition,
    /// An event ended the rule at once.
    at_once: Condition,
    /// The duty to keep is over.
    duty_done: Condition,
}

impl Clock {
    fn new<'a>(
        judge: &Judge<'a, '_>,
        table: &'a Table,
        rule: &'a Rule,
        row: Alias,
    ) -> Result<Self, PlanError> {
        let present = |events: &'a [String]| -> Result<Condition, PlanError> {
            let sources = judge.sources(table, rule, events)?;
            let any = sources
                .into_iter()
                .map(|source| judge.any_value(table, source, row, &|_| Ok(Condition::Always)))
                .collect::<Result<Vec<_>, _>>()?;
            Ok(Condition::any(any))
        };
        let unknown = |events: &'a [String]| Self::unknown(judge, table, row, events);
        let cutoff = judge.ground.cutoff;
        let due = match rule.keep {
            Some(keep) => judge.clock_at(table, rule, row, &|time| {
                Ok(cutoff.clock_bound(keep, rule.quiet, &judge.ground.zone_of(time)?)?)
            })?,
            None => Condition::Never,
        };
        let duty_done = match &rule.at_least {
            Some(duty) => judge.clock_at(table, rule, row, &|time| {
                Ok(cutoff.clock_bound(duty.period, rule.quiet, &judge.ground.zone_of(time)?)?)
            })?,
            None => Condition::Always,
        };
        Ok(Self {
            unknown: Condition::any([
                unknown(&rule.after)?,
                Condition::all([Condition::not(present(&rule.after)?), unknown(&rule.else_after)?]),
                unknown(&rule.or_on)?,
            ]),
            started: Condition::any([present(&rule.after)?, present(&rule.else_after)?]),
            due,
            at_once: Self::at_once(judge, table, rule, row)?,
            duty_done,
        })
    }

    fn unknown<'a>(
        judge: &Judge<'a, '_>,
        table: &'a Table,
        row: Alias,
        events: &'a [String],
    ) -> Result<Condition, PlanError> {
        let ground = judge.ground;
        let mut any = Vec::new();
        for name in events {
            let planned = ground
                .register
                .vocabulary
                .events
                .get(name)
                .is_some_and(|event| event.planned);
            for source in table.events.get(name).into_iter().flatten() {
                any.push(judge.any_value(table, source, row, &|time| {
                    ground.implausible(time.clone(), planned)
                })?);
                if let EventSource::Parent { link, .. } = source {
                    any.push(judge.dangling(table, judge.link(table, link)?, row)?);
                }
            }
        }
        Ok(Condition::any(any))
    }

    fn at_once<'a>(
        judge: &Judge<'a, '_>,
        table: &'a Table,
        rule: &'a Rule,
        row: Alias,
    ) -> Result<Condition, PlanError> {
        let mut any = Vec::new();
        for source in judge.sources(table, rule, &rule.or_on)? {
            any.push(judge.any_value(table, source, row, &|time| {
                let bound = judge
                    .ground
                    .cutoff
                    .now_bound(rule.quiet, &judge.ground.zone_of(time)?)?;
                Ok(Condition::Holds(Box::new(Condition::Time {
                    column: time.clone(),
                    test: TimeTest::Before(bound),
                })))
            })?);
        }
        Ok(Condition::any(any))
    }
}

impl From<CutoffError> for PlanError {
    fn from(error: CutoffError) -> Self {
        Self::Cutoff(error)
    }
}
