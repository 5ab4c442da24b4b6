//! Does an archive that was added to still give what it gave? Compares tables, and digests of the bases.

use std::ops::Range;
use std::sync::atomic::Ordering;

use ragc_read::{Archive, ArchiveError, BStr, Digest, Samples};

use crate::contig_digests::contig_digests;
use crate::verify::Progress;
use crate::walk::{Walked, walk};

/// Samples and contigs whose digests are held at once: a sample more may be begun.
const SAMPLES_TOGETHER: usize = 1 << 12;
const CONTIGS_TOGETHER: usize = 1 << 20;

/// Why it is not proven.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Changed {
    /// The old archive cannot be read.
    #[error("in the old archive: {0}")]
    Old(ArchiveError),
    /// The new archive cannot be read.
    #[error("in the new archive: {0}")]
    New(ArchiveError),
    /// They differ.
    #[error("{place}: {old} in the old archive, {new} in the new one")]
    Differs {
        /// Sample and contig.
        place: String,
        /// What was there.
        old: String,
        /// What is there.
        new: String,
    },
}

/// The error of the old archive, for `?`.
impl From<ArchiveError> for Changed {
    fn from(error: ArchiveError) -> Self {
        Self::Old(error)
    }
}

/// Proves that the samples of `old` are the first ones of `new`, in the same order, with the same contigs and bases.
///
/// The bases of `new` are decoded, by `threads` threads, and compared by their digests: with those stored in `old`, or
/// with what its bases give where it has none.
///
/// # Errors
/// The first difference, or what cannot be read.
pub fn check_unchanged(
    old: &Archive,
    new: &Archive,
    threads: usize,
    progress: &Progress,
) -> Result<(), Changed> {
    let names = old.samples()?;
    let found = new.samples().map_err(Changed::New)?;
    same_names(&names, &found)?;
    let mut start = 0;
    while start < names.len() {
        let (mut end, mut contigs) = (start, 0);
        while end < names.len() && end - start < SAMPLES_TOGETHER && contigs < CONTIGS_TOGETHER {
            let name = names.get(end).unwrap_or_default();
            contigs += same_contigs(name, old, new)?;
            end += 1;
        }
        same_bases(&names, start..end, [old, new], threads, progress)?;
        start = end;
    }
    Ok(())
}

fn same_names(old: &Samples, new: &Samples) -> Result<(), Changed> {
    for (number, name) in old.iter().enumerate() {
        let found = new.get(number).unwrap_or_default();
        same(|| format!("sample {number}"), name, found)?;
    }
    Ok(())
}

/// Compares names and lengths of the contigs of a sample, and counts these.
fn same_contigs(sample: &BStr, old: &Archive, new: &Archive) -> Result<usize, Changed> {
    let old = old.contigs(sample)?;
    let new = new.contigs(sample).map_err(Changed::New)?;
    let place = || format!("sample {sample}");
    same(place, &counted(old.len()), &counted(new.len()))?;
    for (old, new) in old.iter().zip(new.iter()) {
        same(place, old.name, new.name)?;
        let place = || format!("sample {sample}, contig {}", old.name);
        let [old, new] = [old, new].map(|contig| format!("{} bases", contig.len_bases));
        same(place, &old, &new)?;
    }
    Ok(old.len())
}

fn counted(contigs: usize) -> String {
    format!("{contigs} contigs")
}

/// Compares the digests of some samples, whose tables are the same.
fn same_bases(
    names: &Samples,
    samples: Range<usize>,
    [old, new]: [&Archive; 2],
    threads: usize,
    progress: &Progress,
) -> Result<(), Changed> {
    let mut digests: Vec<Digest> = Vec::new();
    contig_digests(old, samples.clone(), threads, |contig| {
        digests.push(contig.digest);
        Ok::<_, Changed>(())
    })?;
    let mut digests = digests.into_iter();
    let walked = walk(new, samples, threads, |walked| {
        let contig = match walked {
            Walked::Unread(_, error) | Walked::Broken(error) => {
                return Err(New(Changed::New(error)));
            }
            Walked::Contig(contig) => contig,
        };
        let table = contig.contigs.get(contig.number);
        let len = table.map_or(0, |contig| contig.len_bases);
        progress
            .samples
            .store(contig.sample as u64, Ordering::Relaxed);
        progress.bases.fetch_add(len, Ordering::Relaxed);
        let place = || {
            let sample = names.get(contig.sample).unwrap_or_default();
            let name = table.map(|contig| contig.name).unwrap_or_default();
            format!("sample {sample}, contig {name}")
        };
        let told = |digest: Option<Digest>| digest.map_or("nothing".into(), |d| d.to_string());
        same(place, &told(digests.next()), &told(contig.digest)).map_err(New)
    });
    walked.map_err(|New(changed)| changed)
}

/// What ends the walk through the new archive, whose own errors are not the old one's.
struct New(Changed);

impl From<ArchiveError> for New {
    fn from(error: ArchiveError) -> Self {
        Self(Changed::New(error))
    }
}

fn same<T: PartialEq + ToString + ?Sized>(
    place: impl FnOnce() -> String,
    old: &T,
    new: &T,
) -> Result<(), Changed> {
    if old == new {
        return Ok(());
    }
    Err(Changed::Differs {
        place: place(),
        old: old.to_string(),
        new: new.to_string(),
    })
}
