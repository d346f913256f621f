//! What can go wrong with a journal that is written.

use std::io;
use std::path::{Path, PathBuf};

use crate::rejection::{Language, Rejection, answered};

/// Why the journal could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The system refused to read or write a file.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system answered.
        source: io::Error,
    },
    /// Another process writes to the journal.
    #[error("another process has the journal {path} open for writing; wait until it ends")]
    Locked {
        /// The directory of the journal.
        path: PathBuf,
    },
    /// An earlier write or sync failed: what is on disk is no longer certain, so nothing more is written.
    #[error(
        "the journal closed itself after a failed write ({cause}); nothing more is recorded until it is opened again"
    )]
    Closed {
        /// The failure that closed it.
        cause: String,
    },
    /// What is on disk is not what was signed. Nothing is written or signed over it.
    #[error("the journal is damaged, nothing is signed over it: {0}")]
    Damaged(#[source] Rejection),
    /// The private key, or its directory, may be read by others.
    #[error("{path} may be used by others: allow its owner only (chmod {allowed:o})")]
    Permissions {
        /// The file or directory.
        path: PathBuf,
        /// The widest permissions allowed.
        allowed: u32,
    },
    /// The private key cannot be read, or is not the one of this journal.
    #[error("{path} is not the private key of this journal ({why}); restore it from where it is kept")]
    UnusableKey {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        why: String,
    },
    /// The journal belongs to another origin, or the origin is not a name.
    #[error("the journal is that of “{found}”, not of “{expected}”")]
    Origin {
        /// The origin asked for.
        expected: String,
        /// The origin found, or what is wrong with the one asked for.
        found: String,
    },
    /// An entry cannot be recorded as it is.
    #[error("entry {position} cannot be recorded: {why}")]
    Entry {
        /// Its place among those given, from 0.
        position: usize,
        /// What does not fit.
        why: &'static str,
    },
    /// There is no journal in the directory.
    #[error("there is no journal in {path}")]
    NoJournal {
        /// The directory.
        path: PathBuf,
    },
    /// There is no entry of that index.
    #[error("there is no entry {index}: the journal has {size}")]
    NoEntry {
        /// The index asked for.
        index: u64,
        /// The number of entries.
        size: u64,
    },
    /// The payload is destroyed, so nothing can be disclosed.
    #[error("the payload of entry {index} is destroyed")]
    Destroyed {
        /// The entry.
        index: u64,
    },
    /// A change of key must stay readable as long as the journal is.
    #[error("entry {index} is a change of key and cannot be destroyed")]
    NotDestroyable {
        /// The entry.
        index: u64,
    },
    /// The entry is too long for a receipt.
    #[error("a receipt for entry {index} would have {bytes} bytes; at most 4095 are allowed")]
    ReceiptTooLong {
        /// The entry.
        index: u64,
        /// The length it would have.
        bytes: usize,
    },
}

impl JournalError {
    pub(crate) fn io(path: &Path, source: io::Error) -> JournalError {
        JournalError::Io {
            path: path.to_owned(),
            source,
        }
    }

    /// What is wrong and what to do, in plain words.
    pub fn message(&self, language: Language) -> String {
        if language == Language::English {
            return self.to_string();
        }
        match self {
            JournalError::Io { path, source } => {
                format!("{} : {}", path.display(), answered(source.kind(), language))
            }
            JournalError::Locked { path } => {
                format!(
                    "Un autre processus écrit dans le journal {} ; attendez qu’il ait fini.",
                    path.display()
                )
            }
            JournalError::Closed { .. } => {
                "Le journal s’est fermé après une écriture manquée ; plus rien n’est consigné avant qu’il soit rouvert."
                    .to_owned()
            }
            JournalError::Damaged(rejection) => {
                format!(
                    "Le journal est abîmé, rien n’est signé par-dessus. {}",
                    rejection.message(language)
                )
            }
            JournalError::Permissions { path, allowed } => format!(
                "{} est accessible à d’autres : n’autorisez que son propriétaire (chmod {allowed:o}).",
                path.display()
            ),
            JournalError::UnusableKey { path, .. } => format!(
                "{} manque, ou n’est pas la clé privée de ce journal ; restaurez-la de l’endroit où elle est conservée.",
                path.display()
            ),
            JournalError::Origin { expected, found } => {
                format!("Le journal est celui de « {found} », non de « {expected} ».")
            }
            JournalError::Entry { position, .. } => {
                format!("L’entrée {position} ne peut pas être consignée : sa nature, sa date ou sa longueur ne convient pas.")
            }
            JournalError::NoJournal { path } => format!("Il n’y a pas de journal dans {}.", path.display()),
            JournalError::NoEntry { index, size } => {
                format!("Il n’y a pas d’entrée {index} : le journal en compte {size}.")
            }
            JournalError::Destroyed { index } => format!("Le contenu de l’entrée {index} est détruit."),
            JournalError::NotDestroyable { index } => {
                format!("L’entrée {index} est un changement de clé et ne peut pas être détruite.")
            }
            JournalError::ReceiptTooLong { index, bytes } => {
                format!("Un reçu pour l’entrée {index} ferait {bytes} octets ; 4095 au plus sont permis.")
            }
        }
    }
}
