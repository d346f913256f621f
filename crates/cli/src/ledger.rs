//! The journal as the engine needs it: written by one process at a time, read by any.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serment_journal::{Journal, JournalError, Payload, Reader, Receipt};
use serment_keep::ledger::{FileLedger, damage, told};
use serment_keep::ports::{Ledger, LedgerError, Record};
use serment_register::model::Text;

use crate::world::World;

/// The journal of a state directory.
pub struct Files {
    world: World,
    directory: PathBuf,
    origin: String,
    writing: Mutex<FileLedger>,
}

impl Files {
    /// The journal in a directory. Its name is that of the log when there is one already, else made from the
    /// organisation's.
    pub fn new(world: World, state: &Path, organisation: &str) -> Self {
        let directory = state.join("journal");
        let origin = Reader::open(&directory)
            .and_then(|reader| reader.public_key())
            .ok()
            .and_then(|key| key.split('+').next().map(str::to_owned))
            .unwrap_or_else(|| origin(organisation));
        let writing = Mutex::new(FileLedger::new(&directory, &origin, Arc::new(world)));
        Self {
            world,
            directory,
            origin,
            writing,
        }
    }

    /// Where it is.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Its reading half; None before the first entry.
    pub fn reader(&self) -> Result<Option<Reader>, JournalError> {
        match Reader::open(&self.directory) {
            Ok(reader) => Ok(Some(reader)),
            Err(JournalError::NoJournal { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The signed checkpoint over everything that is durable.
    pub fn checkpoint(&self) -> Result<String, LedgerError> {
        self.writing().with(Journal::checkpoint)
    }

    /// A receipt for an entry.
    pub fn receipt(&self, index: u64) -> Result<Receipt, LedgerError> {
        self.writing().with(|journal| journal.receipt(index))
    }

    /// Lets other processes write.
    pub fn release(&self) {
        *self.writing() = FileLedger::new(&self.directory, &self.origin, Arc::new(self.world));
    }

    fn writing(&self) -> MutexGuard<'_, FileLedger> {
        // After a panic the journal itself refuses to go on.
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger for Files {
    fn append(&self, records: &[Record]) -> Result<Range<u64>, LedgerError> {
        self.writing().append(records)
    }

    fn records(&self, range: Range<u64>, each: &mut dyn FnMut(u64, Record)) -> Result<(), LedgerError> {
        let Some(reader) = self.reader().map_err(told)? else {
            return Ok(());
        };
        let end = range.end.min(reader.size());
        for entry in reader.entries(range.start.min(end)..end) {
            let entry = entry.map_err(told)?;
            if let (Payload::Present(payload), Ok(at)) = (entry.payload, entry.at.parse()) {
                let kind = entry.kind;
                each(entry.index, Record { kind, at, payload });
            }
        }
        Ok(())
    }

    fn size(&self) -> Result<u64, LedgerError> {
        let reader = self.reader().map_err(told)?;
        Ok(reader.map_or(0, |reader| reader.size()))
    }

    fn check(&self) -> Result<Vec<Text>, LedgerError> {
        match serment_journal::fsck(&self.directory) {
            Ok(findings) => Ok(damage(&findings)),
            Err(JournalError::NoJournal { .. }) => Ok(Vec::new()),
            Err(error) => Err(told(error)),
        }
    }
}

/// The name of the log of an organisation: `hippogriffe-sas/serment`.
fn origin(organisation: &str) -> String {
    let mut slug = String::new();
    for c in organisation.chars().flat_map(char::to_lowercase) {
        let plain = match c {
            'à' | 'â' | 'ä' => 'a',
            'ç' => 'c',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'î' | 'ï' => 'i',
            'ô' | 'ö' => 'o',
            'ù' | 'û' | 'ü' => 'u',
            other => other,
        };
        if plain.is_ascii_alphanumeric() {
            slug.push(plain);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
        if slug.len() >= 60 {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    let slug = if slug.is_empty() { "register" } else { slug };
    format!("{slug}/serment")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: &str) -> Record {
        Record {
            kind: kind.to_owned(),
            at: jiff::Timestamp::UNIX_EPOCH,
            payload: serde_json::json!({ "rows": 3 }),
        }
    }

    #[test]
    fn the_log_is_named_after_the_organisation_once() {
        assert_eq!(origin("Hippogriffe SAS"), "hippogriffe-sas/serment");
        assert_eq!(origin("Établissements Œuf & C°"), "etablissements-uf-c/serment");
        assert_eq!(origin("漢字"), "register/serment");
        let folder = tempfile::tempdir().expect("a folder");
        let first = Files::new(World, folder.path(), "Before");
        first.append(&[record("run")]).expect("written");
        first.release();
        let second = Files::new(World, folder.path(), "After");
        second
            .append(&[record("run")])
            .expect("the name of the log is that of its beginning");
    }

    #[test]
    fn what_was_written_is_read_again_and_verifies() {
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = Files::new(World, folder.path(), "Example");
        assert_eq!(ledger.size().expect("size"), 0);
        assert_eq!(ledger.check().expect("nothing to check"), Vec::<Text>::new());
        let range = ledger
            .append(&[record("run"), record("outcome")])
            .expect("written");
        assert_eq!(range, 0..2);
        let mut read = Vec::new();
        ledger
            .records(1..9, &mut |index, record| read.push((index, record)))
            .expect("read");
        assert_eq!(read, [(1, record("outcome"))]);
        assert_eq!(ledger.check().expect("checked"), Vec::<Text>::new());
    }

    /// A process that another test starts inherits the lock for a moment.
    fn eventually(ledger: &Files, kind: &str) {
        for _ in 0..200 {
            match ledger.append(&[record(kind)]) {
                Err(LedgerError::Busy(_)) => std::thread::sleep(std::time::Duration::from_millis(10)),
                other => return assert!(other.is_ok(), "{other:?}"),
            }
        }
        panic!("the journal stayed locked");
    }

    #[test]
    fn two_processes_may_write_in_turn() {
        let folder = tempfile::tempdir().expect("a folder");
        let one = Files::new(World, folder.path(), "Example");
        let other = Files::new(World, folder.path(), "Example");
        one.append(&[record("run")]).expect("written");
        assert!(matches!(
            other.append(&[record("hold")]),
            Err(LedgerError::Busy(_))
        ));
        one.release();
        eventually(&other, "hold");
        other.release();
        eventually(&one, "outcome");
        assert_eq!(one.size().expect("size"), 3);
    }
}
