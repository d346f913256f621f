//! `serment diff`: what a change of the register does.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serment_draft::change::difference;
use serment_keep::observe::{ObserveOptions, Observer, Released};
use serment_keep::ports::Clock;
use serment_register::diagnostics::has_errors;
use serment_register::directory;
use serment_register::model::{Register, Text};
use serment_state::State;

use crate::args::{Diff, DiffFormat};
use crate::engine::state_directory;
use crate::screen::diff::{Due, Report};
use crate::session::{Session, wait};
use crate::stores::Opener;
use crate::trouble::{Exit, Trouble};
use crate::words::both;

/// Compares and shows.
pub fn run(session: &mut Session, args: &Diff) -> Result<Exit> {
    let (_, old) = load(&args.old)?;
    let (base, new) = load(&args.new)?;
    session.speak_as(&new);
    let live = match args.live {
        false => None,
        true => Some(due(session, &base, &old, &new, args.at)?),
    };
    let report = Report {
        difference: difference(&old, &new),
        from: old.version.clone(),
        to: new.version.clone(),
        live,
    };
    match args.format {
        DiffFormat::Json => session.out.line(&serde_json::to_string_pretty(&report.json())?)?,
        DiffFormat::Markdown => session.out.print(&report.markdown(&session.look))?,
        DiffFormat::Text => session.out.print(&report.render(&session.look))?,
    }
    Ok(if report.difference.changes_what_is_kept() {
        Exit::Findings
    } else {
        Exit::Done
    })
}

/// A register that is sound enough to compare. One that is not is no change: it could not be compared.
fn load(place: &Path) -> Result<(std::path::PathBuf, Register)> {
    let place = std::path::absolute(place)?;
    let files = directory::read(&place)?;
    match serment_register::load(&files) {
        (Some(register), findings) if !has_errors(&findings) => Ok((place, register)),
        _ => Err(Trouble::new(both!(
            "ce registre a des erreurs : il ne se compare pas",
            "this register has errors: it cannot be compared"
        ))
        .at(place.display().to_string())
        .advise(both!("serment check les explique", "serment check explains them"))
        .into()),
    }
}

/// What each version makes due by the end of the same day, on the same stores: those that the new version reaches from
/// its own directory.
fn due(session: &Session, base: &Path, old: &Register, new: &Register, at: Option<Date>) -> Result<Due> {
    let zone = TimeZone::get(&new.organisation.time_zone)?;
    let at = at.unwrap_or_else(|| session.world.now().to_zoned(zone).date());
    wait(async {
        // Holds count in both.
        let state = State::open_read(&state_directory(base)).await?;
        let before = observed(session, base, old, state.as_ref(), at).await?;
        let after = observed(session, base, new, state.as_ref(), at).await?;
        Ok::<_, anyhow::Error>(Due::new(at, before, after))
    })?
}

/// What one version makes due.
pub struct Counted {
    /// Rows due by rule; None for a rule that could not be judged.
    pub rules: BTreeMap<String, Option<u64>>,
    /// Rows by table and effect.
    pub effects: BTreeMap<(String, String), u64>,
    /// What stands in the way, in words.
    pub obstacles: Vec<Text>,
}

async fn observed(
    session: &Session,
    base: &Path,
    register: &Register,
    state: Option<&State>,
    at: Date,
) -> Result<Counted> {
    let register = Arc::new(register.clone());
    let stores = Opener {
        register: Arc::clone(&register),
        base: base.to_owned(),
    };
    let observer = Observer {
        register: &register,
        stores: &stores,
        state,
        clock: &session.world,
    };
    let options = ObserveOptions {
        at: Some(at),
        released: Released::All,
        ..ObserveOptions::default()
    };
    let seen = observer.observe(&options).await?;
    let mut counted = Counted {
        rules: register
            .rules()
            .map(|(_, rule)| (rule.id.to_string(), Some(0)))
            .collect(),
        effects: BTreeMap::new(),
        obstacles: Vec::new(),
    };
    for ((rule, _), line) in &seen.forecast.lines {
        if let Some(Some(rows)) = counted.rules.get_mut(&rule.to_string()) {
            *rows += line.due;
        }
        for ((table, effect), rows) in &line.effects {
            let what = (table.to_string(), effect.word().to_owned());
            *counted.effects.entry(what).or_default() += rows;
        }
    }
    for rule in &seen.plan.rules {
        let id = &rule.id.0;
        for obstacle in &rule.obstacles {
            let why = obstacle.what.clone();
            counted.obstacles.push(both!("{id} : {why}", "{id}: {why}"; why));
        }
        if rule.blind {
            counted.rules.insert(id.clone(), None);
        }
    }
    Ok(counted)
}
