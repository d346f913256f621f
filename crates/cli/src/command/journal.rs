//! `serment journal`.

use anyhow::Result;
use serde_json::{Value, json};
use serment_journal::{JournalError, Payload, Reader, StoredEntry};

use crate::args::{Format, Journal, JournalCheckpoint, JournalList, JournalShow};
use crate::engine::state_directory;
use crate::screen::entry as screen;
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
        Format::Text => session.out.print(&screen::list(entries, &session.look))?,
    }
    Ok(Exit::Done)
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
        Format::Text => screen::whole(&entry, &session.look),
    };
    session.out.print(&text)?;
    Ok(Exit::Done)
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
