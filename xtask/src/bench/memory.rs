//! Peak of resident memory of `serment plan` and `serment keep`, at 1, 10 and 100 times as many rows.

use anyhow::{Context, Result, bail};

use super::Bench;
use super::clients::{self, Psql, Sqlite};
use super::figure::{Figure, Goal};
use super::process;
use super::retention::DUE;
use super::site::Site;
use crate::product;

/// Every case, or those that were asked for.
pub fn run(bench: &mut Bench) -> Result<()> {
    if bench.wants("memory.postgres.plan") || bench.wants("memory.postgres.keep") {
        postgres(bench)?;
    }
    if bench.wants("memory.sqlite.plan") || bench.wants("memory.sqlite.keep") {
        sqlite(bench)?;
    }
    Ok(())
}

fn sizes(bench: &Bench) -> [u64; 3] {
    let least = bench.size(50_000, 2_000);
    [least, 10 * least, 100 * least]
}

fn postgres(bench: &mut Bench) -> Result<()> {
    clients::require("psql", "PostgreSQL")?;
    let server = bench.server(&product::POSTGRES_OF_BENCHES)?;
    let psql = Psql {
        server: server.url(),
        interrupts: bench.interrupts.clone(),
    };
    let mut peaks = Vec::new();
    for customers in sizes(bench) {
        bench.say(&format!(
            "loading {customers} customers and {} messages",
            2 * customers
        ));
        psql.run(
            "postgres",
            &["DROP DATABASE IF EXISTS work", "CREATE DATABASE work"],
        )?;
        let variables = [
            ("customers", customers.to_string()),
            ("due_in_100", DUE.to_string()),
        ];
        psql.file("work", "data/postgres.sql", &variables)?;
        let site = Site::shop(bench, "postgres", &psql.url("work"), "erase")?;
        peaks.push(both(bench, &site, customers)?);
    }
    figures(bench, "postgres", &peaks);
    Ok(())
}

fn sqlite(bench: &mut Bench) -> Result<()> {
    clients::require("sqlite3", "SQLite")?;
    let mut peaks = Vec::new();
    for customers in sizes(bench) {
        bench.say(&format!(
            "loading {customers} customers and {} messages",
            2 * customers
        ));
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let file = Sqlite {
            path: folder.path().join("work.db"),
            interrupts: bench.interrupts.clone(),
        };
        let script = clients::text("data/sqlite.sql")?
            .replace(":customers", &customers.to_string())
            .replace(":due_in_100", &DUE.to_string());
        file.run(&script)?;
        let site = Site::shop(bench, "sqlite", &file.path.display().to_string(), "erase")?;
        peaks.push(both(bench, &site, customers)?);
    }
    figures(bench, "sqlite", &peaks);
    Ok(())
}

/// The peaks of `plan` and of `keep`, in KiB.
fn both(bench: &Bench, site: &Site, customers: u64) -> Result<[u64; 2]> {
    let plan = process::watched(
        &mut site.serment(&["plan", "--format", "json"]),
        &bench.interrupts,
    )?;
    site.approve()?;
    let kept = site.keep_watched()?;
    let expected = 3 * customers * DUE / 100;
    if kept.rows != expected {
        bail!("memory: {} rows were changed, and {expected} are due", kept.rows);
    }
    Ok([plan.peak.unwrap_or(0), kept.ran.peak.unwrap_or(0)])
}

fn figures(bench: &mut Bench, kind: &str, peaks: &[[u64; 2]]) {
    let least = sizes(bench)[0];
    for (place, command) in ["plan", "keep"].into_iter().enumerate() {
        let mib: Vec<f64> = peaks.iter().map(|peak| peak[place] as f64 / 1024.0).collect();
        let highest = mib.iter().copied().fold(0.0, f64::max);
        let each: Vec<String> = mib.iter().map(|mib| format!("{mib:.1}")).collect();
        let note = format!(
            "at {least} customers and 2 messages each, 10 and 100 times that: {} MiB",
            each.join(", ")
        );
        bench.figure(Figure {
            case: format!("memory.{kind}.{command}"),
            unit: "MiB",
            ours: Some(highest),
            reference: None,
            ceiling: None,
            goal: Goal::AtMost(64.0),
            note,
        });
        bench.figure(Figure {
            case: format!("memory.{kind}.{command}.flat"),
            unit: "MiB",
            ours: mib.last().copied(),
            reference: mib.first().copied(),
            ceiling: None,
            goal: Goal::RatioAtMost(1.1),
            note: "the most rows against the fewest; a batch is 10000 keys, so that less than 100000 customers do not fill one"
                .to_owned(),
        });
    }
}
