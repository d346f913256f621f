//! A register may come from outside: whatever its bytes, it costs bounded time and memory and never a panic.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serment_register::diagnostics::{self, Code, has_errors};
use serment_register::model::Language;
use serment_register::{Files, directory, load, render};

fn all_renderings(files: &Files) {
    let (_, found) = load(files);
    for language in [Language::French, Language::English] {
        render::terminal(&found, files, language, true);
        let json = render::json(&found, files, language);
        serde_json::from_str::<serde_json::Value>(&json).unwrap();
        let sarif = render::sarif(&found, files, language);
        serde_json::from_str::<serde_json::Value>(&sarif).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn d25_arbitrary_bytes_never_panic(
        path in prop_oneof![Just("serment.toml"), Just("stores/shop.toml"), Just("activities/letters.toml"), Just("vocabulary.toml"), Just("x/y.toml")],
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut files = diagnostics::base();
        files.insert(path.to_owned(), bytes);
        all_renderings(&files);
    }

    #[test]
    fn d25_a_register_with_a_piece_cut_or_doubled_never_panics(
        file in 0..7_usize,
        start in 0..2_000_usize,
        length in 0..60_usize,
        doubled in any::<bool>(),
    ) {
        let mut files = diagnostics::base();
        let path = files.keys().nth(file).unwrap().clone();
        let bytes = files[&path].clone();
        let start = start.min(bytes.len());
        let end = (start + length).min(bytes.len());
        let middle = if doubled { [&bytes[start..end], &bytes[start..end]].concat() } else { Vec::new() };
        files.insert(path, [&bytes[..start], &middle, &bytes[end..]].concat());
        all_renderings(&files);
    }

    #[test]
    fn d25_a_register_with_a_value_replaced_never_panics(
        file in 0..7_usize,
        which in 0..80_usize,
        value in prop_oneof![
            Just("\"\""), Just("[]"), Just("{}"), Just("1"), Just("true"), Just("1979-05-27"), Just("[[[]]]"),
            Just("\"a.b.c.d\""), Just("{ link = \"x\", any = \"y\" }"), Just("\"\\u0000\\u001b[31m\""), Just("\"…é\""),
        ],
    ) {
        let mut files = diagnostics::base();
        let path = files.keys().nth(file).unwrap().clone();
        let text = String::from_utf8(files[&path].clone()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let which = which % lines.len();
        let changed: Vec<String> = lines
            .iter()
            .enumerate()
            .map(|(index, line)| match line.split_once('=') {
                Some((key, _)) if index == which => format!("{key}= {value}"),
                _ => (*line).to_owned(),
            })
            .collect();
        files.insert(path, changed.join("\n").into_bytes());
        all_renderings(&files);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long it takes is what these tests are about"
)]
fn quickly(files: &Files) -> Vec<diagnostics::Diagnostic> {
    let start = Instant::now();
    let (_, found) = load(files);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    assert!(found.len() <= 1_000);
    found
}

#[test]
fn d25_a_hundred_thousand_files_are_refused() {
    let files: Files = (0..100_000)
        .map(|n| (format!("activities/a{n}.toml"), Vec::new()))
        .collect();
    assert_eq!(quickly(&files)[0].code, Code::TooLarge);
}

#[test]
fn d25_a_million_columns_are_refused_in_bounded_time() {
    let mut files = diagnostics::base();
    let mut text = String::from("[table.big]\n[table.big.columns]\n");
    (0..120_000).for_each(|n| text.push_str(&format!("c{n} = \"none\"\n")));
    files.insert("stores/shop/big.toml".to_owned(), text.into_bytes());
    assert!(
        quickly(&files)
            .iter()
            .any(|diagnostic| diagnostic.code == Code::TooLarge)
    );
}

#[test]
fn d25_thousands_of_tables_in_a_circle_are_told_in_bounded_time() {
    let mut files = diagnostics::base();
    let mut text = String::new();
    let count = 4_000;
    for n in 0..count {
        let next = (n + 1) % count;
        text.push_str(&format!(
            "[table.t{n}]\nkey = [\"id\"]\n[table.t{n}.belongs_to.next]\nto = \"t{next}\"\nby = {{ next_id = \"id\" }}\n"
        ));
    }
    files.insert("stores/shop/circle.toml".to_owned(), text.into_bytes());
    assert!(
        quickly(&files)
            .iter()
            .any(|diagnostic| diagnostic.code == Code::ParentCycle)
    );
}

#[test]
fn d25_a_diamond_of_parents_is_not_walked_once_for_each_path() {
    let mut files = diagnostics::base();
    let mut text = String::new();
    for n in 0..60 {
        text.push_str(&format!(
            "[table.t{n}]\nkey = [\"id\"]\n[table.t{n}.columns]\nid = \"none\"\nmail = \"contact.email\"\n"
        ));
        for side in ["left", "right"] {
            let to = n + 1;
            text.push_str(&format!(
                "[table.t{n}.belongs_to.{side}]\nto = \"t{to}\"\nby = {{ {side}_id = \"id\" }}\n"
            ));
        }
    }
    text.push_str("[table.t60]\nkey = [\"id\"]\n");
    files.insert("stores/shop/diamond.toml".to_owned(), text.into_bytes());
    assert!(has_errors(&quickly(&files)));
}

#[test]
fn d25_deeply_nested_values_are_refused() {
    let mut files = diagnostics::base();
    files.insert(
        "measures.toml".to_owned(),
        format!("[measure.x]\na = {}{}", "[".repeat(5_000), "]".repeat(5_000)).into_bytes(),
    );
    assert!(has_errors(&quickly(&files)));
}

#[test]
fn d25_many_mistakes_are_cut_off() {
    let mut files = diagnostics::base();
    let text: String = (0..50_000).map(|n| format!("k{n} = 1\n")).collect();
    files.insert("vocabulary.toml".to_owned(), text.into_bytes());
    assert!(has_errors(&quickly(&files)));
}

#[test]
fn d25_an_error_behind_a_thousand_warnings_is_an_error_still() {
    let mut files = diagnostics::base();
    for n in 0..1_200 {
        files.insert(format!("activites/a{n}.toml"), Vec::new());
    }
    let (_, found) = load(&files);
    assert!(found.len() == 1_000 && has_errors(&found));
}

#[test]
fn a_secret_in_clear_is_never_printed_again() {
    let mut files = diagnostics::base();
    let shop = String::from_utf8(files["stores/shop.toml"].clone()).unwrap();
    let shop = shop.replace(
        "env:SHOP_READ_URL",
        "postgres://reader:hunter2@db.tilleuls.example/shop?x=1",
    );
    files.insert("stores/shop.toml".to_owned(), shop.into_bytes());
    files.insert(
        "measures.toml".to_owned(),
        b"[measure.vault]\ntitle = { fr = \"x\", en = \"y\" }\napi_token = \"hunter2\"\n".to_vec(),
    );
    let (_, found) = load(&files);
    assert_eq!(
        found
            .iter()
            .filter(|diagnostic| diagnostic.code == Code::SecretInClear)
            .count(),
        2
    );
    for language in [Language::French, Language::English] {
        for text in [
            render::terminal(&found, &files, language, false),
            render::json(&found, &files, language),
            render::sarif(&found, &files, language),
        ] {
            assert!(!text.contains("hunter2"), "{text}");
        }
    }
}

#[test]
fn escape_sequences_of_a_register_do_not_reach_the_terminal() {
    let mut files = diagnostics::base();
    files.insert(
        "vocabulary.toml".to_owned(),
        b"[subject.\"a\\u001b[31mb\"]\n\"k\\u001b]0;x\\u0007\" = 1\n".to_vec(),
    );
    let (_, found) = load(&files);
    let shown = render::terminal(&found, &files, Language::English, false);
    assert!(!shown.contains('\u{1b}') && !shown.contains('\u{7}'), "{shown:?}");
}

#[cfg(unix)]
#[test]
fn d25_a_symbolic_link_out_of_the_register_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("serment.toml"), "").unwrap();
    std::fs::create_dir(dir.path().join("stores")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", dir.path().join("stores/crm.toml")).unwrap();
    assert!(matches!(
        directory::read(dir.path()),
        Err(directory::ReadError::Link { .. })
    ));

    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("serment.toml"), "").unwrap();
    std::os::unix::fs::symlink("/etc", dir.path().join("stores")).unwrap();
    assert!(matches!(
        directory::read(dir.path()),
        Err(directory::ReadError::Link { .. })
    ));
}

#[test]
fn d25_a_directory_of_too_many_files_or_bytes_is_refused_while_reading() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("serment.toml"), vec![b' '; 3 * 1024 * 1024]).unwrap();
    assert!(matches!(
        directory::read(dir.path()),
        Err(directory::ReadError::TooLarge { .. })
    ));
}

#[test]
fn a_register_is_found_from_below_and_what_is_beside_it_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let below = dir.path().join("app/src/deep");
    std::fs::create_dir_all(&below).unwrap();
    for (path, bytes) in diagnostics::base() {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    std::fs::write(dir.path().join("Cargo.toml"), "not ours").unwrap();
    std::fs::write(below.join("x.toml"), "not ours").unwrap();
    let found = directory::find(&below).unwrap();
    assert_eq!(found.canonicalize().unwrap(), dir.path().canonicalize().unwrap());
    assert_eq!(directory::read(&found).unwrap(), diagnostics::base());
    assert!(directory::find(std::path::Path::new("/")).is_err());
}

#[test]
fn large_stores_may_be_split_into_one_file_for_each_table() {
    let mut files = diagnostics::base();
    let shop = String::from_utf8(files["stores/shop.toml"].clone()).unwrap();
    let at = shop.find("[table.members]").unwrap();
    files.insert("stores/shop.toml".to_owned(), shop.as_bytes()[..at].to_vec());
    files.insert(
        "stores/shop/members.toml".to_owned(),
        shop.as_bytes()[at..].to_vec(),
    );
    let (register, found) = load(&files);
    assert_eq!(found, []);
    assert!(register.unwrap().stores["shop"].tables.contains_key("members"));
}
