//! Any bytes as an archive, asked everything there is to ask under small limits: answers or errors.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ragc_read::{Error, Limits, Reader, Region, Step};

const LIMIT: u64 = 1 << 20;

/// Asks until there is an answer; gives up where the file has as many rounds as bytes.
fn ask<T>(
    reader: &mut Reader,
    file: &[u8],
    mut question: impl FnMut(&mut Reader) -> Result<Step<T>, Error>,
) -> Result<T, Error> {
    for _ in 0..=file.len() {
        match question(reader)? {
            Step::Done(answer) => return Ok(answer),
            Step::Need(ranges) => {
                for range in ranges {
                    assert!(range.start < range.end && range.end <= file.len() as u64);
                    reader.supply(range.start, &file[range.start as usize..range.end as usize])?;
                }
            }
        }
    }
    panic!("a question without end");
}

fn ask_everything(file: &[u8]) -> Result<(), Error> {
    let limits = Limits {
        cache_bytes_max: LIMIT,
        collection_bytes_max: LIMIT,
        allocation_bytes_max: LIMIT,
        answer_bytes_max: LIMIT,
        supplied_bytes_max: LIMIT,
    };
    let mut reader = Reader::new(file.len() as u64, limits)?;
    ask(&mut reader, file, |r| r.info())?;
    let samples = ask(&mut reader, file, |r| r.samples())?;
    let _ = ask(&mut reader, file, |r| r.sizes());
    let _ = ask(&mut reader, file, |r| r.locate("chr1".into()));
    for sample in samples.iter().take(20) {
        let _ = ask(&mut reader, file, |r| r.digests(sample));
        let _ = ask(&mut reader, file, |r| r.segments_of(sample, 0..usize::MAX));
        let Ok(contigs) = ask(&mut reader, file, |r| r.contigs(sample)) else {
            continue;
        };
        for (number, contig) in contigs.iter().enumerate().take(50) {
            let end = contig.len_bases.min(10_000);
            let last = contig.len_bases.saturating_sub(100);
            for range in [0..end, last..contig.len_bases] {
                let len = range.end - range.start;
                let region = Region {
                    sample: sample.into(),
                    contig: number,
                    range,
                };
                let _ = ask(&mut reader, file, |r| r.alignment(&region));
                if let Ok(bases) = ask(&mut reader, file, |r| r.bases(&region)) {
                    assert_eq!(bases.len() as u64, len);
                }
            }
        }
    }
    Ok(())
}

fuzz_target!(|file: &[u8]| {
    let _ = ask_everything(file);
});
