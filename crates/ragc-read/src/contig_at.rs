//! A contig of a sample, and how its segments are come by.

use std::ops::Range;
use std::sync::Arc;

use bstr::{BStr, ByteSlice};

use crate::basics::{Label, Plan};
use crate::error::{Error, within};
use crate::plan::{Piece, pieces};
use crate::reader::Reader;
use crate::segment_table::SegmentTable;
use crate::step::Stop;
use crate::tables::{Contig, Contigs};
use crate::wants::Wants;

/// A contig of a sample, with what is at hand of it.
#[derive(Debug, Clone)]
pub(crate) struct ContigAt {
    /// The sample's number.
    sample: usize,
    sample_name: Arc<[u8]>,
    /// Its number in the sample.
    contig: usize,
    /// Some contigs of the sample, and its place among these.
    contigs: Arc<Contigs>,
    place: usize,
    /// The segments of all the sample's contigs, if the archive is read without an index.
    table: Option<Arc<SegmentTable>>,
}

/// A range of a contig, within it.
#[derive(Debug, Clone)]
pub(crate) struct Span<'a> {
    pub(crate) at: &'a ContigAt,
    pub(crate) range: Range<u64>,
}

impl ContigAt {
    /// What there is to know of it beside its segments.
    pub(crate) fn row(&self) -> Option<Contig<'_>> {
        self.contigs.get(self.place)
    }

    /// The whole name.
    pub(crate) fn name(&self) -> &BStr {
        self.row().map(|contig| contig.name).unwrap_or_default()
    }

    pub(crate) fn sample_name(&self) -> &BStr {
        self.sample_name.as_bstr()
    }

    #[cfg(feature = "fs")]
    pub(crate) fn number(&self) -> usize {
        self.contig
    }

    pub(crate) fn len_bases(&self) -> u64 {
        self.row().map_or(0, |contig| contig.len_bases)
    }

    #[cfg(feature = "fs")]
    pub(crate) fn table(&self) -> Option<&Arc<SegmentTable>> {
        self.table.as_ref()
    }

    fn label(&self) -> Label<'_> {
        Label {
            sample: self.sample_name(),
            contig: self.name(),
        }
    }

    /// A range, cut to the contig.
    pub(crate) fn clip(&self, range: &Range<u64>) -> Result<Range<u64>, Error> {
        let Range { start, end } = *range;
        let len_bases = self.len_bases();
        if start > end {
            return Err(Error::Misuse("a region that ends before it starts"));
        }
        if start > len_bases {
            return Err(Error::NotFound {
                what: "region",
                name: format!("{} base {start}, its length is {len_bases}", self.name()),
            });
        }
        Ok(start..end.min(len_bases))
    }
}

/// The contigs of a sample.
#[derive(Debug, Clone)]
pub(crate) struct ContigsOf {
    sample: usize,
    sample_name: Arc<[u8]>,
    contigs: Arc<Contigs>,
    table: Option<Arc<SegmentTable>>,
}

impl ContigsOf {
    pub(crate) fn contigs(&self) -> &Arc<Contigs> {
        &self.contigs
    }

    /// A contig by its number.
    pub(crate) fn at(&self, contig: usize) -> ContigAt {
        ContigAt {
            sample: self.sample,
            sample_name: Arc::clone(&self.sample_name),
            contig,
            contigs: Arc::clone(&self.contigs),
            place: contig,
            table: self.table.clone(),
        }
    }
}

impl Reader {
    /// The contigs of a sample by its name.
    pub(crate) fn contigs_of(&mut self, sample: &BStr) -> Result<ContigsOf, Stop> {
        let sample_name = Arc::from(sample.as_bytes());
        if let Some(index) = self.index()? {
            let at = self.sample_named(&index, sample)?;
            let known = self.shared.contig_list(at.number);
            let contigs = match known {
                Some(contigs) => contigs,
                None => {
                    let all = 0..at.contig_count();
                    let contigs = Arc::new(self.index_contigs(&index, &at, &all)?);
                    self.shared
                        .keep_contig_list(at.number, Arc::clone(&contigs));
                    contigs
                }
            };
            return Ok(ContigsOf {
                sample: at.number,
                sample_name,
                contigs,
                table: None,
            });
        }
        let number = self.opened()?.sample_number(sample)?;
        let table = self.table_of(number)?;
        Ok(ContigsOf {
            sample: number,
            sample_name,
            contigs: Arc::clone(table.contigs()),
            table: Some(table),
        })
    }

    /// A contig by the name of its sample and its number.
    pub(crate) fn contig_at(&mut self, sample: &BStr, contig: usize) -> Result<ContigAt, Stop> {
        let missing = || Error::NotFound {
            what: "contig number",
            name: format!("{contig} of {sample}"),
        };
        let Some(index) = self.index()? else {
            let contigs = self.contigs_of(sample)?;
            if contig >= contigs.contigs.len() {
                return Err(missing().into());
            }
            return Ok(contigs.at(contig));
        };
        let at = self.sample_named(&index, sample)?;
        let found = self.contig_on_page(&index, &at, contig)?;
        let (contigs, place) = found.ok_or_else(missing)?;
        Ok(ContigAt {
            sample: at.number,
            sample_name: Arc::from(sample.as_bytes()),
            contig,
            contigs,
            place,
            table: None,
        })
    }

    /// The contigs of some numbers, each in the sample of a name, looked up together.
    #[cfg(feature = "fs")]
    pub(crate) fn find_contigs<'r>(
        &mut self,
        places: impl Iterator<Item = (&'r BStr, usize)>,
    ) -> Result<Vec<ContigAt>, Stop> {
        let mut wants = Wants::default();
        let mut found = Vec::new();
        for (sample, contig) in places {
            found.extend(wants.take(self.contig_at(sample, contig))?);
        }
        wants.end(self)?;
        Ok(found)
    }

    /// The bases of a range of a contig.
    pub(crate) fn bases_at(&mut self, at: &ContigAt, range: &Range<u64>) -> Result<Vec<u8>, Stop> {
        let range = at.clip(range)?;
        within(
            "the bases of one answer",
            range.end - range.start,
            self.shared.limits.answer_bytes_max,
        )?;
        let mut bases = Vec::new();
        self.append_bases(&[Span { at, range }], &mut bases)?;
        Ok(bases)
    }

    /// Appends the bases of all `spans` to `out`.
    pub(crate) fn append_bases(
        &mut self,
        spans: &[Span<'_>],
        out: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        let plans = self.plans(spans)?;
        self.append_pieces(&plans, out)
    }

    /// The pieces of all `spans`.
    pub(crate) fn plans<'a>(&mut self, spans: &[Span<'a>]) -> Result<Vec<Plan<'a>>, Stop> {
        let overlap = self.basics()?.params.kmer_len;
        let index = self.index()?;
        let mut wants = Wants::default();
        let mut plans = Vec::with_capacity(spans.len());
        for Span { at, range } in spans {
            let pieces = match (&at.table, &index) {
                (Some(table), _) => pieces_of(table, at.contig, overlap, range)
                    .map(|pieces| (pieces, Vec::new()))
                    .map_err(Stop::from),
                (None, Some(index)) => self.index_pieces(index, at.sample, at.contig, range),
                (None, None) => Err(Error::Misuse("a contig of another reader").into()),
            };
            let label = at.label();
            let pieces = wants.take(pieces.map_err(|stop| label.of(stop)))?;
            plans.extend(pieces.map(|(pieces, places)| Plan {
                label,
                pieces,
                places,
            }));
        }
        wants.end(self)?;
        Ok(plans)
    }
}

/// The pieces of a range of a contig.
fn pieces_of(
    table: &SegmentTable,
    contig: usize,
    overlap: u32,
    range: &Range<u64>,
) -> Result<Vec<Piece>, Error> {
    let (first, at) = table
        .segment_before(contig, range.start)
        .unwrap_or_default();
    let segments = table.segments_from(contig, first).into_iter().flatten();
    pieces((first, at), segments, overlap, range)
}
