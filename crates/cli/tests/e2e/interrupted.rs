//! Signals, kills, and two at once: nothing is lost, nothing done twice.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::shop::{Ran, Shop};

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status()
        .expect("kill");
    assert!(status.success());
}

fn start(shop: &Shop, arguments: &[&str]) -> Child {
    shop.command(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts")
}

/// Waits until batches have begun.
fn under_way(shop: &Shop, intents: usize) {
    for _ in 0..400 {
        let list = shop.run(&[
            "journal", "list", "--last", "all", "--kind", "intent", "--format", "json",
        ]);
        let entries: Value = serde_json::from_str(&list.out).unwrap_or_default();
        if entries.as_array().is_some_and(|entries| entries.len() >= intents) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("nothing began");
}

fn erased(shop: &Shop) -> u64 {
    let list = shop.run(&[
        "journal", "list", "--last", "all", "--kind", "outcome", "--format", "json",
    ]);
    let entries: Value = serde_json::from_str(&list.out).expect("JSON");
    entries
        .as_array()
        .expect("entries")
        .iter()
        .filter(|entry| entry["payload"]["table"] == "shop.contacts")
        .filter_map(|entry| entry["payload"]["rows"].as_u64())
        .sum()
}

#[test]
fn ctrl_c_stops_between_batches_and_the_same_command_goes_on() {
    let shop = Shop::new(1_000, 3);
    shop.approve();
    let child = start(&shop, &["keep", "--batch", "1"]);
    under_way(&shop, 1);
    signal(&child, "INT");
    let first = Ran::of(child.wait_with_output().expect("it ends"));
    assert_eq!(
        first.code,
        1,
        "it ended before it was asked to stop: {}",
        first.both()
    );
    assert!(first.out.contains("same command"), "{}", first.both());
    assert!(first.err.contains("Nothing is lost"), "{}", first.both());
    let second = shop.run(&["keep"]);
    assert_eq!(second.code, 0, "{}", second.both());
    assert_eq!(shop.due()[1].1, 0);
    assert_eq!(erased(&shop), 1_000, "each row is told once");
}

#[test]
fn a_second_ctrl_c_is_as_safe_as_the_first() {
    let shop = Shop::new(200, 0);
    shop.approve();
    let child = start(&shop, &["keep", "--batch", "1"]);
    under_way(&shop, 1);
    signal(&child, "INT");
    std::thread::sleep(Duration::from_millis(30));
    // The process may be gone by now: that is no failure.
    let _ = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .output();
    let ran = Ran::of(child.wait_with_output().expect("it ends"));
    assert!(matches!(ran.code, 0 | 1), "{}: {}", ran.code, ran.both());
    assert_eq!(shop.run(&["keep"]).code, 0);
    assert_eq!(erased(&shop), 200);
    assert_eq!(shop.run(&["fsck"]).code, 0);
}

#[test]
fn a1_killed_during_keep_it_continues() {
    let shop = Shop::new(600, 2);
    shop.approve();
    for run in 1..=3 {
        let mut child = start(&shop, &["keep", "--batch", "2"]);
        under_way(&shop, run);
        child.kill().expect("it still ran");
        child.wait().expect("it ends");
    }
    let ran = shop.run(&["keep"]);
    // A kill that falls between a COMMIT and its record leaves a count that nothing can tell: that is a finding, said once.
    let untold = ran.out.contains("unverified");
    assert_eq!(ran.code, i32::from(untold), "{}", ran.both());
    let again = shop.run(&["keep"]);
    assert_eq!(again.code, 0, "{}", again.both());
    assert_eq!(shop.due()[1].1, 0);
    let fsck = shop.run(&["fsck"]);
    assert_eq!(fsck.code, 0, "{}", fsck.both());
    let verify = shop.run(&[
        "verify",
        ".serment/journal",
        "--key",
        ".serment/journal/journal.pub",
    ]);
    assert_eq!(verify.code, 0, "{}", verify.both());
    assert!(erased(&shop) <= 600, "never more than there were");
}

#[test]
fn a10_two_runs_cannot_collide() {
    let shop = Shop::new(300, 0);
    shop.approve();
    let one = start(&shop, &["keep", "--batch", "2"]);
    let other = start(&shop, &["keep", "--batch", "2"]);
    let ran = [one, other].map(|child| Ran::of(child.wait_with_output().expect("it ends")));
    let mut codes = [ran[0].code, ran[1].code];
    codes.sort_unstable();
    assert!(
        matches!(codes, [0, 0] | [0, 1]),
        "{codes:?}\n{}\n{}",
        ran[0].both(),
        ran[1].both()
    );
    assert_eq!(shop.due()[1].1, 0);
    assert_eq!(erased(&shop), 300);
}

#[test]
fn a12_the_daily_run_ends_cleanly_when_asked() {
    let shop = Shop::new(1, 0);
    let mut child = start(&shop, &["keep", "--daily", "03:30"]);
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let first = lines.next().expect("a line").expect("text");
    assert!(first.contains("03:30"), "{first}");
    signal(&child, "TERM");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
