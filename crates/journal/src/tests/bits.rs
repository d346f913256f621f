//! A6: each bit of each file of a journal, flipped.

use std::fs;
use std::path::{Path, PathBuf};

use super::help::{ORIGIN, copy, entries, entropy, files, journal_of, open};
use crate::{Finding, Journal, JournalError, fsck, verify_directory};

/// Files that the outside verifier does not read: the owner's check does.
fn is_owners(name: &Path) -> bool {
    name.starts_with("keys") || name == Path::new("journal.pub")
}

/// Flips each of these bits in a copy, calls `judge`, flips it back. Two threads, each with its copy.
fn flip(
    dir: &Path,
    bits: impl Fn(usize) -> Vec<usize> + Sync,
    judge: impl Fn(&Path, &Path, usize) + Sync,
) -> usize {
    let names: Vec<PathBuf> = files(dir)
        .iter()
        .map(|file| file.strip_prefix(dir).unwrap().to_owned())
        .collect();
    let count = |half: usize| {
        let temporary = tempfile::tempdir().unwrap();
        let broken = temporary.path().join("journal");
        copy(dir, &broken);
        let mut flipped = 0;
        for name in &names {
            let path = broken.join(name);
            let original = fs::read(&path).unwrap();
            for bit in bits(original.len() * 8).into_iter().filter(|bit| bit % 2 == half) {
                let mut bytes = original.clone();
                bytes[bit / 8] ^= 1 << (bit % 8);
                fs::write(&path, bytes).unwrap();
                judge(&broken, name, bit);
                flipped += 1;
            }
            fs::write(&path, original).unwrap();
        }
        flipped
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| count(1));
        count(0) + other.join().unwrap()
    })
}

/// No bit is without meaning: there is no exception in this test.
fn every_flip_is_detected(dir: &Path, key: &str, bits: impl Fn(usize) -> Vec<usize> + Sync) -> usize {
    let outside = fs::read_to_string(dir.join("checkpoint")).unwrap();
    verify_directory(dir, key, Some(&outside)).unwrap();
    flip(dir, bits, |broken, name, bit| {
        if is_owners(name) {
            let found = fsck(broken).unwrap();
            assert!(found.iter().any(Finding::is_damage), "{name:?} bit {bit}");
        } else {
            assert!(
                verify_directory(broken, key, Some(&outside)).is_err(),
                "{name:?} bit {bit}"
            );
        }
    })
}

#[test]
fn a6_every_bit_of_a_small_journal_is_guarded() {
    let temporary = tempfile::tempdir().unwrap();
    let (mut journal, key) = journal_of(temporary.path(), &[2]);
    journal.destroy_payload(1).unwrap();
    journal.rotate_key("2026-11-22T11:00:00Z").unwrap();
    journal.append(&entries(3..4)).unwrap();
    journal.checkpoint().unwrap();
    drop(journal);
    let flipped = every_flip_is_detected(temporary.path(), &key, |bits| (0..bits).collect());
    assert!(flipped > 25_000, "{flipped}");
}

#[test]
fn a6_bits_all_over_a_journal_with_full_tiles_are_guarded() {
    let temporary = tempfile::tempdir().unwrap();
    let (journal, key) = journal_of(temporary.path(), &[300, 1, 250]);
    drop(journal);
    every_flip_is_detected(temporary.path(), &key, |bits| {
        (0..bits).step_by(1 + bits / 150 * 2 + 6).collect()
    });
}

#[test]
fn a6_nothing_is_signed_over_a_damaged_journal() {
    let temporary = tempfile::tempdir().unwrap();
    let (journal, _) = journal_of(temporary.path(), &[3, 40]);
    drop(journal);
    // Bits of the log (its entries), of the tiles and of the checkpoint; the signatures of earlier groups are not
    // verified on opening, because the last one covers all entries.
    let meaningful = |bits: usize| (0..bits).step_by(1 + bits / 120).collect::<Vec<_>>();
    flip(temporary.path(), meaningful, |broken, name, bit| {
        let before = fs::read(broken.join("checkpoint")).unwrap();
        let opened = Journal::open(broken, ORIGIN, entropy(8));
        let in_first_note = name.starts_with("log") && first_note(broken).contains(&(bit / 8));
        match opened {
            Err(JournalError::Damaged(_) | JournalError::UnusableKey { .. }) => {}
            Ok((journal, _)) if name == Path::new("journal.pub") => {
                // It is made anew from the private key.
                assert_eq!(
                    journal.public_key() + "\n",
                    fs::read_to_string(broken.join(name)).unwrap()
                );
            }
            Ok(_) if in_first_note => {}
            other => panic!("{name:?} bit {bit}: {other:?}"),
        }
        assert_eq!(fs::read(broken.join("checkpoint")).unwrap(), before);
    });
}

/// Where the note of the first group lies in the log.
fn first_note(dir: &Path) -> std::ops::Range<usize> {
    let log = fs::read(dir.join("log/00000000000000000000")).unwrap();
    let number = |at: usize| u32::from_be_bytes([log[at], log[at + 1], log[at + 2], log[at + 3]]) as usize;
    let end = 32 + number(20) + number(24);
    end - number(24)..end
}

#[test]
fn a6_a_journal_damaged_while_open_hands_out_no_receipt() {
    let temporary = tempfile::tempdir().unwrap();
    let (mut journal, _) = journal_of(temporary.path(), &[5]);
    let tile = temporary.path().join("tile/0/000.p/5");
    let mut bytes = fs::read(&tile).unwrap();
    bytes[0] ^= 1;
    fs::write(&tile, bytes).unwrap();
    assert!(matches!(journal.receipt(1), Err(JournalError::Damaged(_))));
    drop(journal);
    let log = temporary.path().join("log/00000000000000000000");
    let mut bytes = fs::read(&log).unwrap();
    let at = bytes.windows(4).position(|window| window == b"rows").unwrap();
    bytes[at] ^= 1;
    fs::write(&log, bytes).unwrap();
    assert!(matches!(
        Journal::open(temporary.path(), ORIGIN, entropy(1)),
        Err(JournalError::Damaged(_))
    ));
    let reader = crate::Reader::open(temporary.path()).unwrap();
    assert!(reader.entries(0..1).next().unwrap().is_err());
}

#[test]
fn a6_a_published_journal_opens_clean_after_all_that() {
    let temporary = tempfile::tempdir().unwrap();
    drop(journal_of(temporary.path(), &[3]));
    assert!(open(temporary.path()).1.is_clean());
}
