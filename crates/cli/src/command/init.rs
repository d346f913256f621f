//! `serment init`: drafts a register from live databases.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use anyhow::Result;
use serde_json::json;
use serment_draft::{Draft, Options, Source, draft};
use serment_register::diagnostics::Diagnostic;
use serment_register::model::{StoreKind, Text};
use serment_register::text;
use serment_sql::Kind;
use serment_store::Role;

use crate::args::{Format, Init};
use crate::screen::init::{Drafted, screen};
use crate::session::{Session, wait};
use crate::survey::survey;
use crate::trouble::{Exit, Trouble, of_io};
use crate::words::both;

/// Reads, drafts, writes.
pub fn run(session: &mut Session, args: &Init) -> Result<Exit> {
    let asked = args.directory.as_deref().unwrap_or(Path::new("."));
    let place = std::path::absolute(asked)?;
    let base = std::path::absolute(".")?;
    let named = named(&args.from, &base)?;
    // Refused before anything is read: a draft takes the place of nothing.
    refuse(&place, &["serment.toml", "vocabulary.toml", "QUESTIONS.md"])?;
    let sources = wait(async {
        let mut sources = Vec::new();
        for database in &named {
            sources.push(read(database, &base).await?);
        }
        Ok::<_, anyhow::Error>(sources)
    })??;
    let draft = draft(
        &sources,
        &Options {
            language: session.look.language,
        },
    );
    write(&place, &draft.files)?;
    let files = draft
        .files
        .iter()
        .map(|(path, text)| (path.clone(), text.clone().into_bytes()))
        .collect();
    let (_, findings) = serment_register::load(&files);
    let drafted = Drafted {
        place: asked,
        sources: &sources,
        draft: &draft,
        findings: &findings,
    };
    match args.output.format {
        Format::Json => session.out.line(&format!("{:#}", as_json(&drafted)))?,
        Format::Text => session.out.print(&screen(&drafted, &session.look))?,
    }
    Ok(Exit::Done)
}

/// A database to read, under the name that it will have.
struct Database {
    name: String,
    kind: Kind,
    /// As it was asked for.
    address: String,
}

/// `NAME=URL` or `URL`, each under a name of its own.
fn named(from: &[String], base: &Path) -> Result<Vec<Database>> {
    let mut taken = BTreeSet::new();
    let mut found = Vec::new();
    for asked in from {
        let (name, address) = match asked.split_once('=') {
            Some((name, address)) if is_name(name) => (Some(name.to_owned()), address),
            _ => (None, asked.as_str()),
        };
        let recognised = serment_sql::recognise(address, base)?;
        let asked_for = name.is_some();
        let wanted = name.unwrap_or_else(|| plain_name(&recognised.database));
        let mut name = wanted.clone();
        let mut number = 2;
        while !taken.insert(name.clone()) {
            if asked_for {
                return Err(Trouble::usage(both!(
                    "deux bases s'appelleraient « {name} »",
                    "two databases would be called `{name}`"
                ))
                .into());
            }
            name = format!("{wanted}_{number}");
            number += 1;
        }
        found.push(Database {
            name,
            kind: recognised.kind,
            address: address.to_owned(),
        });
    }
    Ok(found)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|sign: char| sign.is_ascii_alphabetic())
        && text.len() <= 60
        && text
            .chars()
            .all(|sign| sign.is_ascii_alphanumeric() || sign == '_')
}

/// The name of a database as a register writes it.
fn plain_name(database: &str) -> String {
    let name: String = database
        .chars()
        .take(60)
        .map(|sign| {
            if sign.is_ascii_alphanumeric() {
                sign.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    let name = name.trim_matches('_');
    if is_name(name) {
        name.to_owned()
    } else {
        format!("store_{name}").trim_end_matches('_').to_owned()
    }
}

async fn read(database: &Database, base: &Path) -> Result<Source> {
    let Database { name, kind, address } = database;
    let store = serment_sql::open(*kind, name, address, Role::Read, base).await?;
    let tables = store.tables().await?;
    let survey = survey(&*store, &tables).await?;
    let (url, export) = reference(name, address, base);
    Ok(Source {
        name: name.clone(),
        kind: match kind {
            Kind::Sqlite => StoreKind::Sqlite,
            Kind::Postgres => StoreKind::Postgres,
            Kind::Mariadb => StoreKind::Mariadb,
        },
        url,
        export,
        catalogue: survey.catalogue,
        observed: survey.observed,
        unread: survey.unread,
    })
}

/// What the register writes for an address, and the variable to export: the address itself is never written.
fn reference(name: &str, address: &str, base: &Path) -> (String, Option<String>) {
    if address.starts_with("env:") {
        return (address.to_owned(), None);
    }
    if let Some(path) = address.strip_prefix("file:") {
        return (format!("file:{}", base.join(path).display()), None);
    }
    let variable = format!("{}_URL", name.to_ascii_uppercase());
    let variable = if serment_sql::may_be_read(&variable) {
        variable
    } else {
        format!("DB_{variable}")
    };
    (format!("env:{variable}"), Some(variable))
}

/// Refuses when one of these files is there already.
fn refuse(place: &Path, files: &[&str]) -> Result<()> {
    let there = files
        .iter()
        .find(|file| place.join(file).symlink_metadata().is_ok());
    match there {
        None => Ok(()),
        Some(file) => Err(Trouble::usage(both!(
            "{file} existe déjà : une ébauche ne remplace rien",
            "{file} exists already: a draft replaces nothing"
        ))
        .at(place.display().to_string())
        .advise(both!("donnez un autre dossier", "give another directory"))
        .into()),
    }
}

fn write(place: &Path, files: &BTreeMap<String, String>) -> Result<()> {
    let paths: Vec<&str> = files.keys().map(String::as_str).collect();
    refuse(place, &paths)?;
    for (path, text) in files {
        let path = place.join(path);
        let failed = |error: std::io::Error| Trouble::new(of_io(&error)).at(path.display().to_string());
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
    }
    Ok(())
}

fn as_json(drafted: &Drafted<'_>) -> serde_json::Value {
    let Draft {
        files,
        questions,
        tables,
        ..
    } = drafted.draft;
    let both = |text: &Text| json!({ "fr": text.fr, "en": text.en });
    let stores: Vec<_> = drafted
        .sources
        .iter()
        .map(|source| {
            let columns: Vec<_> = tables
                .get(&source.name)
                .into_iter()
                .flatten()
                .flat_map(|table| table.columns.iter().map(move |column| (table, column)))
                .map(|(table, column)| {
                    let guesses: Vec<_> = column
                        .guesses
                        .iter()
                        .map(|guess| {
                            json!({
                                "category": guess.category.as_ref().map(|category| category.0.clone()),
                                "confidence": guess.confidence,
                            })
                        })
                        .collect();
                    json!({ "table": table.id, "column": column.path(), "guesses": guesses })
                })
                .collect();
            json!({
                "store": source.name,
                "server": source.catalogue.server,
                "url": source.url,
                "export": source.export,
                "tables": tables.get(&source.name).map_or(0, Vec::len),
                "columns": columns,
            })
        })
        .collect();
    let questions: Vec<_> = questions
        .iter()
        .map(|question| {
            json!({ "topic": both(&question.topic.title()), "place": question.place, "question": both(&question.text) })
        })
        .collect();
    let mut codes: BTreeMap<&str, u64> = BTreeMap::new();
    for finding in drafted.findings {
        *codes.entry(code(finding)).or_default() += 1;
    }
    json!({
        "directory": drafted.place.display().to_string(),
        "files": files.keys().collect::<Vec<_>>(),
        "stores": stores,
        "questions": questions,
        "findings": codes,
    })
}

fn code(finding: &Diagnostic) -> &'static str {
    finding.code.as_str()
}

/// What people are told about a draft's findings: which ones wait for them.
pub fn expected(code: &str) -> Option<Text> {
    match code {
        "S071" => Some(text!(
            "des données personnelles sans règle : dites pourquoi et combien de temps, ou pourquoi aucune",
            "personal data without a rule: say why and how long, or why none"
        )),
        _ => None,
    }
}
