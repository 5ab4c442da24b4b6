//! All of an index, read by docs/INDEX.md alone: strictly, and in no hurry.

use std::collections::BTreeMap;
use std::ops::Range;

use bstr::BString;
use twox_hash::XxHash64;

const HEAD: usize = 72;

/// What an index says, all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    pub archive_len: u64,
    pub footer_len: u64,
    pub footer_hash: u64,
    pub seal: u64,
    pub parts_base: u64,
    pub long_names: bool,
    pub pairs: u64,
    pub file_type_info: Vec<u8>,
    /// k, `min_match_len`, C, `segment_size`.
    pub params: [u64; 4],
    pub streams: u64,
    pub groups: u64,
    pub samples: Vec<Sample>,
    /// Group and part to offset and length.
    pub places: BTreeMap<(u64, u64), (u64, u64)>,
    /// Key, sample, contig, sorted.
    pub names: Vec<(u64, u64, u64)>,
    /// Levels of the sections.
    pub levels: [u64; 3],
    /// First keys of the pages of places.
    pub places_keys: Vec<u64>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sample {
    pub name: BString,
    pub bases: u64,
    pub contigs: Vec<Contig>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contig {
    pub name: BString,
    pub len_bases: u64,
    pub segments: Vec<Segment>,
    /// The segments from mark to mark, with ranks for groups, and the numbers of the pages of places that they need.
    pub stretches: Vec<(Vec<Segment>, Vec<i64>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    pub group: u64,
    pub entry: u64,
    pub len_bases: u64,
    pub reversed: bool,
}

impl Segment {
    fn is_raw(self) -> bool {
        self.group < 16
    }
}

/// The content of a page.
struct Page {
    bytes: Vec<u8>,
    at: usize,
}

impl Page {
    fn byte(&mut self) -> u8 {
        self.at += 1;
        self.bytes[self.at - 1]
    }

    fn bytes(&mut self, len: u64) -> Vec<u8> {
        (0..len).map(|_| self.byte()).collect()
    }

    fn varint(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            number |= u64::from(byte & 0x7F) << shift;
            shift += 7;
            if byte < 0x80 {
                return number;
            }
        }
    }

    fn varints(&mut self, count: u64) -> Vec<u64> {
        (0..count).map(|_| self.varint()).collect()
    }

    fn svarint(&mut self) -> i64 {
        signed(self.varint())
    }

    /// Numbers of which differences are written.
    fn sums(&mut self, count: u64) -> Vec<u64> {
        let mut sum = 0;
        let next = |_| {
            sum += self.varint();
            sum
        };
        (0..count).map(next).collect()
    }

    fn signed_sums(&mut self, count: u64) -> Vec<i64> {
        let mut sum = 0;
        let next = |_| {
            sum += self.svarint();
            sum
        };
        (0..count).map(next).collect()
    }

    fn string(&mut self) -> BString {
        let len = self.bytes[self.at..].iter().position(|&byte| byte == 0);
        let text = self.bytes(len.expect("a zero") as u64);
        self.at += 1;
        text.into()
    }

    fn strings(&mut self, count: u64) -> Vec<BString> {
        (0..count).map(|_| self.string()).collect()
    }

    fn split(&mut self, count: u64) -> Vec<u64> {
        let low = self.bytes(count);
        low.into_iter()
            .map(|low| u64::from(low) | self.varint() << 8)
            .collect()
    }

    /// That all was read.
    fn end(self) {
        assert_eq!(self.at, self.bytes.len(), "bytes behind the last column");
    }
}

fn signed(code: u64) -> i64 {
    (code >> 1) as i64 ^ -((code & 1) as i64)
}

/// The index while it is read: its bytes, and which of them have been read.
struct Bytes<'a> {
    bytes: &'a [u8],
    seen: Vec<Range<usize>>,
}

impl Bytes<'_> {
    fn page(&mut self, at: u64, len: u64) -> Page {
        let range = at as usize..(at + len) as usize;
        self.seen.push(range.clone());
        let frame = &self.bytes[range];
        // Magic, then a byte that says: one segment or a known window, a content size, and a checksum.
        assert_eq!(frame[..4], [0x28, 0xB5, 0x2F, 0xFD]);
        assert!(frame[4] & 0x04 != 0, "a checksum");
        assert!(frame[4] & 0xE0 != 0, "a content size");
        let bytes = zstd::decode_all(frame).expect("a zstd frame");
        Page { bytes, at: 0 }
    }

    /// The pages below a node or, at level 0, that page, and their keys.
    fn pages(&mut self, levels: u64, at: u64, len: u64, origin: u64) -> Vec<(Option<u64>, Page)> {
        if len == 0 {
            return Vec::new();
        }
        if levels == 0 {
            return vec![(None, self.page(at, len))];
        }
        let mut node = self.page(at, len);
        let count = node.varint();
        assert!((1..=1024).contains(&count));
        let mut at = origin + node.varint();
        let keys = node.sums(count);
        let lens = node.varints(count);
        node.end();
        let mut pages = Vec::new();
        for (key, len) in keys.into_iter().zip(lens) {
            let mut below = self.pages(levels - 1, at, len, origin);
            let first = &mut below[0].0;
            assert!(first.is_none_or(|first| first == key), "keys of nodes");
            *first = Some(key);
            pages.append(&mut below);
            at += len;
        }
        pages
    }
}

/// Reads an index, which `bytes` begins with.
pub fn decode(bytes: &[u8]) -> Decoded {
    let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("8 bytes"));
    let short = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("4 bytes"));
    assert_eq!(&bytes[..8], b"ragindex");
    assert_eq!(short(8), 1, "version");
    let root_end = HEAD + short(12) as usize;
    assert_eq!(number(16), bytes.len() as u64, "length of the index");
    let hashed = [&bytes[..64], &bytes[HEAD..root_end]].concat();
    assert_eq!(number(64), XxHash64::oneshot(0, &hashed));
    let mut bytes = Bytes {
        bytes,
        seen: std::iter::once(0..HEAD).collect(),
    };
    let mut root = bytes.page(HEAD as u64, (root_end - HEAD) as u64);
    let long_names = root.varint() == 1;
    let pairs = root.varint();
    let info_len = root.varint();
    let mut decoded = Decoded {
        archive_len: number(24),
        footer_len: number(32),
        footer_hash: number(40),
        seal: number(48),
        parts_base: number(56),
        long_names,
        pairs,
        file_type_info: root.bytes(info_len),
        params: [0; 4].map(|_| root.varint()),
        streams: root.varint(),
        groups: root.varint(),
        samples: Vec::new(),
        places: BTreeMap::new(),
        names: Vec::new(),
        levels: [0; 3],
        places_keys: Vec::new(),
    };
    let (sample_count, contig_count) = (root.varint(), root.varint());
    let tops = [0; 3].map(|_| (root.varint(), root.varint()));
    let front_len = root.varint();
    root.end();
    decoded.levels = tops.map(|(levels, _)| levels);

    let front = root_end as u64 + tops.iter().map(|(_, len)| len).sum::<u64>();
    let body = front + front_len;
    let mut at = root_end as u64;
    let mut pages = Vec::new();
    for (section, (levels, len)) in tops.into_iter().enumerate() {
        let origin = if section == 0 { front } else { body };
        pages.push(bytes.pages(levels, at, len, origin));
        at += len;
    }
    let [samples, names, places] = pages.try_into().ok().expect("three sections");
    for (key, page) in samples {
        let first = decoded.samples.len() as u64;
        assert_eq!(key.unwrap_or(first), first, "key of a page of samples");
        decode_samples(page, body, &mut bytes, &mut decoded.samples);
    }
    let contigs: usize = decoded.samples.iter().map(|s| s.contigs.len()).sum();
    assert_eq!(
        (sample_count, contig_count),
        (decoded.samples.len() as u64, contigs as u64)
    );
    for (key, page) in names {
        let first = decoded.names.len();
        decode_names(page, &mut decoded.names);
        assert_eq!(
            key.unwrap_or(decoded.names[first].0),
            decoded.names[first].0
        );
    }
    let mut groups = BTreeMap::new();
    for (key, page) in places {
        let first = decode_places(page, &mut decoded.places, &mut groups);
        assert_eq!(key.unwrap_or(first), first, "key of a page of places");
        decoded.places_keys.push(first);
    }
    check_stretches(&decoded);
    let contigs = decoded.samples.iter_mut().flat_map(|s| &mut s.contigs);
    for segment in contigs.flat_map(|contig| &mut contig.segments) {
        segment.group = groups[&segment.group];
    }

    // Every byte belongs to one page.
    bytes.seen.sort_by_key(|range| range.start);
    let end = bytes.seen.iter().fold(0, |end, range| {
        assert_eq!(range.start, end, "bytes of no page, or of two");
        range.end
    });
    assert_eq!(end, bytes.bytes.len());
    decoded
}

fn decode_samples(mut page: Page, body: u64, bytes: &mut Bytes<'_>, samples: &mut Vec<Sample>) {
    let n = page.varint();
    assert!((1..=512).contains(&n));
    let names = page.strings(n);
    let (contigs, bases, pages) = (page.varints(n), page.varints(n), page.varints(n));
    let mut at = body + page.varint();
    let m = pages.iter().sum();
    let (page_contigs, page_lens) = (page.varints(m), page.varints(m));
    let segments_lens = page.varints(m);
    page.end();
    let mut next = 0;
    for (number, name) in names.into_iter().enumerate() {
        let own = next..next + pages[number] as usize;
        next = own.end;
        let mut sample = Sample {
            name,
            bases: bases[number],
            contigs: Vec::new(),
        };
        let mut segments_at = at + page_lens[own.clone()].iter().sum::<u64>();
        for page in own {
            let first = sample.contigs.len();
            let contig_page = bytes.page(at, page_lens[page]);
            let len = decode_contigs(contig_page, segments_at, bytes, &mut sample.contigs);
            assert_eq!(
                len, segments_lens[page],
                "length of the segment pages of a page"
            );
            assert_eq!((sample.contigs.len() - first) as u64, page_contigs[page]);
            at += page_lens[page];
            segments_at += len;
        }
        at = segments_at;
        assert_eq!(sample.contigs.len() as u64, contigs[number]);
        let sum: u64 = sample.contigs.iter().map(|contig| contig.len_bases).sum();
        assert_eq!(sum, sample.bases);
        samples.push(sample);
    }
}

/// The contigs of a page, whose segment pages begin at `at`; how long these are together.
fn decode_contigs(
    mut page: Page,
    at: u64,
    bytes: &mut Bytes<'_>,
    contigs: &mut Vec<Contig>,
) -> u64 {
    let n = page.varint();
    assert!((1..=256).contains(&n));
    let names = page.strings(n);
    let (lens, counts) = (page.varints(n), page.varints(n));
    let a_page = page.varint();
    let segment_count: u64 = counts.iter().sum();
    let page_lens = page.varints(segment_count.div_ceil(a_page));
    let a_mark = page.varint();
    let of_contigs: Vec<u64> = counts.iter().map(|count| count.div_ceil(a_mark)).collect();
    let positions: Vec<Vec<u64>> = of_contigs.iter().map(|&marks| page.sums(marks)).collect();
    let page_counts = page.varints(of_contigs.iter().sum());
    let mut places = page.signed_sums(page_counts.iter().sum()).into_iter();
    let mut page_counts = page_counts.into_iter();
    page.end();
    let mut segments = Vec::new();
    let mut start = at;
    for len in page_lens {
        decode_segments(bytes.page(start, len), &mut segments);
        let left = segment_count - (segments.len() as u64 - 1) / a_page * a_page;
        assert_eq!((segments.len() as u64 - 1) % a_page + 1, left.min(a_page));
        start += len;
    }
    assert_eq!(segments.len() as u64, segment_count);

    let mut rest = segments.as_slice();
    for (number, name) in names.into_iter().enumerate() {
        let (own, after) = rest.split_at(counts[number] as usize);
        rest = after;
        let stretches = own.chunks(a_mark as usize).map(|stretch| {
            let count = page_counts.next().expect("one a mark") as usize;
            (stretch.to_vec(), places.by_ref().take(count).collect())
        });
        let contig = Contig {
            name,
            len_bases: lens[number],
            segments: own.to_vec(),
            stretches: stretches.collect(),
        };
        check_positions(&positions[number], a_mark, &contig);
        contigs.push(contig);
    }
    start - at
}

/// That the pages of places are told that segments need, sorted, and no others.
fn check_stretches(decoded: &Decoded) {
    let page_of = |rank: u64, part: u64| {
        let key = rank << 32 | part;
        decoded.places_keys.partition_point(|first| *first <= key) as i64 - 1
    };
    let pack = |entry: u64| entry / decoded.params[2] + 1;
    let contigs = decoded.samples.iter().flat_map(|sample| &sample.contigs);
    for (segments, pages) in contigs.flat_map(|contig| &contig.stretches) {
        let mut needed = Vec::new();
        for &segment in segments {
            let Segment { group, entry, .. } = segment;
            if segment.is_raw() {
                needed.push(page_of(group, pack(entry)));
                continue;
            }
            needed.push(page_of(group, 0));
            if entry > 0 {
                needed.push(page_of(group, pack(entry - 1)));
            }
        }
        needed.sort_unstable();
        needed.dedup();
        assert_eq!(*pages, needed, "pages of places of a stretch");
    }
}

/// Compares positions with what lengths of contigs and segments say: k is not known here, but follows from these.
fn check_positions(positions: &[u64], a_mark: u64, contig: &Contig) {
    let count = contig.segments.len() as u64;
    let lens = contig.segments.iter().map(|segment| segment.len_bases);
    let sum: u64 = lens.sum();
    let long = |segment: &Segment| segment.len_bases >= 32;
    // Segments shorter than the overlap, which only old archives have, are another story.
    if count < 2 || !contig.segments.iter().all(long) {
        return;
    }
    let overlap = (sum - contig.len_bases) / (count - 1);
    let mut position = 0;
    for (at, segment) in (0..).zip(&contig.segments) {
        if at % a_mark == 0 {
            let mark = (at / a_mark) as usize;
            assert_eq!(positions[mark], position, "position of a mark");
        }
        position += segment.len_bases - if at == 0 { 0 } else { overlap };
    }
    assert_eq!(position, contig.len_bases);
}

fn decode_segments(mut page: Page, segments: &mut Vec<Segment>) {
    let n = page.varint();
    let usual = page.varint() as i64;
    let reversed = page.bytes(n.div_ceil(8));
    let mut lines = vec![(0, 1)];
    let mut groups = Vec::new();
    for _ in 0..n {
        let code = page.varint();
        let (difference, line) = (signed(code / 8), (code % 8) as usize);
        let (before, direction) = lines[line];
        let group = before + direction + difference;
        if -64 < difference && difference < 64 {
            lines.remove(line);
            let step: i64 = group - before;
            lines.insert(
                0,
                (group, if step == 0 { direction } else { step.signum() }),
            );
        } else {
            lines.insert(0, (group, direction));
            lines.truncate(8);
        }
        groups.push(u64::try_from(group).expect("a group"));
    }
    let (entries, lens) = (page.split(n), page.split(n));
    page.end();
    for (number, group) in groups.into_iter().enumerate() {
        segments.push(Segment {
            group,
            entry: entries[number],
            len_bases: u64::try_from(usual + signed(lens[number])).expect("a length"),
            reversed: reversed[number / 8] >> (number % 8) & 1 == 1,
        });
    }
}

fn decode_names(mut page: Page, names: &mut Vec<(u64, u64, u64)>) {
    let n = page.varint();
    assert!((1..=1024).contains(&n));
    let keys = page.sums(n);
    let samples = page.varints(n);
    let contigs = page.varints(n);
    page.end();
    let mut sample = 0;
    for (number, &key) in keys.iter().enumerate() {
        let goes_on = number > 0 && keys[number - 1] == key;
        sample = samples[number] + if goes_on { sample } else { 0 };
        names.push((key, sample, contigs[number]));
    }
}

/// Adds the places of a page, and the groups by their ranks; the key of the first.
fn decode_places(
    mut page: Page,
    places: &mut BTreeMap<(u64, u64), (u64, u64)>,
    by_rank: &mut BTreeMap<u64, u64>,
) -> u64 {
    let r = page.varint();
    let ranks = page.sums(r);
    let groups = page.signed_sums(r);
    for (&rank, &group) in ranks.iter().zip(&groups) {
        let group = u64::try_from(group).expect("a group");
        let known = *by_rank.entry(rank).or_insert(group);
        assert_eq!(known, group, "one group a rank");
    }
    let (firsts, counts) = (page.varints(r), page.varints(r));
    let turns = (0..counts.iter().copied().max().unwrap_or(0)).flat_map(|turn| {
        let has_turn = |run: &usize| counts[*run] > turn;
        let runs = (0..counts.len()).filter(has_turn);
        runs.map(|run| (by_rank[&ranks[run]], firsts[run] + turn))
            .collect::<Vec<_>>()
    });
    let ids: Vec<(u64, u64)> = turns.collect();
    assert!((1..=2048).contains(&ids.len()));
    let differences: Vec<i64> = ids.iter().map(|_| page.svarint()).collect();
    let lens = page.split(ids.len() as u64);
    page.end();
    let mut end = 0;
    for (id, (difference, len)) in ids.iter().zip(differences.into_iter().zip(lens)) {
        let offset = end + difference;
        let new = places.insert(*id, (u64::try_from(offset).expect("an offset"), len));
        assert_eq!(new, None, "a part twice");
        end = offset + len as i64;
    }
    ranks[0] << 32 | firsts[0]
}
