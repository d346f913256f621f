//! `serment init`: drafts of registers, as a person would have them made, and how good their guesses are.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serment_draft::measure::{Figures, measure};
use serment_examples::accounting::{Dialect, Store, World, register_files, statements};
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

/// The fictitious accounting company, on seven databases.
fn accounting(folder: &Path) -> Figures {
    let world = World {
        people: 2_000,
        reference: jiff::civil::date(2026, 11, 1),
        seed: 7,
    };
    let mut databases = BTreeMap::new();
    for store in Store::ALL {
        let file = format!("{}.db", store.name());
        let mut script = String::from("BEGIN;\n");
        for statement in statements(world, store, Dialect::Sqlite) {
            script.push_str(statement.trim_end().trim_end_matches(';'));
            script.push_str(";\n");
        }
        make(folder, &file, &format!("{script}COMMIT;\n"));
        databases.insert(store.name(), file);
    }
    let files = register_files(Dialect::Sqlite)
        .into_iter()
        .map(|(path, text)| (path, text.into_bytes()))
        .collect();
    measured(folder, &register(&files), &databases)
}

#[test]
fn the_figures_in_the_docs_are_those_of_today() {
    let folders = [
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    ];
    let measured = [
        ("chinook", chinook(folders[0].path())),
        ("accounting", accounting(folders[1].path())),
    ];
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
