//! The ordinary life of a journal.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use super::help::{ORIGIN, entries, entropy, entry, journal_of, open};
use crate::files::disk::RealDisk;
use crate::{
    Compared, Entry, Journal, JournalError, Payload, RECEIPT_BYTES, Reader, fsck, verify_directory,
    verify_receipt,
};

#[test]
fn what_is_appended_is_read_back_verified_and_proved() {
    let temporary = tempfile::tempdir().unwrap();
    let dir = temporary.path().join("state/journal");
    let (mut journal, key) = journal_of(&dir, &[3, 1, 300]);
    assert_eq!(journal.size(), 304);
    for index in [0, 2, 3, 4, 255, 256, 303] {
        let receipt = journal.receipt(index).unwrap().to_json();
        assert!(receipt.len() < RECEIPT_BYTES);
        let verified = verify_receipt(&receipt, &key, None).unwrap();
        let disclosed = verified.entry.unwrap();
        assert_eq!(
            (disclosed.index, &disclosed.statement["rows"]),
            (index, &json!(index))
        );
    }
    let reader = Reader::open(&dir).unwrap();
    let read: Vec<_> = reader.entries(0..reader.size()).map(Result::unwrap).collect();
    let written: Vec<_> = journal.entries(0..304).map(Result::unwrap).collect();
    assert_eq!(read, written);
    assert_eq!(read[300].payload, Payload::Present(entry(300).payload));
    assert_eq!(reader.receipt(17).unwrap(), journal.receipt(17).unwrap());
    assert_eq!(reader.checkpoints().count(), 3);
    assert_eq!(verify_directory(&dir, &key, None).unwrap().size, 304);
    assert_eq!(fsck(&dir).unwrap(), []);
}

#[test]
fn opening_again_continues_where_it_ended() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, key) = journal_of(dir.path(), &[250]);
    let first = Reader::open(dir.path()).unwrap().checkpoint().unwrap();
    drop(journal);
    for round in 0..4 {
        let (mut journal, recovery) = open(dir.path());
        assert!(recovery.is_clean(), "{recovery:?}");
        assert_eq!(journal.append(&entries(0..5)).unwrap().start, 250 + round * 5);
        journal.checkpoint().unwrap();
        assert_eq!(journal.public_key(), key);
    }
    let verified = verify_directory(dir.path(), &key, Some(&first)).unwrap();
    assert_eq!(
        (verified.size, verified.compared),
        (270, Compared::Continues { seen: 250 })
    );
    assert_eq!(fsck(dir.path()).unwrap(), []);
}

#[test]
fn entries_that_were_not_published_are_published_on_opening_again() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, key) = journal_of(dir.path(), &[2]);
    journal.append(&entries(2..700)).unwrap();
    drop(journal);
    assert_eq!(
        verify_directory(dir.path(), &key, None)
            .unwrap()
            .journal
            .unwrap()
            .entries,
        700
    );
    let (mut journal, recovery) = open(dir.path());
    assert_eq!((recovery.unpublished, recovery.cut), (698, 0));
    assert_eq!(journal.receipt(699).unwrap().index, 699);
    assert_eq!(fsck(dir.path()).unwrap(), []);
}

#[test]
fn segments_follow_one_another() {
    let dir = tempfile::tempdir().unwrap();
    let open = || Journal::open_on(Box::new(RealDisk), dir.path(), ORIGIN, entropy(1), 2000).unwrap();
    for _ in 0..3 {
        let (mut journal, recovery) = open();
        assert!(recovery.is_clean());
        for _ in 0..6 {
            journal.append(&entries(0..3)).unwrap();
        }
        journal.checkpoint().unwrap();
    }
    let (mut journal, _) = open();
    assert!(fs::read_dir(dir.path().join("log")).unwrap().count() > 4);
    assert_eq!(journal.entries(0..99).count(), 54);
    assert_eq!(journal.receipt(40).unwrap().index, 40);
    let verified = verify_directory(dir.path(), &journal.public_key(), None).unwrap();
    assert_eq!(verified.size, 54);
}

#[test]
fn two_processes_cannot_write_and_reading_goes_on_meanwhile() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = journal_of(dir.path(), &[2]);
    assert!(matches!(
        Journal::open(dir.path(), ORIGIN, entropy(2)),
        Err(JournalError::Locked { .. })
    ));
    journal.append(&entries(2..4)).unwrap();
    assert_eq!(Reader::open(dir.path()).unwrap().entries(0..10).count(), 4);
}

#[test]
fn the_private_key_is_private_and_refused_otherwise() {
    let dir = tempfile::tempdir().unwrap();
    drop(journal_of(dir.path(), &[1]));
    let mode = |path: &str| fs::metadata(dir.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("keys"), mode("keys/signing")), (0o700, 0o600));
    let set = |path: &str, mode| {
        fs::set_permissions(dir.path().join(path), fs::Permissions::from_mode(mode)).unwrap()
    };
    for (path, wide, narrow) in [
        ("keys", 0o750, 0o700),
        ("keys/signing", 0o640, 0o600),
        ("keys/signing", 0o604, 0o600),
    ] {
        set(path, wide);
        assert!(matches!(
            Journal::open(dir.path(), ORIGIN, entropy(2)),
            Err(JournalError::Permissions { .. })
        ));
        assert!(fsck(dir.path()).unwrap()[0].is_damage());
        set(path, narrow);
    }
    open(dir.path());
}

#[test]
fn a_lost_key_is_never_replaced_in_silence() {
    let dir = tempfile::tempdir().unwrap();
    drop(journal_of(dir.path(), &[1]));
    fs::remove_file(dir.path().join("keys/signing")).unwrap();
    assert!(matches!(
        Journal::open(dir.path(), ORIGIN, entropy(2)),
        Err(JournalError::UnusableKey { .. })
    ));
    assert!(!dir.path().join("keys/signing").exists());
}

#[test]
fn another_origin_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(journal_of(dir.path(), &[1]));
    for origin in ["other.example", "", "with space", "a+b", "a\nb"] {
        assert!(
            matches!(
                Journal::open(dir.path(), origin, entropy(2)),
                Err(JournalError::Origin { .. })
            ),
            "{origin:?}"
        );
    }
}

#[test]
fn an_entry_that_cannot_be_recorded_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = journal_of(dir.path(), &[2]);
    let bad = |kind: &str, at: &str| Entry {
        kind: kind.to_owned(),
        at: at.to_owned(),
        payload: json!(1),
    };
    for wrong in [
        bad("", "2026-11-22T10:00:00Z"),
        bad("Outcome", "2026-11-22T10:00:00Z"),
        bad("key_rotation", "2026-11-22T10:00:00Z"),
        bad("run", "yesterday"),
        bad("run", "2026-11-22T10:00:00"),
        bad("run", "2026-11-22T10:00:00.Z"),
        Entry {
            payload: json!("x".repeat(2 << 20)),
            ..entry(0)
        },
    ] {
        let error = journal.append(&[entry(2), wrong]).unwrap_err();
        assert!(
            matches!(error, JournalError::Entry { position: 1, .. }),
            "{error}"
        );
    }
    for at in [
        "2026-11-22T10:00:00.123456789Z",
        "2026-11-22T10:00:00+01:00",
        "2026-11-22T10:00:00.5-03:30",
    ] {
        journal.append(&[bad("any_kind_2", at)]).unwrap();
    }
    assert_eq!(journal.size(), 5);
    assert_eq!(journal.append(&[]).unwrap(), 5..5);
}

#[test]
fn a_payload_too_long_for_a_receipt_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = journal_of(dir.path(), &[]);
    journal
        .append(&[Entry {
            payload: json!("x".repeat(5000)),
            ..entry(0)
        }])
        .unwrap();
    assert!(matches!(
        journal.receipt(0),
        Err(JournalError::ReceiptTooLong { index: 0, .. })
    ));
    assert!(matches!(
        journal.receipt(1),
        Err(JournalError::NoEntry { index: 1, size: 1 })
    ));
}

#[test]
fn a_destroyed_payload_is_gone_from_the_disk_and_the_journal_still_verifies() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, key) = journal_of(dir.path(), &[]);
    let secret = "CANARY-7f3a";
    let with = |text: &str| Entry {
        payload: json!({ "note": text }),
        ..entry(0)
    };
    journal.append(&[entry(0), with(secret), entry(2)]).unwrap();
    journal.append(&[with(secret)]).unwrap();
    let before = journal.checkpoint().unwrap();
    assert!(found(dir.path(), secret));
    journal.destroy_payloads(&[3, 1]).unwrap();
    journal.destroy_payload(1).unwrap();
    assert!(!found(dir.path(), secret));
    assert_eq!(
        journal.entries(1..2).next().unwrap().unwrap().payload,
        Payload::Destroyed
    );
    assert!(matches!(
        journal.receipt(1),
        Err(JournalError::Destroyed { index: 1 })
    ));
    journal.receipt(2).unwrap();
    assert!(matches!(
        journal.destroy_payload(9),
        Err(JournalError::NoEntry { .. })
    ));
    drop(journal);
    let verified = verify_directory(dir.path(), &key, Some(&before)).unwrap();
    assert_eq!(
        (verified.compared, verified.journal.unwrap().destroyed),
        (Compared::Same, 2)
    );
    assert!(open(dir.path()).1.is_clean());
    assert_eq!(fsck(dir.path()).unwrap(), []);
}

fn found(dir: &std::path::Path, text: &str) -> bool {
    let has = |path| {
        fs::read(path)
            .unwrap()
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    super::help::files(dir).into_iter().any(has)
}

#[test]
fn a_key_that_changes_is_followed_from_the_old_one() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, first) = journal_of(dir.path(), &[2]);
    let old_receipt = journal.receipt(0).unwrap().to_json();
    let second = journal.rotate_key("2026-11-22T11:00:00Z").unwrap();
    journal.append(&entries(3..5)).unwrap();
    let third = journal.rotate_key("2026-11-22T12:00:00Z").unwrap();
    drop(journal);
    let (mut journal, recovery) = open(dir.path());
    assert!(recovery.is_clean(), "{recovery:?}");
    assert_eq!(journal.public_key(), third);
    journal.append(&entries(6..9)).unwrap();
    let receipt = journal.receipt(7).unwrap().to_json();
    assert!(receipt.len() < RECEIPT_BYTES);
    for key in [&first, &second, &third] {
        assert_eq!(verify_receipt(&receipt, key, None).unwrap().size, 9, "{key}");
        assert_eq!(
            verify_directory(dir.path(), key, None)
                .unwrap()
                .journal
                .unwrap()
                .rotations,
            2,
            "{key}"
        );
    }
    assert_eq!(verify_receipt(&old_receipt, &first, None).unwrap().size, 2);
    assert_eq!(
        verify_receipt(&old_receipt, &third, None).unwrap_err().code(),
        "wrong_key"
    );
    let both = format!("{third}\n{first}\n");
    assert_eq!(verify_receipt(&old_receipt, &both, None).unwrap().size, 2);
    assert!(matches!(
        journal.destroy_payload(2),
        Err(JournalError::NotDestroyable { index: 2 })
    ));
    assert_eq!(fsck(dir.path()).unwrap(), []);
}

#[test]
fn the_journal_tells_an_older_copy_of_itself() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = journal_of(&dir.path().join("a"), &[2]);
    let old = dir.path().join("old");
    super::help::copy(&dir.path().join("a"), &old);
    journal.append(&entries(2..400)).unwrap();
    let ahead = journal.checkpoint().unwrap();
    assert_eq!(journal.compare(&ahead).unwrap(), Compared::Same);
    let mut older = open(&old).0;
    let error = older.compare(&ahead).unwrap_err();
    assert!(
        matches!(
            error,
            JournalError::Damaged(crate::Rejection::Rollback { have: 2, seen: 400 })
        ),
        "{error}"
    );
    older.append(&entries(5..500)).unwrap();
    let error = older.compare(&ahead).unwrap_err();
    assert!(
        matches!(error, JournalError::Damaged(crate::Rejection::Fork { size: 400 })),
        "{error}"
    );
}
