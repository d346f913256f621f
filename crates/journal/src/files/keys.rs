//! The private key on disk: made on first use, refused when others may read it.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::error::JournalError;
use crate::files::disk::{Disk, replace};
use crate::files::layout::{KEY_MODE, KEYS_DIR_MODE, Layout};
use crate::tlog::note::SecretKey;

/// Reads the private key at `path`, or `None` when there is none.
pub(crate) fn read(layout: &Layout, path: &Path) -> Result<Option<SecretKey>, JournalError> {
    for (path, allowed) in [(layout.keys(), KEYS_DIR_MODE), (path.to_owned(), KEY_MODE)] {
        match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(JournalError::io(&path, error)),
            Ok(metadata) if metadata.permissions().mode() & 0o777 & !allowed != 0 => {
                return Err(JournalError::Permissions { path, allowed });
            }
            Ok(_) => {}
        }
    }
    let bytes = fs::read(path).map_err(|error| JournalError::io(path, error))?;
    let unusable = |why: &str| JournalError::UnusableKey {
        path: path.to_owned(),
        why: why.to_owned(),
    };
    let text = String::from_utf8(bytes).map_err(|_| unusable("it is not text"))?;
    let line = text
        .strip_suffix('\n')
        .ok_or_else(|| unusable("the file is cut"))?;
    SecretKey::parse(line)
        .map(Some)
        .map_err(|error| unusable(error.0))
}

/// Writes a private key at `path`, durably.
pub(crate) fn write(
    disk: &mut dyn Disk,
    layout: &Layout,
    path: &Path,
    key: &SecretKey,
) -> Result<(), JournalError> {
    let failed = |error| JournalError::io(path, error);
    disk.create_dir(&layout.keys(), KEYS_DIR_MODE).map_err(failed)?;
    disk.sync_dir(&layout.root).map_err(failed)?;
    replace(disk, path, format!("{}\n", key.encode()).as_bytes(), KEY_MODE).map_err(failed)
}
