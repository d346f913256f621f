//! Running cargo and other programs: in the foreground, reachable by the signals that we receive.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result};

use crate::interrupt::Interrupts;

/// A command that starts the cargo which started us, at the root of the workspace.
///
/// What cargo told us about our own package is taken away: build scripts that watch those variables would run again.
pub fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.args(args).current_dir(root());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "CARGO_BIN_NAME" {
            command.env_remove(&name);
        }
    }
    command
}

/// The root of the workspace: the folder above this package.
pub fn root() -> PathBuf {
    let package = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    package.parent().map(PathBuf::from).unwrap_or(package)
}

/// Shows a command, runs it to its end and gives its status; a signal that we receive meanwhile reaches it.
pub fn run(command: &mut Command, interrupts: &Interrupts) -> Result<ExitStatus> {
    run_known(command, interrupts, |_| Ok(()))
}

/// The same, for a caller that wants the number of the process as soon as it runs.
pub fn run_known(
    command: &mut Command,
    interrupts: &Interrupts,
    started: impl FnOnce(u32) -> Result<()>,
) -> Result<ExitStatus> {
    println!("$ {}", shown(command));
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    interrupts.watch(child.id());
    let told = started(child.id());
    let status = child.wait().context("cannot wait for a command");
    interrupts.forget();
    told.and(status)
}

/// The first line that a program prints, or nothing when it cannot be started or fails.
pub fn first_line(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next()?.trim().to_owned();
    (output.status.success() && !line.is_empty()).then_some(line)
}

fn shown(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let name = program
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned();
    let args = command.get_args().map(|arg| arg.to_string_lossy().into_owned());
    std::iter::once(name).chain(args).collect::<Vec<_>>().join(" ")
}
