//! The offline page, in a real browser, against the Rust verifier.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::help::{ORIGIN, entries, entropy, entry, journal_of};
use crate::tlog::note::SecretKey;
use crate::{Entry, Journal, Language, VERIFY_HTML, verify_receipt};

/// Chromium, as the test command names it or as it is installed; none is an error where tests run by themselves.
fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("SERMENT_TEST_CHROMIUM").map(PathBuf::from);
    let places = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect::<Vec<_>>();
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome-stable",
        "google-chrome",
    ];
    let installed = names
        .iter()
        .flat_map(|name| places.iter().map(move |place| place.join(name)));
    let found = named.or_else(|| installed.into_iter().find(|path| path.is_file()));
    if found.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "Chromium is needed here: cargo xtask test installs it"
        );
        println!("SKIPPED: no Chromium is installed; cargo xtask test installs it");
    }
    found
}

/// What a page looks like once its scripts have run.
fn dump(browser: &Path, html: &str, fragment: &str) -> String {
    let temporary = tempfile::tempdir().unwrap();
    let page = temporary.path().join("page.html");
    fs::write(&page, html).unwrap();
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
        ])
        .args([
            "--disable-component-update",
            "--disable-sync",
            "--disable-quic",
            "--disable-dev-shm-usage",
        ])
        .args([
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--virtual-time-budget=60000",
        ])
        .arg(format!(
            "--user-data-dir={}",
            temporary.path().join("profile").display()
        ))
        .arg("--dump-dom")
        .arg(format!("file://{}{fragment}", page.display()))
        .stderr(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn script() -> &'static str {
    between(VERIFY_HTML, "<script>", "</script>")
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, after) = text.split_once(start).unwrap();
    after.split_once(end).unwrap().0
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

/// The page as if someone had pasted these texts.
fn filled(receipt: &str, key: &str) -> String {
    let fill = |html: String, id: &str, text: &str| {
        let at = html.find(&format!("<textarea id=\"{id}\"")).unwrap();
        let at = at + html[at..].find("></textarea>").unwrap() + 1;
        format!("{}{}{}", &html[..at], escaped(text), &html[at..])
    };
    fill(fill(VERIFY_HTML.to_owned(), "receipt", receipt), "key", key)
}

fn statement() -> Value {
    json!({
        "kind": "outcome", "organisation": "Cabinet Exemple", "rules": ["newsletter.campaigns_3y"], "store": "crm",
        "table": "contacts", "client": null, "effect": "erase", "outcome": "erased", "rows": 1234, "at_least": true,
        "scope": "live", "residue": [{ "what": { "fr": "sauvegardes de crm", "en": "backups of crm" }, "until": "2026-12-27" }], "gone_by": "2026-12-27",
        "qualified_by": [{ "fr": "retard de réplication inconnu", "en": "replication lag unknown" }], "run": "r-17", "plan": "9f2c", "register_version": "b41d",
        "at": "2026-11-22T03:30:00Z", "extra_field": { "deep": [1, true, null, 12345678901234567890u64] },
        "<b>bold</b>": "<img src=x onerror=alert(1)>\u{202e}gnp.exe"
    })
}

struct Proved {
    _temporary: tempfile::TempDir,
    journal: Journal,
    key: String,
    receipt: String,
}

fn proved() -> Proved {
    let temporary = tempfile::tempdir().unwrap();
    let (mut journal, key) = journal_of(temporary.path(), &[3, 2]);
    let at = "2026-11-22T03:31:07Z".to_owned();
    journal
        .append(&[Entry {
            kind: "outcome".to_owned(),
            at,
            payload: statement(),
        }])
        .unwrap();
    let receipt = journal.receipt(5).unwrap().to_json();
    Proved {
        _temporary: temporary,
        journal,
        key,
        receipt,
    }
}

#[test]
fn the_page_allows_its_own_script_and_style_and_nothing_else() {
    let hash = |text: &str| format!("'sha256-{}'", BASE64.encode(Sha256::digest(text)));
    let policy = format!(
        "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'",
        hash(script()),
        hash(between(VERIFY_HTML, "<style>", "</style>"))
    );
    let found = between(VERIFY_HTML, "Content-Security-Policy\" content=\"", "\"");
    assert_eq!(found, policy, "put the latter into the page");
    assert_eq!(VERIFY_HTML.matches("<script").count(), 1);
    for word in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
        "fetch(",
        "XMLHttpRequest",
        "WebSocket",
        "sendBeacon",
        "EventSource",
        "import(",
        "importScripts",
        "localStorage",
        "sessionStorage",
        "cookie",
        "href=",
        "src=",
        "url(",
        "@import",
        "style=",
        "onclick",
        "onload",
        "<iframe",
        "<link",
        "<form",
        "postMessage",
    ] {
        assert!(!VERIFY_HTML.contains(word), "{word}");
    }
    let elsewhere = VERIFY_HTML.replace("http://www.w3.org/2000/svg", "");
    assert!(!elsewhere.contains("http:") && !elsewhere.contains("https:"));
}

#[test]
fn d26_the_page_shows_in_french_what_a_receipt_proves() {
    let Some(browser) = chromium() else { return };
    let proved = proved();
    let dom = dump(&browser, &filled(&proved.receipt, &proved.key), "#fr");
    assert!(dom.contains("data-verdict=\"verified\""), "{dom}");
    for text in [
        "<html lang=\"fr\">",
        "Reçu authentique",
        "« Cabinet Exemple » déclare avoir effacé au moins 1\u{202f}234 lignes de crm.contacts, selon la règle newsletter.campaigns_3y.",
        "sauvegardes de crm, jusqu’au 27 décembre 2026",
        "22 novembre 2026, 03:31 UTC",
        "les données en service",
        "Disparition définitive au plus tard",
        "entrée 5 (en comptant à partir de 0) sur 6",
        "<code>extra_field</code>",
        "12345678901234567890",
        "retard de réplication inconnu",
        "Ce que cela ne prouve pas",
        "&lt;img src=x onerror=alert(1)&gt;‹U+202E›gnp.exe",
        "<code>&lt;b&gt;bold&lt;/b&gt;</code>",
    ] {
        assert!(dom.contains(text), "{text} is not in {dom}");
    }
    assert!(!dom.contains("<img"));
}

#[test]
fn d26_the_page_refuses_a_forged_receipt_in_english() {
    let Some(browser) = chromium() else { return };
    let proved = proved();
    let forged = proved.receipt.replace("1234", "9999");
    let dom = dump(&browser, &filled(&forged, &proved.key), "#en");
    assert!(dom.contains("data-verdict=\"forged_statement\""), "{dom}");
    assert!(dom.contains("Receipt refused") && dom.contains("<html lang=\"en\">"));
    assert!(
        !dom.contains("Cabinet Exemple</dd>"),
        "nothing of a forged statement is shown as stated"
    );
    // A key is never taken from the receipt.
    let dom = dump(&browser, &filled(&proved.receipt, ""), "#en");
    assert!(dom.contains("data-verdict=\"waiting\"") && dom.contains("The public key is missing."));
}

/// Receipts, keys and checkpoints, sound and forged.
fn variants() -> Vec<(String, String, String)> {
    let mut proved = proved();
    let (key, whole) = (proved.key.clone(), proved.receipt.clone());
    let note = proved.journal.checkpoint().unwrap();
    let sound: Value = serde_json::from_str(&whole).unwrap();
    let mut all: Vec<(String, String, String)> = Vec::new();
    let mut add = |receipt: String, key: &str, against: &str| {
        all.push((receipt, key.to_owned(), against.to_owned()));
    };
    add(whole.clone(), &key, "");
    add(whole.clone(), &key, &note);
    add(whole.clone(), &key, &note.replacen("\n6\n", "\n7\n", 1));
    add(whole.clone(), &key, "nonsense");
    add(serde_json::to_string_pretty(&sound).unwrap(), &key, "");
    let fields = [
        ("format", json!("other")),
        ("version", json!(2)),
        ("version", json!("1")),
        ("origin", json!("other.example")),
        ("key", json!("00000000")),
        ("index", json!(4)),
        ("index", json!(6)),
        ("index", json!(-1)),
        ("index", json!("5")),
        ("leaf", json!("{}")),
        ("leaf", json!(format!(" {}", sound["leaf"].as_str().unwrap()))),
        ("statement", json!("{}")),
        ("salt", json!(BASE64.encode([0; 16]))),
        ("salt", json!("AAAA")),
        ("proof", json!([])),
        ("proof", json!(["AAAA"])),
        ("checkpoint", json!("x")),
        ("checkpoint", json!(note.replacen("\n6\n", "\n7\n", 1))),
        ("rotations", json!([{}])),
        ("more", json!(1)),
    ];
    for (field, value) in fields {
        let mut receipt = sound.clone();
        receipt[field] = value;
        add(receipt.to_string(), &key, "");
    }
    add(format!("{{\"index\":5,{}", &whole[1..]), &key, "");
    for end in [0, 1, 10, 200, whole.len() - 1] {
        add(
            whole[..end].to_owned() + if end == 0 { " " } else { "" },
            &key,
            "",
        );
    }
    add(format!("{whole}x"), &key, "");
    let named = |name: &str, seed| SecretKey::from_seed(name, &[seed; 32]).public().to_string();
    add(whole.clone(), &named(ORIGIN, 1), "");
    add(whole.clone(), &named("other.example", 1), "");
    add(whole.clone(), &format!("{}\n{key}\n", named(ORIGIN, 1)), "");
    add(whole.clone(), &key[1..], "");
    let weak = PublicKeyText::of([&[1u8][..], &[0; 32]].concat());
    add(whole.clone(), &weak.0, "");
    // One flipped bit in every part of the text.
    for at in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone().into_bytes();
        bytes[at] ^= 1 << (at % 7);
        if let Ok(receipt) = String::from_utf8(bytes) {
            add(receipt, &key, "");
        }
    }
    // Changes of key: sound, from an old and from an unknown key, flipped.
    proved.journal.rotate_key("2026-11-22T11:00:00Z").unwrap();
    let at_rotation = proved.journal.receipt(1).unwrap().to_json();
    proved.journal.append(&[entry(0)]).unwrap();
    let rotated = proved.journal.receipt(1).unwrap().to_json();
    let (new, ahead) = (proved.journal.public_key(), proved.journal.checkpoint().unwrap());
    for receipt in [&at_rotation, &rotated] {
        for key in [&key, &new, &named(ORIGIN, 1), &format!("{new}\n{key}")] {
            add(receipt.clone(), key, "");
        }
    }
    add(whole.clone(), &key, &ahead);
    add(whole.clone(), &format!("{key}\n{new}"), &ahead);
    add(whole.clone(), &new, "");
    let from = rotated.find("rotations").unwrap();
    for at in (from..rotated.len()).step_by(11) {
        let mut bytes = rotated.clone().into_bytes();
        bytes[at] ^= 2;
        if let Ok(receipt) = String::from_utf8(bytes) {
            add(receipt, &key, "");
        }
    }
    // A twin of the log, under the same key: a fork.
    let twin = tempfile::tempdir().unwrap();
    let (mut twin, _) = Journal::open(twin.path(), ORIGIN, entropy(7)).unwrap();
    twin.append(&entries(0..6)).unwrap();
    add(whole, &key, &twin.checkpoint().unwrap());
    all
}

struct PublicKeyText(String);

impl PublicKeyText {
    /// A key written rightly, whatever its bytes.
    fn of(bytes: Vec<u8>) -> PublicKeyText {
        let id = Sha256::digest([ORIGIN.as_bytes(), b"\n", &bytes].concat());
        PublicKeyText(format!(
            "{ORIGIN}+{}+{}",
            hex::encode(&id[..4]),
            BASE64.encode(bytes)
        ))
    }
}

#[test]
fn d26_the_page_judges_every_variant_as_the_program_does() {
    let Some(browser) = chromium() else { return };
    let variants = variants();
    assert!(variants.len() > 200, "{}", variants.len());
    // The page's own script, and beside it one that feeds it; without the page's policy, which would refuse that.
    let cases = serde_json::to_string(&variants).unwrap().replace('<', "\\u003c");
    let harness = format!(
        r#"<!doctype html><meta charset="utf-8"><pre id="out"></pre><script>{}</script><script>
        (async () => {{
          const told = [];
          for (const [receipt, key, against] of {cases}) {{
            try {{
              const facts = await verifyReceipt(receipt.trim(), key, against);
              told.push(["verified", facts.compared.how, ""]);
            }} catch (error) {{
              const refusal = error instanceof Refusal ? error : new Refusal("failure " + error);
              const say = (language) => WORDS[language].refusals[refusal.code]?.(refusal.facts) ?? "";
              told.push([refusal.code, say("fr"), say("en")]);
            }}
          }}
          document.getElementById("out").textContent = JSON.stringify(told).replaceAll("<", "\\u003c").replaceAll("&", "\\u0026").replaceAll(">", "\\u003e");
          document.getElementById("out").dataset.done = "yes";
        }})();</script>"#,
        script()
    );
    let dom = dump(&browser, &harness, "");
    let out = between(&dom, "data-done=\"yes\">", "</pre>");
    let told: Vec<(String, String, String)> = serde_json::from_str(out).unwrap();
    assert_eq!(told.len(), variants.len());
    for ((receipt, key, against), (code, french, english)) in variants.iter().zip(&told) {
        let ours = verify_receipt(
            receipt,
            key,
            Some(against.as_str()).filter(|against| !against.is_empty()),
        );
        match ours {
            Ok(verified) => {
                assert_eq!(code, "verified", "{receipt}");
                let how = format!("{:?}", verified.compared).to_lowercase();
                assert!(how.starts_with(&french.replace('_', "")), "{how} {french}");
            }
            Err(rejection) => {
                assert_eq!(code, rejection.code(), "{receipt}");
                // Where the reason comes from a parser, the words around it are the same.
                if !["unreadable", "bad_key", "bad_outside_checkpoint"].contains(&rejection.code()) {
                    assert_eq!(french, &rejection.message(Language::French));
                    assert_eq!(english, &rejection.message(Language::English));
                }
            }
        }
    }
    let verified = told.iter().filter(|(code, ..)| code == "verified").count();
    assert_eq!(verified, 11, "sound variants");
}
