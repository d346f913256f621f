//! A2, A4: each operation on files fails in turn, in each way.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::help::{ORIGIN, entries, entropy, entry};
use crate::files::disk::{Disk, How, RealDisk};
use crate::{Journal, JournalError, Payload, Reader, fsck, verify_directory};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// The call fails with this number and does nothing.
    Error(rustix::io::Errno),
    /// A write stops half-way, for want of space.
    Short,
    /// The call and all after it do nothing and fail: the process was killed before it.
    Dead,
    /// A write stops half-way, and all calls after it fail: the process was killed during it.
    DeadHalfWay,
}

struct Plan {
    fault: Fault,
    /// Operations until the fault.
    left: usize,
    struck: Option<&'static str>,
}

/// The real disk, with one fault.
#[derive(Clone)]
struct FaultyDisk(Arc<Mutex<Plan>>);

impl FaultyDisk {
    fn new(fault: Fault, at: usize) -> FaultyDisk {
        FaultyDisk(Arc::new(Mutex::new(Plan {
            fault,
            left: at,
            struck: None,
        })))
    }

    /// The fault that this operation meets.
    fn strike(&self, operation: &'static str) -> Option<Fault> {
        let mut plan = self.0.lock().unwrap();
        if plan.struck.is_some() {
            return matches!(plan.fault, Fault::Dead | Fault::DeadHalfWay).then_some(Fault::Dead);
        }
        if plan.left > 0 {
            plan.left -= 1;
            return None;
        }
        plan.struck = Some(operation);
        Some(plan.fault)
    }

    fn run<T>(&self, operation: &'static str, real: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        match self.strike(operation) {
            None => real(),
            Some(fault) => Err(error_of(fault)),
        }
    }

    fn written(&self, bytes: &[u8], write: impl FnOnce(&[u8]) -> io::Result<()>) -> io::Result<()> {
        match self.strike("write") {
            None => write(bytes),
            Some(fault @ (Fault::Short | Fault::DeadHalfWay)) => {
                write(&bytes[..bytes.len() / 2])?;
                Err(error_of(fault))
            }
            Some(fault) => Err(error_of(fault)),
        }
    }
}

fn error_of(fault: Fault) -> io::Error {
    match fault {
        Fault::Error(number) => number.into(),
        Fault::Short => rustix::io::Errno::NOSPC.into(),
        Fault::Dead | Fault::DeadHalfWay => io::Error::other("killed"),
    }
}

impl Disk for FaultyDisk {
    fn create_dir(&mut self, path: &Path, mode: u32) -> io::Result<()> {
        self.run("create_dir", || RealDisk.create_dir(path, mode))
    }
    fn open(&mut self, path: &Path, how: How) -> io::Result<File> {
        self.run("open", || RealDisk.open(path, how))
    }
    fn lock(&mut self, file: &File) -> io::Result<()> {
        self.run("lock", || RealDisk.lock(file))
    }
    fn write(&mut self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        self.written(bytes, |bytes| RealDisk.write(file, bytes))
    }
    fn write_at(&mut self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.written(bytes, |bytes| RealDisk.write_at(file, bytes, offset))
    }
    fn set_len(&mut self, file: &File, length: u64) -> io::Result<()> {
        self.run("set_len", || RealDisk.set_len(file, length))
    }
    // Nothing here cuts the power, so what is written need not reach the disk: the tests are faster by far.
    fn sync(&mut self, _: &File) -> io::Result<()> {
        self.run("sync", || Ok(()))
    }
    fn sync_dir(&mut self, path: &Path) -> io::Result<()> {
        self.run("sync_dir", || File::open(path).map(|_| ()))
    }
    fn sync_file_system(&mut self, _: &Path) -> io::Result<()> {
        self.run("sync_file_system", || Ok(()))
    }
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.run("rename", || RealDisk.rename(from, to))
    }
    fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.run("remove", || RealDisk.remove(path))
    }
}

/// What a story had acknowledged when it ended.
#[derive(Default, Debug)]
struct Acknowledged {
    entries: u64,
    destroyed: bool,
    keys: Vec<String>,
}

/// Everything a journal does. Stops at the first error, and checks that the journal then stays closed.
fn story(
    disk: &FaultyDisk,
    dir: &Path,
    all: u64,
    acknowledged: &mut Acknowledged,
) -> Result<(), JournalError> {
    let open = || {
        Journal::open_on(Box::new(disk.clone()), dir, ORIGIN, entropy(3), 1500).map(|(journal, _)| journal)
    };
    let mut journal = open()?;
    acknowledged.keys.push(journal.public_key());
    let done = chapters(&mut journal, all, acknowledged);
    if done.is_err() {
        let size = journal.size();
        assert!(
            matches!(journal.append(&[entry(0)]), Err(JournalError::Closed { .. })),
            "{done:?}"
        );
        assert!(matches!(journal.checkpoint(), Err(JournalError::Closed { .. })));
        assert!(matches!(
            journal.rotate_key("2026-11-22T11:00:00Z"),
            Err(JournalError::Closed { .. })
        ));
        assert!(matches!(
            journal.destroy_payload(0),
            Err(JournalError::Closed { .. })
        ));
        assert_eq!(journal.size(), size);
        // Reading goes on.
        assert_eq!(
            journal
                .entries(0..acknowledged.entries)
                .filter(Result::is_ok)
                .count() as u64,
            acknowledged.entries
        );
    }
    done?;
    drop(journal);
    let mut journal = open()?;
    acknowledged.entries = journal.append(&[entry(11)])?.end;
    journal.checkpoint()?;
    Ok(())
}

fn chapters(journal: &mut Journal, all: u64, acknowledged: &mut Acknowledged) -> Result<(), JournalError> {
    acknowledged.entries = journal.append(&entries(0..3))?.end;
    acknowledged.entries = journal.append(&entries(3..4))?.end;
    journal.checkpoint()?;
    acknowledged
        .keys
        .push(journal.rotate_key("2026-11-22T11:00:00Z")?);
    acknowledged.entries = 5;
    journal.destroy_payload(1)?;
    acknowledged.destroyed = true;
    acknowledged.entries = journal.append(&entries(5..11))?.end;
    acknowledged.entries = journal.append(&entries(11..all))?.end;
    journal.checkpoint()?;
    Ok(())
}

/// Opens on a disk without fault.
pub fn good(dir: &Path) -> (Journal, crate::Recovery) {
    let disk = FaultyDisk::new(Fault::Dead, usize::MAX);
    Journal::open_on(Box::new(disk), dir, ORIGIN, entropy(4), 1500).unwrap()
}

/// Entries of a story that fills no tile.
const FEW: u64 = 14;

/// Runs the story with a fault at each operation; afterwards, on a good disk, everything acknowledged must be there.
fn everywhere(fault: Fault, entries_in_all: u64) {
    for at in 0.. {
        let temporary = tempfile::tempdir().unwrap();
        let dir = temporary.path().join("journal");
        let disk = FaultyDisk::new(fault, at);
        let mut acknowledged = Acknowledged::default();
        let result = story(&disk, &dir, entries_in_all, &mut acknowledged);
        let struck = disk.0.lock().unwrap().struck;
        let Some(operation) = struck else {
            assert!(result.is_ok() && at > 60, "{at} operations: {result:?}");
            return;
        };
        // Removing what is left over is allowed to fail; anything else must be told.
        assert!(result.is_err() || operation == "remove", "{operation} at {at}");
        let context = format!("{fault:?} at {operation} {at}: {acknowledged:?}");

        if let Some(key) = acknowledged.keys.first() {
            verify_directory(&dir, key, None).unwrap_or_else(|error| panic!("{context}: {error}"));
        }
        let (mut journal, _) = good(&dir);
        assert!(journal.size() >= acknowledged.entries, "{context}");
        for stored in journal.entries(0..acknowledged.entries).map(Result::unwrap) {
            match stored.index {
                1 if acknowledged.destroyed => assert_eq!(stored.payload, Payload::Destroyed, "{context}"),
                1 | 4 => {}
                index if index < entries_in_all => assert_eq!(
                    stored.payload,
                    Payload::Present(entry(index).payload),
                    "{context}"
                ),
                _ => {}
            }
        }
        // A group is there whole or not at all.
        assert!(
            [0, 3, 4, 5, 11, entries_in_all, entries_in_all + 1].contains(&journal.size()),
            "{context}: {}",
            journal.size()
        );
        let next = journal.size();
        assert_eq!(
            journal.append(&entries(0..2)).unwrap(),
            next..next + 2,
            "{context}"
        );
        journal.receipt(next).unwrap();
        let first = acknowledged
            .keys
            .first()
            .cloned()
            .unwrap_or_else(|| journal.public_key());
        drop(journal);
        let facts = verify_directory(&dir, &first, None).unwrap().journal.unwrap();
        assert_eq!(
            (facts.entries, facts.unfinished_bytes),
            (next + 2, 0),
            "{context}"
        );
        assert!(
            fsck(&dir).unwrap().iter().all(|finding| !finding.is_damage()),
            "{context}"
        );
        assert_eq!(Reader::open(&dir).unwrap().size(), next + 2);
    }
}

#[test]
fn a2_an_input_output_error_at_any_operation_is_told_and_nothing_acknowledged_is_lost() {
    everywhere(Fault::Error(rustix::io::Errno::IO), FEW);
}

#[test]
fn a2_an_input_output_error_while_tiles_fill_is_told_and_nothing_acknowledged_is_lost() {
    everywhere(Fault::Error(rustix::io::Errno::IO), 270);
}

#[test]
fn a2_no_file_left_to_open_is_told_and_nothing_acknowledged_is_lost() {
    everywhere(Fault::Error(rustix::io::Errno::MFILE), FEW);
}

#[test]
fn a4_a_full_disk_at_any_operation_is_told_and_work_resumes_when_there_is_space() {
    everywhere(Fault::Error(rustix::io::Errno::NOSPC), FEW);
}

#[test]
fn a4_a_write_cut_short_is_told_and_work_resumes_when_there_is_space() {
    everywhere(Fault::Short, FEW);
}

#[test]
fn a1_killed_before_any_operation_nothing_acknowledged_is_lost() {
    everywhere(Fault::Dead, FEW);
}

#[test]
fn a1_killed_during_any_write_nothing_acknowledged_is_lost() {
    everywhere(Fault::DeadHalfWay, FEW);
}

#[test]
fn a2_a_failed_sync_is_never_retried() {
    let temporary = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::new(Fault::Error(rustix::io::Errno::IO), usize::MAX);
    let (mut journal, _) = Journal::open_on(
        Box::new(disk.clone()),
        temporary.path(),
        ORIGIN,
        entropy(3),
        1 << 20,
    )
    .unwrap();
    journal.append(&[entry(0)]).unwrap();
    // One write, then the sync that fails.
    disk.0.lock().unwrap().left = 1;
    assert!(matches!(
        journal.append(&[entry(1)]),
        Err(JournalError::Io { .. })
    ));
    assert_eq!(disk.0.lock().unwrap().struck, Some("sync"));
    disk.0.lock().unwrap().struck = None;
    disk.0.lock().unwrap().left = usize::MAX;
    for _ in 0..3 {
        assert!(matches!(
            journal.append(&[entry(1)]),
            Err(JournalError::Closed { .. })
        ));
    }
    assert_eq!(
        disk.0.lock().unwrap().left,
        usize::MAX,
        "a closed journal touches no file"
    );
    drop(journal);
    let (journal, _) = good(temporary.path());
    assert_eq!(journal.size(), 1);
}
