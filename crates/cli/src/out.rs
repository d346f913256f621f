//! Where text goes. A reader that went away (`| head -1`) is no error: what remains is dropped in silence.

use std::io::{self, ErrorKind, Write};

/// The standard output.
#[derive(Debug, Default)]
pub struct Out {
    gone: bool,
}

impl Out {
    /// Writes text as it is.
    pub fn print(&mut self, text: &str) -> io::Result<()> {
        if self.gone {
            return Ok(());
        }
        let mut stdout = io::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.gone = true;
                Ok(())
            }
            other => other,
        }
    }

    /// Writes text and an end of line.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        self.print(&format!("{text}\n"))
    }
}

/// Writes to the error output; a reader that went away is no error.
pub fn complain(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
