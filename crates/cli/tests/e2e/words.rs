//! What the command says: languages, help, exit codes, screens.

use std::io::Read;
use std::process::Stdio;

use crate::shop::{Ran, Shop, run_in, serment};

#[test]
fn the_language_is_asked_for_then_the_registers_then_english() {
    let shop = Shop::new(1, 0);
    let says = |environment: &[(&str, &str)], arguments: &[&str]| {
        let mut command = shop.command(arguments);
        command.env_remove("LC_ALL").envs(environment.iter().copied());
        Ran::of(command.output().expect("it starts")).out
    };
    assert!(says(&[("LANG", "fr_FR.UTF-8")], &["check"]).contains("Le registre"));
    assert!(says(&[("LANG", "en_GB.UTF-8")], &["check"]).contains("The register"));
    assert!(says(&[("LANG", "en_GB.UTF-8"), ("LC_ALL", "fr_FR.UTF-8")], &["check"]).contains("Le registre"));
    assert!(says(&[("LANG", "fr_FR.UTF-8")], &["check", "--language", "en"]).contains("The register"));
    assert!(
        says(&[], &["check"]).contains("Le registre"),
        "the register speaks French first"
    );
    assert!(says(&[("LANG", "C.UTF-8")], &["check"]).contains("Le registre"));
    assert!(says(&[], &["--help"]).contains("Usage:"));
    assert!(says(&[("LANG", "fr_FR.UTF-8")], &["plan", "--help"]).contains("Utilisation :"));
    assert!(says(&[], &["plan", "--help", "--language=fr"]).contains("Utilisation :"));
}

#[test]
fn mistakes_of_usage_are_said_with_what_to_write() {
    let folder = tempfile::tempdir().expect("a folder");
    for (arguments, said) in [
        (&["paln"][..], "did you mean `plan`?"),
        (&["plan", "--sampel", "3"][..], "did you mean `--sample`?"),
        (&["plan", "--sample", "x"][..], "a number, or all"),
        (&["keep", "--daily", "3h"][..], "03:30"),
        (&["explain", "crm.contacts"][..], "<KEY>"),
        (&["plan"][..], "--register"),
        (&["plan", "--at", "2026-02-30"][..], "2026-02-30"),
    ] {
        let ran = run_in(folder.path(), arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.both());
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
        assert!(ran.out.is_empty(), "{arguments:?}: {}", ran.out);
    }
    let shop = Shop::new(1, 0);
    let ran = shop.run(&["plan", "--rule", "sales.prospect_3y"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("sales.prospects_3y"), "{}", ran.err);
}

#[test]
fn help_and_version_are_no_mistakes() {
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["--version"],
        &["plan", "--help"],
        &["hold", "add", "-h"],
    ] {
        let ran = run_in(folder.path(), arguments);
        assert_eq!(ran.code, 0, "{arguments:?}");
        assert!(!ran.out.is_empty() && ran.err.is_empty(), "{arguments:?}");
    }
    assert_eq!(
        run_in(folder.path(), &[]).code,
        2,
        "nothing asked is a mistake, and shows the help"
    );
    assert!(run_in(folder.path(), &["--help"]).out.contains("Exit codes:"));
}

#[test]
fn screens_in_both_languages() {
    let shop = Shop::new(40, 5);
    shop.run(&["hold", "add", "shop.contacts", "3", "--ground", "legal_claim"]);
    for language in ["fr", "en"] {
        let screen = |arguments: &[&str]| {
            let mut all = arguments.to_vec();
            all.extend(["--language", language]);
            scrubbed(&shop.run(&all).out)
        };
        insta::assert_snapshot!(format!("check_{language}"), screen(&["check", "--say"]));
        insta::assert_snapshot!(format!("hold_list_{language}"), screen(&["hold", "list"]));
        insta::assert_snapshot!(
            format!("plan_{language}"),
            screen(&["plan", "--at", "2025-06-30"])
        );
        insta::assert_snapshot!(format!("help_{language}"), screen(&["--help"]));
    }
    // A trigger stands in the way of one rule; the other goes.
    shop.approve();
    shop.sql("CREATE TRIGGER swallow BEFORE DELETE ON contacts BEGIN SELECT RAISE(IGNORE); END");
    for language in ["fr", "en"] {
        let screen = |arguments: &[&str]| {
            let mut all = arguments.to_vec();
            all.extend(["--language", language]);
            scrubbed(&shop.run(&all).out)
        };
        let rule = ["plan", "--at", "2025-06-30", "--rule", "sales.prospects_3y"];
        insta::assert_snapshot!(format!("blocked_{language}"), screen(&rule));
        insta::assert_snapshot!(format!("dry_run_{language}"), screen(&["keep", "--dry-run"]));
        insta::assert_snapshot!(
            format!("explain_{language}"),
            screen(&["explain", "shop.contacts", "41"])
        );
        insta::assert_snapshot!(
            format!("explain_held_{language}"),
            screen(&["explain", "shop.contacts", "3"])
        );
        insta::assert_snapshot!(format!("fsck_{language}"), screen(&["fsck"]));
        insta::assert_snapshot!(
            format!("page_{language}"),
            screen(&["prove", "--page", "verify.html"])
        );
    }
}

/// Without what changes from run to run: hashes and identifiers.
fn scrubbed(text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_alphanumeric() {
            word.push(c);
            continue;
        }
        let random = word.len() >= 12
            && word
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
        let random = random && word.bytes().any(|byte| byte.is_ascii_digit());
        out.push_str(if random { "SCRUBBED" } else { &word });
        word.clear();
        out.push(c);
    }
    out
}

#[test]
fn colours_only_where_they_are_welcome() {
    let shop = Shop::new(1, 0);
    assert!(!shop.run(&["check"]).out.contains('\u{1b}'), "not a terminal");
    assert!(shop.run(&["check", "--color", "always"]).out.contains('\u{1b}'));
    let ascii = Ran::of(
        shop.command(&["plan", "--language", "en"])
            .env("LC_ALL", "C")
            .output()
            .expect("it starts"),
    );
    assert!(ascii.out.is_ascii(), "{}", ascii.out);
}

#[test]
fn a12_a_reader_that_leaves_is_no_error() {
    let shop = Shop::new(200, 0);
    for arguments in [
        &["plan", "--sample", "all"][..],
        &["schema"],
        &["man"],
        &["completions", "bash"],
    ] {
        let mut child = shop
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut first = [0_u8; 16];
        let read = child
            .stdout
            .take()
            .expect("piped")
            .read(&mut first)
            .expect("read");
        assert!(read > 0, "{arguments:?}");
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(
            output.stderr.is_empty(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn completions_schemas_and_man_pages_are_made() {
    let folder = tempfile::tempdir().expect("a folder");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = run_in(folder.path(), &["completions", shell]);
        assert_eq!(ran.code, 0, "{shell}");
        assert!(ran.out.contains("serment"), "{shell}");
    }
    assert_eq!(run_in(folder.path(), &["man", "--out", "man"]).code, 0);
    for page in ["serment.1", "serment-plan.1", "serment-hold-add.1"] {
        assert!(folder.path().join("man").join(page).is_file(), "{page}");
    }
    let schema = run_in(folder.path(), &["schema", "stores/crm.toml"]);
    assert_eq!(schema.code, 0);
    assert!(serde_json::from_str::<serde_json::Value>(&schema.out).is_ok());
    assert_eq!(run_in(folder.path(), &["schema", "nothing"]).code, 2);
}

#[test]
fn check_starts_without_a_runtime() {
    let output = serment().arg("--version").output().expect("it starts");
    let version = Ran::of(output);
    assert_eq!(version.out, format!("serment {}\n", env!("CARGO_PKG_VERSION")));
}
