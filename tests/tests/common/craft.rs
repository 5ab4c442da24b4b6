//! Archives made by hand, for what no golden one has: huge claims, large contigs, many small ones.
//!
//! Nothing is compressed: segment parts are stored, and the tables are zstd frames of stored blocks.

use std::collections::HashMap;

/// A file in the making: parts first, the footer at the end.
#[derive(Default)]
pub struct Craft {
    file: Vec<u8>,
    streams: Vec<(String, Vec<(usize, usize)>)>,
    /// The streams by their names.
    by_name: HashMap<String, usize>,
}

pub fn len_int(value: u64) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let used = &bytes[value.leading_zeros() as usize / 8..];
    [&[used.len() as u8], used].concat()
}

pub fn prefix_int(value: u32) -> Vec<u8> {
    match value {
        0..0x80 => vec![value as u8],
        0x80..0x4080 => ((value as u16 - 0x80) | 0x8000).to_be_bytes().to_vec(),
        0x4080..0x20_4080 => ((value - 0x4080) | 0xC0_0000).to_be_bytes()[1..].to_vec(),
        0x20_4080..0x1020_4080 => ((value - 0x20_4080) | 0xE000_0000).to_be_bytes().to_vec(),
        _ => [&[0xF0], &(value - 0x1020_4080).to_be_bytes()[..]].concat(),
    }
}

/// A zstd frame of stored blocks.
pub fn frame(content: &[u8]) -> Vec<u8> {
    // Magic, then: content size in 8 bytes, single segment.
    let mut frame = vec![0x28, 0xB5, 0x2F, 0xFD, 0xE0];
    frame.extend((content.len() as u64).to_le_bytes());
    let mut blocks = content.chunks(100_000).peekable();
    if blocks.peek().is_none() {
        frame.extend([1, 0, 0]);
    }
    while let Some(block) = blocks.next() {
        let last = u32::from(blocks.peek().is_none());
        frame.extend(&((block.len() as u32) << 3 | last).to_le_bytes()[..3]);
        frame.extend(block);
    }
    frame
}

/// A segment: group, entry, length, reversed.
pub type Segment = (u32, u32, u32, bool);

/// A contig: name and segments.
pub type Contig = (String, Vec<Segment>);

/// The near zigzag, forward.
fn zigzag(x: u64, p: u64) -> u32 {
    let z = if x < p {
        2 * (p - x) - 1
    } else if x < 2 * p {
        2 * (x - p)
    } else {
        x
    };
    u32::try_from(z).expect("32 bits")
}

impl Craft {
    pub fn part(&mut self, stream: &str, metadata: u64, payload: &[u8]) {
        let offset = self.file.len();
        self.file.extend(len_int(metadata));
        self.file.extend(payload);
        let part = (offset, payload.len());
        let streams = self.streams.len();
        let number = *self.by_name.entry(stream.into()).or_insert(streams);
        if number == streams {
            self.streams.push((stream.into(), Vec::new()));
        }
        self.streams[number].1.push(part);
    }

    /// A part that is one frame, its length the metadata.
    pub fn framed(&mut self, stream: &str, content: &[u8]) {
        self.part(stream, content.len() as u64, &frame(content));
    }

    pub fn header(&mut self, params: [u32; 4]) {
        let pairs = b"file_version_major\x003\0file_version_minor\x000\0";
        self.part("file_type_info", 2, pairs);
        self.part("params", 0, &params.map(u32::to_le_bytes).concat());
    }

    /// The collection, of one batch.
    pub fn collection(&mut self, params: [u32; 4], samples: &[(String, Vec<Contig>)]) {
        let count = prefix_int(samples.len() as u32);
        let mut names = count.clone();
        let mut contigs = count.clone();
        let mut blocks = [count.clone(), vec![], vec![], vec![], vec![]];
        let mut tops = HashMap::new();
        for (sample, list) in samples {
            names.extend(sample.bytes().chain([0]));
            let contig_count = prefix_int(list.len() as u32);
            contigs.extend(&contig_count);
            blocks[0].extend(&contig_count);
            for (number, (name, segments)) in list.iter().enumerate() {
                // Spaces keep names from being coded against the one before.
                contigs.extend(
                    name.bytes()
                        .chain(std::iter::repeat_n(b' ', number % 2))
                        .chain([0]),
                );
                blocks[0].extend(prefix_int(segments.len() as u32));
                for &(group, entry, len, reversed) in segments {
                    let top: &mut u32 = tops.entry(group).or_default();
                    let code = match (*top, entry) {
                        (0, _) => entry,
                        (_, 0) => 0,
                        (top, _) => 1 + zigzag(entry.into(), u64::from(top) + 1),
                    };
                    *top = entry.max(*top);
                    blocks[1].extend(prefix_int(group));
                    blocks[2].extend(prefix_int(code));
                    blocks[3].extend(prefix_int(zigzag(
                        len.into(),
                        u64::from(params[0]) + u64::from(params[3]),
                    )));
                    blocks[4].push(reversed.into());
                }
            }
        }
        self.framed("collection-samples", &names);
        self.framed("collection-contigs", &contigs);
        let frames = blocks.each_ref().map(|block| frame(block));
        let sizes = blocks.iter().zip(&frames);
        let mut details: Vec<u8> = sizes
            .flat_map(|(b, f)| [prefix_int(b.len() as u32), prefix_int(f.len() as u32)].concat())
            .collect();
        details.extend(frames.concat());
        self.part("collection-details", 0, &details);
    }

    pub fn finish(mut self) -> Vec<u8> {
        let mut footer = len_int(self.streams.len() as u64);
        for (name, parts) in &self.streams {
            footer.extend(name.bytes().chain([0]));
            footer.extend(len_int(parts.len() as u64));
            footer.push(0);
            for &(offset, len) in parts {
                footer.extend(len_int(offset as u64));
                footer.extend(len_int(len as u64));
            }
        }
        let len = footer.len() as u64;
        self.file.extend(footer);
        self.file.extend(len.to_le_bytes());
        self.file
    }
}
