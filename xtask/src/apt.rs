//! Installing Debian packages, when we may.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::interrupt::Interrupts;
use crate::runner;

/// Whether we may install: root, on a system that has apt.
pub fn available() -> bool {
    rustix::process::geteuid().is_root() && Path::new("/usr/bin/apt-get").exists()
}

/// Installs packages without asking anything; refreshes the lists only when it does not work without.
pub fn install(packages: &[&str], interrupts: &Interrupts) -> Result<()> {
    if packages.contains(&"postgresql") {
        create_no_cluster()?;
    }
    if !runner::run(&mut get(&["install"], packages), interrupts)?.success() {
        interrupts.check()?;
        runner::run(&mut get(&["update"], &[]), interrupts)?;
        interrupts.check()?;
        if !runner::run(&mut get(&["install"], packages), interrupts)?.success() {
            bail!("apt-get could not install {}", packages.join(" "));
        }
    }
    interrupts.check()
}

/// Debian makes and starts a server on port 5432 when the package comes, unless this file says no. A file that is
/// already there is somebody's decision and stays.
fn create_no_cluster() -> Result<()> {
    let file = Path::new("/etc/postgresql-common/createcluster.conf");
    if file.exists() {
        return Ok(());
    }
    std::fs::create_dir_all("/etc/postgresql-common")
        .and_then(|()| std::fs::write(file, "create_main_cluster = false\n"))
        .with_context(|| format!("cannot write {}", file.display()))?;
    println!("{}: no server of its own will be created", file.display());
    Ok(())
}

fn get(verb: &[&str], packages: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.args([
        "-q",
        "-y",
        "-o",
        "DPkg::Lock::Timeout=300",
        "-o",
        "Dpkg::Options::=--force-confold",
    ]);
    command.args(verb);
    if !packages.is_empty() {
        command.arg("--no-install-recommends").args(packages);
    }
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .env("LC_ALL", "C.UTF-8")
        .env("UCF_FORCE_CONFFOLD", "1");
    command
}
