//! A throw-away server, seen from the chore that needs it. Its life is in the hands of [`crate::guard`].

use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::interrupt::Interrupts;
use crate::needs::{self, Account, Installed};
use crate::product::Product;

/// A running server. Dropping it ends the guard's input, and waits until the server is gone.
pub struct Server {
    /// What it is.
    pub product: &'static Product,
    guard: Child,
    input: Option<ChildStdin>,
    port: u16,
    folder: PathBuf,
}

impl Server {
    /// Makes a new one in a temporary folder, starts it on a free port and waits until it answers.
    pub fn start(installed: &Installed) -> Result<Self> {
        let product = installed.product;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("guard").arg(product.name).arg(&installed.bin);
        if let Some(Account { uid, gid }) = needs::server_account(product)? {
            command.arg(uid.to_string()).arg(gid.to_string());
        }
        let mut guard = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("cannot start the guard of the server")?;
        let input = guard.stdin.take();
        let (port, folder) = match first_words(product, &mut guard) {
            Ok(found) => found,
            Err(error) => {
                drop(input);
                guard.wait().ok();
                return Err(error);
            }
        };
        Ok(Self {
            product,
            guard,
            input,
            port,
            folder,
        })
    }

    /// Where tests reach it, as its owner.
    pub fn url(&self) -> String {
        (self.product.url)(self.port)
    }

    /// Tells the guard which process to end with us, should we be killed without a chance to say so; `None`: none.
    pub fn follow(&mut self, runner: Option<u32>) -> Result<()> {
        let Some(input) = self.input.as_mut() else {
            return Ok(());
        };
        let runner = runner.map_or_else(|| "none".to_owned(), |process| process.to_string());
        writeln!(input, "runner {runner}").context("the guard of the server is gone")
    }

    /// The server's own log, for whoever looks into a failure.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let server = process(&self.folder.join(self.product.process));
        drop(self.input.take());
        let stopped = self.guard.wait().is_ok_and(|status| status.success());
        // Only when somebody killed the guard itself is anything left to do.
        if !stopped && let Some(server) = server {
            kill_process(server, Signal::QUIT).ok();
        }
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

/// `cargo xtask postgres` and `cargo xtask mariadb`: a server for as long as the developer wants it.
pub fn stand_by(product: &'static Product) -> Result<ExitCode> {
    let interrupts = Interrupts::listen()?;
    let installed = needs::server(product, &interrupts)?;
    let server = Server::start(&installed)?;
    println!("{} runs; stop it with Ctrl-C. Use it with:", installed.version);
    println!("export {}={}", product.variable, server.url());
    while interrupts.check().is_ok() {
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    Ok(ExitCode::SUCCESS)
}

/// What the guard says first: `ready PORT FOLDER`, or why it cannot.
fn first_words(product: &Product, guard: &mut Child) -> Result<(u16, PathBuf)> {
    let mut out = guard.stdout.take().context("the guard has no output")?;
    let mut text = Vec::new();
    let mut byte = [0];
    while out.read(&mut byte)? == 1 {
        text.push(byte[0]);
        if byte[0] == b'\n' && text.starts_with(b"ready ") {
            break;
        }
    }
    let text = String::from_utf8_lossy(&text).trim().to_owned();
    let ready = text.strip_prefix("ready ").and_then(|rest| rest.split_once(' '));
    match ready.map(|(port, folder)| (port.parse(), PathBuf::from(folder))) {
        Some((Ok(port), folder)) => Ok((port, folder)),
        _ => bail!("the throw-away {} did not start: {text}", product.title),
    }
}

/// The server's process as its own file names it.
fn process(file: &std::path::Path) -> Option<Pid> {
    let text = std::fs::read_to_string(file).ok()?;
    text.lines().next()?.trim().parse().ok().and_then(Pid::from_raw)
}
