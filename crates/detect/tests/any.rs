//! Whatever a database holds and calls it: no guess panics, none is empty, none repeats a value.

use proptest::prelude::*;
use serment_detect::about::about;
use serment_detect::{About, Beside, Contents, Place, Shape, Sketch, guess};

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => any::<String>(),
        2 => "[ -~]{0,40}",
        2 => "[0-9 .+-]{1,25}",
        1 => "[A-Z]{2}[0-9A-Z ]{2,32}",
        1 => prop::sample::select(vec![
            "255081416802538", "a@b.fr", "FR7630006000011234567890189", "4111 1111 1111 1111", "75001", "2024-02-29T00:00:00Z", "é@é.é",
            "{}", "$2y$", "2A", "١٢٣٤٥", "\u{0}", "2 55 08 1\u{301}",
        ]).prop_map(str::to_owned),
    ]
}

fn shapes() -> impl Strategy<Value = Shape> {
    use Shape::*;
    prop::sample::select(vec![
        Text, Whole, Number, Flag, Time, Uuid, Json, Address, Bytes, Other,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn every_column_has_a_guess(
        table in texts(), name in texts(), values in prop::collection::vec(texts(), 0..20), shape in shapes(),
        place in prop::sample::select(vec![Place::Key, Place::Link, Place::Plain]),
    ) {
        let contents = Contents::of(values.iter().map(String::as_str));
        let beside = Beside::of([name.as_str()]);
        let sketch = Sketch { table: &table, about: about(&table, [name.as_str()]), beside, name: &name, shape, place, contents: &contents };
        let guesses = guess(&sketch);
        prop_assert!((1..=3).contains(&guesses.len()));
        for guess in &guesses {
            prop_assert!((1..=99).contains(&guess.confidence));
            if let Some(category) = &guess.category {
                prop_assert!(serment_register::taxonomy::built_in(&category.0).is_some());
            }
        }
        let _ = (contents.unlike(None), contents.sensitive(None), contents.unprotected(), contents.median_year(), contents.spread_of_years());
    }

    #[test]
    fn a_checksum_is_no_accident(digits in "[0-9]{15}") {
        // One in 97 at most; a wrong key is always refused.
        if serment_detect::value::is_nir(&digits) {
            let key: u64 = digits[13..].parse().expect("digits");
            let other = format!("{}{:02}", &digits[..13], key % 97 + 1);
            prop_assert!(!serment_detect::value::is_nir(&other));
        }
    }
}

#[test]
fn values_say_what_names_hide() {
    let emails: Vec<String> = (0..30)
        .map(|number| format!("p{number}@courriel.example"))
        .collect();
    let contents = Contents::of(emails.iter().map(String::as_str));
    let sketch = |about, name, contents| {
        let guesses = guess(&Sketch {
            table: "t",
            about,
            beside: Beside::default(),
            name,
            shape: Shape::Text,
            place: Place::Plain,
            contents,
        });
        (
            guesses[0].category.clone().map(|category| category.0),
            guesses[0].confidence,
        )
    };
    assert_eq!(
        sketch(About::Unknown, "champ_17", &contents),
        (Some("contact.email".to_owned()), 95)
    );
    let nothing = Contents::default();
    // The same word of a person, of a product, of an address of the network.
    assert_eq!(
        sketch(About::Person, "name", &nothing).0.as_deref(),
        Some("identity.name")
    );
    assert_eq!(sketch(About::Thing, "name", &nothing).0, None);
    assert_eq!(
        sketch(About::Person, "ip_address", &nothing).0.as_deref(),
        Some("connection.ip")
    );
    assert_eq!(
        sketch(About::Person, "adresse", &nothing).0.as_deref(),
        Some("contact.postal.street")
    );
    assert_eq!(
        sketch(About::Person, "groupeSanguin", &nothing).0.as_deref(),
        Some("special.health")
    );
    assert_eq!(sketch(About::Person, "quantity", &nothing).0, None);
}
