//! Tamper-evident journal: Merkle log, signed checkpoints, receipts, offline verifier.
//!
//! An entry is recorded once and for ever; its payload may be destroyed by rule while the journal still verifies. The
//! tree is that of RFC 6962, cut into tiles and signed as the C2SP specifications say, so that other tools can read and
//! witness it. `docs/proof.md` says what a receipt proves, and what it does not.
//!
//! - [`Journal`] writes; [`Reader`] reads meanwhile.
//! - [`verify_receipt`] and [`verify_directory`] verify offline, with a key that came by another way; [`VERIFY_HTML`]
//!   does the former in a browser.
//! - [`fsck`] checks the files of a journal for its owner.
//! - [`tlog`] is the pure core: tree, tiles, notes, checkpoints. Nothing outside `files` reads or writes, and nothing
//!   here reads a clock or makes random numbers: dates and entropy are given.

mod entry;
mod error;
mod files;
mod group;
mod receipt;
mod rejection;
mod rotation;
mod trust;
mod verified;

pub mod tlog;

pub use entry::{Entry, LONGEST_PAYLOAD, Leaf, kind};
pub use error::JournalError;
pub use files::audit::verify_directory;
pub use files::fsck::{Finding, fsck};
pub use files::journal::{Entropy, Journal, Recovery};
pub use files::reader::Reader;
pub use files::segments::{Payload, StoredEntry};
pub use receipt::{RECEIPT_BYTES, Receipt, verify_receipt};
pub use rejection::{Language, Rejection};
pub use rotation::Rotation;
pub use verified::{Compared, Disclosed, JournalFacts, Verified};

/// The offline page that verifies a receipt in a browser: one file, no network, in French and English. It may be served
/// or opened as a file; `#fr` or `#en` after its address chooses the language.
pub const VERIFY_HTML: &str = include_str!("verify.html");

#[cfg(test)]
mod tests;
