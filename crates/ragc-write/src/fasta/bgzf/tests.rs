//! Blocks of every length, cut and damaged in every place, inflated by whoever is at hand.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use flate2::{Compression, GzBuilder};

use super::*;
use crate::create::{CreateError, CreateOptions, Progress, SampleInput, Summary, create};
use crate::fasta::tests::{Contigs, Folder, contigs_of, gzip, read_in_windows, zstd_frame};
use crate::fasta::{FastaError, FastaReader};

/// A block of up to 64 KiB.
fn block_of(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new()
        .extra(*b"BC\x02\0\0\0")
        .write(Vec::new(), Compression::fast());
    encoder.write_all(content).expect("memory");
    let mut block = encoder.finish().expect("memory");
    let len = u16::try_from(block.len() - 1).expect("blocks are short");
    block[16..18].copy_from_slice(&len.to_le_bytes());
    block
}

fn blocks_of(content: &[u8], block_len: usize) -> Vec<Vec<u8>> {
    let mut blocks: Vec<_> = content.chunks(block_len).map(block_of).collect();
    blocks.push(block_of(b""));
    blocks
}

fn bgzf(content: &[u8], block_len: usize) -> Vec<u8> {
    blocks_of(content, block_len).concat()
}

/// A contig of letters and line ends that do not repeat.
fn genome(len: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let mut content = b">a\r\n".to_vec();
    for at in 0..len {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        content.push(b"ACGT"[(state >> 30) as usize]);
        if at % 60 == 59 {
            content.extend_from_slice(b"\r\n");
        }
    }
    content
}

fn read(content: &[u8]) -> Result<Contigs, FastaError> {
    let folder = Folder::new();
    let (contigs, _) = read_in_windows(&folder.file(content), usize::MAX)?;
    Ok(contigs)
}

fn expected(content: &[u8]) -> Contigs {
    read(content).expect("plain FASTA")
}

#[test]
fn blocks_may_end_anywhere() {
    let content = b">a b\r\nACGTN\r\nAC\r\n\r\n;x\r\nGT\r\n>b\r\n>c\nTTTT\rG";
    let expected = expected(content);
    for block_len in 1..=content.len() {
        assert_eq!(read(&bgzf(content, block_len)).expect("blocks"), expected);
    }
}

#[test]
fn empty_blocks_may_lie_anywhere() {
    let content = b">a\nACGT\n>b\nTT\n";
    let mut blocks = blocks_of(content, 3);
    for at in (0..=blocks.len()).rev() {
        blocks.insert(at, block_of(b""));
    }
    assert_eq!(read(&blocks.concat()).expect("blocks"), expected(content));
    // More of them than are given to a thread at once.
    let file = [vec![block_of(b""); 20_000].concat(), bgzf(content, 5)].concat();
    assert_eq!(read(&file).expect("blocks"), expected(content));
}

#[test]
fn blocks_and_other_members_may_follow_each_other() {
    let content = genome(400_000);
    let (start, end) = content.split_at(250_000);
    for file in [
        [bgzf(start, 0xFF00), gzip(end)].concat(),
        [gzip(start), bgzf(end, 0xFF00)].concat(),
        [bgzf(start, 0xFF00), gzip(b""), bgzf(end, 1 << 16)].concat(),
    ] {
        assert!(read(&file).expect("members") == expected(&content));
    }
    let garbage = [bgzf(&content, 0xFF00), b"this is no member".to_vec()].concat();
    let message = read(&garbage).expect_err("garbage").to_string();
    assert!(message.contains("damaged gzip data"), "{message}");
}

#[test]
fn a_file_cut_between_two_blocks_lacks_its_mark_and_any_other_is_an_error() {
    let content = genome(3000);
    let blocks = blocks_of(&content, 1000);
    let file = blocks.concat();
    let mut borders = vec![0];
    for block in &blocks {
        borders.push(borders[borders.len() - 1] + block.len());
    }
    let folder = Folder::new();
    for len in 2..=file.len() {
        let path = folder.file(&file[..len]);
        let mut reader = FastaReader::open(&path).expect("gzip data");
        let read = contigs_of(&mut reader, usize::MAX);
        if borders.contains(&len) {
            assert!(read.is_ok(), "{len} bytes: {read:?}");
            assert_eq!(reader.lacks_end_mark(), len < file.len(), "{len} bytes");
        } else {
            let message = read.expect_err("a part of a block").to_string();
            assert!(
                message.contains("in.fa: the gzip data end too early"),
                "{len} bytes: {message}"
            );
        }
    }
}

#[test]
fn damaged_blocks_are_told() {
    let content = genome(3000);
    let blocks = blocks_of(&content, 1000);
    let second = blocks[0].len();
    let crc = second + blocks[1].len() - FOOTER_LEN_BYTES;
    for (at, flipped, why) in [
        (crc, 1, "does not match its checksum"),
        (crc + 4, 8, "cannot be inflated, or holds more bytes"),
        (crc + 4, 16, "holds fewer bytes than it says"),
        (second + 18, 6, "cannot be inflated"),
        // The extra field covers the next block: gzip would leave both out and see nothing wrong.
        (second + 11, 1 << 2, "is shorter than its header"),
    ] {
        let mut file = blocks.concat();
        file[at] ^= flipped;
        let message = read(&file).expect_err("damaged").to_string();
        let place = format!("in.fa: damaged gzip data: the block at byte {second} {why}");
        assert!(message.contains(&place), "{message}");
    }
}

#[test]
fn no_flipped_bit_changes_a_base() {
    let content = genome(700);
    let expected = expected(&content);
    let file = bgzf(&content, 300);
    for bit in 0..8 * file.len() {
        let mut damaged = file.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        if let Ok(contigs) = read(&damaged) {
            assert!(contigs == expected, "bit {bit} of {}", 8 * file.len());
        }
    }
}

#[test]
fn it_does_not_matter_who_inflates() {
    let content = genome(3_000_000);
    let expected = expected(&content);
    let folder = Folder::new();
    let path = folder.file(&bgzf(&content, 0xFF00));
    let kept: Arc<Mutex<Vec<Task>>> = Arc::default();
    let keep = Arc::clone(&kept);
    let offers: [Offer; 4] = [
        Arc::new(drop),
        Arc::new(|task| task()),
        Arc::new(|task| drop(std::thread::spawn(task))),
        Arc::new(move |task| {
            let mut kept = keep.lock().expect("nobody panics");
            kept.push(task);
            if kept.len().is_multiple_of(3) {
                // Too late for some, in time for others.
                kept.drain(..).for_each(|task| task());
            }
        }),
    ];
    for offer in offers {
        let mut reader = FastaReader::open_and_offer(&path, Some(offer)).expect("gzip data");
        assert!(contigs_of(&mut reader, usize::MAX).expect("blocks") == expected);
        assert!(!reader.lacks_end_mark());
    }
}

/// The archive of some files, each a sample.
fn archive(
    paths: &[&Path],
    threads: usize,
    out: impl Write + Send,
) -> Result<Summary, CreateError> {
    let inputs: Vec<_> = (0..)
        .zip(paths)
        .map(|(number, path)| SampleInput {
            name: format!("s{number}").into(),
            path: path.to_path_buf(),
        })
        .collect();
    let options = CreateOptions {
        threads,
        ..CreateOptions::default()
    };
    create(&inputs[..], &options, out, &Progress::default())
}

#[test]
fn archives_depend_neither_on_the_compression_nor_on_threads() {
    let content = genome(1_000_000);
    let mut variant = content.clone();
    variant[4..].chunks_mut(1000).for_each(|letters| {
        letters[0] = b'N';
    });
    let folders = [Folder::new(), Folder::new()];
    let mut first = Vec::new();
    for compress in [<[u8]>::to_vec, gzip, zstd_frame, |content: &[u8]| {
        bgzf(content, 0xFF00)
    }] {
        let paths = [
            folders[0].file(&compress(&content)),
            folders[1].file(&compress(&variant)),
        ];
        for threads in [1, 2, 8] {
            let mut out = Vec::new();
            let summary = archive(&[&paths[0], &paths[1]], threads, &mut out).expect("an archive");
            assert_eq!(summary.warnings, [""; 0]);
            if first.is_empty() {
                first.clone_from(&out);
            }
            assert!(out == first, "{threads} threads");
        }
    }
}

#[test]
fn a_missing_mark_is_a_warning() {
    let folder = Folder::new();
    let mut blocks = blocks_of(&genome(3000), 1000);
    blocks.pop();
    let path = folder.file(&blocks.concat());
    let summary = archive(&[&path], 2, io::sink()).expect("an archive");
    let [warning] = &summary.warnings[..] else {
        panic!("{:?}", summary.warnings);
    };
    assert!(
        warning.contains("in.fa: the empty block that ends a BGZF file is missing"),
        "{warning}"
    );
}

/// Takes some bytes and then no more.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self
            .0
            .checked_sub(bytes.len())
            .ok_or_else(|| io::Error::other("full"))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_run_that_fails_ends() {
    let (told, ended) = sync_channel(1);
    std::thread::spawn(move || {
        let folders = [Folder::new(), Folder::new()];
        let mut blocks = blocks_of(&genome(2_000_000), 0xFF00);
        let sound = folders[0].file(&blocks.concat());
        blocks.truncate(20);
        let broken = [blocks.concat(), block_of(b"ACGT")[..20].to_vec()].concat();
        let broken = folders[1].file(&broken);
        for threads in [1, 2, 8] {
            let paths = [&sound, &broken, &sound, &sound].map(|path| &**path);
            let failed = archive(&paths, threads, io::sink()).expect_err("a file cut short");
            assert!(failed.to_string().contains("cut short"), "{failed}");
            let paths = [&sound; 4].map(|path| &**path);
            let failed = archive(&paths, threads, Full(1 << 17)).expect_err("a full disk");
            assert!(failed.to_string().contains("full"), "{failed}");
        }
        told.send(()).expect("the test waits");
    });
    assert!(ended.recv_timeout(Duration::from_secs(300)).is_ok());
}
