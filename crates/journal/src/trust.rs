//! Which keys a verifier believes, and what they vouch for.

use crate::rejection::Rejection;
use crate::rotation::{Rotation, check_chain};
use crate::tlog::checkpoint::Checkpoint;
use crate::tlog::note::{Note, PublicKey};

/// The keys that someone trusts, and those that rotations lead to from them. Nothing else makes a key trusted.
#[derive(Clone, Debug)]
pub(crate) struct Trust {
    /// At least one; all of one log.
    keys: Vec<PublicKey>,
}

impl Trust {
    /// Reads a file of keys: one or more, one per line, all of the same log.
    pub fn parse(text: &str) -> Result<Trust, Rejection> {
        let bad = |why: &str| Rejection::BadKey { why: why.to_owned() };
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let keys: Vec<PublicKey> = lines
            .map(PublicKey::parse)
            .collect::<Result<_, _>>()
            .map_err(|error| bad(error.0))?;
        match keys.split_first() {
            None => Err(bad("the file is empty")),
            Some((first, rest)) if rest.iter().any(|key| key.name() != first.name()) => {
                Err(bad("the keys are of different logs"))
            }
            Some(_) => Ok(Trust { keys }),
        }
    }

    /// The name of the log that is trusted.
    pub fn name(&self) -> &str {
        self.keys[0].name()
    }

    /// The trusted keys.
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// Follows changes of keys from the trusted ones. Every statement must be sound; those that start from a trusted
    /// key make the next one trusted.
    pub fn follow(&mut self, rotations: &[Rotation]) -> Result<(), Rejection> {
        let chain = check_chain(rotations).map_err(|position| Rejection::BadRotation { position })?;
        for pair in chain.windows(2) {
            self.step(&pair[0], &pair[1]);
        }
        Ok(())
    }

    /// Believes one more key: one that a trusted key vouches for by having signed the log that it began.
    pub fn also(&mut self, key: &PublicKey) {
        if key.name() == self.name() && !self.keys.contains(key) {
            self.keys.push(key.clone());
        }
    }

    /// Trusts `new` if `old` is trusted, once a sound statement leads from one to the other.
    pub fn step(&mut self, old: &PublicKey, new: &PublicKey) {
        if self.keys.contains(old) && !self.keys.contains(new) {
            self.keys.push(new.clone());
        }
    }

    /// Checks that a trusted key signed the note, for the log of that key, and that no trusted key's signature is false;
    /// gives the trusted keys that signed, at least one.
    pub fn check(&self, note: &Note, checkpoint: &Checkpoint) -> Result<Vec<PublicKey>, Rejection> {
        if checkpoint.origin != self.name() {
            return Err(Rejection::ForeignLog {
                expected: self.name().to_owned(),
                found: checkpoint.origin.clone(),
            });
        }
        let mut signers = Vec::new();
        for key in &self.keys {
            match note.signed_by(key) {
                Some(true) => signers.push(key.clone()),
                Some(false) => {
                    return Err(Rejection::BadSignature {
                        key: key.id().to_string(),
                    });
                }
                None => {}
            }
        }
        if signers.is_empty() {
            return Err(Rejection::WrongKey {
                expected: self.keys.iter().map(|key| key.id().to_string()).collect(),
                found: note.signatures().iter().map(|line| line.id.to_string()).collect(),
            });
        }
        Ok(signers)
    }

    /// Reads a checkpoint that came from outside, which must be signed by a trusted key.
    pub fn outside(&self, note: &str) -> Result<Checkpoint, Rejection> {
        let bad = |why: String| Rejection::BadOutsideCheckpoint { why };
        let (note, checkpoint) = Checkpoint::of_note(note).map_err(|error| bad(error.to_string()))?;
        self.check(&note, &checkpoint)
            .map_err(|rejection| bad(rejection.to_string()))?;
        Ok(checkpoint)
    }
}
