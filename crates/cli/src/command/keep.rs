//! `serment keep`: once, or each day.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;
use jiff::civil::Time;
use serment_keep::ports::Clock;
use serment_keep::report::Report;
use serment_keep::{KeepOptions, schedule};
use tokio::sync::Notify;

use crate::args::{Format, Keep};
use crate::engine::Engine;
use crate::progress::Bars;
use crate::screen::keep as screen;
use crate::screen::look::Tone;
use crate::session::{Session, wait};
use crate::trouble::Exit;
use crate::words::both;

/// Runs the approved rules.
pub fn run(session: &mut Session, args: &Keep) -> Result<Exit> {
    let (directory, register) = session.load()?;
    let options = KeepOptions {
        dry_run: args.dry_run,
        rules: super::plan::rules(&register, &args.rule)?,
        client: args.client.clone(),
        batch_size: args.batch,
        window: args.window.map(|window| (window.0, window.1)),
        actor: super::approve::actor(session.world, args.actor.as_ref())?,
        ..KeepOptions::default()
    };
    wait(async {
        let engine = Engine::open(session, directory, register).await?;
        let signals = Signals::listen(session)?;
        match args.daily {
            Some(time) => daily(session, &engine, &options, args, time, &signals).await,
            None => {
                let report = once(&engine, &options, &signals).await?;
                show(session, &engine, &report, args.output.format)
            }
        }
    })?
}

async fn once(engine: &Engine, options: &KeepOptions, signals: &Signals) -> Result<Report> {
    let report = engine
        .keeper()
        .keep(options, &*signals.bars, &signals.stop)
        .await?;
    Ok(report)
}

fn show(session: &mut Session, engine: &Engine, report: &Report, format: Format) -> Result<Exit> {
    let recorded = report.outcomes.iter().any(|outcome| outcome.journal.is_some());
    let checkpoint = if recorded {
        Some(engine.journal.checkpoint()?)
    } else {
        None
    };
    engine.journal.release();
    let text = match format {
        Format::Json => format!(
            "{}\n",
            serde_json::to_string_pretty(&screen::json(report, checkpoint.as_deref()))?
        ),
        Format::Text => {
            let mut text = screen::render(report, &session.look);
            if let Some(checkpoint) = &checkpoint {
                text.push_str(&screen::proofs(report, checkpoint, &session.look));
            }
            text
        }
    };
    session.out.print(&text)?;
    Ok(if report.is_clean() {
        Exit::Done
    } else {
        Exit::Findings
    })
}

/// Runs each day at a time of the organisation, until asked to stop. A run that fails is said and the next day tried:
/// the service manager restarts only what ended.
async fn daily(
    session: &mut Session,
    engine: &Engine,
    options: &KeepOptions,
    args: &Keep,
    time: Time,
    signals: &Signals,
) -> Result<Exit> {
    let zone = jiff::tz::TimeZone::get(&engine.register.organisation.time_zone)?;
    let mut last = engine.state.runs(1).await?.first().map(|run| run.started);
    loop {
        let now = session.world.now();
        let next = schedule::next_run(time, &zone, last, now);
        if next > now {
            let when = next.to_zoned(zone.clone()).strftime("%F %H:%M").to_string();
            let text = both!("Prochaine exécution : {when}", "Next run: {when}");
            let line = session.look.paint(Tone::Dim, session.look.say(&text));
            session.out.line(&line)?;
        }
        // In short sleeps: the clock may be set meanwhile, and a machine may sleep.
        while session.world.now() < next && !signals.asked() {
            let left = next.duration_since(session.world.now());
            let nap = Duration::try_from(left)
                .unwrap_or_default()
                .min(Duration::from_secs(30));
            signals.nap(nap).await;
        }
        if signals.asked() {
            let text = both!("Arrêt demandé : terminé.", "Asked to stop: done.");
            session.out.line(session.look.say(&text))?;
            return Ok(Exit::Done);
        }
        last = Some(session.world.now());
        match once(engine, options, signals).await {
            Ok(report) => {
                show(session, engine, &report, args.output.format)?;
            }
            Err(error) => {
                engine.journal.release();
                let trouble = crate::trouble::of(&error);
                crate::out::complain(&trouble.render(&session.look));
            }
        }
    }
}

/// Requests to stop, from the terminal or a service manager.
struct Signals {
    stop: Arc<AtomicBool>,
    wake: Arc<Notify>,
    bars: Arc<Bars>,
}

impl Signals {
    fn listen(session: &Session) -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let signals = Self {
            stop: Arc::new(AtomicBool::new(false)),
            wake: Arc::new(Notify::new()),
            bars: Arc::new(Bars::new(session.look, session.world.errors_are_terminal())),
        };
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let (stop, wake, bars) = (
            Arc::clone(&signals.stop),
            Arc::clone(&signals.wake),
            Arc::clone(&signals.bars),
        );
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                stop.store(true, Ordering::SeqCst);
                bars.stopping();
                wake.notify_one();
            }
        });
        Ok(signals)
    }

    fn asked(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    async fn nap(&self, length: Duration) {
        tokio::select! {
            () = tokio::time::sleep(length) => {}
            () = self.wake.notified() => {}
        }
    }
}
