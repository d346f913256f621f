//! The taxonomy is a tree, covers what it must, and cites identifiers that exist.

use serment_register::model::{Category, Language, Term, Text, Vocabulary};
use serment_register::taxonomy;

#[test]
fn every_category_has_its_ancestors_and_both_labels() {
    for entry in taxonomy::every() {
        assert!(
            !entry.label.fr.is_empty() && !entry.label.en.is_empty(),
            "{}",
            entry.category
        );
        if let Some((parent, _)) = entry.category.0.rsplit_once('.') {
            assert!(
                taxonomy::built_in(parent).is_some(),
                "{} has no parent",
                entry.category
            );
        }
    }
    assert!(
        taxonomy::every().count() >= 80,
        "a line of the table was not read"
    );
}

#[test]
fn every_dpv_identifier_is_a_term_of_dpv_2_3() {
    let known: Vec<&str> = include_str!("fixtures/dpv-pd-2.3.txt").lines().collect();
    for entry in taxonomy::every() {
        let found = match entry.dpv.strip_prefix("https://w3id.org/dpv/pd#") {
            Some(term) => known.contains(&term),
            None => entry.dpv == "https://w3id.org/dpv#SpecialCategoryPersonalData",
        };
        assert!(found, "{}: {}", entry.category, entry.dpv);
    }
}

#[test]
fn every_fideslang_key_exists_in_fideslang_3_2() {
    let known: Vec<&str> = include_str!("fixtures/fideslang-3.2.txt").lines().collect();
    for entry in taxonomy::every() {
        assert!(
            known.contains(&entry.fideslang),
            "{}: {}",
            entry.category,
            entry.fideslang
        );
    }
}

#[test]
fn the_special_categories_and_the_particular_data_are_there() {
    for path in [
        "special.racial_origin",
        "special.political",
        "special.religion",
        "special.philosophical",
        "special.trade_union",
        "special.genetic",
        "special.biometric",
        "special.health",
        "special.health.psychological",
        "special.sexual",
        "identity.national_number",
        "offences",
    ] {
        assert!(taxonomy::built_in(path).is_some(), "{path}");
    }
    assert!(taxonomy::is_special(&Category("special.health.record".into())));
    assert!(!taxonomy::is_special(&Category("specialist".into())));
    assert!(taxonomy::is_offence(&Category("offences".into())));
    assert!(taxonomy::is_national_number(&Category(
        "identity.national_number".into()
    )));
}

#[test]
fn an_own_category_speaks_for_itself_and_inherits_the_rest() {
    let mut vocabulary = Vocabulary::default();
    let fax = Category("contact.fax".into());
    let label = Text {
        fr: "télécopie".into(),
        en: "fax".into(),
    };
    let term = Term {
        label,
        ..Term::default()
    };
    vocabulary.categories.insert(
        fax.clone(),
        serment_register::model::CategoryTerm {
            term,
            ..Default::default()
        },
    );
    assert_eq!(taxonomy::label(&fax, &vocabulary, Language::French), "télécopie");
    assert_eq!(
        taxonomy::dpv(&fax, &vocabulary),
        Some("https://w3id.org/dpv/pd#Contact")
    );
    assert_eq!(taxonomy::fideslang(&fax, &vocabulary), Some("user.contact"));
}

/// `SERMENT_WRITE_DOCS=1 cargo test -p serment-register` writes the table anew.
#[test]
fn the_language_reference_lists_every_category() {
    let mut table =
        String::from("\n| category | English | français | DPV | fideslang |\n|---|---|---|---|---|\n");
    for entry in taxonomy::every() {
        let term = entry.dpv.rsplit('/').next().unwrap();
        let (fr, en) = (&entry.label.fr, &entry.label.en);
        table.push_str(&format!(
            "| `{}` | {en} | {fr} | [`{term}`]({}) | `{}` |\n",
            entry.category, entry.dpv, entry.fideslang
        ));
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/language.md");
    let text = std::fs::read_to_string(path).unwrap();
    let start = text.find("<!-- categories -->\n").unwrap() + "<!-- categories -->\n".len();
    let end = text.find("\n## What this version reads").unwrap();
    if std::env::var_os("SERMENT_WRITE_DOCS").is_some() {
        std::fs::write(path, format!("{}{table}{}", &text[..start], &text[end..])).unwrap();
    } else {
        assert!(
            text[start..end] == table,
            "SERMENT_WRITE_DOCS=1 cargo test -p serment-register"
        );
    }
}
