//! `serment schema`.

use anyhow::Result;
use serde_json::Value;

use crate::args::Schema;
use crate::session::Session;
use crate::trouble::{Exit, Trouble};
use crate::words::both;

/// Prints the JSON Schema of one kind of file, or of all of them by name.
pub fn run(session: &mut Session, args: &Schema) -> Result<Exit> {
    let every = serment_register::schema::every();
    let chosen = match &args.file {
        None => Value::Object(
            every
                .into_iter()
                .map(|(name, schema)| (name.to_owned(), schema))
                .collect(),
        ),
        Some(file) => {
            // The name of a kind, or the path of a file of that kind.
            let name = serment_register::schema::name_for(file).unwrap_or(file);
            match every.get(name) {
                Some(schema) => schema.clone(),
                None => {
                    let known = every.keys().copied().collect::<Vec<_>>().join(", ");
                    return Err(Trouble::usage(both!(
                        "« {file} » n'est pas un genre de fichier d'un registre",
                        "`{file}` is no kind of file of a register"
                    ))
                    .advise(both!("genres : {known}", "kinds: {known}"))
                    .into());
                }
            }
        }
    };
    session.out.line(&serde_json::to_string_pretty(&chosen)?)?;
    Ok(Exit::Done)
}
