//! The journal on disk as the engine's [`Ledger`].
//!
//! It is opened on first use: a command that only adds a hold while a run has the journal open finds it busy, and its
//! record waits in the state for that run to write it.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serment_journal::{Entry, Finding, Journal, JournalError, Language, Payload, Recovery, StoredEntry};
use serment_register::model::Text;
use serment_register::text;

use crate::ports::{Entropy, Ledger, LedgerError, Record};

/// The journal of a directory.
pub struct FileLedger {
    dir: PathBuf,
    origin: String,
    entropy: Arc<dyn Entropy>,
    open: Mutex<Option<Journal>>,
    recovered: Mutex<Option<Recovery>>,
}

impl FileLedger {
    /// The journal of `origin` in `dir`, which is made on first use. Nothing is read or locked yet.
    pub fn new(dir: &Path, origin: &str, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            dir: dir.to_owned(),
            origin: origin.to_owned(),
            entropy,
            open: Mutex::new(None),
            recovered: Mutex::new(None),
        }
    }

    /// What opening had to mend, when it was opened.
    pub fn recovery(&self) -> Option<Recovery> {
        self.recovered.lock().ok().and_then(|recovered| recovered.clone())
    }

    /// Runs something on the open journal.
    pub fn with<T>(
        &self,
        run: impl FnOnce(&mut Journal) -> Result<T, JournalError>,
    ) -> Result<T, LedgerError> {
        let mut open = self.open.lock().map_err(|_| {
            LedgerError::Failed(text!(
                "une panique a interrompu un écrivain",
                "a panic interrupted a writer"
            ))
        })?;
        if open.is_none() {
            let entropy = Arc::clone(&self.entropy);
            // The journal's contract: it must not go on without randomness.
            let fill = Box::new(move |bytes: &mut [u8]| {
                while entropy.fill(bytes).is_err() {
                    std::thread::sleep(std::time::Duration::from_millis(100));
                }
            });
            let (journal, recovery) = Journal::open(&self.dir, &self.origin, fill).map_err(told)?;
            if let Ok(mut recovered) = self.recovered.lock() {
                *recovered = Some(recovery);
            }
            *open = Some(journal);
        }
        match open.as_mut() {
            Some(journal) => run(journal).map_err(told),
            None => Err(LedgerError::Failed(text!(
                "le journal n'est pas ouvert",
                "the journal is not open"
            ))),
        }
    }
}

/// The journal's own words.
pub fn told(error: JournalError) -> LedgerError {
    let text = said(|language| error.message(language));
    match error {
        JournalError::Locked { .. } => LedgerError::Busy(text),
        _ => LedgerError::Failed(text),
    }
}

/// What the journal's checker found to be damaged, in words.
pub fn damage(findings: &[Finding]) -> Vec<Text> {
    let damaged = findings.iter().filter(|finding| finding.is_damage());
    damaged
        .map(|finding| said(|language| finding.message(language)))
        .collect()
}

fn said(message: impl Fn(Language) -> String) -> Text {
    Text {
        fr: message(Language::French),
        en: message(Language::English),
    }
}

impl Ledger for FileLedger {
    fn append(&self, records: &[Record]) -> Result<Range<u64>, LedgerError> {
        let entries: Vec<Entry> = records
            .iter()
            .map(|record| Entry {
                kind: record.kind.clone(),
                at: record.at.to_string(),
                payload: record.payload.clone(),
            })
            .collect();
        self.with(|journal| journal.append(&entries))
    }

    fn records(&self, range: Range<u64>, each: &mut dyn FnMut(u64, Record)) -> Result<(), LedgerError> {
        self.with(|journal| {
            let end = range.end.min(journal.size());
            for entry in journal.entries(range.start.min(end)..end) {
                let StoredEntry {
                    index,
                    kind,
                    at,
                    payload,
                } = entry?;
                if let (Payload::Present(payload), Ok(at)) = (payload, at.parse::<Timestamp>()) {
                    each(index, Record { kind, at, payload });
                }
            }
            Ok(())
        })
    }

    fn size(&self) -> Result<u64, LedgerError> {
        self.with(|journal| Ok(journal.size()))
    }

    fn check(&self) -> Result<Vec<Text>, LedgerError> {
        Ok(damage(&serment_journal::fsck(&self.dir).map_err(told)?))
    }
}
