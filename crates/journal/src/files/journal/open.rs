//! Opening: lock, key, verification of everything, and mending what an interruption left.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::publish::Dirty;
use super::{Entropy, Journal, Recovery, SEGMENT_BYTES};
use crate::error::JournalError;
use crate::files::disk::{Disk, How, replace};
use crate::files::keys;
use crate::files::layout::{DIR_MODE, FILE_MODE, Layout, read_if_there};
use crate::files::scan::{Scan, Signatures, genesis, scan};
use crate::files::segments::read_note;
use crate::rejection::Rejection;
use crate::tlog::checkpoint::Checkpoint;
use crate::tlog::hash::empty_root;
use crate::tlog::note::{SecretKey, check_name};

pub(super) fn open(
    mut disk: Box<dyn Disk>,
    dir: &Path,
    origin: &str,
    mut entropy: Entropy,
) -> Result<(Journal, Recovery), JournalError> {
    let unfit = |found: String| JournalError::Origin {
        expected: origin.to_owned(),
        found,
    };
    check_name(origin).map_err(|error| unfit(error.0.to_owned()))?;
    let layout = Layout::new(dir);
    make_dir(&mut *disk, dir)?;
    let lock = lock(&mut *disk, &layout)?;

    let key = signing_key(&mut *disk, &layout, origin, &mut entropy)?;
    if key.public().name() != origin {
        return Err(unfit(key.public().name().to_owned()));
    }
    let scan = read_all(&layout, &key)?;
    let mut recovery = Recovery::default();
    let key = finish_rotation(&mut *disk, &layout, key, &scan, &mut recovery)?;
    finish_destructions(&mut *disk, &layout, &scan, &mut recovery)?;
    let (log, segment, segment_bytes) = finish_log(&mut *disk, &layout, &scan, &mut recovery)?;

    let last_note = match scan.groups.last() {
        Some(group) => read_note(&layout, group)?,
        None => scan.published_note.clone(),
    };
    let mut journal = Journal {
        disk,
        layout,
        origin: origin.to_owned(),
        entropy,
        _lock: lock,
        key,
        frontier: scan.frontier,
        bundle: scan.bundle,
        waiting: scan.unpublished,
        dirty: Dirty::default(),
        groups: scan.groups,
        rotations: scan.rotations,
        published: scan.published.size,
        published_note: scan.published_note,
        last_note,
        segment,
        segment_bytes,
        segment_limit: SEGMENT_BYTES,
        log,
        closed: None,
    };
    recovery.unpublished = journal.frontier.size() - journal.published;
    journal.publish()?;
    journal.publish_key()?;
    Ok((journal, recovery))
}

/// Makes a directory and those above it, durably.
fn make_dir(disk: &mut dyn Disk, dir: &Path) -> Result<(), JournalError> {
    if dir.is_dir() || dir.as_os_str().is_empty() {
        return Ok(());
    }
    let failed = |error| JournalError::io(dir, error);
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        make_dir(disk, parent)?;
    }
    disk.create_dir(dir, DIR_MODE).map_err(failed)?;
    disk.sync_dir(parent.unwrap_or(Path::new("."))).map_err(failed)
}

fn lock(disk: &mut dyn Disk, layout: &Layout) -> Result<File, JournalError> {
    let path = layout.lock();
    let file = disk
        .open(&path, How::Append)
        .map_err(|error| JournalError::io(&path, error))?;
    disk.lock(&file).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => JournalError::Locked {
            path: layout.root.clone(),
        },
        _ => JournalError::io(&path, error),
    })?;
    Ok(file)
}

/// Reads the private key, or makes the journal when nothing of it is there yet.
fn signing_key(
    disk: &mut dyn Disk,
    layout: &Layout,
    origin: &str,
    entropy: &mut Entropy,
) -> Result<SecretKey, JournalError> {
    let failed = |error| JournalError::io(&layout.root, error);
    let key = keys::read(layout, &layout.signing_key())?;
    let begun = layout.checkpoint().exists();
    let key = match key {
        Some(key) => key,
        None if begun || !is_blank(layout).map_err(failed)? => {
            let why = "it is missing".to_owned();
            return Err(JournalError::UnusableKey {
                path: layout.signing_key(),
                why,
            });
        }
        None => {
            let mut seed = [0; 32];
            entropy(&mut seed);
            let key = SecretKey::from_seed(origin, &seed);
            keys::write(disk, layout, &layout.signing_key(), &key)?;
            key
        }
    };
    if !begun {
        if !is_blank(layout).map_err(failed)? {
            let missing = Rejection::File {
                path: "checkpoint".to_owned(),
                index: None,
            };
            return Err(JournalError::Damaged(missing));
        }
        make_files(disk, layout, &key).map_err(failed)?;
    }
    Ok(key)
}

/// Whether there is no entry at all: the journal was never begun, or its making was interrupted.
fn is_blank(layout: &Layout) -> io::Result<bool> {
    for segment in layout.segments()? {
        if segment != 0 || layout.segment(segment).metadata()?.len() > 0 {
            return Ok(false);
        }
    }
    Ok(!layout.root.join("tile").exists() && !layout.rotations().exists())
}

fn make_files(disk: &mut dyn Disk, layout: &Layout, key: &SecretKey) -> io::Result<()> {
    disk.create_dir(&layout.log(), DIR_MODE)?;
    disk.open(&layout.segment(0), How::Append)?;
    disk.sync_dir(&layout.log())?;
    replace(
        disk,
        &layout.public_key(),
        format!("{}\n", key.public()).as_bytes(),
        FILE_MODE,
    )?;
    let checkpoint = Checkpoint {
        origin: key.public().name().to_owned(),
        size: 0,
        root: empty_root(),
    };
    replace(
        disk,
        &layout.checkpoint(),
        checkpoint.sign(&[key]).to_string().as_bytes(),
        FILE_MODE,
    )
}

fn read_all(layout: &Layout, key: &SecretKey) -> Result<Scan, JournalError> {
    let genesis = genesis(layout, key.public()).map_err(JournalError::Damaged)?;
    scan(layout, genesis, Signatures::Last, None).map_err(JournalError::Damaged)
}

/// The log decides which key is in force: a change of key holds once its entry is durable.
fn finish_rotation(
    disk: &mut dyn Disk,
    layout: &Layout,
    key: SecretKey,
    scan: &Scan,
    recovery: &mut Recovery,
) -> Result<SecretKey, JournalError> {
    let failed = |error| JournalError::io(&layout.keys(), error);
    let next = keys::read(layout, &layout.next_key())?;
    if *key.public() == scan.tip {
        if next.is_some() {
            disk.remove(&layout.next_key())
                .and_then(|()| disk.sync_dir(&layout.keys()))
                .map_err(failed)?;
        }
        return Ok(key);
    }
    match next {
        Some(next) if *next.public() == scan.tip => {
            disk.rename(&layout.next_key(), &layout.signing_key())
                .map_err(failed)?;
            disk.sync_dir(&layout.keys()).map_err(failed)?;
            recovery.rotation = true;
            Ok(next)
        }
        _ => {
            let why = format!("the journal is signed by key {}", scan.tip.id());
            Err(JournalError::UnusableKey {
                path: layout.signing_key(),
                why,
            })
        }
    }
}

fn finish_destructions(
    disk: &mut dyn Disk,
    layout: &Layout,
    scan: &Scan,
    recovery: &mut Recovery,
) -> Result<(), JournalError> {
    super::destroy::wipe(disk, layout, &scan.destroying)?;
    recovery.destructions = scan.destroying.len() as u64;
    Ok(())
}

/// Cuts an unfinished end, and writes anew what is not published: whether it ever reached the disk is not known, and a
/// sync that failed before may have left pages that only look written.
fn finish_log(
    disk: &mut dyn Disk,
    layout: &Layout,
    scan: &Scan,
    recovery: &mut Recovery,
) -> Result<(File, u64, u64), JournalError> {
    let segments = layout
        .segments()
        .map_err(|error| JournalError::io(&layout.log(), error))?;
    let last = segments.last().copied().unwrap_or(0);
    let fresh: HashSet<u64> = scan
        .groups
        .iter()
        .filter(|group| group.header.first >= scan.published.size)
        .map(|g| g.segment)
        .collect();
    for segment in segments {
        let path = layout.segment(segment);
        let failed = |error| JournalError::io(&path, error);
        let cut = scan.tail.as_ref().filter(|tail| tail.segment == segment);
        if cut.is_none() && !fresh.contains(&segment) {
            continue;
        }
        let file = disk.open(&path, How::InPlace).map_err(failed)?;
        if let Some(tail) = cut {
            disk.set_len(&file, tail.offset).map_err(failed)?;
            recovery.cut = tail.bytes;
            recovery.cut_because = tail.problem.clone();
        }
        let unpublished = |group: &&crate::files::segments::GroupAt| {
            group.segment == segment && group.header.first >= scan.published.size
        };
        let source = File::open(&path).map_err(failed)?;
        for group in scan.groups.iter().filter(unpublished) {
            let mut bytes = vec![0; group.header.group_bytes() as usize];
            source.read_exact_at(&mut bytes, group.offset).map_err(failed)?;
            disk.write_at(&file, &bytes, group.offset).map_err(failed)?;
        }
        disk.sync(&file).map_err(failed)?;
    }
    let path = layout.segment(last);
    let file = disk
        .open(&path, How::Append)
        .map_err(|error| JournalError::io(&path, error))?;
    let length = file
        .metadata()
        .map_err(|error| JournalError::io(&path, error))?
        .len();
    disk.sync_dir(&layout.log())
        .map_err(|error| JournalError::io(&path, error))?;
    // A key or a checkpoint that was left beside its place by an interruption.
    for path in [
        layout.checkpoint(),
        layout.rotations(),
        layout.public_key(),
        layout.signing_key(),
        layout.next_key(),
    ] {
        let beside = path.with_extension("new");
        if read_if_there(&beside)
            .map_err(|error| JournalError::io(&beside, error))?
            .is_some()
        {
            disk.remove(&beside)
                .map_err(|error| JournalError::io(&beside, error))?;
        }
    }
    Ok((file, last, length))
}
