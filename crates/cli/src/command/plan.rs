//! `serment plan`: reads, counts, shows; writes nothing.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use futures::stream::{self, StreamExt, TryStreamExt};
use serment_keep::observe::{Observation, ObserveOptions, Observer, Released};
use serment_plan::forecast;
use serment_register::model::{Register, RuleId, Text};

use crate::args::{Format, Plan};
use crate::engine::Reading;
use crate::screen::Look;
use crate::screen::histogram::{Bar, Histogram};
use crate::screen::plan::{Effect, HeldBack, Line, Report, are_many};
use crate::session::{Session, wait};
use crate::trouble::{Exit, Trouble};
use crate::words::both;

/// Histograms made at the same time.
const TOGETHER: usize = 2;
/// Bars of a histogram.
const BARS: u32 = 60;

/// Plans and shows.
pub fn run(session: &mut Session, args: &Plan) -> Result<Exit> {
    let (directory, register) = session.load()?;
    let rules = rules(&register, &args.rule)?;
    if let Some(store) = args
        .store
        .as_ref()
        .filter(|store| !register.stores.contains_key(*store))
    {
        return Err(Trouble::usage(both!(
            "{store} n'est pas un dépôt du registre",
            "{store} is not a store of the register"
        ))
        .into());
    }
    let options = ObserveOptions {
        at: args.at,
        released: Released::All,
        rules,
        store: args.store.clone(),
        client: args.client.clone(),
        sample: args.sample.unwrap_or(0),
        sql: args.sql,
    };
    let (observation, report) = wait(async {
        let reading = Reading::open(session, directory, register).await?;
        let observer = reading.observer();
        let observation = observer.observe(&options).await?;
        let approved = match &reading.state {
            Some(state) => state
                .approvals()
                .await?
                .into_iter()
                .map(|approval| (approval.rule, approval.hash))
                .collect(),
            None => BTreeSet::new(),
        };
        let report = report(&reading.register, &observer, &observation, &approved, args).await?;
        Ok::<_, anyhow::Error>((observation, report))
    })??;
    match (args.output.format, args.sql) {
        (Format::Json, _) => session.out.line(&serde_json::to_string_pretty(&report)?)?,
        (Format::Text, true) => session.out.print(&statements(&observation, &session.look))?,
        (Format::Text, false) => {
            let text = report.render(&session.look);
            session.out.print(&text)?;
        }
    }
    let blocked = report.rules.iter().any(|line| !line.obstacles.is_empty());
    Ok(if blocked { Exit::Findings } else { Exit::Done })
}

/// The rules that an option names; None for all of them.
pub fn rules(register: &Register, names: &[String]) -> Result<Option<BTreeSet<RuleId>>> {
    if names.is_empty() {
        return Ok(None);
    }
    names
        .iter()
        .map(|name| rule(register, name))
        .collect::<Result<BTreeSet<_>>>()
        .map(Some)
}

/// The rule of that name, or what it may have been meant to be.
pub fn rule(register: &Register, name: &str) -> Result<RuleId> {
    let known: Vec<&str> = register.rules().map(|(_, rule)| rule.id.0.as_str()).collect();
    if known.contains(&name) {
        return Ok(RuleId(name.to_owned()));
    }
    let trouble = Trouble::usage(both!(
        "{name} n'est pas une règle du registre",
        "{name} is not a rule of the register"
    ));
    let close = known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0));
    Err(match close {
        Some((_, close)) => trouble.advise(both!(
            "vouliez-vous dire « {close} » ?",
            "did you mean `{close}`?"
        )),
        None => {
            let list = known.join(", ");
            trouble.advise(both!("règles : {list}", "rules: {list}"))
        }
    }
    .into())
}

async fn report(
    register: &Register,
    observer: &Observer<'_>,
    observation: &Observation,
    approved: &BTreeSet<(String, String)>,
    args: &Plan,
) -> Result<Report> {
    let mut clients: BTreeMap<&RuleId, usize> = BTreeMap::new();
    for (rule, client) in observation.forecast.lines.keys() {
        *clients.entry(rule).or_default() += usize::from(client.is_some());
    }
    let mut drawn = BTreeSet::new();
    let counted = observation.forecast.lines.iter();
    let lines = counted.filter_map(|((rule, client), counted)| {
        let planned = observation.plan.rule(rule)?;
        let mut line = line(register, observation, planned, client.as_ref(), counted, args);
        line.released = approved.contains(&(planned.id.0.clone(), planned.hash.clone()));
        // A screen tells many clients together: one drawing does, that of all of them. Elsewhere the rows of no client
        // have none, since to ask about no client is to ask about all.
        let together =
            matches!(args.output.format, Format::Text) && are_many(clients[rule]) && args.sample.is_none();
        let asked = if together {
            drawn.insert(rule)
        } else {
            client.is_some() || clients[rule] == 0
        };
        let client = client.as_deref().filter(|_| !together).or(args.client.as_deref());
        Some(async move {
            if let (true, false, Some(cutoff)) = (asked, planned.blind, planned.cutoff) {
                let bars = observer.histogram(observation, rule, client, BARS).await?;
                let bars = bars.into_iter().map(|bar| Bar {
                    from: bar.from,
                    before: bar.before,
                    rows: bar.rows,
                });
                line.ages = Some(Histogram::new(bars.collect(), cutoff));
            }
            Ok::<_, anyhow::Error>(line)
        })
    });
    let lines = stream::iter(lines).buffered(TOGETHER).try_collect().await?;
    Ok(Report {
        plan: observation.plan.hash.clone(),
        at: observation.plan.cutoff.at,
        register: register.version.clone(),
        rules: lines,
        organisation: register.organisation.name.clone(),
        narrowed: args.client.is_some(),
    })
}

fn line(
    register: &Register,
    observation: &Observation,
    planned: &serment_plan::PlannedRule,
    client: Option<&String>,
    counted: &forecast::Line,
    args: &Plan,
) -> Line {
    let mut obstacles = planned.obstacles.clone();
    obstacles.extend(
        observation
            .suspicions
            .iter()
            .filter(|suspicion| suspicion.rule == planned.id && !suspicion.accepted)
            .map(|suspicion| suspicion.text().into()),
    );
    let mut held_back = Vec::new();
    if counted.kept_by_state > 0 {
        held_back.push(HeldBack {
            why: "state".to_owned(),
            rows: counted.kept_by_state,
        });
    }
    held_back.extend(counted.kept_by_rule.iter().map(|(rule, rows)| HeldBack {
        why: rule.to_string(),
        rows: *rows,
    }));
    if counted.kept_by_reference > 0 {
        held_back.push(HeldBack {
            why: "reference".to_owned(),
            rows: counted.kept_by_reference,
        });
    }
    let effects = counted
        .effects
        .iter()
        .map(|((table, effect), rows)| Effect {
            table: table.to_string(),
            effect: effect.word().to_owned(),
            rows: *rows,
            keys: args.sample.map(|_| {
                observation
                    .samples
                    .iter()
                    .filter(|sample| {
                        sample.rule == planned.id
                            && sample.client.as_ref() == client
                            && sample.table == *table
                            && sample.effect == *effect
                    })
                    .flat_map(|sample| sample.keys.clone())
                    .collect()
            }),
        })
        .collect();
    Line {
        rule: planned.id.0.clone(),
        store: planned.table.store.clone(),
        table: planned.table.table.clone(),
        client: client.cloned(),
        due: counted.due,
        never_started: counted.never_started,
        implausible: counted.implausible,
        held: counted.held,
        oldest: counted.oldest,
        cutoff: planned.cutoff,
        effects,
        hash: planned.hash.clone(),
        released: false,
        held_back,
        kept_by_state: counted.kept_by_state,
        contradictory: counted.contradictory,
        obstacles,
        reservations: planned.reservations.clone(),
        states: states(register, &planned.id),
        ages: None,
    }
}

/// The labels of the states of a rule.
fn states(register: &Register, rule: &RuleId) -> Vec<Text> {
    register
        .rules()
        .find(|(_, other)| other.id == *rule)
        .map(|(_, rule)| rule)
        .into_iter()
        .flat_map(|rule| &rule.while_states)
        .filter_map(|state| register.vocabulary.states.get(state))
        .map(|term| term.label.clone())
        .collect()
}

/// The statements that would run, as one file of SQL with comments.
fn statements(observation: &Observation, look: &Look) -> String {
    let mut out = String::new();
    for step in &observation.statements {
        out.push_str(&format!("-- {}\n", step.step));
        for (what, sql) in &step.statements {
            out.push_str(&format!("-- {}\n{}\n\n", look.say(what), sql.trim_end()));
        }
    }
    out
}
