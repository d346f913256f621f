//! Chores of the repository, as `cargo xtask COMMAND`.
//!
//! `test` runs every test against throw-away servers; `ci` checks everything that is not a test; the others serve
//! developers. Nothing here is part of the product.

mod apt;
mod bench;
mod checks;
mod docs;
mod guard;
mod interrupt;
mod needs;
mod product;
mod runner;
mod server;
mod snapshots;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
Chores of the repository.

  cargo xtask test [-- ARGS]   find or install what the tests need, start throw-away servers, run all tests;
                               ARGS go to the test runner (a filter, `-p PACKAGE`, `--no-capture`...)
  cargo xtask ci               format, clippy, documentation, dependencies
  cargo xtask docs             write the pages generated from the code; tests check that they are up to date
  cargo xtask story            build the release binary and let it tell the demo from beginning to end
  cargo xtask bench NAME       retention, memory, journal or cli, against hand-written SQL and the bare disk; --quick on
                               small data, --format json for programs
  cargo xtask postgres         start a throw-away PostgreSQL, say how to reach it, stop it at Ctrl-C
  cargo xtask mariadb          the same with MariaDB
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["test"] => test::run(&[]),
        ["test", "--", rest @ ..] => test::run(rest),
        ["ci"] => checks::run(),
        ["docs"] => docs::run(),
        ["bench", rest @ ..] => bench::run(rest),
        ["story"] => checks::story(),
        ["postgres"] => server::stand_by(&product::POSTGRES),
        ["mariadb"] => server::stand_by(&product::MARIADB),
        ["guard", rest @ ..] => guard::run(rest),
        ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        _ => {
            eprint!("{HELP}");
            Ok(ExitCode::from(2))
        }
    };
    done.unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        ExitCode::FAILURE
    })
}
