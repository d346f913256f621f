//! D20: every personal value of a database is a marker, and no marker comes out, whatever is run, in whatever language and
//! form, when all goes well and when the store refuses.

use std::fs;
use std::path::Path;

use serde_json::Value;
use serment_sql::Kind;
use serment_sql::testing::Database;

use crate::shop::{Ran, Shop};

/// In every value of a person, keys included.
const MARKER: &str = "zyx9";
/// Of a column of numbers, and of one of dates.
const NUMBER: &str = "770923441";
const BORN: &str = "1931-07-13";

const STORE: &str = r#"
[store]
kind     = "KIND"
url      = "URL"
location = "FR"

[table.contacts]
subjects = [{ is = "prospect" }]
key      = ["email"]
client   = "firm"
[table.contacts.states]
in_negotiation = "negotiating = 1"
[table.contacts.events]
last_contact = "last_contact_on"
[table.contacts.columns]
email           = "contact.email"
firm            = "none"
name            = { category = "identity.name", anonymise = "redact" }
phone           = "contact.phone"
born_on         = "identity"
about           = "free_text"
negotiating     = "none"
last_contact_on = { category = "none", time = "date" }

[table.notes]
subjects = [{ is = "prospect" }]
key      = ["id"]
client   = "contact"
[table.notes.belongs_to.contact]
to = "contacts"
by = { contact = "email" }
[table.notes.columns]
id      = "none"
contact = "none"
body    = { category = "free_text", anonymise = "redact" }

[table.visits]
subjects = [{ is = "prospect" }]
key      = ["id"]
[table.visits.triggers]
refuse = "the owner vouches for it"
[table.visits.events]
logged = "logged_on"
[table.visits.columns]
id        = "none"
ip        = { category = "connection.ip", origin = "observed" }
logged_on = { category = "none", time = "date" }
"#;

const TABLES: &str = "
CREATE TABLE contacts (email TEXT PRIMARY KEY, firm TEXT, name TEXT, phone INTEGER, born_on DATE, about TEXT,
    negotiating INTEGER NOT NULL, last_contact_on DATE);
CREATE TABLE notes (id INTEGER PRIMARY KEY, contact TEXT REFERENCES contacts (email), body TEXT);
CREATE INDEX notes_contact ON notes (contact);
CREATE TABLE visits (id INTEGER PRIMARY KEY, ip TEXT, logged_on DATE);
";

fn rows() -> String {
    let mut script = String::new();
    for id in 1..=9 {
        let (on, negotiating) = if id > 6 {
            ("2026-01-01", 1)
        } else {
            ("2015-02-03", 0)
        };
        script.push_str(&format!(
            "INSERT INTO contacts VALUES ('{MARKER}{id}@courriel.example', 'f{}', '{MARKER} {id}', {NUMBER}, '{BORN}',
                '{MARKER}', {negotiating}, '{on}');
             INSERT INTO notes VALUES ({id}, '{MARKER}{id}@courriel.example', '{MARKER}');
             INSERT INTO visits VALUES ({id}, '{MARKER}', '2015-02-03');",
            id % 2
        ));
    }
    script
}

/// A trigger that says in its error what it saw, as many do.
const REFUSES: [(Kind, &str); 3] = [
    (
        Kind::Sqlite,
        "CREATE TRIGGER refuse BEFORE DELETE ON visits BEGIN SELECT RAISE(ABORT, 'no, zyx9'); END;",
    ),
    (
        Kind::Postgres,
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             RAISE EXCEPTION 'no, %', old.ip USING DETAIL = old.ip, HINT = old.ip; END $$;
         CREATE TRIGGER refuse BEFORE DELETE ON visits FOR EACH ROW EXECUTE FUNCTION refuse();",
    ),
    (
        Kind::Mariadb,
        "CREATE TRIGGER refuse BEFORE DELETE ON visits FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no, zyx9'",
    ),
];

struct Canary {
    shop: Shop,
    database: Database,
}

impl Canary {
    fn new(kind: Kind) -> Self {
        let shop = Shop::new(0, 0);
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let database = runtime.block_on(async {
            let database = Database::create(kind).await;
            // MariaDB has no key of unlimited length.
            let tables = match kind {
                Kind::Mariadb => TABLES.replace(" TEXT", " VARCHAR(190)"),
                Kind::Sqlite | Kind::Postgres => TABLES.to_owned(),
            };
            database.script(&tables).await;
            database.script(&rows()).await;
            for (of, script) in REFUSES {
                if of == kind {
                    database.script(script).await;
                }
            }
            database
        });
        let (word, url) = match kind {
            Kind::Sqlite => (
                "sqlite",
                database.base().join(database.address()).display().to_string(),
            ),
            Kind::Postgres | Kind::Mariadb => (
                if kind == Kind::Postgres {
                    "postgres"
                } else {
                    "mariadb"
                },
                "env:SHOP_READ\"\nwrite_url = \"env:SHOP_WRITE".to_owned(),
            ),
        };
        shop.write(
            "stores/shop.toml",
            &STORE.replace("KIND", word).replace("URL", &url),
        );
        let activity = fs::read_to_string(shop.path().join("activities/sales.toml")).expect("text");
        shop.write(
            "activities/sales.toml",
            &activity.replace("\"contact.email\",", "\"identity\", \"contact\","),
        );
        Self { shop, database }
    }

    fn script(&self, script: &str) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(self.database.script(script));
    }

    /// Runs the command in both languages, and looks for markers in what it says. The second one is given back.
    fn say(&self, arguments: &[&str]) -> Ran {
        let mut last = None;
        for language in ["fr", "en"] {
            let ran = self.run(&[&["--language", language], arguments].concat());
            clean(&ran.both(), &format!("{language} {arguments:?}"));
            last = Some(ran);
        }
        last.expect("two languages")
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = self.shop.command(arguments);
        for variable in ["SHOP_READ", "SHOP_WRITE"] {
            command.env(variable, self.database.address());
        }
        Ran::of(command.output().expect("it starts"))
    }

    /// As text in both languages, and as JSON.
    fn both(&self, arguments: &[&str]) -> Value {
        self.say(arguments);
        let ran = self.run(&[arguments, &["--format", "json"]].concat());
        clean(&ran.both(), &format!("{arguments:?}"));
        serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{arguments:?}: {}", ran.both()))
    }
}

/// No marker in a text.
fn clean(text: &str, of: &str) {
    for marker in [MARKER, NUMBER, BORN] {
        assert!(!text.contains(marker), "{marker} in {of}:\n{text}");
    }
}

/// No marker in any file below.
fn clean_files(folder: &Path) -> usize {
    let mut files = 0;
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files += clean_files(&path);
        } else {
            let bytes = fs::read(&path).expect("a file");
            clean(&String::from_utf8_lossy(&bytes), &path.display().to_string());
            files += 1;
        }
    }
    files
}

fn nothing_comes_out(kind: Kind) {
    let canary = Canary::new(kind);
    let one = format!("{MARKER}9@courriel.example");
    for format in ["text", "json", "sarif"] {
        canary.say(&["check", "--format", format]);
    }
    canary.say(&["check", "--say"]);
    canary.say(&["plan", "--sql"]);
    canary.say(&["plan", "--rule", "sales.logs_6m", "--sample", "all"]);
    canary.say(&["plan", "--client", "f1"]);
    for rule in canary.both(&["plan"])["rules"].as_array().expect("rules") {
        let (rule, hash) = (
            rule["rule"].as_str().expect("a name"),
            rule["hash"].as_str().expect("a hash"),
        );
        canary.say(&["approve", rule, "--plan", "000000000000"]);
        assert_eq!(canary.say(&["approve", rule, "--plan", hash]).code, 0);
    }

    // Whoever holds somebody must name them; once removed, they are forgotten.
    let add = canary.run(&["hold", "add", "shop.contacts", &one, "--ground", "legal_claim"]);
    assert_eq!(add.code, 0, "{}", add.both());
    clean(&add.both(), "hold add");
    let condition = format!("name = '{MARKER} 8'");
    let add = canary.run(&[
        "hold",
        "add",
        "shop.contacts",
        "--where",
        &condition,
        "--ground",
        "restriction",
    ]);
    clean(&add.both(), "hold add --where");
    canary.both(&["keep", "--dry-run"]);
    let held: Value =
        serde_json::from_str(&canary.run(&["hold", "list", "--format", "json"]).out).expect("JSON");
    for hold in held.as_array().expect("holds") {
        let id = hold["id"].as_str().expect("an id");
        let removed = canary.run(&["hold", "remove", id]);
        assert_eq!(removed.code, 0, "{}", removed.both());
        clean(&removed.both(), "hold remove");
    }
    canary.both(&["hold", "list", "--all"]);

    // The rule over visits is refused by a trigger that says too much; the other one goes through.
    let ran = canary.run(&["keep", "--batch", "2", "--format", "json"]);
    clean(&ran.both(), "keep");
    let report: Value = serde_json::from_str(&ran.out).expect("JSON");
    let outcomes = report["outcomes"].as_array().expect("outcomes");
    let word = |outcome: &Value| outcome["outcome"]["outcome"].clone();
    assert!(
        outcomes.iter().any(|outcome| word(outcome) == "erased"),
        "{report:#}"
    );
    assert!(
        outcomes
            .iter()
            .any(|outcome| word(outcome).get("blocked").is_some()),
        "{report:#}"
    );
    canary.both(&["keep"]);
    for outcome in outcomes.iter().step_by(4) {
        let id = outcome["id"].as_str().expect("an id");
        canary.run(&["prove", id, "--out", "receipt.json"]);
        canary.both(&["verify", "receipt.json", "--key", ".serment/journal/journal.pub"]);
    }
    // What was typed may be said again; nothing more is.
    for (key, code) in [(one.as_str(), 0), ("nobody", 1)] {
        for format in ["text", "json"] {
            let ran = canary.run(&["explain", "shop.contacts", key, "--format", format]);
            assert_eq!(ran.code, code, "{}", ran.both());
            clean(&ran.both().replace(&one, ""), "explain");
        }
    }
    canary.both(&["journal", "list", "--last", "all"]);
    canary.both(&["journal", "show", "1"]);
    canary.say(&["journal", "checkpoint"]);
    canary.both(&["fsck"]);

    // The store refuses in the midst: a constraint that tells the row, a table that went.
    canary.script("DROP TABLE notes; ALTER TABLE contacts DROP COLUMN about");
    for arguments in [
        &["plan"][..],
        &["keep"],
        &["explain", "shop.contacts", "nobody"],
        &["fsck"],
    ] {
        canary.say(arguments);
    }
    assert!(clean_files(&canary.shop.path().join(".serment")) > 3);
    clean_files(&canary.shop.path().join("activities"));
    clean(
        &fs::read_to_string(canary.shop.path().join("receipt.json")).expect("text"),
        "receipt",
    );
}

#[test]
fn d20_no_personal_value_comes_out_of_a_run_on_sqlite() {
    nothing_comes_out(Kind::Sqlite);
}

#[test]
fn d20_no_personal_value_comes_out_of_a_run_on_postgres() {
    nothing_comes_out(Kind::Postgres);
}

#[test]
fn d20_no_personal_value_comes_out_of_a_run_on_mariadb() {
    nothing_comes_out(Kind::Mariadb);
}
