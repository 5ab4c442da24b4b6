//! Reading parts in any order, in few reads.

use ragc_read::{Archive, StoredPart};

use crate::create::CreateError;

/// Parts of so many bytes, or one that is larger, are held at once.
const HELD_BYTES_MAX: u64 = 8 << 20;

/// Gives `parts` to `take` in their order, with metadata and payload. Of those that are held at once, what lies together is
/// read together.
///
/// # Errors
/// When one cannot be read, or what `take` fails with.
pub fn read_in_order(
    archive: &Archive,
    parts: &[StoredPart],
    mut take: impl FnMut(&StoredPart, u64, &[u8]) -> Result<(), CreateError>,
) -> Result<(), CreateError> {
    let mut rest = parts;
    let mut payloads = Vec::new();
    while !rest.is_empty() {
        let (now, after) = rest.split_at(held_at_once(rest));
        let mut by_offset: Vec<usize> = (0..now.len()).collect();
        by_offset.sort_unstable_by_key(|&at| now[at].offset);
        let sorted: Vec<StoredPart> = by_offset.iter().map(|&at| now[at]).collect();
        let mut found = vec![(0, 0..0); now.len()];
        payloads.clear();
        let mut next = by_offset.into_iter();
        archive.read_parts(&sorted, |_, metadata, payload| {
            let start = payloads.len();
            payloads.extend_from_slice(payload);
            if let Some(at) = next.next() {
                found[at] = (metadata, start..payloads.len());
            }
            Ok::<_, CreateError>(())
        })?;
        for (part, (metadata, range)) in now.iter().zip(found) {
            take(part, metadata, &payloads[range])?;
        }
        rest = after;
    }
    Ok(())
}

/// How many of the first parts are held at once, at least one.
fn held_at_once(parts: &[StoredPart]) -> usize {
    let mut bytes: u64 = 0;
    let fitting = parts.iter().take_while(|part| {
        bytes = bytes.saturating_add(part.len_bytes);
        bytes <= HELD_BYTES_MAX
    });
    fitting.count().max(1)
}
