//! A journal with any of its bytes changed: no panic, and what still verifies is what was written.
//!
//! The first byte of the input chooses: an even number and the rest replaces the log; an odd one and the rest is
//! changes, each of four bytes: which file, where (two bytes), what.
#![no_main]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use serment_journal::{Entry, Journal, Reader, StoredEntry, fsck, verify_directory};

struct Journaled {
    dir: tempfile::TempDir,
    files: Vec<(PathBuf, Vec<u8>)>,
    key: String,
    entries: Vec<StoredEntry>,
}

static SOUND: LazyLock<Journaled> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = 0u8;
    let entropy = Box::new(move |bytes: &mut [u8]| {
        for byte in bytes {
            counter = counter.wrapping_mul(5).wrapping_add(17);
            *byte = counter;
        }
    });
    let (mut journal, _) = Journal::open(dir.path(), "fuzz.example", entropy).unwrap();
    let key = journal.public_key();
    for count in [1, 2, 1] {
        let entry = Entry { kind: "run".into(), at: "2026-11-22T10:00:00Z".into(), payload: count.into() };
        journal.append(&vec![entry; count]).unwrap();
    }
    journal.checkpoint().unwrap();
    journal.destroy_payload(2).unwrap();
    let entries = journal.entries(0..9).map(Result::unwrap).collect();
    drop(journal);
    let files = ["log/00000000000000000000", "checkpoint", "tile/0/000.p/4", "tile/entries/000.p/4", "journal.pub"];
    let files = files.map(|name| (dir.path().join(name), fs::read(dir.path().join(name)).unwrap())).into();
    Journaled { dir, files, key, entries }
});

fuzz_target!(|data: &[u8]| {
    let Some((mode, rest)) = data.split_first() else { return };
    let mut files = SOUND.files.clone();
    if mode % 2 == 0 {
        files[0].1 = rest.to_vec();
    } else {
        for change in rest.chunks_exact(4) {
            let count = files.len();
            let bytes = &mut files[usize::from(change[0]) % count].1;
            let at = usize::from(u16::from_be_bytes([change[1], change[2]])) % bytes.len();
            bytes[at] = change[3];
        }
    }
    for ((path, bytes), (_, sound)) in files.iter().zip(&SOUND.files) {
        if bytes != sound {
            fs::write(path, bytes).unwrap();
        }
    }
    judge(SOUND.dir.path(), files == SOUND.files);
    for ((path, bytes), (_, sound)) in files.iter().zip(&SOUND.files) {
        if bytes != sound {
            fs::write(path, sound).unwrap();
        }
    }
});

fn judge(dir: &Path, untouched: bool) {
    let verified = verify_directory(dir, &SOUND.key, None);
    assert!(verified.is_ok() || !untouched);
    fsck(dir).unwrap();
    let Ok(reader) = Reader::open(dir) else { return };
    let read: Vec<_> = reader.entries(0..reader.size()).collect();
    reader.checkpoints().for_each(drop);
    let _ = reader.receipt(0);
    if verified.is_ok() {
        let read: Vec<_> = read.into_iter().map(Result::unwrap).collect();
        assert_eq!(read, SOUND.entries);
    }
}
