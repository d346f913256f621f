//! Where everything of a journal lies.
//!
//! ```text
//! log/00000000000000000000   groups of entries, in segments named after their first entry: the record itself
//! tile/0/000                 hashes of leaves, 256 a file; tile/1/… hashes of these, and so on
//! tile/entries/000           the leaves, 256 a file
//! checkpoint                 the signed checkpoint that was published last
//! rotations                  changes of key, one a line
//! journal.pub                the public key, to be handed out
//! keys/signing               the private key (keys/next while it changes)
//! lock                       held by the process that writes
//! ```
//!
//! `tile`, `rotations` and `journal.pub` are made from `log`, cover what `checkpoint` covers, and are compared with it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Permissions of directories, before the umask.
pub(crate) const DIR_MODE: u32 = 0o755;
/// Permissions of files, before the umask.
pub(crate) const FILE_MODE: u32 = 0o644;
/// Permissions of the directory of private keys.
pub(crate) const KEYS_DIR_MODE: u32 = 0o700;
/// Permissions of private keys.
pub(crate) const KEY_MODE: u32 = 0o600;

/// The paths of one journal.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub root: PathBuf,
}

impl Layout {
    pub fn new(root: &Path) -> Layout {
        Layout {
            root: root.to_owned(),
        }
    }

    pub fn checkpoint(&self) -> PathBuf {
        self.root.join("checkpoint")
    }

    pub fn rotations(&self) -> PathBuf {
        self.root.join("rotations")
    }

    pub fn public_key(&self) -> PathBuf {
        self.root.join("journal.pub")
    }

    pub fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    pub fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    pub fn signing_key(&self) -> PathBuf {
        self.root.join("keys/signing")
    }

    pub fn next_key(&self) -> PathBuf {
        self.root.join("keys/next")
    }

    pub fn log(&self) -> PathBuf {
        self.root.join("log")
    }

    pub fn segment(&self, first: u64) -> PathBuf {
        self.root.join(format!("log/{first:020}"))
    }

    /// The segments there are, by the index of their first entry.
    pub fn segments(&self) -> io::Result<Vec<u64>> {
        let entries = match fs::read_dir(self.log()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut segments = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            let number = name
                .to_str()
                .filter(|name| name.len() == 20 && name.bytes().all(|b| b.is_ascii_digit()));
            segments.extend(number.and_then(|name| name.parse::<u64>().ok()));
        }
        segments.sort_unstable();
        Ok(segments)
    }
}

/// The contents of a file, or `None` when it is not there.
pub(crate) fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
