//! The register of the Chinook sample database.

use std::path::Path;

#[test]
fn the_register_of_chinook_loads_without_a_single_finding() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("chinook");
    let files = serment_register::directory::read(&directory).unwrap();
    let (register, findings) = serment_register::load(&files);
    assert!(findings.is_empty(), "{findings:#?}");
    assert_eq!(register.unwrap().tables().count(), 11);
}

#[test]
fn the_walk_quotes_the_register_as_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("../docs/first-register.md")).unwrap();
    let mut register = String::new();
    for file in [
        "serment.toml",
        "vocabulary.toml",
        "stores/shop.toml",
        "activities/sales.toml",
        "activities/accounting.toml",
    ] {
        register += &std::fs::read_to_string(root.join("chinook").join(file)).unwrap();
    }
    let blocks = page
        .split("```toml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap());
    for part in blocks.flat_map(|block| block.trim().split("\n\n")) {
        assert!(
            register.contains(part),
            "no file of examples/chinook says:\n{part}"
        );
    }
}
