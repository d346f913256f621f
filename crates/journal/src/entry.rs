//! Entries, and the leaves that commit to them.
//!
//! A leaf holds no payload: it holds a hash of the payload and of 16 fresh random bytes, the salt. Whoever has salt and
//! payload can show that they are the ones committed to; once both are destroyed, nobody can guess the payload by
//! trying, and the tree still verifies.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::tlog::hash::Hash;

/// Kinds of entries that Serment writes. The set is open: any short name in lower case is a kind.
pub mod kind {
    /// A version of the register came into force.
    pub const REGISTER_VERSION: &str = "register_version";
    /// Someone approved a plan.
    pub const APPROVAL: &str = "approval";
    /// What is about to be done.
    pub const INTENT: &str = "intent";
    /// What was done, and re-read.
    pub const OUTCOME: &str = "outcome";
    /// Data are not to be touched for now.
    pub const HOLD: &str = "hold";
    /// A hold ended.
    pub const HOLD_REMOVED: &str = "hold_removed";
    /// Something was refused.
    pub const REFUSAL: &str = "refusal";
    /// The key of the journal changed; written by the journal itself.
    pub const KEY_ROTATION: &str = "key_rotation";
    /// A run began or ended.
    pub const RUN: &str = "run";
}

/// The longest payload that an entry may have, in bytes of JSON.
pub const LONGEST_PAYLOAD: usize = 1 << 20;

/// The random bytes that hide a payload behind its commitment.
pub type Salt = [u8; 16];

/// Something to write into the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What kind of entry, one of [`kind`] or another short name: 1 to 64 of `a-z`, `0-9` and `_`.
    pub kind: String,
    /// When it happened, in RFC 3339. The journal does not read clocks; order is that of the entries, not of the dates.
    pub at: String,
    /// What the entry says. No personal data: it may be disclosed in a receipt.
    pub payload: Value,
}

impl Entry {
    /// Checks the kind, the form of the date and the length; puts the bytes of the payload in the place of what `bytes` held.
    pub(crate) fn payload_into(&self, bytes: &mut Vec<u8>) -> Result<(), &'static str> {
        check_kind(&self.kind)?;
        check_date(&self.at)?;
        bytes.clear();
        serde_json::to_writer(&mut *bytes, &self.payload)
            .map_err(|_| "the payload cannot be written as JSON")?;
        if bytes.len() > LONGEST_PAYLOAD {
            return Err("the payload is longer than 1 MiB");
        }
        Ok(())
    }
}

/// What the tree holds of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// Version of this format: 1.
    pub v: u8,
    /// Kind of the entry.
    pub kind: String,
    /// Date of the entry, in RFC 3339, as it was given.
    pub at: String,
    /// SHA-256 over a fixed prefix, the salt and the payload, in base64.
    pub commitment: String,
}

impl Leaf {
    /// The leaf of an entry.
    pub fn new(kind: &str, at: &str, salt: &Salt, payload: &[u8]) -> Leaf {
        Leaf {
            v: 1,
            kind: kind.to_owned(),
            at: at.to_owned(),
            commitment: BASE64.encode(commitment(salt, payload)),
        }
    }

    /// The bytes that are hashed into the tree.
    pub fn encode(&self) -> String {
        // A structure of strings and one number always serialises.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What [`Leaf::encode`] writes of [`Leaf::new`], in one go. Kind and date were checked: nothing in them is escaped.
    pub(crate) fn written(kind: &str, at: &str, salt: &Salt, payload: &[u8]) -> String {
        let mut text = String::with_capacity(kind.len() + at.len() + 100);
        for part in [
            "{\"v\":1,\"kind\":\"",
            kind,
            "\",\"at\":\"",
            at,
            "\",\"commitment\":\"",
        ] {
            text.push_str(part);
        }
        BASE64.encode_string(commitment(salt, payload), &mut text);
        text.push_str("\"}");
        text
    }

    /// Reads a leaf; anything but what [`Leaf::encode`] writes is refused.
    pub fn decode(bytes: &[u8]) -> Option<Leaf> {
        let leaf: Leaf = serde_json::from_slice(bytes).ok()?;
        let sound = leaf.v == 1 && check_kind(&leaf.kind).is_ok() && check_date(&leaf.at).is_ok();
        (sound && leaf.encode().as_bytes() == bytes).then_some(leaf)
    }

    /// Whether the leaf commits to that salt and payload.
    pub fn commits_to(&self, salt: &Salt, payload: &[u8]) -> bool {
        self.commitment == BASE64.encode(commitment(salt, payload))
    }
}

/// SHA-256 over `serment payload 1`, a line feed, the salt and the payload.
pub fn commitment(salt: &Salt, payload: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(b"serment payload 1\n");
    hasher.update(salt);
    hasher.update(payload);
    hasher.finalize().into()
}

fn check_kind(kind: &str) -> Result<(), &'static str> {
    let sound = !kind.is_empty()
        && kind.len() <= 64
        && kind
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if sound {
        Ok(())
    } else {
        Err("the kind is not 1 to 64 of a-z, 0-9 and _")
    }
}

/// Checks the form `2026-11-22T10:00:00Z`, with an optional fraction and `Z` or an offset. Not the calendar: the journal
/// records dates, it does not compute with them.
fn check_date(at: &str) -> Result<(), &'static str> {
    const FORM: &[u8] = b"dddd-dd-ddTdd:dd:dd";
    let fits = |text: &[u8], form: &[u8]| {
        text.len() == form.len()
            && text
                .iter()
                .zip(form)
                .all(|(b, f)| if *f == b'd' { b.is_ascii_digit() } else { b == f })
    };
    let wrong = Err("the date is not of the form 2026-11-22T10:00:00Z");
    let Some((date, mut rest)) = at.as_bytes().split_at_checked(FORM.len()) else {
        return wrong;
    };
    if let Some(fraction) = rest.strip_prefix(b".") {
        let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 || digits > 9 {
            return wrong;
        }
        rest = &fraction[digits..];
    }
    if fits(date, FORM) && (rest == b"Z" || fits(rest, b"+dd:dd") || fits(rest, b"-dd:dd")) {
        Ok(())
    } else {
        wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leaf_is_written_in_one_go_as_it_is_encoded() {
        let salt = [7; 16];
        for (kind, at) in [
            ("outcome", "2026-11-22T10:00:00Z"),
            ("register_version", "2026-11-22T10:00:00.123456789+01:00"),
        ] {
            let leaf = Leaf::new(kind, at, &salt, b"{}");
            assert_eq!(Leaf::written(kind, at, &salt, b"{}"), leaf.encode());
            assert!(Leaf::decode(leaf.encode().as_bytes()).is_some());
        }
    }
}
