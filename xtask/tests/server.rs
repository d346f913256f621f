//! The throw-away server is gone however the chore that wanted it ends.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

#[test]
fn nothing_remains_after_ctrl_c() {
    for product in PRODUCTS {
        assert_gone_after(product, Signal::INT);
    }
}

#[test]
fn nothing_remains_after_a_polite_kill() {
    for product in PRODUCTS {
        assert_gone_after(product, Signal::TERM);
    }
}

#[test]
fn nothing_remains_after_kill_9() {
    for product in PRODUCTS {
        assert_gone_after(product, Signal::KILL);
    }
}

const PRODUCTS: [&str; 2] = ["postgres", "mariadb"];

fn assert_gone_after(product: &str, signal: Signal) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // The server may run under another account, which has to reach its own folder below this one.
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o777))
        .expect("our folder");
    let mut chore = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg(product)
        .env("TMPDIR", folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("xtask starts");
    let out = BufReader::new(chore.stdout.take().expect("its output"));
    let url = out
        .lines()
        .map_while(Result::ok)
        .find(|line| line.starts_with("export SERMENT_TEST_"))
        .expect("a server");
    let port: u16 = url
        .rsplit_once(':')
        .and_then(|(_, rest)| rest.split('/').next()?.parse().ok())
        .expect("its port");
    assert!(answers(port), "the server is there");
    assert_eq!(left_in(&folder), 1, "in a folder of its own");

    let chore_id = i32::try_from(chore.id())
        .ok()
        .and_then(Pid::from_raw)
        .expect("its number");
    kill_process(chore_id, signal).expect("it can be killed");
    chore.wait().expect("it ends");
    for _ in 0..300 {
        if !answers(port) && left_in(&folder) == 0 {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!(
        "{product} after {signal:?}: answering {}, folders left {}",
        answers(port),
        left_in(&folder)
    );
}

fn answers(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

fn left_in(folder: &tempfile::TempDir) -> usize {
    std::fs::read_dir(folder.path()).expect("our folder").count()
}
