//! Publication: the tiles first, synced, then the checkpoint that speaks of them.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::Journal;
use crate::error::JournalError;
use crate::files::disk::{How, replace};
use crate::files::layout::{DIR_MODE, FILE_MODE, read_if_there};
use crate::files::scan::rotation_lines;
use crate::tlog::hash::Hash;
use crate::tlog::tile::{TILE_WIDTH, TileId, encode_tile, entries_path, width_in};

/// Beyond this number of files, the whole file system is synced at once.
const SYNCED_ONE_BY_ONE: usize = 32;

/// Files written and not synced yet.
#[derive(Debug, Default)]
pub(super) struct Dirty {
    files: Vec<File>,
    count: usize,
    dirs: BTreeSet<PathBuf>,
    /// Directories known to be there.
    known: BTreeSet<PathBuf>,
}

impl Journal {
    /// Publishes a checkpoint over every durable entry, unless it is already.
    pub(super) fn publish(&mut self) -> Result<(), JournalError> {
        self.refuse_if_closed()?;
        if self.published == self.frontier.size() {
            return Ok(());
        }
        self.write_waiting()?;
        self.write_partial()?;
        self.sync_dirty()?;
        self.publish_key()?;
        let path = self.layout.checkpoint();
        let replaced = replace(&mut *self.disk, &path, self.last_note.as_bytes(), FILE_MODE);
        self.or_close(&path, replaced)?;
        let before = std::mem::replace(&mut self.published, self.frontier.size());
        self.published_note = self.last_note.clone();
        self.remove_partial(before);
        Ok(())
    }

    /// The public key and the changes of key, as files.
    pub(super) fn publish_key(&mut self) -> Result<(), JournalError> {
        let key = format!("{}\n", self.key.public());
        let rotations = rotation_lines(&self.rotations);
        for (path, text) in [
            (self.layout.rotations(), rotations),
            (self.layout.public_key(), key),
        ] {
            let found = read_if_there(&path).map_err(|error| JournalError::io(&path, error))?;
            if found.unwrap_or_default() != text.as_bytes() {
                let replaced = replace(&mut *self.disk, &path, text.as_bytes(), FILE_MODE);
                self.or_close(&path, replaced)?;
            }
        }
        Ok(())
    }

    /// Writes the full tiles and bundles; they are synced with the next publication.
    pub(super) fn write_waiting(&mut self) -> Result<(), JournalError> {
        for (path, bytes) in std::mem::take(&mut self.waiting) {
            let path = self.layout.root.join(path);
            let written = self.write_file(&path, &bytes);
            self.or_close(&path, written)?;
        }
        Ok(())
    }

    fn write_partial(&mut self) -> Result<(), JournalError> {
        // A tile of a higher level may be as wide as when it was last published: it is the same, and is left alone.
        let changed = |(tile, hashes): &(TileId, &[Hash])| width_in(*tile, self.published) != hashes.len();
        let encode = |(tile, hashes): (TileId, &[Hash])| (tile.path(hashes.len()), encode_tile(hashes));
        let mut files: Vec<(String, Vec<u8>)> = self
            .frontier
            .partial_tiles()
            .filter(changed)
            .map(encode)
            .collect();
        let width = (self.frontier.size() % TILE_WIDTH as u64) as usize;
        if width > 0 {
            files.push((
                entries_path(self.frontier.size() / TILE_WIDTH as u64, width),
                self.bundle.clone(),
            ));
        }
        for (path, bytes) in files {
            let path = self.layout.root.join(path);
            let written = self.write_file(&path, &bytes);
            self.or_close(&path, written)?;
        }
        Ok(())
    }

    fn write_file(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if let Some(dir) = path.parent() {
            self.ensure_dir(dir)?;
            self.dirty.dirs.insert(dir.to_owned());
        }
        let mut file = self.disk.open(path, How::Fresh { mode: FILE_MODE })?;
        self.disk.write(&mut file, bytes)?;
        self.dirty.count += 1;
        if self.dirty.count <= SYNCED_ONE_BY_ONE {
            self.dirty.files.push(file);
        } else {
            self.dirty.files.clear();
        }
        Ok(())
    }

    fn ensure_dir(&mut self, dir: &Path) -> io::Result<()> {
        if dir == self.layout.root || self.dirty.known.contains(dir) {
            return Ok(());
        }
        if let Some(parent) = dir.parent() {
            self.ensure_dir(parent)?;
            if !dir.is_dir() {
                self.disk.create_dir(dir, DIR_MODE)?;
                self.dirty.dirs.insert(parent.to_owned());
            }
        }
        self.dirty.known.insert(dir.to_owned());
        Ok(())
    }

    fn sync_dirty(&mut self) -> Result<(), JournalError> {
        let dirty = std::mem::take(&mut self.dirty);
        self.dirty.known = dirty.known;
        let root = self.layout.root.clone();
        if dirty.count > SYNCED_ONE_BY_ONE {
            let synced = self.disk.sync_file_system(&root);
            return self.or_close(&root, synced);
        }
        for file in &dirty.files {
            let synced = self.disk.sync(file);
            self.or_close(&root, synced)?;
        }
        for dir in &dirty.dirs {
            let synced = self.disk.sync_dir(dir);
            self.or_close(dir, synced)?;
        }
        Ok(())
    }

    /// Removes the unfinished tiles of the checkpoint before: the new one has its own. That some stay does no harm.
    fn remove_partial(&mut self, before: u64) {
        let mut level = 0;
        while before >> (8 * level) > 0 {
            let tile = TileId {
                level,
                index: before >> (8 * (level + 1)),
            };
            let keep = width_in(tile, self.published);
            self.clear_partial(&tile.path(1), keep);
            level += 1;
        }
        let bundle = before / TILE_WIDTH as u64;
        let keep = width_in(
            TileId {
                level: 0,
                index: bundle,
            },
            self.published,
        );
        self.clear_partial(&entries_path(bundle, 1), keep);
    }

    fn clear_partial(&mut self, path_of_first: &str, keep: usize) {
        let path = self.layout.root.join(path_of_first);
        let Some(dir) = path.parent() else { return };
        let Ok(entries) = fs::read_dir(dir) else { return };
        for entry in entries.flatten() {
            if entry.file_name().to_str() != Some(keep.to_string().as_str()) {
                let _ = self.disk.remove(&entry.path());
            }
        }
    }
}
