//! Bytes that nobody wrote: no panic, and what still verifies is what was written.

use std::fs;

use proptest::prelude::*;

use super::help::{journal_of, open};
use crate::group::{Header, contains_header, records};
use crate::tlog::checkpoint::Checkpoint;
use crate::tlog::note::{Note, PublicKey, SecretKey};
use crate::{Language, Reader, StoredEntry, fsck, verify_directory, verify_receipt};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), count in any::<u32>()) {
        let _ = Header::decode(&bytes);
        contains_header(&bytes);
        let _ = records(&bytes, count);
        let _ = crate::Leaf::decode(&bytes);
    }

    #[test]
    fn any_text_is_read_without_panic(text in "(?s).{0,80}", shape in "[a-z]{1,5}\n[0-9]{1,22}\n[A-Za-z+/=]{40,46}\n\n— [a-z]{1,4} [A-Za-z+/=]{4,96}\n") {
        for text in [&text, &shape] {
            let _ = PublicKey::parse(text);
            let _ = SecretKey::parse(&format!("PRIVATE+KEY+{text}"));
            if let Ok(note) = Note::parse(text) {
                prop_assert_eq!(&Note::parse(&note.to_string()).unwrap(), &note);
            }
            let _ = Checkpoint::of_note(text);
            let rejected = verify_receipt(text, text, Some(text)).unwrap_err();
            rejected.message(Language::French);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_journal_with_bytes_changed_is_refused_or_the_same(
        changes in prop::collection::vec((0usize..4, any::<prop::sample::Index>(), any::<u8>()), 1..5),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let temporary = tempfile::tempdir().unwrap();
        let (journal, key) = journal_of(temporary.path(), &[1, 3]);
        let written: Vec<StoredEntry> = journal.entries(0..4).map(Result::unwrap).collect();
        drop(journal);
        let names = ["log/00000000000000000000", "checkpoint", "tile/0/000.p/4", "tile/entries/000.p/4"];
        let mut touched = false;
        for (file, at, value) in changes {
            let path = temporary.path().join(names[file]);
            let mut bytes = fs::read(&path).unwrap();
            let at = at.index(bytes.len());
            touched |= std::mem::replace(&mut bytes[at], value) != value;
            fs::write(path, bytes).unwrap();
        }
        if let Some(cut) = cut {
            let path = temporary.path().join(names[0]);
            let bytes = fs::read(&path).unwrap();
            fs::write(path, &bytes[..cut.index(bytes.len())]).unwrap();
            touched = true;
        }
        prop_assert_eq!(verify_directory(temporary.path(), &key, None).is_err(), touched);
        prop_assert_eq!(fsck(temporary.path()).unwrap().is_empty(), !touched);
        let reader = Reader::open(temporary.path()).unwrap();
        for entry in reader.entries(0..9).flatten() {
            // The reader verifies payloads, not the tree: what it shows was committed to, if not by this journal.
            prop_assert!(entry.index < 4 || touched);
        }
        if !touched {
            prop_assert_eq!(reader.entries(0..9).map(Result::unwrap).collect::<Vec<_>>(), written);
            drop(open(temporary.path()));
        }
    }
}
