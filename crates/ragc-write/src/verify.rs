//! Is all of an archive sound? Decodes everything, compares what is there twice, and goes on after an error.

use std::sync::atomic::{AtomicU64, Ordering};

use ragc_read::{Archive, ArchiveError, Digest, Error, Place, Samples, StoredPart, Stream};

use crate::walk::{Walked, WalkedContig, malformed, walk};

/// Bytes of a splitter, and of a pair of them with its group.
const SPLITTER_BYTES: u64 = 8;
const SEGMENT_SPLITTER_BYTES: u64 = 20;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Samples whose tables can be read.
    pub samples: u64,
    /// Contigs that can be decoded.
    pub contigs: u64,
    /// Bases of these.
    pub bases: u64,
    /// Digests that were compared.
    pub digests: u64,
    /// Errors found. What is broken may show in several places.
    pub errors: u64,
}

/// How far the work has come.
#[derive(Debug, Default)]
pub struct Progress {
    /// Samples done with.
    pub samples: AtomicU64,
    /// Bases decoded.
    pub bases: AtomicU64,
}

/// Decodes all of `archive` with `threads` threads and gives every error to `tell`.
///
/// Looks whether each part lies in the file and can be unpacked, the tables can be read, each segment has the length that
/// its table says and begins with what the one before ends with, and each contig has the digest that is stored of it, if
/// one is.
///
/// # Errors
/// When so little of the archive can be read that nothing can be said about the rest.
pub fn verify(
    archive: &Archive,
    threads: usize,
    progress: &Progress,
    tell: impl FnMut(&ArchiveError),
) -> Result<Verified, ArchiveError> {
    let names = archive.samples()?;
    let mut verifier = Verifier {
        names: &names,
        archive,
        digests: (usize::MAX, None),
        verified: Verified::default(),
        last_error: String::new(),
        tell,
    };
    verifier.verified.samples = names.len() as u64;
    verifier.look_at_parts(archive)?;
    walk(archive, 0..names.len(), threads, |walked| {
        if let Walked::Contig(contig) = &walked {
            let len = contig.contigs.get(contig.number).map_or(0, |c| c.len_bases);
            progress
                .samples
                .store(contig.sample as u64, Ordering::Relaxed);
            progress.bases.fetch_add(len, Ordering::Relaxed);
        }
        verifier.take(walked);
        Ok::<_, ArchiveError>(())
    })?;
    Ok(verifier.verified)
}

struct Verifier<'a, T> {
    names: &'a Samples,
    archive: &'a Archive,
    /// Those of one sample.
    digests: (usize, Option<Vec<Digest>>),
    verified: Verified,
    last_error: String,
    tell: T,
}

impl<T: FnMut(&ArchiveError)> Verifier<'_, T> {
    /// Reads and unpacks every part, those that no segment leads to as well.
    fn look_at_parts(&mut self, archive: &Archive) -> Result<(), ArchiveError> {
        let version = archive.info()?.file_version.0;
        let parts = archive.stored_parts()?;
        let mut rest = parts.as_slice();
        while !rest.is_empty() {
            let mut seen = 0;
            let read = archive.read_parts(rest, |part, metadata, payload| {
                seen += 1;
                if let Err(error) = look_at(archive, version, part, metadata, payload) {
                    self.tell(&error);
                }
                Ok(())
            });
            match read {
                Ok(()) => break,
                // The part after those that were seen; those behind it may be sound.
                Err(error @ ArchiveError::Archive(_)) => self.tell(&error),
                Err(error) => return Err(error),
            }
            rest = rest.get(seen + 1..).unwrap_or_default();
        }
        Ok(())
    }

    fn take(&mut self, walked: Walked) {
        match walked {
            Walked::Unread(_, error) => {
                self.verified.samples -= 1;
                self.tell_once(&error);
            }
            Walked::Broken(error) => self.tell(&error),
            Walked::Contig(contig) => self.take_contig(&contig),
        }
    }

    fn take_contig(&mut self, contig: &WalkedContig) {
        let WalkedContig {
            sample,
            contigs,
            number,
            digest,
        } = contig;
        if self.digests.0 != *sample {
            let name = self.names.get(*sample).unwrap_or_default();
            let read = self.archive.digests(name);
            let digests = read.map_err(|error| self.tell_once(&error));
            self.digests = (*sample, digests.unwrap_or_default());
        }
        let Some(digest) = digest else { return };
        self.verified.contigs += 1;
        self.verified.bases += contigs.get(*number).map_or(0, |contig| contig.len_bases);
        let stored = self.digests.1.as_ref();
        let Some(stored) = stored.and_then(|digests| digests.get(*number)) else {
            return;
        };
        self.verified.digests += 1;
        if stored != digest {
            let error = malformed(self.names, *sample, contigs, *number, |_| {
                format!("the digest that is stored is {stored}, that of its bases {digest}")
            });
            self.tell(&error);
        }
    }

    fn tell(&mut self, error: &ArchiveError) {
        self.verified.errors += 1;
        (self.tell)(error);
    }

    /// Tells an error that all samples of a batch have in common.
    fn tell_once(&mut self, error: &ArchiveError) {
        let text = error.to_string();
        if text != self.last_error {
            self.tell(error);
            self.last_error = text;
        }
    }
}

/// Whether a part is sound by itself. Tables are looked at by those who read samples.
fn look_at(
    archive: &Archive,
    version: u32,
    part: &StoredPart,
    metadata: u64,
    payload: &[u8],
) -> Result<(), ArchiveError> {
    let unit = match part.stream {
        Stream::Reference(_) => {
            return archive.reference_letters(part, metadata, payload).map(drop);
        }
        Stream::Packs(_) => return archive.pack_text(part, metadata, payload).map(drop),
        Stream::Splitters => SPLITTER_BYTES,
        Stream::SegmentSplitters => SEGMENT_SPLITTER_BYTES,
        _ => return Ok(()),
    };
    let bytes = payload.len() as u64;
    if version == 3 && metadata.checked_mul(unit) != Some(bytes) {
        let why = format!("{metadata} records of {unit} bytes expected, {bytes} bytes found");
        return Err(error_in(part, why).into());
    }
    Ok(())
}

fn error_in(part: &StoredPart, why: String) -> Error {
    let mut place = Box::<Place>::default();
    place.stream = Some(part.stream.name());
    place.part = u32::try_from(part.number).ok();
    place.offset = Some(part.offset);
    Error::Malformed { place, why }
}
