//! A section: pages found by keys, through nodes. See docs/INDEX.md, "The root".

use super::IndexError;
use super::columns::{Columns, PageMaker};
use super::scratch::Scratch;

/// Children of a node; only the last of a level has fewer, so that pages are found by their numbers too.
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

    /// The number of the page that has `key`, if that is there.
    pub fn page_with(&self, key: u64) -> Option<u64> {
        let pages = self.pages.partition_point(|page| page.key <= key);
        pages.checked_sub(1).map(|page| page as u64)
    }

    /// Says that the scratch with its pages was appended to another one that had `bytes`.
    pub fn move_by(&mut self, bytes: u64) {
        self.start += bytes;
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

#[cfg(test)]
mod tests {
    use std::env::temp_dir;

    use super::*;

    fn section(pages: u64, scratch: &mut Scratch, maker: &mut PageMaker) -> (Top, u64) {
        let mut section = Section::default();
        for key in 0..pages {
            section
                .add(key * 3, vec![b'p'; 1 + key as usize % 5], scratch)
                .unwrap();
        }
        let bytes = section.len_bytes;
        (section.finish(scratch, maker).unwrap(), bytes)
    }

    #[test]
    fn a_section_has_as_many_levels_as_it_needs() {
        let mut maker = PageMaker::new().unwrap();
        for (pages, levels) in [(0, 0), (1, 0), (2, 1), (1024, 1), (1025, 2), (3000, 2)] {
            let mut scratch = Scratch::new(&temp_dir());
            scratch.append(b"other pages").unwrap();
            let (top, bytes) = section(pages, &mut scratch, &mut maker);
            assert_eq!(top.levels, levels, "{pages} pages");
            // All but the top lie in the scratch.
            let before = b"other pages".len() as u64;
            assert_eq!(
                scratch.len_bytes() - before + top.page.len() as u64,
                top.section_bytes
            );
            match levels {
                0 => assert_eq!(top.page, vec![b'p'; pages as usize]),
                _ => assert!(top.section_bytes > bytes),
            }
        }
    }

    #[test]
    fn pages_have_numbers_by_their_keys() {
        let (mut scratch, mut section) = (Scratch::new(&temp_dir()), Section::default());
        for key in [5, 9, 20] {
            section.add(key, vec![0], &mut scratch).unwrap();
        }
        let numbers = [4, 5, 8, 9, 19, 20, 99].map(|key| section.page_with(key));
        let expected = [None, Some(0), Some(0), Some(1), Some(1), Some(2), Some(2)];
        assert_eq!(numbers, expected);
    }

    #[test]
    fn a_node_leads_to_nodes_which_lead_to_pages() {
        let mut maker = PageMaker::new().unwrap();
        let mut scratch = Scratch::new(&temp_dir());
        let (top, bytes) = section(1500, &mut scratch, &mut maker);
        let all =
            |start: u64, end: u64, key: fn(u64) -> u64, lens: &dyn Fn(u64) -> u64, at: u64| {
                let children = (start..end).map(|child| Child {
                    key: key(child),
                    len_bytes: lens(child),
                });
                maker_page(&node(&children.collect::<Vec<_>>(), at))
            };
        let pages = |page: u64| 1 + page % 5;
        let first = all(0, 1024, |page| page * 3, &pages, 0);
        let second_at = (0..1024).map(pages).sum();
        let second = all(1024, 1500, |page| page * 3, &pages, second_at);
        let lens = [first.len() as u64, second.len() as u64];
        let of_node = move |node: u64| lens[node as usize];
        assert_eq!(top.page, all(0, 2, |node| node * 3072, &of_node, bytes));
        let mut nodes = vec![0; first.len() + second.len()];
        scratch.read_at(bytes, &mut nodes).unwrap();
        assert_eq!(nodes, [first, second].concat());
    }

    fn maker_page(columns: &Columns) -> Vec<u8> {
        PageMaker::new().unwrap().page(columns).unwrap()
    }
}
