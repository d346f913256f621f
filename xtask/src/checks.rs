//! `cargo xtask ci`: everything that is not a test and that a change must pass.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::interrupt::Interrupts;
use crate::runner;

type Check = fn(&Interrupts) -> Result<bool>;

const CHECKS: &[(&str, Check)] = &[
    ("format", format),
    ("clippy", clippy),
    ("documentation", documentation),
    ("dependencies", dependencies),
    ("advisories", advisories),
];

/// Runs every check, also after one that failed, and says which did.
pub fn run() -> Result<ExitCode> {
    let interrupts = Interrupts::listen()?;
    let mut failed = Vec::new();
    for (name, check) in CHECKS {
        println!("\n== {name}");
        if !check(&interrupts)? {
            failed.push(*name);
        }
        interrupts.check()?;
    }
    if failed.is_empty() {
        println!("\nall checks passed");
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nfailed: {}", failed.join(", "));
    Ok(ExitCode::FAILURE)
}

/// `cargo xtask story`: what a newcomer would run, from the release build to the last word of the demo.
pub fn story() -> Result<ExitCode> {
    let interrupts = Interrupts::listen()?;
    let passed = passes(
        &mut runner::cargo(&["run", "--locked", "--release", "--", "demo", "--story"]),
        &interrupts,
    )?;
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn format(interrupts: &Interrupts) -> Result<bool> {
    passes(&mut runner::cargo(&["fmt", "--all", "--", "--check"]), interrupts)
}

fn clippy(interrupts: &Interrupts) -> Result<bool> {
    let args = [
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    passes(&mut runner::cargo(&args), interrupts)
}

fn documentation(interrupts: &Interrupts) -> Result<bool> {
    let mut command = runner::cargo(&["doc", "--locked", "--workspace", "--no-deps"]);
    passes(command.env("RUSTDOCFLAGS", "-D warnings"), interrupts)
}

fn dependencies(interrupts: &Interrupts) -> Result<bool> {
    if runner::first_line("cargo", &["deny", "--version"]).is_none() {
        let installed = passes(
            &mut runner::cargo(&["install", "--locked", "cargo-deny"]),
            interrupts,
        )?;
        if !installed {
            println!("cargo-deny could not be installed: the dependencies were NOT checked");
            return Ok(false);
        }
    }
    passes(
        &mut runner::cargo(&[
            "deny",
            "--locked",
            "check",
            "--hide-inclusion-graph",
            "bans",
            "licenses",
            "sources",
        ]),
        interrupts,
    )
}

/// The database of advisories is on the network. Without it nothing is claimed, and nothing is refused.
fn advisories(interrupts: &Interrupts) -> Result<bool> {
    if !passes(&mut runner::cargo(&["deny", "fetch", "db"]), interrupts)? {
        println!("the database of advisories cannot be reached: advisories were NOT checked");
        return Ok(true);
    }
    passes(
        &mut runner::cargo(&["deny", "--locked", "check", "--disable-fetch", "advisories"]),
        interrupts,
    )
}

pub fn passes(command: &mut Command, interrupts: &Interrupts) -> Result<bool> {
    interrupts.check()?;
    Ok(runner::run(command, interrupts)?.success())
}
