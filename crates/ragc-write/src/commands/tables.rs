//! What samples and contigs take in an archive and what of them is new, from its tables alone: no sequence is decoded.
//!
//! An entry (a reference, a delta, a raw text) counts for the first segment that is it, in stored order; further segments
//! that are it cost nothing. Its bytes are an equal share of its part's, as how long each entry is only the part could
//! tell. New are the bases of references and raw texts.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use ragc_read::{Archive, ArchiveError, Params, SegmentRef, SegmentTable, Stream};

use super::bar::{self, Counted, Unit};
use super::{Failure, archive_failure};

/// Gives the contigs of every sample to `visit`, with its number, in stored order; the first failure ends it.
pub(super) fn walk(
    path: &Path,
    archive: &Archive,
    mut visit: impl FnMut(usize, &SegmentTable) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let failure = |error| archive_failure(path, error);
    let mut samples = 0..;
    for batch in 0..archive.batch_count().map_err(failure)? {
        let visited = archive.visit_batch(batch, |contigs| {
            visit(samples.next().unwrap_or_default(), contigs).map_err(Ended::ByVisitor)
        });
        visited.map_err(|ended| match ended {
            Ended::ByArchive(error) => failure(error),
            Ended::ByVisitor(failure) => failure,
        })?;
    }
    Ok(())
}

/// What ends a walk early.
enum Ended {
    ByArchive(ArchiveError),
    ByVisitor(Failure),
}

impl From<ArchiveError> for Ended {
    fn from(error: ArchiveError) -> Self {
        Self::ByArchive(error)
    }
}

/// What a sample or contig takes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Cost {
    pub(super) bases: u64,
    pub(super) segments: u64,
    pub(super) compressed_bytes: f64,
    pub(super) new_bases: u64,
}

impl Cost {
    pub(super) fn add(&mut self, other: Cost) {
        self.bases += other.bases;
        self.segments += other.segments;
        self.compressed_bytes += other.compressed_bytes;
        self.new_bases += other.new_bases;
    }
}

/// All there is in an archive.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    pub(super) contigs: u64,
    /// Entries that differ from each other.
    pub(super) deltas: u64,
    pub(super) raw: u64,
    pub(super) cost: Cost,
}

/// Goes through the tables twice, as what an entry is worth is known only when all have been seen.
///
/// `visit` gets the number of each sample and what each of its contigs takes.
pub(super) fn costs(
    path: &Path,
    archive: &Archive,
    with_bar: bool,
    mut visit: impl FnMut(usize, &SegmentTable, &[Cost]) -> Result<(), Failure>,
) -> Result<Totals, Failure> {
    let failure = |error| archive_failure(path, error);
    let info = archive.info().map_err(failure)?;
    let parts = Parts::new(archive, info.params).map_err(failure)?;
    let done = AtomicU64::new(0);
    let counted = Counted {
        done: &done,
        unit: Unit::Samples,
        total: &|| Some(2 * info.sample_count as u64),
        afterwards: None,
    };
    bar::with_bar(with_bar, counted, || {
        let mut parts = parts;
        let mut totals = Totals::default();
        let mut seen = Seen::default();
        walk(path, archive, |_, contigs| {
            for segment in segments(contigs) {
                if seen.is_first(segment) {
                    parts.count(segment);
                    totals.raw += u64::from(segment.is_raw());
                    totals.deltas += u64::from(!segment.is_raw() && segment.in_group_id > 0);
                }
            }
            done.fetch_add(1, Ordering::Relaxed);
            Ok(())
        })?;
        let mut seen = Seen::default();
        let mut row = Vec::new();
        walk(path, archive, |sample, contigs| {
            row.clear();
            row.extend((0..contigs.len()).map(|contig| parts.cost(contigs, contig, &mut seen)));
            totals.contigs += row.len() as u64;
            row.iter().for_each(|&cost| totals.cost.add(cost));
            done.fetch_add(1, Ordering::Relaxed);
            visit(sample, contigs, &row)
        })?;
        Ok(totals)
    })
}

fn segments(contigs: &SegmentTable) -> impl Iterator<Item = SegmentRef> {
    (0..contigs.len()).flat_map(|contig| contigs.segments(contig).unwrap_or_default())
}

/// Which entries came up already: of each group, 64 at a time.
#[derive(Debug, Default)]
struct Seen(HashMap<(u32, u32), u64>);

impl Seen {
    /// Whether no segment before was the same entry.
    fn is_first(&mut self, segment: SegmentRef) -> bool {
        let seen = self
            .0
            .entry((segment.group_id, segment.in_group_id / 64))
            .or_default();
        let bit = 1 << (segment.in_group_id % 64);
        let is_first = *seen & bit == 0;
        *seen |= bit;
        is_first
    }
}

/// The references and packs of an archive.
struct Parts {
    params: Params,
    parts: HashMap<(Stream, usize), Part>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Part {
    len_bytes: u64,
    /// Entries that segments refer to.
    entries: u32,
}

impl Parts {
    fn new(archive: &Archive, params: Params) -> Result<Self, ArchiveError> {
        let parts = archive.stored_parts()?.into_iter();
        let parts = parts
            .filter(|part| matches!(part.stream, Stream::Reference(_) | Stream::Packs(_)))
            .map(|part| {
                let len_bytes = part.len_bytes;
                let entries = 0;
                ((part.stream, part.number), Part { len_bytes, entries })
            })
            .collect();
        Ok(Self { params, parts })
    }

    /// One more entry of a part. Of a part that is not there nobody can say anything.
    fn count(&mut self, segment: SegmentRef) {
        if let Some(part) = self.parts.get_mut(&segment.stored_in(&self.params)) {
            part.entries += 1;
        }
    }

    fn share_bytes(&self, segment: SegmentRef) -> f64 {
        let part = self.parts.get(&segment.stored_in(&self.params));
        part.map_or(0.0, |part| {
            part.len_bytes as f64 / f64::from(part.entries.max(1))
        })
    }

    fn cost(&self, contigs: &SegmentTable, contig: usize, seen: &mut Seen) -> Cost {
        let segments = contigs.segments(contig).unwrap_or_default();
        let mut cost = Cost {
            bases: contigs.get(contig).map_or(0, |contig| contig.len_bases),
            segments: segments.len() as u64,
            ..Cost::default()
        };
        for (number, &segment) in segments.iter().enumerate() {
            if !seen.is_first(segment) {
                continue;
            }
            cost.compressed_bytes += self.share_bytes(segment);
            if segment.is_raw() || segment.in_group_id == 0 {
                // Neighbours share these, and a contig counts them once.
                let overlap = if number == 0 { 0 } else { self.params.kmer_len };
                cost.new_bases += u64::from(segment.len_bases().saturating_sub(overlap));
            }
        }
        cost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_counts_for_the_first_that_uses_it() {
        let path = Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/data/03-many-samples.agc"
        ));
        let archive = Archive::open(path).expect("an archive");
        let (mut sum, mut rows, mut contig_count) = (Cost::default(), 0, 0);
        let totals = costs(path, &archive, false, |sample, contigs, costs| {
            assert_eq!(sample, rows);
            assert_eq!(contigs.len(), costs.len());
            rows += 1;
            contig_count += costs.len() as u64;
            costs.iter().for_each(|&cost| sum.add(cost));
            if sample == 0 {
                assert_eq!(sum.new_bases, sum.bases, "the reference sample is all new");
            }
            Ok(())
        })
        .expect("sound tables");
        assert_eq!(rows, archive.samples().expect("samples").len());
        assert_eq!((totals.cost, totals.contigs), (sum, contig_count));
        assert!(sum.new_bases < sum.bases / 2, "{sum:?}");
        let stored: u64 = archive
            .stored_parts()
            .expect("parts")
            .iter()
            .filter(|part| matches!(part.stream, Stream::Reference(_) | Stream::Packs(16..)))
            .map(|part| part.len_bytes)
            .sum();
        assert!(
            sum.compressed_bytes.round() as u64 >= stored,
            "{sum:?}, {stored} bytes of groups"
        );
    }
}
