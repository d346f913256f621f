//! The registers: they load, `check` finds nothing to say but what is expected, and the program carries them whole.

use std::collections::BTreeMap;
use std::path::Path;

use serment_examples::{COMPANIES, Company, Dialect};
use serment_register::diagnostics::{Code, Diagnostic, has_errors};
use serment_register::model::Register;

/// The register of a company, and what `check` says of it.
pub fn load(company: &Company, dialect: Dialect) -> (Register, Vec<Diagnostic>) {
    let files = company
        .register_files(dialect)
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text.into_bytes()))
        .collect();
    let (register, findings) = serment_register::load(&files);
    (register.unwrap_or_else(|| panic!("{findings:#?}")), findings)
}

#[test]
fn the_embedded_register_is_the_directory() {
    for company in COMPANIES {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(company.name);
        let mut on_disk = BTreeMap::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
                    on_disk.insert(name.replace('\\', "/"), std::fs::read_to_string(path).unwrap());
                }
            }
        }
        let files = company.register_files(Dialect::Sqlite);
        assert!(files.is_sorted(), "{}", company.name);
        let embedded: BTreeMap<String, String> = files
            .into_iter()
            .map(|(path, text)| (path.to_owned(), text))
            .collect();
        assert_eq!(embedded, on_disk, "{}", company.name);
    }
}

#[test]
fn on_a_server_only_kind_and_address_differ() {
    for company in COMPANIES {
        for (dialect, kind) in [(Dialect::Postgres, "postgres"), (Dialect::Mariadb, "mariadb")] {
            let pairs = company
                .register_files(Dialect::Sqlite)
                .into_iter()
                .zip(company.register_files(dialect));
            let mut changed = 0;
            for ((path, file), (_, server)) in pairs {
                let (writing, server): (Vec<&str>, Vec<&str>) =
                    server.lines().partition(|line| line.starts_with("write_url"));
                assert!(writing.iter().all(|line| line.contains("env:")), "{path}");
                changed += writing.len();
                assert_eq!(file.lines().count(), server.len(), "{path}");
                let lines = file.lines().zip(server);
                for (before, after) in lines.filter(|(before, after)| before != after) {
                    assert!(
                        before.starts_with("kind") || before.starts_with("url"),
                        "{path}: {before}"
                    );
                    assert!(after.contains(kind) || after.contains("env:"), "{path}: {after}");
                    changed += 1;
                }
            }
            assert_eq!(changed, 3 * company.databases.len(), "{}", company.name);
        }
    }
}

/// Company, activities, promises, and how many times `check` warns that what is coarse is not anonymous.
const SIZES: [(&str, usize, usize, usize); COMPANIES.len()] = [
    ("accounting", 9, 70, 2),
    ("councils", 5, 38, 0),
    ("hosting", 9, 36, 0),
    ("invoicing", 8, 47, 0),
    ("selfcare", 9, 53, 0),
];

#[test]
fn the_registers_load_and_check_says_only_that_coarse_is_not_anonymous() {
    for (company, (name, activities, promises, coarse)) in COMPANIES.into_iter().zip(SIZES) {
        assert_eq!(company.name, name);
        for dialect in Dialect::ALL {
            let (register, findings) = load(company, dialect);
            let (expected, others): (Vec<_>, Vec<_>) = findings
                .iter()
                .partition(|finding| finding.code == Code::AnonymiseKeepsPerson);
            assert!(!has_errors(&findings));
            assert!(others.is_empty(), "{name}: {others:#?}");
            assert_eq!(expected.len(), coarse, "{name}");
            assert_eq!(register.activities.len(), activities, "{name}");
            assert_eq!(register.promises.len(), promises, "{name}");
            assert_eq!(register.organisation.name, company.organisation);
        }
    }
}

#[test]
fn every_rule_is_a_sentence_in_both_languages() {
    for company in COMPANIES {
        let (register, _) = load(company, Dialect::Sqlite);
        for (id, sentence) in serment_register::say::every(&register) {
            for text in [&sentence.fr, &sentence.en] {
                assert!(text.ends_with('.'), "{id}: {text}");
                assert!(
                    !text.contains('_'),
                    "{id} shows a name instead of a label: {text}"
                );
            }
            assert_ne!(sentence.fr, sentence.en, "{id}");
        }
    }
}
