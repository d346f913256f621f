//! Events and states, as far as the names of columns tell.

use serment_detect::words::words;
use serment_register::predicate;
use serment_store::catalogue::ColumnKind;

use super::read::TableDraft;
use super::write::name_of;
use crate::source::Source;

/// A word of the vocabulary, with how sentences say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    /// Words of columns.
    columns: &'static [&'static str],
    /// Name in the vocabulary.
    pub name: &'static str,
    /// French label.
    pub fr: &'static str,
    /// English label.
    pub en: &'static str,
    /// Whether it may lie ahead.
    pub planned: bool,
    /// The state that it ends.
    pub ends: Option<&'static str>,
}

const fn known(
    columns: &'static [&'static str],
    name: &'static str,
    fr: &'static str,
    en: &'static str,
    planned: bool,
    ends: Option<&'static str>,
) -> Known {
    Known {
        columns,
        name,
        fr,
        en,
        planned,
        ends,
    }
}

/// Events that many databases have.
pub(super) const EVENTS: [Known; 14] = [
    known(
        &[
            "created",
            "creation",
            "inserted",
            "added",
            "first seen",
            "cree",
            "date creation",
            "ajout",
        ],
        "created",
        "création de la fiche",
        "creation of the record",
        false,
        None,
    ),
    known(
        &[
            "registered",
            "registration",
            "signup",
            "signed up",
            "joined",
            "inscription",
            "inscrit",
        ],
        "registered",
        "inscription",
        "registration",
        false,
        None,
    ),
    known(
        &[
            "last contact",
            "contacted",
            "last contacted",
            "dernier contact",
            "last reply",
            "last interaction",
        ],
        "last_contact",
        "dernier contact",
        "last contact",
        false,
        None,
    ),
    known(
        &[
            "last login",
            "last signin",
            "last connection",
            "derniere connexion",
            "last seen",
            "last activity",
            "last access",
            "last visit",
        ],
        "last_activity",
        "dernière activité",
        "last activity",
        false,
        None,
    ),
    known(
        &[
            "contract ended",
            "contract end",
            "fin contrat",
            "date fin contrat",
            "contract closed",
        ],
        "contract_ended",
        "fin du contrat",
        "end of the contract",
        true,
        Some("in_contract"),
    ),
    known(
        &[
            "unsubscribed",
            "desabonnement",
            "desabonne",
            "subscription ended",
            "subscription end",
            "opted out",
        ],
        "subscription_ended",
        "fin de l'abonnement",
        "end of the subscription",
        false,
        Some("subscribed"),
    ),
    known(
        &[
            "withdrawn",
            "consent withdrawn",
            "retrait consentement",
            "consent revoked",
        ],
        "consent_withdrawn",
        "retrait du consentement",
        "withdrawal of consent",
        false,
        None,
    ),
    known(
        &["objected", "opposition"],
        "objected",
        "opposition",
        "objection",
        false,
        None,
    ),
    known(
        &[
            "issued",
            "invoiced",
            "invoice",
            "billed",
            "facturation",
            "facture",
            "emission",
        ],
        "invoiced",
        "date de la facture",
        "date of the invoice",
        false,
        None,
    ),
    known(
        &["ordered", "order", "purchased", "purchase", "commande", "achat"],
        "ordered",
        "commande",
        "order",
        false,
        None,
    ),
    known(
        &["visited", "visit", "logged", "requested"],
        "visited",
        "visite",
        "visit",
        false,
        None,
    ),
    known(
        &["hire", "hired", "embauche", "entree"],
        "hired",
        "embauche",
        "hiring",
        false,
        None,
    ),
    known(
        &["left", "departure", "sortie", "depart", "terminated", "resigned"],
        "left",
        "départ",
        "departure",
        true,
        None,
    ),
    known(
        &[
            "decided", "decision", "rejected", "accepted", "closed", "cloture", "resolved",
        ],
        "closed",
        "clôture",
        "closing",
        false,
        None,
    ),
];

/// The events and states of each table that seems personal or goes with one that does.
pub(super) fn find(source: &Source, drafts: &mut [TableDraft]) {
    for draft in drafts.iter_mut() {
        let concerned = draft.is_personal()
            || draft
                .written_links()
                .any(|link| link.kind == super::links::Kind::BelongsTo);
        if !concerned {
            continue;
        }
        let mut events: Vec<(String, String)> = Vec::new();
        for column in draft
            .columns
            .iter()
            .filter(|column| column.is_time && column.inside.is_empty())
        {
            if column
                .category()
                .is_some_and(|category| category.0.starts_with("identity."))
            {
                continue;
            }
            if let Some(name) = event_of(&column.name)
                && events.iter().all(|(known, _)| *known != name)
            {
                events.push((name, column.name.clone()));
            }
        }
        draft.events = events;
        let Some(table) = source.catalogue.tables.get(&draft.name) else {
            continue;
        };
        let kind = |name: &str| table.column(name).map(|column| column.kind);
        draft.states = states(draft);
        for column in draft.columns.iter().filter(|column| column.inside.is_empty()) {
            let words = words(&column.name);
            let last = words.last().map(String::as_str).unwrap_or_default();
            let condition = match (last, kind(&column.name)) {
                ("deleted" | "supprime" | "archived", _) if column.is_time => {
                    Some(format!("{} is not null", quoted(&column.name)))
                }
                ("deleted" | "supprime" | "archived", Some(ColumnKind::Boolean)) => {
                    Some(format!("{} = true", quoted(&column.name)))
                }
                _ => None,
            };
            let by_time = column.is_time
                && words
                    .iter()
                    .any(|word| word == "deleted" || word == "suppression");
            let condition =
                condition.or_else(|| by_time.then(|| format!("{} is not null", quoted(&column.name))));
            if draft.gone.is_none() {
                draft.gone = condition.filter(|condition| predicate::parse(condition).is_ok());
            }
            if matches!(last, "status" | "statut" | "etat" | "state" | "stage" | "phase")
                && !column.is_time
                && column.category().is_none()
                && !(last == "state" && draft.columns.iter().any(|other| other.surely("contact.postal")))
                && matches!(
                    kind(&column.name),
                    Some(ColumnKind::Text | ColumnKind::Integer | ColumnKind::Other)
                )
            {
                draft.statuses.push(column.name.clone());
            }
        }
    }
}

/// The event that a column of times dates; None for what is none.
fn event_of(column: &str) -> Option<String> {
    let words = words(column);
    let stem: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| {
            !matches!(
                *word,
                "at" | "on" | "date" | "time" | "dt" | "le" | "timestamp" | "ts" | "de" | "du" | "is"
            )
        })
        .collect();
    if stem.is_empty() {
        return None;
    }
    if stem.iter().any(|word| {
        matches!(
            *word,
            "updated"
                | "modified"
                | "modification"
                | "maj"
                | "deleted"
                | "suppression"
                | "archived"
                | "birth"
                | "naissance"
                | "synced"
                | "started"
                | "starts"
                | "start"
                | "debut"
                | "begin"
        )
    }) {
        return None;
    }
    let said = stem.join(" ");
    EVENTS
        .iter()
        .find(|known| known.columns.contains(&said.as_str()))
        .map(|known| known.name.to_owned())
        .or_else(|| Some(name_of(&stem.join("_"), "event")))
}

/// Columns that begin and end something: `contract_started_on` and `contract_ended_on`.
fn states(draft: &TableDraft) -> Vec<(String, String)> {
    let times: Vec<(&str, Vec<String>)> = draft
        .columns
        .iter()
        .filter(|column| column.is_time && column.inside.is_empty())
        .map(|column| (column.name.as_str(), words(&column.name)))
        .collect();
    let ends = [
        "ended",
        "ends",
        "end",
        "fin",
        "until",
        "closed",
        "expires",
        "expired",
        "terminated",
    ];
    let starts = [
        "started", "starts", "start", "debut", "from", "begin", "began", "signed",
    ];
    let without = |words: &[String], list: &[&str]| -> Option<Vec<String>> {
        let rest: Vec<String> = words
            .iter()
            .filter(|word| {
                !list.contains(&word.as_str())
                    && !matches!(word.as_str(), "at" | "on" | "date" | "time" | "de")
            })
            .cloned()
            .collect();
        words
            .iter()
            .any(|word| list.contains(&word.as_str()))
            .then_some(rest)
    };
    let mut found = Vec::new();
    for (end, words_of_end) in &times {
        let subscribed = words_of_end.first().is_some_and(|word| word == "unsubscribed");
        let stem = if subscribed {
            Some(vec!["subscribed".to_owned()])
        } else {
            without(words_of_end, &ends)
        };
        let Some(stem) = stem else { continue };
        let start = times.iter().find(|(_, words)| {
            if subscribed {
                words.first().is_some_and(|word| word == "subscribed")
            } else {
                without(words, &starts).is_some_and(|rest| rest == stem)
            }
        });
        let until = format!("{} > now", quoted(end));
        let condition = match start {
            Some((start, _)) => format!(
                "{} is not null and ({} is null or {until})",
                quoted(start),
                quoted(end)
            ),
            // Without a beginning, no end means that nothing began.
            None if stem.is_empty() => continue,
            None => format!("{} is not null and {until}", quoted(end)),
        };
        let name = match stem.join("_").as_str() {
            "subscribed" => "subscribed".to_owned(),
            "" => "running".to_owned(),
            stem => name_of(&format!("in_{stem}"), "state"),
        };
        if predicate::parse(&condition).is_ok() && found.iter().all(|(known, _)| *known != name) {
            found.push((name, condition));
        }
    }
    found
}

/// A column as a condition writes it.
fn quoted(column: &str) -> String {
    let plain = column.starts_with(|sign: char| sign.is_ascii_lowercase())
        && column
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let reserved = [
        "and", "or", "not", "in", "is", "null", "between", "now", "true", "false",
    ]
    .contains(&column);
    if plain && !reserved {
        column.to_owned()
    } else {
        format!("\"{}\"", column.replace('"', "\"\""))
    }
}
