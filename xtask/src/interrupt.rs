//! Ctrl-C and polite killing: the running command is told, then the servers are stopped in order.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// The signals received so far, and the command that has to hear of them. Zero means none.
#[derive(Clone, Default)]
pub struct Interrupts {
    received: Arc<AtomicI32>,
    running: Arc<AtomicI32>,
}

impl Interrupts {
    /// Takes over SIGINT, SIGTERM and SIGHUP for the rest of the process.
    pub fn listen() -> Result<Self> {
        let interrupts = Self::default();
        let heard = interrupts.clone();
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("cannot listen to signals")?;
        std::thread::spawn(move || signals.forever().for_each(|signal| heard.receive(signal)));
        Ok(interrupts)
    }

    /// Names the process that hears of the signals from now on.
    pub fn watch(&self, process: u32) {
        self.running
            .store(i32::try_from(process).unwrap_or(0), Ordering::SeqCst);
        if self.received.load(Ordering::SeqCst) != 0 {
            self.tell(Signal::TERM);
        }
    }

    /// The process has ended: its number may belong to another one soon.
    pub fn forget(&self) {
        self.running.store(0, Ordering::SeqCst);
    }

    /// An error once a signal has come, so that the work between two commands ends too.
    pub fn check(&self) -> Result<()> {
        match self.received.load(Ordering::SeqCst) {
            0 => Ok(()),
            signal => bail!("interrupted by signal {signal}"),
        }
    }

    /// The exit code that shells expect of an interrupted command, if it was.
    pub fn exit_code(&self) -> Option<ExitCode> {
        let signal = self.received.load(Ordering::SeqCst);
        (signal != 0).then(|| ExitCode::from(128u8.saturating_add(u8::try_from(signal).unwrap_or(0))))
    }

    fn receive(&self, signal: i32) {
        let again = self.received.swap(signal, Ordering::SeqCst) != 0;
        // A terminal sends Ctrl-C to the whole foreground group: the command has already heard it.
        let from_terminal = signal == SIGINT && std::io::stdin().is_terminal();
        if again {
            self.tell(Signal::KILL);
        } else if !from_terminal {
            self.tell(Signal::TERM);
        }
    }

    fn tell(&self, signal: Signal) {
        if let Some(process) = Pid::from_raw(self.running.load(Ordering::SeqCst)) {
            // It may have ended meanwhile, which is what was wanted.
            kill_process(process, signal).ok();
        }
    }
}
