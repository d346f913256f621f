//! What the composition root gives: stores, a clock, randomness, a journal, eyes.

use std::ops::Range;

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::Value;
use serment_register::model::Text;
use serment_store::{Role, Store, StoreError};
use thiserror::Error;

/// Opens stores by their name in the register.
#[async_trait]
pub trait Stores: Send + Sync {
    /// Opens one. The engine asks for [`Role::Write`] only when it is about to change something there.
    async fn open(&self, store: &str, role: Role) -> Result<Box<dyn Store>, StoreError>;
}

/// Says what time it is.
pub trait Clock: Send + Sync {
    /// The current instant.
    fn now(&self) -> Timestamp;
}

/// Gives random bytes, fit for keys.
pub trait Entropy: Send + Sync {
    /// Fills a buffer.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError>;
}

/// The system gave no randomness.
#[derive(Debug, Error)]
#[error("no randomness: {0}")]
pub struct EntropyError(pub String);

/// Something for the journal. Never personal data, never a key of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// `approval`, `intent`, `outcome`, `hold`, `hold_removed`, `refusal`, `register_version`, `run`.
    pub kind: String,
    /// When.
    pub at: Timestamp,
    /// What it says.
    pub payload: Value,
}

/// The journal, as the engine needs it.
pub trait Ledger: Send + Sync {
    /// Writes records, all or none; they are durable when it returns. After a failure nothing more is accepted.
    fn append(&self, records: &[Record]) -> Result<Range<u64>, LedgerError>;

    /// Tells the records of a range, in order, as far as they exist; one whose payload was destroyed is left out.
    fn records(&self, range: Range<u64>, each: &mut dyn FnMut(u64, Record)) -> Result<(), LedgerError>;

    /// Number of entries.
    fn size(&self) -> Result<u64, LedgerError>;

    /// Checks every entry; what is damaged, in words.
    fn check(&self) -> Result<Vec<Text>, LedgerError>;
}

/// The journal refused or failed.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// Another process has it open.
    #[error("journal: {}", .0.en)]
    Busy(Text),
    /// It failed.
    #[error("journal: {}", .0.en)]
    Failed(Text),
}

/// What a run tells while it runs. Every method may be ignored.
pub trait Progress: Send + Sync {
    /// A step begins; `expected` rows by the forecast.
    fn step(&self, step: &str, table: &str, effect: &str, expected: u64) {
        let _ = (step, table, effect, expected);
    }

    /// A batch of a step was committed and verified: rows since the step began.
    fn advanced(&self, step: &str, rows: u64) {
        let _ = (step, rows);
    }

    /// A step ended.
    fn done(&self, step: &str, rows: u64) {
        let _ = (step, rows);
    }

    /// Something that the operator may want to know: a retry, a smaller batch, a wait.
    fn note(&self, text: &Text) {
        let _ = text;
    }
}

/// Says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {}
