//! The offline verification of a receipt.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::Deserialize;
use serde_json::Value;

use super::{FORMAT, Receipt, VERSION};
use crate::entry::{Leaf, Salt};
use crate::rejection::Rejection;
use crate::tlog::checkpoint::Checkpoint;
use crate::tlog::hash::{Hash, leaf_hash};
use crate::tlog::note::PublicKey;
use crate::tlog::proof::{LONGEST_PROOF, inclusion_holds};
use crate::trust::Trust;
use crate::verified::{Compared, Disclosed, Verified};

/// Longer texts are refused before they are read; room is left for witnesses' signatures in the checkpoint.
const LONGEST_RECEIPT: usize = 64 * 1024;
/// More changes of key than this are refused: each costs two verifications.
const MOST_ROTATIONS: usize = 32;

/// Verifies a receipt offline, against a public key (one or more lines `NAME+ID+BASE64`) that came by another way.
///
/// A key inside the receipt is believed only when a change of key, signed by a trusted key, leads to it. `against` is a
/// signed checkpoint from elsewhere: when it covers as many entries, both must be the same tree.
///
/// A receipt may be shown many times, and to anyone: that it was shown before cannot be told offline.
pub fn verify_receipt(json: &str, key: &str, against: Option<&str>) -> Result<Verified, Rejection> {
    let mut trust = Trust::parse(key)?;
    let receipt = read(json)?;
    if receipt.rotations.len() > MOST_ROTATIONS {
        return Err(unreadable("too many changes of key"));
    }
    trust.follow(&receipt.rotations)?;

    let (note, checkpoint) = Checkpoint::of_note(&receipt.checkpoint).map_err(|error| unreadable(error.0))?;
    let signers = trust.check(&note, &checkpoint)?;
    let signer = signers.iter().find(|key| key.id().to_string() == receipt.key);
    let signer = signer.ok_or(Rejection::Contradiction { field: "key" })?;
    contradictions(&receipt, &checkpoint, signer)?;

    let not_in_tree = Rejection::NotInTree { index: receipt.index };
    let proof = proof(&receipt)?;
    let leaf = Leaf::decode(receipt.leaf.as_bytes()).ok_or_else(|| unreadable("the leaf is malformed"))?;
    let hash = leaf_hash(receipt.leaf.as_bytes());
    if !inclusion_holds(&hash, receipt.index, checkpoint.size, &proof, &checkpoint.root) {
        return Err(not_in_tree);
    }
    if !leaf.commits_to(&salt(&receipt)?, receipt.statement.as_bytes()) {
        return Err(Rejection::ForgedStatement { index: receipt.index });
    }
    let statement: Value =
        serde_json::from_str(&receipt.statement).map_err(|_| unreadable("the statement is not JSON"))?;

    Ok(Verified {
        compared: compare(&trust, &checkpoint, against)?,
        origin: checkpoint.origin,
        size: checkpoint.size,
        root: hex::encode(checkpoint.root),
        key: signer.id().to_string(),
        entry: Some(Disclosed {
            index: receipt.index,
            kind: leaf.kind,
            at: leaf.at,
            statement,
        }),
        journal: None,
    })
}

fn unreadable(why: &str) -> Rejection {
    Rejection::Unreadable { why: why.to_owned() }
}

/// Reads the form, then the version, then the whole, so that a later version is named as such.
fn read(json: &str) -> Result<Receipt, Rejection> {
    #[derive(Deserialize)]
    struct Envelope {
        format: String,
        version: u64,
    }
    if json.len() > LONGEST_RECEIPT {
        return Err(unreadable("longer than 64 kB"));
    }
    let failed = |error: serde_json::Error| {
        if error.is_eof() {
            return Rejection::Truncated;
        }
        // The message of the parser may quote the text; its place is enough.
        Rejection::Unreadable {
            why: format!("line {}, column {}", error.line(), error.column()),
        }
    };
    let envelope: Envelope = serde_json::from_str(json).map_err(failed)?;
    if envelope.format != FORMAT {
        return Err(unreadable("it does not say that it is a receipt"));
    }
    if envelope.version != VERSION {
        return Err(Rejection::UnknownVersion {
            version: envelope.version,
        });
    }
    serde_json::from_str(json).map_err(failed)
}

/// The parts that repeat what is signed must repeat it exactly.
fn contradictions(receipt: &Receipt, checkpoint: &Checkpoint, signer: &PublicKey) -> Result<(), Rejection> {
    if receipt.origin != checkpoint.origin {
        return Err(Rejection::Contradiction { field: "origin" });
    }
    match receipt.rotations.last() {
        Some(last) if last.new != signer.to_string() => Err(Rejection::Contradiction { field: "rotations" }),
        _ => Ok(()),
    }
}

fn proof(receipt: &Receipt) -> Result<Vec<Hash>, Rejection> {
    if receipt.proof.len() > LONGEST_PROOF {
        return Err(unreadable("the proof is too long"));
    }
    let hash = |text: &String| BASE64.decode(text).ok()?.try_into().ok();
    receipt
        .proof
        .iter()
        .map(|text| hash(text).ok_or_else(|| unreadable("the proof is malformed")))
        .collect()
}

fn salt(receipt: &Receipt) -> Result<Salt, Rejection> {
    let bytes = BASE64
        .decode(&receipt.salt)
        .ok()
        .and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| unreadable("the salt is malformed"))
}

fn compare(trust: &Trust, checkpoint: &Checkpoint, against: Option<&str>) -> Result<Compared, Rejection> {
    let Some(note) = against else {
        return Ok(Compared::Nothing);
    };
    let outside = trust.outside(note)?;
    if outside.size != checkpoint.size {
        return Ok(Compared::NotComparable { seen: outside.size });
    }
    if outside.root == checkpoint.root {
        Ok(Compared::Same)
    } else {
        Err(Rejection::Fork { size: outside.size })
    }
}
