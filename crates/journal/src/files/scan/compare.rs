//! Comparing what the log gives with the files that were made from it, and naming the entry that differs.

use super::{Scan, read, rotation_lines};
use crate::group::Header;
use crate::rejection::Rejection;
use crate::tlog::checkpoint::Checkpoint;
use crate::tlog::hash::Hash;
use crate::tlog::tile::{TILE_WIDTH, TileId, decode_tile, encode_tile, entries_path, width_in};

impl Scan {
    pub(super) fn compare_full(
        &mut self,
        path: String,
        bytes: Vec<u8>,
        first: Option<u64>,
    ) -> Result<(), Rejection> {
        if self.frontier.size() <= self.published.size {
            self.compare(path, &bytes, first)
        } else {
            self.unpublished.push((path, bytes));
            Ok(())
        }
    }

    /// Compares a file with what it must be; names the first entry that differs when the file is about entries.
    fn compare(&self, path: String, expected: &[u8], first: Option<u64>) -> Result<(), Rejection> {
        let found = read(&self.layout.root.join(&path))?.unwrap_or_default();
        if found == expected {
            return Ok(());
        }
        let same = found.iter().zip(expected).take_while(|(a, b)| a == b).count();
        let before = if path.starts_with("tile/entries/") {
            leaves_within(expected, same)
        } else {
            same / size_of::<Hash>()
        };
        Err(Rejection::File {
            path,
            index: first.map(|first| first + before as u64),
        })
    }

    /// At the size that was published: checkpoint, unfinished tiles and bundle, changes of key.
    pub(super) fn compare_published(&mut self, note: &str) -> Result<(), Rejection> {
        if note != self.published_note {
            let (published, checkpoint) =
                Checkpoint::of_note(&self.published_note).map_err(|_| self.checkpoint_file())?;
            let signed = published.signed_by(&self.tip) == Some(true);
            return Err(if signed && checkpoint.root != self.frontier.root() {
                Rejection::Fork {
                    size: checkpoint.size,
                }
            } else {
                self.checkpoint_file()
            });
        }
        for (tile, hashes) in self.frontier.partial_tiles() {
            let first = (tile.level == 0).then_some(tile.index << 8);
            self.compare(tile.path(hashes.len()), &encode_tile(hashes), first)?;
        }
        let width = (self.frontier.size() % TILE_WIDTH as u64) as usize;
        if width > 0 {
            let index = self.frontier.size() / TILE_WIDTH as u64;
            self.compare(entries_path(index, width), &self.bundle, Some(index << 8))?;
        }
        self.published_rotations = Some(self.rotations.len());
        Ok(())
    }

    /// The file of changes of key holds those that were published, and perhaps already later ones of the log.
    pub(super) fn compare_rotations(&self, published: usize) -> Result<(), Rejection> {
        let found = read(&self.layout.rotations())?.unwrap_or_default();
        let fits = |count| found == rotation_lines(&self.rotations[..count]).as_bytes();
        if (published..=self.rotations.len()).any(fits) {
            Ok(())
        } else {
            Err(Rejection::File {
                path: "rotations".to_owned(),
                index: None,
            })
        }
    }

    /// Names the entry of a group that is not as it was signed, by the tile that was made from it, or by the size that
    /// was signed; the whole group when neither tells.
    pub(super) fn locate(&self, header: &Header, hashes: &[Hash], signed_size: Option<u64>) -> Rejection {
        let named = |index| Rejection::Altered {
            first: index,
            last: index,
        };
        let mut same = 0;
        for (index, hash) in (header.first..).zip(hashes) {
            match self.leaf_in_tile(index) {
                Some(stored) if stored != *hash => return named(index),
                Some(_) => same += 1,
                None => break,
            }
        }
        match signed_size {
            Some(size) if size > header.end() && same == hashes.len() => named(header.end()),
            Some(size) if size < header.end() && header.first + same as u64 == size => named(size),
            _ => Rejection::Altered {
                first: header.first,
                last: header.end() - 1,
            },
        }
    }

    /// The hash of a leaf as the published tile has it.
    fn leaf_in_tile(&self, index: u64) -> Option<Hash> {
        let tile = TileId {
            level: 0,
            index: index >> 8,
        };
        let width = width_in(tile, self.published.size);
        let bytes = read(&self.layout.root.join(tile.path(width))).ok()??;
        decode_tile(&bytes)?.get((index & 0xff) as usize).copied()
    }
}

fn leaves_within(bundle: &[u8], bytes: usize) -> usize {
    let (mut at, mut count) = (0, 0);
    while let Some(head) = bundle.get(at..at + 2) {
        at += 2 + usize::from(u16::from_be_bytes([head[0], head[1]]));
        if at > bytes {
            break;
        }
        count += 1;
    }
    count
}
