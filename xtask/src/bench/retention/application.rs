//! What an application feels while rows are purged.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::family::Data;
use super::postgres::Postgres;
use crate::bench::Bench;
use crate::bench::clients::{self, Psql};
use crate::bench::figure::{Figure, Goal};
use crate::bench::numbers::percentile;
use crate::bench::process;
use crate::bench::site::Site;

/// Transactions that the application begins in a second, whatever happens.
const RATE: u32 = 200;

/// 99 transactions of a hundred end within this, idle, during `serment keep`, during the reference.
pub fn case(bench: &mut Bench, data: &Postgres<'_>, psql: &Psql, customers: u64) -> Result<()> {
    let name = "retention.postgres.application";
    if !bench.wants(name) {
        return Ok(());
    }
    clients::require("pgbench", "PostgreSQL")?;
    let site = Site::shop(bench, "postgres", &psql.url("work"), "erase")?;
    data.fresh()?;
    site.approve()?;
    let approved = tempfile::tempdir()?;
    clients::copy(&site.state(), approved.path())?;

    let seconds = bench.size(30, 4);
    bench.say("the application alone");
    data.fresh()?;
    let idle = beside(psql, customers, || {
        std::thread::sleep(std::time::Duration::from_secs(seconds));
        Ok(())
    })?;
    bench.say("the application beside serment keep");
    data.fresh()?;
    site.restore(approved.path())?;
    let ours = beside(psql, customers, || site.keep().map(|_| ()))?;
    bench.say("the application beside the reference");
    data.fresh()?;
    let reference = beside(psql, customers, || {
        data.reference("reference/postgres-erase.sql").map(|_| ())
    })?;
    let p99 = |latencies: &[f64]| percentile(latencies, 0.99);
    let note = format!(
        "p99 of {} transactions beside serment keep; reference: {} with nothing beside, ceiling: {} beside the reference purge; \
         {RATE} transactions begin each second, each reads, updates and inserts",
        ours.len(),
        idle.len(),
        reference.len()
    );
    bench.figure(Figure {
        case: name.to_owned(),
        unit: "ms",
        ours: p99(&ours),
        reference: p99(&idle),
        ceiling: p99(&reference),
        goal: Goal::RatioAtMost(1.2),
        note,
    });
    Ok(())
}

/// The latencies, in milliseconds, of the transactions that ended while the work was done.
fn beside(psql: &Psql, customers: u64, work: impl FnOnce() -> Result<()>) -> Result<Vec<f64>> {
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let mut application = Command::new("pgbench")
        .args([
            "--no-vacuum",
            "--log",
            "--log-prefix=latencies",
            "--client=4",
            "--jobs=1",
            "--time=86400",
        ])
        .arg(format!("--rate={RATE}"))
        .arg(format!("--define=customers={customers}"))
        .arg(format!(
            "--file={}",
            clients::file("data/postgres-application.sql").display()
        ))
        .arg(psql.url("work"))
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start pgbench")?;
    // Its connections and caches are warm before anything is measured.
    std::thread::sleep(std::time::Duration::from_secs(2));
    let from = process::epoch();
    let done = work();
    let to = process::epoch();
    let still = application
        .try_wait()
        .context("cannot wait for pgbench")?
        .is_none();
    // Its log is written out when it is asked to end.
    if let Some(pid) = i32::try_from(application.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    {
        rustix::process::kill_process(pid, rustix::process::Signal::INT).ok();
    }
    application.wait().context("cannot wait for pgbench")?;
    done?;
    if !still {
        bail!("pgbench ended by itself");
    }
    let found = read(folder.path(), from, to)?;
    if found.is_empty() {
        bail!("pgbench measured nothing");
    }
    Ok(found)
}

fn read(folder: &Path, from: f64, to: f64) -> Result<Vec<f64>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let text = std::fs::read_to_string(entry?.path()).context("cannot read the log of pgbench")?;
        found.extend(text.lines().filter_map(|line| latency(line, from, to)));
    }
    Ok(found)
}

/// `client transaction latency script seconds microseconds lag`: the latency in milliseconds of one that ended in time.
fn latency(line: &str, from: f64, to: f64) -> Option<f64> {
    let fields: Vec<f64> = line
        .split_whitespace()
        .map_while(|field| field.parse().ok())
        .collect();
    let (microseconds, seconds, rest) = (*fields.get(2)?, *fields.get(4)?, *fields.get(5)?);
    let ended = seconds + rest / 1e6;
    (from..=to).contains(&ended).then_some(microseconds / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::latency;

    #[test]
    fn latencies_count_when_they_end_in_time() {
        assert_eq!(
            latency("0 12 2500 0 1700000000 500000 30", 1.7e9, 1.7e9 + 1.0),
            Some(2.5)
        );
        assert_eq!(
            latency("0 12 2500 0 1700000002 500000 30", 1.7e9, 1.7e9 + 1.0),
            None
        );
        assert_eq!(
            latency("0 12 skipped 0 1700000000 500000 30", 1.7e9, 1.7e9 + 1.0),
            None
        );
    }
}
