//! Groups: what one append writes, and the bytes of it.
//!
//! ```text
//! header, 32 bytes   magic 8 | first index u64 | entries u32 | bytes of records u32 | bytes of note u32 | check 4
//! records            state u8 | leaf length u16 | payload length u32 | salt 16 | leaf | payload
//! note               the signed checkpoint of the tree after this group
//! ```
//!
//! Numbers are big-endian. A group is sound when its note is signed and says the size and the root that its leaves
//! give, and every payload is the one that its leaf commits to: so a group is there whole or not at all, and no byte of
//! it is without meaning. The state is a byte in which no flipped bit turns one value into another.

use sha2::{Digest, Sha256};

use crate::entry::Salt;

/// Bytes of the header of a group.
pub const HEADER_BYTES: usize = 32;
/// Bytes of a record before its leaf.
pub const RECORD_BYTES: usize = 23;
/// Where the salt begins in a record.
pub const SALT_OFFSET: usize = 7;
/// A note may not be longer than this.
const LONGEST_NOTE: u32 = 16 * 1024;
/// Not UTF-8, so that no leaf, payload or note contains it.
const MAGIC: [u8; 8] = *b"\xf5SRMGRP\x01";

/// What became of a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is there.
    Present,
    /// It is being destroyed: what is left of it may not be used.
    Destroying,
    /// It is destroyed: salt and payload are zeros.
    Destroyed,
}

impl State {
    /// The byte for it.
    pub fn byte(self) -> u8 {
        match self {
            State::Present => 0x5a,
            State::Destroying => 0x3c,
            State::Destroyed => 0xa5,
        }
    }

    fn of_byte(byte: u8) -> Option<State> {
        [State::Present, State::Destroying, State::Destroyed]
            .into_iter()
            .find(|state| state.byte() == byte)
    }
}

/// The header of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Index of the first entry of the group.
    pub first: u64,
    /// Number of entries, at least 1.
    pub count: u32,
    /// Bytes of the records.
    pub records_bytes: u32,
    /// Bytes of the note.
    pub note_bytes: u32,
}

impl Header {
    /// The bytes of the header.
    pub fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..16].copy_from_slice(&self.first.to_be_bytes());
        bytes[16..20].copy_from_slice(&self.count.to_be_bytes());
        bytes[20..24].copy_from_slice(&self.records_bytes.to_be_bytes());
        bytes[24..28].copy_from_slice(&self.note_bytes.to_be_bytes());
        let check: [u8; 32] = Sha256::digest(&bytes[..28]).into();
        bytes[28..].copy_from_slice(&check[..4]);
        bytes
    }

    /// Reads a header; `None` when a single bit of it is not as it was written.
    pub fn decode(bytes: &[u8]) -> Option<Header> {
        let bytes = bytes.first_chunk::<HEADER_BYTES>()?;
        let number = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let first = (u64::from(number(8)) << 32) | u64::from(number(12));
        let header = Header {
            first,
            count: number(16),
            records_bytes: number(20),
            note_bytes: number(24),
        };
        let sound = header.count > 0
            && header.note_bytes <= LONGEST_NOTE
            && first.checked_add(header.count.into()).is_some();
        (sound && header.encode() == *bytes).then_some(header)
    }

    /// Index after the last entry of the group.
    pub fn end(&self) -> u64 {
        self.first + u64::from(self.count)
    }

    /// Bytes of the whole group.
    pub fn group_bytes(&self) -> u64 {
        HEADER_BYTES as u64 + u64::from(self.records_bytes) + u64::from(self.note_bytes)
    }
}

/// Whether a header of a group begins anywhere in these bytes.
pub fn contains_header(bytes: &[u8]) -> bool {
    bytes
        .windows(HEADER_BYTES)
        .any(|window| window.starts_with(&MAGIC) && Header::decode(window).is_some())
}

/// One record of a group, still in its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Where the record begins in the records of its group.
    pub offset: usize,
    /// What became of the payload.
    pub state: State,
    /// The salt; zeros once destroyed.
    pub salt: &'a Salt,
    /// The bytes that are hashed into the tree.
    pub leaf: &'a [u8],
    /// The payload; zeros once destroyed.
    pub payload: &'a [u8],
}

impl Record<'_> {
    /// Whether salt and payload are nothing but zeros.
    pub fn is_blank(&self) -> bool {
        self.salt.iter().chain(self.payload).all(|byte| *byte == 0)
    }
}

/// Adds the record of an entry to the records of a group. Lengths were checked by the caller.
pub fn push_record(records: &mut Vec<u8>, salt: &Salt, leaf: &[u8], payload: &[u8]) -> Option<()> {
    let (leaf_bytes, payload_bytes) = (
        u16::try_from(leaf.len()).ok()?,
        u32::try_from(payload.len()).ok()?,
    );
    records.push(State::Present.byte());
    records.extend_from_slice(&leaf_bytes.to_be_bytes());
    records.extend_from_slice(&payload_bytes.to_be_bytes());
    records.extend_from_slice(salt);
    records.extend_from_slice(leaf);
    records.extend_from_slice(payload);
    Some(())
}

/// Reads `count` records; `None` when they are malformed or do not fill the bytes exactly.
pub fn records(bytes: &[u8], count: u32) -> Option<Vec<Record<'_>>> {
    if (count as usize).checked_mul(RECORD_BYTES)? > bytes.len() {
        return None;
    }
    let mut found = Vec::with_capacity(count as usize);
    let mut rest = bytes;
    for _ in 0..count {
        let offset = bytes.len() - rest.len();
        let (head, after) = rest.split_first_chunk::<RECORD_BYTES>()?;
        let leaf_bytes = usize::from(u16::from_be_bytes([head[1], head[2]]));
        let payload_bytes = u32::from_be_bytes([head[3], head[4], head[5], head[6]]) as usize;
        let (leaf, after) = after.split_at_checked(leaf_bytes)?;
        let (payload, after) = after.split_at_checked(payload_bytes)?;
        let salt = head.last_chunk::<16>()?;
        found.push(Record {
            offset,
            state: State::of_byte(head[0])?,
            salt,
            leaf,
            payload,
        });
        rest = after;
    }
    rest.is_empty().then_some(found)
}
