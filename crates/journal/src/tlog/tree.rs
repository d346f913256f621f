//! The growing edge of the tree, which is all that an append needs to keep in memory.

use super::hash::{Hash, empty_root, node_hash};
use super::tile::{TILE_HEIGHT, TILE_WIDTH, TileId};

/// The perfect subtrees of a tree, from left to right: all that its root depends on. At most 64 hashes.
#[derive(Clone, Debug, Default)]
pub struct Edge {
    size: u64,
    /// Each with its height; heights only decrease.
    subtrees: Vec<(u32, Hash)>,
}

impl Edge {
    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf by its hash: two hashes on average, whatever the size. Hands over each perfect subtree that this
    /// closes, with its height, the leaf itself first.
    pub fn push(&mut self, leaf: Hash, closed: &mut dyn FnMut(u32, Hash)) {
        self.size += 1;
        let (mut height, mut node) = (0, leaf);
        closed(height, node);
        while let Some((_, left)) = self.subtrees.pop_if(|(h, _)| *h == height) {
            node = node_hash(&left, &node);
            height += 1;
            closed(height, node);
        }
        self.subtrees.push((height, node));
    }

    /// The Merkle tree hash of all leaves.
    pub fn root(&self) -> Hash {
        let mut from_right = self.subtrees.iter().rev().map(|(_, hash)| *hash);
        match from_right.next() {
            None => empty_root(),
            Some(last) => from_right.fold(last, |right, left| node_hash(&left, &right)),
        }
    }
}

/// The edge of a tree and its unfinished tiles: at most 8 kB for each level of tiles.
#[derive(Clone, Debug, Default)]
pub struct Frontier {
    edge: Edge,
    /// For each level of tiles, the hashes of the tile that is not full yet.
    unfinished: Vec<Vec<Hash>>,
}

impl Frontier {
    /// An empty tree.
    pub fn new() -> Frontier {
        Frontier::default()
    }

    /// The edge alone.
    pub fn edge(&self) -> &Edge {
        &self.edge
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.edge.size
    }

    /// The Merkle tree hash of all leaves.
    pub fn root(&self) -> Hash {
        self.edge.root()
    }

    /// Adds a leaf by its hash, and hands over every tile that this fills.
    pub fn push(&mut self, leaf: Hash, full: &mut dyn FnMut(TileId, &[Hash])) {
        let size = self.edge.size + 1;
        let unfinished = &mut self.unfinished;
        self.edge.push(leaf, &mut |height, hash| {
            if !height.is_multiple_of(TILE_HEIGHT) {
                return;
            }
            // Heights come in order from 0, so a level is begun only after all those below it.
            let level = (height / TILE_HEIGHT) as usize;
            if unfinished.len() == level {
                unfinished.push(Vec::with_capacity(TILE_WIDTH));
            }
            let tile = &mut unfinished[level];
            tile.push(hash);
            if tile.len() == TILE_WIDTH {
                let index = (size >> (TILE_HEIGHT as usize * (level + 1))) - 1;
                full(
                    TileId {
                        level: level as u8,
                        index,
                    },
                    tile,
                );
                tile.clear();
            }
        });
    }

    /// The tiles that are begun and not full, with their hashes.
    pub fn partial_tiles(&self) -> impl Iterator<Item = (TileId, &[Hash])> {
        self.unfinished
            .iter()
            .enumerate()
            .filter(|(_, hashes)| !hashes.is_empty())
            .map(|(level, hashes)| {
                let index = self.size() >> (TILE_HEIGHT as usize * (level + 1));
                (
                    TileId {
                        level: level as u8,
                        index,
                    },
                    hashes.as_slice(),
                )
            })
    }
}
