//! A register of the benches in a folder of its own, and `serment` at work there.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::process::{self, Ran};
use super::{Bench, clients};
use crate::interrupt::Interrupts;

/// A register and its state.
pub struct Site {
    folder: tempfile::TempDir,
    binary: PathBuf,
    interrupts: Interrupts,
    /// Address of the store.
    url: String,
}

/// What a run of `serment keep` came to.
pub struct Kept {
    /// The whole command.
    pub ran: Ran,
    /// Between the first intent and the end of the run, as the journal says, in seconds: everything but reading the
    /// register, opening the stores, counting and the brakes.
    pub acting: f64,
    /// Rows changed.
    pub rows: u64,
}

impl Site {
    /// Writes the register of customers and messages; `then` is what its rule does.
    pub fn shop(bench: &Bench, kind: &str, url: &str, then: &str) -> Result<Self> {
        let site = Self::empty(bench, url)?;
        // SQLite has no type for times.
        let time = if kind == "sqlite" { ", time = \"text\"" } else { "" };
        for name in [
            "serment.toml",
            "vocabulary.toml",
            "activities/sales.toml",
            "stores/shop.toml",
        ] {
            let text = clients::text(&format!("register/{name}"))?
                .replace("{kind}", kind)
                .replace("{time}", time)
                .replace("{then}", then);
            site.write(name, &text)?;
        }
        Ok(site)
    }

    /// A folder with nothing in it yet.
    pub fn empty(bench: &Bench, url: &str) -> Result<Self> {
        Ok(Self {
            folder: tempfile::tempdir().context("cannot make a temporary folder")?,
            binary: bench.binary.clone(),
            interrupts: bench.interrupts.clone(),
            url: url.to_owned(),
        })
    }

    /// Writes a file of the register.
    pub fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.folder.path().join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// `serment` with these arguments, in the folder of the register.
    pub fn serment(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(args)
            .current_dir(self.folder.path())
            .env("BENCH_URL", &self.url)
            .env("BENCH_WRITE_URL", &self.url)
            .env("LC_ALL", "C.UTF-8")
            .env("NO_COLOR", "1");
        command
    }

    /// Approves every rule of the plan.
    pub fn approve(&self) -> Result<()> {
        let plan = process::any_end(
            &mut self.serment(&["plan", "--format", "json"]),
            &self.interrupts,
            Stdio::null(),
            false,
        )?;
        let read: Value = serde_json::from_str(&plan.out)
            .with_context(|| format!("serment plan: {}{}", plan.errors, plan.out))?;
        let mut rules: Vec<&str> = Vec::new();
        for line in read["rules"].as_array().into_iter().flatten() {
            if line["obstacles"]
                .as_array()
                .is_some_and(|found| !found.is_empty())
            {
                bail!("a rule of the bench cannot start: {}", line["obstacles"]);
            }
            rules.extend(line["rule"].as_str());
        }
        rules.sort_unstable();
        rules.dedup();
        if rules.is_empty() {
            bail!("the plan of the bench has no rule");
        }
        let mut command = self.serment(&["approve"]);
        command.args(rules).args(["--actor", "bench", "--plan"]);
        command.arg(read["plan"].as_str().unwrap_or_default());
        process::timed(&mut command, &self.interrupts)?;
        Ok(())
    }

    /// Puts aside what approving wrote, to begin each round with it.
    pub fn state(&self) -> PathBuf {
        self.folder.path().join(".serment")
    }

    /// Begins again with a state that was put aside.
    pub fn restore(&self, from: &Path) -> Result<()> {
        if self.state().exists() {
            std::fs::remove_dir_all(self.state()).context("cannot remove a state")?;
        }
        clients::copy(from, &self.state())
    }

    /// Runs the approved rules.
    pub fn keep(&self) -> Result<Kept> {
        self.kept(process::timed(&mut self.keeping(), &self.interrupts)?)
    }

    /// The same, and looks at its memory.
    pub fn keep_watched(&self) -> Result<Kept> {
        self.kept(process::watched(&mut self.keeping(), &self.interrupts)?)
    }

    /// The command that runs the approved rules.
    pub fn keeping(&self) -> Command {
        self.serment(&["keep", "--actor", "bench", "--format", "json"])
    }

    fn kept(&self, ran: Ran) -> Result<Kept> {
        let report: Value = serde_json::from_str(&ran.out).context("serment keep printed no report")?;
        for place in ["blocked", "observed"] {
            if report[place].as_array().is_some_and(|found| !found.is_empty()) {
                bail!("the run of the bench did not do everything: {}", report[place]);
            }
        }
        let listed = process::timed(
            &mut self.serment(&["journal", "list", "--last", "all", "--format", "json"]),
            &self.interrupts,
        )?;
        Ok(Kept {
            acting: between(&listed.out)?,
            rows: report["rows"].as_u64().unwrap_or(0),
            ran,
        })
    }
}

/// The seconds between the first intent and the last entry; zero without intent.
fn between(listed: &str) -> Result<f64> {
    let entries: Value = serde_json::from_str(listed).context("serment journal list printed no entries")?;
    let entries = entries.as_array().context("not a list of entries")?;
    let at = |entry: &Value| -> Result<jiff::Timestamp> {
        Ok(entry["at"].as_str().context("an entry without a time")?.parse()?)
    };
    let intent = entries.iter().find(|entry| entry["kind"] == "intent");
    let (Some(first), Some(last)) = (intent, entries.last()) else {
        return Ok(0.0);
    };
    Ok(at(last)?.duration_since(at(first)?).as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn the_time_of_a_run_is_read_from_its_first_intent_and_its_end() {
        let listed = r#"[{"at":"2026-01-01T03:29:00Z","kind":"run"},{"at":"2026-01-01T03:30:00.250Z","kind":"intent"},
            {"at":"2026-01-01T03:30:30Z","kind":"intent"},{"at":"2026-01-01T03:31:01Z","kind":"run"}]"#;
        assert_eq!(between(listed).expect("a run"), 60.75);
        assert_eq!(between("[]").expect("nothing"), 0.0);
        assert!(between("{}").is_err());
    }
}
