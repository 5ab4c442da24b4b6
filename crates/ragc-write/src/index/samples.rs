//! The section that lists the samples. See docs/INDEX.md, "Samples".

use super::IndexError;
use super::columns::{Columns, PageMaker};
use super::scratch::Scratch;
use super::section::Section;

const SAMPLES_MAX: usize = 512;

/// A page that is being filled.
#[derive(Default)]
pub struct SamplePages {
    section: Section,
    /// Of the page's first sample.
    number: u64,
    block_offset: u64,
    names: Columns,
    samples: Vec<SampleRow>,
    pages: Vec<PageRow>,
}

struct SampleRow {
    contigs: u64,
    bases: u64,
    pages: u64,
}

/// A contig page.
pub struct PageRow {
    pub contigs: u64,
    pub len_bytes: u64,
    pub segments_bytes: u64,
}

impl SamplePages {
    /// Adds a sample, whose block begins at `block_offset` and has contig pages as `pages` says.
    pub fn add(
        &mut self,
        name: &[u8],
        bases: u64,
        block_offset: u64,
        pages: Vec<PageRow>,
        front: &mut Scratch,
        maker: &mut PageMaker,
    ) -> Result<(), IndexError> {
        if self.samples.len() == SAMPLES_MAX {
            self.end_page(front, maker)?;
        }
        if self.samples.is_empty() {
            self.block_offset = block_offset;
        }
        self.names.string(name);
        self.samples.push(SampleRow {
            contigs: pages.iter().map(|page| page.contigs).sum(),
            bases,
            pages: pages.len() as u64,
        });
        self.pages.extend(pages);
        Ok(())
    }

    fn end_page(&mut self, front: &mut Scratch, maker: &mut PageMaker) -> Result<(), IndexError> {
        let mut columns = Columns::default();
        columns.varint(self.samples.len() as u64);
        self.names.end();
        columns.append(&std::mem::take(&mut self.names));
        columns.varints(self.samples.iter().map(|sample| sample.contigs));
        columns.varints(self.samples.iter().map(|sample| sample.bases));
        columns.varints(self.samples.iter().map(|sample| sample.pages));
        columns.varint(self.block_offset);
        columns.varints(self.pages.iter().map(|page| page.contigs));
        columns.varints(self.pages.iter().map(|page| page.len_bytes));
        columns.varints(self.pages.iter().map(|page| page.segments_bytes));
        self.section
            .add(self.number, maker.page(&columns)?, front)?;
        self.number += self.samples.len() as u64;
        self.samples.clear();
        self.pages.clear();
        Ok(())
    }

    /// The section, all of whose pages are made.
    pub fn finish(
        mut self,
        front: &mut Scratch,
        maker: &mut PageMaker,
    ) -> Result<Section, IndexError> {
        if !self.samples.is_empty() {
            self.end_page(front, maker)?;
        }
        Ok(self.section)
    }
}
