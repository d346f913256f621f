//! The lock that keeps two runs apart.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use crate::StateError;

/// Held by a running `keep`; freed when dropped or when the process dies, however it dies.
#[derive(Debug)]
pub struct KeepLock {
    _file: File,
}

impl KeepLock {
    pub(crate) fn take(dir: &Path) -> Result<Self, StateError> {
        let (path, mut file) = open(dir)?;
        // Whoever only asks whether the lock is held shares it for an instant: not worth a refusal.
        for _ in 0..20 {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {
                    let written = file
                        .set_len(0)
                        .and_then(|()| file.rewind())
                        .and_then(|()| write!(file, "{}", std::process::id()));
                    written.map_err(|source| StateError::File { path, source })?;
                    return Ok(Self { _file: file });
                }
                Err(Errno::WOULDBLOCK) => std::thread::sleep(std::time::Duration::from_millis(10)),
                Err(error) => {
                    return Err(StateError::File {
                        path,
                        source: error.into(),
                    });
                }
            }
        }
        let mut holder = String::new();
        let read = file.rewind().and_then(|()| file.read_to_string(&mut holder));
        if read.is_err() || holder.is_empty() {
            holder = "unknown".to_owned();
        }
        Err(StateError::Busy { path, holder })
    }

    pub(crate) fn is_held(dir: &Path) -> Result<bool, StateError> {
        let (path, file) = open(dir)?;
        match flock(&file, FlockOperation::NonBlockingLockShared) {
            Ok(()) => Ok(false),
            Err(Errno::WOULDBLOCK) => Ok(true),
            Err(error) => Err(StateError::File {
                path,
                source: error.into(),
            }),
        }
    }
}

fn open(dir: &Path) -> Result<(PathBuf, File), StateError> {
    let path = dir.join("keep.lock");
    let opened = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(0o600)
        .open(&path);
    match opened {
        Ok(file) => Ok((path, file)),
        Err(source) => Err(StateError::File { path, source }),
    }
}
