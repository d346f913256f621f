//! `cargo xtask test`: every test, with the servers they need, and nothing left afterwards.

use std::process::{Command, ExitCode, ExitStatus};

use anyhow::{Context, Result};

use crate::interrupt::Interrupts;
use crate::needs::{Chromium, Installed};
use crate::server::Server;
use crate::{needs, runner, snapshots};

/// Runs all tests, or those that `args` choose, and stops the servers whatever happens.
pub fn run(args: &[&str]) -> Result<ExitCode> {
    let interrupts = Interrupts::listen()?;
    let (installed, chromium) = needs::all(&interrupts)?;
    let nextest = runner::first_line("cargo", &["nextest", "--version"]);
    for Installed {
        product,
        bin,
        version,
    } in &installed
    {
        println!("{:<11} {version} in {}", product.title, bin.display());
    }
    println!("Chromium    {} in {}", chromium.version, chromium.path.display());
    println!(
        "runner      {}",
        nextest
            .as_deref()
            .unwrap_or("cargo test (cargo-nextest is not installed)")
    );
    let servers: Vec<Server> = installed.iter().map(Server::start).collect::<Result<_>>()?;
    for server in &servers {
        println!("server      {} (throw-away)", server.url());
    }
    let mut session = Session {
        servers,
        chromium,
        interrupts,
    };
    let done = session.run(args, nextest.is_some());
    let Session {
        servers, interrupts, ..
    } = session;
    if !matches!(done, Ok(true)) {
        servers.iter().for_each(keep_log);
    }
    drop(servers);
    println!("the throw-away servers are stopped and their folders removed");
    if let Some(code) = interrupts.exit_code() {
        return Ok(code);
    }
    Ok(if done? {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What the runs of one call share.
struct Session {
    servers: Vec<Server>,
    chromium: Chromium,
    interrupts: Interrupts,
}

impl Session {
    /// Whether everything passed.
    fn run(&mut self, args: &[&str], nextest: bool) -> Result<bool> {
        let began = now();
        let whole = args.is_empty();
        let references = tempfile::NamedTempFile::new().context("cannot make a temporary file")?;
        let mut command = runner::cargo(if nextest {
            &["nextest", "run"]
        } else {
            &["test", "--tests"]
        });
        if nextest && std::env::var_os("CI").is_some() {
            command.args(["--profile", "ci"]);
        } else if !nextest {
            command.arg("--no-fail-fast");
        }
        if !args
            .iter()
            .any(|arg| *arg == "-p" || arg.starts_with("--package"))
        {
            command.arg("--workspace");
        }
        command.args(args);
        if whole {
            command.env("INSTA_SNAPSHOT_REFERENCES_FILE", references.path());
        }
        // Documentation first: the last words are those of the runner.
        let mut passed = !whole
            || self
                .one(&mut runner::cargo(&["test", "--quiet", "--doc", "--workspace"]))?
                .success();
        passed &= self.one(&mut command)?.success();
        if whole {
            if passed {
                passed = snapshots::all_are_used(references.path())?;
            }
            let outcome = if passed { "passed" } else { "FAILED" };
            println!(
                "tests {outcome} in {} s, compilation included",
                now().duration_since(began).as_secs()
            );
        }
        Ok(passed)
    }

    fn one(&mut self, command: &mut Command) -> Result<ExitStatus> {
        self.interrupts.check()?;
        command.env("SERMENT_TEST_CHROMIUM", &self.chromium.path);
        for server in &self.servers {
            command.env(server.product.variable, server.url());
        }
        let servers = &mut self.servers;
        let mut follow = |runner| servers.iter_mut().try_for_each(|server| server.follow(runner));
        let status = runner::run_known(command, &self.interrupts, |process| follow(Some(process)))?;
        follow(None)?;
        Ok(status)
    }
}

/// The server's log goes with its folder: a copy stays when something failed.
fn keep_log(server: &Server) {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| runner::root().join("target"), Into::into);
    let copy = target.join(format!("{}-of-the-last-failure.log", server.product.name));
    if std::fs::write(&copy, server.log()).is_ok() {
        println!("the server's log: {}", copy.display());
    }
}

#[expect(clippy::disallowed_methods, reason = "a chore tells how long it took")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}
