//! A7: someone who can write to the directory, without or with its private key.

use std::fs;
use std::path::Path;

use super::help::{copy, entries, entry, journal_of, open};
use crate::entry::Leaf;
use crate::group::{HEADER_BYTES, Header, push_record, records};
use crate::tlog::hash::leaf_hash;
use crate::{Compared, Rejection, verify_directory};

/// A group taken apart: its records as (salt, leaf, payload), and its note.
#[derive(Clone)]
struct Group {
    first: u64,
    records: Vec<([u8; 16], Vec<u8>, Vec<u8>)>,
    note: Vec<u8>,
}

const LOG: &str = "log/00000000000000000000";

fn take_apart(dir: &Path) -> Vec<Group> {
    let bytes = fs::read(dir.join(LOG)).unwrap();
    let (mut groups, mut rest) = (Vec::new(), bytes.as_slice());
    while let Some(header) = Header::decode(rest) {
        let body = &rest[HEADER_BYTES..header.group_bytes() as usize];
        let (inside, note) = body.split_at(header.records_bytes as usize);
        let records = records(inside, header.count).unwrap();
        let parts = records
            .iter()
            .map(|r| (*r.salt, r.leaf.to_vec(), r.payload.to_vec()))
            .collect();
        groups.push(Group {
            first: header.first,
            records: parts,
            note: note.to_vec(),
        });
        rest = &rest[header.group_bytes() as usize..];
    }
    assert!(rest.is_empty());
    groups
}

fn put_together(dir: &Path, groups: &[Group]) {
    let mut log = Vec::new();
    for group in groups {
        let mut inside = Vec::new();
        for (salt, leaf, payload) in &group.records {
            push_record(&mut inside, salt, leaf, payload).unwrap();
        }
        let header = Header {
            first: group.first,
            count: group.records.len() as u32,
            records_bytes: inside.len() as u32,
            note_bytes: group.note.len() as u32,
        };
        log.extend_from_slice(&header.encode());
        log.extend_from_slice(&inside);
        log.extend_from_slice(&group.note);
    }
    fs::write(dir.join(LOG), log).unwrap();
}

/// Numbers the groups anew, as a forger would after taking one away.
fn renumber(groups: &mut [Group]) {
    let mut next = 0;
    for group in groups {
        group.first = next;
        next += group.records.len() as u64;
    }
}

/// A record that says something else and is sound by itself.
fn forged(salt: [u8; 16], text: &str) -> ([u8; 16], Vec<u8>, Vec<u8>) {
    let payload = format!("{{\"kind\":\"outcome\",\"rows\":\"{text}\"}}").into_bytes();
    let leaf = Leaf::new("outcome", "2026-11-22T10:00:00Z", &salt, &payload)
        .encode()
        .into_bytes();
    (salt, leaf, payload)
}

const GROUPS: [u64; 4] = [2, 3, 1, 2];

struct Case {
    temporary: tempfile::TempDir,
    key: String,
    outside: String,
}

impl Case {
    fn new() -> Case {
        let temporary = tempfile::tempdir().unwrap();
        let (mut journal, key) = journal_of(&temporary.path().join("true"), &GROUPS);
        let outside = journal.checkpoint().unwrap();
        Case {
            temporary,
            key,
            outside,
        }
    }

    /// The verdict on a copy that was tampered with.
    fn verdict(&self, tamper: impl FnOnce(&Path)) -> Rejection {
        let dir = self.temporary.path().join("false");
        let _ = fs::remove_dir_all(&dir);
        copy(&self.temporary.path().join("true"), &dir);
        tamper(&dir);
        let rejected = verify_directory(&dir, &self.key, Some(&self.outside)).unwrap_err();
        // Without the outside checkpoint too, unless everything was put back together.
        if !matches!(rejected, Rejection::Rollback { .. } | Rejection::Fork { .. }) {
            assert_eq!(verify_directory(&dir, &self.key, None).unwrap_err(), rejected);
        }
        rejected
    }

    /// The same, on the groups of the log.
    fn regrouped(&self, tamper: impl FnOnce(&mut Vec<Group>)) -> Rejection {
        self.verdict(|dir| {
            let mut groups = take_apart(dir);
            tamper(&mut groups);
            put_together(dir, &groups);
        })
    }
}

/// Every entry, as its group and its place in it.
fn places() -> impl Iterator<Item = (u64, usize, usize)> {
    let each = GROUPS
        .iter()
        .enumerate()
        .flat_map(|(group, count)| (0..*count as usize).map(move |at| (group, at)));
    (0..).zip(each).map(|(index, (group, at))| (index, group, at))
}

#[test]
fn a7_an_edited_payload_is_named() {
    let case = Case::new();
    for (index, group, at) in places() {
        let rejected = case.regrouped(|groups| groups[group].records[at].2[9] ^= 1);
        assert_eq!(rejected, Rejection::PayloadAltered { index });
        let rejected = case.regrouped(|groups| groups[group].records[at].0[3] ^= 1);
        assert_eq!(rejected, Rejection::PayloadAltered { index });
    }
}

#[test]
fn a7_an_edited_entry_is_named() {
    let case = Case::new();
    for (index, group, at) in places() {
        let rejected = case.regrouped(|groups| groups[group].records[at] = forged([1; 16], "none"));
        assert_eq!(
            rejected,
            Rejection::Altered {
                first: index,
                last: index
            }
        );
    }
}

#[test]
fn a7_an_entry_edited_together_with_the_tiles_is_found_in_its_group() {
    let case = Case::new();
    for (index, group, at) in places() {
        let rejected = case.verdict(|dir| {
            let mut groups = take_apart(dir);
            groups[group].records[at] = forged([1; 16], "none");
            put_together(dir, &groups);
            let leaf = leaf_hash(&groups[group].records[at].1);
            let tile = dir.join("tile/0/000.p/8");
            let mut hashes = fs::read(&tile).unwrap();
            hashes[index as usize * 32..][..32].copy_from_slice(&leaf);
            fs::write(tile, hashes).unwrap();
        });
        let first = GROUPS[..group].iter().sum::<u64>();
        assert_eq!(
            rejected,
            Rejection::Altered {
                first,
                last: first + GROUPS[group] - 1
            }
        );
    }
}

#[test]
fn a7_a_removed_entry_is_named() {
    let case = Case::new();
    for (index, group, at) in places() {
        for numbered in [false, true] {
            let rejected = case.regrouped(|groups| {
                groups[group].records.remove(at);
                if groups[group].records.is_empty() {
                    groups.remove(group);
                }
                if numbered {
                    renumber(groups);
                }
            });
            assert_eq!(rejected.first_bad_entry(), Some(index), "{rejected}");
        }
    }
}

#[test]
fn a7_an_added_entry_is_named() {
    let case = Case::new();
    for (index, group, at) in places() {
        let rejected = case.regrouped(|groups| {
            groups[group].records.insert(at, forged([9; 16], "more"));
            renumber(groups);
        });
        assert_eq!(rejected.first_bad_entry(), Some(index), "{rejected}");
    }
    let rejected = case.regrouped(|groups| groups[3].records.push(forged([9; 16], "more")));
    assert_eq!(rejected.first_bad_entry(), Some(8), "{rejected}");
}

#[test]
fn a7_reordered_entries_and_groups_are_named() {
    let case = Case::new();
    let rejected = case.regrouped(|groups| groups[1].records.swap(1, 2));
    assert_eq!(rejected, Rejection::Altered { first: 3, last: 3 });
    let rejected = case.regrouped(|groups| {
        let moved = groups[0].records[1].clone();
        groups[0].records[1] = std::mem::replace(&mut groups[2].records[0], moved);
    });
    assert_eq!(rejected, Rejection::Altered { first: 1, last: 1 });
    let rejected = case.regrouped(|groups| groups.swap(1, 2));
    assert_eq!(rejected.first_bad_entry(), Some(2), "{rejected}");
    let rejected = case.regrouped(|groups| {
        groups.swap(1, 2);
        renumber(groups);
    });
    assert_eq!(rejected.first_bad_entry(), Some(2), "{rejected}");
}

#[test]
fn a7_truncated_log_is_detected() {
    let case = Case::new();
    let rejected = case.regrouped(|groups| groups.truncate(2));
    assert_eq!(
        rejected,
        Rejection::CutOff {
            first_missing: 5,
            seen: 8
        }
    );
    let rejected = case.regrouped(Vec::clear);
    assert_eq!(
        rejected,
        Rejection::CutOff {
            first_missing: 0,
            seen: 8
        }
    );
    let rejected = case.verdict(|dir| fs::remove_file(dir.join(LOG)).unwrap());
    assert_eq!(
        rejected,
        Rejection::CutOff {
            first_missing: 0,
            seen: 8
        }
    );
    let rejected = case.verdict(|dir| {
        let bytes = fs::read(dir.join(LOG)).unwrap();
        fs::write(dir.join(LOG), &bytes[..bytes.len() - 1]).unwrap();
    });
    assert_eq!(rejected.first_bad_entry(), Some(6), "{rejected}");
}

#[test]
fn a7_an_older_copy_put_back_is_a_rollback() {
    let temporary = tempfile::tempdir().unwrap();
    let dir = temporary.path().join("journal");
    let (mut journal, key) = journal_of(&dir, &[2, 3]);
    copy(&dir, &temporary.path().join("yesterday"));
    journal.append(&entries(5..9)).unwrap();
    let outside = journal.checkpoint().unwrap();
    let yesterday = temporary.path().join("yesterday");
    let rejected = verify_directory(&yesterday, &key, Some(&outside)).unwrap_err();
    assert_eq!(rejected, Rejection::Rollback { have: 5, seen: 9 });
    // Without a checkpoint from outside it cannot be told; and the verdict says that none was given.
    assert_eq!(
        verify_directory(&yesterday, &key, None).unwrap().compared,
        Compared::Nothing
    );
    // Gone on from the older copy, under the very same key: a fork.
    let mut journal = open(&yesterday).0;
    journal
        .append(&[entry(1000), entry(1001), entry(1002), entry(1003), entry(1004)])
        .unwrap();
    journal.checkpoint().unwrap();
    let rejected = verify_directory(&yesterday, &key, Some(&outside)).unwrap_err();
    assert_eq!(rejected, Rejection::Fork { size: 9 });
}

#[test]
fn a7_a_log_written_anew_under_another_key_is_refused() {
    let case = Case::new();
    let other = case.temporary.path().join("other");
    let (mut journal, _) =
        crate::Journal::open(&other, super::help::ORIGIN, super::help::entropy(99)).unwrap();
    journal.append(&entries(0..8)).unwrap();
    journal.checkpoint().unwrap();
    let rejected = verify_directory(&other, &case.key, Some(&case.outside)).unwrap_err();
    assert_eq!(rejected.code(), "wrong_key");
    // A change of key that only the forger signed does not help.
    let stated = serde_json::to_string(&crate::Rotation {
        old: case.key.clone(),
        new: journal.public_key(),
        old_signature: "A".repeat(86) + "==",
        new_signature: "A".repeat(86) + "==",
    });
    fs::write(other.join("rotations"), stated.unwrap() + "\n").unwrap();
    let rejected = verify_directory(&other, &case.key, None).unwrap_err();
    assert_eq!(rejected, Rejection::BadRotation { position: 0 });
}

#[test]
fn a7_every_file_removed_is_missed() {
    let temporary = tempfile::tempdir().unwrap();
    let dir = temporary.path().join("journal");
    let (mut journal, key) = journal_of(&dir, &[300]);
    journal.rotate_key("2026-11-22T11:00:00Z").unwrap();
    drop(journal);
    let broken = temporary.path().join("broken");
    for file in super::help::files(&dir) {
        let name = file.strip_prefix(&dir).unwrap();
        if name == Path::new("lock") {
            continue;
        }
        let _ = fs::remove_dir_all(&broken);
        copy(&dir, &broken);
        fs::remove_file(broken.join(name)).unwrap();
        let found = crate::fsck(&broken).unwrap();
        assert!(found.iter().any(crate::Finding::is_damage), "{name:?}: {found:?}");
        let private = name.starts_with("keys") || name == Path::new("journal.pub");
        assert_eq!(verify_directory(&broken, &key, None).is_ok(), private, "{name:?}");
    }
}

#[test]
fn a8_the_directory_put_back_is_told_before_anything_is_written() {
    let case = Case::new();
    let older = case.temporary.path().join("older");
    drop(journal_of(&older, &[2]));
    let error = open(&older).0.compare(&case.outside).unwrap_err();
    assert!(error.to_string().contains("older copy"), "{error}");
}
