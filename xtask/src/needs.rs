//! What the tests need on the machine: found, else installed, else named.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::interrupt::Interrupts;
use crate::{apt, runner};

/// The oldest PostgreSQL that Serment supports.
const OLDEST_POSTGRES: u32 = 15;

/// The programs of one installed PostgreSQL.
pub struct Postgres {
    /// The folder that holds `initdb` and `postgres`.
    pub bin: PathBuf,
    /// What `postgres --version` says.
    pub version: String,
}

/// One installed Chromium.
pub struct Chromium {
    /// The program.
    pub path: PathBuf,
    /// What it says of itself.
    pub version: String,
}

/// A system account, by its numbers.
pub struct Account {
    /// User.
    pub uid: u32,
    /// Group.
    pub gid: u32,
}

/// Everything that `cargo xtask test` needs.
pub fn all(interrupts: &Interrupts) -> Result<(Postgres, Chromium)> {
    let mut missing = Vec::new();
    if find_postgres().is_none() {
        missing.push("postgresql");
    }
    if find_chromium().is_none() {
        missing.push("chromium");
    }
    provide(&missing, interrupts)?;
    let postgres = find_postgres().with_context(too_old)?;
    Ok((
        postgres,
        find_chromium().context("chromium was installed and does not start")?,
    ))
}

/// PostgreSQL alone.
pub fn postgres(interrupts: &Interrupts) -> Result<Postgres> {
    if let Some(found) = find_postgres() {
        return Ok(found);
    }
    provide(&["postgresql"], interrupts)?;
    find_postgres().with_context(too_old)
}

/// PostgreSQL refuses to run as root: the account that its package made, else the one that owns nothing.
pub fn server_account() -> Result<Option<Account>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let accounts = std::fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
    let account = |name: &str| {
        let line = accounts
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2).map(str::parse);
        match (fields.next(), fields.next()) {
            (Some(Ok(uid)), Some(Ok(gid))) => Some(Account { uid, gid }),
            _ => None,
        }
    };
    match account("postgres").or_else(|| account("nobody")) {
        Some(found) => Ok(Some(found)),
        None => bail!("PostgreSQL does not run as root, and there is no account `postgres` to run it"),
    }
}

fn provide(packages: &[&str], interrupts: &Interrupts) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    if !apt::available() {
        bail!(
            "the tests need what this machine does not have: {list}\n\
             On Debian or Ubuntu, install it with:\n\n    \
             sudo apt-get install --no-install-recommends {list}\n\n\
             Elsewhere: PostgreSQL {OLDEST_POSTGRES} or later (`initdb` and `postgres`) and Chromium or Chrome, in the PATH.\n\
             No server has to run: the tests start their own.",
            list = packages.join(" ")
        );
    }
    println!("installing {}", packages.join(" "));
    apt::install(packages, interrupts)
}

fn too_old() -> String {
    format!(
        "no PostgreSQL {OLDEST_POSTGRES} or later after installing the package; its own repository (PGDG) has one"
    )
}

/// The newest usable one, in the places where systems put it.
fn find_postgres() -> Option<Postgres> {
    let mut places: Vec<PathBuf> =
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    for (parent, below) in [
        ("/usr/lib/postgresql", "bin"),
        ("/opt/homebrew/opt", "bin"),
        ("/usr/local/opt", "bin"),
    ] {
        let versions = std::fs::read_dir(parent)
            .into_iter()
            .flatten()
            .filter_map(Result::ok);
        places.extend(versions.map(|entry| entry.path().join(below)));
    }
    places.push(PathBuf::from("/usr/local/pgsql/bin"));
    let found = places.into_iter().filter_map(|bin| {
        if !bin.join("initdb").exists() {
            return None;
        }
        let version = runner::first_line(bin.join("postgres").to_str()?, &["--version"])?;
        let major = major(&version)?;
        (major >= OLDEST_POSTGRES).then_some((major, Postgres { bin, version }))
    });
    found
        .max_by_key(|(major, _)| *major)
        .map(|(_, postgres)| postgres)
}

fn find_chromium() -> Option<Chromium> {
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome-stable",
        "google-chrome",
    ];
    let places: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    let candidates = names
        .iter()
        .flat_map(|name| places.iter().map(move |place| place.join(name)));
    candidates
        .filter(|path| Path::new(path).is_file())
        .find_map(|path| {
            let version = runner::first_line(path.to_str()?, &["--version"])?;
            Some(Chromium { path, version })
        })
}

/// `postgres (PostgreSQL) 15.14 (Debian…)` is 15.
fn major(version: &str) -> Option<u32> {
    let number = version
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_is_read_from_releases_and_betas() {
        assert_eq!(
            major("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)"),
            Some(15)
        );
        assert_eq!(major("postgres (PostgreSQL) 19beta1"), Some(19));
        assert_eq!(major("postgres"), None);
    }
}
