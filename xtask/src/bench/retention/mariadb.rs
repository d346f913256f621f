//! The cases on MariaDB.

use anyhow::Result;

use super::family::{self, Data};
use super::{CUTOFF, DUE, SPAN};
use crate::bench::Bench;
use crate::bench::clients::{self, Mariadb};
use crate::bench::process::Ran;
use crate::product;

/// Every case of MariaDB that was asked for.
pub fn run(bench: &mut Bench) -> Result<()> {
    if !["erase", "anonymise"]
        .iter()
        .any(|case| bench.wants(&format!("retention.mariadb.{case}")))
    {
        return Ok(());
    }
    clients::require("mariadb", "MariaDB")?;
    let server = bench.server(&product::MARIADB_OF_BENCHES)?;
    let client = Mariadb {
        server: server.url(),
        interrupts: bench.interrupts.clone(),
    };
    let customers = bench.size(1_000_000, 50_000);
    bench.say(&format!(
        "loading {customers} customers and {} messages",
        2 * customers
    ));
    client.run("mysql", "CREATE DATABASE base; CREATE DATABASE work;")?;
    client.file(
        "base",
        "data/mariadb.sql",
        &[
            ("customers", customers.to_string()),
            ("due_in_100", DUE.to_string()),
        ],
    )?;
    let data = OnMariadb { client };
    family::case(bench, &data, "erase", customers)?;
    family::case(bench, &data, "anonymise", customers)
}

/// The database `base`, and its copy `work`.
struct OnMariadb {
    client: Mariadb,
}

impl Data for OnMariadb {
    fn kind(&self) -> &'static str {
        "mariadb"
    }

    fn url(&self) -> String {
        self.client.url("work")
    }

    fn fresh(&self) -> Result<()> {
        self.client
            .run("mysql", "DROP DATABASE work; CREATE DATABASE work;")?;
        self.client.file("work", "data/mariadb-copy.sql", &[]).map(|_| ())
    }

    fn reference(&self, name: &str) -> Result<Ran> {
        let variables = [("cutoff", format!("'{CUTOFF}'")), ("span", SPAN.to_string())];
        self.client.file("work", name, &variables)
    }

    fn sum(&self) -> Result<String> {
        let asked = "SELECT count(*) FROM customers; SELECT count(*) FROM messages; CHECKSUM TABLE customers, messages;";
        self.client.run("work", asked)
    }
}
