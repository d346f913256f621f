//! Finding and reading groups in the segments of the log.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;

use serde_json::Value;

use crate::entry::Leaf;
use crate::error::JournalError;
use crate::files::layout::Layout;
use crate::group::{HEADER_BYTES, Header, Record, State, records};

/// Where a group lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GroupAt {
    pub segment: u64,
    pub offset: u64,
    pub header: Header,
}

/// An entry as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEntry {
    /// Its place in the journal, from 0.
    pub index: u64,
    /// Its kind.
    pub kind: String,
    /// Its date, in RFC 3339, as it was given.
    pub at: String,
    /// What it says, unless destroyed.
    pub payload: Payload,
}

/// The payload of a stored entry.
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    /// It is there.
    Present(Value),
    /// It was destroyed by rule; the entry still stands in the tree.
    Destroyed,
}

/// Lists the groups by their headers alone: one short read for each group. Stops where no whole group follows.
pub(crate) fn list(layout: &Layout) -> Result<Vec<GroupAt>, JournalError> {
    let failed = |error| JournalError::io(&layout.log(), error);
    let mut groups: Vec<GroupAt> = Vec::new();
    for segment in layout.segments().map_err(failed)? {
        let file = File::open(layout.segment(segment)).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let mut offset = 0;
        while offset + HEADER_BYTES as u64 <= length {
            let mut bytes = [0; HEADER_BYTES];
            file.read_exact_at(&mut bytes, offset).map_err(failed)?;
            let expected = groups.last().map_or(0, |group| group.header.end());
            match Header::decode(&bytes) {
                Some(header) if header.first == expected && offset + header.group_bytes() <= length => {
                    groups.push(GroupAt {
                        segment,
                        offset,
                        header,
                    });
                    offset += header.group_bytes();
                }
                _ => return Ok(groups),
            }
        }
    }
    Ok(groups)
}

/// The position, among the groups, of the one that holds an entry.
pub(crate) fn position_of(groups: &[GroupAt], index: u64) -> Option<usize> {
    let position = groups.partition_point(|group| group.header.end() <= index);
    (position < groups.len()).then_some(position)
}

/// Reads the records of a group.
pub(crate) fn read_records(layout: &Layout, group: &GroupAt) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; group.header.records_bytes as usize];
    File::open(layout.segment(group.segment))?
        .read_exact_at(&mut bytes, group.offset + HEADER_BYTES as u64)?;
    Ok(bytes)
}

/// Reads the signed checkpoint at the end of a group.
pub(crate) fn read_note(layout: &Layout, group: &GroupAt) -> Result<String, JournalError> {
    let path = layout.segment(group.segment);
    let mut bytes = vec![0; group.header.note_bytes as usize];
    let offset = group.offset + HEADER_BYTES as u64 + u64::from(group.header.records_bytes);
    let read = File::open(&path).and_then(|file| file.read_exact_at(&mut bytes, offset));
    read.map_err(|error| JournalError::io(&path, error))?;
    String::from_utf8(bytes).map_err(|_| JournalError::Damaged(altered(group)))
}

/// Calls `with` on each record of a group, with its index; checks each payload against its leaf.
pub(crate) fn each_record<R>(
    layout: &Layout,
    group: &GroupAt,
    mut with: impl FnMut(u64, &Record<'_>, Leaf) -> Result<R, JournalError>,
) -> Result<Vec<R>, JournalError> {
    let path = layout.segment(group.segment);
    let bytes = read_records(layout, group).map_err(|error| JournalError::io(&path, error))?;
    let records = records(&bytes, group.header.count).ok_or_else(|| JournalError::Damaged(altered(group)))?;
    let sound = |(index, record): (u64, &Record<'_>)| {
        let leaf = Leaf::decode(record.leaf).ok_or_else(|| JournalError::Damaged(altered(group)))?;
        if record.state == State::Present && !leaf.commits_to(record.salt, record.payload) {
            return Err(JournalError::Damaged(
                crate::rejection::Rejection::PayloadAltered { index },
            ));
        }
        with(index, record, leaf)
    };
    (group.header.first..).zip(&records).map(sound).collect()
}

fn altered(group: &GroupAt) -> crate::rejection::Rejection {
    crate::rejection::Rejection::Altered {
        first: group.header.first,
        last: group.header.end() - 1,
    }
}

/// The entries of a range, read group by group as they are asked for.
pub(crate) fn entries<'a>(
    layout: &'a Layout,
    groups: &'a [GroupAt],
    range: Range<u64>,
) -> impl Iterator<Item = Result<StoredEntry, JournalError>> + 'a {
    let start = groups.partition_point(|group| group.header.end() <= range.start);
    let wanted = groups[start..].iter().take_while({
        let end = range.end;
        move |group| group.header.first < end
    });
    wanted.flat_map(move |group| {
        let found = each_record(layout, group, |index, record, leaf| {
            stored(index, record, leaf, group)
        });
        let found: Vec<Result<StoredEntry, JournalError>> = match found {
            Ok(entries) => entries
                .into_iter()
                .filter(|entry| range.contains(&entry.index))
                .map(Ok)
                .collect(),
            Err(error) => vec![Err(error)],
        };
        found
    })
}

fn stored(index: u64, record: &Record<'_>, leaf: Leaf, group: &GroupAt) -> Result<StoredEntry, JournalError> {
    let payload = match record.state {
        State::Present => Payload::Present(
            serde_json::from_slice(record.payload).map_err(|_| JournalError::Damaged(altered(group)))?,
        ),
        State::Destroying | State::Destroyed => Payload::Destroyed,
    };
    Ok(StoredEntry {
        index,
        kind: leaf.kind,
        at: leaf.at,
        payload,
    })
}
