//! Pages that are generated from the code and kept in the repository, so that they can be read without building: the
//! reference of the command, the diagnostics, the schemas, the taxonomy. Tests hold each of them; asked by a variable,
//! the same tests write them.

use std::process::ExitCode;

use anyhow::Result;

use crate::checks::passes;
use crate::interrupt::Interrupts;
use crate::runner;

/// Writes every page.
pub fn run() -> Result<ExitCode> {
    let interrupts = Interrupts::listen()?;
    let mut cargo = runner::cargo(&["test", "--locked", "-p", "serment-register", "-p", "serment-cli"]);
    cargo.env("SERMENT_WRITE_DOCS", "1");
    let written = passes(&mut cargo, &interrupts)?;
    Ok(if written {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
