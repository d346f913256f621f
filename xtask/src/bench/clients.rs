//! The databases' own programs, which load the data and run the reference.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::process::{self, Ran};
use crate::interrupt::Interrupts;
use crate::runner;

/// A file of `benches/`.
pub fn file(name: &str) -> PathBuf {
    runner::root().join("benches").join(name)
}

/// The text of a file of `benches/`.
pub fn text(name: &str) -> Result<String> {
    let path = file(name);
    std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// `psql`, on one database of a server.
pub struct Psql {
    /// Address of the server, with any database.
    pub server: String,
    /// Signals.
    pub interrupts: Interrupts,
}

impl Psql {
    /// The address of a database.
    pub fn url(&self, database: &str) -> String {
        at(&self.server, database)
    }

    /// Runs statements, each in a transaction of its own, and gives what they print.
    pub fn run(&self, database: &str, statements: &[&str]) -> Result<String> {
        let mut command = self.command(database);
        for statement in statements {
            command.args(["-c", statement]);
        }
        Ok(process::timed(&mut command, &self.interrupts)?.out)
    }

    /// Runs a file of `benches/` with variables.
    pub fn file(&self, database: &str, name: &str, variables: &[(&str, String)]) -> Result<Ran> {
        let mut command = self.command(database);
        for (variable, value) in variables {
            command.arg("-v").arg(format!("{variable}={value}"));
        }
        process::timed(command.arg("-f").arg(file(name)), &self.interrupts)
    }

    fn command(&self, database: &str) -> Command {
        let mut command = Command::new("psql");
        command
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"])
            .arg(self.url(database));
        command
    }
}

/// `mariadb`, on one database of a server.
pub struct Mariadb {
    /// Address of the server, with any database.
    pub server: String,
    /// Signals.
    pub interrupts: Interrupts,
}

impl Mariadb {
    /// The address of a database.
    pub fn url(&self, database: &str) -> String {
        at(&self.server, database)
    }

    /// Runs statements and gives what they print.
    pub fn run(&self, database: &str, statements: &str) -> Result<String> {
        Ok(self.timed(database, statements)?.out)
    }

    /// Runs a file of `benches/` with user variables.
    pub fn file(&self, database: &str, name: &str, variables: &[(&str, String)]) -> Result<Ran> {
        let mut script: String = variables
            .iter()
            .map(|(variable, value)| format!("SET @{variable} = {value};\n"))
            .collect();
        script.push_str(&text(name)?);
        self.timed(database, &script)
    }

    fn timed(&self, database: &str, script: &str) -> Result<Ran> {
        let port = self.server.rsplit_once(':').map_or("", |(_, rest)| rest);
        let port = port.split('/').next().unwrap_or_default();
        let mut command = Command::new("mariadb");
        command.args([
            "--no-defaults",
            "--protocol=tcp",
            "--host=127.0.0.1",
            "--user=root",
        ]);
        command.args(["--batch", "--skip-column-names"]);
        command.arg(format!("--port={port}")).arg(database);
        process::fed(&mut command, script, &self.interrupts)
    }
}

/// `sqlite3`, on a file.
pub struct Sqlite {
    /// The file.
    pub path: PathBuf,
    /// Signals.
    pub interrupts: Interrupts,
}

impl Sqlite {
    /// Runs a script and gives what it prints.
    pub fn run(&self, script: &str) -> Result<Ran> {
        let mut command = Command::new("sqlite3");
        command.args(["-batch", "-bail"]).arg(&self.path);
        process::fed(&mut command, script, &self.interrupts)
    }

    /// Runs a file of `benches/` once for each range of keys, after its first part, which stands before a line `-- each`.
    pub fn ranges(&self, name: &str, last: u64, span: u64, variables: &[(&str, String)]) -> Result<Ran> {
        self.run(&repeated(&text(name)?, last, span, variables))
    }
}

/// A script with its second part once for each range of keys; words after a colon are replaced.
fn repeated(script: &str, last: u64, span: u64, variables: &[(&str, String)]) -> String {
    let put = |text: &str, variables: &[(&str, String)]| {
        let mut text = text.to_owned();
        for (variable, value) in variables {
            text = text.replace(&format!(":{variable}"), value);
        }
        text
    };
    let (once, each) = script.split_once("-- each\n").unwrap_or((script, ""));
    let mut out = put(once, variables);
    let mut low = 0;
    while low < last {
        let high = low + span;
        let range = [("low", low.to_string()), ("high", high.to_string())];
        out.push_str(&put(&put(each, &range), variables));
        low = high;
    }
    out
}

/// The address of another database on the same server.
fn at(server: &str, database: &str) -> String {
    let (place, _) = server.rsplit_once('/').unwrap_or((server, ""));
    format!("{place}/{database}")
}

/// Whether a program can be started; an error that says what it is for.
pub fn require(program: &str, of: &str) -> Result<()> {
    runner::first_line(program, &["--version"])
        .map(|_| ())
        .with_context(|| format!("this bench needs the program {program} ({of}) in the PATH"))
}

/// Copies a folder, with the rights of everything in it.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    std::fs::set_permissions(to, std::fs::metadata(from)?.permissions())?;
    for entry in std::fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target)?;
        } else {
            std::fs::copy(&source, &target).with_context(|| format!("cannot copy {}", source.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_part_of_a_script_is_said_for_each_range() {
        let script = "PRAGMA x;\n-- each\nDELETE WHERE id > :low AND id <= :high AND d < :cutoff;\n";
        let said = repeated(script, 250, 100, &[("cutoff", "'2006'".to_owned())]);
        assert_eq!(
            said,
            "PRAGMA x;\nDELETE WHERE id > 0 AND id <= 100 AND d < '2006';\nDELETE WHERE id > 100 AND id <= 200 AND d < \
             '2006';\nDELETE WHERE id > 200 AND id <= 300 AND d < '2006';\n"
        );
    }

    #[test]
    fn another_database_of_the_same_server() {
        let server = "postgres://postgres@127.0.0.1:5432/postgres";
        assert_eq!(at(server, "work"), "postgres://postgres@127.0.0.1:5432/work");
    }
}
