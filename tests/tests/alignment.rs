//! How regions are made of references: the runs of a region, applied to the references of their groups, give its bases.

mod common;

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bstr::BString;
use common::{Dice, Source, Supply, data, golden, manifest};
use ragc_read::{AlignedPiece, Archive, Limits, Origin, Region};
use ragc_tests::binary::{Run, ragc};
use ragc_tests::collection::Collection;
use ragc_tests::simulate::Options;
use ragc_tests::tools;

/// Groups below this have no reference.
const RAW_GROUPS: u32 = 16;

/// Turns letters round as segments are: letters other than A, C, G and T stay what they are.
fn reverse_complement(letters: &mut [u8]) {
    letters.reverse();
    for letter in letters {
        *letter = match *letter {
            b'A' => b'T',
            b'C' => b'G',
            b'G' => b'C',
            b'T' => b'A',
            other => other,
        };
    }
}

/// The references of an archive's groups, each as the sample has it whose segment it is.
struct References {
    archive: Archive,
    letters: HashMap<u32, Vec<u8>>,
}

impl References {
    fn of(path: &Path) -> References {
        let archive = Archive::open(path).unwrap();
        let samples = archive.samples().unwrap();
        let mut letters = HashMap::new();
        for (number, sample) in samples.iter().enumerate() {
            let table = archive.segment_table(sample).unwrap();
            for contig in 0..table.len() {
                for (at, segment) in table.segments(contig).unwrap().into_iter().enumerate() {
                    let known = letters.contains_key(&segment.group_id);
                    if segment.in_group_id != 0 || segment.group_id < RAW_GROUPS || known {
                        continue;
                    }
                    let mut bases = Vec::new();
                    archive
                        .segments(number, &table, contig, at..at + 1, &mut bases)
                        .unwrap();
                    if segment.reversed() {
                        reverse_complement(&mut bases);
                    }
                    letters.insert(segment.group_id, bases);
                }
            }
        }
        References { archive, letters }
    }

    /// The bases of a piece; those that no reference has are taken from `bases`, which are those of the contig.
    fn apply(&self, piece: &AlignedPiece, bases: &[u8]) -> Vec<u8> {
        let mut made: Vec<u8> = Vec::new();
        for run in &piece.runs {
            let len = run.len_bases as usize;
            match run.origin {
                Origin::Reference(at) => {
                    let reference = &self.letters[&piece.stored.group_id];
                    let mut letters = reference[at as usize..at as usize + len].to_vec();
                    if piece.stored.reversed() {
                        reverse_complement(&mut letters);
                    }
                    made.extend(letters);
                }
                Origin::Literal => {
                    let letters = bases.get(made.len()..made.len() + len);
                    made.extend(letters.expect("literals within the piece"));
                }
                Origin::Unknown => made.resize(made.len() + len, b'N'),
            }
        }
        made
    }
}

/// What the regions looked at had in them, so that nothing is missed unnoticed.
type Seen = BTreeSet<&'static str>;

fn note(piece: &AlignedPiece, seen: &mut Seen) {
    let stored = piece.stored;
    let kind = match (stored.group_id < RAW_GROUPS, stored.in_group_id) {
        (true, _) => "raw",
        (false, 0) => "reference",
        _ => "delta",
    };
    seen.insert(kind);
    if stored.reversed() && kind != "raw" {
        seen.insert("reversed");
    }
    seen.extend(piece.runs.iter().map(|run| match run.origin {
        Origin::Reference(_) => "matched",
        Origin::Literal => "literal",
        Origin::Unknown => "unknown",
    }));
}

/// Asks for random regions of an archive, by its tables and by its index.
fn check(path: &Path, seen: &mut Seen) {
    let references = References::of(path);
    let samples = references.archive.samples().unwrap();
    let file = fs::read(path).unwrap();
    let mut exact = Source::new(&file, Supply::Exact, Limits::default()).unwrap();
    let mut indexed = Source::indexed(&file, None, Limits::default()).unwrap();
    let mut dice = Dice(samples.len() as u64);
    for _ in 0..60 {
        let sample = samples.get(dice.below(samples.len() as u64) as usize);
        let sample = sample.expect("a sample of the list");
        let contigs = references.archive.contigs(sample).unwrap();
        let contig = dice.below(contigs.len() as u64) as usize;
        let Some(row) = contigs.get(contig) else {
            continue;
        };
        let start = dice.below(row.len_bases + 1);
        let end = start + dice.below(30_000);
        let region = Region {
            sample: sample.into(),
            contig,
            range: start..end,
        };
        let bases = exact.ask(|reader| reader.bases(&region)).unwrap();
        let pieces = exact.ask(|reader| reader.alignment(&region)).unwrap();
        let by_index = indexed.ask(|reader| reader.alignment(&region)).unwrap();
        assert_eq!(pieces, by_index, "{} {region:?}", path.display());
        let mut at = start;
        for piece in &pieces {
            assert_eq!(piece.range.start, at, "pieces follow each other");
            at = piece.range.end;
            let of_piece = (piece.range.start - start) as usize..(at - start) as usize;
            let want = &bases[of_piece];
            let made = references.apply(piece, want);
            assert!(made == want, "{} {region:?} {piece:?}", path.display());
            note(piece, seen);
        }
        assert_eq!(at - start, bases.len() as u64, "{region:?}");
    }
}

fn genomes() -> Collection {
    let mut collection = Collection::simulated(&Options {
        seed: 61,
        samples: 6,
        contigs: 3,
        bases: 200_000,
        divergence: 0.01,
        events_per_mb: 60.0,
        ..Options::default()
    });
    collection.add("short.fa", b">iupac\nRYSWKMBDHVNUACGTTTTGACCATG\n>empty\n");
    collection
}

#[test]
fn runs_applied_to_references_give_the_bases() {
    let mut archives: Vec<PathBuf> = Vec::new();
    for directory in [Some(data()), golden()].into_iter().flatten() {
        let names = manifest(&directory).into_keys();
        archives.extend(names.map(|name| directory.join(name)));
    }
    let mut seen = Seen::new();
    for path in archives {
        check(&path, &mut seen);
    }
    let all = [
        "delta",
        "literal",
        "matched",
        "raw",
        "reference",
        "reversed",
        "unknown",
    ];
    assert_eq!(seen, Seen::from(all));
}

/// Has `program` compress the collection in segments of some length, and looks at random regions.
fn check_made(collection: &Collection, program: &Path, options: &[&str]) {
    let path = collection.path("made.agc");
    let mut create = Command::new(program);
    create.arg("create").args(options).arg("-o").arg(&path);
    create.args(collection.inputs().iter().map(|input| &input.path));
    Run::of(&mut create, &collection.path("")).success();
    let mut seen = Seen::new();
    check(&path, &mut seen);
    fs::remove_file(&path).expect("the archive was made");
    for kind in ["delta", "literal", "reference", "reversed"] {
        assert!(seen.contains(kind), "{options:?}: {kind} in {seen:?}");
    }
}

#[test]
fn runs_of_archives_that_ragc_makes() {
    let collection = genomes();
    check_made(&collection, ragc(), &["-q", "-s", "2000"]);
    check_made(&collection, ragc(), &["-q", "--index", "-s", "20000"]);
}

#[test]
fn runs_of_archives_that_the_reference_tool_makes() {
    if let Some(agc) = tools::agc() {
        check_made(&genomes(), &agc, &["-s", "2000"]);
    }
}

#[test]
fn a_region_that_is_not_there_is_an_error_and_an_empty_one_has_no_piece() {
    let file = fs::read(data().join("tiny.agc")).unwrap();
    let mut source = Source::new(&file, Supply::OneByte, Limits::default()).unwrap();
    let mut ask = |contig, range| {
        let sample = BString::from("ref");
        let region = Region {
            sample,
            contig,
            range,
        };
        source.ask(|reader| reader.alignment(&region))
    };
    assert_eq!(ask(0, 5..5).unwrap(), []);
    assert_eq!(ask(0, 0..10).unwrap().len(), 1);
    assert!(ask(0, 1000..1001).is_err());
    assert!(ask(9, 0..1).is_err());
}
