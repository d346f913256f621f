//! Reading a register from a disk: the only I/O of this crate.
//!
//! A register comes from outside (a pull request): nothing is followed out of its directory, and files, bytes and
//! depth are counted while reading, not after.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::load::{
    Files, MOST_BYTES, MOST_BYTES_PER_FILE, MOST_FILES, ORGANISATION_FILE, is_part_of_a_register, is_stray,
};

/// Deepest folder that is looked into: `stores/crm/contacts.toml`.
const DEEPEST: usize = 3;
/// Most directory entries that are looked at, files of no interest included.
const MOST_ENTRIES: usize = 50_000;

/// Why a directory could not be read as a register.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The operating system refused.
    #[error("cannot read {path}: {source}")]
    Io {
        /// What was read.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A symbolic link: it could lead anywhere.
    #[error("{path} is a symbolic link: a register holds plain files and folders only")]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// A name that is not text.
    #[error("{path} has a name that is not UTF-8")]
    Name {
        /// The entry.
        path: PathBuf,
    },
    /// More than a register may hold.
    #[error("{path} holds more than a register may: {limit}")]
    TooLarge {
        /// Where the limit was reached.
        path: PathBuf,
        /// The limit, in words.
        limit: String,
    },
    /// No register here nor in a parent directory.
    #[error("no {ORGANISATION_FILE} in {path} nor in any directory above it")]
    NotFound {
        /// Where the search began.
        path: PathBuf,
    },
}

/// The nearest directory, from that one upwards, that holds a `serment.toml`.
pub fn find(from: &Path) -> Result<PathBuf, ReadError> {
    let start = std::path::absolute(from).map_err(|source| ReadError::Io {
        path: from.to_owned(),
        source,
    })?;
    start
        .ancestors()
        .find(|directory| directory.join(ORGANISATION_FILE).is_file())
        .map(Path::to_owned)
        .ok_or(ReadError::NotFound { path: start })
}

/// The files of a register directory: what a register may hold, and other `.toml` files for `check` to report.
///
/// Hidden entries (`.git`, `.serment`) and files of other kinds are passed over unread.
pub fn read(directory: &Path) -> Result<Files, ReadError> {
    let mut walk = Walk {
        files: Files::new(),
        bytes: 0,
        entries: 0,
    };
    walk.folder(directory, "", 1)?;
    Ok(walk.files)
}

struct Walk {
    files: Files,
    bytes: usize,
    entries: usize,
}

impl Walk {
    fn folder(&mut self, folder: &Path, prefix: &str, depth: usize) -> Result<(), ReadError> {
        let failed = |source| ReadError::Io {
            path: folder.to_owned(),
            source,
        };
        for entry in fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            self.entries += 1;
            if self.entries > MOST_ENTRIES {
                return Err(too_large(folder, format!("{MOST_ENTRIES} directory entries")));
            }
            let path = entry.path();
            let Ok(name) = entry.file_name().into_string() else {
                return Err(ReadError::Name { path });
            };
            if name.starts_with('.') {
                continue;
            }
            let kind = entry.file_type().map_err(failed)?;
            let relative = format!("{prefix}{name}");
            if kind.is_dir() {
                if depth < DEEPEST && may_hold_files(&relative) {
                    self.folder(&path, &format!("{relative}/"), depth + 1)?;
                }
            } else if is_part_of_a_register(&relative) || is_stray(&relative) {
                if !kind.is_file() {
                    return Err(ReadError::Link { path });
                }
                self.file(&path, relative)?;
            } else if kind.is_symlink() && may_hold_files(&relative) {
                return Err(ReadError::Link { path });
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path, relative: String) -> Result<(), ReadError> {
        if self.files.len() >= MOST_FILES {
            return Err(too_large(path, format!("{MOST_FILES} files")));
        }
        let failed = |source| ReadError::Io {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(failed)?;
        let mut bytes = Vec::new();
        file.take(MOST_BYTES_PER_FILE as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        self.bytes += bytes.len();
        if bytes.len() > MOST_BYTES_PER_FILE {
            return Err(too_large(
                path,
                format!("{MOST_BYTES_PER_FILE} bytes in one file"),
            ));
        }
        if self.bytes > MOST_BYTES {
            return Err(too_large(path, format!("{MOST_BYTES} bytes")));
        }
        self.files.insert(relative, bytes);
        Ok(())
    }
}

fn too_large(path: &Path, limit: String) -> ReadError {
    ReadError::TooLarge {
        path: path.to_owned(),
        limit,
    }
}

/// Folders of a register, and those whose name is nearly one of ours, so that `check` can say so. Others (an
/// application beside its register) are none of its business.
fn may_hold_files(relative: &str) -> bool {
    is_part_of_a_register(&format!("{relative}/x.toml")) || is_stray(&format!("{relative}/x.toml"))
}
