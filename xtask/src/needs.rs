//! What the tests need on the machine: found, else installed, else named.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::interrupt::Interrupts;
use crate::product::{self, Product};
use crate::{apt, runner};

/// The programs of one installed server.
pub struct Installed {
    /// What it is.
    pub product: &'static Product,
    /// The folder that holds the server.
    pub bin: PathBuf,
    /// What it says of its version.
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
pub fn all(interrupts: &Interrupts) -> Result<(Vec<Installed>, Chromium)> {
    let mut missing: Vec<_> = product::ALL
        .into_iter()
        .filter(|product| find_server(product).is_none())
        .map(|product| product.package)
        .collect();
    if find_chromium().is_none() {
        missing.push("chromium");
    }
    provide(&missing, interrupts)?;
    let servers: Result<_> = product::ALL
        .into_iter()
        .map(|product| find_server(product).with_context(|| too_old(product)))
        .collect();
    Ok((
        servers?,
        find_chromium().context("chromium was installed and does not start")?,
    ))
}

/// One server alone.
pub fn server(product: &'static Product, interrupts: &Interrupts) -> Result<Installed> {
    if let Some(found) = find_server(product) {
        return Ok(found);
    }
    provide(&[product.package], interrupts)?;
    find_server(product).with_context(|| too_old(product))
}

/// Servers refuse to run as root: the account that the package made, else the one that owns nothing.
pub fn server_account(product: &Product) -> Result<Option<Account>> {
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
    match account(product.account).or_else(|| account("nobody")) {
        Some(found) => Ok(Some(found)),
        None => bail!(
            "{} does not run as root, and there is no account `{}` to run it",
            product.title,
            product.account
        ),
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
             Elsewhere: {servers} and Chromium or Chrome, in the PATH.\n\
             No server has to run: the tests start their own.",
            list = packages.join(" "),
            servers = product::ALL.map(wanted).join(", ")
        );
    }
    println!("installing {}", packages.join(" "));
    apt::install(packages, interrupts)
}

fn wanted(product: &Product) -> String {
    let (major, minor) = product.oldest;
    format!(
        "{} {major}.{minor} or later (`{}` and `{}`)",
        product.title, product.make[0], product.server
    )
}

fn too_old(product: &Product) -> String {
    format!(
        "no {} after installing {}; the product's own repository has one",
        wanted(product),
        product.package
    )
}

/// The newest usable one, in the places where systems put it.
fn find_server(product: &'static Product) -> Option<Installed> {
    let mut places: Vec<PathBuf> =
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    for place in product.places {
        match place.split_once("/*/") {
            None => places.push(place.into()),
            Some((parent, below)) => {
                let versions = std::fs::read_dir(parent).into_iter().flatten();
                places.extend(
                    versions
                        .filter_map(Result::ok)
                        .map(|entry| entry.path().join(below)),
                );
            }
        }
    }
    let found = places.into_iter().filter_map(|bin| {
        let makes = [&bin, &PathBuf::from("/usr/bin")]
            .iter()
            .any(|place| place.join(product.make[0]).exists());
        let server = bin.join(product.server);
        if !makes || !server.exists() {
            return None;
        }
        let version = runner::first_line(server.to_str()?, &["--version"])?;
        let number = number(&version)?;
        let installed = Installed {
            product,
            bin,
            version,
        };
        (number >= product.oldest).then_some((number, installed))
    });
    found
        .max_by_key(|(number, _)| *number)
        .map(|(_, installed)| installed)
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

/// `postgres (PostgreSQL) 15.14 (Debian…)` is 15.14.
fn number(version: &str) -> Option<(u32, u32)> {
    let number = version
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let mut parts = number.split(|c: char| !c.is_ascii_digit());
    let major = parts.next()?.parse().ok()?;
    Some((
        major,
        parts.next().and_then(|minor| minor.parse().ok()).unwrap_or(0),
    ))
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn the_version_is_read_from_releases_and_betas() {
        let postgres = "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)";
        assert_eq!(number(postgres), Some((15, 14)));
        assert_eq!(number("postgres (PostgreSQL) 19beta1"), Some((19, 0)));
        assert_eq!(number("postgres"), None);
        let mariadb = "mariadbd  Ver 10.11.14-MariaDB-0+deb12u2 for debian-linux-gnu on x86_64 (Debian 12)";
        assert_eq!(number(mariadb), Some((10, 11)));
    }
}
