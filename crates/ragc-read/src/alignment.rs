//! How a region is made: which segments it takes, and what each has of its group's reference.

use std::ops::Range;

use crate::basics::Plan;
use crate::codec::runs::Run;
use crate::contig_at::Span;
use crate::error::Error;
use crate::reader::Reader;
use crate::region::Region;
use crate::step::{Step, Stop};
use crate::tables::SegmentRef;

/// A segment's part of a region, aligned to the reference of its group.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AlignedPiece {
    /// The segment, counted from 0 in its contig.
    pub segment: usize,
    /// How it is stored: group, number in it, length, orientation.
    pub stored: SegmentRef,
    /// The bases of the contig it gives, 0-based and half-open. Those that it shares with the segment before it belong to
    /// that one.
    pub range: Range<u64>,
    /// Where these come from, in the contig's order. Of a segment that is stored reversed, a run of the reference's bases
    /// from `at` on is the reverse complement of the bases `at..at + len_bases`, letters other than ACGT left as they are.
    /// A segment of a raw group is one literal.
    pub runs: Vec<Run>,
}

impl Reader {
    /// How the bases of a region are made from the references of groups, segment by segment.
    ///
    /// Two samples that have segments of the same groups are so aligned to each other. Takes the rounds and the parts of
    /// [`Reader::bases`]: who wants both fetches them once.
    ///
    /// # Errors
    /// As [`Reader::bases`].
    pub fn alignment(&mut self, region: &Region) -> Result<Step<Vec<AlignedPiece>>, Error> {
        self.answer(|reader| {
            let at = reader.contig_at(region.sample.as_ref(), region.contig)?;
            let range = at.clip(&region.range)?;
            let start = range.start;
            let plans = reader.plans(&[Span { at: &at, range }])?;
            reader.aligned(&plans, start)
        })
    }

    /// The pieces of all `plans`, which follow each other from base `at` of a contig on.
    fn aligned(&mut self, plans: &[Plan<'_>], mut at: u64) -> Result<Vec<AlignedPiece>, Stop> {
        let basics = self.basics()?;
        let mut parts = self.parts_of(&basics, plans)?;
        let bytes_max = self.shared.limits.allocation_bytes_max;
        let mut aligned = Vec::new();
        for Plan { label, pieces, .. } in plans {
            for piece in pieces {
                let start = at;
                at += piece.take.len() as u64;
                self.with_material(&basics, piece, &mut parts, &mut |text| {
                    let mut runs = text.runs(piece, bytes_max)?;
                    if piece.stored.reversed() {
                        runs.reverse();
                    }
                    aligned.push(AlignedPiece {
                        segment: piece.segment,
                        stored: piece.stored,
                        range: start..at,
                        runs,
                    });
                    Ok(())
                })
                .map_err(|error| label.at_segment(error, piece.segment))?;
            }
        }
        Ok(aligned)
    }
}
