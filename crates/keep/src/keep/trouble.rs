//! What a batch can come to, besides being done.

use serment_store::{Failure, StoreError};

use crate::KeepError;
use crate::outcome::{Code, Why};

/// Why a batch was given up.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The store says so; it may be asked again.
    Store(StoreError),
    /// It cannot go on as things are.
    Blocked(Why),
    /// Holds changed: the plan is made again first.
    Stale,
    /// The engine itself cannot go on.
    Fatal(KeepError),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl<E: Into<KeepError>> From<E> for Fatal {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// An error of the engine's own means: state, journal, randomness.
pub(crate) struct Fatal(pub KeepError);

impl From<Fatal> for Trouble {
    fn from(fatal: Fatal) -> Self {
        Self::Fatal(fatal.0)
    }
}

/// The reason that a failure of the store gives when it is not worth trying again.
pub(crate) fn why(error: &StoreError) -> Why {
    let code = match &error.failure {
        Failure::Constraint(_) => Code::Constraint,
        _ => Code::Store,
    };
    Why::new(code, error.text())
}
