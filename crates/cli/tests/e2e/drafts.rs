//! `serment init`: drafts of registers, as a person would have them made, and how good their guesses are.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serment_draft::measure::{Figures, measure};
use serment_examples::{COMPANIES, Company, Dialect, World};
use serment_register::model::Register;
use serment_sql::Kind;

use crate::shop::{Ran, run_in, serment, text};

/// How good a draft of these databases is beside the register that people wrote for them: `databases` are addresses by
/// the names of stores. For any company.
fn measured(folder: &Path, written: &Register, databases: &BTreeMap<&str, String>) -> Figures {
    let place = folder.join("draft");
    let mut arguments = vec!["init".to_owned(), text(&place)];
    for (name, address) in databases {
        arguments.extend(["--from".to_owned(), format!("{name}={address}")]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ran = run_in(folder, &arguments);
    assert_eq!(ran.code, 0, "{}", ran.both());
    let files = serment_register::directory::read(&place).expect("the draft is there");
    let (draft, findings) = serment_register::load(&files);
    let unexpected: Vec<_> = findings
        .iter()
        .filter(|finding| finding.code.as_str() != "S071")
        .collect();
    assert!(
        unexpected.is_empty(),
        "only what waits for a person: {unexpected:#?}"
    );
    measure(written, &draft.expect("a register"))
}

fn register(files: &serment_register::Files) -> Register {
    serment_register::load(files).0.expect("a register")
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Runtime::new()
        .expect("a runtime")
        .block_on(future)
}

fn make(folder: &Path, file: &str, script: &str) {
    block_on(async {
        serment_sql::create_sqlite(&folder.join(file)).await?;
        serment_sql::execute_script(Kind::Sqlite, "made", file, folder, script).await
    })
    .expect("the database is made");
}

fn examples() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

/// A shop that nobody made for the purpose.
fn chinook(folder: &Path) -> Figures {
    let script = fs::read_to_string(examples().join("chinook/data/Chinook_Sqlite.sql")).expect("the script");
    make(folder, "chinook.db", script.trim_start_matches('\u{feff}'));
    let files = serment_register::directory::read(&examples().join("chinook")).expect("the register");
    measured(
        folder,
        &register(&files),
        &BTreeMap::from([("shop", "chinook.db".to_owned())]),
    )
}

/// A fictitious company, on its databases.
fn fictitious(folder: &Path, company: &Company) -> Figures {
    let world = World {
        people: 1_000,
        reference: jiff::civil::date(2026, 11, 1),
        seed: 7,
    };
    let mut databases = BTreeMap::new();
    for database in company.databases {
        let file = format!("{}.db", database.name);
        let mut script = String::from("BEGIN;\n");
        for statement in database.statements(world, Dialect::Sqlite) {
            script.push_str(statement.trim_end().trim_end_matches(';'));
            script.push_str(";\n");
        }
        make(folder, &file, &format!("{script}COMMIT;\n"));
        databases.insert(database.name, file);
    }
    let files = company
        .register_files(Dialect::Sqlite)
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text.into_bytes()))
        .collect();
    measured(folder, &register(&files), &databases)
}

#[test]
fn the_figures_in_the_docs_are_those_of_today() {
    let folder = || tempfile::tempdir().expect("a folder");
    let mut measured = vec![("chinook", chinook(folder().path()))];
    for company in COMPANIES {
        measured.push((company.name, fictitious(folder().path(), company)));
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/drafts.md");
    let mut page = fs::read_to_string(path).expect("docs/drafts.md");
    let kept = page.clone();
    for (name, figures) in measured {
        let (begin, end) = (format!("<!-- figures: {name} -->\n"), "<!-- end -->");
        let from = page
            .find(&begin)
            .unwrap_or_else(|| panic!("docs/drafts.md has no figures of {name}"))
            + begin.len();
        let to = from + page[from..].find(end).expect("an end");
        page.replace_range(
            from..to,
            &format!("{} columns.\n\n{}", figures.columns, figures.markdown()),
        );
    }
    if std::env::var_os("SERMENT_WRITE_DOCS").is_some() {
        fs::write(path, &page).expect("written");
        return;
    }
    assert!(
        kept == page,
        "docs/drafts.md is not what is measured: SERMENT_WRITE_DOCS=1 cargo test -p serment-cli drafts\n{page}"
    );
}

/// A small application as each of the three databases has it, with what a draft must see.
const APPLICATION: &str = "CREATE TABLE people (id INTEGER PRIMARY KEY, prenom VARCHAR(50), nom VARCHAR(50), courriel VARCHAR(120), \
       date_naissance DATE, parrain_id INTEGER, nir VARCHAR(15), mot_de_passe VARCHAR(100), FOREIGN KEY (parrain_id) REFERENCES people (id)); \
     CREATE TABLE orders (shop INTEGER NOT NULL, number INTEGER NOT NULL, person_id INTEGER NOT NULL, ordered_at TIMESTAMP NULL, \
       PRIMARY KEY (shop, number), FOREIGN KEY (person_id) REFERENCES people (id)); \
     CREATE TABLE order_lines (shop INTEGER NOT NULL, number INTEGER NOT NULL, line INTEGER NOT NULL, label VARCHAR(80), \
       PRIMARY KEY (shop, number, line), FOREIGN KEY (shop, number) REFERENCES orders (shop, number)); \
     INSERT INTO people VALUES (1, 'canary-7f3a', 'canary-7f3a', 'canary-7f3a@courriel.example', '1980-02-03', NULL, '255081416802538', 'canary-7f3a'); \
     INSERT INTO people VALUES (2, 'canary-7f3a', 'canary-7f3a', 'canary-7f3b@courriel.example', '1981-02-03', 1, '185052A00403646', 'canary-7f3a'); \
     INSERT INTO people VALUES (3, 'canary-7f3a', 'canary-7f3a', 'canary-7f3c@courriel.example', '1982-02-03', 1, '255081416802538', 'canary-7f3a');";

fn drafted_from(kind: Kind) {
    use serment_sql::testing::Database;
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let database = runtime.block_on(async {
        let database = Database::create(kind).await;
        database.script(APPLICATION).await;
        database
    });
    let folder = tempfile::tempdir().expect("a folder");
    let address = match kind {
        Kind::Sqlite => text(&database.base().join(database.address())),
        _ => database.address().to_owned(),
    };
    let place = folder.path().join("draft");
    let from = format!("app={address}");
    let ran = run_in(
        folder.path(),
        &["init", "--from", &from, &text(&place), "--language", "fr"],
    );
    assert_eq!(ran.code, 0, "{}", ran.both());
    let files = serment_register::directory::read(&place).expect("the draft is there");
    let (register, findings) = serment_register::load(&files);
    assert!(
        findings.iter().all(|finding| finding.code.as_str() == "S071"),
        "{findings:#?}"
    );
    let register = register.expect("a register");
    let store = &register.stores["app"];
    assert_eq!(store.url.as_deref(), Some("env:APP_URL"));
    let category = |table: &str, column: &str| {
        let column = serment_register::model::ColumnPath::whole(column);
        store.tables[table].columns[&column]
            .category
            .as_ref()
            .map(|category| category.0.clone())
    };
    for (column, expected) in [
        ("prenom", "identity.name.first"),
        ("nom", "identity.name.last"),
        ("courriel", "contact.email"),
        ("date_naissance", "identity.birth_date"),
        ("nir", "identity.national_number"),
        ("mot_de_passe", "connection.password"),
    ] {
        assert_eq!(category("people", column).as_deref(), Some(expected), "{column}");
    }
    assert_eq!(category("people", "parrain_id"), None);
    let link = |table: &str| {
        let link = store.tables[table].links.values().next().expect("a link");
        (link.kind, link.to.table.clone(), link.by.len())
    };
    use serment_register::model::LinkKind::{BelongsTo, RefersTo};
    assert_eq!(link("people"), (RefersTo, "people".to_owned(), 1));
    assert_eq!(link("orders"), (BelongsTo, "people".to_owned(), 1));
    assert_eq!(link("order_lines"), (BelongsTo, "orders".to_owned(), 2));
    // Neither the address nor a value of a row, in the files or on the screen.
    let mut all = ran.both();
    for entry in [
        "serment.toml",
        "vocabulary.toml",
        "QUESTIONS.md",
        "stores/app.toml",
    ] {
        all.push_str(&fs::read_to_string(place.join(entry)).expect("a file"));
    }
    for secret in ["canary-7f3", "255081416802538", "185052A", address.as_str()] {
        assert!(!all.contains(secret), "{secret} is told");
    }
    assert!(
        all.contains("3 ne sont pas des empreintes"),
        "passwords in clear are said: {all}"
    );
    // What it says is what the database is: the live check has nothing to add but what waits for a person.
    let live = |arguments: &[&str]| {
        let mut command = serment();
        command
            .current_dir(&place)
            .env("APP_URL", &address)
            .args(["check", "--live"])
            .args(arguments);
        Ran::of(command.output().expect("it starts"))
    };
    let ran = live(&["--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.both());
    let said: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let mut codes: Vec<&str> = said["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter_map(|finding| finding["code"].as_str())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes.retain(|code| !matches!(*code, "S124" | "S125"));
    assert_eq!(codes, ["S071", "S122", "S127"], "{}", ran.out);
    assert_eq!(said["stores"][0]["reached"], true);
    assert_eq!(live(&[]).code, 1);
    assert!(!ran.both().contains("canary-7f3"));
}

#[test]
fn a_draft_of_a_sqlite_file() {
    drafted_from(Kind::Sqlite);
}

#[test]
fn a_draft_of_a_postgresql_database() {
    drafted_from(Kind::Postgres);
}

#[test]
fn a_draft_of_a_mariadb_database() {
    drafted_from(Kind::Mariadb);
}

#[test]
fn a_draft_replaces_nothing_and_says_what_it_cannot_read() {
    let folder = tempfile::tempdir().expect("a folder");
    make(folder.path(), "a.db", "CREATE TABLE t (id INTEGER PRIMARY KEY)");
    let run = |arguments: &[&str]| run_in(folder.path(), arguments);
    fs::create_dir(folder.path().join("mine")).expect("a folder");
    fs::write(folder.path().join("mine/vocabulary.toml"), "# mine").expect("written");
    let ran = run(&["init", "--from", "a.db", "mine"]);
    assert_eq!(ran.code, 2, "{}", ran.both());
    assert!(ran.err.contains("vocabulary.toml exists already"), "{}", ran.err);
    assert!(
        !folder.path().join("mine/serment.toml").exists(),
        "nothing at all was written"
    );
    assert_eq!(
        fs::read_to_string(folder.path().join("mine/vocabulary.toml")).expect("there"),
        "# mine"
    );
    assert_eq!(run(&["init", "--from", "a.db", "new"]).code, 0);
    assert_eq!(run(&["init", "--from", "a.db", "new"]).code, 2);
    assert_eq!(run(&["init", "--from", "absent.db", "other"]).code, 3);
    let secret = "postgres://u:s3cret@127.0.0.1:1/d";
    let ran = run(&["init", "--from", secret, "other"]);
    assert_eq!(ran.code, 3);
    assert!(!ran.both().contains("s3cret"), "{}", ran.both());
    let ran = run(&["init", "--from", "oracle://u:s3cret@h/d", "other"]);
    assert!(ran.code == 3 && !ran.both().contains("s3cret"), "{}", ran.both());
    assert_eq!(
        run(&["init", "--from", "x=a.db", "--from", "x=a.db", "other"]).code,
        2
    );
    assert!(!folder.path().join("other").exists());
}

/// What the page tells of a command: run, or for `sqlite3`, done in its place.
fn told(folder: &Path, command: &str) -> Option<String> {
    if let Some(rest) = command.strip_prefix("sqlite3 chinook.db ") {
        for file in ["chinook.db", "chinook/chinook.db"] {
            block_on(serment_sql::execute_script(
                Kind::Sqlite,
                "made",
                file,
                folder,
                rest.trim_matches('"'),
            ))
            .expect("done");
        }
        return None;
    }
    if command.starts_with("export ") {
        return None;
    }
    let ran = match command.strip_prefix("serment ") {
        Some(arguments) => {
            let mut ran = serment();
            ran.current_dir(folder)
                .env("CHINOOK_URL", folder.join("chinook.db"))
                .args(arguments.split_whitespace());
            Ran::of(ran.output().expect("it starts"))
        }
        None => {
            let mut shell = std::process::Command::new("sh");
            Ran::of(
                shell
                    .args(["-c", command])
                    .current_dir(folder)
                    .output()
                    .expect("it starts"),
            )
        }
    };
    Some(
        ran.both()
            .lines()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect(),
    )
}

#[test]
fn the_walk_of_drafts_is_told_as_it_happens() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/drafts.md");
    let page = fs::read_to_string(path).expect("docs/drafts.md");
    let folder = tempfile::tempdir().expect("a folder");
    let script = fs::read_to_string(examples().join("chinook/data/Chinook_Sqlite.sql")).expect("the script");
    let script = script.trim_start_matches('\u{feff}');
    for (path, bytes) in serment_register::directory::read(&examples().join("chinook")).expect("the register")
    {
        let path = folder.path().join("chinook").join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, bytes).expect("written");
    }
    make(folder.path(), "chinook.db", script);
    make(folder.path(), "chinook/chinook.db", script);
    let mut written = String::new();
    let mut lines = page.lines().peekable();
    let mut console = false;
    while let Some(line) = lines.next() {
        written.push_str(&format!("{line}\n"));
        console = line == "```console" || (console && line != "```");
        let Some(command) = line.strip_prefix("$ ").filter(|_| console) else {
            continue;
        };
        while lines
            .next_if(|line| *line != "```" && !line.starts_with("$ "))
            .is_some()
        {}
        written.extend(told(folder.path(), command));
    }
    if std::env::var_os("SERMENT_WRITE_DOCS").is_some() {
        fs::write(path, written).expect("written");
        return;
    }
    assert!(
        page == written,
        "docs/drafts.md is not what happens: SERMENT_WRITE_DOCS=1 cargo test -p serment-cli drafts\n{written}"
    );
}
