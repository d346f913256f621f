//! A small shop: one SQLite database, two rules, some rows.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The register of a shop and its database, in a folder of its own.
pub struct Shop {
    folder: TempDir,
}

const SERMENT: &str = r#"
[organisation]
name      = "Atelier des Tilleuls"
country   = "FR"
languages = ["fr", "en"]
time_zone = "Europe/Paris"
zone      = "EEA"
"#;

const VOCABULARY: &str = r#"
[subject.prospect]
label = { fr = "prospects", en = "prospects" }

[state.in_negotiation]
label = { fr = "une vente en discussion", en = "a sale under discussion" }

[event.last_contact]
label = { fr = "le dernier contact", en = "the last contact" }
[event.logged]
label = { fr = "la visite", en = "the visit" }
"#;

const SALES: &str = r#"
[activity]
title    = { fr = "Ventes", en = "Sales" }
role     = "controller"
subjects = ["prospect"]

[purpose.opportunities]
title = { fr = "Suivre les ventes", en = "Follow sales" }
basis = "legitimate_interests"
interest = { fr = "vendre", en = "selling" }
data  = ["identity.name", "contact.email", "free_text"]

[purpose.security]
title = { fr = "Protéger le site", en = "Protect the site" }
basis = "legitimate_interests"
interest = { fr = "la sécurité du site", en = "the security of the site" }
data  = ["connection.ip"]

[[retention]]
name  = "prospects_3y"
for   = ["opportunities"]
of    = "shop.contacts"
while = ["in_negotiation"]
after = ["last_contact"]
keep  = "3 years"
then  = "erase"

[[retention]]
name  = "logs_6m"
for   = ["security"]
of    = "shop.visits"
after = ["logged"]
keep  = "6 months"
then  = "erase"
"#;

const STORE: &str = r#"
[store]
kind     = "sqlite"
url      = "shop.db"
location = "FR"
copies   = { backups = "30 days" }

[table.contacts]
subjects = [{ is = "prospect" }]
key      = ["id"]
[table.contacts.states]
in_negotiation = "negotiating = 1"
[table.contacts.events]
last_contact = "last_contact_on"
[table.contacts.columns]
id              = "none"
name            = "identity.name"
email           = "contact.email"
negotiating     = "none"
last_contact_on = { category = "none", time = "text" }

[table.notes]
subjects = [{ is = "prospect" }]
key      = ["id"]
[table.notes.belongs_to.contact]
to = "contacts"
by = { contact_id = "id" }
[table.notes.columns]
id         = "none"
contact_id = "none"
body       = { category = "free_text", anonymise = "redact" }

[table.visits]
subjects = [{ is = "prospect" }]
key      = ["day", "number"]
[table.visits.events]
logged = "logged_on"
[table.visits.columns]
day       = "none"
number    = "none"
ip        = { category = "connection.ip", origin = "observed" }
logged_on = { category = "none", time = "text" }
"#;

/// Canaries: no value of a row may show up where nobody asked for it.
pub const CANARY: &str = "canary-7f3a";

impl Shop {
    /// Contacts, `due` of which were last seen in 2015 and `fresh` of which in 2100 minus; with notes and visits.
    pub fn new(due: u32, fresh: u32) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let shop = Self { folder };
        for (path, text) in [
            ("serment.toml", SERMENT),
            ("vocabulary.toml", VOCABULARY),
            ("activities/sales.toml", SALES),
            ("stores/shop.toml", STORE),
        ] {
            shop.write(path, text);
        }
        let mut script = String::from(
            "BEGIN;
             CREATE TABLE contacts (id INTEGER PRIMARY KEY, name TEXT, email TEXT, negotiating INTEGER NOT NULL,
                last_contact_on TEXT);
             CREATE TABLE notes (id INTEGER PRIMARY KEY, contact_id INTEGER REFERENCES contacts (id), body TEXT);
             CREATE INDEX notes_contact ON notes (contact_id);
             CREATE TABLE visits (day TEXT NOT NULL, number INTEGER NOT NULL, ip TEXT, logged_on TEXT,
                PRIMARY KEY (day, number));",
        );
        for id in 1..=due + fresh {
            // Spread over the year: one value shared by many rows would be suspect.
            let (month, day) = (id % 12 + 1, id % 28 + 1);
            let year = if id <= due { 2010 + id % 6 } else { 2999 };
            let negotiating = u8::from(id > due);
            let year = if id <= due { year } else { 2024 + id % 2 };
            script.push_str(&format!(
                "INSERT INTO contacts VALUES ({id}, '{CANARY}', '{CANARY}-{id}@courriel.example', {negotiating}, \
                 '{year}-{month:02}-{day:02}');
                 INSERT INTO notes VALUES ({id}, {id}, '{CANARY}');"
            ));
        }
        script.push_str(&format!(
            "INSERT INTO visits VALUES ('2015-03-04', 1, '{CANARY}', '2015-03-04'),
                ('2015-03-04', 2, '{CANARY}', '2015-03-04');
             COMMIT;"
        ));
        shop.sql(&script);
        shop
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file of the register.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder above")).expect("folders");
        fs::write(path, text).expect("written");
    }

    /// Runs SQL in the database.
    pub fn sql(&self, script: &str) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime
            .block_on(async {
                serment_sql::create_sqlite(&self.path().join("shop.db")).await?;
                serment_sql::execute_script(serment_sql::Kind::Sqlite, "shop", "shop.db", self.path(), script)
                    .await
            })
            .expect("statements run");
    }

    /// The command on this register, in English unless told otherwise.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = serment();
        command.current_dir(self.path()).args(arguments);
        command
    }

    /// Runs the command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().expect("it starts"))
    }

    /// The plan as JSON.
    pub fn plan(&self, more: &[&str]) -> Value {
        let mut arguments = vec!["plan", "--format", "json"];
        arguments.extend(more);
        serde_json::from_str(&self.run(&arguments).out).expect("JSON")
    }

    /// Approves every rule, as its plan stands.
    pub fn approve(&self) {
        for rule in self.plan(&[])["rules"].as_array().expect("rules") {
            let (name, hash) = (
                rule["rule"].as_str().expect("a name"),
                rule["hash"].as_str().expect("a hash"),
            );
            let ran = self.run(&["approve", name, "--plan", hash]);
            assert_eq!(ran.code, 0, "{}", ran.both());
        }
    }

    /// Rows due by rule.
    pub fn due(&self) -> Vec<(String, u64)> {
        self.plan(&[])["rules"]
            .as_array()
            .expect("rules")
            .iter()
            .map(|rule| {
                (
                    rule["rule"].as_str().expect("a name").to_owned(),
                    rule["due"].as_u64().expect("a count"),
                )
            })
            .collect()
    }
}

/// The binary, in a bare environment.
pub fn serment() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_serment"));
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LC_ALL", "en_US.UTF-8")
        .env("USER", "tester")
        .stdin(Stdio::null());
    command
}

/// How a command ended.
pub struct Ran {
    /// Exit code; -1 when a signal ended it.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// From what the system says.
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// Everything it said.
    pub fn both(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

/// Runs the binary anywhere.
pub fn run_in(folder: &Path, arguments: &[&str]) -> Ran {
    Ran::of(
        serment()
            .current_dir(folder)
            .args(arguments)
            .output()
            .expect("it starts"),
    )
}

/// A path as text.
pub fn text(path: &Path) -> String {
    PathBuf::from(path).display().to_string()
}
