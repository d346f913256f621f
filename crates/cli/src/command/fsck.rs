//! `serment fsck`.

use anyhow::Result;
use serde_json::json;

use crate::args::{Format, Fsck};
use crate::engine::Engine;
use crate::screen::look::harmless;
use crate::session::{Session, wait};
use crate::trouble::Exit;
use crate::words::both;

/// Checks the state, the journal, and that each says what the other says.
pub fn run(session: &mut Session, args: &Fsck) -> Result<Exit> {
    let (directory, register) = session.load()?;
    let checkup = wait(async {
        Ok::<_, anyhow::Error>(match Engine::open_read(session, directory, register).await? {
            Some(engine) => engine.keeper().fsck().await?,
            None => serment_keep::fsck::Checkup::default(),
        })
    })??;
    let look = session.look;
    let text = match args.output.format {
        Format::Json => {
            let json = json!({
                "checked": checkup.checked,
                "problems": checkup.problems,
                "warnings": checkup.warnings,
            });
            format!("{}\n", serde_json::to_string_pretty(&json)?)
        }
        Format::Text => {
            let mut out = String::new();
            for (mark, lines) in [
                (look.tick(), &checkup.checked),
                (look.bang(), &checkup.warnings),
                (look.cross(), &checkup.problems),
            ] {
                for line in lines {
                    let body = look.paragraph(4, &harmless(look.say(line)));
                    out.push_str(&format!("  {mark} {}", body.trim_start()));
                }
            }
            let said = if checkup.checked.is_empty() {
                both!(
                    "Rien à contrôler : aucun état encore.",
                    "Nothing to check: no state yet."
                )
            } else if checkup.problems.is_empty() {
                both!("Tout est sain.", "Everything is sound.")
            } else {
                both!(
                    "Quelque chose ne va pas : n'exécutez rien avant de l'avoir compris.",
                    "Something is wrong: run nothing before it is understood."
                )
            };
            out.push_str(&format!("{}\n", look.say(&said)));
            out
        }
    };
    session.out.print(&text)?;
    Ok(if checkup.problems.is_empty() {
        Exit::Done
    } else {
        Exit::Findings
    })
}
