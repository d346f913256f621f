//! The published sentences read as prose, in both languages.

use std::path::Path;

use serment_register::model::{Register, Text};
use serment_register::{diagnostics, directory, load, say};

fn spoken(register: &Register) -> String {
    let sentences = say::every(register);
    sentences
        .iter()
        .map(|(id, text)| format!("{id}\n  {}\n  {}\n", text.fr, text.en))
        .collect()
}

#[test]
fn the_rules_of_the_sample_read_as_prose() {
    let files =
        directory::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sample")).unwrap();
    insta::assert_snapshot!(spoken(&load(&files).0.unwrap()));
}

#[test]
fn the_rules_of_the_example_register_read_as_prose() {
    insta::assert_snapshot!(spoken(&load(&diagnostics::base()).0.unwrap()));
}

/// One rule of the example register, with the labels and the rule text replaced.
fn sentence(edits: &[(&str, &str, &str)]) -> Text {
    let mut files = diagnostics::base();
    for (file, find, replace) in edits {
        let text = String::from_utf8(files[*file].clone()).unwrap();
        assert!(text.contains(find), "{find}");
        files.insert((*file).to_owned(), text.replacen(find, replace, 1).into_bytes());
    }
    let (register, found) = load(&files);
    assert!(!diagnostics::has_errors(&found), "{found:#?}");
    let all = say::every(&register.unwrap());
    all.into_iter()
        .find(|(id, _)| id.0 == "letters.letters_3y")
        .unwrap()
        .1
}

#[test]
fn a_rule_that_only_an_event_ends_says_until_when() {
    let rule = "after      = [\"last_order\"]\nelse_after = [\"created\"]\nkeep       = \"3 years\"\n";
    let text = sentence(&[("activities/letters.toml", rule, "")]);
    assert_eq!(
        text.fr,
        "Pour envoyer nos lettres, nous conservons les données des clients (nom et prénom, adresse électronique) jusqu'au retrait du consentement. Elles sont ensuite effacées."
    );
    assert_eq!(
        text.en,
        "To send our letters, we keep the data of customers (name, e-mail address) until the withdrawal of consent. They are then erased."
    );
}

#[test]
fn an_archive_says_how_long_and_for_whom() {
    let then = "{ archive = \"2 years\", in = \"shop\", readers = [\"auditor\", \"sales\"] }";
    let text = sentence(&[("activities/letters.toml", "\"erase\"", then)]);
    assert!(
        text.fr.ends_with(
            "Elles sont ensuite archivées pendant 2 ans, accessibles seulement aux auditeurs et à l'équipe commerciale, puis effacées ; ce terme est avancé aussitôt en cas de retrait du consentement."
        ),
        "{}",
        text.fr
    );
    assert!(
        text.en.ends_with(
            "They are then archived for 2 years, open to the auditors and the sales team only, and then erased; this comes at once upon withdrawal of consent."
        ),
        "{}",
        text.en
    );
}

#[test]
fn only_what_leaves_nothing_of_the_person_is_called_anonymised() {
    let (name, email) = (
        "name          = \"identity.name\"",
        "email         = \"contact.email\"",
    );
    let with =
        |strategy: &str, category: &str| format!("{{ category = \"{category}\", anonymise = {strategy} }}");
    let band = "{ band = 10 }";
    for (of_name, of_email, fr, en) in [
        ("\"redact\"", "\"null\"", "anonymisées", "anonymised"),
        (band, "\"year\"", "rendues moins précises", "made less precise"),
        (
            "\"redact\"",
            band,
            "en partie effacées et en partie rendues moins précises",
            "partly erased and partly made less precise",
        ),
        (
            "{ random = \"r_\" }",
            "{ pseudonym = \"p_\" }",
            "pseudonymisées",
            "pseudonymised",
        ),
    ] {
        let text = sentence(&[
            ("activities/letters.toml", "\"erase\"", "\"anonymise\""),
            (
                "stores/shop.toml",
                name,
                &format!("name = {}", with(of_name, "identity.name")),
            ),
            (
                "stores/shop.toml",
                email,
                &format!("email = {}", with(of_email, "contact.email")),
            ),
        ]);
        assert!(
            text.fr.contains(&format!("Elles sont ensuite {fr} ;")),
            "{}",
            text.fr
        );
        assert!(text.en.contains(&format!("They are then {en};")), "{}", text.en);
    }
}

#[test]
fn one_event_may_stand_without_its_list() {
    let list = "else_after = [\"created\"]";
    let text = sentence(&[("activities/letters.toml", list, "else_after = \"created\"")]);
    assert_eq!(text, sentence(&[]));
    let mut files = diagnostics::base();
    let rule = String::from_utf8(files["activities/letters.toml"].clone()).unwrap();
    files.insert(
        "activities/letters.toml".to_owned(),
        rule.replace(list, "else_after = \"craeted\"").into_bytes(),
    );
    let (_, found) = load(&files);
    let unknown = found.iter().find(|one| one.message.en.contains("craeted"));
    let span = unknown.and_then(|one| one.span.clone()).unwrap();
    assert_eq!(
        &rule.replace(list, "else_after = \"craeted\"")[span.range],
        "\"craeted\""
    );
}

#[test]
fn articles_elisions_and_numbers_agree() {
    let label = "{ fr = \"la dernière commande\", en = \"the last order\" }";
    for (fr, expected) in [
        ("dernière visite", "1 an après la dernière visite"),
        ("dernier achat", "1 an après le dernier achat"),
        ("opposition", "1 an après l'opposition"),
        ("inscription", "1 an après l'inscription"),
        ("clôture de l'exercice", "1 an après la clôture de l'exercice"),
        ("décès", "1 an après le décès"),
        ("derniers échanges", "1 an après les derniers échanges"),
    ] {
        let new = format!("{{ fr = \"{fr}\", en = \"last order\" }}");
        let text = sentence(&[
            ("vocabulary.toml", label, &new),
            ("activities/letters.toml", "\"3 years\"", "\"1 year\""),
        ]);
        assert!(text.fr.contains(expected), "{}", text.fr);
        assert!(text.en.contains("for 1 year after the last order"), "{}", text.en);
    }
}
