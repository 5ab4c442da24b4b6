//! The digests that an archive holds of its contigs. See docs/FORMAT.md, "Streams of our own".

use std::fmt;
use std::sync::Arc;

use bstr::BStr;

use crate::error::Error;
use crate::format::cursor::Cursor;
use crate::format::footer::{Named, StreamId};
use crate::format::int::prefix_int;
use crate::opened::{Collection, at_part};
use crate::reader::Reader;
use crate::step::{Step, Stop};

/// Bytes of a digest.
const LEN_BYTES: usize = 24;

/// The GA4GH refget digest of a sequence: the first 24 bytes of the SHA-512 of its letters in upper case.
///
/// Written as `SQ.` and its base64url form, which takes 32 letters and no padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; LEN_BYTES]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LETTERS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut text = String::from("SQ.");
        for three in self.0.chunks(3) {
            let bits = three
                .iter()
                .fold(0, |bits, &byte| bits << 8 | usize::from(byte));
            let letters = [18, 12, 6, 0].map(|shift| LETTERS.get(bits >> shift & 63));
            text.extend(letters.into_iter().flatten().copied().map(char::from));
        }
        f.pad(&text)
    }
}

/// The digests of a batch of samples.
#[derive(Debug)]
pub(crate) struct BatchDigests {
    batch: usize,
    /// Where those of each sample end.
    ends: Vec<usize>,
    digests: Vec<Digest>,
}

impl BatchDigests {
    fn parse(batch: usize, text: &[u8], samples_max: usize) -> Result<BatchDigests, Error> {
        let mut cursor = Cursor::new(text);
        let sample_count = index(prefix_int(&mut cursor)?);
        if sample_count > samples_max {
            return Err(cursor.broken(format!(
                "digests of {sample_count} samples, {samples_max} in the batch"
            )));
        }
        let mut ends = Vec::with_capacity(sample_count);
        let mut end = 0_usize;
        for _ in 0..sample_count {
            end = end.saturating_add(index(prefix_int(&mut cursor)?));
            ends.push(end);
        }
        let (digests, rest) = cursor
            .take(end.saturating_mul(LEN_BYTES))?
            .as_chunks::<LEN_BYTES>();
        debug_assert!(rest.is_empty(), "a multiple was taken");
        cursor.finish()?;
        Ok(BatchDigests {
            batch,
            ends,
            digests: digests.iter().copied().map(Digest).collect(),
        })
    }

    /// Those of the sample at a place in the batch; none past the last one.
    fn of_sample(&self, place: usize) -> &[Digest] {
        let start = match place.checked_sub(1) {
            Some(before) => self.ends.get(before).copied(),
            None => Some(0),
        };
        let range = start.zip(self.ends.get(place).copied());
        range
            .and_then(|(start, end)| self.digests.get(start..end))
            .unwrap_or_default()
    }
}

impl Reader {
    /// The digests of a sample's contigs as they are stored, in the order of the contigs; `None` if there are none.
    ///
    /// Archives of `agc`, of versions 1 and 2, and those made so hold none, and some of an archive's samples may lack
    /// them. One or two rounds on an open archive: the sample's batch, and its digests.
    ///
    /// # Errors
    /// `NotFound` if there is no such sample, `Malformed`, `Limit`.
    pub fn digests(&mut self, sample: &BStr) -> Result<Step<Option<Vec<Digest>>>, Error> {
        self.answer(|reader| {
            let number = reader.opened()?.sample_number(sample)?;
            reader.digests_of(number)
        })
    }

    fn digests_of(&mut self, sample: usize) -> Result<Option<Vec<Digest>>, Stop> {
        let opened = self.opened()?;
        let footer = self.footer()?;
        let stream = StreamId::Named(Named::Digests);
        let batch = sample / opened.batch_size();
        let part = footer.parts(stream).and_then(|parts| parts.get(batch));
        if !matches!(opened.collection, Collection::Batches)
            || part.is_none_or(|part| part.len_bytes == 0)
        {
            return Ok(None);
        }
        let samples = opened.samples_of_batch(batch);
        let known = self.shared.digests().clone();
        let digests = match known.filter(|known| known.batch == batch) {
            Some(known) => known,
            None => {
                let text = self.inflate_part(&footer, Named::Digests, batch)?;
                let parsed = BatchDigests::parse(batch, &text, samples.len());
                let parsed = Arc::new(parsed.map_err(at_part(&footer, stream, batch))?);
                *self.shared.digests() = Some(Arc::clone(&parsed));
                parsed
            }
        };
        let found = digests.of_sample(sample - samples.start);
        let contigs = self.table_of(sample)?.len();
        if found.is_empty() && contigs > 0 {
            return Ok(None);
        }
        if found.len() != contigs {
            let why = format!(
                "digests of {} contigs, {contigs} in the sample",
                found.len()
            );
            let error = Error::malformed(why).at(|place| {
                place.sample = opened.samples.get(sample).map(ToString::to_string);
            });
            return Err(at_part(&footer, stream, batch)(error).into());
        }
        Ok(Some(found.to_vec()))
    }
}

/// 32 bits fit everywhere this compiles for.
fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_written_as_refget_has_them() {
        // Of "ACGT", the example of the standard.
        let digest = Digest([
            0x68, 0xa1, 0x78, 0xf7, 0xc7, 0x40, 0xc5, 0xc2, 0x40, 0xaa, 0x67, 0xba, 0x41, 0x84,
            0x3b, 0x11, 0x9d, 0x3b, 0xf9, 0xf8, 0xb0, 0xf0, 0xac, 0x36,
        ]);
        assert_eq!(digest.to_string(), "SQ.aKF498dAxcJAqme6QYQ7EZ07-fiw8Kw2");
        assert_eq!(
            Digest([0xFF; 24]).to_string(),
            format!("SQ.{}", "_".repeat(32))
        );
    }

    fn text(counts: &[u8], digests: usize) -> Vec<u8> {
        let mut text = vec![counts.len() as u8];
        text.extend(counts);
        (0..digests).for_each(|digest| text.extend([digest as u8; LEN_BYTES]));
        text
    }

    #[test]
    fn a_batch_gives_those_of_each_sample() {
        let batch = BatchDigests::parse(7, &text(&[2, 0, 1], 3), 4).unwrap();
        let firsts = |place| {
            batch
                .of_sample(place)
                .iter()
                .map(|d| d.0[0])
                .collect::<Vec<_>>()
        };
        assert_eq!(
            [0, 1, 2, 3].map(firsts),
            [vec![0, 1], vec![], vec![2], vec![]]
        );
    }

    #[test]
    fn broken_batches_are_errors() {
        assert!(
            BatchDigests::parse(0, &text(&[1, 1], 2), 1).is_err(),
            "too many samples"
        );
        assert!(
            BatchDigests::parse(0, &text(&[2], 1), 1).is_err(),
            "cut short"
        );
        assert!(
            BatchDigests::parse(0, &text(&[1], 2), 1).is_err(),
            "left over"
        );
        assert!(BatchDigests::parse(0, &[], 1).is_err(), "empty");
        let claims = [&[1, 0xF0, 0xFF, 0xFF, 0xFF, 0xFF][..], &[0; 24]].concat();
        assert!(
            BatchDigests::parse(0, &claims, 1).is_err(),
            "a claim of 2^32 digests"
        );
    }
}
