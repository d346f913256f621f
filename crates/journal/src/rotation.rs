//! The change from one signing key to the next, stated and signed by both.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::{Deserialize, Serialize};

use crate::tlog::note::{Malformed, PublicKey, SecretKey};

/// Says that a log goes on under a new key. Both keys sign it, so that who trusts one can trust the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// The key until now, as `NAME+ID+BASE64`.
    pub old: String,
    /// The key from now on.
    pub new: String,
    /// Signature by the old key, in base64.
    pub old_signature: String,
    /// Signature by the new key, in base64.
    pub new_signature: String,
}

impl Rotation {
    /// States the change, signed by both keys.
    pub fn sign(old: &SecretKey, new: &SecretKey) -> Rotation {
        let (old_name, new_name) = (old.public().to_string(), new.public().to_string());
        let message = message(&old_name, &new_name);
        Rotation {
            old_signature: BASE64.encode(old.sign(&message)),
            new_signature: BASE64.encode(new.sign(&message)),
            old: old_name,
            new: new_name,
        }
    }

    /// Verifies both signatures and that both keys are of one log; gives the old key and the new one.
    pub fn check(&self) -> Result<(PublicKey, PublicKey), Malformed> {
        let (old, new) = (PublicKey::parse(&self.old)?, PublicKey::parse(&self.new)?);
        if old.name() != new.name() || old == new {
            return Err(Malformed(
                "a rotation goes from one key of a log to another of the same log",
            ));
        }
        let message = message(&self.old, &self.new);
        let signed =
            verifies(&old, &message, &self.old_signature) && verifies(&new, &message, &self.new_signature);
        if signed {
            Ok((old, new))
        } else {
            Err(Malformed("a rotation is not signed by both keys"))
        }
    }
}

fn message(old: &str, new: &str) -> Vec<u8> {
    format!("serment key rotation 1\n{old}\n{new}\n").into_bytes()
}

fn verifies(key: &PublicKey, message: &[u8], signature: &str) -> bool {
    let bytes = BASE64
        .decode(signature)
        .ok()
        .and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
    bytes.is_some_and(|signature| key.verifies(message, &signature))
}

/// Verifies that statements follow one another, each from the key that the one before led to.
///
/// Returns every key in order, the first one first; the failing position otherwise. No statement gives no key.
pub fn check_chain(rotations: &[Rotation]) -> Result<Vec<PublicKey>, usize> {
    let mut keys: Vec<PublicKey> = Vec::new();
    for (position, rotation) in rotations.iter().enumerate() {
        let (old, new) = rotation.check().map_err(|_| position)?;
        match keys.last() {
            None => keys.push(old),
            Some(last) if *last == old => {}
            Some(_) => return Err(position),
        }
        if keys.contains(&new) {
            return Err(position);
        }
        keys.push(new);
    }
    Ok(keys)
}
