//! What is asked of a row, all in one question, and what it answers.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::Value;
use serment_plan::compose::through;
use serment_plan::cutoff::due_date;
use serment_plan::graph::{Edge, Graph};
use serment_plan::judgement::{Judge, Judgement, Names, Suspension};
use serment_plan::steps::ROW;
use serment_plan::translate::Ground;
use serment_plan::{Plan, PlanError};
use serment_register::model::{EventSource, Rule, RuleId, Table, TableId};
use serment_store::condition::{Condition, TimeColumn};
use serment_store::query::Field;

use super::{RuleSays, Stand, basis};

/// Where an answer will stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place(usize);

/// The answers of the row.
pub(super) struct Asked(pub Vec<Value>);

impl Asked {
    pub fn yes(&self, place: Place) -> bool {
        self.0.get(place.0) == Some(&Value::Bool(true))
    }

    pub fn text(&self, place: Place) -> Option<String> {
        match self.0.get(place.0)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }
}

/// A question that grows.
pub(super) struct Asking<'a, 's> {
    ground: Ground<'a>,
    graph: &'s Graph<'a>,
    names: &'s Names,
    plan: &'s Plan,
    fields: Vec<Field>,
}

/// Columns that start a clock, how each writes a time, and where its value stands.
type Clocks = Vec<(String, TimeColumn, Place)>;

/// What was asked about a rule.
pub(super) struct AskedRule<'a> {
    pub rule: &'a Rule,
    ended: Place,
    runs: Place,
    never_began: Place,
    implausible: Place,
    held_by_state: Place,
    contradictory: Place,
    /// What starts its clock, and what does where none of that is there.
    clocks: (Clocks, Clocks),
}

impl<'a, 's> Asking<'a, 's> {
    pub fn new(ground: Ground<'a>, graph: &'s Graph<'a>, names: &'s Names, plan: &'s Plan) -> Self {
        Self {
            ground,
            graph,
            names,
            plan,
            fields: Vec::new(),
        }
    }

    pub fn fields(&self) -> Vec<Field> {
        self.fields.clone()
    }

    fn ask(&mut self, field: Field) -> Place {
        self.fields.push(field);
        Place(self.fields.len() - 1)
    }

    pub fn condition(&mut self, condition: Condition) -> Place {
        self.ask(Field::Condition(condition))
    }

    /// Whose row it is, as its steps know.
    pub fn client(&mut self, table: &TableId) -> Option<Place> {
        let client = self
            .plan
            .changes()
            .find(|(_, change)| change.table == *table)
            .and_then(|(_, change)| change.client.clone())?;
        Some(self.ask(Field::Client(client)))
    }

    /// Every rule that governs a table, asked about its row.
    pub fn rules(&mut self, table: &'a Table) -> Result<Vec<AskedRule<'a>>, PlanError> {
        let mut asked = Vec::new();
        for governor in self.graph.governors(table) {
            let root = match governor.path.last() {
                None => table,
                Some(edge) => self.ground.table(&edge.link.to)?,
            };
            for rule in self.graph.rules_of(&root.id).to_vec() {
                let mut place = |part: &dyn Fn(Judgement) -> Condition| -> Result<Place, PlanError> {
                    let condition = through(self.ground, self.names, &governor.path, ROW, &|row| {
                        Ok(part(self.judged(root, rule, row)?))
                    })?;
                    self.fields.push(Field::Condition(condition));
                    Ok(Place(self.fields.len() - 1))
                };
                let ended = place(&|judged| judged.ended)?;
                let runs = place(&|judged| judged.runs())?;
                let never_began = place(&|judged| judged.never_began)?;
                let implausible = place(&|judged| judged.implausible)?;
                let held_by_state = place(&|judged| judged.held_by_state)?;
                let contradictory = place(&|judged| judged.contradictory)?;
                let clocks = if governor.path.is_empty() {
                    self.clocks(root, rule)?
                } else {
                    Default::default()
                };
                asked.push(AskedRule {
                    rule,
                    ended,
                    runs,
                    never_began,
                    implausible,
                    held_by_state,
                    contradictory,
                    clocks,
                });
            }
        }
        Ok(asked)
    }

    fn judged(
        &self,
        root: &'a Table,
        rule: &'a Rule,
        row: serment_store::condition::Alias,
    ) -> Result<Judgement, PlanError> {
        let blind = self.plan.rule(&rule.id).is_none_or(|planned| planned.blind);
        let suspended = |_: &RuleId| {
            if blind {
                Suspension::Blind
            } else {
                Suspension::Acts
            }
        };
        let judge = Judge {
            ground: self.ground,
            names: self.names,
            suspended: &suspended,
        };
        judge.judge(root, rule, row)
    }

    /// The values that start the clock of a rule on the row, and those that do where none of these is there.
    fn clocks(&mut self, table: &'a Table, rule: &'a Rule) -> Result<(Clocks, Clocks), PlanError> {
        let (after, otherwise) = (&rule.after, &rule.else_after);
        Ok((self.of_events(table, after)?, self.of_events(table, otherwise)?))
    }

    fn of_events(&mut self, table: &'a Table, events: &'a [String]) -> Result<Clocks, PlanError> {
        let never = |_: &RuleId| Suspension::Acts;
        let judge = Judge {
            ground: self.ground,
            names: self.names,
            suspended: &never,
        };
        let mut clocks = Vec::new();
        for source in events
            .iter()
            .filter_map(|event| table.events.get(event))
            .flatten()
        {
            let name = match source {
                EventSource::Own(path) => path.to_string(),
                EventSource::Parent { link, column } => format!("{link}.{column}"),
                EventSource::Children { table, column, .. } => format!("{}.{column}", table.table),
            };
            let moment = judge.moment(table, source, ROW)?;
            let time = moment.time.clone();
            clocks.push((name, time, self.ask(Field::Time(moment))));
        }
        Ok(clocks)
    }

    /// For each rule of the rows that refer to this one by a link: whether it runs on one of them.
    pub fn running_below(&mut self, edge: &Edge<'a>) -> Result<Vec<(RuleId, Place)>, PlanError> {
        let mut found = Vec::new();
        for governor in self.graph.governors(edge.from) {
            let root = match governor.path.last() {
                None => edge.from,
                Some(last) => self.ground.table(&last.link.to)?,
            };
            for rule in self.graph.rules_of(&root.id).to_vec() {
                let child = self.names.fresh();
                let runs = through(self.ground, self.names, &governor.path, child, &|row| {
                    Ok(self.judged(root, rule, row)?.runs())
                })?;
                let exists = self.ground.child(&edge.from.id, edge.link, child, ROW, runs)?;
                found.push((rule.id.clone(), self.condition(exists)));
            }
        }
        Ok(found)
    }
}

impl AskedRule<'_> {
    /// What the row answers.
    pub fn answer(
        &self,
        ground: Ground<'_>,
        answers: &Asked,
        client: Option<&str>,
        released: bool,
    ) -> RuleSays {
        let stand = if answers.yes(self.ended) {
            Stand::Ended
        } else if answers.yes(self.runs) {
            Stand::Runs
        } else if answers.yes(self.never_began) {
            Stand::NeverBegan
        } else {
            Stand::NotConcerned
        };
        let (after, otherwise) = &self.clocks;
        let there = |clocks: &Clocks| clocks.iter().any(|(_, _, place)| answers.text(*place).is_some());
        let started = if there(after) { after } else { otherwise };
        let clocks: Vec<(String, Option<String>)> = after
            .iter()
            .chain(otherwise)
            .map(|(column, _, place)| (column.clone(), answers.text(*place)))
            .collect();
        let clock = started
            .iter()
            .filter_map(|(_, time, place)| date(&answers.text(*place)?, time, &ground.cutoff.zone))
            .max()
            .filter(|_| !answers.yes(self.implausible));
        let asked: Vec<_> = ground
            .extensions
            .iter()
            .filter(|asked| asked.rule == self.rule.id && Some(asked.client.as_str()) == client)
            .collect();
        let periods = self
            .rule
            .keep
            .into_iter()
            .chain(asked.iter().map(|asked| asked.keep));
        let due = clock.and_then(|clock| periods.filter_map(|keep| due_date(clock, keep).ok()).max());
        RuleSays {
            rule: self.rule.id.clone(),
            stand,
            released,
            held_by_state: answers.yes(self.held_by_state),
            implausible: answers.yes(self.implausible),
            contradictory: answers.yes(self.contradictory),
            clocks,
            clock,
            due: due.filter(|_| self.rule.keep.is_some()),
            extended_by: asked.iter().map(|asked| asked.id.clone()).collect(),
            purposes: self
                .rule
                .purposes
                .iter()
                .filter_map(|id| ground.register.purpose(id))
                .map(|purpose| {
                    (
                        purpose.id.to_string(),
                        purpose.title.clone(),
                        basis(&purpose.basis),
                    )
                })
                .collect(),
        }
    }
}

/// The local date of a clock, from what its column says.
fn date(text: &str, time: &TimeColumn, zone: &TimeZone) -> Option<Date> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant.to_zoned(zone.clone()).date());
    }
    if text.len() == 10 {
        return text.parse().ok();
    }
    let local: DateTime = text.parse().ok()?;
    let of_column = TimeZone::get(&time.zone).ok()?;
    Some(
        local
            .to_zoned(of_column)
            .ok()?
            .with_time_zone(zone.clone())
            .date(),
    )
}
