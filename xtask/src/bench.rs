//! `cargo xtask bench`: ours and the reference, one after the other, on the same data.
//!
//! A figure never fails a bench: a bench fails when it could not run, or when the two sides did not end with the same data.

mod args;
mod cli;
mod clients;
mod figure;
mod journal;
mod memory;
mod numbers;
mod process;
mod retention;
mod site;
mod wide;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use self::args::{Asked, Format, Name};
use self::figure::Figure;
use crate::interrupt::Interrupts;
use crate::product::Product;
use crate::server::Server;
use crate::{needs, runner};

/// What the cases of one call share.
pub struct Bench {
    asked: Asked,
    interrupts: Interrupts,
    /// The `serment` that is measured.
    binary: PathBuf,
    figures: Vec<Figure>,
}

/// Runs the bench that was asked for and prints its figures on the standard output; progress goes to the error output.
pub fn run(words: &[&str]) -> Result<ExitCode> {
    let asked = match args::read(words) {
        Ok(asked) => asked,
        Err(mistake) => {
            eprintln!("xtask: {mistake}\n\n{}", args::HELP);
            return Ok(ExitCode::from(2));
        }
    };
    let interrupts = Interrupts::listen()?;
    let binary = match &asked.binary {
        Some(path) => std::path::absolute(path)?,
        None => built(&asked, &interrupts, "serment-cli", "serment")?,
    };
    let mut bench = Bench {
        asked,
        interrupts,
        binary,
        figures: Vec::new(),
    };
    let done = match bench.asked.name {
        Name::Retention => retention::run(&mut bench),
        Name::Memory => memory::run(&mut bench),
        Name::Journal => journal::run(&mut bench),
        Name::Cli => cli::run(&mut bench),
    };
    // What was measured before a failure is worth being seen.
    match bench.asked.format {
        Format::Json => println!("{}", figure::json(&bench.figures)),
        Format::Text => print!("{}", figure::table(&bench.figures)),
    }
    if let Some(code) = bench.interrupts.exit_code() {
        return Ok(code);
    }
    done?;
    if bench.figures.is_empty() {
        bail!("no case is called like that");
    }
    Ok(ExitCode::SUCCESS)
}

impl Bench {
    /// Whether a case is among those that were asked for.
    fn wants(&self, case: &str) -> bool {
        self.asked
            .case
            .as_ref()
            .is_none_or(|part| case.contains(part.as_str()))
    }

    /// The number for full sizes, or the one to try things with.
    fn size(&self, full: u64, quick: u64) -> u64 {
        if self.asked.quick { quick } else { full }
    }

    /// How often ours and the reference take turns.
    fn rounds(&self) -> u32 {
        self.asked.rounds.unwrap_or(if self.asked.quick { 2 } else { 3 })
    }

    /// Says what goes on.
    fn say(&self, what: &str) {
        eprintln!("  {what}");
    }

    /// Keeps a figure, and says it at once.
    fn figure(&mut self, figure: Figure) {
        eprintln!("  {}", figure::line(&figure));
        self.figures.push(figure);
    }

    /// Starts a throw-away server.
    fn server(&self, product: &'static Product) -> Result<Server> {
        self.interrupts.check()?;
        let installed = needs::server(product, &self.interrupts)?;
        self.say(&format!("starting {}", installed.version));
        Server::start(&installed)
    }
}

/// Builds a program of ours and says where it is.
fn built(asked: &Asked, interrupts: &Interrupts, package: &str, program: &str) -> Result<PathBuf> {
    eprintln!("  building {program} ({})", asked.profile);
    let mut command = runner::cargo(&["build", "--quiet", "--locked", "--profile"]);
    command.args([&asked.profile, "--package", package, "--bin", program]);
    process::timed(&mut command, interrupts).with_context(|| format!("{program} does not build"))?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| runner::root().join("target"), Into::into);
    let folder = if asked.profile == "dev" {
        "debug"
    } else {
        &asked.profile
    };
    Ok(target.join(folder).join(program))
}
