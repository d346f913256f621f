//! Changing the key.

use super::Journal;
use crate::entry::{Entry, kind};
use crate::error::JournalError;
use crate::files::keys;
use crate::rotation::Rotation;
use crate::tlog::note::SecretKey;

impl Journal {
    /// Changes the signing key: an entry signed by the old key and the new one. Returns the new public key.
    ///
    /// The new private key is durable before the entry is, and takes the place of the old one after: whenever this is
    /// interrupted, opening again finds the key that the log says. `at` is the date in RFC 3339.
    pub fn rotate_key(&mut self, at: &str) -> Result<String, JournalError> {
        self.refuse_if_closed()?;
        let mut seed = [0; 32];
        (self.entropy)(&mut seed);
        let path = self.layout.next_key();
        let next = SecretKey::from_seed(&self.origin, &seed);
        let name = next.public().to_string();
        if next.public() == self.key.public() || self.rotations.iter().any(|rotation| rotation.old == name) {
            let why = "the random bytes given are those of an earlier key".to_owned();
            return Err(JournalError::UnusableKey { path, why });
        }
        keys::write(&mut *self.disk, &self.layout, &path, &next)
            .inspect_err(|error| self.closed = Some(error.to_string()))?;
        let rotation = Rotation::sign(&self.key, &next);
        let refused = JournalError::Entry {
            position: 0,
            why: "a change of key cannot be written as JSON",
        };
        let payload = serde_json::to_value(&rotation).map_err(|_| refused)?;
        let entry = Entry {
            kind: kind::KEY_ROTATION.to_owned(),
            at: at.to_owned(),
            payload,
        };
        self.append_signed(&[entry], Some(&next))?;

        self.key = next;
        self.rotations.push(rotation);
        self.publish()?;
        let renamed = self.disk.rename(&path, &self.layout.signing_key());
        self.or_close(&path, renamed)?;
        let synced = self.disk.sync_dir(&self.layout.keys());
        self.or_close(&path, synced)?;
        Ok(self.public_key())
    }
}
