//! The guard: a small process of its own that holds a throw-away server and outlives whoever asked for it.
//!
//! It reads its standard input and does nothing else. When that ends, for whatever reason (the tests are over, Ctrl-C,
//! a panic, `kill -9`), the server is stopped and its folder removed. So there is one way to stop, and no way to forget.

use std::fs::File;
use std::io::{BufRead, Write};
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::sleep;
use std::time::Duration;

use crate::product::Product;
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// `xtask guard PRODUCT BIN_DIR [UID GID]`: starts the server as that account, says `ready PORT FOLDER`, waits.
pub fn run(args: &[&str]) -> Result<ExitCode> {
    let ended = end_of_input()?;
    let (product, bin, account) = match args {
        [product, bin] => (product, Path::new(bin), None),
        [product, bin, uid, gid] => (product, Path::new(bin), Some((uid.parse()?, gid.parse()?))),
        _ => bail!("guard is started by the other commands"),
    };
    let product = Product::named(product).context("guard is started by the other commands")?;
    match Cluster::start(product, bin, account) {
        Ok(mut cluster) => {
            say(&format!(
                "ready {} {}",
                cluster.port,
                cluster.folder.path().display()
            ));
            cluster.hold(&ended);
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            say(&format!("{error:#}"));
            Ok(ExitCode::FAILURE)
        }
    }
}

/// A server and the folder that holds all of it. Dropping it stops the one and removes the other.
struct Cluster {
    product: &'static Product,
    server: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Cluster {
    fn start(product: &'static Product, bin: &Path, account: Option<(u32, u32)>) -> Result<Self> {
        let prefix = format!("serment-{}-", product.name);
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir()?;
        if let Some((uid, gid)) = account {
            chown(folder.path(), Some(uid), Some(gid))
                .context("cannot hand the folder to the server's account")?;
        }
        let program = |name: &str| {
            // The programs of one product may lie in two folders.
            let path = [bin, Path::new("/usr/bin")]
                .iter()
                .map(|place| place.join(name))
                .find(|path| path.exists());
            let mut command = Command::new(path.unwrap_or_else(|| bin.join(name)));
            command.current_dir(folder.path()).stdin(Stdio::null());
            for (name, _) in std::env::vars_os() {
                if name.to_string_lossy().starts_with(product.variables) {
                    command.env_remove(&name);
                }
            }
            if let Some((uid, gid)) = account {
                command.uid(uid).gid(gid);
            }
            command
        };
        let make = product.make[0];
        let made = program(make)
            .args(&product.make[1..])
            .output()
            .with_context(|| format!("cannot start {make}"))?;
        if !made.status.success() {
            bail!(
                "{make} failed in {}: {}{}",
                folder.path().display(),
                String::from_utf8_lossy(&made.stdout).trim(),
                String::from_utf8_lossy(&made.stderr).trim()
            );
        }
        // Between finding a free port and using it, somebody else may take it: try a few.
        let mut failure = None;
        for _ in 0..5 {
            let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
            let log = File::options()
                .create(true)
                .append(true)
                .open(folder.path().join("log"))?;
            let server = program(product.server)
                .args(product.settings)
                .args((product.on_port)(port))
                .stdout(log.try_clone()?)
                .stderr(log)
                // Not in the group that a terminal interrupts: we decide when it stops.
                .process_group(0)
                .spawn()
                .with_context(|| format!("cannot start {}", product.server))?;
            match wait_ready(product, server, folder.path()) {
                Ok(server) => {
                    return Ok(Self {
                        product,
                        server,
                        port,
                        folder,
                    });
                }
                Err(error) => failure = Some(error),
            }
        }
        let log = std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
        let tail: Vec<&str> = log.lines().rev().take(5).collect();
        Err(failure.unwrap_or_else(|| anyhow::anyhow!("{} did not start", product.server)))
            .context(tail.into_iter().rev().collect::<Vec<_>>().join("\n"))
    }

    /// Returns when the input has ended, or when the server has stopped by itself.
    fn hold(&mut self, ended: &Receiver<()>) {
        while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(Duration::from_millis(500)) {
            if matches!(self.server.try_wait(), Ok(Some(_))) {
                return;
            }
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        stop(self.product, &mut self.server);
    }
}

/// At once, since nothing has to survive; then by force.
fn stop(product: &Product, server: &mut Child) {
    if let Some(process) = i32::try_from(server.id()).ok().and_then(Pid::from_raw) {
        kill_process(process, product.stop).ok();
    }
    for _ in 0..100 {
        if matches!(server.try_wait(), Ok(Some(_))) {
            return;
        }
        sleep(Duration::from_millis(50));
    }
    server.kill().ok();
    server.wait().ok();
}

fn wait_ready(product: &Product, mut server: Child, folder: &Path) -> Result<Child> {
    let name = product.server;
    for _ in 0..1200 {
        if let Some(status) = server.try_wait()? {
            bail!("{name} stopped at once: {status}");
        }
        if (product.ready)(folder) {
            return Ok(server);
        }
        sleep(Duration::from_millis(50));
    }
    stop(product, &mut server);
    bail!("{name} was not ready after a minute")
}

/// A channel that speaks when the standard input ends or a signal asks us to stop.
fn end_of_input() -> Result<Receiver<()>> {
    let (sender, receiver) = channel();
    let from_signals = sender.clone();
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("cannot listen to signals")?;
    std::thread::spawn(move || {
        signals.forever().next();
        from_signals.send(()).ok();
    });
    std::thread::spawn(move || {
        let mut runner = None;
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            runner = line
                .strip_prefix("runner ")
                .and_then(|pid| pid.parse().ok())
                .and_then(Pid::from_raw);
        }
        // Whoever asked is gone without saying that the tests were over: they must not go on by themselves.
        if let Some(runner) = runner {
            kill_process(runner, Signal::TERM).ok();
        }
        sender.send(()).ok();
    });
    Ok(receiver)
}

/// Speaks to whoever asked; nobody may be listening any more.
fn say(line: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "{line}").and_then(|()| out.flush()).ok();
}
