//! Small files written here, and the awkward ones of `../shared/corpora/odd` where they are at hand.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::packed::word_at;

/// A directory of its own for every test, removed when dropped.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let unique = format!(
            "ragc-fasta-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(unique);
        std::fs::create_dir(&path).expect("a temporary directory");
        Self(path)
    }

    pub(super) fn file(&self, content: &[u8]) -> PathBuf {
        let path = self.0.join("in.fa");
        std::fs::write(&path, content).expect("a temporary file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn letters_of(seq: &PackedSeq) -> Vec<u8> {
    let mut letters: Vec<u8> = (0..seq.len())
        .map(|at| b"ACGT"[(word_at(seq.words(), at) & 3) as usize])
        .collect();
    for run in seq.exceptions() {
        letters[run.start as usize..run.end() as usize]
            .fill(b"ACGTNRYSWKMBDHVU"[run.code as usize]);
    }
    letters
}

pub(super) type Contigs = Vec<(Vec<u8>, Vec<u8>)>;

/// Every contig of `path`, its bases asked for in windows of `window`.
pub(super) fn read_in_windows(path: &Path, window: usize) -> Result<(Contigs, Counts), FastaError> {
    let mut reader = FastaReader::open(path)?;
    let contigs = contigs_of(&mut reader, window)?;
    Ok((contigs, reader.counts()))
}

pub(super) fn contigs_of(reader: &mut FastaReader, window: usize) -> Result<Contigs, FastaError> {
    let mut contigs = Contigs::new();
    while let Some(name) = reader.next_contig()? {
        let mut bases = Vec::new();
        loop {
            let mut piece = PackedSeq::default();
            let complete = reader.read_bases(&mut piece, window)?;
            assert!(piece.len() <= window);
            bases.extend(letters_of(&piece));
            if complete {
                break;
            }
            assert!(!piece.is_empty(), "a window without progress");
        }
        contigs.push((name, bases));
    }
    assert!(reader.next_contig()?.is_none(), "the end stays the end");
    Ok(contigs)
}

fn read(content: &[u8]) -> Result<(Contigs, Counts), FastaError> {
    let folder = Folder::new();
    let path = folder.file(content);
    let whole = read_in_windows(&path, usize::MAX);
    if let Ok((contigs, counts)) = &whole {
        for window in [1, 7, 32, 33] {
            let (windowed, windowed_counts) =
                read_in_windows(&path, window).expect("readable in one piece");
            assert_eq!(windowed, *contigs, "windows of {window}");
            assert_eq!(windowed_counts, *counts);
        }
    }
    whole
}

/// `name=BASES` of every contig, joined by blanks.
fn summary(content: &[u8]) -> String {
    let (contigs, _) = read(content).expect("readable");
    let shown = contigs
        .iter()
        .map(|(name, bases)| format!("{}={}", name.escape_ascii(), bases.escape_ascii()));
    shown.collect::<Vec<_>>().join(" ")
}

fn error(content: &[u8]) -> String {
    match read(content) {
        Ok((contigs, _)) => panic!("{contigs:?} out of {}", content.escape_ascii()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn line_ends_of_every_kind() {
    assert_eq!(summary(b">a x\nACGT\nACG\n>b\nTT\n"), "a x=ACGTACG b=TT");
    assert_eq!(
        summary(b">a x\r\nACGT\r\nACG\r\n>b\r\nTT\r\n"),
        "a x=ACGTACG b=TT"
    );
    assert_eq!(summary(b">a x\rACGT\rACG\r>b\rTT\r"), "a x=ACGTACG b=TT");
    assert_eq!(summary(b">a\nACGT"), "a=ACGT");
    assert_eq!(summary(b">a\n\n\nAC\n\r\n\nGT\n\n>b\n\n"), "a=ACGT b=");
    assert_eq!(summary(b"\n \t\r\n>a\nAC\n"), "a=AC");
    assert_eq!(summary(b"\xEF\xBB\xBF>a\nAC\n"), "a=AC");
}

#[test]
fn headers_are_kept_whole() {
    assert_eq!(summary(b">a  two\tthree \nAC\n"), "a  two\\tthree =AC");
    assert_eq!(summary(b">>a\nAC\n> b\nGT\n"), ">a=AC  b=GT");
    assert_eq!(summary(b">\nAC\n>"), "=AC =");
    assert_eq!(summary(b">a\n>b\n\n>c"), "a= b= c=");
    assert_eq!(summary(b">a\nAC\n>a\nGT\n"), "a=AC a=GT");
}

#[test]
fn a_record_starts_only_where_a_line_does() {
    let (contigs, counts) = read(b">a\nAC>GT\n>b\nA\n").expect("readable");
    assert_eq!(
        contigs,
        [
            (b"a".to_vec(), b"ACGT".to_vec()),
            (b"b".to_vec(), b"A".to_vec())
        ]
    );
    assert_eq!(
        counts,
        Counts {
            replaced: 0,
            left_out: 1
        }
    );
}

#[test]
fn comments_are_no_sequence() {
    assert_eq!(
        summary(b"; old style\n# and new\n>a\nAC\n;ACGT\nGT\n"),
        "a=ACGT"
    );
    assert_eq!(summary(b">a\nAC\n;"), "a=AC");
    assert_eq!(summary(b">a\nAC;GT\n"), "a=ACGT");
}

#[test]
fn letters_without_a_code_become_n_and_the_rest_is_left_out() {
    let (contigs, counts) = read(b">a\nacgtEfX-AC*.GT 10\nRYSWKMBDHVU?\n").expect("readable");
    assert_eq!(
        contigs,
        [(b"a".to_vec(), b"ACGTNNNACGTRYSWKMBDHVU".to_vec())]
    );
    assert_eq!(
        counts,
        Counts {
            replaced: 3,
            left_out: 7
        }
    );
}

#[test]
fn long_lines_and_names_cross_the_buffer() {
    let sequence = b"ACGTTGCANCATTGARC".repeat(100_000);
    let name = "n".repeat(900_000);
    let mut file = format!(">{name}\n").into_bytes();
    file.extend_from_slice(&sequence);
    file.extend_from_slice(b"\n>b\nAC");
    let folder = Folder::new();
    let path = folder.file(&file);
    for window in [usize::MAX, 1_000_003] {
        let (contigs, _) = read_in_windows(&path, window).expect("readable");
        assert_eq!(contigs.len(), 2);
        assert_eq!(contigs[0].0.len(), name.len());
        assert!(contigs[0].1 == sequence);
    }
}

#[test]
fn a_contig_may_be_left_unread() {
    let folder = Folder::new();
    let path = folder.file(b">a\nACGT\n>b\nEE\nAC\nGGTTAACC\n>c\nG\n");
    let mut reader = FastaReader::open(&path).expect("there");
    assert_eq!(reader.next_contig().expect("a"), Some(b"a".to_vec()));
    assert_eq!(reader.next_contig().expect("b"), Some(b"b".to_vec()));
    assert!(
        !reader
            .read_bases(&mut PackedSeq::default(), 3)
            .expect("bases")
    );
    assert_eq!(reader.next_contig().expect("c"), Some(b"c".to_vec()));
    assert_eq!(reader.counts().replaced, 2);
    assert_eq!(reader.next_contig().expect("the end"), None);
}

#[test]
fn what_is_no_fasta_says_what_it_looks_like() {
    for (content, expected) in [
        (&b""[..], "in.fa: no contig: the file is empty"),
        (
            b"\n# only\n; comments\n",
            "nothing but blank lines and comments",
        ),
        (
            b"ACGTTGCA\n",
            "line 1: expected FASTA, found a bare sequence",
        ),
        (
            b"\n\n# x\nACGTTGCA\n",
            "line 4: expected FASTA, found a bare sequence",
        ),
        (b"@read\nACGT\n+\nIIII\n", "FASTQ"),
        (b"BZh91AY&SY", "bzip2 data, which is not read"),
        (b"\x00\x01\x02\x03", "binary data"),
        (b"MEKIVLLLAIVSLVKSDQICIGYHANNS\n", "a bare protein sequence"),
        (
            b">q\n40 40 38 37\n12 14\n",
            "mostly no nucleotides up to line 4",
        ),
        (b">a\nAC\x00\x00\x00", "binary data"),
        (
            b">na\xC3\xAFve\nAC\n",
            "line 1: contig name \"na\\\\xc3\\\\xafve\": archives hold names of ASCII",
        ),
        (
            b">a\nAC\n>b\0\nAC\n",
            "line 3: contig name \"b\\\\x00\": archives cannot hold names with zero bytes",
        ),
    ] {
        let message = error(content);
        assert!(
            message.contains(expected),
            "{}: {message}",
            content.escape_ascii()
        );
        assert!(message.contains("in.fa"), "{message}");
    }
    let protein = ">p\n".to_owned() + &"MEKIVLLLAIVSLVKSDQICIGYHANNSTEQVDTIMEKNVT\n".repeat(200);
    assert!(error(protein.as_bytes()).contains("protein"));
    assert!(matches!(
        FastaReader::open(Path::new("/nowhere/x.fa")),
        Err(FastaError::Io { .. })
    ));
}

pub(super) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).expect("memory");
    encoder.finish().expect("memory")
}

pub(super) fn zstd_frame(content: &[u8]) -> Vec<u8> {
    zstd::encode_all(content, 1).expect("memory")
}

fn xz_stream(content: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 1);
    encoder.write_all(content).expect("memory");
    encoder.finish().expect("memory")
}

#[test]
fn compressed_files_of_several_members_frames_or_streams() {
    for compress in [gzip, zstd_frame, xz_stream] {
        let mut file = compress(b">a\nAC");
        file.extend(compress(b""));
        file.extend(compress(b"GT\n>b\nTT"));
        assert_eq!(summary(&file), "a=ACGT b=TT");
    }
    for twice in [
        gzip(&gzip(b">a\nAC\n")),
        zstd_frame(&xz_stream(b">a\nAC\n")),
    ] {
        assert!(error(&twice).contains("compressed data within compressed data"));
    }
    let mut tar = vec![b'a'; 1024];
    tar[257..262].copy_from_slice(b"ustar");
    assert!(error(&gzip(&tar)).contains("a tar archive"));
}

#[test]
fn compressed_files_cut_short_or_damaged_are_errors() {
    let content: Vec<u8> = (0..40_000_u32)
        .map(|i| b"ACGT\n"[(i.wrapping_mul(2_654_435_761) >> 29) as usize % 5])
        .collect();
    let content = [&b">a\n"[..], &content].concat();
    for compress in [gzip, zstd_frame, xz_stream] {
        let file = compress(&content);
        for len in [6, 12, file.len() / 2, file.len() - 1] {
            let message = error(&file[..len]);
            assert!(
                message.contains("cut short"),
                "{len} of {}: {message}",
                file.len()
            );
        }
    }
    let mut damaged = gzip(&content);
    let crc = damaged.len() - 8;
    damaged[crc] ^= 1;
    assert!(error(&damaged).contains("damaged gzip data"));
    let mut followed = gzip(&content);
    followed.extend(b"no gzip member");
    assert!(error(&followed).contains("gzip data"));
    let mut damaged = xz_stream(&content);
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    assert!(error(&damaged).contains("in.fa: damaged xz data"));
    let mut followed = xz_stream(&content);
    followed.extend(b"no xz stream");
    assert!(error(&followed).contains("damaged xz data"));
}

#[test]
fn xz_files_whose_dictionary_takes_too_much_say_so() {
    let options = |dictionary_bytes| {
        let mut options = liblzma::stream::LzmaOptions::new_preset(0).expect("a preset");
        options.dict_size(dictionary_bytes);
        options
    };
    for (dictionary_bytes, expected) in [(64 << 20, None), (256 << 20, Some("more than 128 MiB"))] {
        let mut filters = liblzma::stream::Filters::new();
        filters.lzma2(&options(dictionary_bytes));
        let check = liblzma::stream::Check::Crc32;
        let stream = liblzma::stream::Stream::new_stream_encoder(&filters, check).expect("memory");
        let mut encoder = liblzma::write::XzEncoder::new_stream(Vec::new(), stream);
        encoder.write_all(b">a\nACGT\n").expect("memory");
        let file = encoder.finish().expect("memory");
        match expected {
            None => assert_eq!(summary(&file), "a=ACGT"),
            Some(words) => assert!(error(&file).contains(words)),
        }
    }
}

#[test]
fn bytes_read_reaches_the_size_of_the_file() {
    for content in [
        b">a\nACGT\n".to_vec(),
        gzip(b">a\nACGT\n"),
        zstd_frame(b">a\nACGT\n"),
        xz_stream(b">a\nACGT\n"),
    ] {
        let folder = Folder::new();
        let path = folder.file(&content);
        let mut reader = FastaReader::open(&path).expect("there");
        while reader.next_contig().expect("readable").is_some() {}
        assert_eq!(reader.bytes_read(), content.len() as u64);
    }
}

/// What each awkward file must give: contigs, symbols, letters replaced, bytes left out; or words of the error.
enum Expected {
    Read(usize, usize, u64, u64),
    Refused(&'static str),
}

#[test]
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn odd_files() {
    use Expected::{Read, Refused};
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora/odd");
    if !folder.is_dir() {
        println!("SKIPPED: no directory {}", folder.display());
        return;
    }
    let expected = [
        ("VADR_failures.fa", Read(4, 119_531, 0, 0)),
        ("all_n.fa", Read(1, 1320, 0, 0)),
        ("crlf_ACI30_contigs.fa.gz", Read(253, 3_945_089, 0, 0)),
        ("crlf_EVA71.fa", Read(1, 7408, 0, 0)),
        ("crlf_other_PlasmidReps80.fa", Read(349, 257_117, 1, 298)),
        ("derep_bzip2ed", Refused("bzip2 data")),
        ("derep_empty_file", Refused("no contig: the file is empty")),
        ("derep_extra_line_breaks.fasta", Read(1, 100, 0, 0)),
        (
            "derep_gzipped",
            Refused("line 1: expected FASTA, found a bare sequence"),
        ),
        (
            "derep_uncompressed",
            Refused("line 1: expected FASTA, found a bare sequence"),
        ),
        ("derep_zipped", Refused("a zip archive")),
        ("empty_seq.fa", Read(2, 1, 0, 0)),
        ("emptyid_empty_header.fa", Read(2, 200, 0, 0)),
        ("emptyid_test_res_qrdr_2.fa", Read(1, 10_720, 0, 0)),
        ("gaps_longhdr_ebola.fa", Read(20, 379_256, 0, 664)),
        (
            "nohdr_dna_flu_vic_ha.fa",
            Refused("line 1: expected FASTA, found a bare sequence"),
        ),
        (
            "nohdr_protein_HA.fa",
            Refused("line 1: expected FASTA, found a bare protein sequence"),
        ),
        ("o157_plasmid.fa", Read(1, 92_596, 0, 0)),
        ("padded_ecoli_out.fa", Read(1, 5074, 0, 7)),
        ("phg_LineA_noSN.fa", Read(2, 110_000, 0, 0)),
        ("phg_LineD_someSNMissing.fa", Read(2, 65_529, 0, 0)),
        ("phg_RefDupSeq.fa", Read(2, 110_000, 0, 0)),
        ("phg_Zm-LineA-LongName.fa", Read(2, 110_000, 0, 0)),
        ("phg_Zm-LineB-LongName.fa.gz", Read(2, 110_000, 0, 0)),
        ("pling_2_dup_3_dup.fa", Read(1, 3385, 0, 0)),
        ("pling_3_dup.fa", Read(1, 2930, 0, 0)),
        ("pling_3_dup_w_inverse.fa", Read(1, 2930, 0, 0)),
        ("pling_del_rearrange.fa", Read(1, 3166, 0, 0)),
        ("pling_dup_and_inverse.fa", Read(1, 6531, 0, 0)),
        ("pling_genome_1.fa", Read(1, 4116, 0, 0)),
        ("pling_genome_4.fa", Read(1, 4116, 0, 0)),
        ("pling_genome_8.fa", Read(1, 4116, 0, 0)),
        ("pling_inverse_block.fa", Read(1, 4167, 0, 0)),
        ("pling_inversion.fa", Read(1, 4167, 0, 0)),
        ("pling_outlier.fa", Read(1, 1606, 0, 6)),
        ("pling_reference.fa", Read(1, 2028, 0, 0)),
        ("pling_reference_2.fa", Read(1, 4167, 0, 0)),
        ("pling_reverse.fa", Read(1, 2028, 0, 0)),
        ("repeat_128ats_2048.fa.gz", Read(1, 2_048_004, 0, 0)),
        ("repeat_12ats_2048.fa.gz", Read(1, 2_048_007, 0, 0)),
        ("repeat_64ats_2048.fa.gz", Read(1, 2_048_020, 0, 0)),
        ("rna_U_28k_short_hairpin.fa", Read(28_645, 2_949_871, 0, 0)),
        ("rna_U_hairpin.fa.gz", Read(28_645, 2_949_871, 0, 0)),
        ("rna_U_hairpin.fa.xz", Read(28_645, 2_949_871, 0, 0)),
        ("rna_U_hairpin.fa.zst", Read(28_645, 2_949_871, 0, 0)),
        ("seqkit_SIRV_150601a.fa", Read(7, 223_019, 0, 0)),
        ("seqkit_contigs.fa", Read(9, 54, 0, 0)),
        ("seqkit_empty_id_and_seq.fa", Read(11, 7, 0, 1)),
        ("seqkit_empty_id_and_seq2.fa", Read(3, 8, 0, 0)),
        ("seqkit_hsa.fa", Read(4, 40, 0, 0)),
        ("seqkit_sana_ground.fa", Read(12, 7147, 0, 0)),
        ("seqkit_titin.fa", Refused("looks like protein")),
        ("seqkit_virus-A.fa", Read(1, 60, 0, 0)),
        ("seqkit_virus-B.fa", Read(1, 60, 0, 0)),
        ("seqkit_virus-C.fa", Read(1, 60, 0, 0)),
        ("seqkit_virus-D.fa", Read(1, 60, 0, 0)),
        ("skani_viruses.fa", Read(3, 61_730, 0, 0)),
    ];
    let mut found: Vec<String> = std::fs::read_dir(&folder)
        .expect("a directory")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    found.sort();
    assert_eq!(
        found,
        expected
            .iter()
            .map(|&(name, _)| name.to_owned())
            .collect::<Vec<_>>()
    );
    for (name, expected) in expected {
        let result = read_in_windows(&folder.join(name), usize::MAX);
        match (expected, result) {
            (Read(contigs, symbols, replaced, left_out), Ok((found, counts))) => {
                assert_eq!(found.len(), contigs, "{name}");
                assert_eq!(
                    found.iter().map(|(_, bases)| bases.len()).sum::<usize>(),
                    symbols,
                    "{name}"
                );
                assert_eq!(counts, Counts { replaced, left_out }, "{name}");
            }
            (Refused(words), Err(error)) => {
                let message = error.to_string();
                assert!(
                    message.contains(words) && message.contains(name),
                    "{name}: {message}"
                );
            }
            (_, Ok((found, counts))) => panic!("{name}: {} contigs, {counts:?}", found.len()),
            (_, Err(error)) => panic!("{name}: {error}"),
        }
    }
}
