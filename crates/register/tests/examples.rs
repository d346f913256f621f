//! The registers of the repository's examples pass, warnings apart.

use std::path::{Path, PathBuf};

use serment_register::diagnostics::has_errors;
use serment_register::model::Language;
use serment_register::{directory, load, render};

fn registers(under: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(under).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.join("serment.toml").is_file() {
            found.push(path);
        } else if path.is_dir() {
            registers(&path, found);
        }
    }
}

#[test]
fn every_example_register_passes() {
    let mut found = Vec::new();
    registers(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples"),
        &mut found,
    );
    for path in found {
        let files = directory::read(&path).unwrap();
        let (register, diagnostics) = load(&files);
        let shown = render::terminal(&diagnostics, &files, Language::English, false);
        assert!(
            register.is_some() && !has_errors(&diagnostics),
            "{}\n{shown}",
            path.display()
        );
        println!("{}\n{shown}", path.display());
        for (id, sentence) in serment_register::say::every(&register.unwrap()) {
            println!("{id}\n  {}\n  {}", sentence.fr, sentence.en);
        }
    }
}
