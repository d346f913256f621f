//! Rows deleted and anonymised: the whole `serment keep` against the best hand-written SQL, on copies of the same data.

mod application;
mod family;
mod mariadb;
mod postgres;
mod sqlite;

use anyhow::{Result, bail};

use super::Bench;

/// What is due lies before it, what is not after it, whatever the day: twenty years ago lies between 2001 and 2013.
pub const CUTOFF: &str = "2006-01-01";
/// Due customers out of a hundred.
pub const DUE: u64 = 10;
/// Width of a range of keys, so that about ten thousand customers of it are due: what `serment keep` takes for a batch.
pub const SPAN: u64 = 100_000;

/// Every case, or those that were asked for.
pub fn run(bench: &mut Bench) -> Result<()> {
    postgres::run(bench)?;
    mariadb::run(bench)?;
    sqlite::run(bench)
}

/// Both sides must end with the same data.
pub fn same(case: &str, ours: &str, reference: &str) -> Result<()> {
    if ours == reference && !ours.trim().is_empty() {
        return Ok(());
    }
    bail!("{case}: ours and the reference did not end with the same data:\n{ours}\nagainst\n{reference}")
}
