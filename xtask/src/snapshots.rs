//! No orphan snapshot: each one in the repository was compared by some test of this run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::runner;

/// Compares the snapshots on disk with those that the tests said they read, and names the others.
pub fn all_are_used(references: &Path) -> Result<bool> {
    let read = std::fs::read_to_string(references).context("cannot read which snapshots were used")?;
    let orphans: Vec<PathBuf> = ["crates", "tests", "xtask", "examples"]
        .iter()
        .flat_map(|folder| orphans(&runner::root().join(folder), &read))
        .collect();
    for orphan in &orphans {
        println!("no test reads this snapshot: {}", orphan.display());
    }
    Ok(orphans.is_empty())
}

/// The snapshots below a folder that are not among the paths read, one to a line.
fn orphans(folder: &Path, read: &str) -> Vec<PathBuf> {
    let used: BTreeSet<PathBuf> = read
        .lines()
        .filter_map(|line| Path::new(line).canonicalize().ok())
        .collect();
    let mut found = Vec::new();
    collect(folder, &mut found);
    found.retain(|path| path.canonicalize().is_ok_and(|path| !used.contains(&path)));
    found
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

#[cfg(test)]
mod tests {
    use super::orphans;

    #[test]
    fn a_snapshot_that_no_test_read_is_an_orphan() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let deep = folder.path().join("a/snapshots");
        std::fs::create_dir_all(&deep).expect("a folder in it");
        for name in ["used.snap", "left.snap", "other.txt"] {
            std::fs::write(deep.join(name), "").expect("a file in it");
        }
        let read = format!("{}\n", folder.path().join("a/../a/snapshots/used.snap").display());
        assert_eq!(orphans(folder.path(), &read), [deep.join("left.snap")]);
    }
}
