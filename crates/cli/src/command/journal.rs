//! `serment journal`.

use anyhow::Result;
use serde_json::{Value, json};
use serment_journal::{JournalError, Payload, Reader, StoredEntry};

use crate::args::{Format, Journal, JournalCheckpoint, JournalList, JournalShow};
use crate::engine::state_directory;
use crate::screen::look::{Look, harmless, left};
use crate::screen::table::{Align, table};
use crate::session::Session;
use crate::trouble::{Exit, Trouble};
use crate::words::both;

/// Entries shown unless told otherwise.
const LAST: u32 = 20;

/// Lists, shows, or prints the checkpoint.
pub fn run(session: &mut Session, args: &Journal) -> Result<Exit> {
    let (directory, _) = session.load()?;
    let reader = match Reader::open(&state_directory(&directory).join("journal")) {
        Ok(reader) => reader,
        Err(JournalError::NoJournal { path }) => {
            return Err(Trouble::finding(both!(
                "le journal n'a pas encore commencé",
                "the journal has not begun yet"
            ))
            .at(path.display().to_string())
            .advise(both!(
                "il commence à la première approbation, suspension ou exécution",
                "it begins with the first approval, hold or run"
            ))
            .into());
        }
        Err(error) => return Err(error.into()),
    };
    match args {
        Journal::List(args) => list(session, &reader, args),
        Journal::Show(args) => show(session, &reader, args),
        Journal::Checkpoint(args) => checkpoint(session, &reader, args),
    }
}

fn list(session: &mut Session, reader: &Reader, args: &JournalList) -> Result<Exit> {
    let last = args.last.unwrap_or(LAST) as usize;
    let from = match &args.kind {
        // Without a filter, only the end is read.
        None => reader.size().saturating_sub(last as u64),
        Some(_) => 0,
    };
    let mut entries = Vec::new();
    for entry in reader.entries(from..reader.size()) {
        let entry = entry?;
        if args.kind.as_ref().is_none_or(|kind| *kind == entry.kind) {
            entries.push(entry);
        }
        if entries.len() > last.saturating_mul(2).max(1024) {
            entries.drain(..entries.len() - last);
        }
    }
    let entries = &entries[entries.len().saturating_sub(last)..];
    match args.output.format {
        Format::Json => {
            let entries: Vec<Value> = entries.iter().map(as_json).collect();
            session.out.line(&serde_json::to_string_pretty(&entries)?)?;
        }
        Format::Text => session.out.print(&listed(entries, &session.look))?,
    }
    Ok(Exit::Done)
}

/// The table of entries.
pub fn listed(entries: &[StoredEntry], look: &Look) -> String {
    let headings = [
        (both!("n°", "no."), Align::Right),
        (both!("date (UTC)", "date (UTC)"), Align::Left),
        (both!("genre", "kind"), Align::Left),
        (both!("ce qu'elle dit", "what it says"), Align::Left),
    ]
    .map(|(text, align)| (look.say(&text).to_owned(), align));
    let lines: Vec<Vec<String>> = entries
        .iter()
        .map(|entry| {
            vec![
                entry.index.to_string(),
                entry.at.get(..19).unwrap_or(&entry.at).replace('T', " "),
                look.say(&kind(&entry.kind)).to_owned(),
                gist(&entry.payload, look),
            ]
        })
        .collect();
    table(look, 0, &headings, &lines)
}

fn kind(kind: &str) -> serment_register::model::Text {
    match kind {
        "register_version" => both!("version du registre", "register version"),
        "approval" => both!("approbation", "approval"),
        "intent" => both!("intention", "intent"),
        "outcome" => both!("résultat", "outcome"),
        "hold" => both!("suspension", "hold"),
        "hold_removed" => both!("suspension levée", "hold removed"),
        "refusal" => both!("refus", "refusal"),
        "key_rotation" => both!("changement de clé", "change of key"),
        "run" => both!("exécution", "run"),
        other => both!("{other}", "{other}"),
    }
}

/// The few fields of a payload that say most.
fn gist(payload: &Payload, look: &Look) -> String {
    let Payload::Present(payload) = payload else {
        return look
            .say(&both!("contenu détruit par règle", "payload destroyed by rule"))
            .to_owned();
    };
    let fields = [
        "rule", "rules", "store", "table", "outcome", "effect", "rows", "status", "version", "id", "ground",
        "actor",
    ];
    let mut parts = Vec::new();
    for field in fields {
        let said = match payload.get(field) {
            Some(Value::String(text)) if text.len() > 24 && field == "version" => text[..12].to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Array(items)) => items
                .iter()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join(" "),
            Some(Value::Object(object)) => object.keys().next().cloned().unwrap_or_default(),
            _ => continue,
        };
        if !said.is_empty() {
            parts.push(harmless(&said));
        }
    }
    parts.join(" ")
}

fn as_json(entry: &StoredEntry) -> Value {
    json!({
        "index": entry.index,
        "kind": entry.kind,
        "at": entry.at,
        "destroyed": entry.payload == Payload::Destroyed,
        "payload": match &entry.payload {
            Payload::Present(payload) => payload.clone(),
            Payload::Destroyed => Value::Null,
        },
    })
}

fn show(session: &mut Session, reader: &Reader, args: &JournalShow) -> Result<Exit> {
    let missing = || JournalError::NoEntry {
        index: args.entry,
        size: reader.size(),
    };
    if args.entry >= reader.size() {
        return Err(missing().into());
    }
    let entry = reader
        .entries(args.entry..args.entry + 1)
        .next()
        .ok_or_else(missing)??;
    let text = match args.output.format {
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&as_json(&entry))?),
        Format::Text => shown(&entry, &session.look),
    };
    session.out.print(&text)?;
    Ok(Exit::Done)
}

fn shown(entry: &StoredEntry, look: &Look) -> String {
    let index = entry.index;
    let kind = look.say(&kind(&entry.kind)).to_owned();
    let title = both!("Entrée {index} : {kind}", "Entry {index}: {kind}");
    let mut out = look.heading(look.say(&title));
    out.push_str(&format!("  {}  {}\n", left("at", 16), harmless(&entry.at)));
    match &entry.payload {
        Payload::Destroyed => {
            let text = both!("contenu détruit par règle", "payload destroyed by rule");
            out.push_str(&format!("  {}\n", look.say(&text)));
        }
        Payload::Present(Value::Object(fields)) => {
            for (name, value) in fields {
                let value = match value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                out.push_str(&format!("  {}  {}\n", left(name, 16), harmless(&value)));
            }
        }
        Payload::Present(other) => out.push_str(&format!("  {}\n", harmless(&other.to_string()))),
    }
    out
}

fn checkpoint(session: &mut Session, reader: &Reader, args: &JournalCheckpoint) -> Result<Exit> {
    let text = if args.key {
        reader.public_key()?
    } else {
        reader.checkpoint()?
    };
    session.out.print(&format!("{}\n", text.trim_end_matches('\n')))?;
    Ok(Exit::Done)
}
