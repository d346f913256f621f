//! `serment completions`.

use anyhow::Result;

use crate::args::{Completions, command};
use crate::session::Session;
use crate::trouble::Exit;

/// Prints the completions of a shell.
pub fn run(session: &mut Session, args: &Completions) -> Result<Exit> {
    let mut text = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut command(session.look.language),
        "serment",
        &mut text,
    );
    session.out.print(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Done)
}
