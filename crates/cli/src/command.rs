//! One module per command: from arguments to a screen and an exit code.

pub mod approve;
pub mod check;
pub mod completions;
pub mod demo;
pub mod diff;
pub mod explain;
pub mod fsck;
pub mod hold;
pub mod init;
pub mod journal;
pub mod keep;
pub mod man;
pub mod plan;
pub mod prove;
pub mod schema;
pub mod verify;

use anyhow::Result;

use crate::args::Command;
use crate::session::Session;
use crate::trouble::Exit;

/// Does what was asked.
pub fn run(session: &mut Session, command: Command) -> Result<Exit> {
    match command {
        Command::Init(args) => init::run(session, &args),
        Command::Check(args) => check::run(session, &args),
        Command::Diff(args) => diff::run(session, &args),
        Command::Plan(args) => plan::run(session, &args),
        Command::Approve(args) => approve::run(session, &args),
        Command::Keep(args) => keep::run(session, &args),
        Command::Hold(args) => hold::run(session, &args),
        Command::Explain(args) => explain::run(session, &args),
        Command::Journal(args) => journal::run(session, &args),
        Command::Prove(args) => prove::run(session, &args),
        Command::Verify(args) => verify::run(session, &args),
        Command::Fsck(args) => fsck::run(session, &args),
        Command::Completions(args) => completions::run(session, &args),
        Command::Man(args) => man::run(session, &args),
        Command::Demo(args) => demo::run(session, &args),
        Command::Schema(args) => schema::run(session, &args),
    }
}
