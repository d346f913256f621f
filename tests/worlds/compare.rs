//! What happened in the database against what the slow model says must happen.

use std::collections::BTreeMap;

use jiff::ToSpan;
use serde_json::Value as Json;
use serment_plan::steps::Effect;
use serment_sql::Kind;
use serment_store::condition::Key;
use tokio::task::LocalSet;

use crate::drive::{self, Picture, Refused, Stage};
use crate::keeper;
use crate::oracle::{self, Fate, Feed, Freeze, Verdict};
use crate::world::{Loss, World};

/// How a world went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdicts {
    /// As the model says, after so many runs that changed something.
    Agree { runs: usize },
    /// `check` or the planner refuses it, and says why.
    Refused(String),
    /// They disagree.
    Differ(Vec<String>),
}

/// What runs the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The plain driver of these tests.
    Driver,
    /// The engine.
    Keeper,
}

/// Runs a world and compares. A panic on the way (a store that refuses what the plan asks) is a disagreement.
pub async fn compare(world: &World, kind: Kind, by: By) -> Verdicts {
    let world = world.clone();
    let alone = LocalSet::new();
    let ran = alone.spawn_local(async move { run(&world, kind, by).await });
    match alone.run_until(ran).await {
        Ok(verdicts) => verdicts,
        Err(error) => {
            let payload = error.into_panic();
            let said = payload.downcast_ref::<String>().cloned();
            Verdicts::Differ(vec![said.unwrap_or_else(|| "a panic".to_owned())])
        }
    }
}

async fn run(world: &World, kind: Kind, by: By) -> Verdicts {
    let stage = match Stage::set(world, kind).await {
        Ok(stage) => stage,
        Err(Refused::Register(why)) => return Verdicts::Refused(format!("check: {}", why.join("; "))),
    };
    let before = stage.picture(world).await;
    let situation = stage.situation(world);
    let plan = stage.plan(&situation);
    let obstacles: Vec<_> = plan.rules.iter().flat_map(|rule| &rule.obstacles).collect();
    if let Some(first) = obstacles.first() {
        return Verdicts::Refused(format!("plan: {}", first.what.en));
    }
    if by == By::Keeper {
        return kept(world, &stage, &before).await;
    }
    // PostgreSQL does not answer some of these questions within minutes: its worlds go without.
    let forecast = match world.counted && kind == Kind::Sqlite {
        true => Some(stage.forecast(world, &plan, &situation).await),
        false => None,
    };
    let mut found = Vec::new();
    if world.nightly {
        for hours in [400 * 24, 31 * 24, 48, 24] {
            let mut night = world.clone();
            night.now = world.now - hours.hours();
            let plan = stage.plan(&stage.situation(&night));
            stage.run_to_the_end(&plan, world.batch).await;
            let (_, differs) = readings(&night, &before, &stage.picture(world).await);
            found.extend(
                differs
                    .into_iter()
                    .map(|it| format!("{hours} hours before: {it}")),
            );
        }
    }
    let runs = stage.run_to_the_end(&plan, world.batch).await;
    let after = stage.picture(world).await;
    let (fate, differs) = readings(world, &before, &after);
    found.extend(differs);
    if let Some(forecast) = forecast.filter(|_| found.is_empty()) {
        found.extend(counts(world, &fate, &before, &forecast));
    }
    if !found.is_empty() {
        return Verdicts::Differ(found);
    }
    Verdicts::Agree { runs }
}

/// The engine's turn: it ends as the model says, and says what it did.
async fn kept(world: &World, stage: &Stage, before: &Picture) -> Verdicts {
    let kept = keeper::run_to_the_end(stage, world).await;
    let after = stage.picture(world).await;
    let (_, mut found) = readings(world, before, &after);
    found.extend(kept.wrong);
    for (at, told) in kept.erased.iter().enumerate() {
        let gone = before[at].len() - after[at].len();
        if *told != gone as u64 {
            found.push(format!(
                "{}: {gone} rows went, {told} are told",
                world.tables[at].name
            ));
        }
    }
    match found.is_empty() {
        true => Verdicts::Agree { runs: kept.runs },
        false => Verdicts::Differ(found),
    }
}

/// The reading of the words that what happened agrees with, or else the first one and where it differs.
fn readings(world: &World, before: &Picture, after: &Picture) -> (Fate, Vec<String>) {
    let mut first = None;
    for feed in [Feed::Outlived, Feed::Strict] {
        for freeze in [Freeze::Narrow, Freeze::Wide] {
            let fate = oracle::decide(world, freeze, feed);
            let found = differences(world, &fate, before, after);
            if found.is_empty() {
                return (fate, found);
            }
            first.get_or_insert((fate, found));
        }
    }
    first.expect("there are readings")
}

fn differences(world: &World, fate: &Fate, before: &Picture, after: &Picture) -> Vec<String> {
    let mut found = Vec::new();
    for (at, table) in world.tables.iter().enumerate() {
        for row in 0..table.rows.len() {
            let key = Key(drive::key(world, at, row)).to_string();
            let place = format!("{}[{key}]", table.name);
            let old = &before[at][&key];
            let goes = fate.gone.contains(&(at, row));
            match after[at].get(&key) {
                None if goes => {}
                None => found.push(format!("{place}: gone, and must stay")),
                Some(_) if goes => found.push(format!("{place}: still there, and must go")),
                Some(new) => {
                    for (number, column) in table.columns.iter().enumerate() {
                        let cell = (at, row, number);
                        let place = format!("{place}.{}", column.name);
                        let (old, new) = (&old[number], &new[number]);
                        if fate.cleared.contains(&cell) {
                            let loss = match &column.anonymise {
                                Some(loss @ (Loss::Null | Loss::Constant(_) | Loss::Redact)) => loss.clone(),
                                _ if column.not_null => Loss::Redact,
                                _ => Loss::Null,
                            };
                            lost(&place, &loss, old, new, &mut found);
                        } else if fate.anonymised.contains(&cell) {
                            let loss = match &column.anonymise {
                                Some(loss) => loss.clone(),
                                None if column.not_null => Loss::Redact,
                                None => Loss::Null,
                            };
                            lost(&place, &loss, old, new, &mut found);
                        } else if old != new {
                            found.push(format!("{place}: {old} became {new}, and must stay"));
                        }
                    }
                }
            }
        }
        if let Some(key) = after[at].keys().find(|key| !before[at].contains_key(*key)) {
            found.push(format!("{}[{key}] came out of nothing", table.name));
        }
    }
    found
}

/// Whether a value has lost its person as asked.
fn lost(place: &str, loss: &Loss, old: &Json, new: &Json, found: &mut Vec<String>) {
    // What is already NULL tells nothing, save where a constant stands for all.
    let fine = match loss {
        Loss::Null => new.is_null(),
        Loss::Constant(text) => new.as_str() == Some(text) || (old.is_null() && new.is_null()),
        Loss::Redact => new.as_str() == Some("[erased]") || (old.is_null() && new.is_null()),
        Loss::Band(width) => match (old.as_i64(), new.as_i64()) {
            (Some(old), Some(new)) => new == old.div_euclid(*width) * width,
            _ => old.is_null() && new.is_null(),
        },
        Loss::Pseudonym(prefix) | Loss::Random(prefix) => {
            new.as_str().is_some_and(|new| new.starts_with(prefix.as_str()))
                || (old.is_null() && new.is_null())
        }
    };
    if !fine {
        found.push(format!(
            "{place}: {old} became {new}, and must lose its person by {loss:?}"
        ));
    }
}

/// The forecast counts what happens.
fn counts(
    world: &World,
    fate: &Fate,
    before: &Picture,
    forecast: &serment_plan::forecast::Forecast,
) -> Vec<String> {
    let mut found = Vec::new();
    let mut told: BTreeMap<(usize, bool), u64> = BTreeMap::new();
    for ((table, effect, _), rows) in &forecast.effects {
        let at = world
            .tables
            .iter()
            .position(|it| it.name == table.table)
            .expect("a table of the world");
        match effect {
            Effect::Erase => *told.entry((at, true)).or_default() += rows,
            Effect::Reduce => *told.entry((at, false)).or_default() += rows,
            _ => {}
        }
    }
    for at in 0..world.tables.len() {
        let gone = fate.gone.iter().filter(|row| row.0 == at).count() as u64;
        let mut reduced: Vec<usize> = fate
            .cleared
            .iter()
            .filter(|cell| cell.0 == at && !already(world, before, **cell))
            .map(|cell| cell.1)
            .collect();
        reduced.dedup();
        for (erase, expected) in [(true, gone), (false, reduced.len() as u64)] {
            let told = told.get(&(at, erase)).copied().unwrap_or_default();
            if told != expected {
                let word = if erase { "erase" } else { "reduce" };
                found.push(format!(
                    "forecast: {word} {told} rows of {}, {expected} happen",
                    world.tables[at].name
                ));
            }
        }
    }
    for (number, verdicts) in fate.verdicts.iter().enumerate() {
        let expected = verdicts.iter().filter(|it| **it == Verdict::NeverBegan).count() as u64;
        let lines = forecast
            .lines
            .iter()
            .filter(|((rule, _), _)| rule.0 == format!("a{number}.r"));
        let told: u64 = lines.map(|(_, line)| line.never_started).sum();
        if told != expected {
            found.push(format!(
                "forecast: rule a{number}.r never began on {told} rows, the model says {expected}"
            ));
        }
    }
    found
}

/// Whether a cell that must be cleared already is.
fn already(world: &World, before: &Picture, (table, row, column): (usize, usize, usize)) -> bool {
    let key = Key(drive::key(world, table, row)).to_string();
    let value = &before[table][&key][column];
    match &world.tables[table].columns[column].anonymise {
        Some(Loss::Constant(text)) => value.as_str() == Some(text),
        Some(Loss::Redact) => value.as_str() == Some("[erased]"),
        Some(Loss::Null) => value.is_null(),
        _ => value.is_null(),
    }
}
