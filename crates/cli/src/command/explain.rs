//! `serment explain`.

use anyhow::Result;

use super::hold::{key, table_id};
use crate::args::{Explain, Format};
use crate::engine::Reading;
use crate::screen::explain as screen;
use crate::session::{Session, wait};
use crate::trouble::{Exit, Trouble};
use crate::words::both;

/// Says why a row is still here.
pub fn run(session: &mut Session, args: &Explain) -> Result<Exit> {
    let (directory, register) = session.load()?;
    let table = table_id(&register, &args.table)?;
    let key = key(&args.key)?;
    let explanation = wait(async {
        let reading = Reading::open(session, directory, register).await?;
        let explanation = reading.observer().explain(&table, &key).await?;
        Ok::<_, anyhow::Error>(explanation)
    })??;
    let Some(explanation) = explanation else {
        return Err(Trouble::finding(both!(
            "aucune ligne de {table} n'a cette clé",
            "no row of {table} has this key"
        ))
        .into());
    };
    match args.output.format {
        Format::Json => {
            let json = screen::json(&explanation, &key);
            session.out.line(&serde_json::to_string_pretty(&json)?)?;
        }
        Format::Text => {
            let text = screen::render(&explanation, &key, &session.look);
            session.out.print(&text)?;
        }
    }
    Ok(Exit::Done)
}
