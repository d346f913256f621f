//! Receipts: one entry, disclosed, with all that is needed to verify it offline.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::{Deserialize, Serialize};

use crate::rotation::Rotation;
use crate::tlog::hash::Hash;

mod check;

pub use check::verify_receipt;

/// A receipt is shorter than this, in bytes.
pub const RECEIPT_BYTES: usize = 4096;
/// What a receipt calls itself.
const FORMAT: &str = "serment-receipt";
/// The version of the format; a verifier refuses any other.
const VERSION: u64 = 1;

/// An entry and its proof. The texts are kept as the very bytes that were hashed, so that any verifier, in any language,
/// hashes the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    format: String,
    version: u64,
    /// Name of the log.
    pub origin: String,
    /// Short name of the key that signed the checkpoint. It helps to find the key; it never makes one trusted.
    pub key: String,
    /// Place of the entry, from 0.
    pub index: u64,
    /// The leaf: kind, date and commitment, as JSON text.
    pub leaf: String,
    /// The payload of the entry, as JSON text.
    pub statement: String,
    /// The salt, in base64.
    pub salt: String,
    /// Hashes from the leaf to the root, in base64.
    pub proof: Vec<String>,
    /// The signed checkpoint.
    pub checkpoint: String,
    /// Changes of key, oldest first, the last of which leads to the key that signed.
    pub rotations: Vec<Rotation>,
}

/// What goes into a receipt.
pub(crate) struct Parts<'a> {
    pub origin: &'a str,
    pub key: String,
    pub index: u64,
    pub leaf: &'a str,
    pub statement: &'a str,
    pub salt: &'a [u8; 16],
    pub proof: &'a [Hash],
    pub checkpoint: String,
    pub rotations: &'a [Rotation],
}

impl Receipt {
    /// Puts a receipt together; leaves out the oldest changes of key when they do not fit.
    ///
    /// Returns the length in bytes when it does not fit even without them.
    pub(crate) fn new(parts: Parts<'_>) -> Result<Receipt, usize> {
        let mut receipt = Receipt {
            format: FORMAT.to_owned(),
            version: VERSION,
            origin: parts.origin.to_owned(),
            key: parts.key,
            index: parts.index,
            leaf: parts.leaf.to_owned(),
            statement: parts.statement.to_owned(),
            salt: BASE64.encode(parts.salt),
            proof: parts.proof.iter().map(|hash| BASE64.encode(hash)).collect(),
            checkpoint: parts.checkpoint,
            rotations: parts.rotations.to_vec(),
        };
        loop {
            let length = receipt.to_json().len();
            if length < RECEIPT_BYTES {
                return Ok(receipt);
            }
            if receipt.rotations.is_empty() {
                return Err(length);
            }
            receipt.rotations.remove(0);
        }
    }

    /// The receipt as compact JSON, below 4 kB.
    pub fn to_json(&self) -> String {
        // A structure of strings and numbers always serialises.
        serde_json::to_string(self).unwrap_or_default()
    }
}
