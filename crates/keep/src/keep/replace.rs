//! Values that are computed here, one by one: pseudonyms and random text.
//!
//! A pseudonym is a keyed hash of the value: the same value gives the same pseudonym, so that rows still meet, and only
//! the holder of the key can tell whose it is. Random text keeps the shape and nothing else.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use crate::KeepError;
use crate::ports::Entropy;
use serment_register::model::Text;
use serment_register::text;

/// Characters of a pseudonym after its prefix: 130 bits.
const PSEUDONYM: usize = 26;
/// Characters of a random value at least, so that two do not meet.
const RANDOM: usize = 8;
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The key of pseudonyms: whoever has it can tell whose a pseudonym is.
pub(crate) struct PseudonymKey([u8; 32]);

impl PseudonymKey {
    /// Reads `pseudonym.key` in the state's directory, or makes it, readable by its owner only.
    pub fn open(dir: &Path, entropy: &dyn Entropy) -> Result<Self, KeepError> {
        let path = dir.join("pseudonym.key");
        let place = path.display();
        let failed = |error: std::io::Error| {
            let why = Text::of_system(error.kind());
            KeepError::File(text!("{place} : {why}", "{place}: {why}"; why))
        };
        match fs::File::open(&path) {
            Ok(mut file) => {
                let metadata = file.metadata().map_err(failed)?;
                if metadata.permissions().mode() & 0o077 != 0 {
                    return Err(KeepError::File(text!(
                        "{place} peut être lu par d'autres : faites chmod 600 dessus",
                        "{place} can be read by others: run chmod 600 on it"
                    )));
                }
                let mut key = [0; 32];
                if metadata.len() != 32 {
                    return Err(KeepError::File(text!(
                        "{place} n'est pas une clé de 32 octets : remettez la bonne, ou les pseudonymes ne répondront plus \
                         aux anciens",
                        "{place} is not a key of 32 bytes: put the right one back, or pseudonyms will not match the old \
                         ones"
                    )));
                }
                file.read_exact(&mut key).map_err(failed)?;
                Ok(Self(key))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut key = [0; 32];
                entropy.fill(&mut key)?;
                write_whole(dir, &path, &key).map_err(failed)?;
                Ok(Self(key))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// The pseudonym of a value of a column. The column is hashed too: equal values of two columns are not linked.
    pub fn pseudonym(&self, prefix: &str, column: &str, value: &str) -> Result<String, KeepError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).map_err(|_| {
            KeepError::Broken(text!(
                "une clé de 32 octets est refusée",
                "a key of 32 bytes is refused"
            ))
        })?;
        mac.update(&(column.len() as u64).to_be_bytes());
        mac.update(column.as_bytes());
        mac.update(value.as_bytes());
        let digest = mac.finalize().into_bytes();
        Ok(format!("{prefix}{}", encoded(&digest)))
    }
}

/// Written beside and renamed: a key that is half there would be worse than none.
fn write_whole(dir: &Path, path: &Path, key: &[u8]) -> std::io::Result<()> {
    let beside = dir.join("pseudonym.key.new");
    let mut file = fs::OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(&beside)?;
    file.write_all(key)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    fs::File::open(dir)?.sync_all()
}

fn encoded(digest: &[u8]) -> String {
    let mut bits: u32 = 0;
    let mut held = 0;
    let mut text = String::new();
    for byte in digest {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while held >= 5 && text.len() < PSEUDONYM {
            held -= 5;
            text.push(char::from(ALPHABET[((bits >> held) & 31) as usize]));
        }
    }
    text
}

/// Random text of the shape of a value: a digit for a digit, a letter for a letter, the rest as it is, no longer than
/// `most` characters with its prefix, and never shorter than what keeps two values apart.
pub(crate) fn random(
    prefix: &str,
    value: &str,
    most: Option<u32>,
    entropy: &dyn Entropy,
) -> Result<String, KeepError> {
    let room = most.map_or(usize::MAX, |most| {
        (most as usize).saturating_sub(prefix.chars().count())
    });
    let mut text = String::from(prefix);
    let mut free = 0;
    for sign in value.chars().take(room) {
        text.push(match sign {
            '0'..='9' => {
                free += 1;
                digit(entropy)?
            }
            _ if sign.is_uppercase() => {
                free += 1;
                letter(entropy)?.to_ascii_uppercase()
            }
            _ if sign.is_alphabetic() => {
                free += 1;
                letter(entropy)?
            }
            _ => sign,
        });
    }
    // The signs that were kept say little, but those that were replaced must be enough.
    while free < RANDOM && text.chars().count() < prefix.chars().count().saturating_add(room) {
        text.push(letter(entropy)?);
        free += 1;
    }
    if free < RANDOM {
        text = String::from(prefix);
        for _ in 0..room.min(RANDOM) {
            text.push(letter(entropy)?);
        }
    }
    Ok(text)
}

fn letter(entropy: &dyn Entropy) -> Result<char, KeepError> {
    below(26, entropy).map(|number| char::from(b'a' + number))
}

fn digit(entropy: &dyn Entropy) -> Result<char, KeepError> {
    below(10, entropy).map(|number| char::from(b'0' + number))
}

/// A number below `most`, all as likely.
fn below(most: u8, entropy: &dyn Entropy) -> Result<u8, KeepError> {
    let limit = u8::MAX - u8::MAX % most;
    loop {
        let mut byte = [0];
        entropy.fill(&mut byte)?;
        if byte[0] < limit {
            return Ok(byte[0] % most);
        }
    }
}

/// The text of a value that was read; None for NULL.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::ports::EntropyError;

    struct Counting(Mutex<u8>);

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
            let mut next = self.0.lock().unwrap();
            for byte in bytes {
                *byte = *next;
                *next = next.wrapping_add(37);
            }
            Ok(())
        }
    }

    #[test]
    fn random_text_keeps_the_shape_and_no_more_than_fits() {
        let entropy = Counting(Mutex::new(3));
        let made = random("x-", "Ab 12-34 cdef", None, &entropy).unwrap();
        assert!(made.starts_with("x-"));
        let shape: String = made[2..]
            .chars()
            .map(|sign| match sign {
                '0'..='9' => '9',
                'A'..='Z' => 'A',
                'a'..='z' => 'a',
                other => other,
            })
            .collect();
        assert_eq!(shape, "Aa 99-99 aaaa");
        assert_eq!(random("x-", "a", Some(10), &entropy).unwrap().len(), 10);
        let short = random("x-", "1-2", None, &entropy).unwrap();
        assert!(
            short.len() == "x-1-2".len() + RANDOM - 2 && short[3..].starts_with('-'),
            "{short}"
        );
        let dashes = random("x-", "--------------------", Some(12), &entropy).unwrap();
        assert!(
            dashes.len() <= 12 && dashes[2..].chars().all(char::is_alphanumeric),
            "{dashes}"
        );
    }

    #[test]
    fn a_pseudonym_is_stable_and_its_key_is_private() {
        let dir = tempfile::tempdir().unwrap();
        let entropy = Counting(Mutex::new(3));
        let key = PseudonymKey::open(dir.path(), &entropy).unwrap();
        let again = PseudonymKey::open(dir.path(), &entropy).unwrap();
        let one = key.pseudonym("p-", "crm.contacts.email", "a@b.example").unwrap();
        assert_eq!(
            one,
            again
                .pseudonym("p-", "crm.contacts.email", "a@b.example")
                .unwrap()
        );
        assert_ne!(
            one,
            key.pseudonym("p-", "crm.other.email", "a@b.example").unwrap()
        );
        assert_eq!(one.len(), 2 + PSEUDONYM);
        let mode = fs::metadata(dir.path().join("pseudonym.key"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
