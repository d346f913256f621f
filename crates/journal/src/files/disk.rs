//! Every change that the journal makes to files goes through this trait, so that tests can make each of them fail.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _};
use std::path::Path;

use rustix::fs::FlockOperation;

/// How a file is opened for writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// Made if missing; written at its end.
    Append,
    /// Made, or emptied, with these permissions.
    Fresh { mode: u32 },
    /// It must be there; written in place.
    InPlace,
}

/// The changes that a journal makes to files.
pub(crate) trait Disk: Send {
    fn create_dir(&mut self, path: &Path, mode: u32) -> io::Result<()>;
    fn open(&mut self, path: &Path, how: How) -> io::Result<File>;
    /// Takes the exclusive lock of an open file, or says that another process has it (`WouldBlock`).
    fn lock(&mut self, file: &File) -> io::Result<()>;
    fn write(&mut self, file: &mut File, bytes: &[u8]) -> io::Result<()>;
    fn write_at(&mut self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()>;
    fn set_len(&mut self, file: &File, length: u64) -> io::Result<()>;
    fn sync(&mut self, file: &File) -> io::Result<()>;
    fn sync_dir(&mut self, path: &Path) -> io::Result<()>;
    /// Makes everything on the file system of that directory durable: one call in place of thousands.
    fn sync_file_system(&mut self, dir: &Path) -> io::Result<()>;
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()>;
    fn remove(&mut self, path: &Path) -> io::Result<()>;
}

/// The real file system.
#[derive(Debug, Default)]
pub(crate) struct RealDisk;

impl Disk for RealDisk {
    fn create_dir(&mut self, path: &Path, mode: u32) -> io::Result<()> {
        match fs::DirBuilder::new().mode(mode).create(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
            other => other,
        }
    }

    fn open(&mut self, path: &Path, how: How) -> io::Result<File> {
        let mut options = OpenOptions::new();
        match how {
            How::Append => options.append(true).create(true),
            How::Fresh { mode } => options.write(true).create(true).truncate(true).mode(mode),
            How::InPlace => options.write(true),
        };
        options.open(path)
    }

    fn lock(&mut self, file: &File) -> io::Result<()> {
        rustix::fs::flock(file, FlockOperation::NonBlockingLockExclusive).map_err(io::Error::from)
    }

    fn write(&mut self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn write_at(&mut self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        file.write_all_at(bytes, offset)
    }

    fn set_len(&mut self, file: &File, length: u64) -> io::Result<()> {
        file.set_len(length)
    }

    fn sync(&mut self, file: &File) -> io::Result<()> {
        file.sync_data()
    }

    fn sync_dir(&mut self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn sync_file_system(&mut self, dir: &Path) -> io::Result<()> {
        rustix::fs::syncfs(File::open(dir)?).map_err(io::Error::from)
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn sync_file_system(&mut self, dir: &Path) -> io::Result<()> {
        for entry in fs::read_dir(dir)? {
            let path = entry?.path();
            if path.is_dir() {
                self.sync_file_system(&path)?
            } else {
                File::open(&path)?.sync_all()?
            }
        }
        self.sync_dir(dir)
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}

/// Replaces a file whole and durably: written beside, synced, renamed.
pub(crate) fn replace(disk: &mut dyn Disk, path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = disk.open(&beside, How::Fresh { mode })?;
    disk.write(&mut file, bytes)?;
    disk.sync(&file)?;
    disk.rename(&beside, path)?;
    match path.parent() {
        Some(parent) => disk.sync_dir(parent),
        None => Ok(()),
    }
}
