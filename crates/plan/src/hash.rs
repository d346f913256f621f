//! Hashes of what an approval covers.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// SHA-256, in hexadecimal, of the JSON of a value. Maps of the hashed values are ordered, so equal values have equal
/// hashes.
///
/// # Panics
/// When a map has keys that are not strings: the values hashed here have none, and a made-up hash would be worse.
pub fn of(value: &impl Serialize) -> String {
    let json = serde_json::to_vec(value).expect("plain data with string keys serialises");
    hex::encode(Sha256::digest(json))
}
