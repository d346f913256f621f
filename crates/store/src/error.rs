//! What can go wrong in a store, as kinds that the engine acts upon.

use std::fmt;

use serment_register::model::Text;
use serment_register::text;
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

impl StoreError {
    /// The error in words.
    pub fn text(&self) -> Text {
        let (store, failure) = (&self.store, self.failure.text());
        text!("{store} : {failure}", "{store}: {failure}"; failure)
    }
}

/// What happened. What a server answers is told in its own words, which name tables and columns and no value.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The address cannot be read or understood.
    Address(Text),
    /// The server does not answer, or the file does not open.
    Unreachable(Text),
    /// Wrong user, password or database.
    Refused(Text),
    /// TLS is required and could not be had.
    Tls(Text),
    /// Our role may not do it.
    Privilege(Text),
    /// The table or column does not exist.
    Missing(Text),
    /// The store or its adapter cannot do it.
    Unsupported(Text),
    /// A constraint refused the change.
    Constraint(Text),
    /// A lock was not obtained in time.
    LockTimeout,
    /// A statement ran too long.
    StatementTimeout,
    /// Deadlock or serialisation failure: try again.
    Retry(Text),
    /// The connection was cut.
    Cut(Text),
    /// The server is a standby, in recovery or read-only.
    ReadOnly(Text),
    /// No room left.
    Full(Text),
    /// Another batch is running there.
    Busy,
    /// Anything else, in the store's words without values.
    Other(Text),
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

    /// The failure in words.
    pub fn text(&self) -> Text {
        match self {
            Self::Address(said) => text!(
                "son adresse ne peut pas servir : {said}",
                "its address is not usable: {said}";
                said
            ),
            Self::Unreachable(said) => text!(
                "il ne peut pas être joint : {said}",
                "it cannot be reached: {said}";
                said
            ),
            Self::Refused(said) => text!(
                "il a refusé la connexion : {said}",
                "it refused the connection: {said}";
                said
            ),
            Self::Tls(said) => text!(
                "pas de connexion chiffrée digne de confiance : {said}",
                "no trustworthy encrypted connection: {said}";
                said
            ),
            Self::Privilege(said) => text!("il manque un droit : {said}", "missing privilege: {said}"; said),
            Self::Missing(said) | Self::Unsupported(said) => said.clone(),
            Self::Constraint(said) => text!(
                "une contrainte a refusé le changement : {said}",
                "a constraint refused the change: {said}";
                said
            ),
            Self::LockTimeout => text!(
                "un verrou n'a pas été obtenu à temps",
                "a lock was not obtained in time"
            ),
            Self::StatementTimeout => text!(
                "une instruction a duré plus que permis",
                "a statement ran longer than allowed"
            ),
            Self::Retry(said) => text!(
                "le dépôt demande de réessayer ({said})",
                "the store asks to try again ({said})";
                said
            ),
            Self::Cut(said) => text!(
                "la connexion a été coupée : {said}",
                "the connection was cut: {said}";
                said
            ),
            Self::ReadOnly(said) => text!(
                "il n'accepte que la lecture : {said}",
                "it only accepts reading: {said}";
                said
            ),
            Self::Full(said) => text!("plus de place : {said}", "no space left: {said}"; said),
            Self::Busy => text!("un autre lot y est en cours", "another batch is running there"),
            Self::Other(said) => said.clone(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().en)
    }
}
