//! Customers and their messages: the same rounds on every database.

use anyhow::{Result, bail};

use super::super::figure::{Figure, Goal};
use super::super::numbers::median;
use super::super::process::Ran;
use super::super::site::Site;
use super::super::{Bench, clients};
use super::{DUE, same};

/// A database that can be filled again and again with the same data.
pub trait Data {
    /// `postgres`, `mariadb`, `sqlite`.
    fn kind(&self) -> &'static str;
    /// Address of the copy that is worked on, as `serment` wants it.
    fn url(&self) -> String;
    /// Puts a fresh copy in the place of the one that was worked on.
    fn fresh(&self) -> Result<()>;
    /// Runs a reference on the copy.
    fn reference(&self, name: &str) -> Result<Ran>;
    /// What the copy holds, in a few words that differ when a row differs.
    fn sum(&self) -> Result<String>;
}

/// One case: what is done to the customers that are due.
pub fn case(bench: &mut Bench, data: &dyn Data, then: &str, customers: u64) -> Result<()> {
    let name = format!("retention.{}.{then}", data.kind());
    if !bench.wants(&name) {
        return Ok(());
    }
    let site = Site::shop(bench, data.kind(), &data.url(), then)?;
    data.fresh()?;
    site.approve()?;
    let approved = tempfile::tempdir()?;
    clients::copy(&site.state(), approved.path())?;

    let expected = 3 * customers * DUE / 100;
    let (mut whole, mut acting, mut reference) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..bench.rounds() {
        let mut sums = [String::new(), String::new()];
        // Whoever is second meets a machine that has just worked: they take turns.
        for ours in [round % 2 == 0, round % 2 == 1] {
            data.fresh()?;
            if ours {
                site.restore(approved.path())?;
                let kept = site.keep()?;
                if kept.rows != expected {
                    bail!("{name}: {} rows were changed, and {expected} are due", kept.rows);
                }
                whole.push(expected as f64 / kept.ran.wall.as_secs_f64());
                acting.push(expected as f64 / kept.acting);
                sums[0] = data.sum()?;
            } else {
                let ran = data.reference(&format!("reference/{}-{then}.sql", data.kind()))?;
                reference.push(expected as f64 / ran.wall.as_secs_f64());
                sums[1] = data.sum()?;
            }
        }
        same(&name, &sums[0], &sums[1])?;
    }
    data.fresh()?;
    let plain = data.reference(&format!("reference/{}-{then}-plain.sql", data.kind()))?;
    let ceiling = Some(expected as f64 / plain.wall.as_secs_f64());
    let note = format!(
        "{customers} customers, {} messages, {expected} rows to change; median of {} rounds",
        2 * customers,
        whole.len()
    );
    bench.figure(Figure {
        case: name.clone(),
        unit: "rows/s",
        ours: median(&whole),
        reference: median(&reference),
        ceiling,
        goal: Goal::RatioAtLeast(0.9),
        note,
    });
    bench.figure(Figure {
        case: format!("{name}.acting"),
        unit: "rows/s",
        ours: median(&acting),
        reference: median(&reference),
        ceiling,
        goal: Goal::None,
        note: "the same runs without starting, counting what is due and the brakes".to_owned(),
    });
    Ok(())
}
