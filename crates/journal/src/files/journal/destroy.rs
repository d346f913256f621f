//! Destroying payloads: the salt and the payload become zeros, the leaf stays, the tree still verifies.

use super::Journal;
use crate::entry::kind;
use crate::error::JournalError;
use crate::files::disk::{Disk, How};
use crate::files::layout::Layout;
use crate::files::scan::Unfinished;
use crate::files::segments::{each_record, position_of};
use crate::group::{HEADER_BYTES, RECORD_BYTES, SALT_OFFSET, State};

impl Journal {
    /// Destroys the payload and the salt of an entry: afterwards nobody can guess it from the leaf. Durable when it
    /// returns; doing it twice does nothing. Three syncs.
    ///
    /// The bytes are overwritten in place. Copies made by backups, snapshots, or a file system or disk that writes
    /// elsewhere are out of reach and must end by their own rule.
    pub fn destroy_payload(&mut self, index: u64) -> Result<(), JournalError> {
        self.destroy_payloads(&[index])
    }

    /// Destroys the payloads of several entries, with three syncs for each segment that they lie in. Nothing is
    /// destroyed when one of them cannot be.
    pub fn destroy_payloads(&mut self, indices: &[u64]) -> Result<(), JournalError> {
        self.refuse_if_closed()?;
        let mut wanted: Vec<u64> = indices.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        let mut found = Vec::with_capacity(wanted.len());
        let mut rest = wanted.as_slice();
        while let Some(index) = rest.first() {
            let no_entry = JournalError::NoEntry {
                index: *index,
                size: self.frontier.size(),
            };
            let group = &self.groups[position_of(&self.groups, *index).ok_or(no_entry)?];
            let here = rest.partition_point(|index| *index < group.header.end());
            let (inside, after) = rest.split_at(here);
            let records = each_record(&self.layout, group, |index, record, leaf| {
                if inside.binary_search(&index).is_err() || record.state == State::Destroyed {
                    return Ok(None);
                }
                if leaf.kind == kind::KEY_ROTATION {
                    return Err(JournalError::NotDestroyable { index });
                }
                Ok(Some(Unfinished {
                    segment: group.segment,
                    offset: group.offset + HEADER_BYTES as u64 + record.offset as u64,
                    index,
                    leaf_bytes: record.leaf.len(),
                    payload_bytes: record.payload.len(),
                }))
            })?;
            found.extend(records.into_iter().flatten());
            rest = after;
        }
        wipe(&mut *self.disk, &self.layout, &found).inspect_err(|error| self.closed = Some(error.to_string()))
    }
}

/// Marks records as being destroyed, makes them zeros, marks them destroyed; each step is durable before the next, so
/// that a payload half gone is never taken for damage, nor damage for a payload half gone.
pub(super) fn wipe(disk: &mut dyn Disk, layout: &Layout, records: &[Unfinished]) -> Result<(), JournalError> {
    for records in records.chunk_by(|a, b| a.segment == b.segment) {
        let path = layout.segment(records[0].segment);
        let failed = |error| JournalError::io(&path, error);
        let file = disk.open(&path, How::InPlace).map_err(failed)?;
        for record in records {
            disk.write_at(&file, &[State::Destroying.byte()], record.offset)
                .map_err(failed)?;
        }
        disk.sync(&file).map_err(failed)?;
        for record in records {
            disk.write_at(&file, &[0; 16], record.offset + SALT_OFFSET as u64)
                .map_err(failed)?;
            let payload = record.offset + (RECORD_BYTES + record.leaf_bytes) as u64;
            disk.write_at(&file, &vec![0; record.payload_bytes], payload)
                .map_err(failed)?;
        }
        disk.sync(&file).map_err(failed)?;
        for record in records {
            disk.write_at(&file, &[State::Destroyed.byte()], record.offset)
                .map_err(failed)?;
        }
        disk.sync(&file).map_err(failed)?;
    }
    Ok(())
}
