//! Checkpoints: the name of a log, its size and its root, in the text of a signed note (C2SP `tlog-checkpoint`).

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use super::hash::Hash;
use super::note::{Malformed, Note, SecretKey};

/// What a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: String,
    /// The number of entries.
    pub size: u64,
    /// The Merkle tree hash of the entries.
    pub root: Hash,
}

impl Checkpoint {
    /// The text to sign.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root))
    }

    /// Signs the checkpoint.
    pub fn sign(&self, keys: &[&SecretKey]) -> Note {
        Note::sign(self.text(), keys)
    }

    /// Reads the text of a note. Lines of extension are allowed and ignored; they are signed with the rest.
    pub fn parse(text: &str) -> Result<Checkpoint, Malformed> {
        let mut lines = text.lines();
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(Malformed("a checkpoint has three lines"));
        };
        if origin.is_empty() {
            return Err(Malformed("the checkpoint names no log"));
        }
        let plain = size == "0" || (!size.starts_with('0') && size.bytes().all(|b| b.is_ascii_digit()));
        let size = size
            .parse()
            .ok()
            .filter(|_| plain)
            .ok_or(Malformed("the size is not a number"))?;
        let root = BASE64
            .decode(root)
            .map_err(|_| Malformed("the root is not base64"))?;
        let root = root
            .try_into()
            .map_err(|_| Malformed("the root is not 32 bytes"))?;
        if lines.any(str::is_empty) {
            return Err(Malformed("an extension line is empty"));
        }
        Ok(Checkpoint {
            origin: origin.to_owned(),
            size,
            root,
        })
    }

    /// Reads a note and the checkpoint in it. Signatures are not verified yet.
    pub fn of_note(note: &str) -> Result<(Note, Checkpoint), Malformed> {
        let note = Note::parse(note)?;
        let checkpoint = Checkpoint::parse(note.text())?;
        Ok((note, checkpoint))
    }
}
