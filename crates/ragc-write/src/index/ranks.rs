//! Where groups come along the genomes: by their ranks an index knows them. See docs/INDEX.md, "Numbers and pages".

use ragc_read::Archive;

use super::{IndexError, PartPlace};
use crate::archive::RAW_GROUPS;
use crate::arrange::{GenomeOrder, Step};

/// The ranks of all groups.
#[derive(Debug, Default)]
pub struct Ranks {
    /// The groups that are not raw, ascending.
    groups: Vec<u32>,
    /// Where each comes among them.
    order: Vec<u32>,
}

impl Ranks {
    /// Of the groups that have parts at `places`, as the contigs of `archive` go through them.
    pub fn of(archive: &Archive, places: &[PartPlace]) -> Result<Self, IndexError> {
        let groups = places.iter().map(|place| place.group);
        let mut groups: Vec<u32> = groups.filter(|group| *group >= RAW_GROUPS).collect();
        groups.sort_unstable();
        groups.dedup();
        // What cannot be a group is passed over.
        let dense = |group: u32| {
            groups
                .binary_search(&group)
                .map_or(0, |at| at as u32 + RAW_GROUPS)
        };
        let mut order = GenomeOrder::new(groups.len() as u32 + RAW_GROUPS);
        for batch in 0..archive.batch_count()? {
            archive.visit_batch(batch, |contigs| {
                for contig in 0..contigs.len() {
                    let segments = contigs.segments(contig).unwrap_or_default();
                    order.add_contig(segments.into_iter().map(|segment| Step {
                        group: dense(segment.group_id),
                        ..segment.into()
                    }));
                }
                Ok::<_, IndexError>(())
            })?;
        }
        let order = order.places();
        Ok(Self { groups, order })
    }

    /// The rank of a group; of one that has no parts, one that no group has.
    pub fn of_group(&self, group: u32) -> u32 {
        if group < RAW_GROUPS {
            return group;
        }
        let at = self.groups.binary_search(&group);
        at.map_or(u32::MAX, |at| self.order[at] + RAW_GROUPS)
    }
}
