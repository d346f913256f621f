//! A French screen is French and an English one English, whatever goes wrong: no sentence of ours is said in one language
//! only.

use std::fs;

use crate::shop::{Ran, Shop, run_in, text};

/// Words of our English sentences that are no French word, no word of the register's language and none of a command.
const ENGLISH: &[&str] = &[
    "the", "is", "are", "was", "were", "been", "has", "have", "not", "cannot", "does", "its", "it", "this",
    "that", "which", "and", "with", "from", "into", "row", "rows", "nothing", "found", "missing", "unknown",
    "changed", "reached", "read", "written", "lacks", "role", "answers", "asked", "stays", "erased",
    "reduced", "blocked", "finished", "began", "before", "again", "only",
];

/// The same the other way round.
const FRENCH: &[&str] = &[
    "le",
    "la",
    "les",
    "des",
    "une",
    "est",
    "sont",
    "dans",
    "pour",
    "que",
    "qui",
    "pas",
    "avec",
    "sur",
    "par",
    "ne",
    "du",
    "aux",
    "ligne",
    "lignes",
    "règle",
    "dépôt",
    "base",
    "rien",
    "effacer",
    "effacées",
    "bloquée",
    "ou",
    "cette",
    "elle",
];

/// What is said, without what is quoted: names, statements, files, commands.
fn spoken(screen: &str) -> Vec<String> {
    let mut words = Vec::new();
    // The organisation has a French name.
    let screen = screen.replace("Atelier des Tilleuls", "");
    for line in screen.lines() {
        let shown = line.trim_start();
        // A line of a file of the register, a statement of the store, a command to type, a checkpoint.
        let source = shown
            .split_once('|')
            .is_some_and(|(number, _)| number.trim().bytes().all(|byte| byte.is_ascii_digit()));
        let statement = ["CREATE ", "BEGIN", "SELECT ", "END", "serment ", "— ", "-->"];
        if source || statement.iter().any(|start| shown.starts_with(start)) {
            continue;
        }
        let mut kept = String::new();
        let mut quoted = None;
        for c in line.chars() {
            match (quoted, c) {
                (None, '«') => quoted = Some('»'),
                (None, '“') => quoted = Some('”'),
                (None, '`' | '"') => quoted = Some(c),
                (Some(end), c) if c == end => quoted = None,
                (None, c) => kept.push(c),
                (Some(_), _) => {}
            }
        }
        words.extend(
            kept.split_whitespace()
                .filter(|word| !word.contains(['/', '.', '=', '_']) && !word.starts_with('-'))
                .flat_map(|word| word.split(|c: char| !c.is_alphabetic()))
                .filter(|word| !word.is_empty())
                .map(str::to_owned),
        );
    }
    words
}

/// Runs a command in both languages; each time nothing of the other one may be said. Gives the French answer.
fn both(shop: &Shop, arguments: &[&str]) -> Ran {
    let [french, _] = [("fr", ENGLISH), ("en", FRENCH)].map(|(language, foreign)| {
        let mut all = arguments.to_vec();
        all.extend(["--language", language]);
        let ran = shop.run(&all);
        holds(&ran, foreign, &all);
        ran
    });
    french
}

fn holds(ran: &Ran, foreign: &[&str], arguments: &[&str]) {
    for word in spoken(&ran.both()) {
        assert!(
            !foreign.contains(&word.as_str()),
            "{word:?} in the answer of {arguments:?}:\n{}",
            ran.both()
        );
    }
}

fn id_of(shop: &Shop, kind: &str) -> String {
    let list = shop.run(&[
        "journal", "list", "--kind", kind, "--last", "all", "--format", "json",
    ]);
    let entries: serde_json::Value = serde_json::from_str(&list.out).expect("JSON");
    entries[0]["index"].to_string()
}

#[test]
fn the_walk_is_told_in_one_language_at_a_time() {
    let shop = Shop::new(40, 5);
    for arguments in [
        &["check"][..],
        &["plan"],
        &["plan", "--sample", "2"],
        &["journal", "list"],
        &["fsck"],
        &["hold", "list"],
        &["keep", "--dry-run"],
        &["explain", "shop.contacts", "1"],
        &["explain", "shop.contacts", "none"],
        &["prove", "o-1"],
        &["approve", "sales.logs_6m", "--plan", "000000000000"],
    ] {
        both(&shop, arguments);
    }
    shop.approve();
    shop.run(&["hold", "add", "shop.contacts", "3", "--ground", "legal_claim"]);
    let (dry, kept) = (both(&shop, &["keep", "--dry-run"]), both(&shop, &["keep"]));
    assert_eq!((dry.code, kept.code), (0, 0), "{}", kept.both());
    for arguments in [
        &["plan"][..],
        &["hold", "list"],
        &["journal", "list", "--last", "all"],
        &["explain", "shop.contacts", "3"],
        &["explain", "shop.contacts", "41"],
        &["fsck"],
        &["hold", "remove", "h-none"],
        &["prove", "--page", "verify.html"],
    ] {
        both(&shop, arguments);
    }
    let page = fs::read_to_string(shop.path().join("verify.html")).expect("written");
    assert!(page.starts_with("<!doctype html>") || page.starts_with("<!DOCTYPE html>"));
    for kind in [
        "approval",
        "refusal",
        "register_version",
        "run",
        "intent",
        "outcome",
        "hold",
    ] {
        both(&shop, &["journal", "show", &id_of(&shop, kind)]);
    }
    let key = ".serment/journal/journal.pub";
    let proved = both(
        &shop,
        &[
            "prove",
            &format!("o-{}", id_of(&shop, "outcome")),
            "--out",
            "r.json",
        ],
    );
    assert_eq!(proved.code, 0, "{}", proved.both());
    assert_eq!(both(&shop, &["verify", "r.json", "--key", key]).code, 0);
    assert_eq!(both(&shop, &["verify", ".", "--key", key]).code, 0);
    let receipt = fs::read_to_string(shop.path().join("r.json")).expect("text");
    shop.write("cut.json", &receipt[..receipt.len() / 2]);
    shop.write("other.json", "{\"format\": 1}");
    shop.write(
        "forged.json",
        &receipt
            .replace("shop.contacts", "shop.nothings")
            .replace("shop.visits", "shop.x"),
    );
    shop.write("bad.pub", "no key at all\n");
    for (what, key) in [
        ("cut.json", key),
        ("other.json", key),
        ("forged.json", key),
        ("r.json", "bad.pub"),
        ("nowhere.json", key),
    ] {
        assert_ne!(both(&shop, &["verify", what, "--key", key]).code, 0, "{what}");
    }
}

#[test]
fn what_stands_in_the_way_is_told_in_one_language_at_a_time() {
    let shop = Shop::new(7, 0);
    shop.approve();
    // More is due than the approval allows.
    shop.sql(
        "INSERT INTO contacts (id, name, negotiating, last_contact_on)
         SELECT id + 1000, name, 0, last_contact_on FROM contacts",
    );
    let over = both(&shop, &["keep", "--dry-run"]);
    assert!(over.out.contains("sont permises"), "{}", over.both());
    // A trigger that swallows deletions, read, then vouched for.
    shop.sql("CREATE TRIGGER swallow BEFORE DELETE ON contacts BEGIN SELECT RAISE(IGNORE); END");
    let plan = both(&shop, &["plan"]);
    assert!(plan.out.contains("déclencheur swallow"), "{}", plan.out);
    assert!(
        plan.out.contains("RAISE(IGNORE)"),
        "the statement is shown: {}",
        plan.out
    );
    let hash = shop.plan(&["--rule", "sales.prospects_3y"])["plan"].to_string();
    let approve = ["approve", "sales.prospects_3y", "--plan", hash.trim_matches('"')];
    assert_eq!(both(&shop, &approve).code, 1);
    let list = shop.run(&["journal", "list", "--kind", "refusal", "--format", "json"]);
    assert!(
        !list.out.contains("RAISE"),
        "a statement of the store is not recorded: {}",
        list.out
    );
    both(&shop, &["journal", "list"]);
    let store = fs::read_to_string(shop.path().join("stores/shop.toml")).expect("text");
    shop.write(
        "stores/shop.toml",
        &store.replace(
            "[table.contacts.states]",
            "[table.contacts.triggers]\nswallow = \"seen with Alix\"\n[table.contacts.states]",
        ),
    );
    shop.approve();
    let keep = both(&shop, &["keep"]);
    assert_eq!(keep.code, 1, "{}", keep.both());
    assert!(keep.out.contains("la répétition a échoué"), "{}", keep.both());
    both(&shop, &["journal", "list", "--last", "all"]);
    let blocked = shop.run(&[
        "journal", "list", "--kind", "outcome", "--last", "all", "--format", "json",
    ]);
    let entries: serde_json::Value = serde_json::from_str(&blocked.out).expect("JSON");
    let entry = entries
        .as_array()
        .expect("entries")
        .iter()
        .find(|entry| entry["payload"]["outcome"].get("blocked").is_some())
        .expect("a rule was blocked");
    let why = &entry["payload"]["outcome"]["blocked"]["why"];
    assert_eq!(why["code"], "rehearsal");
    assert!(
        why["detail"]["fr"].is_string() && why["detail"]["en"].is_string(),
        "{why}"
    );
    both(&shop, &["journal", "show", &entry["index"].to_string()]);
    // A table that changed, and a store that is not there.
    shop.sql("DROP TRIGGER swallow; ALTER TABLE contacts RENAME COLUMN email TO mail");
    both(&shop, &["plan"]);
    both(&shop, &["keep"]);
    fs::rename(shop.path().join("shop.db"), shop.path().join("away.db")).expect("moved");
    for arguments in [
        &["plan"][..],
        &["keep"],
        &["keep", "--dry-run"],
        &["explain", "shop.contacts", "1"],
        &[
            "hold",
            "add",
            "shop.contacts",
            "--where",
            "inconnue = 1",
            "--ground",
            "x",
        ],
        &[
            "hold",
            "add",
            "shop.contacts",
            "--where",
            "id ==",
            "--ground",
            "x",
        ],
    ] {
        assert_ne!(both(&shop, arguments).code, 0, "{arguments:?}");
    }
    shop.write(
        "shop.db",
        "this is no database, whatever its name says: it is a text that goes on for a while",
    );
    both(&shop, &["plan"]);
    let declared = fs::read_to_string(shop.path().join("stores/shop.toml")).expect("text");
    for url in [
        "env:SHOP_NO_SUCH_URL",
        "env:PATH",
        "postgres://a@127.0.0.1:9/shop",
        "mysql://x",
    ] {
        let postgres = declared.replace("\"sqlite\"", "\"postgres\"");
        shop.write(
            "stores/shop.toml",
            &postgres.replace(
                "\"shop.db\"",
                &format!("\"{url}\"\nwrite_url = \"env:SHOP_WRITE_URL\""),
            ),
        );
        both(&shop, &["plan"]);
    }
}

#[test]
fn damage_is_told_in_one_language_at_a_time() {
    let shop = Shop::new(3, 0);
    let state = shop.path().join(".serment");
    shop.approve();
    let early = fs::read(state.join("state.db")).expect("a state");
    assert_eq!(shop.run(&["keep"]).code, 0);
    // The state went back.
    let late = fs::read(state.join("state.db")).expect("a state");
    for leftover in ["state.db-wal", "state.db-shm"] {
        let _ = fs::remove_file(state.join(leftover));
    }
    fs::write(state.join("state.db"), &early).expect("put back");
    assert_eq!(both(&shop, &["fsck"]).code, 1);
    for leftover in ["state.db-wal", "state.db-shm"] {
        let _ = fs::remove_file(state.join(leftover));
    }
    fs::write(state.join("state.db"), &late).expect("put back");
    // A journal with another byte in it.
    let log = state.join("journal/log");
    let segment = fs::read_dir(&log)
        .expect("a log")
        .next()
        .expect("one")
        .expect("read")
        .path();
    let mut bytes = fs::read(&segment).expect("bytes");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&segment, bytes).expect("written");
    let key = fs::read(state.join("journal/journal.pub")).expect("a key");
    fs::write(shop.path().join("kept.pub"), key).expect("kept");
    for arguments in [
        &["fsck"][..],
        &["verify", ".", "--key", "kept.pub"],
        &["keep"],
        &["journal", "list"],
    ] {
        assert_ne!(both(&shop, arguments).code, 0, "{arguments:?}");
    }
    // A state and a key that are none.
    fs::write(state.join("state.db"), "no database").expect("written");
    assert_ne!(both(&shop, &["fsck"]).code, 0);
    fs::write(state.join("journal/keys/signing"), "no key").expect("written");
    both(&shop, &["keep"]);
}

#[test]
fn mistakes_of_usage_are_told_in_one_language_at_a_time() {
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in [
        &["paln"][..],
        &["plan", "--sample", "x"],
        &["plan", "--at", "2026-02-30"],
        &["keep", "--daily", "3h"],
        &["keep", "--window", "22"],
        &["keep", "--batch", "0"],
        &["journal", "show", "x"],
        &["journal", "show", "-1"],
        &["explain", "crm.contacts"],
        &["prove"],
        &["plan"],
        &["check", "nowhere"],
        &["verify", "nowhere", "--key", "nowhere"],
        &["hold", "add", "--ground", "x"],
        &["schema", "nothing"],
        &["demo", "--people", "many"],
        &["demo", "--keep", &text(folder.path().parent().expect("a parent"))],
    ] {
        for (language, foreign) in [("fr", ENGLISH), ("en", FRENCH)] {
            let mut all = vec!["--language", language];
            all.extend(arguments);
            let ran = run_in(folder.path(), &all);
            assert_ne!(ran.code, 0, "{all:?}: {}", ran.both());
            holds(&ran, foreign, &all);
        }
    }
}
