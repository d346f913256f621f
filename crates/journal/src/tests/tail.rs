//! A1: the process is killed, at any byte of a write, or anywhere.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use super::faults::good;
use super::help::{copy, entries, entry, journal_of, open};
use crate::{JournalError, Payload, Reader, Rejection, verify_directory};

const LOG: &str = "log/00000000000000000000";

#[test]
fn a1_a_write_torn_at_any_byte_is_cut_and_told() {
    let temporary = tempfile::tempdir().unwrap();
    let dir = temporary.path().join("journal");
    let (mut journal, key) = journal_of(&dir, &[2]);
    let published = fs::metadata(dir.join(LOG)).unwrap().len() as usize;
    journal.append(&entries(2..5)).unwrap();
    let first = fs::metadata(dir.join(LOG)).unwrap().len() as usize;
    journal.append(&entries(5..7)).unwrap();
    drop(journal);
    let whole = fs::read(dir.join(LOG)).unwrap();
    for end in published..whole.len() {
        let torn = temporary.path().join("torn");
        let _ = fs::remove_dir_all(&torn);
        copy(&dir, &torn);
        fs::write(torn.join(LOG), &whole[..end]).unwrap();
        let (kept, size) = if end < first { (published, 2) } else { (first, 5) };
        let facts = verify_directory(&torn, &key, None).unwrap().journal.unwrap();
        assert_eq!(
            (facts.entries, facts.unfinished_bytes),
            (size, (end - kept) as u64)
        );
        let (mut journal, recovery) = good(&torn);
        assert_eq!(
            (journal.size(), recovery.cut, recovery.unpublished),
            (size, (end - kept) as u64, size - 2)
        );
        assert_eq!(journal.append(&[entry(9)]).unwrap(), size..size + 1);
        drop(journal);
        assert!(good(&torn).1.cut == 0);
    }
}

/// Pages may reach the disk in any order: a whole group may have holes of zeros.
#[test]
fn a1_a_write_with_holes_is_cut_and_told() {
    let temporary = tempfile::tempdir().unwrap();
    let dir = temporary.path().join("journal");
    let (mut journal, _) = journal_of(&dir, &[2]);
    let published = fs::metadata(dir.join(LOG)).unwrap().len() as usize;
    journal.append(&entries(2..5)).unwrap();
    drop(journal);
    let whole = fs::read(dir.join(LOG)).unwrap();
    for start in (published..whole.len()).step_by(16) {
        let torn = temporary.path().join("torn");
        let _ = fs::remove_dir_all(&torn);
        copy(&dir, &torn);
        let mut bytes = whole.clone();
        let end = whole.len().min(start + 16);
        if bytes[start..end].iter().all(|byte| *byte == 0) {
            continue;
        }
        bytes[start..end].fill(0);
        fs::write(torn.join(LOG), bytes).unwrap();
        let (journal, recovery) = good(&torn);
        assert_eq!(
            (journal.size(), recovery.cut),
            (2, (whole.len() - published) as u64),
            "hole at {start}"
        );
    }
}

#[test]
fn a6_damage_before_the_end_is_never_taken_for_a_torn_write() {
    let temporary = tempfile::tempdir().unwrap();
    let dir = temporary.path().join("journal");
    let (mut journal, key) = journal_of(&dir, &[1]);
    let published = fs::metadata(dir.join(LOG)).unwrap().len() as usize;
    journal.append(&entries(1..3)).unwrap();
    let last = fs::metadata(dir.join(LOG)).unwrap().len() as usize;
    journal.append(&entries(3..5)).unwrap();
    drop(journal);
    let whole = fs::read(dir.join(LOG)).unwrap();
    let signature = last - 88..last - 1;
    for at in published..whole.len() {
        let broken = temporary.path().join("broken");
        let _ = fs::remove_dir_all(&broken);
        copy(&dir, &broken);
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        fs::write(broken.join(LOG), bytes).unwrap();
        match verify_directory(&broken, &key, None) {
            Err(_) => {}
            // In the last group, which nothing follows, a broken length cannot be told from a write under way.
            Ok(verified) => {
                assert!(
                    at >= last && verified.journal.unwrap().unfinished_bytes > 0,
                    "byte {at}"
                );
            }
        }
        if at < last {
            match crate::Journal::open(&broken, super::help::ORIGIN, super::help::entropy(1)) {
                Err(JournalError::Damaged(_)) => {}
                // Opening verifies the last signature only, which covers all entries.
                Ok((journal, recovery)) => {
                    assert!(
                        signature.contains(&at) && recovery.cut == 0 && journal.size() == 5,
                        "byte {at}"
                    );
                }
                other => panic!("byte {at}: {other:?}"),
            }
        }
    }
}

#[test]
fn a1_a_destruction_interrupted_is_finished_and_told() {
    let temporary = tempfile::tempdir().unwrap();
    let (journal, key) = journal_of(temporary.path(), &[3]);
    drop(journal);
    let log = temporary.path().join(LOG);
    let mut bytes = fs::read(&log).unwrap();
    // The first record begins after the header of its group: marked, and half gone.
    bytes[32] = crate::group::State::Destroying.byte();
    bytes[32 + 7..32 + 15].fill(0);
    fs::write(&log, bytes).unwrap();
    assert_eq!(
        verify_directory(temporary.path(), &key, None)
            .unwrap()
            .journal
            .unwrap()
            .destroyed,
        1
    );
    assert_eq!(
        crate::fsck(temporary.path()).unwrap(),
        [crate::Finding::UnfinishedDestruction(0)]
    );
    let (journal, recovery) = open(temporary.path());
    assert_eq!(recovery.destructions, 1);
    assert_eq!(
        journal.entries(0..1).next().unwrap().unwrap().payload,
        Payload::Destroyed
    );
    drop(journal);
    assert_eq!(crate::fsck(temporary.path()).unwrap(), []);
}

#[test]
fn a6_a_payload_zeroed_without_mark_is_damage() {
    let temporary = tempfile::tempdir().unwrap();
    let (journal, key) = journal_of(temporary.path(), &[3]);
    drop(journal);
    let log = temporary.path().join(LOG);
    let mut bytes = fs::read(&log).unwrap();
    bytes[32 + 7..32 + 23].fill(0);
    fs::write(&log, bytes).unwrap();
    let rejected = verify_directory(temporary.path(), &key, None).unwrap_err();
    assert_eq!(rejected, Rejection::PayloadAltered { index: 0 });
}

/// What the killed process does: appends for ever, and says what was acknowledged. It is a process of the test below;
/// among the other tests, without a folder, it has nothing to do.
#[test]
fn child_that_appends_until_it_is_killed() {
    let Some(dir) = std::env::var_os("SERMENT_JOURNAL_TEST_DIR") else {
        return;
    };
    let seed = std::process::id().into();
    let (mut journal, _) =
        crate::Journal::open(Path::new(&dir), super::help::ORIGIN, super::help::entropy(seed)).unwrap();
    loop {
        let first = journal.size();
        let range = journal.append(&entries(first..first + 1 + first % 5)).unwrap();
        println!("acknowledged {}", range.end);
        if range.end % 7 == 0 {
            journal.checkpoint().unwrap();
        }
        if range.end % 41 == 0 {
            journal.rotate_key("2026-11-22T11:00:00Z").unwrap();
        }
    }
}

#[test]
fn a1_killed_while_appending_nothing_acknowledged_is_lost() {
    let temporary = tempfile::tempdir().unwrap();
    let (journal, key) = journal_of(temporary.path(), &[1]);
    drop(journal);
    for round in 0..8 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "--nocapture",
                "tests::tail::child_that_appends_until_it_is_killed",
            ])
            .env("SERMENT_JOURNAL_TEST_DIR", temporary.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map(Result::unwrap);
        let told = |line: String| {
            line.rsplit_once("acknowledged ")
                .and_then(|(_, n)| n.parse::<u64>().ok())
        };
        let mut acknowledged = 0;
        for _ in 0..10 + round * 7 {
            acknowledged = lines.by_ref().find_map(told).unwrap();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged = lines.filter_map(told).last().unwrap_or(acknowledged);

        verify_directory(temporary.path(), &key, None).unwrap();
        let (journal, _) = open(temporary.path());
        assert!(journal.size() >= acknowledged);
        let read = Reader::open(temporary.path()).unwrap();
        for (number, entry) in (0..).zip(read.entries(0..acknowledged)) {
            let entry = entry.unwrap();
            assert_eq!(entry.index, number);
            assert_ne!(entry.payload, Payload::Destroyed);
        }
        drop(journal);
        verify_directory(temporary.path(), &key, None).unwrap();
    }
}
