//! `serment approve`.

use anyhow::Result;
use serment_keep::approve::ApproveOptions;
use serment_state::approvals::Approval;

use crate::args::Approve;
use crate::engine::Engine;
use crate::screen::look::{Look, Tone};
use crate::screen::plan::effect_word;
use crate::session::{Session, wait};
use crate::trouble::{Exit, Trouble};
use crate::words::both;
use crate::world::World;

/// Releases rules until they change.
pub fn run(session: &mut Session, args: &Approve) -> Result<Exit> {
    let (directory, register) = session.load()?;
    let rules = args
        .rules
        .iter()
        .map(|rule| super::plan::rule(&register, rule))
        .collect::<Result<Vec<_>>>()?;
    let options = ApproveOptions {
        rules,
        hash: args.plan.clone(),
        actor: actor(session.world, args.actor.as_ref())?,
        accept: args.accept_suspect.clone(),
    };
    let approvals = wait(async {
        let engine = Engine::open(session, directory, register).await?;
        let approvals = engine.keeper().approve(&options).await?;
        Ok::<_, anyhow::Error>(approvals)
    })??;
    let look = session.look;
    let mut out: String = approvals.iter().map(|approval| told(approval, &look)).collect();
    let next = both!("Pour l'exécuter :", "To carry it out:");
    let command = match approvals.as_slice() {
        [approval] => format!("serment keep --rule {}", approval.rule),
        _ => "serment keep".to_owned(),
    };
    out.push_str(&format!(
        "  {} {}\n",
        look.say(&next),
        look.paint(Tone::Type, &command)
    ));
    session.out.print(&out)?;
    Ok(Exit::Done)
}

fn told(approval: &Approval, look: &Look) -> String {
    let rule = look.paint(Tone::Strong, &approval.rule);
    let hash = crate::screen::plan::short(&approval.hash);
    let zone = jiff::tz::TimeZone::UTC;
    let until = look.date(approval.expires_at.to_zoned(zone).date());
    let text = both!(
        "{rule} est approuvée (plan {hash}), jusqu'à ce qu'elle change.",
        "{rule} is approved (plan {hash}), until it changes."
    );
    let mut out = format!("{} {}\n", look.tick(), look.say(&text));
    let bound = if approval.ceilings.is_empty() {
        both!(
            "Rien n'est échu aujourd'hui : sa première exécution doit commencer avant le {until} et ne peut rien modifier.",
            "Nothing is due today: its first run must begin before {until}, and may change nothing."
        )
    } else {
        both!(
            "Sa première exécution doit commencer avant le {until} et ne peut dépasser :",
            "Its first run must begin before {until}, and may not exceed:"
        )
    };
    out.push_str(&format!("  {}\n", look.say(&bound)));
    for ceiling in &approval.ceilings {
        let word = look.say(&effect_word(&ceiling.effect)).to_owned();
        let rows = look.number(ceiling.rows);
        out.push_str(&format!(
            "{}  {} {}\n",
            crate::screen::look::right(&rows, 12),
            crate::screen::look::left(&word, 14),
            ceiling.table
        ));
    }
    out
}

/// Who acts: as the option says, else the user of the system.
pub fn actor(world: World, option: Option<&String>) -> Result<String> {
    option
        .cloned()
        .or_else(|| {
            ["SERMENT_ACTOR", "USER", "LOGNAME"]
                .iter()
                .find_map(|name| world.variable(name))
        })
        .ok_or_else(|| {
            Trouble::usage(both!(
                "on ne sait pas qui agit : ni --actor, ni utilisateur du système",
                "nobody knows who acts: neither --actor nor a user of the system"
            ))
            .advise(both!("ajoutez --actor NOM", "add --actor NAME"))
            .into()
        })
}
