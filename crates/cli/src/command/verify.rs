//! `serment verify`: offline, with a key that came by another way. Needs no register.

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};
use serment_journal::{Compared, Rejection, Verified, verify_directory, verify_receipt};

use crate::args::{Format, Verify};
use crate::screen::entry;
use crate::screen::look::{Look, Tone, harmless};
use crate::session::Session;
use crate::trouble::{Exit, Trouble, language_of_journal, of_io};
use crate::words::both;

/// Longest receipt, key or checkpoint that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// Verifies a receipt or a journal.
pub fn run(session: &mut Session, args: &Verify) -> Result<Exit> {
    let key = read(&args.key)?;
    let against = args.against.as_deref().map(read).transpose()?;
    let result = if args.what.is_dir() {
        // The directory of the state, or of the journal in it, or of the register above it.
        let inside = [".serment/journal", "journal", "."]
            .map(|inner| args.what.join(inner))
            .into_iter()
            .find(|place| place.join("log").is_dir())
            .unwrap_or_else(|| args.what.clone());
        verify_directory(&inside, &key, against.as_deref())
    } else {
        verify_receipt(&read(&args.what)?, &key, against.as_deref())
    };
    let look = session.look;
    let text = match args.output.format {
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&as_json(&result, &look))?),
        Format::Text => said(&result, &look),
    };
    session.out.print(&text)?;
    Ok(if result.is_ok() {
        Exit::Done
    } else {
        Exit::Findings
    })
}

fn read(path: &Path) -> Result<String> {
    let place = path.display().to_string();
    let failed = |error: std::io::Error| Trouble::new(of_io(&error)).at(place.clone());
    let length = std::fs::metadata(path).map_err(failed)?.len();
    if length > LONGEST {
        return Err(Trouble::finding(both!(
            "ce fichier est trop long pour être un reçu, une clé ou un point de contrôle",
            "this file is too long to be a receipt, a key or a checkpoint"
        ))
        .at(place)
        .into());
    }
    Ok(std::fs::read_to_string(path).map_err(failed)?)
}

/// The verdict in words.
pub fn said(result: &Result<Verified, Rejection>, look: &Look) -> String {
    let language = language_of_journal(look.language);
    match result {
        Ok(verified) => {
            let title = both!("Vérifié", "Verified");
            let mut out = format!("{} {}\n", look.tick(), look.paint(Tone::Strong, look.say(&title)));
            out.push_str(&look.paragraph(2, &lines(&verified.message(language))));
            if let Some(disclosed) = &verified.entry {
                out.push_str(&statement(&disclosed.statement, look));
            }
            out
        }
        Err(rejection) => {
            let title = both!("Refusé", "Rejected");
            let mut out = format!(
                "{} {}\n",
                look.cross(),
                look.paint(Tone::Strong, look.say(&title))
            );
            out.push_str(&look.paragraph(2, &lines(&rejection.message(language))));
            if let Some(entry) = rejection.first_bad_entry() {
                let text = both!("première entrée fautive : {entry}", "first bad entry: {entry}");
                out.push_str(&format!("  {}\n", look.say(&text)));
            }
            out
        }
    }
}

fn lines(text: &str) -> String {
    text.lines().map(harmless).collect::<Vec<_>>().join("\n")
}

/// What a receipt states, in the few fields that matter to a reader.
fn statement(statement: &Value, look: &Look) -> String {
    const TOLD: [&str; 10] = [
        "organisation",
        "outcome",
        "rows",
        "store",
        "table",
        "client",
        "scope",
        "gone_by",
        "rules",
        "register_version",
    ];
    TOLD.iter()
        .filter_map(|name| Some(entry::field(name, statement.get(name)?, look)))
        .collect()
}

fn as_json(result: &Result<Verified, Rejection>, look: &Look) -> Value {
    let language = language_of_journal(look.language);
    match result {
        Ok(verified) => json!({
            "verified": true,
            "message": verified.message(language),
            "origin": verified.origin,
            "size": verified.size,
            "root": verified.root,
            "key": verified.key,
            "compared": match verified.compared {
                Compared::Nothing => json!("nothing"),
                Compared::Same => json!("same"),
                Compared::Continues { seen } => json!({ "continues": seen }),
                Compared::NotComparable { seen } => json!({ "not_comparable": seen }),
            },
            "entry": verified.entry.as_ref().map(|entry| json!({
                "index": entry.index,
                "kind": entry.kind,
                "at": entry.at,
                "statement": entry.statement,
            })),
            "journal": verified.journal.as_ref().map(|journal| json!({
                "entries": journal.entries,
                "destroyed": journal.destroyed,
                "rotations": journal.rotations,
                "unfinished_bytes": journal.unfinished_bytes,
            })),
        }),
        Err(rejection) => json!({
            "verified": false,
            "code": rejection.code(),
            "message": rejection.message(language),
            "first_bad_entry": rejection.first_bad_entry(),
        }),
    }
}
