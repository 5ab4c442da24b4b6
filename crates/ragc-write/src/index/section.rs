//! A section: pages found by keys, through nodes. See docs/INDEX.md, "The root".

use super::IndexError;
use super::columns::{Columns, PageMaker};
use super::scratch::Scratch;

/// Children of a node.
const CHILDREN_MAX: usize = 1024;

/// A page, or a node that leads to some.
#[derive(Debug, Clone, Copy)]
struct Child {
    key: u64,
    len_bytes: u64,
}

/// The pages of a section, one behind the other in a scratch, and what leads to them.
#[derive(Debug, Default)]
pub struct Section {
    pages: Vec<Child>,
    /// Where the first page lies.
    start: u64,
    /// The first page, as long as it is the only one.
    only: Vec<u8>,
    len_bytes: u64,
}

/// What leads to all pages of a section.
#[derive(Debug)]
pub struct Top {
    /// Of nodes, this one counted.
    pub levels: u64,
    /// A node, or the only page.
    pub page: Vec<u8>,
    /// Bytes of all pages of the section, nodes included.
    pub section_bytes: u64,
}

impl Section {
    /// Adds a page. It goes to `scratch` when another one comes, so all of a section lies there, or its only page is the top.
    ///
    /// # Errors
    /// Those of `scratch`.
    pub fn add(
        &mut self,
        key: u64,
        page: Vec<u8>,
        scratch: &mut Scratch,
    ) -> Result<(), IndexError> {
        let len_bytes = page.len() as u64;
        self.len_bytes += len_bytes;
        match self.pages.len() {
            0 => self.only = page,
            1 => {
                self.start = scratch.len_bytes();
                scratch.append(&std::mem::take(&mut self.only))?;
                scratch.append(&page)?;
            }
            _ => scratch.append(&page)?,
        }
        self.pages.push(Child { key, len_bytes });
        Ok(())
    }

    /// Makes the nodes; all but the top go to `scratch`.
    ///
    /// # Errors
    /// Those of `scratch`, and when memory runs out inside zstd.
    pub fn finish(self, scratch: &mut Scratch, maker: &mut PageMaker) -> Result<Top, IndexError> {
        let mut section_bytes = self.len_bytes;
        if self.pages.len() < 2 {
            return Ok(Top {
                levels: 0,
                page: self.only,
                section_bytes,
            });
        }
        let (mut levels, mut start, mut children) = (1, self.start, self.pages);
        while children.len() > CHILDREN_MAX {
            let nodes_start = scratch.len_bytes();
            let mut nodes = Vec::new();
            for children in children.chunks(CHILDREN_MAX) {
                let page = maker.page(&node(children, start))?;
                start += children.iter().map(|child| child.len_bytes).sum::<u64>();
                scratch.append(&page)?;
                section_bytes += page.len() as u64;
                nodes.push(Child {
                    key: children[0].key,
                    len_bytes: page.len() as u64,
                });
            }
            (levels, start, children) = (levels + 1, nodes_start, nodes);
        }
        let page = maker.page(&node(&children, start))?;
        section_bytes += page.len() as u64;
        Ok(Top {
            levels,
            page,
            section_bytes,
        })
    }
}

fn node(children: &[Child], start: u64) -> Columns {
    let mut columns = Columns::default();
    columns.varint(children.len() as u64);
    columns.varint(start);
    columns.differences(children.iter().map(|child| child.key));
    columns.varints(children.iter().map(|child| child.len_bytes));
    columns
}
