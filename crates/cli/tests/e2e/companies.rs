//! The fictitious companies, as someone who tries Serment meets them: built, approved, kept, with a hold that is kept too.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::shop::{run_in, text};

/// A company and what a person in dispute asks to hold: the arguments of `hold add`, and the rows that it keeps from
/// what is due.
struct Tried {
    name: &'static str,
    hold: &'static [&'static str],
    /// A row under the hold, due without it.
    row: [&'static str; 2],
    /// Rules that this version says it cannot carry out.
    blocked: &'static [&'static str],
}

const ACCOUNTING: Tried = Tried {
    name: "accounting",
    hold: &["crm.contacts", "2"],
    row: ["crm.contacts", "2"],
    blocked: &["recruitment.applications_2y"],
};
const COUNCILS: Tried = Tried {
    name: "councils",
    hold: &["--client", "1"],
    row: ["boxes.members", "1"],
    blocked: &["deposits.documents_1m", "office.contacts_3y"],
};
const HOSTING: Tried = Tried {
    name: "hosting",
    hold: &["--client", "1"],
    row: ["portal.users", "1"],
    blocked: &[],
};
const INVOICING: Tried = Tried {
    name: "invoicing",
    hold: &["--client", "V-0001"],
    row: ["service.users", "1"],
    blocked: &[],
};
const SELFCARE: Tried = Tried {
    name: "selfcare",
    hold: &["--client", "2"],
    row: ["platform.conversations", "00000000-0000-4000-8000-000000000002"],
    blocked: &[],
};

fn succeeds(place: &Path, arguments: &[&str], codes: &[i32]) -> String {
    let ran = run_in(place, arguments);
    assert!(codes.contains(&ran.code), "{arguments:?}: {}", ran.both());
    ran.out
}

fn plan(place: &Path) -> Value {
    let plan = succeeds(place, &["plan", "--format", "json"], &[0, 1]);
    serde_json::from_str(&plan).expect("JSON")
}

fn lines(plan: &Value) -> &[Value] {
    plan["rules"].as_array().expect("rules")
}

fn sum(lines: &[Value], key: &str) -> u64 {
    lines.iter().map(|line| line[key].as_u64().expect(key)).sum()
}

impl Tried {
    fn check(&self) {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join(self.name);
        let build = [
            "demo",
            "--keep",
            &text(&place),
            "--company",
            self.name,
            "--people",
            "200",
        ];
        let told = succeeds(folder.path(), &build, &[0]);
        assert!(told.contains("serment explain"), "{told}");
        let said = succeeds(&place, &["check", "--say"], &[0]);
        assert!(said.contains(" years ") && said.contains(" ans "), "{said}");

        let plan_before = plan(&place);
        let before = lines(&plan_before);
        assert!(sum(before, "due") > 50, "{}", sum(before, "due"));
        let (mut ready, mut blocked) = (BTreeSet::new(), BTreeSet::new());
        for line in before {
            let rule = line["rule"].as_str().expect("a rule");
            let free = line["obstacles"].as_array().is_some_and(Vec::is_empty);
            if free { &mut ready } else { &mut blocked }.insert(rule);
        }
        assert_eq!(blocked, self.blocked.iter().copied().collect());

        let mut hold = vec!["hold", "add"];
        hold.extend(self.hold);
        hold.extend(["--ground", "legal_claim"]);
        let held = succeeds(&place, &hold, &[0]);
        let id = held.split_whitespace().find(|word| word.starts_with("h-"));
        let mut approve = vec!["approve", "--plan", plan_before["plan"].as_str().expect("a hash")];
        approve.extend(&ready);
        succeeds(&place, &approve, &[0]);
        // A rule that cannot start was not approved: it observes, and that is no finding.
        succeeds(&place, &["keep"], &[0]);
        let after = plan(&place);
        assert_eq!(sum(lines(&after), "due"), 0, "all that was due is done");
        assert!(sum(lines(&after), "held") > 0, "and what is held is still there");
        let explain = ["explain", self.row[0], self.row[1]];
        let why = succeeds(&place, &explain, &[0]);
        assert!(why.contains("a hold freezes it"), "{why}");

        succeeds(&place, &["hold", "remove", id.expect("an id")], &[0]);
        assert!(sum(lines(&plan(&place)), "due") > 0, "the hold alone kept it");
        succeeds(&place, &["keep"], &[0]);
        let last = plan(&place);
        assert_eq!((sum(lines(&last), "due"), sum(lines(&last), "held")), (0, 0));
        assert_eq!(run_in(&place, &explain).code, 1, "the row is gone");
        succeeds(&place, &["fsck"], &[0]);
    }
}

#[test]
fn accounting_is_kept_and_its_hold_respected() {
    ACCOUNTING.check();
}

#[test]
fn councils_is_kept_and_its_hold_respected() {
    COUNCILS.check();
}

#[test]
fn hosting_is_kept_and_its_hold_respected() {
    HOSTING.check();
}

#[test]
fn invoicing_is_kept_and_its_hold_respected() {
    INVOICING.check();
}

#[test]
fn selfcare_is_kept_and_its_hold_respected() {
    SELFCARE.check();
}

#[test]
fn any_company_is_written_as_scripts_for_mariadb() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("company");
    let arguments = [
        "demo",
        "--keep",
        &text(&place),
        "--company",
        "invoicing",
        "--scripts",
        "mariadb",
        "--people",
        "100",
    ];
    let told = succeeds(folder.path(), &arguments, &[0]);
    assert!(told.contains("mariadb service < service.sql"), "{told}");
    let script = fs::read_to_string(place.join("service.sql")).expect("a script");
    assert!(script.starts_with("BEGIN;\n") && script.ends_with("COMMIT;\n"));
    assert!(script.contains("ENGINE=InnoDB"), "{script}");
    let store = fs::read_to_string(place.join("stores/service.toml")).expect("a store");
    assert!(store.contains("\"mariadb\"") && store.contains("\"env:SERVICE_URL\""));
    assert!(store.contains("write_url = \"env:SERVICE_WRITE_URL\""));
    assert!(told.contains("SITE_WRITE_URL"), "{told}");
    succeeds(&place, &["check"], &[0]);
}

#[test]
fn a_company_that_does_not_exist_is_a_mistake_of_usage() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = text(&folder.path().join("company"));
    let ran = run_in(
        folder.path(),
        &["demo", "--keep", &place, "--company", "hippogriffe"],
    );
    assert_eq!(ran.code, 2, "{}", ran.both());
    let alone = run_in(folder.path(), &["demo", "--company", "hosting"]);
    assert_eq!(
        alone.code,
        2,
        "--company says where with --keep: {}",
        alone.both()
    );
}
