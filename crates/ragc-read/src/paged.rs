//! Long lists, page by page.

use bstr::{BStr, BString};

use crate::contig_at::ContigAt;
use crate::error::Error;
use crate::reader::Reader;
use crate::step::{Step, Stop};
use crate::tables::Contigs;
use crate::wants::Wants;

/// Some rows of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paged<T> {
    /// The rows, from the one asked for on; fewer than asked for where the list ends.
    pub rows: T,
    /// Rows of the whole list.
    pub total: usize,
}

/// What there is to know of a sample beside its contigs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleRow {
    /// Its name.
    pub name: BString,
    /// How many contigs it has.
    pub contig_count: usize,
    /// Bases of all its contigs.
    pub bases: u64,
}

impl Reader {
    /// Samples from number `first` on, `count` of them.
    ///
    /// With an index it takes a round at most; else it reads the batches of these samples.
    ///
    /// # Errors
    /// As [`Reader::info`].
    pub fn samples_page(
        &mut self,
        first: usize,
        count: usize,
    ) -> Result<Step<Paged<Vec<SampleRow>>>, Error> {
        self.answer(|reader| {
            let asked = first..first.saturating_add(count);
            let Some(index) = reader.index()? else {
                return reader.samples_page_of_batches(first, count);
            };
            let found = reader.samples_at(&index, asked)?;
            let rows = found.iter().map(|sample| SampleRow {
                name: sample.name().into(),
                contig_count: sample.contig_count(),
                bases: sample.bases(),
            });
            Ok(Paged {
                rows: rows.collect(),
                total: index.root.sample_count,
            })
        })
    }

    fn samples_page_of_batches(
        &mut self,
        first: usize,
        count: usize,
    ) -> Result<Paged<Vec<SampleRow>>, Stop> {
        let opened = self.opened()?;
        let names = opened.samples.iter().enumerate().skip(first).take(count);
        let mut rows = Vec::new();
        for (number, name) in names {
            let table = self.table_of(number)?;
            rows.push(SampleRow {
                name: name.into(),
                contig_count: table.len(),
                bases: table.iter().map(|contig| contig.len_bases).sum(),
            });
        }
        Ok(Paged {
            rows,
            total: opened.samples.len(),
        })
    }

    /// Contigs of a sample from number `first` on, `count` of them.
    ///
    /// With an index it takes a round on an open archive; else it reads the sample's batch.
    ///
    /// # Errors
    /// `NotFound` if there is no such sample.
    pub fn contigs_page(
        &mut self,
        sample: &BStr,
        first: usize,
        count: usize,
    ) -> Result<Step<Paged<Contigs>>, Error> {
        self.answer(|reader| {
            let asked = first..first.saturating_add(count);
            if let Some(index) = reader.index()? {
                let sample = reader.sample_named(&index, sample)?;
                return Ok(Paged {
                    rows: reader.index_contigs(&index, &sample, &asked)?,
                    total: sample.contig_count(),
                });
            }
            let all = reader.contigs_of(sample)?;
            let allowed = reader.shared.limits.allocation_bytes_max;
            let mut rows = Contigs::default();
            for contig in all.contigs().iter().skip(first).take(count) {
                rows.push(contig, allowed)?;
            }
            Ok(Paged {
                rows,
                total: all.contigs().len(),
            })
        })
    }

    /// The contigs at some places, as [`Reader::locate_all`] finds them, looked up together.
    ///
    /// # Errors
    /// `NotFound` if there is no such sample or contig.
    pub fn contigs_at(&mut self, places: &[(&BStr, usize)]) -> Result<Step<Contigs>, Error> {
        self.answer(|reader| {
            let allowed = reader.shared.limits.allocation_bytes_max;
            let mut contigs = Contigs::default();
            let mut wants = Wants::default();
            for &(sample, contig) in places {
                let found = wants.take(reader.contig_at(sample, contig))?;
                if let Some(contig) = found.as_ref().and_then(ContigAt::row) {
                    contigs.push(contig, allowed)?;
                }
                if !wants.is_complete() && !reader.is_indexed() {
                    // One batch after the other, as each is decoded as a whole.
                    break;
                }
            }
            wants.end(reader)?;
            Ok(contigs)
        })
    }
}
