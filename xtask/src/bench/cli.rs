//! How quickly the command answers.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::clients::{self, Psql};
use super::figure::{Figure, Goal};
use super::numbers::median;
use super::{Bench, process, wide};
use crate::{product, runner};

/// Rules over the wide database.
const RULES: u64 = 100;

/// Every case, or those that were asked for.
pub fn run(bench: &mut Bench) -> Result<()> {
    if bench.wants("cli.version") {
        let ours = milliseconds(bench, || {
            let mut command = Command::new(&bench.binary);
            command.arg("--version");
            command
        })?;
        let reference = milliseconds(bench, || Command::new("true"))?;
        bench.figure(Figure {
            case: "cli.version".to_owned(),
            unit: "ms",
            ours: Some(ours),
            reference: Some(reference),
            ceiling: None,
            goal: Goal::AtMost(10.0),
            note: format!(
                "median of {}; reference: a program that does nothing",
                times(bench)
            ),
        });
    }
    if bench.wants("cli.check") {
        let (example, bytes) = largest_example()?;
        let ours = milliseconds(bench, || {
            let mut command = Command::new(&bench.binary);
            command.arg("check").arg(&example);
            command
        })?;
        let name = example
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        bench.figure(Figure {
            case: "cli.check".to_owned(),
            unit: "ms",
            ours: Some(ours),
            reference: None,
            ceiling: None,
            goal: Goal::AtMost(50.0),
            note: format!(
                "{name}, the largest example, {bytes} bytes of TOML; median of {}",
                times(bench)
            ),
        });
    }
    if bench.wants("cli.plan") {
        plan(bench)?;
    }
    Ok(())
}

/// How often a command is run that answers at once.
fn times(bench: &Bench) -> u64 {
    bench.size(40, 10)
}

/// The median of several runs.
fn milliseconds(bench: &Bench, command: impl Fn() -> Command) -> Result<f64> {
    let mut took = Vec::new();
    for _ in 0..times(bench) {
        let ran = process::timed(&mut command(), &bench.interrupts)?;
        took.push(1000.0 * ran.wall.as_secs_f64());
    }
    median(&took).context("nothing was measured")
}

/// The register under `examples/` with the most TOML.
fn largest_example() -> Result<(PathBuf, u64)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(runner::root().join("examples")).context("cannot read examples")? {
        let path = entry?.path();
        if path.join("serment.toml").exists() {
            found.push((toml(&path)?, path));
        }
    }
    let (bytes, path) = found.into_iter().max().context("there is no example")?;
    Ok((path, bytes))
}

fn toml(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            bytes += toml(&path)?;
        } else if path.extension().is_some_and(|it| it == "toml") {
            bytes += path.metadata()?.len();
        }
    }
    Ok(bytes)
}

/// A plan over many tables: what `serment` takes beside what PostgreSQL says that it worked.
fn plan(bench: &mut Bench) -> Result<()> {
    clients::require("psql", "PostgreSQL")?;
    let server = bench.server(&product::POSTGRES_OF_BENCHES)?;
    let psql = Psql {
        server: server.url(),
        interrupts: bench.interrupts.clone(),
    };
    let site = wide::site(bench, &psql, RULES, bench.size(10_000, 200))?;
    let worked = || -> Result<f64> {
        // Sessions that end say at once what they did; a moment for those that have only just ended.
        std::thread::sleep(std::time::Duration::from_millis(300));
        let asked = "SELECT active_time FROM pg_stat_database WHERE datname = 'wide'";
        Ok(psql.run("postgres", &[asked])?.trim().parse()?)
    };
    let (mut ours, mut database, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.rounds() {
        let before = worked()?;
        let ran = process::timed(
            &mut site.serment(&["plan", "--format", "json"]),
            &bench.interrupts,
        )?;
        let active = worked()? - before;
        let wall = 1000.0 * ran.wall.as_secs_f64();
        whole.push(wall);
        database.push(active);
        // Two sessions may work at once: never less than what it computed itself.
        ours.push((wall - active).max(1000.0 * ran.cpu.as_secs_f64()));
    }
    let whole = median(&whole).unwrap_or(0.0);
    bench.figure(Figure {
        case: "cli.plan".to_owned(),
        unit: "ms",
        ours: median(&ours),
        reference: median(&database),
        ceiling: None,
        goal: Goal::AtMost(200.0),
        note: format!(
            "{RULES} rules over {} tables; {whole:.0} ms in all; reference: what PostgreSQL says that it worked meanwhile",
            wide::TABLES
        ),
    });
    Ok(())
}
