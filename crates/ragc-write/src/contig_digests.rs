//! The digests of contigs: as they are stored, or else from their bases.

use std::mem;

use ragc_read::{Archive, ArchiveError, Contigs, Digest};

use crate::walk::{Walked, walk};

/// A contig and its digest.
#[derive(Debug)]
pub struct ContigDigest<'a> {
    /// Number of the sample, from 0.
    pub sample: usize,
    /// The contigs of the sample.
    pub contigs: &'a Contigs,
    /// Which of them it is, from 0.
    pub number: usize,
    /// Its digest.
    pub digest: Digest,
    /// Whether it is stored.
    pub is_stored: bool,
}

/// Gives the digest of each contig of `samples`, numbers from 0, to `take`, in this order. Those that are not stored are
/// made with `threads` threads.
///
/// # Errors
/// What cannot be read or decoded, or the error of `take`.
pub fn contig_digests<E: From<ArchiveError>>(
    archive: &Archive,
    samples: impl IntoIterator<Item = usize>,
    threads: usize,
    mut take: impl FnMut(ContigDigest<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let names = archive.samples()?;
    let mut lacking = Vec::new();
    for sample in samples {
        let name = names.get(sample).unwrap_or_default();
        let Some(stored) = archive.digests(name)? else {
            lacking.push(sample);
            continue;
        };
        make(archive, mem::take(&mut lacking), threads, &mut take)?;
        let contigs = archive.contigs(name)?;
        for (number, digest) in stored.into_iter().enumerate() {
            take(ContigDigest {
                sample,
                contigs: &contigs,
                number,
                digest,
                is_stored: true,
            })?;
        }
    }
    make(archive, lacking, threads, &mut take)
}

/// Makes those of `samples`.
fn make<E: From<ArchiveError>>(
    archive: &Archive,
    samples: Vec<usize>,
    threads: usize,
    mut take: impl FnMut(ContigDigest<'_>) -> Result<(), E>,
) -> Result<(), E> {
    if samples.is_empty() {
        return Ok(());
    }
    walk(archive, samples, threads, |walked| match walked {
        Walked::Unread(_, error) | Walked::Broken(error) => Err(error.into()),
        Walked::Contig(contig) => match contig.digest {
            Some(digest) => take(ContigDigest {
                sample: contig.sample,
                contigs: &contig.contigs,
                number: contig.number,
                digest,
                is_stored: false,
            }),
            // Then what is broken was told before, and ended the walk.
            None => Ok(()),
        },
    })
}
