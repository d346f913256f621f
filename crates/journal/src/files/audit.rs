//! The verification of a whole journal, by someone who has its directory and a key from elsewhere.

use std::path::Path;

use crate::files::layout::Layout;
use crate::files::scan::{Scan, Signatures, genesis, scan};
use crate::rejection::Rejection;
use crate::tlog::checkpoint::Checkpoint;
use crate::tlog::note::PublicKey;
use crate::trust::Trust;
use crate::verified::{Compared, JournalFacts, Verified};

/// Verifies a journal offline: every entry, payload, tile, signature and change of key, against a public key (one or
/// more lines `NAME+ID+BASE64`) that came by another way. Reads only; needs no private key and takes no lock.
///
/// The first bad entry is named. `against` is a signed checkpoint that was kept elsewhere: with it a fork (another
/// history was signed), a rollback (an older copy was put back) and a cut end are told apart; without it, an older copy
/// of the whole directory cannot be told. A destroyed payload is no fault.
pub fn verify_directory(dir: &Path, key: &str, against: Option<&str>) -> Result<Verified, Rejection> {
    let trust = Trust::parse(key)?;
    verify(&Layout::new(dir), trust, against).map(|(verified, _)| verified)
}

pub(crate) fn verify(
    layout: &Layout,
    mut trust: Trust,
    against: Option<&str>,
) -> Result<(Verified, Scan), Rejection> {
    // The log says which key it began with; that this key is trusted, or leads to a trusted one, is checked below.
    let genesis = genesis(layout, &trust.keys()[0])?;
    let size = against.map(|note| Checkpoint::of_note(note).map(|(_, checkpoint)| checkpoint.size));
    let wanted = size.and_then(Result::ok);
    let scan = scan(layout, genesis, Signatures::All, wanted)?;
    let tip = follow(&mut trust, &scan)?;
    if let Some(tail) = &scan.tail
        && let Some(problem) = &tail.problem
    {
        return Err(problem.clone());
    }
    let compared = match against {
        None => Compared::Nothing,
        Some(note) => compare(&trust, &scan, note)?,
    };
    let verified = Verified {
        origin: scan.published.origin.clone(),
        size: scan.published.size,
        root: hex::encode(scan.published.root),
        key: tip.id().to_string(),
        compared,
        entry: None,
        journal: Some(JournalFacts {
            entries: scan.frontier.size(),
            destroyed: scan.destroyed,
            rotations: scan.rotations.len() as u64,
            unfinished_bytes: scan.tail.as_ref().map_or(0, |tail| tail.bytes),
        }),
    };
    Ok((verified, scan))
}

/// The key in force must be trusted, or a trusted key must lead to it.
fn follow(trust: &mut Trust, scan: &Scan) -> Result<PublicKey, Rejection> {
    for pair in scan.keys.windows(2) {
        trust.step(&pair[0], &pair[1]);
    }
    if trust.keys().contains(&scan.tip) {
        return Ok(scan.tip.clone());
    }
    Err(Rejection::WrongKey {
        expected: trust.keys().iter().map(|key| key.id().to_string()).collect(),
        found: vec![scan.tip.id().to_string()],
    })
}

fn compare(trust: &Trust, scan: &Scan, note: &str) -> Result<Compared, Rejection> {
    // A checkpoint may have been signed by a key that came before the trusted one: the log vouches for it.
    let mut keys = trust.clone();
    scan.keys.iter().for_each(|key| keys.also(key));
    let outside = keys.outside(note)?;
    let (seen, have) = (outside.size, scan.frontier.size());
    match scan.wanted_root {
        _ if seen > have => Err(Rejection::Rollback { have, seen }),
        Some(root) if root == outside.root && seen == have => Ok(Compared::Same),
        Some(root) if root == outside.root => Ok(Compared::Continues { seen }),
        _ => Err(Rejection::Fork { size: seen }),
    }
}
