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
