//! Edits change what they edit and not one byte more.

use proptest::prelude::*;
use serment_register::edit::{EditError, Value, add_rule, remove_rule, remove_value, set_value};
use serment_register::{diagnostics, load};

const LETTERS: &str = r#"# Our letters.
[activity]
title    = { fr = "Lettres", en = "Letters" } # both languages
subjects = [ "customer",
             "prospect" ]   # two lines

[[retention]]
name = "first"
keep = "3 years"   # from the last order

# This one is for the law.
# Really.
[[retention]]
name = 'second'
keep = """10 years"""
[retention.then]
archive = "2 years"

# The end.
"#;

#[test]
fn a_value_is_replaced_and_its_comment_stays() {
    let edited = set_value(LETTERS, "retention[\"first\"].keep", &Value::from("2 years")).unwrap();
    assert_eq!(edited, LETTERS.replace("\"3 years\"", "\"2 years\""));
    let edited = set_value(LETTERS, "retention[1].keep", &Value::from("6 years")).unwrap();
    assert_eq!(edited, LETTERS.replace("\"\"\"10 years\"\"\"", "\"6 years\""));
    let edited = set_value(LETTERS, "activity.title.en", &Value::from("Mail")).unwrap();
    assert_eq!(edited, LETTERS.replace("\"Letters\"", "\"Mail\""));
    let edited = set_value(LETTERS, "activity.subjects[1]", &Value::from("visitor")).unwrap();
    assert_eq!(edited, LETTERS.replace("\"prospect\"", "\"visitor\""));
    let list = Value::from_iter(["a", "b"]);
    let edited = set_value(LETTERS, "activity.subjects", &list).unwrap();
    assert_eq!(
        edited,
        LETTERS.replace("[ \"customer\",\n             \"prospect\" ]", "[\"a\", \"b\"]")
    );
}

#[test]
fn a_new_key_goes_to_the_end_of_its_table() {
    let edited = set_value(LETTERS, "retention[\"first\"].quiet", &Value::from("1 day")).unwrap();
    assert_eq!(
        edited,
        LETTERS.replace(
            "from the last order\n",
            "from the last order\nquiet = \"1 day\"\n"
        )
    );
    let edited = set_value(LETTERS, "activity.title.de", &Value::from("Briefe")).unwrap();
    assert_eq!(
        edited,
        LETTERS.replace("\"Letters\" }", "\"Letters\", de = \"Briefe\" }")
    );
    let edited = set_value("[a]\n[b]\nx = 1", "a.\"y.z\"", &Value::from(2)).unwrap();
    assert_eq!(edited, "[a]\n\"y.z\" = 2\n[b]\nx = 1");
    let edited = set_value("[b]\nx = 1", "b.y", &Value::from(true)).unwrap();
    assert_eq!(edited, "[b]\nx = 1\ny = true\n");
}

#[test]
fn a_key_is_taken_out_with_its_line() {
    let edited = remove_value(LETTERS, "retention[\"first\"].keep").unwrap();
    assert_eq!(
        edited,
        LETTERS.replace("keep = \"3 years\"   # from the last order\n", "")
    );
    assert!(matches!(
        remove_value(LETTERS, "activity.title.fr"),
        Err(EditError::NotAValue(_))
    ));
    assert!(matches!(
        remove_value(LETTERS, "activity.nothing"),
        Err(EditError::NotFound(_))
    ));
}

#[test]
fn a_rule_is_taken_out_with_its_comments_and_nothing_else() {
    let edited = remove_rule(LETTERS, "second").unwrap();
    let at = LETTERS.find("# This one").unwrap();
    assert_eq!(edited, LETTERS[..at]);
    let edited = remove_rule(LETTERS, "first").unwrap();
    let start = LETTERS.find("[[retention]]").unwrap();
    assert_eq!(edited, format!("{}{}", &LETTERS[..start], &LETTERS[at..]));
    assert!(matches!(
        remove_rule(LETTERS, "third"),
        Err(EditError::NotFound(_))
    ));
}

#[test]
fn a_rule_that_is_added_loads_and_taken_out_again_leaves_the_file_as_it_was() {
    let mut files = diagnostics::base();
    let text = String::from_utf8(files["activities/letters.toml"].clone()).unwrap();
    let keys = [
        ("for", Value::from_iter(["letters"])),
        ("of", Value::from("shop.customers")),
        ("after", Value::from_iter(["created"])),
        ("keep", Value::from("5 years")),
        ("or_on", Value::from_iter(["consent_withdrawn"])),
        ("then", Value::from("erase")),
    ];
    let edited = add_rule(&text, "letters_5y", &keys).unwrap();
    assert!(edited.starts_with(&text));
    assert_eq!(
        remove_rule(&edited, "letters_5y").unwrap().trim_end(),
        text.trim_end()
    );
    assert_eq!(
        add_rule(&edited, "letters_5y", &keys),
        Err(EditError::Exists("letters_5y".into()))
    );
    files.insert("activities/letters.toml".into(), edited.into_bytes());
    let (register, found) = load(&files);
    assert_eq!(found, []);
    assert!(
        register
            .unwrap()
            .rules()
            .any(|(_, rule)| rule.id.0 == "letters.letters_5y")
    );
}

#[test]
fn what_cannot_be_edited_is_an_error() {
    assert!(matches!(
        set_value("a = ", "a", &Value::from(1)),
        Err(EditError::NotToml(_))
    ));
    assert!(matches!(
        set_value(LETTERS, "", &Value::from(1)),
        Err(EditError::BadPath(_))
    ));
    assert!(matches!(
        set_value(LETTERS, "a..b", &Value::from(1)),
        Err(EditError::BadPath(_))
    ));
    assert!(matches!(
        set_value(LETTERS, "activity", &Value::from(1)),
        Err(EditError::NotAValue(_))
    ));
    assert!(matches!(
        set_value(LETTERS, "nowhere.x", &Value::from(1)),
        Err(EditError::NotFound(_))
    ));
    assert!(matches!(
        set_value(LETTERS, "retention[7].x", &Value::from(1)),
        Err(EditError::NotFound(_))
    ));
}

/// Every path to a string of the example register, with its file.
fn strings() -> Vec<(String, String, String)> {
    fn walk(value: &toml_edit::Item, path: String, found: &mut Vec<(String, String)>) {
        if let Some(text) = value.as_str() {
            found.push((path.clone(), text.to_owned()));
        }
        if let Some(table) = value.as_table_like() {
            for (key, value) in table.iter() {
                let key = if key.contains('.') {
                    format!("\"{key}\"")
                } else {
                    key.to_owned()
                };
                walk(
                    value,
                    if path.is_empty() {
                        key
                    } else {
                        format!("{path}.{key}")
                    },
                    found,
                );
            }
        }
        if let Some(list) = value.as_array_of_tables() {
            for (index, table) in list.iter().enumerate() {
                walk(
                    &toml_edit::Item::Table(table.clone()),
                    format!("{path}[{index}]"),
                    found,
                );
            }
        }
        if let Some(list) = value.as_array() {
            for (index, value) in list.iter().enumerate() {
                walk(
                    &toml_edit::Item::Value(value.clone()),
                    format!("{path}[{index}]"),
                    found,
                );
            }
        }
    }
    let mut all = Vec::new();
    for (file, bytes) in diagnostics::base() {
        let document: toml_edit::DocumentMut = String::from_utf8(bytes).unwrap().parse().unwrap();
        let mut found = Vec::new();
        walk(document.as_item(), String::new(), &mut found);
        all.extend(found.into_iter().map(|(path, value)| (file.clone(), path, value)));
    }
    all
}

proptest! {
    #[test]
    fn only_the_bytes_of_the_edited_value_change(which in any::<prop::sample::Index>(), new in "\\PC{0,30}") {
        let strings = strings();
        let (file, path, old) = which.get(&strings);
        let text = String::from_utf8(diagnostics::base()[file].clone()).unwrap();
        let edited = set_value(&text, path, &Value::from(new.as_str())).unwrap();
        // What is common at both ends holds everything but the value.
        let start = text.bytes().zip(edited.bytes()).take_while(|(a, b)| a == b).count();
        let end = text.bytes().rev().zip(edited.bytes().rev()).take_while(|(a, b)| a == b).count();
        let (from, to) = (start.min(text.len() - end), text.len() - end);
        let changed = &text[text.floor_char_boundary(from)..text.ceil_char_boundary(to.max(from))];
        prop_assert!(format!("\"{old}\"").contains(changed), "{path}: {changed:?} is not in {old:?}");
        // And the value reads back.
        let document: toml_edit::DocumentMut = edited.parse().unwrap();
        let lines = (text.lines().count(), document.to_string().lines().count());
        prop_assert_eq!(lines.0, lines.1);
        prop_assert_eq!(set_value(&edited, path, &Value::from(old.as_str())).unwrap(), text);
    }
}
