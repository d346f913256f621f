//! The benches themselves run: on small data, and whatever the figures are.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

#[test]
fn the_quick_bench_of_the_command_prints_its_figures() {
    let xtask = Path::new(env!("CARGO_BIN_EXE_xtask"));
    let mut command = Command::new(xtask);
    command.args(["bench", "cli", "--quick", "--rounds", "1", "--format", "json"]);
    // Built with the workspace, it is there; alone, the bench builds it.
    let serment = xtask.with_file_name("serment");
    if serment.exists() {
        command.arg("--binary").arg(serment);
    } else {
        command.args(["--profile", "dev"]);
    }
    let output = command.output().expect("xtask starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let figures: Value = serde_json::from_slice(&output.stdout).expect("an array of figures");
    let figures = figures.as_array().expect("an array");
    let cases: Vec<&str> = figures
        .iter()
        .filter_map(|figure| figure["case"].as_str())
        .collect();
    assert_eq!(cases, ["cli.version", "cli.check", "cli.plan"], "{errors}");
    for figure in figures {
        assert!(figure["ours"].as_f64().is_some_and(|ours| ours > 0.0), "{figure}");
        assert_eq!(figure["unit"], "ms");
    }
}

#[test]
fn mistakes_of_usage_start_nothing() {
    for words in [
        &["bench"] as &[&str],
        &["bench", "speed"],
        &["bench", "cli", "--format", "xml"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(words)
            .output()
            .expect("xtask starts");
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(output.stdout.is_empty(), "{words:?}");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains("cargo xtask bench NAME"), "{told}");
    }
}
