//! The guard: a small process of its own that holds a throw-away PostgreSQL and outlives whoever asked for it.
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

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// The options of the server: quick because nothing on it has to survive, and able to show what pre-flight must see.
const SETTINGS: &[&str] = &[
    "listen_addresses=127.0.0.1",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=logical",
    "max_connections=300",
    "max_prepared_transactions=64",
    "max_locks_per_transaction=256",
    "timezone=UTC",
    "log_timezone=UTC",
    "lc_messages=C",
    "logging_collector=off",
];

/// `xtask guard BIN_DIR [UID GID]`: starts the server as that account, says `ready PORT FOLDER`, waits.
pub fn run(args: &[&str]) -> Result<ExitCode> {
    let ended = end_of_input()?;
    let (bin, account) = match args {
        [bin] => (Path::new(bin), None),
        [bin, uid, gid] => (Path::new(bin), Some((uid.parse()?, gid.parse()?))),
        _ => bail!("guard is started by the other commands"),
    };
    match Cluster::start(bin, account) {
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
    server: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Cluster {
    fn start(bin: &Path, account: Option<(u32, u32)>) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("serment-postgres-").tempdir()?;
        if let Some((uid, gid)) = account {
            chown(folder.path(), Some(uid), Some(gid))
                .context("cannot hand the folder to the server's account")?;
        }
        let program = |name: &str| {
            let mut command = Command::new(bin.join(name));
            command.current_dir(folder.path()).stdin(Stdio::null());
            for (name, _) in std::env::vars_os() {
                if name.to_string_lossy().starts_with("PG") {
                    command.env_remove(&name);
                }
            }
            if let Some((uid, gid)) = account {
                command.uid(uid).gid(gid);
            }
            command
        };
        let made = program("initdb")
            .args([
                "--pgdata=data",
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
            ])
            .arg("--no-sync")
            .output()
            .context("cannot start initdb")?;
        if !made.status.success() {
            bail!(
                "initdb failed in {}: {}",
                folder.path().display(),
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
            let server = program("postgres")
                .args(["-D", "data", "-p", &port.to_string(), "-k", "."])
                .args(SETTINGS.iter().flat_map(|setting| ["-c", setting]))
                .stdout(log.try_clone()?)
                .stderr(log)
                // Not in the group that a terminal interrupts: we decide when it stops.
                .process_group(0)
                .spawn()
                .context("cannot start postgres")?;
            match wait_ready(server, &folder.path().join("data/postmaster.pid")) {
                Ok(server) => return Ok(Self { server, port, folder }),
                Err(error) => failure = Some(error),
            }
        }
        let log = std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
        let tail: Vec<&str> = log.lines().rev().take(5).collect();
        Err(failure.unwrap_or_else(|| anyhow::anyhow!("postgres did not start")))
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
        stop(&mut self.server);
    }
}

/// PostgreSQL's immediate shutdown, since nothing has to survive; then by force.
fn stop(server: &mut Child) {
    if let Some(process) = i32::try_from(server.id()).ok().and_then(Pid::from_raw) {
        kill_process(process, Signal::QUIT).ok();
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

/// The eighth line of `postmaster.pid` says `ready` once connections are accepted; `pg_ctl` reads the same.
fn wait_ready(mut server: Child, file: &Path) -> Result<Child> {
    for _ in 0..1200 {
        if let Some(status) = server.try_wait()? {
            bail!("postgres stopped at once: {status}");
        }
        let state = std::fs::read_to_string(file).unwrap_or_default();
        if state.lines().nth(7).is_some_and(|line| line.trim() == "ready") {
            return Ok(server);
        }
        sleep(Duration::from_millis(50));
    }
    stop(&mut server);
    bail!("postgres was not ready after a minute")
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
