//! Proofs that an entry is in a tree, and that a tree continues an older one (RFC 6962, section 2.1; RFC 9162 for
//! their verification).

use super::hash::{Hash, node_hash, perfect_root};
use super::tile::{TILE_HEIGHT, TileId};

/// No proof in a tree of 2^64 leaves is longer.
pub const LONGEST_PROOF: usize = 64;

/// Where the hashes of a tree are read from.
pub trait Tiles {
    /// Why a tile could not be read.
    type Error;
    /// `count` hashes of a tile, from the `first` one.
    fn hashes(&mut self, tile: TileId, first: usize, count: usize) -> Result<Vec<Hash>, Self::Error>;
    /// What to answer when the tile did not give the hashes that were asked for.
    fn broken(&mut self, tile: TileId) -> Self::Error;
}

/// The Merkle tree hash of the leaves `from..to`, where `from` is a multiple of the largest power of two that the
/// range reaches.
fn range_hash<T: Tiles>(tiles: &mut T, from: u64, to: u64) -> Result<Hash, T::Error> {
    let count = to - from;
    if count.is_power_of_two() {
        return perfect_hash(tiles, count.trailing_zeros(), from);
    }
    let middle = from + split(count);
    let left = range_hash(tiles, from, middle)?;
    let right = range_hash(tiles, middle, to)?;
    Ok(node_hash(&left, &right))
}

/// The hash of the perfect subtree of that height over the leaves from `from`.
fn perfect_hash<T: Tiles>(tiles: &mut T, height: u32, from: u64) -> Result<Hash, T::Error> {
    let level = height / TILE_HEIGHT;
    let within = height % TILE_HEIGHT;
    let place = from >> (level * TILE_HEIGHT);
    let tile = TileId {
        level: level as u8,
        index: place >> TILE_HEIGHT,
    };
    let hashes = tiles.hashes(tile, (place & 0xff) as usize, 1 << within)?;
    perfect_root(&hashes)
        .filter(|_| hashes.len() == 1 << within)
        .ok_or_else(|| tiles.broken(tile))
}

/// The largest power of two below `count`, which must be at least 2.
fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

/// The root of the tree of the first `size` leaves.
pub fn root_at<T: Tiles>(tiles: &mut T, size: u64) -> Result<Hash, T::Error> {
    if size == 0 {
        Ok(super::hash::empty_root())
    } else {
        range_hash(tiles, 0, size)
    }
}

/// The proof that leaf `index` is in the tree of `size` leaves. `index` must be below `size`.
pub fn inclusion_proof<T: Tiles>(tiles: &mut T, index: u64, size: u64) -> Result<Vec<Hash>, T::Error> {
    let (mut from, mut to) = (0, size);
    let mut proof = Vec::new();
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            proof.push(range_hash(tiles, middle, to)?);
            to = middle;
        } else {
            proof.push(range_hash(tiles, from, middle)?);
            from = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the tree of `new` leaves continues that of `old` leaves. `old` must be between 1 and `new`.
pub fn consistency_proof<T: Tiles>(tiles: &mut T, old: u64, new: u64) -> Result<Vec<Hash>, T::Error> {
    let (mut from, mut to) = (0, new);
    let mut whole = true;
    let mut proof = Vec::new();
    while to != old {
        let middle = from + split(to - from);
        if old <= middle {
            proof.push(range_hash(tiles, middle, to)?);
            to = middle;
        } else {
            proof.push(range_hash(tiles, from, middle)?);
            from = middle;
            whole = false;
        }
    }
    if !whole {
        proof.push(range_hash(tiles, from, to)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Whether `proof` shows that a leaf of that hash is leaf `index` of the tree of `size` leaves with that root.
pub fn inclusion_holds(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree of `new` leaves continues the one of `old` leaves, given both roots.
pub fn consistency_holds(old: u64, new: u64, proof: &[Hash], old_root: &Hash, new_root: &Hash) -> bool {
    if old == 0 || old > new {
        return false;
    }
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    let mut path = proof.iter();
    let first = if old.is_power_of_two() {
        Some(old_root)
    } else {
        path.next()
    };
    let Some(first) = first else { return false };
    let (mut node, mut last) = (old - 1, new - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == *old_root && new_hash == *new_root
}
