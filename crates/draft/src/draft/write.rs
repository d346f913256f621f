//! The files of a draft. Names come from databases: keys and values are escaped by `toml_edit`, comments are tamed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serment_register::model::{Language, StoreKind, Text};
use serment_register::text;

use super::clients::ClientsDraft;
use super::events::EVENTS;
use super::links::{AcrossDraft, Kind};
use super::questions::{Question, Topic};
use super::read::{ColumnDraft, TableDraft};
use super::{DOUBTFUL, Options, tame};
use crate::source::Source;

/// The file that asks what the draft cannot know.
pub const QUESTIONS: &str = "QUESTIONS.md";
/// Bytes after which the tables of a store go on in another file.
const LONG: usize = 400_000;

pub(super) fn files(
    sources: &[Source],
    tables: &BTreeMap<String, Vec<TableDraft>>,
    across: &[AcrossDraft],
    clients: Option<&ClientsDraft>,
    questions: &[Question],
    options: &Options,
) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let language = options.language;
    files.insert("serment.toml".to_owned(), organisation(clients, language));
    files.insert("vocabulary.toml".to_owned(), vocabulary(tables, language));
    for source in sources {
        let mut parts = vec![head(source, language)];
        for table in tables.get(&source.name).into_iter().flatten() {
            let mut text = table_of(table, clients, language);
            for link in across
                .iter()
                .filter(|link| link.from == (source.name.clone(), table.id.clone()))
            {
                let said = link_text(
                    &table.id,
                    &link.name,
                    Kind::BelongsTo,
                    &link.to,
                    std::slice::from_ref(&link.by),
                );
                let (both, of, sure) = (link.shared.0, link.shared.1, link.confidence);
                let why = text!(
                    "{sure} % : {both} valeurs communes sur {of} lues",
                    "{sure} %: {both} values in common of {of} read"
                );
                let _ = write!(text, "\n{}", commented(&format!("{}\n{said}", why.get(language))));
            }
            match parts.last_mut() {
                Some(part) if part.len() + text.len() < LONG => part.push_str(&text),
                _ => parts.push(text.trim_start_matches('\n').to_owned()),
            }
        }
        for (number, part) in parts.into_iter().enumerate() {
            let path = match number {
                0 => format!("stores/{}.toml", source.name),
                number => format!("stores/{}/part_{number}.toml", source.name),
            };
            files.insert(path, part);
        }
    }
    files.insert(QUESTIONS.to_owned(), asked(questions, tables, language));
    files
}

/// A name that a register accepts: letters, digits and `_`, a letter first.
pub(crate) fn name_of(text: &str, otherwise: &str) -> String {
    let mut name: String = text
        .chars()
        .map(|sign| if sign.is_alphanumeric() { sign } else { '_' })
        .collect::<String>()
        .trim_matches('_')
        .to_owned();
    if !name.starts_with(char::is_alphabetic) {
        name = format!("{otherwise}_{name}").trim_end_matches('_').to_owned();
    }
    name[..name.floor_char_boundary(90)].to_owned()
}

fn key(text: &str) -> String {
    toml_edit::Key::new(text).to_string()
}

fn value(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

/// Every line as a comment.
fn commented(text: &str) -> String {
    text.lines()
        .map(|line| {
            if line.is_empty() {
                "#\n".to_owned()
            } else {
                format!("# {line}\n")
            }
        })
        .collect()
}

fn organisation(clients: Option<&ClientsDraft>, language: Language) -> String {
    let say = |text: Text| text.get(language).to_owned();
    let mut out = commented(&say(text!(
        "Ébauche faite par serment init. Relisez-la ; QUESTIONS.md dit ce qui manque.",
        "A draft made by serment init. Read it again; QUESTIONS.md says what is missing."
    )));
    let (name, country, zone) = (
        say(text!("À compléter", "To be completed")),
        say(text!(
            "le pays de votre établissement",
            "the country of your establishment"
        )),
        say(text!(
            "le fuseau dans lequel vous comptez les jours",
            "the zone in which you count days"
        )),
    );
    let _ = write!(
        out,
        "\n[organisation]\nname      = {}\n# country = \"FR\"          # {country}\n# dpo     = \"dpo@…\"\nlanguages = [\"fr\", \"en\"]\ntime_zone = \"Europe/Paris\"  # {zone}\n",
        value(&name)
    );
    if let Some(clients) = clients {
        let mut block = format!(
            "[clients]\nfrom = {}\nkey  = {}\n",
            value(&clients.from),
            value(&clients.key)
        );
        for (what, column) in [
            ("name", &clients.name),
            ("ends", &clients.ends),
            ("contact", &clients.contact),
        ] {
            if let Some(column) = column {
                let _ = writeln!(block, "{what} = {}", value(column));
            }
        }
        let (reached, of) = clients.reached;
        let sure = clients.confidence;
        let why = say(text!(
            "{sure} % : {reached} des {of} autres tables y mènent",
            "{sure} %: {reached} of the {of} other tables lead there"
        ));
        let block = if clients.is_written() {
            block
        } else {
            commented(&block)
        };
        let _ = write!(out, "\n{}{block}", commented(&why));
    }
    out
}

fn vocabulary(tables: &BTreeMap<String, Vec<TableDraft>>, language: Language) -> String {
    let mut out = commented(
        text!(
            "Les mots du registre, devinés d'après les noms. Les phrases publiées en seront faites.",
            "The words of the register, guessed from names. The published sentences will be made of them."
        )
        .get(language),
    );
    let all = || tables.values().flatten();
    let label = |fr: &str, en: &str| format!("label = {{ fr = {}, en = {} }}\n", value(fr), value(en));
    let subjects: BTreeMap<&String, (&String, &String)> = all()
        .filter_map(|table| table.subject.as_ref())
        .map(|(name, fr, en)| (name, (fr, en)))
        .collect();
    for (name, (fr, en)) in subjects {
        let _ = write!(out, "\n[subject.{}]\n{}", key(name), label(fr, en));
    }
    let states: BTreeSet<&String> = all()
        .flat_map(|table| table.states.iter().map(|(name, _)| name))
        .collect();
    let events: BTreeSet<&String> = all()
        .flat_map(|table| table.events.iter().map(|(name, _)| name))
        .collect();
    for name in events {
        let _ = write!(out, "\n[event.{}]\n", key(name));
        match EVENTS.iter().find(|known| known.name == name) {
            Some(known) => {
                out.push_str(&label(known.fr, known.en));
                if known.planned {
                    out.push_str("planned = true\n");
                }
                if let Some(ended) = known.ends.filter(|ended| states.contains(&(*ended).to_owned())) {
                    let _ = writeln!(out, "ends = {}", value(ended));
                }
            }
            None => {
                let words = name.replace('_', " ");
                out.push_str(&label(&format!("date « {words} »"), &format!("date `{words}`")));
            }
        }
    }
    for name in states {
        let said = match name.as_str() {
            "in_contract" => ("contrat en cours".to_owned(), "contract in force".to_owned()),
            "subscribed" => (
                "abonnement en cours".to_owned(),
                "subscription in force".to_owned(),
            ),
            other => {
                let words = other.trim_start_matches("in_").replace('_', " ");
                (format!("état « {words} »"), format!("state `{words}`"))
            }
        };
        let _ = write!(out, "\n[state.{}]\n{}", key(name), label(&said.0, &said.1));
    }
    out
}

fn head(source: &Source, language: Language) -> String {
    let kind = match source.kind {
        StoreKind::Postgres => "postgres",
        StoreKind::Mariadb => "mariadb",
        _ => "sqlite",
    };
    let mut out = commented(&tame(&source.catalogue.server));
    let _ = write!(
        out,
        "\n[store]\nkind = {}\nurl  = {}",
        value(kind),
        value(&source.url)
    );
    if let Some(variable) = &source.export {
        let _ = write!(out, "  # export {variable}=…");
    }
    let (place, copies, write) = (
        text!("le pays où sont ces données", "the country where these data are"),
        text!("combien de temps vivent les sauvegardes", "how long backups live"),
        text!(
            "le rôle qui pourra effacer",
            "the role that will be able to erase"
        ),
    );
    let _ = write!(
        out,
        "\n# location = \"FR\"                       # {}\n# copies = {{ backups = \"30 days\" }}      # {}\n",
        place.get(language),
        copies.get(language)
    );
    if source.kind != StoreKind::Sqlite {
        let _ = writeln!(
            out,
            "# write_url = \"env:{}_WRITE_URL\"  # {}",
            super::write::name_of(&source.name, "store").to_uppercase(),
            write.get(language)
        );
    }
    out
}

fn table_of(table: &TableDraft, clients: Option<&ClientsDraft>, language: Language) -> String {
    let id = key(&table.id);
    let mut out = format!("\n[table.{id}]\n");
    if let Some(schema) = &table.name.schema {
        let _ = writeln!(out, "schema   = {}", value(schema));
    }
    if table.name.name != table.id {
        let _ = writeln!(out, "name     = {}", value(&table.name.name));
    }
    if let Some((subject, ..)) = &table.subject {
        let _ = writeln!(out, "subjects = [{}]", value(subject));
    }
    if !table.key.is_empty() {
        let parts: Vec<String> = table.key.iter().map(|part| value(part)).collect();
        let _ = writeln!(out, "key      = [{}]", parts.join(", "));
    }
    if let Some(client) = table
        .client
        .as_ref()
        .filter(|_| clients.is_some_and(ClientsDraft::is_written))
    {
        let _ = writeln!(out, "client   = {}", value(client));
    }
    if !table.identify.is_empty() {
        let ways: Vec<String> = table
            .identify
            .iter()
            .map(|(name, column, identifies)| {
                let strength = if *identifies { "identifies" } else { "suggests" };
                format!(
                    "{} = {{ column = {}, strength = \"{strength}\" }}",
                    key(name),
                    value(column)
                )
            })
            .collect();
        let _ = writeln!(out, "identify = {{ {} }}", ways.join(", "));
    }
    if let Some(gone) = &table.gone {
        let _ = writeln!(out, "gone     = {}", value(gone));
    }
    if table.is_personal() && !table.written_links().any(|link| link.kind == Kind::BelongsTo) {
        let missing = text!(
            "Aucune règle : QUESTIONS.md demande laquelle. Ou bien : unruled = \"pourquoi aucune\"",
            "No rule: QUESTIONS.md asks which one. Or else: unruled = \"why none\""
        );
        out.push_str(&commented(missing.get(language)));
    }
    for (what, pairs) in [("states", &table.states), ("events", &table.events)] {
        if pairs.is_empty() {
            continue;
        }
        let _ = write!(out, "\n[table.{id}.{what}]\n");
        for (name, said) in pairs {
            let _ = writeln!(out, "{} = {}", key(name), value(said));
        }
    }
    for link in &table.links {
        let said = link_text(&table.id, &link.name, link.kind, &link.to, &link.by);
        let sure = link.confidence;
        let why = match (&link.why_not, link.declared) {
            (Some(why), _) => Some(why.clone()),
            (None, false) => Some(text!(
                "{sure} % : la base ne le déclare pas",
                "{sure} %: the database does not declare it"
            )),
            (None, true) => None,
        };
        out.push('\n');
        if let Some(why) = why {
            out.push_str(&commented(&tame(why.get(language))));
        }
        out.push_str(&if link.why_not.is_some() {
            commented(&said)
        } else {
            said
        });
    }
    columns(table, &id, language, &mut out);
    out
}

fn link_text(table: &str, name: &str, kind: Kind, to: &str, by: &[(String, String)]) -> String {
    let kind = match kind {
        Kind::BelongsTo => "belongs_to",
        Kind::RefersTo => "refers_to",
    };
    let pairs: Vec<String> = by
        .iter()
        .map(|(ours, theirs)| format!("{} = {}", key(ours), value(theirs)))
        .collect();
    format!(
        "[table.{}.{kind}.{}]\nto = {}\nby = {{ {} }}\n",
        key(table),
        key(name),
        value(to),
        pairs.join(", ")
    )
}

fn columns(table: &TableDraft, id: &str, language: Language, out: &mut String) {
    if table.columns.is_empty() {
        return;
    }
    let _ = write!(out, "\n[table.{id}.columns]\n");
    let lines: Vec<(String, String)> = table
        .columns
        .iter()
        .map(|column| {
            (
                format!("{} = {}", key(&column.path()), column_value(column)),
                why(column, language),
            )
        })
        .collect();
    let widest = lines
        .iter()
        .map(|(line, _)| line.chars().count())
        .filter(|width| *width <= 70)
        .max()
        .unwrap_or(0);
    for (line, why) in lines {
        let room = widest.saturating_sub(line.chars().count());
        let _ = writeln!(out, "{line}{}  # {why}", " ".repeat(room));
    }
}

fn column_value(column: &ColumnDraft) -> String {
    let category = column.category().map_or("none", |category| category.0.as_str());
    let observed = [
        "connection.ip",
        "connection.device",
        "connection.cookie",
        "connection.log",
        "behaviour.browsing",
        "behaviour.interaction",
    ]
    .iter()
    .any(|start| category.starts_with(start));
    let mut parts = vec![format!("category = {}", value(category))];
    if observed {
        parts.push("origin = \"observed\"".to_owned());
    }
    if let Some(time) = column.time {
        parts.push(format!("time = \"{time}\""));
    }
    match parts.len() {
        1 => value(category),
        _ => format!("{{ {} }}", parts.join(", ")),
    }
}

/// How sure, why, and what else it may be.
fn why(column: &ColumnDraft, language: Language) -> String {
    let best = column.best();
    let reasons: Vec<&str> = best
        .reasons
        .iter()
        .take(2)
        .map(|reason| reason.get(language))
        .collect();
    let mark = if best.confidence < DOUBTFUL { "? " } else { "" };
    let mut said = format!("{mark}{} %: {}", best.confidence, reasons.join("; "));
    if language == Language::French {
        said = format!("{mark}{} % : {}", best.confidence, reasons.join(" ; "));
    }
    if let Some(other) = column.guesses.get(1).filter(|other| other.confidence >= 20) {
        let name = other
            .category
            .as_ref()
            .map_or("none", |category| category.0.as_str());
        let sure = other.confidence;
        let otherwise = text!(" ; sinon {name}, {sure} %", "; else {name}, {sure} %");
        said.push_str(otherwise.get(language));
    }
    // One line, whatever the name of the column was.
    said.chars()
        .map(|sign| if sign.is_control() { '\u{fffd}' } else { sign })
        .collect()
}

fn asked(questions: &[Question], tables: &BTreeMap<String, Vec<TableDraft>>, language: Language) -> String {
    let intro = text!(
        "# Questions\n\nCe que l'ébauche ne peut pas savoir. Aucune valeur lue n'est recopiée ici ni ailleurs dans l'ébauche, et rien n'a\nquitté cette machine.\n",
        "# Questions\n\nWhat the draft cannot know. No value that was read stands here or elsewhere in the draft, and nothing left this machine.\n"
    );
    let mut out = intro.get(language).to_owned();
    for topic in Topic::ALL {
        let mut here = questions
            .iter()
            .filter(|question| question.topic == topic)
            .peekable();
        if here.peek().is_none() {
            continue;
        }
        let _ = write!(out, "\n## {}\n\n", topic.title().get(language));
        for question in here {
            let place = question.place.replace('`', "'");
            let _ = writeln!(
                out,
                "- [ ] `{place}`{} {}",
                if language == Language::French { " :" } else { ":" },
                question.text.get(language)
            );
        }
        if topic == Topic::Retention {
            out.push_str(&example(tables, language));
        }
    }
    out
}

/// A rule as it could be written, for one of the tables: the durations are for people to decide.
fn example(tables: &BTreeMap<String, Vec<TableDraft>>, language: Language) -> String {
    let found = tables
        .iter()
        .flat_map(|(store, tables)| tables.iter().map(move |table| (store, table)))
        .find(|(_, table)| table.subject.is_some() && !table.events.is_empty() && table.is_personal());
    let Some((store, table)) = found else {
        return String::new();
    };
    let subject = table
        .subject
        .as_ref()
        .map(|(name, ..)| name.clone())
        .unwrap_or_default();
    let data: BTreeSet<String> = table
        .columns
        .iter()
        .filter_map(|column| column.category())
        .map(|category| value(&category.0))
        .collect();
    let event = table
        .events
        .iter()
        .find(|(name, _)| name == "last_contact" || name == "last_activity")
        .or_else(|| table.events.first())
        .map(|(name, _)| name.clone())
        .unwrap_or_default();
    let intro = text!(
        "\nUne règle s'écrit ainsi, dans `activities/NOM.toml` ; les « … » sont à vous :\n",
        "\nA rule is written like this, in `activities/NAME.toml`; the `…` are yours to fill in:\n"
    );
    let mut out = intro.get(language).to_owned();
    let _ = write!(
        out,
        "\n```toml\n[activity]\ntitle    = {{ fr = \"…\", en = \"…\" }}\nrole     = \"controller\"\nsubjects = [{}]\n\n[purpose.main]\ntitle = {{ fr = \"…\", en = \"…\" }}\nbasis = \"…\"\ndata  = [{}]\n\n[[retention]]\nname  = \"…\"\nfor   = [\"main\"]\nof    = {}\nafter = [{}]\nkeep  = \"…\"\nthen  = \"…\"\n```\n",
        value(&subject),
        data.into_iter().collect::<Vec<_>>().join(", "),
        value(&format!("{store}.{}", table.id)),
        value(&event),
    );
    out
}
