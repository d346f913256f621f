//! What `cargo xtask bench journal` runs: groups of entries appended to a journal, the same bytes appended to a plain file,
//! receipts. Each prints how many seconds it took, what was prepared beforehand left out.

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use serde_json::json;
use serment_journal::{Entry, Journal, Reader};

const HELP: &str = "\
What `cargo xtask bench journal` runs. Each prints the seconds that it took.

  serment-benches append DIR GROUPS ENTRIES   appends groups of entries to the journal in DIR, each group durable
  serment-benches raw FILE GROUPS BYTES       appends groups of bytes to FILE, each group durable
  serment-benches receipts DIR COUNT          makes receipts for entries spread over the journal in DIR
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["append", dir, groups, entries] => {
            numbers(groups, entries).and_then(|(groups, entries)| append(Path::new(dir), groups, entries))
        }
        ["raw", file, groups, bytes] => {
            numbers(groups, bytes).and_then(|(groups, bytes)| raw(Path::new(file), groups, bytes))
        }
        ["receipts", dir, count] => {
            numbers(count, "0").and_then(|(count, _)| receipts(Path::new(dir), count))
        }
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(seconds) => {
            println!("{seconds}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("serment-benches: {error}");
            ExitCode::FAILURE
        }
    }
}

type Done = Result<f64, Box<dyn Error>>;

fn numbers(left: &str, right: &str) -> Result<(u64, u64), Box<dyn Error>> {
    Ok((left.parse()?, right.parse()?))
}

/// Opens or makes a journal; its salts are numbers in a row, which is enough to be timed and for nothing else.
fn append(dir: &Path, groups: u64, entries: u64) -> Done {
    let mut next = 0_u64;
    let entropy = move |bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(8) {
            next = next
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            chunk.copy_from_slice(&next.to_le_bytes()[..chunk.len()]);
        }
    };
    let (mut journal, _) = Journal::open(dir, "bench.example/serment", Box::new(entropy))?;
    let mut seconds = 0.0;
    for group in 0..groups {
        let first = group * entries;
        let group: Vec<Entry> = (first..first + entries).map(entry).collect();
        let began = now();
        journal.append(&group)?;
        seconds += since(began);
    }
    let began = now();
    journal.checkpoint()?;
    Ok(seconds + since(began))
}

/// An outcome, as long as those that `keep` writes for a small rule.
fn entry(number: u64) -> Entry {
    Entry {
        kind: "outcome".to_owned(),
        at: "2026-01-01T03:30:00Z".to_owned(),
        payload: json!({
            "organisation": "Chronomètre SAS",
            "rules": ["sales.customers_20y"],
            "store": "shop",
            "table": "shop.customers",
            "effect": "erase",
            "outcome": "erased",
            "rows": number,
            "scope": "live",
            "run": "r-0123456789abcdef",
            "intent": number / 2,
            "at": "2026-01-01T03:30:00Z",
        }),
    }
}

fn raw(file: &Path, groups: u64, bytes: u64) -> Done {
    let bytes = vec![0x5a_u8; usize::try_from(bytes)?];
    let mut file = File::options().append(true).create(true).open(file)?;
    let began = now();
    for _ in 0..groups {
        file.write_all(&bytes)?;
        file.sync_data()?;
    }
    Ok(since(began))
}

fn receipts(dir: &Path, count: u64) -> Done {
    let reader = Reader::open(dir)?;
    let size = reader.size();
    if size == 0 {
        return Err("the journal is empty".into());
    }
    let began = now();
    for number in 0..count {
        // A prime step, so that neighbours are not asked for one after the other.
        let receipt = reader.receipt(number.wrapping_mul(7919) % size)?;
        std::hint::black_box(receipt);
    }
    Ok(since(began))
}

#[expect(clippy::disallowed_methods, reason = "a bench measures how long things take")]
fn now() -> Instant {
    Instant::now()
}

fn since(began: Instant) -> f64 {
    now().duration_since(began).as_secs_f64()
}
