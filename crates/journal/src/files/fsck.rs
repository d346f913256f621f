//! A read-only check of everything that belongs to a journal, by its owner.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::JournalError;
use crate::files::audit::verify;
use crate::files::keys;
use crate::files::layout::{Layout, read_if_there};
use crate::files::scan::Scan;
use crate::rejection::{Language, Rejection};
use crate::tlog::tile::{entries_path, tiles_of};
use crate::trust::Trust;

/// Something that the check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The journal does not verify.
    Rejected(Rejection),
    /// The private key cannot be used: missing, open to others, or not the one of this journal.
    PrivateKey {
        /// Why, in French.
        french: String,
        /// Why, in English.
        english: String,
    },
    /// The file of the public key does not hold the key in force.
    PublicKey,
    /// Bytes at the end that were never acknowledged; opening for writing cuts them.
    UnfinishedBytes(u64),
    /// Entries that no published checkpoint covers yet; opening for writing publishes one.
    Unpublished(u64),
    /// A payload whose destruction was interrupted; opening for writing finishes it.
    UnfinishedDestruction(u64),
    /// A file that does not belong to the journal, or is left over from an interruption.
    Stray(PathBuf),
}

impl Finding {
    /// Whether it is damage, rather than something that the next opening mends or that does no harm.
    pub fn is_damage(&self) -> bool {
        matches!(
            self,
            Finding::Rejected(_) | Finding::PrivateKey { .. } | Finding::PublicKey
        )
    }

    /// What was found, in plain words.
    pub fn message(&self, language: Language) -> String {
        let french = language == Language::French;
        match self {
            Finding::Rejected(rejection) => rejection.message(language),
            Finding::PrivateKey { french: why, .. } if french => format!("Clé privée : {why}"),
            Finding::PrivateKey { english: why, .. } => format!("Private key: {why}"),
            Finding::PublicKey if french => {
                "Le fichier journal.pub ne contient pas la clé en vigueur.".to_owned()
            }
            Finding::PublicKey => "The file journal.pub does not hold the key in force.".to_owned(),
            Finding::UnfinishedBytes(bytes) if french => {
                format!(
                    "{bytes} octets inachevés à la fin, jamais acquittés ; la prochaine ouverture les coupera."
                )
            }
            Finding::UnfinishedBytes(bytes) => {
                format!(
                    "{bytes} unfinished bytes at the end, never acknowledged; the next opening will cut them."
                )
            }
            Finding::Unpublished(count) if french => {
                format!("{count} entrées qu’aucun point de contrôle publié ne couvre encore.")
            }
            Finding::Unpublished(count) => {
                format!("{count} entries that no published checkpoint covers yet.")
            }
            Finding::UnfinishedDestruction(index) if french => {
                format!(
                    "La destruction du contenu de l’entrée {index} a été interrompue ; la prochaine ouverture la finira."
                )
            }
            Finding::UnfinishedDestruction(index) => {
                format!(
                    "The destruction of the payload of entry {index} was interrupted; the next opening will finish it."
                )
            }
            Finding::Stray(path) if french => {
                format!(
                    "{} n’appartient pas au journal, ou reste d’une interruption.",
                    path.display()
                )
            }
            Finding::Stray(path) => {
                format!(
                    "{} does not belong to the journal, or is left over from an interruption.",
                    path.display()
                )
            }
        }
    }
}

/// Checks everything in the directory of a journal, and changes nothing. No finding means that all is well.
///
/// It trusts the directory's own public key: it finds damage, not a journal forged whole. For that, use
/// [`verify_directory`](crate::verify_directory) with a key and a checkpoint from elsewhere.
pub fn fsck(dir: &Path) -> Result<Vec<Finding>, JournalError> {
    let layout = Layout::new(dir);
    if !layout.checkpoint().exists() && !layout.public_key().exists() && !layout.log().exists() {
        return Err(JournalError::NoJournal { path: dir.to_owned() });
    }
    let mut findings = Vec::new();
    let text =
        read_if_there(&layout.public_key()).map_err(|error| JournalError::io(&layout.public_key(), error))?;
    let text = String::from_utf8(text.unwrap_or_default()).unwrap_or_default();
    match Trust::parse(&text).and_then(|trust| verify(&layout, trust, None)) {
        Err(rejection) => findings.push(Finding::Rejected(rejection)),
        Ok((_, scan)) => {
            if text != format!("{}\n", scan.tip) {
                findings.push(Finding::PublicKey);
            }
            unfinished(&scan, &mut findings);
            private_key(&layout, &scan, &mut findings);
            let strays = strays(&layout, &scan).map_err(|error| JournalError::io(dir, error))?;
            findings.extend(strays.into_iter().map(Finding::Stray));
        }
    }
    Ok(findings)
}

fn unfinished(scan: &Scan, findings: &mut Vec<Finding>) {
    findings.extend(
        scan.tail
            .as_ref()
            .map(|tail| Finding::UnfinishedBytes(tail.bytes)),
    );
    let unpublished = scan.frontier.size() - scan.published.size;
    if unpublished > 0 {
        findings.push(Finding::Unpublished(unpublished));
    }
    findings.extend(
        scan.destroying
            .iter()
            .map(|record| Finding::UnfinishedDestruction(record.index)),
    );
}

fn private_key(layout: &Layout, scan: &Scan, findings: &mut Vec<Finding>) {
    let found = keys::read(layout, &layout.signing_key());
    findings.extend(match found {
        Err(error) => Some(Finding::PrivateKey {
            french: error.message(Language::French),
            english: error.message(Language::English),
        }),
        Ok(None) => {
            let place = layout.signing_key();
            Some(Finding::PrivateKey {
                french: format!("{} manque", place.display()),
                english: format!("{} is missing", place.display()),
            })
        }
        Ok(Some(key)) if *key.public() == scan.tip => None,
        Ok(Some(_)) if layout.next_key().exists() => None,
        Ok(Some(key)) => {
            let (found, signs) = (key.public().id(), scan.tip.id());
            Some(Finding::PrivateKey {
                french: format!("c’est la clé {found}, et le journal est signé par {signs}"),
                english: format!("it is key {found}, the journal is signed by {signs}"),
            })
        }
    });
}

fn strays(layout: &Layout, scan: &Scan) -> io::Result<Vec<PathBuf>> {
    let mut expected: HashSet<PathBuf> = [
        layout.checkpoint(),
        layout.rotations(),
        layout.public_key(),
        layout.signing_key(),
        layout.next_key(),
        layout.lock(),
    ]
    .into();
    expected.extend(
        layout
            .segments()?
            .into_iter()
            .map(|segment| layout.segment(segment)),
    );
    for size in [scan.published.size, scan.frontier.size()] {
        for (tile, width) in tiles_of(size) {
            expected.insert(layout.root.join(tile.path(width)));
            if tile.level == 0 {
                expected.insert(layout.root.join(entries_path(tile.index, width)));
            }
        }
    }
    let mut strays = Vec::new();
    walk(&layout.root, &mut |path| {
        if !expected.contains(&path) {
            strays.push(path);
        }
    })?;
    strays.sort();
    Ok(strays)
}

fn walk(dir: &Path, file: &mut dyn FnMut(PathBuf)) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), file)?
        } else {
            file(entry.path())
        }
    }
    Ok(())
}
