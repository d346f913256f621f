//! The cases on PostgreSQL.

use anyhow::{Result, bail};

use super::family::{self, Data};
use super::{CUTOFF, SPAN, application, same};
use crate::bench::clients::{self, Psql};
use crate::bench::figure::{Figure, Goal};
use crate::bench::numbers::median;
use crate::bench::process::Ran;
use crate::bench::site::Site;
use crate::bench::{Bench, wide};
use crate::product;

/// What is compared at the end, of any table.
const SUM: &str = "SELECT count(*), sum(hashtextextended(t::text, 0)) FROM";

/// Every case of PostgreSQL that was asked for.
pub fn run(bench: &mut Bench) -> Result<()> {
    let cases = [
        "erase",
        "erase.acting",
        "anonymise",
        "anonymise.acting",
        "application",
        "nightly",
        "idle",
        "partitions",
    ];
    if !cases
        .iter()
        .any(|case| bench.wants(&format!("retention.postgres.{case}")))
    {
        return Ok(());
    }
    clients::require("psql", "PostgreSQL")?;
    let server = bench.server(&product::POSTGRES_OF_BENCHES)?;
    let psql = Psql {
        server: server.url(),
        interrupts: bench.interrupts.clone(),
    };
    let customers = bench.size(5_000_000, 100_000);
    let family = ["erase", "anonymise", "application"];
    if family
        .iter()
        .any(|case| bench.wants(&format!("retention.postgres.{case}")))
    {
        bench.say(&format!(
            "loading {customers} customers and {} messages",
            2 * customers
        ));
        let data = Postgres::load(
            &psql,
            "data/postgres.sql",
            &[
                ("customers", customers.to_string()),
                ("due_in_100", super::DUE.to_string()),
            ],
        )?;
        family::case(bench, &data, "erase", customers)?;
        family::case(bench, &data, "anonymise", customers)?;
        application::case(bench, &data, &psql, customers)?;
    }
    nightly(bench, &psql)?;
    idle(bench, &psql)?;
    partitions(bench, &psql)
}

/// The database `base`, and its copy `work`.
pub struct Postgres<'a> {
    psql: &'a Psql,
}

impl<'a> Postgres<'a> {
    fn load(psql: &'a Psql, file: &str, variables: &[(&str, String)]) -> Result<Self> {
        psql.run(
            "postgres",
            &[
                "DROP DATABASE IF EXISTS work",
                "DROP DATABASE IF EXISTS base",
                "CREATE DATABASE base",
            ],
        )?;
        psql.file("base", file, variables)?;
        Ok(Self { psql })
    }

    fn sum_of(&self, tables: &[&str]) -> Result<String> {
        let asked: Vec<String> = tables.iter().map(|table| format!("{SUM} {table} AS t")).collect();
        let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
        self.psql.run("work", &asked)
    }
}

impl Data for Postgres<'_> {
    fn kind(&self) -> &'static str {
        "postgres"
    }

    fn url(&self) -> String {
        self.psql.url("work")
    }

    fn fresh(&self) -> Result<()> {
        let statements = [
            "DROP DATABASE IF EXISTS work WITH (FORCE)",
            "CREATE DATABASE work TEMPLATE base STRATEGY FILE_COPY",
            // What the last round left to be written is not for this one to write.
            "CHECKPOINT",
        ];
        self.psql.run("postgres", &statements).map(|_| ())
    }

    fn reference(&self, name: &str) -> Result<Ran> {
        let variables = [
            ("cutoff", CUTOFF.to_owned()),
            ("span", SPAN.to_string()),
            ("batch", "10000".to_owned()),
        ];
        self.psql.file("work", name, &variables)
    }

    fn sum(&self) -> Result<String> {
        self.sum_of(&["customers", "messages"])
    }
}

/// A night like the others: a few rows are due among many, and an index finds them.
fn nightly(bench: &mut Bench, psql: &Psql) -> Result<()> {
    let name = "retention.postgres.nightly";
    if !bench.wants(name) {
        return Ok(());
    }
    let (visits, one_in) = (bench.size(10_000_000, 200_000), 2000);
    let due = visits / one_in;
    bench.say(&format!("loading {visits} visits"));
    let data = Postgres::load(
        psql,
        "data/postgres-visits.sql",
        &[("visits", visits.to_string()), ("one_in", one_in.to_string())],
    )?;
    let site = Site::empty(bench, &data.url())?;
    wide::visits(&site)?;
    data.fresh()?;
    site.approve()?;
    let approved = tempfile::tempdir()?;
    clients::copy(&site.state(), approved.path())?;
    let (mut ours, mut reference, mut plain) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.rounds() {
        data.fresh()?;
        site.restore(approved.path())?;
        let kept = site.keep()?;
        if kept.rows != due {
            bail!("{name}: {} rows were changed, and {due} are due", kept.rows);
        }
        ours.push(due as f64 / kept.ran.wall.as_secs_f64());
        let sum = data.sum_of(&["visits"])?;
        data.fresh()?;
        let ran = data.reference("reference/postgres-nightly.sql")?;
        reference.push(due as f64 / ran.wall.as_secs_f64());
        same(name, &sum, &data.sum_of(&["visits"])?)?;
        data.fresh()?;
        let ran = data.reference("reference/postgres-nightly-plain.sql")?;
        plain.push(due as f64 / ran.wall.as_secs_f64());
    }
    bench.figure(Figure {
        case: name.to_owned(),
        unit: "rows/s",
        ours: median(&ours),
        reference: median(&reference),
        ceiling: median(&plain),
        goal: Goal::RatioAtLeast(0.67),
        note: format!("{due} of {visits} rows are due"),
    });
    Ok(())
}

/// Nothing is due, in many tables.
fn idle(bench: &mut Bench, psql: &Psql) -> Result<()> {
    let name = "retention.postgres.idle";
    if !bench.wants(name) {
        return Ok(());
    }
    let rows = bench.size(10_000, 200);
    let site = wide::site(bench, psql, wide::TABLES, rows)?;
    site.approve()?;
    let mut ours = Vec::new();
    for _ in 0..bench.rounds() {
        let kept = site.keep()?;
        if kept.rows != 0 {
            bail!("{name}: {} rows were changed, and none is due", kept.rows);
        }
        ours.push(1000.0 * kept.ran.wall.as_secs_f64());
    }
    let asked = wide::anything_due(CUTOFF);
    let mut reference = Vec::new();
    for _ in 0..bench.rounds() {
        let began = crate::bench::process::now();
        psql.run("wide", &[&asked])?;
        reference.push(1000.0 * crate::bench::process::now().duration_since(began).as_secs_f64());
    }
    bench.figure(Figure {
        case: name.to_owned(),
        unit: "ms",
        ours: median(&ours),
        reference: median(&reference),
        ceiling: None,
        goal: Goal::AtMost(2000.0),
        note: format!(
            "{} tables of {rows} rows, a rule for each; reference: one EXISTS a table",
            wide::TABLES
        ),
    });
    Ok(())
}

/// All of a partition is due, and nothing else.
fn partitions(bench: &mut Bench, psql: &Psql) -> Result<()> {
    let name = "retention.postgres.partitions";
    if !bench.wants(name) {
        return Ok(());
    }
    let logs = bench.size(5_000_000, 20_000);
    bench.say(&format!("loading two partitions of {logs} rows"));
    let data = Postgres::load(psql, "data/postgres-logs.sql", &[("logs", logs.to_string())])?;
    let site = Site::empty(bench, &data.url())?;
    wide::logs(&site)?;
    data.fresh()?;
    site.approve()?;
    let kept = site.keep()?;
    if kept.rows != logs {
        bail!("{name}: {} rows were changed, and {logs} are due", kept.rows);
    }
    let dropped = psql
        .run("work", &["SELECT to_regclass('logs_1996') IS NULL"])?
        .trim()
        == "t";
    let sum = data.sum_of(&["logs"])?;
    data.fresh()?;
    let ran = data.reference("reference/postgres-partitions.sql")?;
    same(name, &sum, &data.sum_of(&["logs"])?)?;
    let note = if dropped {
        format!("{logs} rows in the partition that is due")
    } else {
        format!(
            "dropping partitions is not supported: the {logs} rows of the one that is due were deleted one batch after the \
             other"
        )
    };
    bench.figure(Figure {
        case: name.to_owned(),
        unit: "ms",
        ours: Some(1000.0 * kept.ran.wall.as_secs_f64()),
        reference: Some(1000.0 * ran.wall.as_secs_f64()),
        ceiling: None,
        goal: Goal::BeyondAtMost(500.0),
        note,
    });
    Ok(())
}
