//! Any bytes as the index of an archive that is sound, asked everything there is to ask under small limits: answers or
//! errors. Pages are let through though their checksums are wrong, or hardly any input would be read at all.
#![no_main]

use std::ops::Range;

use libfuzzer_sys::fuzz_target;
use ragc_read::{ContigName, Error, INDEX_AT, IndexAt, Limits, Reader, Region, Step};

const LIMIT: u64 = 1 << 20;
const ARCHIVE: &[u8] = include_bytes!("../../tests/data/tiny.agc");

/// Asks until there is an answer; gives up where there were as many rounds as bytes.
fn ask<T>(
    reader: &mut Reader,
    index: &[u8],
    mut question: impl FnMut(&mut Reader) -> Result<Step<T>, Error>,
) -> Result<T, Error> {
    for _ in 0..=index.len() + ARCHIVE.len() {
        match question(reader)? {
            Step::Done(answer) => return Ok(answer),
            Step::Need(ranges) => {
                for Range { start, end } in ranges {
                    let (bytes, at) = match start.checked_sub(INDEX_AT) {
                        Some(at) => (index, at as usize),
                        None => (ARCHIVE, start as usize),
                    };
                    reader.supply(start, &bytes[at..at + (end - start) as usize])?;
                }
            }
        }
    }
    panic!("a question without end");
}

fn ask_everything(index: &[u8]) -> Result<(), Error> {
    let limits = Limits {
        cache_bytes_max: LIMIT,
        collection_bytes_max: LIMIT,
        allocation_bytes_max: LIMIT,
        answer_bytes_max: LIMIT,
        supplied_bytes_max: LIMIT,
    };
    let at = IndexAt::Beside {
        len_bytes: index.len() as u64,
    };
    let mut reader = Reader::with_index(ARCHIVE.len() as u64, at, limits)?;
    ask(&mut reader, index, |r| r.info())?;
    let _ = ask(&mut reader, index, |r| r.samples_page(0, 5));
    let _ = ask(&mut reader, index, |r| r.locate("chr1".into()));
    let samples = ask(&mut reader, index, |r| r.samples())?;
    let _ = ask(&mut reader, index, |r| r.sizes());
    for sample in samples.iter().take(10) {
        let name = ContigName {
            contig: "chr1".into(),
            sample: Some(sample.into()),
        };
        let _ = ask(&mut reader, index, |r| {
            r.locate_all(std::slice::from_ref(&name))
        });
        let _ = ask(&mut reader, index, |r| r.segments_of(sample, 0..usize::MAX));
        let Ok(contigs) = ask(&mut reader, index, |r| r.contigs(sample)) else {
            continue;
        };
        let _ = ask(&mut reader, index, |r| r.contigs_page(sample, 1, 2));
        for (number, contig) in contigs.iter().enumerate().take(20) {
            let end = contig.len_bases.min(10_000);
            let last = contig.len_bases.saturating_sub(100);
            for range in [0..end, last..contig.len_bases] {
                let len = range.end - range.start;
                let name = contig.name;
                let by_name = |r: &mut Reader| r.bases_of(sample, name, range.clone());
                let _ = ask(&mut reader, index, by_name);
                let region = Region {
                    sample: sample.into(),
                    contig: number,
                    range,
                };
                let _ = ask(&mut reader, index, |r| r.alignment(&region));
                if let Ok(bases) = ask(&mut reader, index, |r| r.bases(&region)) {
                    assert_eq!(bases.len() as u64, len);
                }
            }
        }
    }
    Ok(())
}

fuzz_target!(|index: &[u8]| {
    let _ = ask_everything(index);
});
