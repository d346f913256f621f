//! `serment prove`.

use anyhow::Result;

use crate::args::Prove;
use crate::engine::Engine;
use crate::session::{Session, wait};
use crate::trouble::{Exit, Trouble, of_io};
use crate::words::both;

/// Prints or writes the receipt of an outcome.
pub fn run(session: &mut Session, args: &Prove) -> Result<Exit> {
    let (directory, register) = session.load()?;
    let unknown = || {
        let name = &args.outcome;
        Trouble::usage(both!(
            "{name} n'est pas un résultat connu ici",
            "{name} is not an outcome known here"
        ))
        .advise(both!(
            "serment journal list --kind outcome les montre ; keep les nomme o-17",
            "serment journal list --kind outcome shows them; keep names them o-17"
        ))
    };
    let receipt = wait(async {
        let Some(engine) = Engine::open_read(session, directory, register).await? else {
            return Err(unknown().into());
        };
        let Some(entry) = engine.keeper().outcome_entry(&args.outcome).await? else {
            return Err(unknown().into());
        };
        // What the published checkpoint covers needs no writing.
        let published = engine.journal.reader()?.map(|reader| reader.receipt(entry));
        Ok::<_, anyhow::Error>(match published {
            Some(Ok(receipt)) => receipt,
            _ => engine.journal.receipt(entry)?,
        })
    })??;
    let text = format!("{}\n", receipt.to_json().trim_end());
    let Some(path) = &args.out else {
        session.out.print(&text)?;
        return Ok(Exit::Done);
    };
    std::fs::write(path, &text)
        .map_err(|error| Trouble::new(of_io(&error)).at(path.display().to_string()))?;
    let (place, bytes) = (path.display(), session.look.number(text.len() as u64));
    let said = both!(
        "Reçu écrit dans {place} ({bytes} octets).",
        "Receipt written to {place} ({bytes} bytes)."
    );
    let line = format!("{} {}", session.look.tick(), session.look.say(&said));
    session.out.line(&line)?;
    Ok(Exit::Done)
}
