//! The bytes of an archive that a window of a contig needs: every reference and pack it crosses.

use std::io;
use std::path::Path;

use ragc_read::Region;
use ragc_tests::needed::Needed;
use ragc_tests::rng::Rng;

use crate::set::Set;

/// Of the windows whose bytes are counted.
pub(crate) const WINDOW_BASES: u64 = 10_000;

/// As many as make the mean steady.
pub(crate) const WINDOWS: usize = 2_000;

/// Regions drawn evenly from the samples and from the bases of each; a contig that is shorter is taken whole.
pub(crate) fn draw(set: &Set, windows: usize, window_bases: u64) -> Vec<Region> {
    let mut rng = Rng::keyed(&[set.bases()]);
    (0..windows)
        .filter_map(|_| {
            let sample = &set.samples[rng.index(set.samples.len())];
            let mut at = rng.below(sample.records.iter().map(|record| record.bases).sum());
            let contig = sample.records.iter().position(|record| {
                let here = at < record.bases;
                at -= if here { 0 } else { record.bases };
                here
            })?;
            let len = sample.records[contig].bases;
            let start = at.min(len.saturating_sub(window_bases));
            Some(Region {
                sample: sample.name.as_str().into(),
                contig,
                range: start..len.min(start + window_bases),
            })
        })
        .collect()
}

/// The mean over `regions` of the bytes needed when the tables of their samples are known and nothing else is.
pub(crate) fn mean_bytes(archive: &Path, regions: &[Region]) -> io::Result<f64> {
    let mut needed = Needed::open(archive)?;
    let mut bytes = 0;
    for region in regions {
        bytes += needed.bytes(region)?;
    }
    Ok(bytes as f64 / regions.len() as f64)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use ragc_tests::collection::Collection;
    use ragc_tests::simulate::Options;
    use ragc_write::create::CreateOptions;

    use super::{Needed, WINDOW_BASES, WINDOWS, draw, mean_bytes};
    use crate::set::Set;

    #[test]
    fn a_window_needs_some_of_the_archive_and_the_same_each_time() {
        let genomes = Collection::simulated(&Options {
            samples: 3,
            bases: 200_000,
            ..Options::default()
        });
        let archive = genomes.path("x.agc");
        let options = CreateOptions {
            segment_size: Some(1000),
            ..CreateOptions::default()
        };
        fs::write(&archive, genomes.archive(&options).0).expect("it takes files");
        let set = Set::of_folder("genomes", &genomes.path(""), None).expect("it holds genomes");
        let regions = draw(&set, WINDOWS, WINDOW_BASES);
        let mean = mean_bytes(&archive, &regions).expect("our archive");
        let archive_bytes = fs::metadata(&archive).expect("it was written").len();
        assert!(
            mean > 100.0 && mean * 2.0 < archive_bytes as f64,
            "{mean} of {archive_bytes}"
        );
        let mut needed = Needed::open(&archive).expect("our archive");
        let mut ask = || needed.bytes(&regions[0]).expect("a region of it");
        assert_eq!(ask(), ask());
    }
}
