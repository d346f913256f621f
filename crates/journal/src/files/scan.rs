//! One pass over the whole journal that recomputes everything and compares it with what is stored.
//!
//! It reads each byte of the log once, in order, and each tile once; memory is that of one group and one tile per level.
//! A million entries of ordinary length take about a second and a half of one core in a release build; on top come some
//! 50 µs for each group whose signature is verified.

use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use crate::entry::{Leaf, kind};
use crate::files::layout::{Layout, read_if_there};
use crate::files::segments::GroupAt;
use crate::group::{HEADER_BYTES, Header, Record, State, contains_header, records};
use crate::rejection::Rejection;
use crate::rotation::{Rotation, check_chain};
use crate::tlog::checkpoint::Checkpoint;
use crate::tlog::hash::{Hash, empty_root, leaf_hash};
use crate::tlog::note::{Note, PublicKey};
use crate::tlog::tile::{TILE_WIDTH, TileId, bundle_push, encode_tile, entries_path};
use crate::tlog::tree::Frontier;

mod compare;

/// Which signatures are verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signatures {
    /// That of every group.
    All,
    /// Those of the published checkpoint, of the last group and of changes of key. They cover the whole tree.
    Last,
}

/// What does not end as a sound group does.
#[derive(Clone, Debug)]
pub(crate) struct Tail {
    pub segment: u64,
    pub offset: u64,
    pub bytes: u64,
    /// What is wrong when the group is whole in length: a torn write, or damage; `None` when it is plainly cut.
    pub problem: Option<Rejection>,
}

/// A record whose destruction was begun and not finished.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unfinished {
    pub segment: u64,
    /// Where the record begins in its segment.
    pub offset: u64,
    pub index: u64,
    pub leaf_bytes: usize,
    pub payload_bytes: usize,
}

/// What the pass found; everything in it is verified.
pub(crate) struct Scan {
    layout: Layout,
    signatures: Signatures,
    /// Size whose root is to be kept, and the root once reached.
    wanted: Option<u64>,
    pub wanted_root: Option<Hash>,
    pub frontier: Frontier,
    /// The leaves of the bundle that is not full.
    pub bundle: Vec<u8>,
    /// Full tiles and bundles beyond the published checkpoint, with their paths: they may be missing on disk.
    pub unpublished: Vec<(String, Vec<u8>)>,
    pub groups: Vec<GroupAt>,
    pub rotations: Vec<Rotation>,
    /// Every key in turn: that of the beginning first.
    pub keys: Vec<PublicKey>,
    /// The key in force at the end: the last of them.
    pub tip: PublicKey,
    pub published_note: String,
    pub published: Checkpoint,
    /// How many changes of key the published checkpoint covers, once its size was reached.
    published_rotations: Option<usize>,
    last_note: Option<Note>,
    pub destroyed: u64,
    pub destroying: Vec<Unfinished>,
    pub tail: Option<Tail>,
}

/// The key that a log began with: the first of its changes of key, or else the given one.
pub(crate) fn genesis(layout: &Layout, otherwise: &PublicKey) -> Result<PublicKey, Rejection> {
    let damaged = || Rejection::File {
        path: "rotations".to_owned(),
        index: None,
    };
    let Some(bytes) = read(&layout.rotations())? else {
        return Ok(otherwise.clone());
    };
    let text = String::from_utf8(bytes).map_err(|_| damaged())?;
    let rotations: Vec<Rotation> = text
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .map_err(|_| damaged())?;
    let chain = check_chain(&rotations).map_err(|position| Rejection::BadRotation { position })?;
    Ok(chain.into_iter().next().unwrap_or_else(|| otherwise.clone()))
}

/// Reads and verifies a whole journal that begins under the key `genesis`.
pub(crate) fn scan(
    layout: &Layout,
    genesis: PublicKey,
    signatures: Signatures,
    wanted: Option<u64>,
) -> Result<Scan, Rejection> {
    let checkpoint_file = || Rejection::File {
        path: "checkpoint".to_owned(),
        index: None,
    };
    let bytes = read(&layout.checkpoint())?.ok_or_else(checkpoint_file)?;
    let published_note = String::from_utf8(bytes).map_err(|_| checkpoint_file())?;
    let (_, published) = Checkpoint::of_note(&published_note).map_err(|_| checkpoint_file())?;
    if published.origin != genesis.name() {
        return Err(Rejection::ForeignLog {
            expected: genesis.name().to_owned(),
            found: published.origin,
        });
    }
    let mut scan = Scan {
        layout: layout.clone(),
        signatures,
        wanted,
        wanted_root: (wanted == Some(0)).then(empty_root),
        frontier: Frontier::new(),
        bundle: Vec::new(),
        unpublished: Vec::new(),
        groups: Vec::new(),
        rotations: Vec::new(),
        tip: genesis.clone(),
        keys: vec![genesis],
        published_note,
        published,
        published_rotations: None,
        last_note: None,
        destroyed: 0,
        destroying: Vec::new(),
        tail: None,
    };
    scan.run()?;
    Ok(scan)
}

impl Scan {
    fn run(&mut self) -> Result<(), Rejection> {
        if self.published.size == 0 {
            let (note, checkpoint) =
                Checkpoint::of_note(&self.published_note).map_err(|_| self.checkpoint_file())?;
            if checkpoint.root != empty_root() || note.to_string() != self.published_note {
                return Err(self.checkpoint_file());
            }
            signed_by_exactly(&note, &[&self.tip])?;
            self.published_rotations = Some(0);
        }
        let segments = self
            .layout
            .segments()
            .map_err(|error| cannot_read(&self.layout.log(), &error))?;
        for (position, segment) in segments.iter().enumerate() {
            self.segment(*segment, position + 1 == segments.len())?;
        }
        self.end()
    }

    fn segment(&mut self, segment: u64, last: bool) -> Result<(), Rejection> {
        if segment != self.frontier.size() {
            return Err(self.damage_here());
        }
        let path = self.layout.segment(segment);
        let failed = |error| cannot_read(&path, &error);
        let file = File::open(&path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let mut file = BufReader::with_capacity(1 << 20, file);
        let (mut offset, mut body) = (0, Vec::new());
        while offset < length {
            let rest = length - offset;
            let mut head = [0; HEADER_BYTES];
            let header = if rest < HEADER_BYTES as u64 {
                None
            } else {
                file.read_exact(&mut head).map_err(failed)?;
                Header::decode(&head).filter(|header| header.group_bytes() <= rest)
            };
            let Some(header) = header else {
                let mut rest = Vec::new();
                file.seek(SeekFrom::Start(offset))
                    .and_then(|_| file.read_to_end(&mut rest))
                    .map_err(failed)?;
                return self.cut(&rest, segment, offset, last);
            };
            body.resize((header.group_bytes() - HEADER_BYTES as u64) as usize, 0);
            file.read_exact(&mut body).map_err(failed)?;
            let group = GroupAt {
                segment,
                offset,
                header,
            };
            if last && header.group_bytes() == rest {
                self.last_group(group, &body)?;
            } else {
                self.group(group, &body)?;
            }
            offset += header.group_bytes();
        }
        Ok(())
    }

    /// Bytes that are no whole group: the end of a write that did not finish, unless groups follow.
    fn cut(&mut self, rest: &[u8], segment: u64, offset: u64, last: bool) -> Result<(), Rejection> {
        if !last || contains_header(&rest[1..]) {
            return Err(self.damage_here());
        }
        self.tail = Some(Tail {
            segment,
            offset,
            bytes: rest.len() as u64,
            problem: None,
        });
        Ok(())
    }

    /// The last group may be the torn end of a write that was never acknowledged: then the state before it stays.
    fn last_group(&mut self, group: GroupAt, body: &[u8]) -> Result<(), Rejection> {
        let frontier = self.frontier.clone();
        let counts = (self.destroyed, self.destroying.len(), self.rotations.len());
        let (bundle, tip, wanted_root) = (self.bundle.clone(), self.tip.clone(), self.wanted_root);
        let unpublished = self.unpublished.len();
        match self.group(group, body) {
            Err(problem) if self.published.size <= group.header.first => {
                self.frontier = frontier;
                self.bundle = bundle;
                self.destroyed = counts.0;
                self.destroying.truncate(counts.1);
                self.rotations.truncate(counts.2);
                self.tip = tip;
                self.keys.truncate(self.rotations.len() + 1);
                self.wanted_root = wanted_root;
                self.unpublished.truncate(unpublished);
                let bytes = group.header.group_bytes();
                self.tail = Some(Tail {
                    segment: group.segment,
                    offset: group.offset,
                    bytes,
                    problem: Some(problem),
                });
                Ok(())
            }
            other => other,
        }
    }

    fn group(&mut self, at: GroupAt, body: &[u8]) -> Result<(), Rejection> {
        let header = at.header;
        if header.first != self.frontier.size() {
            return Err(self.damage_here());
        }
        let (bytes, note) = body.split_at(header.records_bytes as usize);
        let note = std::str::from_utf8(note)
            .ok()
            .and_then(|text| Some((text, Checkpoint::of_note(text).ok()?)));
        let signed_size = note.as_ref().map(|(_, (_, checkpoint))| checkpoint.size);
        let records = records(bytes, header.count).ok_or_else(|| self.locate(&header, &[], signed_size))?;
        let hashes: Vec<Hash> = records.iter().map(|record| leaf_hash(record.leaf)).collect();
        let mut edge = self.frontier.edge().clone();
        for hash in &hashes {
            edge.push(*hash, &mut |_, _| {});
        }
        let agrees = |text: &str, note: &Note, checkpoint: &Checkpoint| {
            checkpoint.origin == self.tip.name()
                && checkpoint.size == header.end()
                && checkpoint.root == edge.root()
                && note.to_string() == text
        };
        let agreed = note.filter(|(text, (note, checkpoint))| agrees(text, note, checkpoint));
        let Some((text, (note, _))) = agreed else {
            return Err(self.locate(&header, &hashes, signed_size));
        };
        let old = self.tip.clone();
        for (index, (record, hash)) in (header.first..).zip(records.iter().zip(&hashes)) {
            self.record(&at, index, record)?;
            self.push(*hash, record.leaf)?;
        }
        if self.tip != old {
            signed_by_exactly(&note, &[&old, &self.tip])?;
        } else if self.signatures == Signatures::All {
            signed_by_exactly(&note, &[&self.tip])?;
        } else {
            named_exactly(&note, &[&self.tip])?;
        }
        if self.frontier.size() == self.published.size {
            self.compare_published(text)?;
            if self.tip == old {
                signed_by_exactly(&note, &[&self.tip])?;
            }
        }
        self.last_note = (self.tip == old).then_some(note);
        self.groups.push(at);
        Ok(())
    }

    fn record(&mut self, at: &GroupAt, index: u64, record: &Record<'_>) -> Result<(), Rejection> {
        let leaf = Leaf::decode(record.leaf).ok_or(Rejection::Altered {
            first: index,
            last: index,
        })?;
        let altered = Rejection::PayloadAltered { index };
        match record.state {
            State::Present if !leaf.commits_to(record.salt, record.payload) => return Err(altered),
            State::Present => {}
            State::Destroyed if !record.is_blank() => return Err(altered),
            State::Destroyed => self.destroyed += 1,
            State::Destroying => {
                self.destroyed += 1;
                self.destroying.push(Unfinished {
                    segment: at.segment,
                    offset: at.offset + HEADER_BYTES as u64 + record.offset as u64,
                    index,
                    leaf_bytes: record.leaf.len(),
                    payload_bytes: record.payload.len(),
                });
            }
        }
        if leaf.kind == kind::KEY_ROTATION {
            let bad = Rejection::BadRotation {
                position: self.rotations.len(),
            };
            let rotation: Rotation = serde_json::from_slice(record.payload).map_err(|_| bad.clone())?;
            let (old, new) = rotation.check().map_err(|_| bad.clone())?;
            if old != self.tip || record.state != State::Present {
                return Err(bad);
            }
            self.rotations.push(rotation);
            self.tip = new.clone();
            self.keys.push(new);
        }
        Ok(())
    }

    /// Adds a leaf to the tree, and compares every tile and bundle that it completes with its file.
    fn push(&mut self, hash: Hash, leaf: &[u8]) -> Result<(), Rejection> {
        let mut full: Vec<(TileId, Vec<u8>)> = Vec::new();
        self.frontier
            .push(hash, &mut |tile, hashes| full.push((tile, encode_tile(hashes))));
        let size = self.frontier.size();
        bundle_push(&mut self.bundle, leaf).ok_or(Rejection::Altered {
            first: size - 1,
            last: size - 1,
        })?;
        for (tile, bytes) in full {
            let first = (tile.level == 0).then_some(tile.index << 8);
            self.compare_full(tile.path(TILE_WIDTH), bytes, first)?;
        }
        if size.is_multiple_of(TILE_WIDTH as u64) {
            let bytes = std::mem::take(&mut self.bundle);
            let index = size / TILE_WIDTH as u64 - 1;
            self.compare_full(entries_path(index, TILE_WIDTH), bytes, Some(index << 8))?;
        }
        if self.wanted == Some(size) {
            self.wanted_root = Some(self.frontier.root());
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Rejection> {
        let (size, published) = (self.frontier.size(), self.published.size);
        if size < published {
            return Err(match &self.tail {
                Some(_) => self.damage_here(),
                None => Rejection::CutOff {
                    first_missing: size,
                    seen: published,
                },
            });
        }
        self.compare_rotations(self.published_rotations.ok_or_else(|| self.checkpoint_file())?)?;
        match &self.last_note {
            Some(note) if self.signatures == Signatures::Last => signed_by_exactly(note, &[&self.tip]),
            _ => Ok(()),
        }
    }

    fn damage_here(&self) -> Rejection {
        let first = self.frontier.size();
        Rejection::Altered {
            first,
            last: self.published.size.saturating_sub(1).max(first),
        }
    }

    fn checkpoint_file(&self) -> Rejection {
        Rejection::File {
            path: "checkpoint".to_owned(),
            index: None,
        }
    }
}

/// The file of changes of key: one statement a line.
pub(crate) fn rotation_lines(rotations: &[Rotation]) -> String {
    let line = |rotation: &Rotation| serde_json::to_string(rotation).unwrap_or_default() + "\n";
    rotations.iter().map(line).collect()
}

/// A stored note carries signatures in the name of these keys, in this order, and no other line.
fn named_exactly(note: &Note, keys: &[&PublicKey]) -> Result<(), Rejection> {
    let lines: Vec<_> = note
        .signatures()
        .iter()
        .map(|line| (line.name.as_str(), line.id))
        .collect();
    let expected: Vec<_> = keys.iter().map(|key| (key.name(), key.id())).collect();
    if lines != expected {
        return Err(Rejection::WrongKey {
            expected: keys.iter().map(|key| key.id().to_string()).collect(),
            found: note.signatures().iter().map(|line| line.id.to_string()).collect(),
        });
    }
    Ok(())
}

/// These signatures are those of the keys.
fn signed_by_exactly(note: &Note, keys: &[&PublicKey]) -> Result<(), Rejection> {
    named_exactly(note, keys)?;
    match keys.iter().find(|key| note.signed_by(key) != Some(true)) {
        Some(key) => Err(Rejection::BadSignature {
            key: key.id().to_string(),
        }),
        None => Ok(()),
    }
}

pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, Rejection> {
    read_if_there(path).map_err(|error| cannot_read(path, &error))
}

pub(crate) fn cannot_read(path: &Path, error: &std::io::Error) -> Rejection {
    Rejection::CannotRead {
        path: path.display().to_string(),
        why: error.kind(),
    }
}
