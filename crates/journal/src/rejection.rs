//! Why a proof or a journal is refused, in words, in French and English.

use std::fmt;
use std::io;

/// The language of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// French.
    French,
    /// English.
    English,
}

/// Why a receipt, a checkpoint or a journal does not prove what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// What was given is not a receipt: not JSON, fields unknown or missing, too long.
    Unreadable {
        /// What does not fit, in English, for a developer.
        why: String,
    },
    /// The receipt ends too early.
    Truncated,
    /// The receipt is of a version that this program does not know.
    UnknownVersion {
        /// The version it says.
        version: u64,
    },
    /// What was given as the trusted key is not one.
    BadKey {
        /// What does not fit, in English, for a developer.
        why: String,
    },
    /// It comes from another log than the one whose key is trusted.
    ForeignLog {
        /// The log of the trusted key.
        expected: String,
        /// The log it comes from.
        found: String,
    },
    /// It is signed, by a key that is not the trusted one nor one that it leads to.
    WrongKey {
        /// Short names of the keys that are trusted.
        expected: Vec<String>,
        /// Short names of the keys that signed.
        found: Vec<String>,
    },
    /// A change of keys is not signed by both keys, or does not follow from the one before.
    BadRotation {
        /// Which change, from 0.
        position: usize,
    },
    /// The signature is not that of the key over this text.
    BadSignature {
        /// Short name of the key.
        key: String,
    },
    /// Two parts of the receipt contradict each other.
    Contradiction {
        /// The field that is not as the signed part says.
        field: &'static str,
    },
    /// The entry is not in the tree that was signed, or not at that place.
    NotInTree {
        /// The place that the receipt says.
        index: u64,
    },
    /// The statement is not the one that the entry commits to.
    ForgedStatement {
        /// The place of the entry.
        index: u64,
    },
    /// The checkpoint to compare with is not a checkpoint signed by the trusted key.
    BadOutsideCheckpoint {
        /// What does not fit, in English, for a developer.
        why: String,
    },
    /// Two different histories were signed: the same log showed one thing to some and another to others.
    Fork {
        /// Number of entries at which both were signed.
        size: u64,
    },
    /// The journal is older than a checkpoint that had left it: an earlier copy was put back.
    Rollback {
        /// Number of entries there are.
        have: u64,
        /// Number of entries there were.
        seen: u64,
    },
    /// The end of the journal was cut off: its own files know of more entries.
    CutOff {
        /// Index of the first entry that is missing.
        first_missing: u64,
        /// Number of entries there were.
        seen: u64,
    },
    /// An entry was changed, removed, added or moved.
    Altered {
        /// Index of the first entry that is not as it was signed; every entry before is.
        first: u64,
        /// Index of the last entry that it may be, when the journal cannot tell more closely.
        last: u64,
    },
    /// The payload of an entry is not the one that the entry commits to.
    PayloadAltered {
        /// Index of the entry.
        index: u64,
    },
    /// A file made from the entries is missing or not as it must be.
    File {
        /// Path below the journal.
        path: String,
        /// The first entry that it concerns, if one can be told.
        index: Option<u64>,
    },
    /// A file of the journal could not be read.
    CannotRead {
        /// Path of the file.
        path: String,
        /// What the system answered.
        why: io::ErrorKind,
    },
}

impl Rejection {
    /// A short name for programs, which does not change.
    pub fn code(&self) -> &'static str {
        match self {
            Rejection::Unreadable { .. } => "unreadable",
            Rejection::Truncated => "truncated",
            Rejection::UnknownVersion { .. } => "unknown_version",
            Rejection::BadKey { .. } => "bad_key",
            Rejection::ForeignLog { .. } => "foreign_log",
            Rejection::WrongKey { .. } => "wrong_key",
            Rejection::BadRotation { .. } => "bad_rotation",
            Rejection::BadSignature { .. } => "bad_signature",
            Rejection::Contradiction { .. } => "contradiction",
            Rejection::NotInTree { .. } => "not_in_tree",
            Rejection::ForgedStatement { .. } => "forged_statement",
            Rejection::BadOutsideCheckpoint { .. } => "bad_outside_checkpoint",
            Rejection::Fork { .. } => "fork",
            Rejection::Rollback { .. } => "rollback",
            Rejection::CutOff { .. } => "cut_off",
            Rejection::Altered { .. } => "altered",
            Rejection::PayloadAltered { .. } => "payload_altered",
            Rejection::File { .. } => "file",
            Rejection::CannotRead { .. } => "cannot_read",
        }
    }

    /// The first entry that is bad, when one can be named.
    pub fn first_bad_entry(&self) -> Option<u64> {
        match self {
            Rejection::NotInTree { index }
            | Rejection::ForgedStatement { index }
            | Rejection::PayloadAltered { index } => Some(*index),
            Rejection::Altered { first, .. } => Some(*first),
            Rejection::CutOff { first_missing, .. } => Some(*first_missing),
            Rejection::Rollback { have, .. } => Some(*have),
            Rejection::File { index, .. } => *index,
            _ => None,
        }
    }

    /// What is wrong and what to do, in plain words.
    pub fn message(&self, language: Language) -> String {
        match language {
            Language::French => self.french(),
            Language::English => self.english(),
        }
    }

    fn french(&self) -> String {
        match self {
            Rejection::Unreadable { .. } => {
                "Ce n’est pas un reçu lisible. Demandez le fichier d’origine.".to_owned()
            }
            Rejection::Truncated => "Le reçu est coupé avant la fin. Demandez le fichier entier.".to_owned(),
            Rejection::UnknownVersion { version } => {
                format!(
                    "Le reçu est de la version {version}, que ce programme ne connaît pas. Mettez Serment à jour."
                )
            }
            Rejection::BadKey { .. } => "La clé de confiance n’est pas une clé publique de journal.".to_owned(),
            Rejection::ForeignLog { expected, found } => {
                format!(
                    "Cela vient du journal « {found} », alors que votre clé est celle du journal « {expected} »."
                )
            }
            Rejection::WrongKey { expected, found } => format!(
                "La signature est d’une autre clé ({}) que la vôtre ({}), et rien ne mène de l’une à l’autre. Ou bien \
                 c’est un faux, ou bien la clé a changé : demandez un nouveau reçu, ou la clé de l’époque, par une voie sûre.",
                list(found),
                list(expected)
            ),
            Rejection::BadRotation { position } => format!(
                "Le changement de clé nº {} n’est pas signé par l’ancienne clé et la nouvelle, ou ne suit pas le \
                 précédent : la suite n’est pas digne de confiance.",
                position + 1
            ),
            Rejection::BadSignature { key } => format!(
                "La signature au nom de la clé {key} est fausse : le texte signé a été modifié, ou la signature inventée."
            ),
            Rejection::Contradiction { field } => {
                format!("Le champ « {field} » contredit la partie signée : le reçu a été retouché.")
            }
            Rejection::NotInTree { index } => {
                format!(
                    "L’entrée {index} n’est pas dans le journal signé, ou n’y est pas à cette place : elle est fausse."
                )
            }
            Rejection::ForgedStatement { index } => {
                format!(
                    "La déclaration n’est pas celle que le journal a scellée à l’entrée {index} : elle a été modifiée."
                )
            }
            Rejection::BadOutsideCheckpoint { .. } => {
                "Le point de contrôle donné pour comparer n’est pas un point de contrôle signé par la clé de confiance."
                    .to_owned()
            }
            Rejection::Fork { size } => format!(
                "Deux histoires différentes ont été signées pour les {size} premières entrées : le journal a été \
                 réécrit, ou montré différemment à plusieurs personnes. Conservez les deux points de contrôle, ils en sont la preuve."
            ),
            Rejection::Rollback { have, seen } => format!(
                "Le journal compte {have} entrées, alors qu’un point de contrôle sorti de la maison en compte {seen} : \
                 une copie plus ancienne a été remise en place. La première entrée manquante est la {have}."
            ),
            Rejection::CutOff { first_missing, seen } => format!(
                "La fin du journal a été coupée : ses propres fichiers comptent {seen} entrées, et l’entrée {first_missing} manque."
            ),
            Rejection::Altered { first, last } if first == last => {
                format!(
                    "L’entrée {first} a été modifiée, retirée, ajoutée ou déplacée ; toutes celles d’avant sont intactes."
                )
            }
            Rejection::Altered { first, last } => format!(
                "Une entrée de {first} à {last} a été modifiée, retirée, ajoutée ou déplacée ; toutes celles d’avant sont intactes."
            ),
            Rejection::PayloadAltered { index } => {
                format!(
                    "Le contenu de l’entrée {index} n’est pas celui que le journal a scellé : il a été modifié."
                )
            }
            Rejection::File { path, index } => match index {
                Some(index) => format!(
                    "Le fichier « {path} » manque ou n’est pas conforme aux entrées, à partir de l’entrée {index}. Restaurez-le d’une sauvegarde."
                ),
                None => format!(
                    "Le fichier « {path} » manque ou n’est pas conforme aux entrées. Restaurez-le d’une sauvegarde."
                ),
            },
            Rejection::CannotRead { path, why } => {
                format!("Impossible de lire « {path} » : {}.", answered(*why, Language::French))
            }
        }
    }

    fn english(&self) -> String {
        match self {
            Rejection::Unreadable { .. } => {
                "This is not a readable receipt. Ask for the original file.".to_owned()
            }
            Rejection::Truncated => "The receipt is cut before its end. Ask for the whole file.".to_owned(),
            Rejection::UnknownVersion { version } => {
                format!(
                    "The receipt is of version {version}, which this program does not know. Update Serment."
                )
            }
            Rejection::BadKey { .. } => "The trusted key is not the public key of a journal.".to_owned(),
            Rejection::ForeignLog { expected, found } => {
                format!(
                    "It comes from the journal “{found}”, while your key is that of the journal “{expected}”."
                )
            }
            Rejection::WrongKey { expected, found } => format!(
                "It is signed by another key ({}) than yours ({}), and nothing leads from one to the other. Either it is \
                 forged, or the key has changed: ask for a new receipt, or for the key of that time, through a safe channel.",
                list(found),
                list(expected)
            ),
            Rejection::BadRotation { position } => format!(
                "Change of key no. {} is not signed by both the old and the new key, or does not follow the one before: \
                 what comes after it cannot be trusted.",
                position + 1
            ),
            Rejection::BadSignature { key } => format!(
                "The signature in the name of key {key} is false: the signed text was changed, or the signature made up."
            ),
            Rejection::Contradiction { field } => {
                format!("The field “{field}” contradicts the signed part: the receipt was tampered with.")
            }
            Rejection::NotInTree { index } => {
                format!("Entry {index} is not in the signed journal, or not at that place: it is forged.")
            }
            Rejection::ForgedStatement { index } => {
                format!(
                    "The statement is not the one that the journal sealed in entry {index}: it was changed."
                )
            }
            Rejection::BadOutsideCheckpoint { .. } => {
                "The checkpoint to compare with is not a checkpoint signed by the trusted key.".to_owned()
            }
            Rejection::Fork { size } => format!(
                "Two different histories were signed for the first {size} entries: the journal was rewritten, or shown \
                 differently to different people. Keep both checkpoints, they are the evidence."
            ),
            Rejection::Rollback { have, seen } => format!(
                "The journal has {have} entries, while a checkpoint that had left the house has {seen}: an older copy was \
                 put back. The first missing entry is {have}."
            ),
            Rejection::CutOff { first_missing, seen } => format!(
                "The end of the journal was cut off: its own files count {seen} entries, and entry {first_missing} is missing."
            ),
            Rejection::Altered { first, last } if first == last => {
                format!(
                    "Entry {first} was changed, removed, added or moved; every entry before it is intact."
                )
            }
            Rejection::Altered { first, last } => format!(
                "An entry from {first} to {last} was changed, removed, added or moved; every entry before is intact."
            ),
            Rejection::PayloadAltered { index } => {
                format!(
                    "The payload of entry {index} is not the one that the journal sealed: it was changed."
                )
            }
            Rejection::File { path, index } => match index {
                Some(index) => format!(
                    "The file “{path}” is missing or does not agree with the entries, from entry {index}. Restore it from a backup."
                ),
                None => {
                    format!(
                        "The file “{path}” is missing or does not agree with the entries. Restore it from a backup."
                    )
                }
            },
            Rejection::CannotRead { path, why } => {
                format!("Cannot read “{path}”: {}.", answered(*why, Language::English))
            }
        }
    }
}

/// What the system answers, in its usual cases.
pub(crate) fn answered(kind: io::ErrorKind, language: Language) -> String {
    let (french, english) = match kind {
        io::ErrorKind::NotFound => ("il n’existe pas", "it does not exist"),
        io::ErrorKind::PermissionDenied => ("permission refusée", "permission denied"),
        io::ErrorKind::IsADirectory => ("c’est un dossier", "it is a directory"),
        io::ErrorKind::NotADirectory => ("ce n’est pas un dossier", "it is not a directory"),
        io::ErrorKind::StorageFull => ("plus de place sur le disque", "no space left on the disk"),
        other => return format!("{other}"),
    };
    match language {
        Language::French => french.to_owned(),
        Language::English => english.to_owned(),
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english())
    }
}

impl std::error::Error for Rejection {}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        "—".to_owned()
    } else {
        names.join(", ")
    }
}
