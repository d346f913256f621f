//! Pages that are generated from the code and kept in the repository, so that they can be read without building.

use std::process::{ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use crate::runner;

/// What to do with the pages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Write them.
    Write,
    /// Say which differ from what the code would write, and fail if one does.
    Check,
}

/// One page: where it stands, and the cargo command that prints it.
struct Page {
    path: &'static str,
    printed_by: &'static [&'static str],
}

/// All of them.
const PAGES: &[Page] = &[];

/// Writes or checks every page.
pub fn run(mode: Mode) -> Result<ExitCode> {
    let mut stale = Vec::new();
    for page in PAGES {
        let made = runner::cargo(page.printed_by)
            .stderr(Stdio::inherit())
            .output()
            .context("cannot start cargo")?;
        if !made.status.success() {
            bail!("{} could not be generated", page.path);
        }
        let path = runner::root().join(page.path);
        match mode {
            Mode::Write => {
                std::fs::write(&path, &made.stdout).with_context(|| format!("cannot write {}", page.path))?
            }
            Mode::Check if std::fs::read(&path).unwrap_or_default() != made.stdout => stale.push(page.path),
            Mode::Check => {}
        }
    }
    for path in &stale {
        println!("{path} is not what the code would write: run `cargo xtask docs`");
    }
    Ok(if stale.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
