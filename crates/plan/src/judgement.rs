//! When a rule runs on a row, and when it has ended.
//!
//! A rule, on a row of its activity's subjects, *never began* (no state holds, no event yet), *runs* (a state holds, or
//! from its first event until due, or while anything that it reads is unknown), or has *ended*. What never began counts
//! for nothing. The four conditions below are two-valued and exclude one another.

use std::cell::Cell;

use serment_register::model::{EventSource, Rule, RuleId, State, Table, TableId};
use serment_store::condition::{Alias, Bound, Condition, TimeColumn, TimeTest};
use serment_store::query::{self, Moment};

use crate::error::PlanError;
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
    /// The row is of its subjects and something began: it runs there, or has ended.
    pub begun: Condition,
    /// It never began.
    pub never_began: Condition,
    /// It runs because a value that it reads is implausible or unreadable.
    pub implausible: Condition,
    /// It runs because a state holds.
    pub held_by_state: Condition,
    /// An event ends it at once, but a state still holds: the data contradict each other.
    pub contradictory: Condition,
}

impl Judgement {
    /// It runs.
    pub fn runs(&self) -> Condition {
        Condition::all([self.begun.clone(), Condition::not(self.ended.clone())])
    }
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
                begun: subject,
                never_began: Condition::Never,
                implausible: Condition::Never,
                held_by_state: Condition::Never,
                contradictory: Condition::Never,
            });
        }
        let state = self.any_state(table, rule, row)?;
        let clock = Clock::new(self, table, rule, row)?;
        let begun = Condition::any([state.clone(), clock.began]);
        let ended = match suspension {
            Suspension::Acts => Condition::all([
                subject.clone(),
                Condition::not(state.clone()),
                Condition::not(clock.out_of_sight),
                Condition::any([
                    Condition::all([clock.due, self.due_as_asked(table, rule, row)?]),
                    Condition::all([clock.at_once.clone(), clock.duty_done]),
                ]),
            ]),
            Suspension::Observes | Suspension::Blind => Condition::Never,
        };
        Ok(Judgement {
            rule: rule.id.clone(),
            ended,
            never_began: Condition::all([subject.clone(), Condition::not(begun.clone())]),
            begun: Condition::all([subject.clone(), begun]),
            implausible: Condition::all([subject.clone(), clock.implausible]),
            held_by_state: Condition::all([subject.clone(), state.clone()]),
            contradictory: Condition::all([subject, state, clock.at_once]),
        })
    }

    /// Whether the clock is due also by what the client of the row asked for.
    fn due_as_asked(&self, table: &'a Table, rule: &'a Rule, row: Alias) -> Result<Condition, PlanError> {
        let ground = self.ground;
        let asked = ground.extensions.iter();
        let all = asked.filter(|asked| asked.rule == rule.id).map(|asked| {
            let theirs = ground.of_client(self.names, table, row, &asked.client)?;
            let due = self.clock_at(table, rule, row, &|time| {
                let zone = ground.zone_of(time)?;
                Ok(ground.cutoff.clock_bound(asked.keep, rule.quiet, &zone)?)
            })?;
            Ok(Condition::any([Condition::not(theirs), due]))
        });
        Ok(Condition::all(all.collect::<Result<Vec<_>, PlanError>>()?))
    }

    /// The rows of the activity's subjects.
    pub fn subject(&self, table: &'a Table, rule: &'a Rule, row: Alias) -> Result<Condition, PlanError> {
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

    /// Whether every value that starts the clock is plausible and before the bound given for its column, and there is
    /// one.
    pub fn clock_at(
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
                    Ok(Condition::not(self.ground.between(time.clone(), bound(time)?)?))
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

    /// When the clock of a rule began.
    pub fn clock(&self, table: &'a Table, rule: &'a Rule, row: Alias) -> Result<query::Clock, PlanError> {
        let of = |events: &'a [String]| -> Result<Vec<Moment>, PlanError> {
            self.sources(table, rule, events)?
                .into_iter()
                .map(|source| self.moment(table, source, row))
                .collect()
        };
        Ok(query::Clock {
            when: None,
            of: of(&rule.after)?,
            or: of(&rule.else_after)?,
        })
    }

    /// Where the value of a source stands.
    pub fn moment(&self, table: &'a Table, source: &'a EventSource, row: Alias) -> Result<Moment, PlanError> {
        let ground = self.ground;
        let alias = self.names.fresh();
        let (id, path, rows) = match source {
            EventSource::Own(path) => {
                let time = ground.time(&table.id, row, path)?;
                return Ok(Moment { time, of: None });
            }
            EventSource::Parent { link, column } => {
                let link = self.link(table, link)?;
                (&link.to, column, ground.parents(&table.id, link, row, alias)?)
            }
            EventSource::Children {
                table: child,
                link,
                column,
            } => {
                let link = self.link(ground.table(child)?, link)?;
                (child, column, ground.children(child, link, alias, row)?)
            }
        };
        Ok(Moment {
            time: ground.time(id, alias, path)?,
            of: Some(Box::new(rows)),
        })
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
    /// Some event has a value, or lies behind a dangling link.
    began: Condition,
    /// The clock is due: its values are plausible, and before the bound.
    due: Condition,
    /// An event ended the rule at once.
    at_once: Condition,
    /// Nothing that starts the clock is implausible, and the duty to keep, if there is one, is over.
    duty_done: Condition,
    /// An event lies behind a dangling link, or one that could end the rule is implausible.
    out_of_sight: Condition,
    /// A value that the rule reads is implausible or unreadable, or behind a dangling link.
    implausible: Condition,
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
        let bad = |events: &'a [String]| Self::bad(judge, table, row, events);
        let lost = |events: &'a [String]| Self::lost(judge, table, rule, row, events);
        let at = |period| {
            judge.clock_at(table, rule, row, &|time| {
                Ok(judge
                    .ground
                    .cutoff
                    .clock_bound(period, rule.quiet, &judge.ground.zone_of(time)?)?)
            })
        };
        let without_after = |condition: Condition| -> Result<Condition, PlanError> {
            Ok(Condition::all([Condition::not(present(&rule.after)?), condition]))
        };
        let bad_clock = Condition::any([bad(&rule.after)?, without_after(bad(&rule.else_after)?)?]);
        let lost_clock = Condition::any([lost(&rule.after)?, without_after(lost(&rule.else_after)?)?]);
        let out_of_sight = Condition::any([lost_clock, lost(&rule.or_on)?, bad(&rule.or_on)?]);
        Ok(Self {
            began: Condition::any([
                present(&rule.after)?,
                present(&rule.else_after)?,
                // An event that ends the rule at once and lies ahead, or less than `quiet` ago, says that it runs.
                present(&rule.or_on)?,
                out_of_sight.clone(),
            ]),
            due: rule.keep.map_or(Ok(Condition::Never), at)?,
            at_once: Self::at_once(judge, table, rule, row)?,
            duty_done: match &rule.at_least {
                Some(duty) => at(duty.period)?,
                None if rule.or_on.is_empty() => Condition::Always,
                None => Condition::not(bad_clock.clone()),
            },
            implausible: Condition::any([bad_clock, out_of_sight.clone()]),
            out_of_sight,
        })
    }

    /// A value of an event is implausible or unreadable.
    fn bad<'a>(
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
            }
        }
        Ok(Condition::any(any))
    }

    /// A value of an event lies behind a dangling link.
    fn lost<'a>(
        judge: &Judge<'a, '_>,
        table: &'a Table,
        rule: &'a Rule,
        row: Alias,
        events: &'a [String],
    ) -> Result<Condition, PlanError> {
        let mut links: Vec<&str> = judge
            .sources(table, rule, events)?
            .into_iter()
            .filter_map(|source| match source {
                EventSource::Parent { link, .. } => Some(link.as_str()),
                _ => None,
            })
            .collect();
        links.sort_unstable();
        links.dedup();
        let any = links
            .into_iter()
            .map(|link| judge.dangling(table, judge.link(table, link)?, row));
        Ok(Condition::any(any.collect::<Result<Vec<_>, _>>()?))
    }

    /// An event happened when the latest of its sources did: one value is past, and none lies ahead.
    fn at_once<'a>(
        judge: &Judge<'a, '_>,
        table: &'a Table,
        rule: &'a Rule,
        row: Alias,
    ) -> Result<Condition, PlanError> {
        let past = |time: &TimeColumn| -> Result<Condition, PlanError> {
            let bound = judge
                .ground
                .cutoff
                .now_bound(rule.quiet, &judge.ground.zone_of(time)?)?;
            Ok(Condition::Holds(Box::new(Condition::Time {
                column: time.clone(),
                test: TimeTest::Before(bound),
            })))
        };
        let mut any = Vec::new();
        for event in rule.or_on.chunks(1) {
            let sources = judge.sources(table, rule, event)?;
            let mut happened = Vec::new();
            let mut ahead = Vec::new();
            for source in &sources {
                happened.push(judge.any_value(table, source, row, &past)?);
                // One value of one row is not both.
                if sources.len() > 1 || matches!(source, EventSource::Children { .. }) {
                    ahead.push(judge.any_value(table, source, row, &|time| Ok(Condition::not(past(time)?)))?);
                }
            }
            any.push(Condition::all([
                Condition::any(happened),
                Condition::not(Condition::any(ahead)),
            ]));
        }
        Ok(Condition::any(any))
    }
}
