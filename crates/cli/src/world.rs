//! The outside world: the only module of Serment that asks for the time, for entropy and for the environment.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::time::Instant;

use jiff::Timestamp;
use serment_keep::ports::{Clock, Entropy, EntropyError};

/// The real world.
#[derive(Debug, Clone, Copy, Default)]
pub struct World;

impl World {
    /// An environment variable that is set, not empty and text.
    pub fn variable(self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }

    /// The arguments, the name of the program first.
    pub fn arguments(self) -> Vec<OsString> {
        std::env::args_os().collect()
    }

    /// A moment, to measure durations with.
    #[expect(clippy::disallowed_methods, reason = "this is the composition root")]
    pub fn moment(self) -> Instant {
        Instant::now()
    }

    /// Whether the output is a terminal.
    pub fn output_is_terminal(self) -> bool {
        std::io::stdout().is_terminal()
    }

    /// Whether the error output is a terminal.
    pub fn errors_are_terminal(self) -> bool {
        std::io::stderr().is_terminal()
    }

    /// Columns of the terminal, when there is one.
    pub fn columns(self) -> Option<usize> {
        terminal_size::terminal_size().map(|(terminal_size::Width(columns), _)| usize::from(columns))
    }
}

impl Clock for World {
    #[expect(clippy::disallowed_methods, reason = "this is the composition root")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

impl Entropy for World {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(bytes).map_err(|error| EntropyError(error.to_string()))
    }
}
