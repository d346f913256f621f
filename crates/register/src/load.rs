//! From files to a [`Register`]: pure, and never stopping at the first mistake.
//!
//! Two passes. The first reads each file by itself; the second resolves what one file says of another (states and
//! events read through links). [`check`](crate::check) then judges the whole.

mod activity;
mod column;
pub(crate) mod node;
mod organisation;
mod party;
mod resolve;
pub(crate) mod scalar;
mod store;
mod table;
mod vocabulary;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use sha2::{Digest, Sha256};
use toml::de::{DeTable, DeValue};

use self::node::{Context, Fields, remember_places};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::model::{Language, Register};
use crate::span::Span;
use crate::text;

/// The files of a register: path relative to its directory, with `/`, and bytes.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The name of the file that makes a directory a register.
pub const ORGANISATION_FILE: &str = "serment.toml";

/// Most files of one register.
pub const MOST_FILES: usize = 5_000;
/// Most bytes of one file.
pub const MOST_BYTES_PER_FILE: usize = 2 * 1024 * 1024;
/// Most bytes of all files together.
pub const MOST_BYTES: usize = 32 * 1024 * 1024;

/// Reads, resolves and checks a register, adequacy decisions taken as they stand on the reference date of the law
/// tables ([`serment_law::territory::REFERENCE_DATE`]).
///
/// The register is returned unless a mistake makes it meaningless (no `serment.toml`, files that are not TOML). When
/// any returned diagnostic is an error, callers refuse to act on it.
pub fn load(files: &Files) -> (Option<Register>, Vec<Diagnostic>) {
    load_at(files, serment_law::territory::REFERENCE_DATE)
}

/// As [`load`], for rules of law that depend on the day.
pub fn load_at(files: &Files, day: Date) -> (Option<Register>, Vec<Diagnostic>) {
    let mut context = Context::default();
    let register = read(&mut context, files);
    if let Some(register) = &register {
        crate::check::check(&mut context, register, day);
    }
    let mut found = std::mem::take(&mut context.found);
    found.sort_by(|left, right| {
        let place = |diagnostic: &Diagnostic| {
            diagnostic
                .span
                .as_ref()
                .map(|span| (Arc::clone(&span.file), span.range.start))
        };
        (place(left), left.code).cmp(&(place(right), right.code))
    });
    found.dedup();
    (register, found)
}

fn read(context: &mut Context, files: &Files) -> Option<Register> {
    if !within_limits(context, files) {
        return None;
    }
    let texts = decode(context, files);
    let (documents, well_formed) = parse(context, &texts);
    if !files.contains_key(ORGANISATION_FILE) {
        context.report(Diagnostic::new(
            Code::NoOrganisation,
            None,
            text!(
                "ce dossier n'a pas de fichier {ORGANISATION_FILE}",
                "this directory has no file {ORGANISATION_FILE}"
            ),
        ));
        return None;
    }
    context.languages = vec![Language::French, Language::English];
    let mut register = empty(version(files));
    let mut pending = resolve::Pending::default();
    for document in &documents {
        let Some(mut fields) = Fields::of_file(&document.file, document.source, &document.value) else {
            continue;
        };
        let parts: Vec<&str> = document.file.split('/').collect();
        match parts.as_slice() {
            [ORGANISATION_FILE] => organisation::read(context, &mut fields, &mut register.organisation),
            ["vocabulary.toml"] => vocabulary::read(context, &mut fields, &mut register.vocabulary),
            ["measures.toml"] => party::read_measures(context, &mut fields, &mut register.measures),
            ["promises.toml"] => party::read_promises(context, &mut fields, &mut register.promises),
            ["activities", file] => {
                activity::read(context, &mut fields, stem(file), &mut register.activities)
            }
            ["stores", file] => store::read(
                context,
                &mut fields,
                stem(file),
                &mut register.stores,
                &mut pending,
            ),
            ["stores", store, _] => {
                store::read_part(context, &mut fields, store, &mut register.stores, &mut pending)
            }
            ["parties", file] => party::read(context, &mut fields, stem(file), &mut register.parties),
            _ => continue,
        }
        fields.finish(context);
    }
    resolve::resolve(context, &mut register, pending);
    well_formed.then_some(register)
}

fn within_limits(context: &mut Context, files: &Files) -> bool {
    let total: usize = files.values().map(Vec::len).sum();
    let message = if files.len() > MOST_FILES {
        let count = files.len();
        text!(
            "{count} fichiers ; un registre en compte au plus {MOST_FILES}",
            "{count} files; a register has at most {MOST_FILES}"
        )
    } else if total > MOST_BYTES {
        text!(
            "{total} octets ; un registre en compte au plus {MOST_BYTES}",
            "{total} bytes; a register has at most {MOST_BYTES}"
        )
    } else if let Some((path, bytes)) = files.iter().find(|(_, bytes)| bytes.len() > MOST_BYTES_PER_FILE) {
        let size = bytes.len();
        text!(
            "{path} : {size} octets ; un fichier en compte au plus {MOST_BYTES_PER_FILE}",
            "{path}: {size} bytes; a file has at most {MOST_BYTES_PER_FILE}"
        )
    } else {
        return true;
    };
    context.report(Diagnostic::new(Code::TooLarge, None, message));
    false
}

/// The TOML files as text; others are left alone when a register may hold them, and reported when it may not.
fn decode<'a>(context: &mut Context, files: &'a Files) -> Vec<(Arc<str>, &'a str)> {
    let mut texts = Vec::new();
    for (path, bytes) in files {
        let file: Arc<str> = Arc::from(path.as_str());
        if !is_part_of_a_register(path) {
            if is_stray(path) {
                let folder = path.split_once('/').map(|(folder, _)| format!("{folder}/"));
                let written = folder.as_deref().unwrap_or(path);
                context.report(
                    Diagnostic::new(
                        Code::StrayFile,
                        Span { file, range: 0..0 },
                        text!(
                            "{path} ne fait pas partie d'un registre : rien ne le lit",
                            "{path} is no part of a register: nothing reads it"
                        ),
                    )
                    .suggest_if(did_you_mean(written, FOLDERS.into_iter().chain(NAMES))),
                );
            }
            continue;
        }
        if !path.ends_with(".toml") {
            continue;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => texts.push((file, text)),
            Err(error) => {
                let at = error.valid_up_to();
                context.report(Diagnostic::new(
                    Code::NotText,
                    Span { file, range: 0..0 },
                    text!(
                        "{path} n'est pas du texte UTF-8 (octet {at})",
                        "{path} is not UTF-8 text (byte {at})"
                    ),
                ));
            }
        }
    }
    // serment.toml first: the languages it declares decide how the texts of the other files are read.
    texts.sort_by_key(|(file, _)| &**file != ORGANISATION_FILE);
    texts
}

/// Whether a register may hold that file.
pub(crate) fn is_part_of_a_register(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        [ORGANISATION_FILE | "vocabulary.toml" | "measures.toml" | "promises.toml"] => true,
        ["activities" | "stores" | "parties", file] | ["stores", _, file] => file.ends_with(".toml"),
        ["notices", file] => file.ends_with(".md"),
        _ => false,
    }
}

const NAMES: [&str; 4] = [
    ORGANISATION_FILE,
    "vocabulary.toml",
    "measures.toml",
    "promises.toml",
];
const FOLDERS: [&str; 4] = ["activities/", "stores/", "parties/", "notices/"];

/// Whether that file looks as if it was meant for a register and is not read. The directory may hold other things
/// (an application beside its register): those are none of ours.
pub(crate) fn is_stray(path: &str) -> bool {
    let near = |written: &str, known: &[&str]| {
        known
            .iter()
            .any(|name| strsim::jaro_winkler(name, written) >= 0.9)
    };
    match path.split_once('/') {
        _ if !path.ends_with(".toml") || is_part_of_a_register(path) => false,
        None => near(path, &NAMES),
        Some((folder, _)) => near(&format!("{folder}/"), &FOLDERS),
    }
}

struct Document<'a> {
    file: Arc<str>,
    source: &'a str,
    value: DeValue<'a>,
}

fn parse<'a>(context: &mut Context, texts: &[(Arc<str>, &'a str)]) -> (Vec<Document<'a>>, bool) {
    let mut documents = Vec::new();
    let mut well_formed = true;
    for (file, source) in texts {
        let (table, errors) = DeTable::parse_recoverable(source);
        for error in &errors {
            well_formed = false;
            let range = error.span().unwrap_or(0..0);
            let what = error.message();
            context.report(Diagnostic::new(
                Code::Syntax,
                Span {
                    file: Arc::clone(file),
                    range,
                },
                text!("ce n'est pas du TOML : {what}", "this is not TOML: {what}"),
            ));
        }
        let value = DeValue::Table(table.into_inner());
        remember_places(context, file, "", &value);
        documents.push(Document {
            file: Arc::clone(file),
            source,
            value,
        });
    }
    (documents, well_formed)
}

fn stem(file: &str) -> &str {
    file.strip_suffix(".toml").unwrap_or(file)
}

/// SHA-256 over the files in path order; lengths go in so that no two registers share one serialisation.
fn version(files: &Files) -> String {
    let mut hash = Sha256::new();
    for (path, bytes) in files.iter().filter(|(path, _)| is_part_of_a_register(path)) {
        for part in [path.as_bytes(), bytes.as_slice()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    hex::encode(hash.finalize())
}

fn empty(version: String) -> Register {
    Register {
        organisation: organisation::empty(),
        vocabulary: Default::default(),
        activities: BTreeMap::new(),
        stores: BTreeMap::new(),
        parties: BTreeMap::new(),
        measures: BTreeMap::new(),
        promises: BTreeMap::new(),
        version,
    }
}
