//! Programs that are timed.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use crate::interrupt::Interrupts;

/// How often the memory of a program is read, when it is asked for.
const LOOK: Duration = Duration::from_millis(2);

/// What a program came to.
pub struct Ran {
    /// From its start to its end.
    pub wall: Duration,
    /// What it computed itself, to a hundredth of a second; zero where the system does not say.
    pub cpu: Duration,
    /// Highest resident memory seen, in KiB; None where it was not asked for.
    pub peak: Option<u64>,
    /// Its standard output.
    pub out: String,
    /// Whether it said that all went well.
    pub success: bool,
    /// Its error output.
    pub errors: String,
}

/// Now: a bench is about durations.
#[expect(clippy::disallowed_methods, reason = "a bench measures how long things take")]
pub fn now() -> Instant {
    Instant::now()
}

/// The seconds of the epoch, to find what a log says of an interval.
#[expect(
    clippy::disallowed_methods,
    reason = "a bench compares with the times of a log"
)]
pub fn epoch() -> f64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0.0, |since| since.as_secs_f64())
}

/// Runs a program to its end; an error when it fails.
pub fn timed(command: &mut Command, interrupts: &Interrupts) -> Result<Ran> {
    succeeded(any_end(command, interrupts, Stdio::null(), false)?, command)
}

/// The same, for a program that reads a script.
pub fn fed(command: &mut Command, script: &str, interrupts: &Interrupts) -> Result<Ran> {
    let mut file = tempfile::tempfile().context("cannot make a temporary file")?;
    file.write_all(script.as_bytes())
        .and_then(|()| file.rewind())
        .context("cannot write a script")?;
    succeeded(any_end(command, interrupts, file.into(), false)?, command)
}

/// The same, and looks at its memory meanwhile.
pub fn watched(command: &mut Command, interrupts: &Interrupts) -> Result<Ran> {
    let ran = any_end(command, interrupts, Stdio::null(), true)?;
    if ran.peak.is_none() {
        bail!("this system does not say how much memory a program takes (no VmHWM in /proc)");
    }
    succeeded(ran, command)
}

fn succeeded(ran: Ran, command: &Command) -> Result<Ran> {
    if ran.success {
        return Ok(ran);
    }
    bail!(
        "{} failed: {}{}",
        command.get_program().to_string_lossy(),
        ran.errors.trim(),
        ran.out.trim()
    )
}

/// The same, whatever the end.
pub fn any_end(command: &mut Command, interrupts: &Interrupts, input: Stdio, look: bool) -> Result<Ran> {
    interrupts.check()?;
    let program = command.get_program().to_string_lossy().into_owned();
    let began = now();
    let mut child = command
        .stdin(input)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {program}"))?;
    interrupts.watch(child.id());
    let out = reader(child.stdout.take());
    let errors = reader(child.stderr.take());
    let mut peak = None;
    while look && !ended(&child) {
        peak = memory(child.id()).or(peak);
        std::thread::sleep(LOOK);
    }
    // Not reaped yet: what it computed can still be read.
    wait(&child)?;
    let wall = now().duration_since(began);
    let cpu = computed(child.id());
    let status = child.wait().context("cannot wait for a program")?;
    interrupts.forget();
    interrupts.check()?;
    Ok(Ran {
        wall,
        cpu,
        peak,
        out: out.join().unwrap_or_default(),
        success: status.success(),
        errors: errors.join().unwrap_or_default(),
    })
}

/// Reads a pipe to its end while the program runs, so that it never waits for us.
fn reader(pipe: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_end(&mut bytes).ok();
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn pid(child: &Child) -> Option<Pid> {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw)
}

fn ended(child: &Child) -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
    let Some(pid) = pid(child) else {
        return true;
    };
    !matches!(waitid(WaitId::Pid(pid), options), Ok(None))
}

fn wait(child: &Child) -> Result<()> {
    let Some(pid) = pid(child) else {
        return Ok(());
    };
    loop {
        match waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
            Ok(_) => return Ok(()),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error).context("cannot wait for a program"),
        }
    }
}

/// `VmHWM`, in KiB.
fn memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    high_water(&status)
}

fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// User and system time, of a process that has ended and was not waited for.
fn computed(process: u32) -> Duration {
    let mut stat = String::new();
    if let Ok(mut file) = File::open(format!("/proc/{process}/stat")) {
        file.read_to_string(&mut stat).ok();
    }
    // Hundredths of a second on every Linux that matters.
    Duration::from_millis(10 * ticks(&stat).unwrap_or(0))
}

fn ticks(stat: &str) -> Option<u64> {
    // The name of the program, in brackets, may hold anything.
    let (_, after) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = after.split_whitespace().collect();
    let user: u64 = fields.get(11)?.parse().ok()?;
    let system: u64 = fields.get(12)?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_and_the_time_are_read_from_what_linux_writes() {
        let status = "Name:\tserment\nVmPeak:\t  210000 kB\nVmHWM:\t   41236 kB\nVmRSS:\t   40000 kB\n";
        assert_eq!(high_water(status), Some(41_236));
        assert_eq!(high_water("Name:\tserment\n"), None);
        let stat = "42 (a) b (c)) Z 1 42 42 0 -1 4 100 0 0 0 123 45 0 0 20 0 1 0 1000 0 0";
        assert_eq!(ticks(stat), Some(168));
        assert_eq!(ticks(""), None);
    }
}
