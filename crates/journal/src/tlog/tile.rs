//! Tiles: the tree cut into files of 256 hashes, named as C2SP `tlog-tiles` says.

use super::hash::Hash;

/// Levels of the tree that one tile covers.
pub const TILE_HEIGHT: u32 = 8;
/// Hashes in a full tile.
pub const TILE_WIDTH: usize = 256;

/// Which tile: its level, 0 for the hashes of leaves, and its place from the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileId {
    /// Level of tiles; a hash at level `n` covers 256^n leaves.
    pub level: u8,
    /// Place from the left, from zero.
    pub index: u64,
}

impl TileId {
    /// Path of the tile below the journal: `tile/0/x001/234`, with `.p/5` when only 5 hashes are there.
    pub fn path(&self, width: usize) -> String {
        format!("tile/{}/{}{}", self.level, place(self.index), partial(width))
    }
}

/// Path of the bundle of entries that stands beside the level-0 tile of that index.
pub fn entries_path(index: u64, width: usize) -> String {
    format!("tile/entries/{}{}", place(index), partial(width))
}

/// How many hashes of that tile a tree of `size` leaves has; 0 when the tile is not begun.
pub fn width_in(tile: TileId, size: u64) -> usize {
    let at_level = size.checked_shr(TILE_HEIGHT * u32::from(tile.level)).unwrap_or(0);
    let before = tile.index.saturating_mul(TILE_WIDTH as u64);
    usize::try_from(at_level.saturating_sub(before).min(TILE_WIDTH as u64)).unwrap_or(TILE_WIDTH)
}

/// Every tile that a published tree of `size` leaves has, with its width.
pub fn tiles_of(size: u64) -> impl Iterator<Item = (TileId, usize)> {
    (0..8u8).flat_map(move |level| {
        (0..)
            .map(move |index| TileId { level, index })
            .map(move |tile| (tile, width_in(tile, size)))
            .take_while(|(_, width)| *width > 0)
    })
}

fn place(index: u64) -> String {
    let mut path = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    path
}

fn partial(width: usize) -> String {
    if width == TILE_WIDTH {
        String::new()
    } else {
        format!(".p/{width}")
    }
}

/// The bytes of a tile: its hashes, one after the other.
pub fn encode_tile(hashes: &[Hash]) -> Vec<u8> {
    hashes.concat()
}

/// The hashes of a tile, or `None` when the bytes are not a whole number of hashes.
pub fn decode_tile(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    rest.is_empty().then(|| hashes.to_vec())
}

/// Adds one leaf to a bundle of entries: its length on two bytes, then the leaf.
///
/// Returns `None`, and adds nothing, when the leaf is longer than 65 535 bytes.
pub fn bundle_push(bundle: &mut Vec<u8>, leaf: &[u8]) -> Option<()> {
    let length = u16::try_from(leaf.len()).ok()?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(leaf);
    Some(())
}

/// The leaves of a bundle, or `None` when it is cut or has bytes left over.
pub fn bundle_leaves(mut bundle: &[u8]) -> Option<Vec<&[u8]>> {
    let mut leaves = Vec::new();
    while !bundle.is_empty() {
        let (length, rest) = bundle.split_first_chunk::<2>()?;
        let (leaf, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        leaves.push(leaf);
        bundle = rest;
    }
    Some(leaves)
}
