//! The journal on disk as the engine's [`Ledger`].
//!
//! It is opened on first use: a command that only adds a hold while a run has the journal open finds it busy, and its
//! record waits in the state for that run to write it.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serment_journal::{Entry, Journal, JournalError, Payload, Recovery, StoredEntry};

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
        let mut open = self
            .open
            .lock()
            .map_err(|_| LedgerError::Failed("a panic interrupted a writer".to_owned()))?;
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
            None => Err(LedgerError::Failed("the journal is not open".to_owned())),
        }
    }
}

fn told(error: JournalError) -> LedgerError {
    match error {
        JournalError::Locked { .. } => LedgerError::Busy(error.to_string()),
        other => LedgerError::Failed(other.to_string()),
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

    fn check(&self) -> Result<Vec<String>, LedgerError> {
        let findings = serment_journal::fsck(&self.dir).map_err(told)?;
        Ok(findings
            .iter()
            .filter(|finding| finding.is_damage())
            .map(|finding| finding.message(serment_journal::Language::English))
            .collect())
    }
}
