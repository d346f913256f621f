//! `serment check --live` and `serment diff`: a register beside its stores, and beside another version of itself.

use std::fs;
use std::path::Path;

use serde_json::Value;
use serment_sql::Kind;
use serment_sql::testing::Database;

use crate::shop::{CANARY, Ran, Shop, run_in, serment, text};

fn codes(ran: &Ran) -> Vec<String> {
    let said: Value = serde_json::from_str(&ran.out).expect("JSON");
    let mut codes: Vec<String> = said["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|finding| finding["code"].as_str().expect("a code").to_owned())
        .collect();
    codes.sort();
    codes.dedup();
    codes
}

#[test]
fn a_shop_that_is_as_described_has_nothing_to_say() {
    let shop = Shop::new(3, 3);
    let ran = shop.run(&["check", "--live", "--format", "json"]);
    assert_eq!(codes(&ran), Vec::<String>::new(), "{}", ran.out);
    assert_eq!(ran.code, 0);
    let ran = shop.run(&["check", "--live"]);
    assert!(ran.out.contains("SQLite knows no roles"), "{}", ran.out);
    assert!(!ran.both().contains(CANARY), "{}", ran.both());
}

#[test]
fn every_drift_of_a_store_is_found_and_no_value_is_told() {
    let shop = Shop::new(3, 3);
    let mut script = String::from(
        "ALTER TABLE contacts ADD COLUMN date_naissance DATE; ALTER TABLE contacts ADD COLUMN quantity INTEGER; \
         ALTER TABLE contacts DROP COLUMN negotiating; ALTER TABLE visits RENAME TO visits_old; \
         CREATE TABLE patients (id INTEGER PRIMARY KEY, prenom TEXT, nom TEXT, email TEXT); CREATE TABLE rates (id INTEGER PRIMARY KEY, percent INTEGER); \
         CREATE TABLE logins (name TEXT, password TEXT, code TEXT, seen_at INTEGER, contact_id INTEGER REFERENCES contacts (id));",
    );
    for id in 1..=6 {
        script.push_str(&format!(
            "INSERT INTO logins VALUES ('canary-7f3a{id}', 'canary-7f3a{id}', '255081416802538', 1700000000 + {id}, {id}); \
             UPDATE notes SET body = 'canary-7f3a, elle est enceinte' WHERE id = {id};"
        ));
    }
    shop.sql(&script);
    let store = fs::read_to_string(shop.path().join("stores/shop.toml")).expect("there");
    shop.write(
        "stores/shop.toml",
        &format!(
            "{store}\n[table.logins]\nunruled = \"a test\"\nkey = [\"name\"]\n[table.logins.columns]\nname = \"connection.account\"\n\
             password = \"connection.password\"\ncode = \"none\"\ncontact_id = \"none\"\nseen_at = {{ category = \"none\", time = \"text\" }}\n"
        ),
    );
    let ran = shop.run(&["check", "--live", "--format", "json"]);
    assert_eq!(ran.code, 1);
    assert_eq!(
        codes(&ran),
        [
            "S111", "S112", "S113", "S114", "S115", "S116", "S117", "S118", "S119", "S120", "S121", "S122"
        ],
        "{}",
        ran.out
    );
    for format in ["text", "sarif", "json"] {
        for language in ["fr", "en"] {
            let ran = shop.run(&["check", "--live", "--format", format, "--language", language]);
            assert_eq!(ran.code, 1);
            for value in [CANARY, "255081416802538", "1700000001"] {
                assert!(
                    !ran.both().contains(value),
                    "{format} tells {value}: {}",
                    ran.both()
                );
            }
        }
    }
    let sarif: Value =
        serde_json::from_str(&shop.run(&["check", "--live", "--format", "sarif"]).out).expect("SARIF");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    assert!(
        results
            .iter()
            .any(|result| result["ruleId"] == "S113" && result["level"] == "error")
    );
    for language in ["fr", "en"] {
        let ran = shop.run(&["check", "--live", "--language", language]);
        let screen = ran
            .out
            .lines()
            .filter(|line| !line.contains("version "))
            .collect::<Vec<_>>()
            .join("\n");
        insta::assert_snapshot!(format!("check_live_{language}"), screen);
    }
    // A store that does not answer is a finding, and what can be read is read.
    fs::remove_file(shop.path().join("shop.db")).expect("there");
    let ran = shop.run(&["check", "--live", "--format", "json"]);
    assert_eq!((ran.code, codes(&ran)), (1, vec!["S110".to_owned()]));
}

/// Grants, as servers have them.
fn grants(kind: Kind, script: &str, clean: &str, role: &str) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let database = runtime.block_on(async {
        let database = Database::create(kind).await;
        database
            .script("CREATE TABLE people (id INTEGER PRIMARY KEY, email VARCHAR(80))")
            .await;
        database.script(script).await;
        database
    });
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, text).expect("written");
    };
    write(
        "serment.toml",
        "[organisation]\nname = \"X\"\nlanguages = [\"en\"]\ntime_zone = \"UTC\"\n",
    );
    let named = match kind {
        Kind::Postgres => "postgres",
        _ => "mariadb",
    };
    let store = |access: &str| {
        format!(
            "[store]\nkind = \"{named}\"\nurl = \"env:APP_URL\"\nlocation = \"FR\"\n{access}\n[table.people]\nunruled = \"a test\"\n\
             [table.people.columns]\nid = \"none\"\nemail = \"contact.email\"\n"
        )
    };
    let run = || {
        let mut command = serment();
        command
            .current_dir(folder.path())
            .env("APP_URL", database.address())
            .args(["check", "--live", "--format", "json"]);
        Ran::of(command.output().expect("it starts"))
    };
    write("stores/app.toml", &store(""));
    let unsaid = run();
    assert_eq!(codes(&unsaid), ["S124"], "{}", unsaid.both());
    assert!(unsaid.out.contains(role), "{}", unsaid.out);
    assert_eq!(unsaid.code, 0, "a question is no error");
    write("stores/app.toml", &store("access = []"));
    let beyond = run();
    assert!(
        codes(&beyond).contains(&"S123".to_owned()) && beyond.code == 1,
        "{}",
        beyond.both()
    );
    assert!(beyond.out.contains(role), "{}", beyond.out);
    write("stores/app.toml", &store(&format!("access = [\"{role}\"]")));
    assert!(!run().out.contains(role));
    runtime.block_on(database.script(clean));
}

#[test]
fn roles_that_nobody_named_are_found_on_postgresql() {
    grants(
        Kind::Postgres,
        "DROP ROLE IF EXISTS drift_intruder; CREATE ROLE drift_intruder LOGIN; GRANT SELECT ON people TO drift_intruder",
        "DROP OWNED BY drift_intruder; DROP ROLE drift_intruder",
        "drift_intruder",
    );
}

#[test]
fn roles_that_nobody_named_are_found_on_mariadb() {
    grants(
        Kind::Mariadb,
        "CREATE OR REPLACE USER drift_intruder; GRANT SELECT ON people TO drift_intruder",
        "DROP USER drift_intruder",
        "drift_intruder",
    );
}

/// The register of the shop, without its database and state.
fn version(shop: &Shop, into: &Path) {
    for path in [
        "serment.toml",
        "vocabulary.toml",
        "activities/sales.toml",
        "stores/shop.toml",
    ] {
        let target = into.join(path);
        fs::create_dir_all(target.parent().expect("a folder")).expect("folders");
        fs::copy(shop.path().join(path), target).expect("copied");
    }
}

#[test]
fn a_change_of_a_register_is_told_before_it_acts() {
    let shop = Shop::new(40, 5);
    let folder = tempfile::tempdir().expect("a folder");
    version(&shop, folder.path());
    let old = text(folder.path());
    let new = text(shop.path());
    let diff = |more: &[&str]| {
        let mut arguments = vec!["diff", old.as_str(), new.as_str()];
        arguments.extend(more);
        run_in(shop.path(), &arguments)
    };
    assert_eq!(diff(&[]).code, 0);
    assert!(diff(&[]).out.contains("Nothing changes"));
    // A word changes, and a published sentence with it; nothing that is kept does.
    let words = fs::read_to_string(shop.path().join("vocabulary.toml")).expect("there");
    shop.write(
        "vocabulary.toml",
        &words.replace("en = \"the last contact\"", "en = \"our last exchange\""),
    );
    let ran = diff(&[]);
    assert_eq!(ran.code, 0, "{}", ran.both());
    assert!(
        ran.out.contains("our last exchange") && ran.out.contains("Words change only"),
        "{}",
        ran.out
    );
    shop.write("vocabulary.toml", &words);
    // A rule changes, a column comes, a promise rests on the rule.
    let sales = fs::read_to_string(shop.path().join("activities/sales.toml")).expect("there");
    shop.write(
        "activities/sales.toml",
        &sales.replace("keep  = \"3 years\"", "keep  = \"15 years\""),
    );
    let store = fs::read_to_string(shop.path().join("stores/shop.toml")).expect("there");
    shop.write(
        "stores/shop.toml",
        &store.replace("name            = \"identity.name\"\n", ""),
    );
    shop.write(
        "promises.toml",
        "[promise.P1]\nsentence = { fr = \"Trois ans.\", en = \"Three years.\" }\nhow = \"enforced\"\nrules = [\"sales.prospects_3y\"]\n",
    );
    fs::copy(
        shop.path().join("promises.toml"),
        folder.path().join("promises.toml"),
    )
    .expect("copied");
    shop.sql("ALTER TABLE contacts DROP COLUMN name");
    shop.write(
        "stores/shop.toml",
        &store.replace("name            = \"identity.name\"\n", ""),
    );
    fs::write(
        folder.path().join("stores/shop.toml"),
        store.replace("name            = \"identity.name\"\n", ""),
    )
    .expect("written");
    let ran = diff(&["--live", "--at", "2026-11-21", "--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.both());
    let said: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(said["changes_what_is_kept"], true);
    assert_eq!(said["rules"][0]["rule"], "sales.prospects_3y");
    assert_eq!(said["rules"][0]["details"][0]["en"], "keep: 3 years → 15 years");
    assert_eq!(said["promises"][0]["promise"], "P1");
    let rule = said["live"]["rules"]
        .as_array()
        .expect("rules")
        .iter()
        .find(|rule| rule["what"] == "sales.prospects_3y")
        .expect("the rule");
    // Forty were last seen from 2010 to 2015: those of 2012 and after have longer to stay.
    let (before, after) = (
        rule["before"].as_u64().expect("counted"),
        rule["after"].as_u64().expect("counted"),
    );
    assert!(before == 40 && after < before && after > 0, "{rule}");
    assert_eq!(
        rule["more"].as_i64().expect("a number"),
        after as i64 - before as i64
    );
    for language in ["fr", "en"] {
        let screen = |format: &str| {
            let ran = diff(&[
                "--live",
                "--at",
                "2026-11-21",
                "--format",
                format,
                "--language",
                language,
            ]);
            ran.out
                .lines()
                .filter(|line| !line.contains("version ") && !line.contains("<sub>"))
                .collect::<Vec<_>>()
                .join("\n")
        };
        insta::assert_snapshot!(format!("diff_{language}"), screen("text"));
        insta::assert_snapshot!(format!("diff_markdown_{language}"), screen("markdown"));
    }
    // A register that cannot be read is no change.
    fs::write(folder.path().join("serment.toml"), "[organisation]\n").expect("written");
    assert_eq!(diff(&[]).code, 3);
    assert_eq!(run_in(shop.path(), &["diff", &old]).code, 2);
    assert_eq!(
        diff(&["--at", "2026-11-21"]).code,
        2,
        "a day is for the live stores"
    );
}
