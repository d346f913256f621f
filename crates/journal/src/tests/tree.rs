//! The tree and its proofs, against an independent implementation.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use proptest::prelude::*;
use sha2::Sha256;
use sha2::digest::Output;

use crate::tlog::hash::{Hash, leaf_hash};
use crate::tlog::proof::{
    Tiles, consistency_holds, consistency_proof, inclusion_holds, inclusion_proof, root_at,
};
use crate::tlog::tile::{TileId, bundle_leaves, bundle_push, entries_path, tiles_of};
use crate::tlog::tree::Frontier;

/// Tiles in memory.
#[derive(Default)]
struct Memory {
    frontier: Frontier,
    full: std::collections::HashMap<TileId, Vec<Hash>>,
}

impl Memory {
    fn push(&mut self, leaf: &[u8]) {
        let full = &mut self.full;
        self.frontier.push(leaf_hash(leaf), &mut |tile, hashes| {
            assert_eq!(hashes.len(), 256);
            assert!(full.insert(tile, hashes.to_vec()).is_none());
        });
    }
}

impl Tiles for Memory {
    type Error = TileId;

    fn hashes(&mut self, tile: TileId, first: usize, count: usize) -> Result<Vec<Hash>, TileId> {
        let partial = self
            .frontier
            .partial_tiles()
            .find(|(id, _)| *id == tile)
            .map(|(_, hashes)| hashes.to_vec());
        let hashes = self.full.get(&tile).cloned().or(partial).ok_or(tile)?;
        hashes.get(first..first + count).map(<[Hash]>::to_vec).ok_or(tile)
    }

    fn broken(&mut self, tile: TileId) -> TileId {
        tile
    }
}

fn leaf(number: u64) -> Vec<u8> {
    number.to_string().repeat(1 + number as usize % 7).into_bytes()
}

fn both(size: u64) -> (Memory, MemoryBackedTree<Sha256, Vec<u8>>) {
    let (mut ours, mut theirs) = (Memory::default(), MemoryBackedTree::new());
    for number in 0..size {
        ours.push(&leaf(number));
        theirs.push(leaf(number));
    }
    (ours, theirs)
}

fn their_root(root: Hash, size: u64) -> RootHash<Sha256> {
    RootHash::new(root.into(), size)
}

fn digests(proof: &[Hash]) -> Vec<Output<Sha256>> {
    proof.iter().map(|hash| (*hash).into()).collect()
}

#[test]
fn d26_roots_of_every_small_tree_are_those_of_ct_merkle() {
    let (mut ours, mut theirs) = both(0);
    for size in 0..1100 {
        assert_eq!(
            ours.frontier.root().as_slice(),
            theirs.root().as_bytes().as_slice(),
            "size {size}"
        );
        assert_eq!(root_at(&mut ours, size), Ok(ours.frontier.root()));
        ours.push(&leaf(size));
        theirs.push(leaf(size));
    }
}

#[test]
fn d26_inclusion_proofs_are_those_of_ct_merkle_and_fit_no_other_place() {
    for size in [1, 2, 3, 7, 8, 9, 31, 33] {
        let (mut ours, theirs) = both(size);
        let root = ours.frontier.root();
        for index in 0..size {
            let proof = inclusion_proof(&mut ours, index, size).unwrap();
            assert_eq!(proof.concat(), theirs.prove_inclusion(index as usize).as_bytes());
            for place in 0..size {
                for other in 1..size + 2 {
                    let holds = inclusion_holds(&leaf_hash(&leaf(index)), place, other, &proof, &root);
                    let theirs = their_root(root, other).verify_inclusion(
                        &leaf(index),
                        place,
                        &InclusionProof::from_digests(&digests(&proof)),
                    );
                    assert_eq!(holds, theirs.is_ok(), "{index} of {size} as {place} of {other}");
                    assert!(holds || place != index || other != size);
                }
            }
        }
    }
}

#[test]
fn d26_consistency_proofs_are_those_of_ct_merkle() {
    let (mut ours, theirs) = both(70);
    let roots: Vec<Hash> = (0..=70).map(|size| root_at(&mut ours, size).unwrap()).collect();
    for old in 1..70u64 {
        let proof = consistency_proof(&mut ours, old, 70).unwrap();
        assert_eq!(
            proof.concat(),
            theirs.prove_consistency((70 - old) as usize).as_bytes()
        );
        for claimed in 1..=70u64 {
            let holds = consistency_holds(claimed, 70, &proof, &roots[claimed as usize], &roots[70]);
            assert_eq!(holds, claimed == old, "{old} as {claimed}");
        }
        assert!(!consistency_holds(
            old,
            70,
            &proof,
            &roots[old as usize - 1],
            &roots[70]
        ));
        assert!(!consistency_holds(
            old,
            70,
            &proof,
            &roots[old as usize],
            &roots[69]
        ));
    }
    assert!(consistency_holds(70, 70, &[], &roots[70], &roots[70]));
    assert!(!consistency_holds(0, 70, &[], &roots[0], &roots[70]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn d26_large_trees_agree_with_ct_merkle(size in 1u64..3000, places in prop::collection::vec(any::<u64>(), 8)) {
        let (mut ours, theirs) = both(size);
        let root = ours.frontier.root();
        prop_assert_eq!(root.to_vec(), theirs.root().as_bytes().to_vec());
        for place in places {
            let index = place % size;
            let proof = inclusion_proof(&mut ours, index, size).unwrap();
            prop_assert_eq!(proof.concat(), theirs.prove_inclusion(index as usize).as_bytes().to_vec());
            prop_assert!(inclusion_holds(&leaf_hash(&leaf(index)), index, size, &proof, &root));
            let old = index + 1;
            let proof = consistency_proof(&mut ours, old, size).unwrap();
            let old_root = root_at(&mut ours, old).unwrap();
            prop_assert!(consistency_holds(old, size, &proof, &old_root, &root));
            if old < size {
                let theirs = ConsistencyProof::from_digests(&digests(&proof));
                prop_assert!(their_root(root, size).verify_consistency(&their_root(old_root, old), &theirs).is_ok());
            }
        }
    }

    /// Random proofs: both verifiers say the same.
    #[test]
    fn d26_made_up_proofs_are_judged_as_by_ct_merkle(
        index in 0u64..40, size in 1u64..40, length in 0usize..8, real in any::<bool>(), flip in 0usize..256,
    ) {
        let (mut ours, _) = both(40);
        let root = root_at(&mut ours, size).unwrap();
        let mut proof = if real && index < size {
            inclusion_proof(&mut ours, index, size).unwrap()
        } else {
            (0..length).map(|number| leaf_hash(&[number as u8])).collect()
        };
        if flip % 3 == 0 && let Some(hash) = proof.first_mut() {
            hash[flip / 8] ^= 1 << (flip % 8);
        }
        let theirs = their_root(root, size).verify_inclusion(
            &leaf(index), index, &InclusionProof::from_digests(&digests(&proof)),
        );
        prop_assert_eq!(inclusion_holds(&leaf_hash(&leaf(index)), index, size, &proof, &root), theirs.is_ok());
    }

    #[test]
    fn bundles_are_read_back(leaves in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..20)) {
        let mut bundle = Vec::new();
        for leaf in &leaves {
            bundle_push(&mut bundle, leaf).unwrap();
        }
        let read = bundle_leaves(&bundle).unwrap();
        prop_assert_eq!(&read, &leaves.iter().map(Vec::as_slice).collect::<Vec<_>>());
        prop_assert!(bundle.is_empty() || bundle_leaves(&bundle[..bundle.len() - 1]).is_none_or(|read| read.len() < leaves.len()));
    }
}

#[test]
fn tiles_are_named_as_tlog_tiles_says() {
    let tile = |level, index| TileId { level, index };
    assert_eq!(tile(0, 0).path(256), "tile/0/000");
    assert_eq!(tile(1, 5).path(7), "tile/1/005.p/7");
    assert_eq!(tile(0, 1_234_067).path(256), "tile/0/x001/x234/067");
    assert_eq!(entries_path(273, 256), "tile/entries/273");
    assert_eq!(entries_path(1000, 1), "tile/entries/x001/000.p/1");
    let of = |size| {
        tiles_of(size)
            .map(|(tile, width)| tile.path(width))
            .collect::<Vec<_>>()
    };
    assert_eq!(of(0), [""; 0]);
    assert_eq!(of(5), ["tile/0/000.p/5"]);
    assert_eq!(of(256), ["tile/0/000", "tile/1/000.p/1"]);
    assert_eq!(
        of(513),
        ["tile/0/000", "tile/0/001", "tile/0/002.p/1", "tile/1/000.p/2"]
    );
}
