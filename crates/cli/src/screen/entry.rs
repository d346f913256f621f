//! What an entry of the journal says, as people read it: its codes and names in words.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serment_journal::{Payload, StoredEntry};
use serment_keep::outcome::{Residue, Verdict};
use serment_register::model::{Period, Text};
use serment_register::say::period;

use super::keep::{residual, verdict, why};
use super::look::{Look, Tone, harmless, left};
use super::plan::{effect_word, short};
use super::table::{Align, table};
use crate::words::{both, rows};

type Fields = Map<String, Value>;

/// The table of entries.
pub fn list(entries: &[StoredEntry], look: &Look) -> String {
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
                moment(&entry.at),
                look.say(&kind(&entry.kind)).to_owned(),
                harmless(look.say(&gist(entry, look))),
            ]
        })
        .collect();
    table(look, 0, &headings, &lines)
}

/// One entry, whole.
pub fn whole(entry: &StoredEntry, look: &Look) -> String {
    let (index, kind) = (entry.index, kind(&entry.kind));
    let title = both!("Entrée {index} : {kind}", "Entry {index}: {kind}"; kind);
    let mut out = look.heading(look.say(&title));
    let date = both!("date (UTC)", "date (UTC)");
    out.push_str(&pair(look.say(&date), &moment(&entry.at), look));
    match &entry.payload {
        Payload::Destroyed => {
            out.push_str(&format!("  {}\n", look.say(&destroyed())));
        }
        Payload::Present(Value::Object(payload)) => {
            for (name, value) in payload.iter().filter(|(name, _)| *name != "at") {
                out.push_str(&field(name, value, look));
            }
        }
        Payload::Present(other) => out.push_str(&format!("  {}\n", harmless(&other.to_string()))),
    }
    out
}

/// One field of a payload; nothing when it has nothing to say.
pub fn field(name: &str, value: &Value, look: &Look) -> String {
    let value = told(name, value, look);
    if value.is_empty() {
        String::new()
    } else {
        pair(look.say(&label(name)), &value, look)
    }
}

fn pair(label: &str, value: &str, look: &Look) -> String {
    const LABELS: usize = 22;
    let mut out = String::new();
    for (index, line) in value.lines().enumerate() {
        let label = left(if index == 0 { label } else { "" }, LABELS);
        let body = look.paragraph(LABELS + 4, &harmless(line));
        out.push_str(&format!(
            "  {}  {}",
            look.paint(Tone::Dim, &label),
            body.trim_start()
        ));
    }
    out
}

fn destroyed() -> Text {
    both!("contenu détruit par règle", "payload destroyed by rule")
}

/// `2026-11-22 09:30:56`
fn moment(at: &str) -> String {
    at.get(..19).unwrap_or(at).replace('T', " ")
}

/// The kind of an entry.
fn kind(kind: &str) -> Text {
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
        other => Text::verbatim(other),
    }
}

/// What an entry says, in a few words.
fn gist(entry: &StoredEntry, look: &Look) -> Text {
    let Payload::Present(Value::Object(payload)) = &entry.payload else {
        return destroyed();
    };
    let text = |name: &str| payload.get(name).and_then(Value::as_str).unwrap_or_default();
    let (rule, actor) = (text("rule"), text("actor"));
    match entry.kind.as_str() {
        "approval" => both!("{rule}, par {actor}", "{rule}, by {actor}"),
        "refusal" => {
            let code = refusal(payload.get("why"));
            both!("{rule}, à {actor} : {code}", "{rule}, to {actor}: {code}"; code)
        }
        "intent" => {
            let (effect, table) = (effect_word(text("effect")), text("table"));
            let rules = names(payload, "rules");
            both!("{effect} dans {table} ({rules})", "{effect} in {table} ({rules})"; effect)
        }
        "outcome" => outcome(payload, look),
        "hold" => {
            let (id, ground) = (text("hold"), ground(text("ground")));
            let what = [text("table"), text("client")].concat();
            both!("{id} sur {what} : {ground} ({actor})", "{id} on {what}: {ground} ({actor})"; ground)
        }
        "hold_removed" => {
            let id = text("hold");
            both!("{id}, par {actor}", "{id}, by {actor}")
        }
        "register_version" => Text::verbatim(short(text("register_version"))),
        "run" if text("event") == "began" => both!("commencée par {actor}", "begun by {actor}"),
        "run" => {
            let (status, count) = (
                status(text("status")),
                rows(payload.get("rows").and_then(Value::as_u64).unwrap_or_default()),
            );
            both!("{status}, {count}", "{status}, {count}"; status, count)
        }
        _ => Text::default(),
    }
}

fn outcome(payload: &Fields, look: &Look) -> Text {
    let word = read::<Verdict>(payload.get("outcome")).map_or_else(Text::default, |found| verdict(&found));
    let table = payload.get("table").and_then(Value::as_str).unwrap_or_default();
    let rules = names(payload, "rules");
    let client = match payload.get("client").and_then(Value::as_str) {
        Some(client) => format!(", {client}"),
        None => String::new(),
    };
    match payload.get("rows").and_then(Value::as_u64) {
        Some(0) | None => {
            both!("{word}, {table}{client} ({rules})", "{word}, {table}{client} ({rules})"; word)
        }
        Some(count) => {
            let count = look.number(count);
            both!("{count} {word}, {table}{client} ({rules})", "{count} {word}, {table}{client} ({rules})"; word)
        }
    }
}

fn names(payload: &Fields, name: &str) -> String {
    let listed = payload.get(name).and_then(Value::as_array);
    let names: Vec<&str> = listed.into_iter().flatten().filter_map(Value::as_str).collect();
    names.join(", ")
}

fn read<T: DeserializeOwned>(value: Option<&Value>) -> Option<T> {
    serde_json::from_value(value?.clone()).ok()
}

fn refusal(why: Option<&Value>) -> Text {
    match why.and_then(|why| why.get("code")).and_then(Value::as_str) {
        Some("stale") => both!("le plan avait changé", "the plan had changed"),
        Some("obstacle") => both!("un obstacle", "an obstacle"),
        Some("unknown_rule") => both!("règle inconnue", "unknown rule"),
        Some("failed") => both!("échec", "failure"),
        other => Text::verbatim(other.unwrap_or_default()),
    }
}

fn status(status: &str) -> Text {
    match status {
        "finished" => both!("finie", "finished"),
        "stopped" => both!("arrêtée", "stopped"),
        "failed" => both!("en échec", "failed"),
        "settled" => both!("établie après coup", "settled afterwards"),
        other => Text::verbatim(other),
    }
}

/// The name of a field.
fn label(name: &str) -> Text {
    match name {
        "organisation" => both!("organisation", "organisation"),
        "rule" => both!("règle", "rule"),
        "rules" | "acting" => both!("règles", "rules"),
        "rule_hash" => both!("empreinte de la règle", "hash of the rule"),
        "rule_hashes" => both!("empreintes des règles", "hashes of the rules"),
        "plan" => both!("plan", "plan"),
        "given" => both!("empreinte donnée", "hash given"),
        "actor" => both!("par", "by"),
        "ceilings" => both!("plafonds", "ceilings"),
        "expires_at" => both!("à commencer avant", "to begin before"),
        "accepted" => both!("colonnes acceptées", "columns accepted"),
        "register_version" => both!("version du registre", "register version"),
        "store" => both!("dépôt", "store"),
        "table" => both!("table", "table"),
        "client" => both!("client", "client"),
        "effect" => both!("effet", "effect"),
        "outcome" => both!("résultat", "outcome"),
        "rows" => both!("lignes", "rows"),
        "at_least" => both!("au moins ce nombre", "at least this number"),
        "scope" => both!("portée", "scope"),
        "residue" => both!("reste", "remains"),
        "gone_by" => both!("disparu partout le", "gone everywhere by"),
        "qualified_by" => both!("réserves", "reservations"),
        "run" => both!("exécution", "run"),
        "intent" => both!("intention", "intent"),
        "step" => both!("étape", "step"),
        "batches" => both!("lots au plus", "batches at most"),
        "batch_size" => both!("lignes par lot au plus", "rows per batch at most"),
        "event" => both!("moment", "moment"),
        "status" => both!("fin", "end"),
        "outcomes" => both!("résultats", "outcomes"),
        "observed" => both!("règles qui observent", "rules that observe"),
        "hold" => both!("suspension", "hold"),
        "ground" => both!("motif", "ground"),
        "until" => both!("jusqu'au", "until"),
        "keep" => both!("durée", "duration"),
        "what" => both!("objet", "about"),
        "why" => both!("pourquoi", "why"),
        other => Text::verbatim(other),
    }
}

/// The value of a field, in words; empty when there is nothing to say.
fn told(name: &str, value: &Value, look: &Look) -> String {
    let say = |text: Text| look.say(&text).to_owned();
    match (name, value) {
        (_, Value::Null) => String::new(),
        ("at_least", Value::Bool(true)) => say(both!("oui", "yes")),
        (_, Value::Bool(false)) => String::new(),
        ("outcome", value) => {
            read::<Verdict>(Some(value)).map_or_else(|| plain(value), |found| claim(&found, look))
        }
        ("effect", Value::String(word)) => say(effect_word(word)),
        ("step", Value::String(written)) => say(step(written)),
        ("scope", Value::String(scope)) => say(match scope.as_str() {
            "live" => both!("la base vivante", "the live store"),
            "rows" => both!("des lignes", "rows"),
            "filter" => both!("une condition", "a condition"),
            "client" => both!("un client entier", "a whole client"),
            "extension" => both!("une règle, pour un client", "a rule, for a client"),
            other => Text::verbatim(other),
        }),
        ("ground", Value::String(written)) => say(ground(written)),
        ("keep", Value::String(written)) => match Period::parse(written) {
            Ok(keep) => say(period(keep)),
            Err(_) => written.clone(),
        },
        ("status", Value::String(word)) => say(status(word)),
        ("event", Value::String(event)) => say(match event.as_str() {
            "began" => both!("début", "beginning"),
            "ended" => both!("fin", "end"),
            other => Text::verbatim(other),
        }),
        ("what", Value::String(what)) if what == "approval" => say(both!("une approbation", "an approval")),
        ("expires_at", Value::String(at)) => moment(at),
        ("gone_by" | "until", Value::String(day)) => {
            day.parse().map_or_else(|_| day.clone(), |day| look.date(day))
        }
        ("residue", Value::Array(copies)) => each(copies, |copy| {
            read::<Residue>(Some(copy)).map_or_else(|| plain(copy), |copy| residual(&copy, look))
        }),
        ("qualified_by", Value::Array(said)) => {
            each(said, |said| read(Some(said)).map_or_else(|| plain(said), say))
        }
        ("ceilings", Value::Array(ceilings)) => each(ceilings, |ceiling| {
            let effect = effect_word(ceiling["effect"].as_str().unwrap_or_default());
            let (table, most) = (plain(&ceiling["table"]), plain(&ceiling["rows"]));
            say(both!("{effect} dans {table} : {most}", "{effect} in {table}: {most}"; effect))
        }),
        ("observed", Value::Array(rules)) => each(rules, |rule| plain(&rule["rule"])),
        ("why", value) => {
            let code = refusal(Some(value));
            match read::<Text>(value.get("detail")) {
                Some(detail) => say(both!("{code} : {detail}", "{code}: {detail}"; code, detail)),
                None => say(code),
            }
        }
        (_, Value::Array(items)) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        (_, Value::Number(number)) => number
            .as_u64()
            .map_or_else(|| number.to_string(), |number| look.number(number)),
        (_, other) => plain(other),
    }
}

/// The grounds of holds: the words that the law has, or the sentences that someone wrote.
pub fn ground(written: &str) -> Text {
    let grounds: Vec<Text> = written
        .split("; ")
        .map(|ground| match ground {
            "legal_claim" => both!("action en justice", "legal claim"),
            "restriction" => both!("limitation du traitement", "restriction"),
            "request" => both!("demande en cours", "pending request"),
            other => Text::verbatim(other),
        })
        .collect();
    Text::joined(&grounds, ", ")
}

/// `crm.contacts reduce, email`: a step, with its effect in words.
fn step(written: &str) -> Text {
    let Some((table, rest)) = written.split_once(' ') else {
        return Text::verbatim(written);
    };
    let (word, more) = rest.split_at(rest.find(',').unwrap_or(rest.len()));
    let (effect, more) = (effect_word(word), more.replace(',', ", ").replace(",  ", ", "));
    both!("{effect} dans {table}{more}", "{effect} in {table}{more}"; effect)
}

/// What is claimed, and why when it is not done.
fn claim(found: &Verdict, look: &Look) -> String {
    let word = look.say(&verdict(found)).to_owned();
    let more = match found {
        Verdict::Blocked { why: reason } | Verdict::Unverified { why: reason } => why(reason, look),
        Verdict::Kept {
            ground: written,
            until,
        } => {
            let ground = look.say(&ground(written)).to_owned();
            match until.map(|day| look.date(day)) {
                Some(day) => look
                    .say(&both!("{ground}, jusqu'au {day}", "{ground}, until {day}"))
                    .to_owned(),
                None => ground,
            }
        }
        _ => return word,
    };
    look.say(&both!("{word} : {more}", "{word}: {more}")).to_owned()
}

fn each(items: &[Value], tell: impl Fn(&Value) -> String) -> String {
    items.iter().map(tell).collect::<Vec<_>>().join("\n")
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
