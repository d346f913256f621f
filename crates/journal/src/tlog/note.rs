//! Signed notes and their Ed25519 keys, as C2SP `signed-note` writes them.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

/// The byte that says Ed25519 in a key and in the hash of a key.
const ED25519: u8 = 1;
/// Longer notes are refused before they are read.
const LONGEST_NOTE: usize = 16 * 1024;
/// More signature lines than this are refused.
const MOST_SIGNATURES: usize = 16;

/// Why a key or a note could not be read: a short reason in English, without its contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub &'static str);

/// The short name of a key: the first four bytes of a hash of its name and its value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub [u8; 4]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A key that verifies notes, with the name of the log that it belongs to.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    id: KeyId,
    key: VerifyingKey,
}

impl PublicKey {
    fn new(name: &str, key: VerifyingKey) -> PublicKey {
        let mut hasher = Sha256::new();
        hasher.update(name.as_bytes());
        hasher.update([b'\n', ED25519]);
        hasher.update(key.as_bytes());
        let hash: [u8; 32] = hasher.finalize().into();
        PublicKey {
            name: name.to_owned(),
            id: KeyId([hash[0], hash[1], hash[2], hash[3]]),
            key,
        }
    }

    /// Reads a key written as `NAME+ID+BASE64`, and checks that the identifier is that of the key.
    pub fn parse(text: &str) -> Result<PublicKey, Malformed> {
        let (name, id, bytes) = parts(text)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| Malformed("not an Ed25519 point"))?;
        if key.is_weak() {
            return Err(Malformed("a weak Ed25519 key"));
        }
        let key = PublicKey::new(name, key);
        if key.id != id {
            return Err(Malformed("the identifier is not that of the key"));
        }
        Ok(key)
    }

    /// The name of the log that this key signs for.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The short name of the key.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Whether `signature` was made over `message` by this key. Malleable signatures are refused.
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.key
            .verify_strict(message, &Signature::from_bytes(signature))
            .is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![ED25519];
        bytes.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name, self.id, BASE64.encode(bytes))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A key that signs notes. It is wiped from memory when dropped and never printed.
pub struct SecretKey {
    signing: SigningKey,
    public: PublicKey,
}

impl SecretKey {
    /// Makes the key of that log from 32 bytes of entropy.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> SecretKey {
        let signing = SigningKey::from_bytes(seed);
        let public = PublicKey::new(name, signing.verifying_key());
        SecretKey { signing, public }
    }

    /// Reads what [`SecretKey::encode`] wrote.
    pub fn parse(text: &str) -> Result<SecretKey, Malformed> {
        let text = text
            .strip_prefix("PRIVATE+KEY+")
            .ok_or(Malformed("does not begin with PRIVATE+KEY+"))?;
        let (name, id, seed) = parts(text)?;
        let key = SecretKey::from_seed(name, &seed);
        if key.public.id != id {
            return Err(Malformed("the identifier is not that of the key"));
        }
        Ok(key)
    }

    /// The key as text, for its file alone.
    pub fn encode(&self) -> String {
        let mut bytes = vec![ED25519];
        bytes.extend_from_slice(self.signing.as_bytes());
        format!(
            "PRIVATE+KEY+{}+{}+{}",
            self.public.name,
            self.public.id,
            BASE64.encode(bytes)
        )
    }

    /// The key that verifies what this one signs.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs a message.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.signing.sign(message).to_bytes()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.public.id)
    }
}

fn parts(text: &str) -> Result<(&str, KeyId, [u8; 32]), Malformed> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(Malformed("not of the form NAME+ID+KEY"));
    };
    check_name(name)?;
    if id.len() != 8 || !id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(Malformed("the identifier is not eight hexadecimal digits"));
    }
    let mut id_bytes = [0; 4];
    hex::decode_to_slice(id, &mut id_bytes).map_err(|_| Malformed("the identifier is not hexadecimal"))?;
    let key = BASE64
        .decode(key)
        .map_err(|_| Malformed("the key is not base64"))?;
    match key.split_first() {
        Some((&ED25519, key)) => Ok((
            name,
            KeyId(id_bytes),
            key.try_into().map_err(|_| Malformed("the key is not 32 bytes"))?,
        )),
        _ => Err(Malformed("not an Ed25519 key")),
    }
}

/// Checks the name of a log: not empty, at most 200 bytes, no space, no control character, no `+`.
pub fn check_name(name: &str) -> Result<(), Malformed> {
    if name.is_empty() || name.len() > 200 {
        return Err(Malformed("the name of a log has 1 to 200 bytes"));
    }
    if name
        .chars()
        .any(|c| c == '+' || c.is_whitespace() || c.is_control())
    {
        return Err(Malformed(
            "the name of a log has no space, no control character and no +",
        ));
    }
    Ok(())
}

/// One line of signature of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the key.
    pub name: String,
    /// Short name of the key.
    pub id: KeyId,
    /// What follows the identifier; 64 bytes for Ed25519.
    pub signature: Vec<u8>,
}

/// A text and the signatures under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

impl Note {
    /// Signs a text, which must end with a line feed, with each of the keys.
    pub fn sign(text: String, keys: &[&SecretKey]) -> Note {
        let signatures = keys
            .iter()
            .map(|key| NoteSignature {
                name: key.public.name.clone(),
                id: key.public.id,
                signature: key.sign(text.as_bytes()).to_vec(),
            })
            .collect();
        Note { text, signatures }
    }

    /// Reads a note. Nothing is verified yet.
    pub fn parse(note: &str) -> Result<Note, Malformed> {
        if note.len() > LONGEST_NOTE {
            return Err(Malformed("the note is too long"));
        }
        if note.chars().any(|c| c.is_control() && c != '\n') {
            return Err(Malformed("the note has control characters"));
        }
        let end = note
            .rfind("\n\n")
            .ok_or(Malformed("no empty line before the signatures"))?;
        let (text, lines) = (&note[..end + 1], &note[end + 2..]);
        let lines = lines
            .strip_suffix('\n')
            .ok_or(Malformed("the last signature line is cut"))?;
        let signatures = lines
            .split('\n')
            .map(signature_line)
            .collect::<Result<Vec<_>, _>>()?;
        if signatures.len() > MOST_SIGNATURES {
            return Err(Malformed("too many signatures"));
        }
        Ok(Note {
            text: text.to_owned(),
            signatures,
        })
    }

    /// The text that is signed, with its last line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The lines of signature, verified or not.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Whether the key signed: `None` when no line carries its name and identifier, otherwise whether it verifies.
    pub fn signed_by(&self, key: &PublicKey) -> Option<bool> {
        let mut lines = self
            .signatures
            .iter()
            .filter(|line| line.id == key.id && line.name == key.name);
        let line = lines.next()?;
        let Ok(signature) = <&[u8; 64]>::try_from(line.signature.as_slice()) else {
            return Some(false);
        };
        Some(lines.next().is_none() && key.verifies(self.text.as_bytes(), signature))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for line in &self.signatures {
            let mut bytes = line.id.0.to_vec();
            bytes.extend_from_slice(&line.signature);
            writeln!(f, "\u{2014} {} {}", line.name, BASE64.encode(bytes))?;
        }
        Ok(())
    }
}

fn signature_line(line: &str) -> Result<NoteSignature, Malformed> {
    let line = line
        .strip_prefix("\u{2014} ")
        .ok_or(Malformed("a signature line does not begin with a dash"))?;
    let (name, bytes) = line
        .split_once(' ')
        .ok_or(Malformed("a signature line has no signature"))?;
    check_name(name)?;
    let bytes = BASE64
        .decode(bytes)
        .map_err(|_| Malformed("a signature is not base64"))?;
    let (id, signature) = bytes
        .split_first_chunk::<4>()
        .ok_or(Malformed("a signature is too short"))?;
    Ok(NoteSignature {
        name: name.to_owned(),
        id: KeyId(*id),
        signature: signature.to_vec(),
    })
}
