//! What a verification established, in values and in words.

use serde_json::Value;

use crate::rejection::Language;

/// What holds, once a receipt or a journal was verified.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    /// Name of the log.
    pub origin: String,
    /// Number of entries that the signed checkpoint covers.
    pub size: u64,
    /// Root of the tree of these entries, in hexadecimal.
    pub root: String,
    /// Short name of the key that signed.
    pub key: String,
    /// How the checkpoint compares with the one that was given from outside.
    pub compared: Compared,
    /// The entry, when a receipt was verified.
    pub entry: Option<Disclosed>,
    /// The rest, when a whole journal was verified.
    pub journal: Option<JournalFacts>,
}

/// How what was verified compares with a checkpoint kept elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// None was given: a fork or an older copy put back cannot be told.
    Nothing,
    /// It is the same tree.
    Same,
    /// The journal continues the tree of that many entries.
    Continues {
        /// Number of entries of the checkpoint from outside.
        seen: u64,
    },
    /// A receipt of another size than the checkpoint: only the journal itself can show that one continues the other.
    NotComparable {
        /// Number of entries of the checkpoint from outside.
        seen: u64,
    },
}

/// An entry, disclosed by a receipt.
#[derive(Clone, Debug, PartialEq)]
pub struct Disclosed {
    /// Its place in the journal, from 0.
    pub index: u64,
    /// Its kind.
    pub kind: String,
    /// Its date, in RFC 3339, as the journal's owner gave it.
    pub at: String,
    /// What it says.
    pub statement: Value,
}

/// What the verification of a whole journal adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalFacts {
    /// Entries verified, those after the published checkpoint included.
    pub entries: u64,
    /// Entries whose payload is destroyed.
    pub destroyed: u64,
    /// Changes of key.
    pub rotations: u64,
    /// Bytes after the last sound group: an append that is under way or was interrupted. 0 when there are none.
    pub unfinished_bytes: u64,
}

impl Verified {
    /// What is established, in plain words.
    pub fn message(&self, language: Language) -> String {
        let mut sentences = vec![match language {
            Language::French => {
                format!(
                    "Journal « {} », {} entrées, signé par la clé {}.",
                    self.origin, self.size, self.key
                )
            }
            Language::English => {
                format!(
                    "Journal “{}”, {} entries, signed by key {}.",
                    self.origin, self.size, self.key
                )
            }
        }];
        sentences.extend(self.entry.as_ref().map(|entry| entry.message(language)));
        sentences.extend(self.journal.as_ref().map(|journal| journal.message(language)));
        sentences.push(self.compared.message(language));
        sentences.join("\n")
    }
}

impl Disclosed {
    fn message(&self, language: Language) -> String {
        let Disclosed { index, kind, at, .. } = self;
        match language {
            Language::French => {
                format!(
                    "L’entrée {index} ({kind}, {at}) est dans le journal, et la déclaration est celle qu’elle scelle."
                )
            }
            Language::English => {
                format!(
                    "Entry {index} ({kind}, {at}) is in the journal, and the statement is the one that it seals."
                )
            }
        }
    }
}

impl JournalFacts {
    fn message(&self, language: Language) -> String {
        let JournalFacts {
            entries,
            destroyed,
            rotations,
            unfinished_bytes,
        } = self;
        let mut text = match language {
            Language::French => format!(
                "{entries} entrées intactes, dont {destroyed} au contenu détruit ; changements de clé : {rotations}."
            ),
            Language::English => {
                format!(
                    "{entries} entries intact, {destroyed} of them with their payload destroyed; changes of key: {rotations}."
                )
            }
        };
        if *unfinished_bytes > 0 {
            text.push_str(&match language {
                Language::French => format!(
                    " {unfinished_bytes} octets inachevés à la fin : une écriture en cours, ou interrompue et jamais acquittée."
                ),
                Language::English => format!(
                    " {unfinished_bytes} unfinished bytes at the end: a write under way, or one interrupted and never acknowledged."
                ),
            });
        }
        text
    }
}

impl Compared {
    fn message(&self, language: Language) -> String {
        match (self, language) {
            (Compared::Nothing, Language::French) => {
                "Aucun point de contrôle extérieur n’a été donné : une copie plus ancienne ou une seconde histoire ne se verrait pas."
                    .to_owned()
            }
            (Compared::Nothing, Language::English) => {
                "No checkpoint from outside was given: an older copy or a second history would not show.".to_owned()
            }
            (Compared::Same, Language::French) => "Identique au point de contrôle extérieur.".to_owned(),
            (Compared::Same, Language::English) => "The same as the checkpoint from outside.".to_owned(),
            (Compared::Continues { seen }, Language::French) => {
                format!("Prolonge fidèlement le point de contrôle extérieur de {seen} entrées.")
            }
            (Compared::Continues { seen }, Language::English) => {
                format!("Faithfully continues the checkpoint from outside of {seen} entries.")
            }
            (Compared::NotComparable { seen }, Language::French) => format!(
                "Le point de contrôle extérieur compte {seen} entrées : un reçu seul ne permet pas de comparer, il faut le journal."
            ),
            (Compared::NotComparable { seen }, Language::English) => format!(
                "The checkpoint from outside has {seen} entries: a receipt alone cannot be compared with it, the journal can."
            ),
        }
    }
}
