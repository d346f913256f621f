//! D26: forged, replayed, truncated and foreign receipts; wrong and rotated keys; two logs of one origin.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Value, json};

use super::help::{ORIGIN, entries, entropy, entry, journal_of};
use crate::entry::Leaf;
use crate::tlog::checkpoint::Checkpoint;
use crate::tlog::hash::leaf_hash;
use crate::tlog::note::SecretKey;
use crate::{Compared, Journal, Rejection, Rotation, verify_receipt};

struct Case {
    _temporary: tempfile::TempDir,
    journal: Journal,
    key: String,
    receipt: Value,
}

fn case() -> Case {
    let temporary = tempfile::tempdir().unwrap();
    let (mut journal, key) = journal_of(temporary.path(), &[3, 4]);
    let receipt = serde_json::from_str(&journal.receipt(2).unwrap().to_json()).unwrap();
    Case {
        _temporary: temporary,
        journal,
        key,
        receipt,
    }
}

impl Case {
    fn code(&self, receipt: &Value) -> &'static str {
        code(verify_receipt(&receipt.to_string(), &self.key, None))
    }

    fn with(&self, field: &str, value: Value) -> Value {
        let mut receipt = self.receipt.clone();
        receipt[field] = value;
        receipt
    }
}

fn code(result: Result<crate::Verified, Rejection>) -> &'static str {
    result.map_or_else(|rejection| rejection.code(), |_| "verified")
}

#[test]
fn d26_a_forged_statement_is_refused() {
    let case = case();
    let statement = case.receipt["statement"]
        .as_str()
        .unwrap()
        .replace("\"rows\":2", "\"rows\":9");
    assert_ne!(statement, case.receipt["statement"]);
    assert_eq!(
        case.code(&case.with("statement", json!(statement))),
        "forged_statement"
    );
    assert_eq!(
        case.code(&case.with("salt", json!(BASE64.encode([0; 16])))),
        "forged_statement"
    );
    // With a leaf that fits the statement: no longer in the tree.
    let salt = BASE64.decode(case.receipt["salt"].as_str().unwrap()).unwrap();
    let leaf = Leaf::new(
        "outcome",
        "2026-11-22T10:00:00Z",
        &salt.try_into().unwrap(),
        statement.as_bytes(),
    );
    let mut forged = case.with("statement", json!(statement));
    forged["leaf"] = json!(leaf.encode());
    assert_eq!(case.code(&forged), "not_in_tree");
    // With a tree that fits the leaf: no longer signed.
    let root = leaf_hash(leaf.encode().as_bytes());
    let text = Checkpoint {
        origin: ORIGIN.to_owned(),
        size: 1,
        root,
    }
    .text();
    let note = case.receipt["checkpoint"].as_str().unwrap();
    let signatures = note.split_once("\n\n").unwrap().1;
    forged["checkpoint"] = json!(format!("{text}\n{signatures}"));
    forged["proof"] = json!([]);
    forged["index"] = json!(0);
    assert_eq!(case.code(&forged), "bad_signature");
    // Signed by the forger, who brings his key along as if it had been rotated to.
    let theirs = SecretKey::from_seed(ORIGIN, &[5; 32]);
    let note = Checkpoint {
        origin: ORIGIN.to_owned(),
        size: 1,
        root,
    }
    .sign(&[&theirs])
    .to_string();
    forged["checkpoint"] = json!(note);
    forged["key"] = json!(theirs.public().id().to_string());
    assert_eq!(case.code(&forged), "wrong_key");
    let half = Rotation {
        old: case.key.clone(),
        ..Rotation::sign(&theirs, &theirs)
    };
    forged["rotations"] = json!([half]);
    assert_eq!(case.code(&forged), "bad_rotation");
    // A sound change of key between two keys that nobody trusts.
    let other = SecretKey::from_seed(ORIGIN, &[6; 32]);
    forged["rotations"] = json!([Rotation::sign(&other, &theirs)]);
    assert_eq!(case.code(&forged), "wrong_key");
}

#[test]
fn d26_an_entry_at_another_place_is_refused() {
    let mut case = case();
    for index in (0..9).filter(|index| *index != 2) {
        assert_eq!(case.code(&case.with("index", json!(index))), "not_in_tree");
    }
    let other: Value = serde_json::from_str(&case.journal.receipt(3).unwrap().to_json()).unwrap();
    assert_eq!(
        case.code(&case.with("proof", other["proof"].clone())),
        "not_in_tree"
    );
    assert_eq!(case.code(&case.with("proof", json!([]))), "not_in_tree");
    assert_eq!(
        case.code(&case.with("proof", json!(vec!["AAAA"; 3]))),
        "unreadable"
    );
    assert_eq!(
        case.code(&case.with("proof", json!(vec![BASE64.encode([0; 32]); 65]))),
        "unreadable"
    );
}

#[test]
fn d26_a_truncated_receipt_is_told_at_every_byte() {
    let case = case();
    let whole = case.receipt.to_string();
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        assert_eq!(
            code(verify_receipt(&whole[..end], &case.key, None)),
            "truncated",
            "{end}"
        );
    }
    assert_eq!(
        code(verify_receipt(&format!("{whole} {{}}"), &case.key, None)),
        "unreadable"
    );
}

#[test]
fn d26_a_receipt_of_another_log_or_key_is_refused() {
    let case = case();
    let whole = case.receipt.to_string();
    let named = |name: &str, seed| SecretKey::from_seed(name, &[seed; 32]).public().to_string();
    assert_eq!(
        code(verify_receipt(&whole, &named("other.example/log", 1), None)),
        "foreign_log"
    );
    assert_eq!(code(verify_receipt(&whole, &named(ORIGIN, 1), None)), "wrong_key");
    for bad in [
        "",
        "not a key",
        &case.key[1..],
        &case.key.replace('+', " "),
        "x+00000000+AA==",
    ] {
        assert_eq!(code(verify_receipt(&whole, bad, None)), "bad_key", "{bad}");
    }
    let two_logs = format!("{}\n{}\n", case.key, named("other.example/log", 1));
    assert_eq!(code(verify_receipt(&whole, &two_logs, None)), "bad_key");
    assert_eq!(
        code(verify_receipt(&whole, &format!("\n  {}\r\n", case.key), None)),
        "verified"
    );
    // A weak key, under which anything may verify.
    let weak = format!(
        "{ORIGIN}+00000000+{}",
        BASE64.encode([&[1u8][..], &[0; 32]].concat())
    );
    assert_eq!(code(verify_receipt(&whole, &weak, None)), "bad_key");
}

#[test]
fn d26_two_logs_of_one_origin_are_told_apart() {
    let case = case();
    let elsewhere = tempfile::tempdir().unwrap();
    // Another key: the receipt of the one does not pass for the other.
    let (mut other, _) = Journal::open(elsewhere.path(), ORIGIN, entropy(42)).unwrap();
    other.append(&entries(0..7)).unwrap();
    let receipt = other.receipt(2).unwrap().to_json();
    assert_eq!(code(verify_receipt(&receipt, &case.key, None)), "wrong_key");
    let theirs = other.checkpoint().unwrap();
    let whole = case.receipt.to_string();
    assert_eq!(
        code(verify_receipt(&whole, &case.key, Some(&theirs))),
        "bad_outside_checkpoint"
    );
    // The same key, copied: a fork, when the checkpoints are of one size.
    let twin = tempfile::tempdir().unwrap();
    let (mut twin, _) = (Journal::open(twin.path(), ORIGIN, entropy(7)).unwrap().0, ());
    twin.append(&entries(10..17)).unwrap();
    assert_eq!(twin.public_key(), case.key);
    let theirs = twin.checkpoint().unwrap();
    assert_eq!(
        verify_receipt(&whole, &case.key, Some(&theirs)),
        Err(Rejection::Fork { size: 7 })
    );
    twin.append(&entries(17..18)).unwrap();
    let theirs = twin.checkpoint().unwrap();
    let verified = verify_receipt(&whole, &case.key, Some(&theirs)).unwrap();
    assert_eq!(verified.compared, Compared::NotComparable { seen: 8 });
}

#[test]
fn d26_the_checkpoint_to_compare_with_must_be_signed_too() {
    let mut case = case();
    let (whole, note) = (case.receipt.to_string(), case.journal.checkpoint().unwrap());
    assert_eq!(
        verify_receipt(&whole, &case.key, Some(&note)).unwrap().compared,
        Compared::Same
    );
    for bad in [
        "",
        "nothing",
        &note[1..],
        &note[..note.len() - 1],
        &note.replacen("\n7\n", "\n8\n", 1),
    ] {
        assert_eq!(
            code(verify_receipt(&whole, &case.key, Some(bad))),
            "bad_outside_checkpoint",
            "{bad}"
        );
    }
}

/// A receipt says nothing about who shows it, or how often: that it was shown before cannot be told offline.
#[test]
fn d26_a_receipt_shown_again_still_verifies() {
    let case = case();
    for _ in 0..2 {
        assert_eq!(case.code(&case.receipt), "verified");
    }
}

#[test]
fn d26_later_versions_and_unknown_fields_are_refused() {
    let case = case();
    assert_eq!(case.code(&case.with("version", json!(2))), "unknown_version");
    assert_eq!(case.code(&case.with("format", json!("other"))), "unreadable");
    assert_eq!(
        case.code(&case.with("trusted_key", json!(case.key))),
        "unreadable"
    );
    assert_eq!(
        case.code(&case.with("origin", json!("other.example"))),
        "contradiction"
    );
    assert_eq!(case.code(&case.with("key", json!("00000000"))), "contradiction");
    assert_eq!(case.code(&json!([])), "unreadable");
    assert_eq!(
        code(verify_receipt(&"[".repeat(60_000), &case.key, None)),
        "unreadable"
    );
    assert_eq!(
        code(verify_receipt(&" ".repeat(70_000), &case.key, None)),
        "unreadable"
    );
}

/// No byte of a receipt is without meaning: whatever is put in its place, it is refused.
#[test]
fn a6_every_byte_of_a_receipt_is_guarded() {
    let temporary = tempfile::tempdir().unwrap();
    let receipt = rotated(temporary.path());
    let (whole, key) = receipt;
    assert_eq!(code(verify_receipt(&whole, &key, None)), "verified");
    let mut refused = 0;
    for at in 0..whole.len() {
        let flips = (0..8).map(|bit| whole.as_bytes()[at] ^ (1 << bit));
        for value in flips.chain(*b" \n\t\"\\09AZaz=/+-{}[],:\0") {
            let mut bytes = whole.clone().into_bytes();
            if std::mem::replace(&mut bytes[at], value) == value {
                continue;
            }
            // What is not text never reaches the verifier.
            let Ok(text) = String::from_utf8(bytes) else {
                continue;
            };
            assert_ne!(
                code(verify_receipt(&text, &key, None)),
                "verified",
                "byte {at} as {value}"
            );
            refused += 1;
        }
    }
    assert!(refused > 30_000, "{refused}");
}

/// A receipt with a change of key in it, and the key of before.
fn rotated(dir: &Path) -> (String, String) {
    let (mut journal, key) = journal_of(dir, &[2]);
    journal.rotate_key("2026-11-22T11:00:00Z").unwrap();
    journal.append(&[entry(3)]).unwrap();
    (journal.receipt(3).unwrap().to_json(), key)
}

#[test]
fn d26_words_of_every_rejection_in_both_languages() {
    let text = || "x".to_owned();
    let all = [
        Rejection::Unreadable { why: text() },
        Rejection::Truncated,
        Rejection::UnknownVersion { version: 2 },
        Rejection::BadKey { why: text() },
        Rejection::ForeignLog {
            expected: "a.example".to_owned(),
            found: "b.example".to_owned(),
        },
        Rejection::WrongKey {
            expected: vec!["0a0b0c0d".to_owned()],
            found: vec!["01020304".to_owned()],
        },
        Rejection::BadRotation { position: 0 },
        Rejection::BadSignature {
            key: "0a0b0c0d".to_owned(),
        },
        Rejection::Contradiction { field: "origin" },
        Rejection::NotInTree { index: 4 },
        Rejection::ForgedStatement { index: 4 },
        Rejection::BadOutsideCheckpoint { why: text() },
        Rejection::Fork { size: 9 },
        Rejection::Rollback { have: 5, seen: 9 },
        Rejection::CutOff {
            first_missing: 5,
            seen: 9,
        },
        Rejection::Altered { first: 3, last: 3 },
        Rejection::Altered { first: 3, last: 5 },
        Rejection::PayloadAltered { index: 4 },
        Rejection::File {
            path: "tile/0/000".to_owned(),
            index: Some(4),
        },
        Rejection::File {
            path: "rotations".to_owned(),
            index: None,
        },
        Rejection::CannotRead {
            path: "checkpoint".to_owned(),
            why: std::io::ErrorKind::PermissionDenied,
        },
    ];
    let lines = all.map(|rejection| {
        let (french, english) = (
            rejection.message(crate::Language::French),
            rejection.message(crate::Language::English),
        );
        format!(
            "{} {:?}\n  {french}\n  {english}\n",
            rejection.code(),
            rejection.first_bad_entry()
        )
    });
    insta::assert_snapshot!(lines.concat());
}
