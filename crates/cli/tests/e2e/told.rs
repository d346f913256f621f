//! The walk in `docs/first-register.md`: every command of it runs, and what it prints stands there.
//!
//! `SERMENT_WRITE_DOCS=1 cargo test -p serment-cli` writes the outputs anew. What depends on the day is not compared;
//! that the command ends as it should always is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::shop::{Ran, serment};

/// Commands whose output is the same on every day.
const FOR_EVER: [&str; 2] = ["serment check", "--at "];

struct Walk {
    folder: tempfile::TempDir,
    /// The last outcome that a command told.
    outcome: String,
}

impl Walk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        copy(&root().join("examples/chinook"), folder.path());
        let script = fs::read_to_string(folder.path().join("data/Chinook_Sqlite.sql")).expect("the script");
        let script = script.trim_start_matches('\u{feff}');
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime
            .block_on(async {
                serment_sql::create_sqlite(&folder.path().join("chinook.db")).await?;
                serment_sql::execute_script(
                    serment_sql::Kind::Sqlite,
                    "shop",
                    "chinook.db",
                    folder.path(),
                    script,
                )
                .await
            })
            .expect("the database is made");
        Self {
            folder,
            outcome: String::new(),
        }
    }

    /// What a command prints; None for what only prepares.
    fn run(&mut self, command: &str) -> Option<Ran> {
        if command.starts_with("sed ") {
            let sed = Command::new("sh")
                .args(["-c", command])
                .current_dir(self.folder.path())
                .status();
            assert!(sed.expect("it starts").success(), "{command}");
            return None;
        }
        let mut words = command.split_whitespace();
        if words.next() != Some("serment") {
            return None;
        }
        let words: Vec<String> = words.map(|word| self.meant(word)).collect();
        let output = serment()
            .current_dir(self.folder.path())
            .args(&words)
            .output()
            .expect("it starts");
        let ran = Ran::of(output);
        let is_outcome = |word: &&str| {
            let number = word.strip_prefix("o-");
            number.is_some_and(|number| number.parse::<u64>().is_ok())
        };
        if let Some(outcome) = ran.out.split_whitespace().find(is_outcome) {
            self.outcome = outcome.to_owned();
        }
        Some(ran)
    }

    /// What stands for a word that no page can know beforehand.
    fn meant(&self, word: &str) -> String {
        match word {
            "OUTCOME" => self.outcome.clone(),
            "HASH" => {
                let output = serment()
                    .current_dir(self.folder.path())
                    .args(["plan", "--rule", "sales.phones_1y", "--format", "json"])
                    .output()
                    .expect("it starts");
                let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
                let hash = said["rules"][0]["hash"].as_str().expect("a hash");
                hash[..12].to_owned()
            }
            _ => word.to_owned(),
        }
    }
}

#[test]
fn the_first_register_is_told_as_it_happens() {
    let path = root().join("docs/first-register.md");
    let page = fs::read_to_string(&path).expect("the page");
    let mut walk = Walk::new();
    let mut written = String::new();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        written.push_str(&format!("{line}\n"));
        if line != "```console" {
            continue;
        }
        while let Some(line) = lines.next() {
            written.push_str(&format!("{line}\n"));
            if line == "```" {
                break;
            }
            let Some(command) = line.strip_prefix("$ ") else {
                panic!("not a command: {line}");
            };
            let mut told = String::new();
            while let Some(line) = lines.next_if(|line| *line != "```" && !line.starts_with("$ ")) {
                told.push_str(&format!("{line}\n"));
            }
            let Some(ran) = walk.run(command) else {
                written.push_str(&told);
                continue;
            };
            let wrong = told.contains("error[") || (told.is_empty() && ran.both().contains("error["));
            assert_eq!(ran.code, i32::from(wrong), "{command}\n{}", ran.both());
            let said: String = ran
                .both()
                .lines()
                .map(|line| format!("{}\n", line.trim_end()))
                .collect();
            let for_ever = FOR_EVER.iter().any(|part| command.contains(part));
            if std::env::var_os("SERMENT_WRITE_DOCS").is_none() && for_ever {
                assert_eq!(
                    told, said,
                    "{command}: SERMENT_WRITE_DOCS=1 cargo test -p serment-cli writes docs/first-register.md"
                );
            }
            written.push_str(&said);
        }
    }
    if std::env::var_os("SERMENT_WRITE_DOCS").is_some() {
        fs::write(path, written).expect("written");
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).expect("a folder");
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}
