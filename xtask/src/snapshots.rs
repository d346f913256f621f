//! No orphan snapshot: each one in the repository was compared by some test of this run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::runner;

/// Compares the snapshots on disk with those that the tests said they read, and names the others.
pub fn all_are_used(references: &Path) -> Result<bool> {
    let read = std::fs::read_to_string(references).context("cannot read which snapshots were used")?;
    let used: BTreeSet<PathBuf> = read
        .lines()
        .filter_map(|line| Path::new(line).canonicalize().ok())
        .collect();
    let mut found = Vec::new();
    for folder in ["crates", "tests", "xtask", "examples"] {
        collect(&runner::root().join(folder), &mut found);
    }
    let orphans: Vec<_> = found
        .iter()
        .filter(|path| !path.canonicalize().is_ok_and(|it| used.contains(&it)))
        .collect();
    for orphan in &orphans {
        println!("no test reads this snapshot: {}", orphan.display());
    }
    Ok(orphans.is_empty())
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
    {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "snap") {
            found.push(path);
        }
    }
}
