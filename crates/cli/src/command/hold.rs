//! `serment hold`.

use std::time::Duration;

use anyhow::Result;
use serde_json::Value;
use serment_keep::holds::{HoldRequest, NewHold};
use serment_register::model::{Period, Register, TableId, Text};
use serment_register::say::period;
use serment_state::holds::{Hold as Held, Scope};
use serment_store::condition::Key;

use super::approve::actor;
use crate::args::{Format, Hold, HoldAdd, HoldList, HoldRemove};
use crate::engine::Engine;
use crate::screen::entry::ground;
use crate::screen::look::{Look, Tone, harmless};
use crate::screen::table::{Align, table};
use crate::session::{Session, wait};
use crate::trouble::{Exit, Trouble};
use crate::words::both;

/// Adds, lists or removes.
pub fn run(session: &mut Session, args: &Hold) -> Result<Exit> {
    match args {
        Hold::Add(args) => add(session, args),
        Hold::List(args) => list(session, args),
        Hold::Remove(args) => remove(session, args),
    }
}

fn add(session: &mut Session, args: &HoldAdd) -> Result<Exit> {
    let (directory, register) = session.load()?;
    let scope = match (&args.client, &args.table, &args.condition) {
        (Some(client), _, _) if let (Some(rule), Some(keep)) = (&args.rule, &args.keep) => {
            HoldRequest::Extension {
                rule: super::plan::rule(&register, rule)?,
                client: client.clone(),
                keep: Period::parse(keep).map_err(Trouble::usage)?,
            }
        }
        (Some(client), _, _) => HoldRequest::Client(client.clone()),
        (None, Some(name), Some(condition)) => {
            HoldRequest::Filter(table_id(&register, name)?, condition.clone())
        }
        (None, Some(name), None) => {
            let id = table_id(&register, name)?;
            let keys = args
                .keys
                .iter()
                .map(|text| key(text))
                .collect::<Result<Vec<_>>>()?;
            HoldRequest::Rows(id, keys)
        }
        (None, None, _) => {
            return Err(Trouble::usage(both!(
                "il manque la table ou le client",
                "the table or the client is missing"
            ))
            .into());
        }
    };
    let new = NewHold {
        scope,
        ground: args.ground.clone(),
        actor: actor(session.world, args.actor.as_ref())?,
        until: args.until,
        patience: Duration::from_secs(args.patience),
    };
    let (hold, missing) = wait(async {
        let engine = Engine::open(session, directory, register).await?;
        let hold = engine.keeper().hold_add(&new).await?;
        // The hold comes first: it must also be had while the store does not answer.
        let missing = match &new.scope {
            HoldRequest::Rows(table, keys) => engine.keeper().observer().missing(table, keys).await?,
            _ => Vec::new(),
        };
        Ok::<_, anyhow::Error>((hold, missing))
    })??;
    let look = session.look;
    let id = look.paint(Tone::Strong, &hold.id);
    let text = match &new.scope {
        HoldRequest::Extension { rule, client, keep } => {
            let (client, keep) = (harmless(client), period(*keep));
            both!(
                "Suspension {id} en vigueur : {rule} attend {keep} pour le client {client}.",
                "Hold {id} in force: {rule} waits {keep} for client {client}.";
                keep
            )
        }
        _ => both!(
            "Suspension {id} en vigueur : plus aucun lot ne peut toucher ces lignes.",
            "Hold {id} in force: no batch can touch these rows any more."
        ),
    };
    let lift = look.paint(Tone::Type, &format!("serment hold remove {}", hold.id));
    let how = both!("Pour la lever : {lift}", "To remove it: {lift}");
    session.out.print(&format!(
        "{} {}\n  {}\n",
        look.tick(),
        look.say(&text),
        look.say(&how)
    ))?;
    if missing.is_empty() {
        return Ok(Exit::Done);
    }
    let keys: Vec<String> = missing.iter().map(|key| harmless(&key.to_string())).collect();
    let keys = keys.join(", ");
    let text = both!(
        "Aucune ligne ne porte aujourd'hui cette clé : {keys}. La suspension ne protège que les lignes qui la porteront : \
         vérifiez la clé.",
        "No row bears this key now: {keys}. The hold protects only rows that will bear it: check the key."
    );
    let body = look.paragraph(2, look.say(&text));
    session
        .out
        .print(&format!("{} {}", look.bang(), body.trim_start()))?;
    Ok(Exit::Findings)
}

fn list(session: &mut Session, args: &HoldList) -> Result<Exit> {
    let (directory, register) = session.load()?;
    let holds = wait(async {
        Ok::<_, anyhow::Error>(match Engine::open_read(session, directory, register).await? {
            Some(engine) => engine.keeper().hold_list(args.all).await?,
            None => Vec::new(),
        })
    })??;
    match args.output.format {
        Format::Json => session.out.line(&serde_json::to_string_pretty(&holds)?)?,
        Format::Text => session.out.print(&listed(&holds, &session.look))?,
    }
    Ok(Exit::Done)
}

/// The table of holds.
pub fn listed(holds: &[Held], look: &Look) -> String {
    if holds.is_empty() {
        return format!(
            "{}\n",
            look.say(&both!("Aucune suspension en vigueur.", "No hold in force."))
        );
    }
    let headings = [
        both!("suspension", "hold"),
        both!("portée", "scope"),
        both!("motif", "ground"),
        both!("demandée par", "asked by"),
        both!("jusqu'au", "until"),
    ]
    .map(|text| (look.say(&text).to_owned(), Align::Left));
    let lines: Vec<Vec<String>> = holds
        .iter()
        .map(|hold| {
            let until = match (&hold.removed, hold.until, hold.pending) {
                (Some(_), _, _) => look.say(&both!("levée", "removed")).to_owned(),
                (None, _, true) => look
                    .say(&both!("en attente d'un lot", "waiting for a batch"))
                    .to_owned(),
                (None, Some(day), false) => look.date(day),
                (None, None, false) => look.say(&both!("sans terme", "open-ended")).to_owned(),
            };
            vec![
                hold.id.clone(),
                scope(&hold.scope, look),
                harmless(look.say(&ground(&hold.ground))),
                harmless(&hold.actor),
                until,
            ]
        })
        .collect();
    table(look, 0, &headings, &lines)
}

fn scope(scope: &Scope, look: &Look) -> String {
    match scope {
        Scope::Rows { table, keys } if keys.len() <= 3 => {
            let keys: Vec<String> = keys
                .iter()
                .map(|key| harmless(&Key(key.clone()).to_string()))
                .collect();
            format!("{table} {}", keys.join(", "))
        }
        Scope::Rows { table, keys } => {
            let count = look.number(keys.len() as u64);
            look.say(&both!("{table}, {count} lignes", "{table}, {count} rows"))
                .to_owned()
        }
        Scope::Filter { table, text } => {
            let text = harmless(text);
            look.say(&both!("{table} où {text}", "{table} where {text}"))
                .to_owned()
        }
        Scope::Client(client) => {
            let client = harmless(client);
            look.say(&both!("client {client}", "client {client}")).to_owned()
        }
        Scope::Extension { rule, client, keep } => {
            let client = harmless(client);
            let keep = Period::parse(keep).map_or_else(|_| Text::verbatim(harmless(keep)), period);
            look.say(&both!(
                "client {client}, {rule} : {keep}",
                "client {client}, {rule}: {keep}";
                keep
            ))
            .to_owned()
        }
    }
}

fn remove(session: &mut Session, args: &HoldRemove) -> Result<Exit> {
    let (directory, register) = session.load()?;
    let who = actor(session.world, args.actor.as_ref())?;
    let hold = wait(async {
        let engine = Engine::open(session, directory, register).await?;
        let hold = engine.keeper().hold_remove(&args.hold, &who).await?;
        Ok::<_, anyhow::Error>(hold)
    })??;
    let look = session.look;
    let id = look.paint(Tone::Strong, &hold.id);
    let text = both!("Suspension {id} levée.", "Hold {id} removed.");
    session
        .out
        .print(&format!("{} {}\n", look.tick(), look.say(&text)))?;
    Ok(Exit::Done)
}

/// The table of that name, `store.table`.
pub fn table_id(register: &Register, name: &str) -> Result<TableId> {
    let known: Vec<String> = register.tables().map(|table| table.id.to_string()).collect();
    if let Some((store, table)) = name.split_once('.')
        && known.iter().any(|known| known == name)
    {
        return Ok(TableId {
            store: store.to_owned(),
            table: table.to_owned(),
        });
    }
    let list = known.join(", ");
    Err(Trouble::usage(both!(
        "{name} n'est pas une table du registre",
        "{name} is not a table of the register"
    ))
    .advise(both!("tables : {list}", "tables: {list}"))
    .into())
}

/// A key: one value, or a JSON array. Whether what looks like a number is one is left to the column.
pub fn key(text: &str) -> Result<Key> {
    if text.starts_with('[') {
        let parts: Vec<Value> = serde_json::from_str(text).map_err(|_| {
            Trouble::usage(both!(
                "cette clé commence comme un tableau JSON et n'en est pas un",
                "this key begins as a JSON array and is none"
            ))
            .advise(both!(
                "écrivez par exemple '[\"FR\", 12]'",
                "write for instance '[\"FR\", 12]'"
            ))
        })?;
        if parts.is_empty()
            || parts
                .iter()
                .any(|part| part.is_array() || part.is_object() || part.is_null())
        {
            return Err(Trouble::usage(both!(
                "une clé est faite de textes, de nombres ou de booléens",
                "a key is made of texts, numbers or booleans"
            ))
            .into());
        }
        return Ok(Key(parts));
    }
    let value = match text.parse::<i64>() {
        Ok(number) if number.to_string() == text => Value::from(number),
        _ => Value::from(text),
    };
    Ok(Key(vec![value]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_is_one_value_or_an_array() {
        let key = |text: &str| key(text).map(|key| key.0);
        assert_eq!(key("4711").expect("a number"), [json!(4711)]);
        assert_eq!(key("-3").expect("a number"), [json!(-3)]);
        assert_eq!(key("007").expect("a text"), [json!("007")]);
        assert_eq!(key("x").expect("a text"), [json!("x")]);
        assert_eq!(key(r#"["FR", 12]"#).expect("two parts"), [json!("FR"), json!(12)]);
        assert!(key("[1").is_err());
        assert!(key("[]").is_err());
        assert!(key("[null]").is_err());
    }
}
