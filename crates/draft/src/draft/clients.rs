//! The clients of a processor: a table to which most others lead.

use std::collections::BTreeMap;

use serment_detect::about::head;
use serment_detect::words::{singular, words};
use serment_register::text;

use super::links::Kind;
use super::questions::{Question, Topic};
use super::read::{ColumnDraft, TableDraft};
use super::tame;

/// Where the clients seem to be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClientsDraft {
    /// `store.table`.
    pub from: String,
    /// Column of their key.
    pub key: String,
    /// Column of their name.
    pub name: Option<String>,
    /// Column of the end of their contract.
    pub ends: Option<String>,
    /// Column that says how to reach their data-protection contact.
    pub contact: Option<String>,
    /// How sure, in hundredths.
    pub confidence: u8,
    /// Tables that lead to it, of how many in its store.
    pub reached: (usize, usize),
}

impl ClientsDraft {
    /// Whether the draft writes it, instead of asking.
    pub fn is_written(&self) -> bool {
        self.confidence >= 70
    }
}

/// What tables of clients are called when nothing else is; the others are called so too, and are often customers.
const CERTAIN: [&str; 8] = [
    "tenant",
    "workspace",
    "organisation",
    "organization",
    "collectivite",
    "council",
    "site",
    "instance",
];
const POSSIBLE: [&str; 7] = [
    "client",
    "account",
    "company",
    "societe",
    "entreprise",
    "customer",
    "etablissement",
];

/// The table of the clients, and what each table says of whose its rows are.
pub(super) fn find(
    tables: &mut BTreeMap<String, Vec<TableDraft>>,
    questions: &mut Vec<Question>,
) -> Option<ClientsDraft> {
    let mut best: Option<(ClientsDraft, String, String)> = None;
    for (store, drafts) in tables.iter() {
        for candidate in drafts.iter().filter(|draft| draft.key.len() == 1) {
            let name = head(&candidate.name.name);
            let certain = CERTAIN.contains(&name.as_str());
            if (!certain && !POSSIBLE.contains(&name.as_str())) || super::person::is_somebody(candidate) {
                continue;
            }
            let others = drafts.len().saturating_sub(1);
            let reached = drafts
                .iter()
                .filter(|draft| {
                    draft.id != candidate.id && draft.written_links().any(|link| link.to == candidate.id)
                })
                .count();
            if reached < 2 || reached * 3 < others {
                continue;
            }
            let share = u8::try_from(reached * 30 / others.max(1)).unwrap_or(30);
            let confidence = share + if certain { 62 } else { 25 };
            let called = candidate.columns.iter().find(|column| {
                let words: Vec<String> = words(&column.name).iter().map(|word| singular(word)).collect();
                matches!(
                    words.join(" ").as_str(),
                    "name" | "nom" | "raison sociale" | "company name" | "label" | "libelle"
                )
            });
            let draft = ClientsDraft {
                from: format!("{store}.{}", candidate.id),
                key: candidate.key[0].clone(),
                name: called.map(|column| column.name.clone()),
                ends: column_with(candidate, |column, words| {
                    column.is_time
                        && words.iter().any(|word| {
                            matches!(
                                word.as_str(),
                                "end" | "ended" | "fin" | "terminated" | "closed" | "resiliation" | "until"
                            )
                        })
                }),
                contact: column_with(candidate, |column, words| {
                    column.surely("contact.email")
                        || words.iter().any(|word| matches!(word.as_str(), "dpo" | "dpd"))
                }),
                confidence: confidence.min(95),
                reached: (reached, others),
            };
            if best
                .as_ref()
                .is_none_or(|(found, ..)| found.confidence < draft.confidence)
            {
                best = Some((draft, store.clone(), candidate.id.clone()));
            }
        }
    }
    let (clients, store, id) = best?;
    if clients.is_written()
        && let Some(drafts) = tables.get_mut(&store)
    {
        say_whose(drafts, &id, &clients.key);
        stay_within(drafts, &store, questions);
    }
    Some(clients)
}

fn column_with(draft: &TableDraft, fits: impl Fn(&ColumnDraft, &[String]) -> bool) -> Option<String> {
    let mut columns = draft.columns.iter().filter(|column| column.inside.is_empty());
    columns
        .find(|column| {
            let words: Vec<String> = words(&column.name).iter().map(|word| singular(word)).collect();
            fits(column, &words)
        })
        .map(|column| column.name.clone())
}

/// A person is a client's on both sides of a link, or on none: a link that leaves the clients is of something else, until
/// a person says otherwise.
fn stay_within(drafts: &mut [TableDraft], store: &str, questions: &mut Vec<Question>) {
    let without: Vec<String> = drafts
        .iter()
        .filter(|draft| draft.client.is_none())
        .map(|draft| draft.id.clone())
        .collect();
    for draft in drafts.iter_mut().filter(|draft| draft.client.is_some()) {
        for link in draft.links.iter_mut().filter(|link| {
            link.kind == Kind::BelongsTo && link.why_not.is_none() && without.contains(&link.to)
        }) {
            link.kind = Kind::RefersTo;
            let (name, to) = (tame(&link.name), tame(&link.to));
            questions.push(Question::new(
                Topic::Clients,
                &format!("{store}.{}", draft.id),
                text!(
                    "ses lignes sont d'un client, et celles de {to} de personne : « {name} » est donc un refers_to ; \
                     les personnes de {to} sont-elles d'un client ?",
                    "its rows are a client's, and those of {to} nobody's: `{name}` is a refers_to therefore; are the \
                     persons of {to} a client's?"
                ),
            ));
        }
    }
}

/// Each table says whose its rows are: by its own link to the clients, else through the row that it belongs to.
fn say_whose(drafts: &mut [TableDraft], id: &str, key: &str) {
    for draft in drafts.iter_mut() {
        draft.client = if draft.id == id {
            Some(key.to_owned())
        } else {
            draft
                .written_links()
                .find(|link| link.to == *id && link.by.len() == 1)
                .map(|link| link.by[0].0.clone())
        };
    }
    // From parents to children, as often as there are tables: chains are no longer.
    for _ in 0..drafts.len() {
        let known: Vec<String> = drafts
            .iter()
            .filter(|draft| draft.client.is_some())
            .map(|draft| draft.id.clone())
            .collect();
        let mut moved = false;
        for draft in drafts.iter_mut().filter(|draft| draft.client.is_none()) {
            let link = draft
                .written_links()
                .filter(|link| link.to != draft.id && known.contains(&link.to))
                .min_by_key(|link| link.kind != Kind::BelongsTo)
                .map(|link| link.name.clone());
            moved |= link.is_some();
            draft.client = link;
        }
        if !moved {
            break;
        }
    }
}
