//! Reading a journal, also while another process writes to it; and what receipts are made from.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;

use crate::error::JournalError;
use crate::files::layout::{Layout, read_if_there};
use crate::files::segments::{self, GroupAt, StoredEntry, each_record, position_of};
use crate::group::State;
use crate::receipt::{Parts, Receipt, verify_receipt};
use crate::rejection::Rejection;
use crate::rotation::Rotation;
use crate::tlog::checkpoint::Checkpoint;
use crate::tlog::hash::{Hash, empty_root};
use crate::tlog::note::PublicKey;
use crate::tlog::proof::{Tiles, inclusion_proof, root_at};
use crate::tlog::tile::{TILE_WIDTH, TileId, decode_tile, width_in};
use crate::trust::Trust;
use crate::verified::Compared;

/// A writer may replace the unfinished tiles between two reads; so often a receipt is tried again.
const TRIES: usize = 20;

/// A journal, open for reading. It takes no lock: another process may be writing.
///
/// It sees the groups that were there when it was opened. The very last may be one whose writer is still waiting for
/// the disk. Opening reads one short header for each group and verifies nothing; each payload that is read is checked
/// against its entry.
#[derive(Clone, Debug)]
pub struct Reader {
    layout: Layout,
    groups: Vec<GroupAt>,
}

impl Reader {
    /// Opens the journal in `dir`.
    pub fn open(dir: &Path) -> Result<Reader, JournalError> {
        let layout = Layout::new(dir);
        if !layout.checkpoint().exists() {
            return Err(JournalError::NoJournal { path: dir.to_owned() });
        }
        let groups = segments::list(&layout)?;
        Ok(Reader { layout, groups })
    }

    /// The number of entries.
    pub fn size(&self) -> u64 {
        self.groups.last().map_or(0, |group| group.header.end())
    }

    /// The stored entries of a range, read as they are asked for.
    pub fn entries(&self, range: Range<u64>) -> impl Iterator<Item = Result<StoredEntry, JournalError>> + '_ {
        segments::entries(&self.layout, &self.groups, range)
    }

    /// The signed checkpoint that was published last.
    pub fn checkpoint(&self) -> Result<String, JournalError> {
        read_text(&self.layout.checkpoint())
    }

    /// Every checkpoint that was signed, one for each append, oldest first: to compare with one found elsewhere.
    pub fn checkpoints(&self) -> impl Iterator<Item = Result<String, JournalError>> + '_ {
        self.groups
            .iter()
            .map(|group| segments::read_note(&self.layout, group))
    }

    /// The public key in force, as `NAME+ID+BASE64`, as the journal's directory says it.
    pub fn public_key(&self) -> Result<String, JournalError> {
        Ok(read_text(&self.layout.public_key())?.trim_end().to_owned())
    }

    /// A receipt for an entry that the published checkpoint covers, below 4 kB.
    pub fn receipt(&self, index: u64) -> Result<Receipt, JournalError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let note = self.checkpoint()?;
            let rotations = self.rotations()?;
            match make_receipt(&self.layout, &self.groups, &rotations, &note, index) {
                Err(JournalError::Damaged(Rejection::File { .. } | Rejection::Contradiction { .. }))
                    if tries < TRIES && self.checkpoint()? != note => {}
                other => return other,
            }
        }
    }

    fn rotations(&self) -> Result<Vec<Rotation>, JournalError> {
        let path = self.layout.rotations();
        let bytes = read_if_there(&path)
            .map_err(|error| JournalError::io(&path, error))?
            .unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let lines: Result<Vec<Rotation>, _> = text.lines().map(serde_json::from_str).collect();
        lines.map_err(|_| file_damaged("rotations".to_owned(), None))
    }
}

fn read_text(path: &Path) -> Result<String, JournalError> {
    fs::read_to_string(path).map_err(|error| JournalError::io(path, error))
}

fn file_damaged(path: String, index: Option<u64>) -> JournalError {
    JournalError::Damaged(Rejection::File { path, index })
}

/// Makes a receipt under a published checkpoint, and verifies it before it leaves: a damaged tile is found here.
pub(crate) fn make_receipt(
    layout: &Layout,
    groups: &[GroupAt],
    rotations: &[Rotation],
    note: &str,
    index: u64,
) -> Result<Receipt, JournalError> {
    let unreadable = || file_damaged("checkpoint".to_owned(), None);
    let (parsed, checkpoint) = Checkpoint::of_note(note).map_err(|_| unreadable())?;
    let no_entry = JournalError::NoEntry {
        index,
        size: checkpoint.size,
    };
    if index >= checkpoint.size {
        return Err(no_entry);
    }
    let group = &groups[position_of(groups, index).ok_or(no_entry)?];
    let mut tiles = DiskTiles {
        layout,
        size: checkpoint.size,
        read: HashMap::new(),
    };
    let proof = inclusion_proof(&mut tiles, index, checkpoint.size)?;
    // The last line of signature is that of the newest key.
    let key = parsed
        .signatures()
        .last()
        .map(|line| line.id.to_string())
        .ok_or_else(unreadable)?;
    let upto = rotations
        .iter()
        .position(|r| r.new.split('+').nth(1) == Some(&key))
        .map_or(0, |at| at + 1);
    let made = each_record(layout, group, |at, record, _| {
        if at != index {
            return Ok(None);
        }
        if record.state != State::Present {
            return Err(JournalError::Destroyed { index });
        }
        let altered = || {
            JournalError::Damaged(Rejection::Altered {
                first: index,
                last: index,
            })
        };
        let parts = Parts {
            origin: &checkpoint.origin,
            key: key.clone(),
            index,
            leaf: std::str::from_utf8(record.leaf).map_err(|_| altered())?,
            statement: std::str::from_utf8(record.payload).map_err(|_| altered())?,
            salt: record.salt,
            proof: &proof,
            checkpoint: note.to_owned(),
            rotations: &rotations[..upto],
        };
        Receipt::new(parts)
            .map(Some)
            .map_err(|bytes| JournalError::ReceiptTooLong { index, bytes })
    })?;
    let receipt = made.into_iter().flatten().next().ok_or(JournalError::NoEntry {
        index,
        size: checkpoint.size,
    })?;
    check_own(layout, rotations, upto, &receipt)?;
    Ok(receipt)
}

/// A receipt that would not verify is not handed out.
fn check_own(
    layout: &Layout,
    rotations: &[Rotation],
    upto: usize,
    receipt: &Receipt,
) -> Result<(), JournalError> {
    let key = match upto.checked_sub(1).and_then(|last| rotations.get(last)) {
        Some(rotation) => rotation.new.clone(),
        None => match rotations.first() {
            Some(rotation) => rotation.old.clone(),
            None => read_text(&layout.public_key())?,
        },
    };
    match verify_receipt(&receipt.to_json(), &key, None) {
        Ok(_) => Ok(()),
        Err(Rejection::NotInTree { index }) => {
            let tile = TileId {
                level: 0,
                index: index >> 8,
            };
            Err(file_damaged(tile.path(TILE_WIDTH), Some(index)))
        }
        Err(rejection) => Err(JournalError::Damaged(rejection)),
    }
}

/// Compares the published tree with a signed checkpoint from elsewhere.
pub(crate) fn compare_outside(
    layout: &Layout,
    rotations: &[Rotation],
    key: &PublicKey,
    size: u64,
    against: &str,
) -> Result<Compared, JournalError> {
    // The journal's own keys, the earlier ones included: whoever kept a checkpoint may have kept an old one.
    let first = rotations
        .first()
        .map_or_else(|| key.to_string(), |rotation| rotation.old.clone());
    let mut trust = Trust::parse(&first).map_err(JournalError::Damaged)?;
    trust.follow(rotations).map_err(JournalError::Damaged)?;
    let outside = trust.outside(against).map_err(JournalError::Damaged)?;
    if outside.size > size {
        return Err(JournalError::Damaged(Rejection::Rollback {
            have: size,
            seen: outside.size,
        }));
    }
    let mut tiles = DiskTiles {
        layout,
        size,
        read: HashMap::new(),
    };
    let root = if outside.size == 0 {
        empty_root()
    } else {
        root_at(&mut tiles, outside.size)?
    };
    if root != outside.root {
        return Err(JournalError::Damaged(Rejection::Fork { size: outside.size }));
    }
    Ok(if outside.size == size {
        Compared::Same
    } else {
        Compared::Continues { seen: outside.size }
    })
}

/// The tiles of the published tree of `size` entries.
struct DiskTiles<'a> {
    layout: &'a Layout,
    size: u64,
    read: HashMap<TileId, Vec<Hash>>,
}

impl Tiles for DiskTiles<'_> {
    type Error = JournalError;

    fn hashes(&mut self, tile: TileId, first: usize, count: usize) -> Result<Vec<Hash>, JournalError> {
        if !self.read.contains_key(&tile) {
            let width = width_in(tile, self.size);
            let read = |width: usize| fs::read(self.layout.root.join(tile.path(width)));
            // The writer may have filled the tile since.
            let bytes = read(width).or_else(|error| match error.kind() {
                io::ErrorKind::NotFound if width < TILE_WIDTH => read(TILE_WIDTH),
                _ => Err(error),
            });
            let hashes = bytes
                .ok()
                .and_then(|bytes| decode_tile(&bytes))
                .ok_or_else(|| self.broken(tile))?;
            self.read.insert(tile, hashes);
        }
        let hashes = self
            .read
            .get(&tile)
            .and_then(|hashes| hashes.get(first..first + count));
        hashes.map(<[Hash]>::to_vec).ok_or_else(|| self.broken(tile))
    }

    fn broken(&mut self, tile: TileId) -> JournalError {
        let first = (tile.level == 0).then_some(tile.index << 8);
        file_damaged(tile.path(width_in(tile, self.size)), first)
    }
}
