//! The cases on SQLite.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::family::{self, Data};
use super::{CUTOFF, DUE, SPAN};
use crate::bench::Bench;
use crate::bench::clients::{self, Sqlite};
use crate::bench::process::Ran;
use crate::interrupt::Interrupts;

/// Every case of SQLite that was asked for.
pub fn run(bench: &mut Bench) -> Result<()> {
    if !["erase", "anonymise"]
        .iter()
        .any(|case| bench.wants(&format!("retention.sqlite.{case}")))
    {
        return Ok(());
    }
    clients::require("sqlite3", "SQLite")?;
    let customers = bench.size(1_000_000, 100_000);
    bench.say(&format!(
        "loading {customers} customers and {} messages",
        2 * customers
    ));
    let data = OnSqlite {
        folder: tempfile::tempdir().context("cannot make a temporary folder")?,
        interrupts: bench.interrupts.clone(),
        last: customers,
    };
    let script = clients::text("data/sqlite.sql")?
        .replace(":customers", &customers.to_string())
        .replace(":due_in_100", &DUE.to_string());
    data.on("base.db").run(&script)?;
    family::case(bench, &data, "erase", customers)?;
    family::case(bench, &data, "anonymise", customers)
}

/// The file `base.db`, and its copy `work.db`.
struct OnSqlite {
    folder: tempfile::TempDir,
    interrupts: Interrupts,
    last: u64,
}

impl OnSqlite {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn on(&self, name: &str) -> Sqlite {
        Sqlite {
            path: self.path(name),
            interrupts: self.interrupts.clone(),
        }
    }
}

impl Data for OnSqlite {
    fn kind(&self) -> &'static str {
        "sqlite"
    }

    fn url(&self) -> String {
        self.path("work.db").display().to_string()
    }

    fn fresh(&self) -> Result<()> {
        for beside in ["work.db-wal", "work.db-shm"] {
            std::fs::remove_file(self.path(beside)).ok();
        }
        std::fs::copy(self.path("base.db"), self.path("work.db")).context("cannot copy the database")?;
        // What was copied is written before anything is timed.
        let copied = std::fs::File::open(self.path("work.db")).context("cannot open the copy")?;
        copied.sync_all().context("cannot write the copy to the disk")
    }

    fn reference(&self, name: &str) -> Result<Ran> {
        let variables = [("cutoff", format!("'{CUTOFF}'"))];
        self.on("work.db").ranges(name, self.last, SPAN, &variables)
    }

    fn sum(&self) -> Result<String> {
        Ok(self
            .on("work.db")
            .run("SELECT count(*) FROM customers;\nSELECT count(*) FROM messages;\n.sha3sum\n")?
            .out)
    }
}
