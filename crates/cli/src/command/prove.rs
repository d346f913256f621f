//! `serment prove`.

use std::path::Path;

use anyhow::Result;
use serment_journal::VERIFY_HTML;

use crate::args::Prove;
use crate::engine::Engine;
use crate::screen::look::Tone;
use crate::session::{Session, wait};
use crate::trouble::{Exit, Trouble, of_io};
use crate::words::both;

/// Prints or writes the receipt of an outcome, and the page that verifies it.
pub fn run(session: &mut Session, args: &Prove) -> Result<Exit> {
    if let Some(outcome) = &args.outcome {
        let receipt = receipt(session, outcome)?;
        match &args.out {
            None => session.out.print(&receipt)?,
            Some(path) => {
                written(session, path, &receipt)?;
                if args.page.is_none() {
                    how(session, path)?;
                }
            }
        }
    }
    if let Some(path) = &args.page {
        write(path, VERIFY_HTML)?;
        let place = path.display();
        let said = both!(
            "Page de vérification écrite dans {place} : ouvrez-la dans un navigateur, déposez-y le reçu et la clé publique. \
             Elle n'envoie rien, et marche hors ligne. La clé doit venir d'ailleurs que du reçu : votre site, un contrat.",
            "Page of verification written to {place}: open it in a browser, drop the receipt and the public key there. It \
             sends nothing, and works offline. The key must come by another way than the receipt: your site, a contract."
        );
        let look = session.look;
        let body = look.paragraph(2, look.say(&said));
        let text = format!("{} {}", look.tick(), body.trim_start());
        // A receipt on the output must stay alone there.
        match (&args.outcome, &args.out) {
            (Some(_), None) => crate::out::complain(&text),
            _ => session.out.print(&text)?,
        }
    }
    Ok(Exit::Done)
}

fn receipt(session: &mut Session, outcome: &str) -> Result<String> {
    let (directory, register) = session.load()?;
    let unknown = || {
        Trouble::usage(both!(
            "{outcome} n'est pas un résultat connu ici",
            "{outcome} is not an outcome known here"
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
        let Some(entry) = engine.keeper().outcome_entry(outcome).await? else {
            return Err(unknown().into());
        };
        // What the published checkpoint covers needs no writing.
        let published = engine.journal.reader()?.map(|reader| reader.receipt(entry));
        Ok::<_, anyhow::Error>(match published {
            Some(Ok(receipt)) => receipt,
            _ => engine.journal.receipt(entry)?,
        })
    })??;
    Ok(format!("{}\n", receipt.to_json().trim_end()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text)
        .map_err(|error| Trouble::new(of_io(&error)).at(path.display().to_string()).into())
}

fn written(session: &mut Session, path: &Path, receipt: &str) -> Result<()> {
    write(path, receipt)?;
    let (place, bytes) = (path.display(), session.look.number(receipt.len() as u64));
    let said = both!(
        "Reçu écrit dans {place} ({bytes} octets).",
        "Receipt written to {place} ({bytes} bytes)."
    );
    let line = format!("{} {}", session.look.tick(), session.look.say(&said));
    Ok(session.out.line(&line)?)
}

/// How whoever receives it verifies it.
fn how(session: &mut Session, path: &Path) -> Result<()> {
    let look = session.look;
    let lines = [
        (
            both!(
                "Pour le vérifier, avec la clé publique :",
                "To verify it, with the public key:"
            ),
            format!(
                "serment verify {} --key .serment/journal/journal.pub",
                path.display()
            ),
        ),
        (
            both!(
                "Ou dans un navigateur, hors ligne, par la page que cette commande écrit :",
                "Or in a browser, offline, with the page that this command writes:"
            ),
            "serment prove --page verify.html".to_owned(),
        ),
    ];
    for (text, command) in lines {
        let command = look.paint(Tone::Type, &command);
        session
            .out
            .print(&format!("  {}\n    {command}\n", look.say(&text)))?;
    }
    Ok(())
}
