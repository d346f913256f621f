//! What goes wrong around the command: said in one message, with the right exit code, and no secret.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::shop::{Ran, Shop, run_in, text};

#[test]
fn an_empty_folder_is_no_register() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = run_in(folder.path(), &["check", "."]);
    assert_eq!(check.code, 1, "{}", check.both());
    let plan = run_in(folder.path(), &["plan", "--register", "nowhere"]);
    assert_eq!(plan.code, 3, "{}", plan.both());
    assert!(plan.err.contains("nowhere"), "{}", plan.err);
}

#[test]
fn mistakes_in_the_register_stop_everything_that_acts() {
    let shop = Shop::new(3, 0);
    shop.write("activities/broken.toml", "[activity\n");
    assert_eq!(shop.run(&["check"]).code, 1);
    for arguments in [&["plan"][..], &["keep"], &["fsck"], &["hold", "list"]] {
        let ran = shop.run(arguments);
        assert_eq!(ran.code, 1, "{arguments:?}: {}", ran.both());
        assert!(ran.err.contains("serment check"), "{arguments:?}: {}", ran.err);
    }
    let sarif = shop.run(&["check", "--format", "sarif"]);
    assert_eq!(sarif.code, 1);
    let log: serde_json::Value = serde_json::from_str(&sarif.out).expect("JSON");
    assert_eq!(log["version"], "2.1.0");
}

#[test]
fn a_file_that_is_not_text_is_named() {
    let shop = Shop::new(1, 0);
    fs::write(
        shop.path().join("activities/latin.toml"),
        b"title = \"caf\xe9\"\n",
    )
    .expect("written");
    let ran = shop.run(&["check"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("activities/latin.toml"), "{}", ran.out);
}

#[test]
fn a_missing_variable_is_named_and_nothing_else() {
    let shop = Shop::new(1, 0);
    let store = fs::read_to_string(shop.path().join("stores/shop.toml")).expect("text");
    shop.write(
        "stores/shop.toml",
        &store.replace("\"sqlite\"", "\"postgres\"").replace(
            "\"shop.db\"",
            "\"env:SHOP_READ_URL\"\nwrite_url = \"env:SHOP_WRITE_URL\"",
        ),
    );
    let ran = shop.run(&["plan"]);
    assert_eq!(ran.code, 1, "{}", ran.both());
    assert!(ran.both().contains("SHOP_READ_URL"), "{}", ran.both());

    let secret = "s3cr3t-w0rd";
    let unreachable = Ran::of(
        shop.command(&["plan"])
            .env(
                "SHOP_READ_URL",
                format!("postgres://reader:{secret}@127.0.0.1:9/shop?sslmode=disable"),
            )
            .output()
            .expect("it starts"),
    );
    assert_eq!(unreachable.code, 1, "{}", unreachable.both());
    assert!(!unreachable.both().contains(secret), "{}", unreachable.both());
}

#[test]
fn a_database_that_is_not_there_is_an_obstacle() {
    let shop = Shop::new(1, 0);
    fs::remove_file(shop.path().join("shop.db")).expect("removed");
    let ran = shop.run(&["plan"]);
    assert_eq!(ran.code, 1, "{}", ran.both());
    assert!(ran.out.contains("shop"), "{}", ran.out);
    assert!(!shop.path().join("shop.db").exists(), "reading makes no file");
}

#[test]
fn a_hostile_key_and_condition_are_refused() {
    let shop = Shop::new(3, 0);
    for (arguments, code) in [
        (&["explain", "shop.contacts", "1; DROP TABLE contacts"][..], 1),
        (&["explain", "shop.contacts", "[1, 2]"], 2),
        (&["explain", "shop.contacts", "[1"], 2),
        (&["explain", "shop.nothing", "1"], 2),
        (
            &[
                "hold",
                "add",
                "shop.contacts",
                "--where",
                "1=1; DELETE FROM contacts",
                "--ground",
                "x",
            ],
            2,
        ),
    ] {
        let ran = shop.run(arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.both());
    }
    assert_eq!(shop.due()[1].1, 3);
}

#[test]
fn state_that_cannot_be_written_is_said() {
    // Root writes everywhere: then a file stands where the folder should be.
    let shop = Shop::new(1, 0);
    fs::write(shop.path().join(".serment"), "").expect("written");
    let ran = shop.run(&["keep"]);
    assert_eq!(ran.code, 3, "{}", ran.both());
    assert!(ran.err.contains(".serment"), "{}", ran.err);
}

#[test]
fn a_folder_without_permission_is_said() {
    let shop = Shop::new(1, 0);
    let hidden = shop.path().join("activities");
    fs::set_permissions(&hidden, fs::Permissions::from_mode(0o000)).expect("changed");
    let readable = fs::read_dir(&hidden).is_ok();
    let ran = shop.run(&["check"]);
    fs::set_permissions(&hidden, fs::Permissions::from_mode(0o755)).expect("changed back");
    if !readable {
        assert_eq!(ran.code, 3, "{}", ran.both());
        assert!(ran.err.contains("activities"), "{}", ran.err);
    }
}

#[test]
fn a4_a_full_disk_is_said_and_work_goes_on_after() {
    use std::process::Command;
    let shop = Shop::new(30, 0);
    shop.approve();
    let small = tempfile::tempdir().expect("a folder");
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=256k", "tmpfs", &text(small.path())])
        .output()
        .is_ok_and(|output| output.status.success());
    if !mounted {
        // Only an administrator can make a small disk.
        return;
    }
    let moved = small.path().join("shop");
    let copy = |from: &std::path::Path, to: &std::path::Path| {
        Command::new("cp")
            .arg("-r")
            .arg(from)
            .arg(to)
            .status()
            .expect("cp")
    };
    copy(shop.path(), &moved);
    let filler = small.path().join("filler");
    // Whatever room is left is taken.
    let _ = Command::new("dd")
        .args(["if=/dev/zero", &format!("of={}", text(&filler)), "bs=1k"])
        .output();
    let full = run_in(&moved, &["keep"]);
    let reads = run_in(&moved, &["check"]);
    let _ = fs::remove_file(&filler);
    let _ = Command::new("umount").arg(small.path()).status();
    assert_ne!(full.code, 0, "{}", full.both());
    assert!(!full.both().contains("panicked"), "{}", full.both());
    assert_eq!(reads.code, 0, "reading goes on: {}", reads.both());
}
