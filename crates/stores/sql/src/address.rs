//! Where a store is, from what the register says: `env:NAME`, `file:PATH`, or a path.
//!
//! A register may come from outside (a pull request): it can name variables of the environment, and must not be able to
//! send the content of just any of them to a server of its choice. Errors name the reference, never what it holds.

use std::path::{Path, PathBuf};

use serment_store::Failure;
use serment_store::{Text, text};

pub(crate) mod server;

/// Variables that belong to the system or to other programs.
const FORBIDDEN: &[&str] = &[
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "OLDPWD", "TERM", "LANG", "HOSTNAME", "MAIL",
    "TMPDIR", "IFS",
];

/// Beginnings of such names.
const FORBIDDEN_STARTS: &[&str] = &[
    "LC_",
    "LD_",
    "DYLD_",
    "XDG_",
    "SSH_",
    "GPG_",
    "AWS_",
    "GITHUB_",
    "CI_",
    "CARGO_",
    "RUST",
    "SUDO_",
    "SYSTEMD_",
    "NOTIFY_",
    "CREDENTIALS_",
];

/// Longest secret that is read from a file, in bytes.
const LONGEST: u64 = 64 * 1024;

/// What an address refers to, read. Relative paths start at `base`, the directory of the register.
pub(crate) fn resolve(address: &str, base: &Path) -> Result<String, Failure> {
    if let Some(name) = address.strip_prefix("env:") {
        return variable(name);
    }
    if let Some(path) = address.strip_prefix("file:") {
        return secret_file(&base.join(path));
    }
    Ok(address.to_owned())
}

/// The path of a SQLite file.
pub(crate) fn sqlite_path(address: &str, base: &Path) -> Result<PathBuf, Failure> {
    let resolved = resolve(address, base)?;
    let path = resolved
        .strip_prefix("sqlite://")
        .or_else(|| resolved.strip_prefix("sqlite:"))
        .unwrap_or(&resolved);
    if path.is_empty() || path == ":memory:" {
        return Err(Failure::Address(text!(
            "un dépôt SQLite est un fichier : écrivez son chemin",
            "a SQLite store is a file: write its path"
        )));
    }
    if path.contains('\0') {
        return Err(Failure::Address(text!(
            "un chemin ne peut pas contenir de caractère NUL",
            "a path cannot hold a NUL character"
        )));
    }
    Ok(base.join(path))
}

/// Whether that variable may be an address: not one of the system's or of other programs.
pub(crate) fn may_be_read(name: &str) -> bool {
    !FORBIDDEN.contains(&name) && !FORBIDDEN_STARTS.iter().any(|start| name.starts_with(start))
}

fn variable(name: &str) -> Result<String, Failure> {
    let first_is_fine = name.starts_with(|sign: char| sign.is_ascii_uppercase() || sign == '_');
    let all_fine = name
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    if !first_is_fine || !all_fine {
        return Err(Failure::Address(text!(
            "le nom d'une variable se compose de majuscules, de chiffres et de soulignés, comme env:CRM_READ_URL",
            "the name of a variable is made of capital letters, digits and underscores, such as env:CRM_READ_URL"
        )));
    }
    if !may_be_read(name) {
        return Err(Failure::Address(text!(
            "la variable {name} appartient au système et n'est jamais lue : employez-en une à vous, comme CRM_READ_URL",
            "the variable {name} belongs to the system and is never read: use one of your own, such as CRM_READ_URL"
        )));
    }
    match std::env::var(name) {
        Ok(value) if value.trim().is_empty() => Err(Failure::Address(text!(
            "la variable {name} est vide",
            "the variable {name} is empty"
        ))),
        Ok(value) => Ok(value.trim_end_matches(['\n', '\r']).to_owned()),
        Err(std::env::VarError::NotPresent) => Err(Failure::Address(text!(
            "la variable {name} n'est pas définie : donnez-lui l'adresse du dépôt",
            "the variable {name} is not set: set it to the address of the store"
        ))),
        Err(std::env::VarError::NotUnicode(_)) => Err(Failure::Address(text!(
            "la variable {name} n'est pas de l'UTF-8 valide",
            "the variable {name} is not valid UTF-8"
        ))),
    }
}

fn secret_file(path: &Path) -> Result<String, Failure> {
    let unreadable = |why: Text| {
        let place = path.display();
        Failure::Address(text!("le fichier {place} {why}", "the file {place} {why}"; why))
    };
    let refused = |error: std::io::Error| {
        let why = Text::of_system(error.kind());
        unreadable(text!("ne se lit pas : {why}", "cannot be read: {why}"; why))
    };
    let known = std::fs::metadata(path).map_err(refused)?;
    if !known.is_file() {
        return Err(unreadable(text!("n'est pas un fichier", "is not a file")));
    }
    if known.len() > LONGEST {
        return Err(unreadable(text!(
            "est trop long pour une adresse",
            "is too long to be an address"
        )));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if known.permissions().mode() & 0o077 != 0 {
            return Err(unreadable(text!(
                "peut être lu par d'autres : faites chmod 600 dessus",
                "can be read by others: run chmod 600 on it"
            )));
        }
    }
    let text = std::fs::read_to_string(path).map_err(refused)?;
    let text = text.trim_end_matches(['\n', '\r']);
    if text.is_empty() {
        return Err(unreadable(text!("est vide", "is empty")));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(address: &str) -> String {
        resolve(address, Path::new("/")).unwrap_err().to_string()
    }

    #[test]
    fn d25_a_register_cannot_read_just_any_variable() {
        for name in [
            "PATH",
            "HOME",
            "AWS_SECRET_ACCESS_KEY",
            "LD_PRELOAD",
            "SSH_AUTH_SOCK",
            "path",
            "",
            "1A",
            "A-B",
            "A B",
        ] {
            let said = refusal(&format!("env:{name}"));
            assert!(said.contains("variable"), "{name}: {said}");
        }
        assert!(refusal("env:SERMENT_NO_SUCH_VARIABLE").contains("is not set"));
    }

    #[test]
    fn a_secret_file_is_read_without_its_last_newline_and_only_when_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("url");
        std::fs::write(&path, "postgres://a:b c@h/d\n").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
            let said = resolve("file:url", folder.path()).unwrap_err().to_string();
            assert!(said.contains("chmod 600") && !said.contains("b c"), "{said}");
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        assert_eq!(
            resolve("file:url", folder.path()).unwrap(),
            "postgres://a:b c@h/d"
        );
        assert!(
            resolve("file:absent", folder.path())
                .unwrap_err()
                .to_string()
                .contains("cannot be read")
        );
    }

    #[test]
    fn a_sqlite_path_starts_at_the_register() {
        assert_eq!(
            sqlite_path("data/crm.db", Path::new("/reg")).unwrap(),
            Path::new("/reg/data/crm.db")
        );
        assert_eq!(
            sqlite_path("sqlite:/x.db", Path::new("/reg")).unwrap(),
            Path::new("/x.db")
        );
        assert!(sqlite_path(":memory:", Path::new("/reg")).is_err());
    }
}
