//! Write at 1, 2 and 8 threads, compare bytes, read back, compare bases.

use std::fs;

use ragc_read::{Archive, Region};
use ragc_tests::collection::{Collection, assert_same, read_back};
use ragc_tests::rng::Rng;
use ragc_tests::simulate::{Options, Simulation, reverse_complement};
use ragc_write::create::{CreateOptions, Level, Progress, Purpose, create};

/// Writes at 1, 2 and 8 threads; the archive must be the same and give back every sample.
fn check(collection: &Collection, options: &CreateOptions, what: &str) {
    let at = |threads| {
        collection.archive(&CreateOptions {
            threads,
            ..options.clone()
        })
    };
    let (one, summary) = at(1);
    for threads in [2, 8] {
        let (more, _) = at(threads);
        let first = one.iter().zip(&more).take_while(|(a, b)| a == b).count();
        assert!(
            one == more,
            "{what}: {threads} threads change the archive from byte {first} on"
        );
    }
    let path = collection.path("roundtrip.agc");
    fs::write(&path, &one).expect("the temporary folder takes files");
    let want = collection.samples();
    assert_same(&read_back(&path), &want, what);
    let records = || want.iter().flat_map(|(_, records)| records);
    assert_eq!(summary.samples, want.len() as u64, "{what}");
    assert_eq!(summary.contigs, records().count() as u64, "{what}");
    assert_eq!(
        summary.bases,
        records().map(|(_, bases)| bases.len() as u64).sum::<u64>(),
        "{what}"
    );
}

fn default_check(files: &[(&str, &[u8])], what: &str) {
    check(&Collection::of(files), &CreateOptions::default(), what);
}

/// Short segments and packs, so that small genomes have many of both.
fn small() -> CreateOptions {
    CreateOptions {
        segment_size: Some(1000),
        pack_cardinality: Some(4),
        ..CreateOptions::default()
    }
}

fn random(seed: u64, len: usize) -> Vec<u8> {
    let mut bases = Vec::new();
    Rng::keyed(&[seed]).bases(len, &mut bases);
    bases
}

fn fasta(records: &[(&str, &[u8])]) -> Vec<u8> {
    let mut text = Vec::new();
    for (name, bases) in records {
        text.extend_from_slice(format!(">{name}\n").as_bytes());
        text.extend_from_slice(bases);
        text.push(b'\n');
    }
    text
}

#[test]
fn simulated_genomes_with_default_options() {
    let options = Options {
        samples: 6,
        bases: 1_500_000,
        ..Options::default()
    };
    check(
        &Collection::simulated(&options),
        &CreateOptions::default(),
        "default options",
    );
}

#[test]
fn distant_genomes_in_short_segments_and_packs() {
    let options = Options {
        seed: 2,
        samples: 9,
        bases: 200_000,
        divergence: 0.08,
        ..Options::default()
    };
    check(
        &Collection::simulated(&options),
        &small(),
        "short segments and packs",
    );
}

#[test]
fn the_shortest_segments_are_aligned_to() {
    let collection = Collection::simulated(&Options {
        seed: 4,
        samples: 8,
        bases: 200_000,
        ..Options::default()
    });
    let options = CreateOptions {
        segment_size: Some(100),
        ..CreateOptions::default()
    };
    check(&collection, &options, "segments of 100 bases");
    // Two bits a base are 411 kB; what is left are references, deltas and the places of thousands of parts.
    let len = collection.archive(&options).0.len();
    assert!(len < 340_000, "{len}");
}

#[test]
fn more_samples_than_a_batch() {
    let options = Options {
        seed: 3,
        samples: 120,
        bases: 9_000,
        contigs: 2,
        events_per_mb: 100.0,
        ..Options::default()
    };
    check(
        &Collection::simulated(&options),
        &CreateOptions::default(),
        "120 samples",
    );
}

#[test]
fn every_option_at_its_ends() {
    let options = Options {
        seed: 4,
        samples: 4,
        bases: 60_000,
        divergence: 0.03,
        ..Options::default()
    };
    let collection = Collection::simulated(&options);
    for kmer_len in [17, 32] {
        for min_match_len in [15, 32] {
            for segment_size in [100, 1_000_000] {
                for pack_cardinality in [1, 3, 1_000_000_000] {
                    let options = CreateOptions {
                        kmer_len,
                        min_match_len,
                        pack_cardinality: Some(pack_cardinality),
                        segment_size: Some(segment_size),
                        ..CreateOptions::default()
                    };
                    check(&collection, &options, &format!("{options:?}"));
                }
            }
        }
    }
}

#[test]
fn ranges_are_slices_of_the_whole() {
    let options = Options {
        seed: 5,
        samples: 4,
        bases: 150_000,
        divergence: 0.02,
        ..Options::default()
    };
    let collection = Collection::simulated(&options);
    let path = collection.path("ranges.agc");
    fs::write(&path, collection.archive(&small()).0).expect("the temporary folder takes files");
    let archive = Archive::open(&path).expect("our archive opens");
    let mut rng = Rng::keyed(&[5]);
    for (sample, records) in collection.samples() {
        for (contig, (name, bases)) in records.iter().enumerate() {
            for _ in 0..20 {
                let start = rng.index(bases.len() + 1);
                let end = (start + rng.length(0, 12)).min(bases.len());
                let region = Region {
                    sample: sample.clone(),
                    contig,
                    range: start as u64..end as u64,
                };
                let found = archive
                    .bases(&region)
                    .unwrap_or_else(|error| panic!("{region:?}: {error}"));
                assert!(found == bases[start..end], "{sample} {name} {start}..{end}");
            }
        }
    }
}

#[test]
fn empty_contigs_and_files_of_nothing_else() {
    let bases = random(1, 5000);
    let full = fasta(&[("x", &bases), ("empty", b""), ("y", &bases[1000..])]);
    default_check(
        &[("a.fa", &full), ("b.fa", b">only\n"), ("c.fa", &full)],
        "empty contigs",
    );
    default_check(
        &[
            ("a.fa", b">only\n>empty\n"),
            ("b.fa", &full),
            ("c.fa", b">only\n"),
        ],
        "an empty reference",
    );
    default_check(&[("a.fa", b">no\n>bases\n>at all")], "nothing but names");
}

#[test]
fn contigs_shorter_than_a_kmer() {
    let long = random(2, 3000);
    let lengths = [1, 2, 14, 15, 16, 30, 31, 32, 33, 61, 62, 63];
    let names: Vec<String> = lengths.iter().map(|len| format!("len{len}")).collect();
    let records: Vec<(&str, &[u8])> = names
        .iter()
        .zip(lengths)
        .map(|(name, len)| (name.as_str(), &long[..len]))
        .collect();
    let short = fasta(&records);
    let with_long = [fasta(&[("long", &long)]), short.clone()].concat();
    default_check(
        &[("a.fa", &short), ("b.fa", &short), ("c.fa", &with_long)],
        "short contigs, then a long one",
    );
    default_check(
        &[
            ("a.fa", &with_long),
            ("b.fa", &short),
            ("c.fa", b">x\nA\n"),
            ("d.fa", b">x\nA\n"),
        ],
        "short contigs",
    );
}

#[test]
fn nothing_but_unknown_bases() {
    let unknown = vec![b'N'; 200_000];
    let mut island = unknown.clone();
    island[100_000..100_200].copy_from_slice(&random(3, 200));
    let (unknown, island) = (fasta(&[("u", &unknown)]), fasta(&[("u", &island)]));
    default_check(
        &[("a.fa", &unknown), ("b.fa", &island), ("c.fa", &unknown)],
        "all N first",
    );
    default_check(
        &[("a.fa", &island), ("b.fa", &unknown), ("c.fa", &island)],
        "all N second",
    );
}

#[test]
fn contigs_of_one_name_stay_two() {
    let bases = random(4, 70_000);
    let twice = fasta(&[
        ("chr", &bases[..30_000]),
        ("chr", &bases[20_000..]),
        ("chr", b"ACGT"),
        ("chr two words", b""),
    ]);
    default_check(&[("a.fa", &twice), ("b.fa", &twice)], "repeated names");
}

#[test]
fn thousands_of_tiny_contigs() {
    let mut rng = Rng::keyed(&[6]);
    let pool = random(7, 20_000);
    let mut genome = |count: usize| {
        let mut text = Vec::new();
        for i in 0..count {
            let len = rng.length(0, 9) - 1;
            let start = rng.index(pool.len() - len);
            text.extend_from_slice(format!(">contig_{i} length={len}\n").as_bytes());
            text.extend_from_slice(&pool[start..start + len]);
            text.push(b'\n');
        }
        text
    };
    default_check(
        &[
            ("a.fa", &genome(8000)),
            ("b.fa", &genome(5000)),
            ("c.fa", &genome(1)),
        ],
        "tiny contigs",
    );
}

#[test]
fn ambiguity_letters_everywhere() {
    let mut rng = Rng::keyed(&[8]);
    let mut genome = |alphabet: &[u8], len: usize| {
        let bases: Vec<u8> = (0..len)
            .map(|_| alphabet[rng.index(alphabet.len())])
            .collect();
        fasta(&[("x", &bases)])
    };
    let all = b"ACGTNRYSWKMBDHVUacgtnryswkmbdhvu";
    default_check(
        &[
            ("a.fa", &genome(all, 20_000)),
            ("b.fa", &genome(b"RYSWKMBDHV", 5_000)),
            ("c.fa", &genome(b"ACGTACGTACGTACGTACGTACGTR", 20_000)),
            ("d.fa", &genome(b"U", 100)),
            ("e.fa", &genome(all, 31)),
        ],
        "all letters",
    );
}

#[test]
fn runs_and_tandem_repeats() {
    let run = fasta(&[("a", &[b'A'; 150_000]), ("t", &[b'T'; 90_000])]);
    let pairs = fasta(&[("at", &b"AT".repeat(60_000)), ("ta", &b"TA".repeat(1_000))]);
    let unit = random(9, 171);
    let mut satellite = unit.repeat(700);
    for at in (50..satellite.len()).step_by(997) {
        satellite[at] = b'G';
    }
    let satellite = fasta(&[("sat", &satellite)]);
    default_check(
        &[
            ("a.fa", &run),
            ("b.fa", &pairs),
            ("c.fa", &satellite),
            ("d.fa", &run),
        ],
        "runs",
    );
    default_check(
        &[
            ("a.fa", &satellite),
            ("b.fa", &satellite),
            ("c.fa", &pairs),
            ("d.fa", &run),
        ],
        "satellite first",
    );
}

#[test]
fn the_other_strand_and_palindromes() {
    let forward = random(10, 130_000);
    let mut reverse = forward.clone();
    reverse_complement(&mut reverse);
    let palindrome = [forward.as_slice(), reverse.as_slice()].concat();
    let (forward, reverse) = (fasta(&[("x", &forward)]), fasta(&[("x", &reverse)]));
    let palindrome = fasta(&[("p", &palindrome)]);
    default_check(
        &[
            ("a.fa", &forward),
            ("b.fa", &reverse),
            ("c.fa", &palindrome),
            ("d.fa", &reverse),
        ],
        "strands",
    );
    default_check(
        &[
            ("a.fa", &palindrome),
            ("b.fa", &forward),
            ("c.fa", &palindrome),
        ],
        "a palindrome first",
    );
}

#[test]
fn the_same_genome_again_and_again_costs_nearly_nothing() {
    let genome = fasta(&[("x", &random(11, 300_000)), ("y", &random(12, 100_000))]);
    let names: Vec<String> = (0..60).map(|i| format!("s{i:02}.fa")).collect();
    let files: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), genome.as_slice()))
        .collect();
    let all = Collection::of(&files);
    check(&all, &CreateOptions::default(), "copies");
    let (sixty, _) = all.archive(&CreateOptions::default());
    let (one, _) = Collection::of(&files[..1]).archive(&CreateOptions::default());
    assert!(
        sixty.len() < one.len() + 60 * 100,
        "one genome {} bytes, sixty {}",
        one.len(),
        sixty.len()
    );
}

#[test]
fn a_small_reference_and_a_large_sample() {
    let genome = random(13, 400_000);
    let small_first = fasta(&[("x", &genome[100_000..100_500])]);
    let whole = fasta(&[("x", &genome)]);
    default_check(
        &[("a.fa", &small_first), ("b.fa", &whole), ("c.fa", &whole)],
        "a small reference",
    );
}

#[test]
fn strange_names() {
    let bases = random(14, 100);
    let long = "n".repeat(5000);
    let names = [
        "",
        " ",
        "a\tb",
        "chr1:100-200",
        "x@y",
        "HLA:HLA00001 A*01:01:01:01 1098 bp",
        &long,
        "007",
        "-1",
    ];
    let records: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, bases.as_slice())).collect();
    let text = fasta(&records);
    default_check(
        &[("a.fa", &text), ("b b.fa", &text), ("c.d#1#e.fa", &text)],
        "names",
    );
}

/// In collections of version 3 bytes from 80 hexadecimal up mean "as in the name before": better no archive than others.
#[test]
fn names_that_archives_cannot_hold_are_refused() {
    let collection = Collection::of(&[("a.fa", ">Ünïcode\nACGT\n".as_bytes())]);
    let mut bytes = Vec::new();
    let error = create(
        collection.inputs(),
        &CreateOptions::default(),
        &mut bytes,
        &Progress::default(),
    );
    let message = error
        .expect_err("the name has bytes that mean something else")
        .to_string();
    assert!(
        message.contains("a.fa") && message.contains("ASCII"),
        "{message}"
    );
}

/// Random genomes, mutations, layouts and options. A failure names its seed.
#[test]
fn random_collections() {
    for seed in 0..120 {
        let mut rng = Rng::keyed(&[seed, 99]);
        let samples = 1 + rng.index(9);
        let options = Options {
            seed,
            samples,
            contigs: 1 + rng.index(5),
            bases: rng.length(0, 16),
            divergence: [0.0, 0.001, 0.02, 0.15, 0.3][rng.index(5)],
            events_per_mb: [0.0, 20.0, 1000.0][rng.index(3)],
            draft_every: rng.index(4),
            prefix: String::from("s"),
            ..Options::default()
        };
        let mut collection = Collection::of(&[]);
        let simulation = Simulation::new(options.clone());
        for sample in 0..samples {
            let mut text = Vec::new();
            simulation
                .write_sample(sample, &mut text)
                .expect("memory takes all");
            scramble(&mut rng, &mut text);
            collection.add(&format!("{}.fa", simulation.sample_name(sample)), &text);
        }
        let create = CreateOptions {
            kmer_len: 17 + rng.below(16) as u32,
            min_match_len: 15 + rng.below(18) as u32,
            pack_cardinality: (rng.below(4) > 0).then(|| 1 + rng.below(60) as u32),
            segment_size: (rng.below(4) > 0).then(|| 100 + rng.length(0, 15) as u32),
            purpose: [Purpose::Both, Purpose::Web, Purpose::Archive][rng.index(3)],
            level: [Level::Fast, Level::Default, Level::Max][rng.index(3)],
            ..CreateOptions::default()
        };
        check(
            &collection,
            &create,
            &format!("seed {seed}: {options:?}, {create:?}"),
        );
    }
}

/// The choice falls after 50 samples: before, at and after it the archive must hold together.
#[test]
fn pack_cardinality_is_chosen_from_the_data() {
    for samples in [49, 50, 51, 130] {
        let collection = Collection::simulated(&Options {
            samples,
            bases: 30_000,
            contigs: 2,
            ..Options::default()
        });
        for purpose in [Purpose::Both, Purpose::Web, Purpose::Archive] {
            let options = CreateOptions {
                purpose,
                ..CreateOptions::default()
            };
            check(&collection, &options, &format!("{samples}, {purpose:?}"));
            let (bytes, _) = collection.archive(&options);
            let path = collection.path("chosen.agc");
            fs::write(&path, &bytes).expect("the temporary folder takes files");
            let archive = Archive::open(&path).expect("it was read above");
            let params = archive.info().expect("it was read above").params;
            assert!(params.pack_cardinality >= 50, "{params:?}");
            assert!(
                (5_000..=30_100).contains(&params.segment_size),
                "{params:?}"
            );
        }
    }
}

/// Sometimes: runs of one letter, strange letters, line ends of another kind.
/// Genomes with nothing in common, and then all of them again, in memory for the references of two: anchors get sparser,
/// references are left out, packs are closed early.
#[test]
fn scarce_memory_gives_the_same_bytes_for_any_number_of_threads() {
    let genomes: Vec<Vec<u8>> = (0..4).map(|seed| random(seed, 7_000_000)).collect();
    let mut collection = Collection::of(&[]);
    for (number, genome) in genomes.iter().chain(&genomes).enumerate() {
        let mut genome = genome.clone();
        let changes = genome.iter_mut().step_by(100 + number);
        changes.for_each(|base| *base = b'A');
        collection.add(&format!("s{number}.fa"), &fasta(&[("c", &genome)]));
    }
    let at = |threads, memory_bytes| {
        let (archive, summary) = collection.archive(&CreateOptions {
            level: Level::Fast,
            threads,
            memory_bytes,
            ..CreateOptions::default()
        });
        (archive, summary.warnings)
    };
    let (scarce, warnings) = at(1, 48 << 20);
    assert!(
        warnings
            .iter()
            .any(|warning| warning.contains("were not aligned to")),
        "{warnings:?}"
    );
    for threads in [2, 4] {
        assert!(
            at(threads, 48 << 20).0 == scarce,
            "{threads} threads change the archive"
        );
    }
    let path = collection.path("scarce.agc");
    fs::write(&path, &scarce).expect("the temporary folder takes files");
    assert_same(&read_back(&path), &collection.samples(), "scarce memory");
    let (plentiful, warnings) = at(2, 4 << 30);
    assert!(warnings.is_empty(), "{warnings:?}");
    assert!(
        plentiful.len() * 11 < scarce.len() * 10,
        "{} {}",
        plentiful.len(),
        scarce.len()
    );
    assert!(
        at(2, 1 << 40).0 == plentiful,
        "more than enough changes nothing"
    );
}

fn scramble(rng: &mut Rng, text: &mut Vec<u8>) {
    let lines: Vec<usize> = line_starts(text);
    for _ in 0..rng.index(6) {
        let Some(start) = lines
            .get(rng.index(lines.len()))
            .copied()
            .filter(|start| text[*start] != b'>')
        else {
            continue;
        };
        let end = text[start..]
            .iter()
            .position(|b| *b == b'\n')
            .map_or(text.len(), |len| start + len);
        if start == end {
            continue;
        }
        let (from, letter) = (start + rng.index(end - start), b"NACGTRYUxn"[rng.index(10)]);
        text[from..end].fill(letter);
    }
    if rng.one_in(3) {
        *text = text
            .split_inclusive(|b| *b == b'\n')
            .fold(Vec::new(), |mut out, line| {
                out.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
                out.extend_from_slice(b"\r\n");
                out
            });
    }
}

/// Where lines start.
fn line_starts(text: &[u8]) -> Vec<usize> {
    let ends = text
        .iter()
        .enumerate()
        .filter(|(_, b)| **b == b'\n')
        .map(|(at, _)| at + 1);
    std::iter::once(0)
        .chain(ends)
        .filter(|start| *start < text.len())
        .collect()
}
