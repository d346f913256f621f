//! The journal, open for writing.

use std::fs::File;
use std::ops::Range;
use std::path::Path;

use crate::entry::{Entry, Leaf, Salt, kind};
use crate::error::JournalError;
use crate::files::disk::{Disk, How, RealDisk};
use crate::files::layout::Layout;
use crate::files::reader::{compare_outside, make_receipt};
use crate::files::segments::{self, GroupAt, StoredEntry};
use crate::group::{HEADER_BYTES, Header, push_record};
use crate::receipt::Receipt;
use crate::rejection::Rejection;
use crate::rotation::Rotation;
use crate::tlog::checkpoint::Checkpoint;
use crate::tlog::hash::leaf_hash;
use crate::tlog::note::SecretKey;
use crate::tlog::tile::{TILE_WIDTH, bundle_push, encode_tile, entries_path};
use crate::tlog::tree::Frontier;
use crate::verified::Compared;

mod destroy;
mod open;
mod publish;
mod rotate;

/// Fills a slice with random bytes that nobody can guess. It must not fail: one that cannot give them must not return.
pub type Entropy = Box<dyn FnMut(&mut [u8]) + Send>;

/// A segment of the log that has grown beyond this is followed by a new one, in bytes.
const SEGMENT_BYTES: u64 = 64 << 20;
/// Finished tiles that wait in memory before they are written, without being synced yet.
const WAITING_TILES: usize = 1024;
/// One append may hold at most this, in bytes.
const LONGEST_GROUP: usize = 1 << 30;

/// What opening the journal had to mend after an interruption.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Bytes cut from the end: a write that did not finish and was never acknowledged.
    pub cut: u64,
    /// What was wrong with them when they had the length of a whole group. It is nearly always a torn write; that it be
    /// damage to the last, not yet published group cannot be excluded.
    pub cut_because: Option<Rejection>,
    /// Entries that were durable and that the published checkpoint did not cover yet.
    pub unpublished: u64,
    /// Destructions of payloads that were begun and are now finished.
    pub destructions: u64,
    /// Whether a change of key was finished.
    pub rotation: bool,
}

impl Recovery {
    /// Whether there was nothing to mend.
    pub fn is_clean(&self) -> bool {
        *self == Recovery::default()
    }
}

/// A journal, open for writing by this process alone.
///
/// After a write or a sync has failed, every further call that would write answers [`JournalError::Closed`]: what is on
/// disk is no longer certain. Dropping the journal and opening it again reads what is there, cuts an unfinished end and
/// goes on.
pub struct Journal {
    disk: Box<dyn Disk>,
    layout: Layout,
    origin: String,
    entropy: Entropy,
    /// Held as long as the journal is open.
    _lock: File,
    key: SecretKey,
    frontier: Frontier,
    bundle: Vec<u8>,
    /// Full tiles and bundles that are not written yet.
    waiting: Vec<(String, Vec<u8>)>,
    dirty: publish::Dirty,
    groups: Vec<GroupAt>,
    rotations: Vec<Rotation>,
    published: u64,
    published_note: String,
    last_note: String,
    segment: u64,
    segment_bytes: u64,
    segment_limit: u64,
    log: File,
    closed: Option<String>,
}

impl Journal {
    /// Opens the journal of `origin` in `dir`, or makes it, its key and its directories on first use.
    ///
    /// The whole journal is read and verified: about one to two seconds for a million entries. The origin is the name
    /// of the log for ever: a short name without spaces, such as `cabinet.example/serment`.
    pub fn open(dir: &Path, origin: &str, entropy: Entropy) -> Result<(Journal, Recovery), JournalError> {
        open::open(Box::new(RealDisk), dir, origin, entropy)
    }

    /// Opens on another disk than the real one, with short segments.
    #[cfg(test)]
    pub(crate) fn open_on(
        disk: Box<dyn Disk>,
        dir: &Path,
        origin: &str,
        entropy: Entropy,
        segment_limit: u64,
    ) -> Result<(Journal, Recovery), JournalError> {
        let (mut journal, recovery) = open::open(disk, dir, origin, entropy)?;
        journal.segment_limit = segment_limit;
        Ok((journal, recovery))
    }

    /// Records entries, all or none; they are durable when this returns. One write and one sync, whatever their number.
    ///
    /// Returns their indices. An error says that nothing is acknowledged: after [`JournalError::Entry`] nothing was
    /// written; after any other, the journal is closed, and on opening it again the entries are there all or not at all.
    pub fn append(&mut self, entries: &[Entry]) -> Result<Range<u64>, JournalError> {
        let reserved = entries.iter().position(|entry| entry.kind == kind::KEY_ROTATION);
        if let Some(position) = reserved {
            let why = "only the journal itself records a change of key";
            return Err(JournalError::Entry { position, why });
        }
        self.append_signed(entries, None)
    }

    fn append_signed(
        &mut self,
        entries: &[Entry],
        next: Option<&SecretKey>,
    ) -> Result<Range<u64>, JournalError> {
        self.refuse_if_closed()?;
        let first = self.frontier.size();
        if entries.is_empty() {
            return Ok(first..first);
        }
        let (leaves, group) = self.encode(entries)?;
        self.make_room()?;
        // From here on a failure closes the journal: the tree in memory may be ahead of the one on disk.
        for leaf in &leaves {
            self.push(leaf.as_bytes());
        }
        let note = self.sign(next);
        let header = Header {
            first,
            count: leaves.len() as u32,
            records_bytes: (group.len() - HEADER_BYTES) as u32,
            note_bytes: note.len() as u32,
        };
        self.write_group(&header, group, &note)?;
        self.groups.push(GroupAt {
            segment: self.segment,
            offset: self.segment_bytes,
            header,
        });
        self.segment_bytes += header.group_bytes();
        self.last_note = note;
        Ok(first..header.end())
    }

    /// Checks and encodes entries; nothing is written or changed. Gives the leaves, and the records after room for a header.
    fn encode(&mut self, entries: &[Entry]) -> Result<(Vec<String>, Vec<u8>), JournalError> {
        let refused = |position: usize| move |why| JournalError::Entry { position, why };
        let mut salts = vec![0; size_of::<Salt>() * entries.len()];
        (self.entropy)(&mut salts);
        let mut leaves = Vec::with_capacity(entries.len());
        let mut records = vec![0; HEADER_BYTES];
        let mut payload = Vec::new();
        for (position, (entry, salt)) in entries.iter().zip(salts.as_chunks::<16>().0).enumerate() {
            entry.payload_into(&mut payload).map_err(refused(position))?;
            let leaf = Leaf::written(&entry.kind, &entry.at, salt, &payload);
            push_record(&mut records, salt, leaf.as_bytes(), &payload)
                .filter(|()| records.len() - HEADER_BYTES <= LONGEST_GROUP)
                .ok_or("one append holds at most 1 GiB")
                .map_err(refused(position))?;
            leaves.push(leaf);
        }
        Ok((leaves, records))
    }

    fn push(&mut self, leaf: &[u8]) {
        let waiting = &mut self.waiting;
        self.frontier.push(leaf_hash(leaf), &mut |tile, hashes| {
            waiting.push((tile.path(TILE_WIDTH), encode_tile(hashes)));
        });
        // A leaf is a kind, a date and a hash: far below the limit of a bundle.
        let _ = bundle_push(&mut self.bundle, leaf);
        if self.frontier.size().is_multiple_of(TILE_WIDTH as u64) {
            let index = self.frontier.size() / TILE_WIDTH as u64 - 1;
            self.waiting
                .push((entries_path(index, TILE_WIDTH), std::mem::take(&mut self.bundle)));
        }
    }

    fn sign(&self, next: Option<&SecretKey>) -> String {
        let checkpoint = Checkpoint {
            origin: self.origin.clone(),
            size: self.frontier.size(),
            root: self.frontier.root(),
        };
        let keys: Vec<&SecretKey> = [Some(&self.key), next].into_iter().flatten().collect();
        checkpoint.sign(&keys).to_string()
    }

    /// Writes finished tiles when many wait, and begins a new segment when this one is long.
    fn make_room(&mut self) -> Result<(), JournalError> {
        if self.waiting.len() > WAITING_TILES {
            self.write_waiting()?;
        }
        if self.segment_bytes > self.segment_limit {
            let segment = self.frontier.size();
            let path = self.layout.segment(segment);
            let opened = self.disk.open(&path, How::Append);
            self.log = self.or_close(&path, opened)?;
            let synced = self.disk.sync_dir(&self.layout.log());
            self.or_close(&path, synced)?;
            self.segment = segment;
            self.segment_bytes = 0;
        }
        Ok(())
    }

    /// `group` holds the records, after room for the header.
    fn write_group(&mut self, header: &Header, group: Vec<u8>, note: &str) -> Result<(), JournalError> {
        let mut bytes = group;
        bytes[..HEADER_BYTES].copy_from_slice(&header.encode());
        bytes.extend_from_slice(note.as_bytes());
        let written = self
            .disk
            .write(&mut self.log, &bytes)
            .and_then(|()| self.disk.sync(&self.log));
        if written.is_err() {
            // The pages may look written while they are not: take them away, so that opening again does not find
            // them. Should even this fail, opening again writes and syncs anew whatever is not published.
            let _ = self.disk.set_len(&self.log, self.segment_bytes);
        }
        let path = self.layout.segment(self.segment);
        self.or_close(&path, written)
    }

    /// The signed checkpoint over everything that is durable. It is published: tiles and checkpoint are written, synced
    /// and cover every entry.
    pub fn checkpoint(&mut self) -> Result<String, JournalError> {
        self.publish()?;
        Ok(self.published_note.clone())
    }

    /// A receipt for an entry, below 4 kB; publishes a checkpoint first if the entry is not covered yet.
    pub fn receipt(&mut self, index: u64) -> Result<Receipt, JournalError> {
        if index >= self.published {
            self.publish()?;
        }
        make_receipt(
            &self.layout,
            &self.groups,
            &self.rotations,
            &self.published_note,
            index,
        )
    }

    /// The stored entries of a range, read as they are asked for.
    pub fn entries(&self, range: Range<u64>) -> impl Iterator<Item = Result<StoredEntry, JournalError>> + '_ {
        segments::entries(&self.layout, &self.groups, range)
    }

    /// The number of entries.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The name of the log.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The public key in force, as `NAME+ID+BASE64`: what verifiers must receive by a safe way.
    pub fn public_key(&self) -> String {
        self.key.public().to_string()
    }

    /// Compares with a signed checkpoint that was kept elsewhere. It tells that an older copy was put back, or another
    /// history written; after either, do not write.
    pub fn compare(&mut self, against: &str) -> Result<Compared, JournalError> {
        self.publish()?;
        compare_outside(
            &self.layout,
            &self.rotations,
            self.key.public(),
            self.published,
            against,
        )
    }

    fn refuse_if_closed(&self) -> Result<(), JournalError> {
        match &self.closed {
            Some(cause) => Err(JournalError::Closed { cause: cause.clone() }),
            None => Ok(()),
        }
    }

    /// Closes the journal for good when something that writes has failed.
    fn or_close<T>(&mut self, path: &Path, result: std::io::Result<T>) -> Result<T, JournalError> {
        result.map_err(|error| {
            self.closed = Some(format!("{}: {error}", path.display()));
            JournalError::io(path, error)
        })
    }
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal")
            .field("dir", &self.layout.root)
            .field("origin", &self.origin)
            .field("size", &self.frontier.size())
            .field("closed", &self.closed)
            .finish_non_exhaustive()
    }
}
