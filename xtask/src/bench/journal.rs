//! The journal against the disk: appending, verifying, proving.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::figure::{Figure, Goal};
use super::numbers::median;
use super::{Bench, built, process};

/// Entries of a group: what one sync makes durable.
const GROUP: u64 = 1000;
/// Receipts that are timed together.
const RECEIPTS: u64 = 200;

/// Every case, or those that were asked for.
pub fn run(bench: &mut Bench) -> Result<()> {
    if !["append", "verify", "receipt"]
        .iter()
        .any(|case| bench.wants(&format!("journal.{case}")))
    {
        return Ok(());
    }
    let tool = built(
        &bench.asked,
        &bench.interrupts,
        "serment-benches",
        "serment-benches",
    )?;
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let groups = bench.size(1000, 100);
    let entries = groups * GROUP;
    let timed = |args: &[&str]| -> Result<f64> {
        let mut command = Command::new(&tool);
        let ran = process::timed(command.args(args).current_dir(folder.path()), &bench.interrupts)?;
        ran.out
            .trim()
            .parse()
            .context("serment-benches printed no number")
    };

    let (mut ours, mut reference, mut bytes) = (Vec::new(), Vec::new(), 0);
    for round in 0..bench.rounds() {
        let journal = format!("journal-{round}");
        let took = timed(&["append", &journal, &groups.to_string(), &GROUP.to_string()])?;
        ours.push(entries as f64 / took);
        bytes = length(&folder.path().join(&journal).join("log"))? / groups;
        let took = timed(&[
            "raw",
            &format!("raw-{round}"),
            &groups.to_string(),
            &bytes.to_string(),
        ])?;
        reference.push(entries as f64 / took);
    }
    let receipts = timed(&["receipts", "journal-0", &RECEIPTS.to_string()])?;
    let receipt = receipts / RECEIPTS as f64;

    let mut verify = Vec::new();
    for _ in 0..bench.rounds() {
        let mut command = Command::new(&bench.binary);
        command.args(["verify", "journal-0", "--key", "journal-0/journal.pub"]);
        let ran = process::timed(command.current_dir(folder.path()), &bench.interrupts)?;
        verify.push(ran.wall.as_secs_f64());
    }
    bench.figure(Figure {
        case: "journal.append".to_owned(),
        unit: "entries/s",
        ours: median(&ours),
        reference: median(&reference),
        ceiling: None,
        goal: Goal::RatioAtLeast(0.9),
        note: format!(
            "groups of {GROUP}, {bytes} bytes each; reference: one write and one fdatasync of as many bytes"
        ),
    });
    bench.figure(Figure {
        case: "journal.verify".to_owned(),
        unit: "s",
        ours: median(&verify),
        reference: None,
        ceiling: None,
        goal: Goal::AtMost(5.0 * entries as f64 / 1e6),
        note: format!("{entries} entries, every payload; 5 s for a million"),
    });
    bench.figure(Figure {
        case: "journal.receipt".to_owned(),
        unit: "ms",
        ours: Some(1000.0 * receipt),
        reference: None,
        ceiling: None,
        goal: Goal::AtMost(10.0),
        note: format!("from a journal of {entries} entries that is open; mean of {RECEIPTS}"),
    });
    Ok(())
}

/// Bytes of the files of a folder.
fn length(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}
