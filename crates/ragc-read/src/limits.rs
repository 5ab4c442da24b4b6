//! What the reader refuses to hold in memory.

/// Bounds in bytes on what a [`Reader`](crate::Reader) and its clones keep and on what one question may take.
///
/// The clones together hold what `cache_bytes_max` and `collection_bytes_max` allow, and the directory of the archive: its
/// footer and the names of its samples. To this comes, for each thread that is asking, what its question takes: the bytes
/// of the answer, and those supplied; and a batch of tables, once unpacked and once as it is kept, or the references and
/// packs of the answer.
///
/// Numbers in a file are claims: each is held against these bounds, and against what the bytes of the file can
/// possibly expand to, before memory is taken for it. What exceeds one is [`Error::Limit`](crate::Error::Limit).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Decoded references and packs kept for later questions. Shared by the clones of a reader. Of those larger than
    /// this the newest two are kept beside.
    pub cache_bytes_max: u64,
    /// Contig tables kept, sample by sample. Shared by the clones of a reader.
    ///
    /// A segment takes 3 to 6 bytes, a contig 20 and its name. When the tables of all samples that are asked for in
    /// turn do not fit, most questions decode a batch of them again, which is slower by a hundred times.
    pub collection_bytes_max: u64,
    /// Any one thing decoded: the footer's tables, the sample names, the contig table of one sample, a reference, a pack;
    /// of versions 1 and 2, what is known of all contigs when the archive is open.
    pub allocation_bytes_max: u64,
    /// The bases one question may ask for: ask for a chromosome in windows.
    pub answer_bytes_max: u64,
    /// Bytes of the file that one question may need at a time.
    pub supplied_bytes_max: u64,
}

impl Default for Limits {
    /// For a native program: 128 MiB of cache, 256 MiB of tables (600 human assemblies), single things up to 1 GiB.
    fn default() -> Self {
        Limits {
            cache_bytes_max: 128 << 20,
            collection_bytes_max: 256 << 20,
            allocation_bytes_max: 1 << 30,
            answer_bytes_max: 1 << 30,
            supplied_bytes_max: 1 << 30,
        }
    }
}

impl Limits {
    /// For a web page: 64 MiB of cache, 32 MiB of tables, single things up to 256 MiB.
    #[must_use]
    pub fn for_browsers() -> Self {
        Limits {
            cache_bytes_max: 64 << 20,
            collection_bytes_max: 32 << 20,
            allocation_bytes_max: 256 << 20,
            answer_bytes_max: 256 << 20,
            supplied_bytes_max: 256 << 20,
        }
    }
}
