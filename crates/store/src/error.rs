//! What can go wrong in a store, as kinds that the engine acts upon.

use thiserror::Error;

/// An error of a store: what happened, where, and what to do. Never a value of a row, never a secret.
#[derive(Debug, Error)]
#[error("{store}: {failure}")]
pub struct StoreError {
    /// Name of the store.
    pub store: String,
    /// What happened.
    pub failure: Failure,
}

/// What happened.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The address cannot be read or understood.
    #[error("its address is not usable: {0}")]
    Address(String),
    /// The server does not answer, or the file does not open.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// Wrong user, password or database.
    #[error("it refused the connection: {0}")]
    Refused(String),
    /// TLS is required and could not be had.
    #[error("no trustworthy encrypted connection: {0}")]
    Tls(String),
    /// Our role may not do it.
    #[error("missing privilege: {0}")]
    Privilege(String),
    /// The table or column does not exist.
    #[error("{0}")]
    Missing(String),
    /// The store or its adapter cannot do it.
    #[error("{0}")]
    Unsupported(String),
    /// A constraint refused the change.
    #[error("a constraint refused the change: {0}")]
    Constraint(String),
    /// A lock was not obtained in time.
    #[error("a lock was not obtained in time")]
    LockTimeout,
    /// A statement ran too long.
    #[error("a statement ran longer than allowed")]
    StatementTimeout,
    /// Deadlock or serialisation failure: try again.
    #[error("the store asks to try again ({0})")]
    Retry(String),
    /// The connection was cut.
    #[error("the connection was cut: {0}")]
    Cut(String),
    /// The server is a standby, in recovery or read-only.
    #[error("it only accepts reading: {0}")]
    ReadOnly(String),
    /// No room left.
    #[error("no space left: {0}")]
    Full(String),
    /// Another batch is running there.
    #[error("another batch is running there")]
    Busy,
    /// Anything else, in the store's words without values.
    #[error("{0}")]
    Other(String),
}

impl Failure {
    /// Whether the same batch may succeed when tried again after a pause.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::LockTimeout
                | Self::StatementTimeout
                | Self::Retry(_)
                | Self::Cut(_)
                | Self::Unreachable(_)
                | Self::Busy
        )
    }
}
