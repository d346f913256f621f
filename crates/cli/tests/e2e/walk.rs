//! From a register to a proof, as a new user would go.

use std::fs;

use serde_json::{Value, json};

use crate::shop::{CANARY, Shop, run_in, text};

#[test]
fn check_plan_approve_keep_prove_verify_explain() {
    let shop = Shop::new(40, 5);

    let check = shop.run(&["check", "--say"]);
    assert_eq!(check.code, 0, "{}", check.both());
    assert!(check.out.contains("3 years"), "{}", check.out);
    assert!(check.out.contains("3 ans"), "both languages: {}", check.out);

    let plan = shop.run(&["plan"]);
    assert_eq!(plan.code, 0, "{}", plan.both());
    assert!(plan.out.contains("40 rows due"), "{}", plan.out);
    assert!(
        plan.out.contains("serment approve sales.prospects_3y --plan "),
        "{}",
        plan.out
    );
    assert!(!shop.path().join(".serment").exists(), "plan writes nothing");

    let observing = shop.run(&["keep"]);
    assert_eq!(observing.code, 0, "{}", observing.both());
    assert!(observing.out.contains("observe"), "{}", observing.out);
    assert_eq!(
        shop.due()[1],
        ("sales.prospects_3y".to_owned(), 40),
        "nothing was changed"
    );

    shop.approve();
    let dry = shop.run(&["keep", "--dry-run"]);
    assert_eq!(dry.code, 0, "{}", dry.both());
    assert_eq!(shop.due()[1].1, 40, "a dry run changes nothing");

    let keep = shop.run(&["keep", "--format", "json"]);
    assert_eq!(keep.code, 0, "{}", keep.both());
    let report: Value = serde_json::from_str(&keep.out).expect("JSON");
    assert_eq!(
        report["rows"], 82,
        "40 contacts, their notes, 2 visits: {report:#}"
    );
    assert!(
        report["checkpoint"]
            .as_str()
            .is_some_and(|note| note.contains("atelier-des-tilleuls/serment"))
    );
    assert_eq!(
        shop.due(),
        [
            ("sales.logs_6m".to_owned(), 0),
            ("sales.prospects_3y".to_owned(), 0)
        ]
    );

    let outcome = report["outcomes"]
        .as_array()
        .expect("outcomes")
        .iter()
        .find(|outcome| outcome["outcome"]["table"] == "shop.contacts")
        .expect("contacts were erased");
    assert_eq!(outcome["outcome"]["outcome"], json!("erased"));
    assert!(
        outcome["outcome"]["gone_by"].is_string(),
        "backups end: {outcome:#}"
    );
    let id = outcome["id"].as_str().expect("an id");
    let prove = shop.run(&["prove", id, "--out", "receipt.json"]);
    assert_eq!(prove.code, 0, "{}", prove.both());

    // Verified elsewhere, with the public key alone.
    let elsewhere = tempfile::tempdir().expect("a folder");
    for (from, to) in [
        ("receipt.json", "receipt.json"),
        (".serment/journal/journal.pub", "key.pub"),
    ] {
        fs::copy(shop.path().join(from), elsewhere.path().join(to)).expect("copied");
    }
    let receipt = fs::read_to_string(elsewhere.path().join("receipt.json")).expect("text");
    assert!(receipt.len() < 4096, "{} bytes", receipt.len());
    assert!(!receipt.contains(CANARY));
    let verify = run_in(elsewhere.path(), &["verify", "receipt.json", "--key", "key.pub"]);
    assert_eq!(verify.code, 0, "{}", verify.both());
    assert!(verify.out.contains("Verified"), "{}", verify.out);
    fs::write(
        elsewhere.path().join("forged.json"),
        receipt.replace(":40,", ":41,"),
    )
    .expect("written");
    let forged = run_in(
        elsewhere.path(),
        &["verify", "forged.json", "--key", "key.pub", "--format", "json"],
    );
    assert_eq!(forged.code, 1, "{}", forged.both());
    let said: Value = serde_json::from_str(&forged.out).expect("JSON");
    assert_eq!(said["verified"], json!(false));

    let journal = run_in(
        elsewhere.path(),
        &["verify", &text(shop.path()), "--key", "key.pub"],
    );
    assert_eq!(journal.code, 0, "the whole journal verifies: {}", journal.both());

    let explain = shop.run(&["explain", "shop.contacts", "41"]);
    assert_eq!(explain.code, 0, "{}", explain.both());
    assert!(explain.out.contains("sales.prospects_3y"), "{}", explain.out);
    let gone = shop.run(&["explain", "shop.contacts", "1"]);
    assert_eq!(gone.code, 1, "{}", gone.both());

    let fsck = shop.run(&["fsck"]);
    assert_eq!(fsck.code, 0, "{}", fsck.both());
    let again = shop.run(&["keep"]);
    assert_eq!(again.code, 0, "{}", again.both());
}

#[test]
fn the_plan_as_json_has_its_promised_shape() {
    let shop = Shop::new(7, 2);
    let plan = shop.plan(&["--sample", "all"]);
    assert_eq!(plan["plan"].as_str().map(str::len), Some(64));
    assert!(plan["at"].as_str().is_some_and(|at| at.len() == 10));
    let rules = plan["rules"].as_array().expect("rules");
    assert_eq!(rules.len(), 2);
    let prospects = &rules[1];
    assert_eq!(prospects["rule"], "sales.prospects_3y");
    assert_eq!(prospects["store"], "shop");
    assert_eq!(prospects["table"], "contacts");
    assert_eq!(prospects["client"], Value::Null);
    assert_eq!(prospects["due"], 7);
    for count in ["never_started", "implausible", "held"] {
        assert_eq!(prospects[count], 0, "{count}");
    }
    assert!(
        prospects["oldest"]
            .as_str()
            .is_some_and(|day| day.starts_with("201")),
        "{prospects:#}"
    );
    assert!(prospects["cutoff"].is_string());
    let effects = prospects["effects"].as_array().expect("effects");
    let contacts = effects
        .iter()
        .find(|effect| effect["table"] == "shop.contacts")
        .expect("contacts");
    assert_eq!(contacts["effect"], "erase");
    assert_eq!(contacts["rows"], 7);
    assert_eq!(contacts["keys"], json!([[1], [2], [3], [4], [5], [6], [7]]));
    let notes = effects
        .iter()
        .find(|effect| effect["table"] == "shop.notes")
        .expect("notes go along");
    assert_eq!(notes["rows"], 7);
    let visits = &rules[0]["effects"][0];
    assert_eq!(
        visits["keys"],
        json!([["2015-03-04", 1], ["2015-03-04", 2]]),
        "composite keys"
    );

    let one = shop.plan(&["--rule", "sales.logs_6m"]);
    assert_eq!(one["rules"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        one["plan"], one["rules"][0]["hash"],
        "the hash of one rule is its own"
    );
    assert_eq!(shop.plan(&["--at", "2010-01-01"])["rules"][1]["due"], 0);
}

#[test]
fn statements_are_shown_and_no_value_of_a_row() {
    let shop = Shop::new(7, 2);
    let sql = shop.run(&["plan", "--sql"]);
    assert_eq!(sql.code, 0, "{}", sql.both());
    assert!(sql.out.contains("DELETE FROM"), "{}", sql.out);
    assert!(!sql.out.contains(CANARY));
    assert!(!shop.run(&["plan"]).out.contains(CANARY));
}

#[test]
fn a_hold_protects_until_it_is_removed() {
    let shop = Shop::new(7, 0);
    shop.approve();
    let add = shop.run(&[
        "hold",
        "add",
        "shop.contacts",
        "3",
        "4",
        "--ground",
        "legal_claim",
    ]);
    assert_eq!(add.code, 0, "{}", add.both());
    let listed = shop.run(&["hold", "list", "--format", "json"]);
    let holds: Value = serde_json::from_str(&listed.out).expect("JSON");
    let id = holds[0]["id"].as_str().expect("an id").to_owned();
    assert!(shop.run(&["hold", "list"]).out.contains("legal claim"));
    assert_eq!(shop.plan(&[])["rules"][1]["held"], 2);
    assert_eq!(shop.run(&["keep"]).code, 0);
    let kept = shop.run(&["explain", "shop.contacts", "3"]);
    assert_eq!(kept.code, 0, "{}", kept.both());
    assert!(kept.out.contains(&id), "{}", kept.out);
    assert_eq!(
        shop.run(&["explain", "shop.contacts", "2"]).code,
        1,
        "the others went"
    );
    let unknown = shop.run(&["hold", "remove", "h-none"]);
    assert_eq!(unknown.code, 2, "{}", unknown.both());
    assert_eq!(shop.run(&["hold", "remove", &id]).code, 0);
    assert_eq!(shop.run(&["keep"]).code, 0);
    assert_eq!(shop.run(&["explain", "shop.contacts", "3"]).code, 1);
}

#[test]
fn the_journal_is_read_by_people_and_programs() {
    let shop = Shop::new(3, 0);
    assert_eq!(shop.run(&["journal", "list"]).code, 1, "it has not begun");
    shop.approve();
    assert_eq!(shop.run(&["keep"]).code, 0);
    let list = shop.run(&["journal", "list", "--last", "all", "--format", "json"]);
    let entries: Value = serde_json::from_str(&list.out).expect("JSON");
    let kinds: Vec<&str> = entries
        .as_array()
        .expect("entries")
        .iter()
        .filter_map(|entry| entry["kind"].as_str())
        .collect();
    for kind in ["approval", "intent", "outcome"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    assert!(!list.out.contains(CANARY));
    assert_eq!(shop.run(&["journal", "show", "0"]).code, 0);
    assert_eq!(shop.run(&["journal", "show", "999"]).code, 2);
    let checkpoint = shop.run(&["journal", "checkpoint"]);
    assert!(
        checkpoint.out.starts_with("atelier-des-tilleuls/serment\n"),
        "{}",
        checkpoint.out
    );
    // An older copy put back is told by the checkpoint that was kept.
    fs::write(shop.path().join("kept"), &checkpoint.out).expect("written");
    let against = shop.run(&[
        "verify",
        ".serment/journal",
        "--key",
        ".serment/journal/journal.pub",
        "--against",
        "kept",
    ]);
    assert_eq!(against.code, 0, "{}", against.both());
}

#[test]
fn a_changed_plan_is_not_approved() {
    let shop = Shop::new(3, 0);
    let hash = shop.plan(&["--rule", "sales.logs_6m"])["plan"]
        .as_str()
        .expect("a hash")
        .to_owned();
    let ran = shop.run(&["approve", "sales.prospects_3y", "--plan", &hash]);
    assert_eq!(ran.code, 1, "{}", ran.both());
    assert!(ran.err.contains("serment plan"), "{}", ran.err);
    let short = shop.run(&["approve", "sales.logs_6m", "--plan", &hash[..12]]);
    assert_eq!(short.code, 0, "{}", short.both());
}

#[test]
fn the_story_is_told_and_leaves_nothing_behind() {
    let temporary = tempfile::tempdir().expect("a folder");
    let output = crate::shop::serment()
        .env("TMPDIR", temporary.path())
        .args(["demo", "--story", "--people", "200"])
        .output()
        .expect("it starts");
    let ran = crate::shop::Ran::of(output);
    assert_eq!(ran.code, 0, "{}", ran.both());
    assert_eq!(fs::read_dir(temporary.path()).expect("a folder").count(), 0);
}

#[test]
fn a_hold_on_a_key_that_no_row_bears_says_so() {
    let shop = Shop::new(3, 0);
    let there = shop.run(&["hold", "add", "shop.contacts", "3", "--ground", "legal_claim"]);
    assert_eq!(there.code, 0, "{}", there.both());
    let typo = shop.run(&["hold", "add", "shop.contacts", "3000", "--ground", "legal_claim"]);
    assert_eq!(typo.code, 1, "{}", typo.both());
    assert!(
        typo.out.contains("No row bears this key now: 3000"),
        "{}",
        typo.both()
    );
}

#[test]
fn of_a_store_that_was_not_read_nothing_is_said_but_that() {
    let shop = Shop::new(3, 0);
    fs::remove_file(shop.path().join("shop.db")).expect("removed");
    let keep = shop.run(&["keep"]);
    assert_eq!(keep.code, 1, "{}", keep.both());
    assert!(keep.out.contains("was not read"), "{}", keep.both());
    assert!(!keep.out.contains("would do nothing"), "{}", keep.both());
    assert!(!keep.out.contains("serment approve"), "{}", keep.both());
}

#[test]
fn the_company_is_written_as_scripts_for_postgresql() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = text(&folder.path().join("company"));
    let arguments = [
        "demo",
        "--keep",
        &place,
        "--scripts",
        "postgres",
        "--people",
        "100",
    ];
    let ran = run_in(folder.path(), &arguments);
    assert_eq!(ran.code, 0, "{}", ran.both());
    let script = fs::read_to_string(folder.path().join("company/crm.sql")).expect("a script");
    assert!(script.starts_with("BEGIN;\n") && script.ends_with("COMMIT;\n"));
    let check = run_in(&folder.path().join("company"), &["check"]);
    assert_eq!(check.code, 0, "{}", check.both());
}
