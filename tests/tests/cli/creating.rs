//! create: what goes in comes out, under the right names, whatever the files look like.

use std::fs;
use std::io::Write;

use super::{Folder, assert_same_text, bases, fasta, wrapped};
use ragc_tests::tools;

/// Three related genomes of two contigs.
fn write_genomes(folder: &Folder) {
    let (first, second) = (bases(1, 60_000), bases(2, 5_000));
    folder.write(
        "ref.fa",
        fasta(&[("chr1 of ref", &first), ("chr2", &second)]),
    );
    let mut changed = first.clone();
    changed[30_000] = b'N';
    changed.drain(40_000..40_100);
    folder.write("b.fa", fasta(&[("chr1", &changed), ("chr2", &second)]));
    folder.write(
        "c.fa",
        fasta(&[("chr2", &second), ("new", &bases(3, 2_000)), ("empty", b"")]),
    );
}

fn wrap(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(text.to_vec()).expect("text");
    let mut contigs: Vec<(&str, &[u8])> = Vec::new();
    let mut lines = text.lines();
    while let (Some(name), Some(bases)) = (lines.next(), lines.next()) {
        contigs.push((&name[1..], bases.as_bytes()));
    }
    wrapped(&contigs)
}

#[test]
fn genomes_come_back_as_they_were() {
    let folder = Folder::new();
    write_genomes(&folder);
    let run = folder.ragc(&["create", "-o", "out.agc", "ref.fa", "b.fa", "c.fa"]);
    let messages = run.stderr();
    assert!(run.success().is_empty());
    assert_eq!(
        messages.lines().count(),
        1,
        "the summary and nothing else: {messages}"
    );
    assert!(
        messages.contains("3 samples") && messages.contains(" s"),
        "{messages}"
    );
    assert_eq!(folder.names(), ["b.fa", "c.fa", "out.agc", "ref.fa"]);

    assert_eq!(folder.ragc(&["listref", "out.agc"]).success(), b"ref");
    assert_eq!(
        folder.ragc(&["listset", "out.agc"]).success(),
        b"b\nc\nref\n"
    );
    let contigs = folder.ragc(&["listctg", "out.agc", "ref", "c"]).success();
    assert_same_text(
        &contigs,
        b"ref\n   chr1 of ref\n   chr2\nc\n   chr2\n   new\n   empty\n",
    );
    for sample in ["ref", "b", "c"] {
        let text = folder.ragc(&["getset", "out.agc", sample]).success();
        assert_same_text(&text, &wrap(&folder.read(&format!("{sample}.fa"))));
    }
}

#[test]
fn neither_threads_nor_the_way_out_change_a_byte() {
    let folder = Folder::new();
    write_genomes(&folder);
    let inputs = ["ref.fa", "b.fa", "c.fa"];
    let stdout = folder
        .ragc(&[&["create", "-t", "1"][..], &inputs].concat())
        .success();
    for flags in [
        &["-t", "2"][..],
        &["-t", "7", "-q"],
        &["-a", "-f", "0.01", "-d", "-v", "1"],
    ] {
        folder
            .ragc(&[&["create", "-o", "out.agc"], flags, &inputs].concat())
            .success();
        assert!(folder.read("out.agc") == stdout, "{flags:?}");
    }
    let dashed = folder
        .ragc(&[&["create", "-o", "-"][..], &inputs].concat())
        .success();
    assert!(dashed == stdout);
    assert!(!folder.has("-"));
}

#[test]
fn quiet_is_quiet_and_compatibility_flags_say_they_are_unneeded() {
    let folder = Folder::new();
    write_genomes(&folder);
    let run = folder.ragc(&["create", "-q", "-o", "out.agc", "ref.fa", "b.fa"]);
    assert_eq!(run.stderr(), "");
    let run = folder.ragc(&[
        "create", "-a", "-f", "0.02", "-o", "out.agc", "ref.fa", "b.fa",
    ]);
    let messages = run.stderr();
    assert!(
        messages.contains("-a is not needed") && messages.contains("-f is not needed"),
        "{messages}"
    );
    run.success();
}

#[test]
fn parameters_reach_the_archive_and_are_moved_into_range() {
    let folder = Folder::new();
    write_genomes(&folder);
    let info = |flags: &[&str]| {
        let run = folder.ragc(&[&["create", "-o", "out.agc"], flags, &["ref.fa", "b.fa"]].concat());
        let notes = run.stderr();
        run.success();
        let text = String::from_utf8(folder.ragc(&["info", "out.agc"]).success()).expect("text");
        assert_eq!(
            folder.ragc(&["getset", "out.agc", "b"]).success(),
            wrap(&folder.read("b.fa"))
        );
        (text, notes)
    };
    let (text, _) = info(&["-k", "21", "-l", "18", "-b", "7", "-s", "3000"]);
    for line in [
        "k-mer length     : 21",
        "Min. match length: 18",
        "Segment size     : 3000",
        "Batch size       : 7",
    ] {
        assert!(text.contains(line), "{text}");
    }
    let (text, notes) = info(&["-k", "5", "-l", "99", "-b", "-1", "-s", "1"]);
    for line in [
        "k-mer length     : 17",
        "Min. match length: 32",
        "Segment size     : 100",
        "Batch size       : 1",
    ] {
        assert!(text.contains(&format!("{line}\n")), "{text}");
    }
    assert!(
        notes.contains("-k 5 is outside 17 to 32: 17 is used"),
        "{notes}"
    );
    assert!(
        notes.contains("-b -1 is outside 1 to 1000000000: 1 is used"),
        "{notes}"
    );
}

#[test]
fn lists_follow_the_reference_as_with_agc() {
    let folder = Folder::new();
    let names = ["ref", "b", "c", "with blank", "last"];
    for (seed, name) in names.iter().enumerate() {
        folder.write(
            &format!("{name}.fa"),
            fasta(&[(name, &bases(seed as u64, 300))]),
        );
    }
    folder.write("list", "b.fa c.fa\n\nwith blank.fa\nref.fa\n");
    let run = folder.ragc(&["create", "-i", "list", "-o", "out.agc", "ref.fa", "last.fa"]);
    assert!(
        run.stderr()
            .contains("ref.fa is given twice, and read once"),
        "{}",
        run.story
    );
    run.success();
    let text = folder.ragc(&["getcol", "out.agc"]).success();
    let headers: Vec<String> = String::from_utf8(text)
        .expect("text")
        .lines()
        .filter_map(|line| line.strip_prefix('>').map(str::to_owned))
        .collect();
    assert_eq!(headers, names);
}

#[test]
fn compression_is_told_by_content_and_names_by_file_name() {
    let folder = Folder::new();
    let text = fasta(&[("chr1", &bases(1, 3_000)), ("chr2", &bases(2, 100))]);
    let mut members = Vec::new();
    for part in [&text[..1_000], &text[1_000..]] {
        let mut encoder = flate2::write::GzEncoder::new(members, flate2::Compression::fast());
        encoder.write_all(part).expect("memory");
        members = encoder.finish().expect("memory");
    }
    folder.write("plain.fasta.gz", &text); // not compressed, whatever it is called
    folder.write("members.v2", &members);
    folder.write(
        "crlf.fna",
        String::from_utf8(text.clone())
            .expect("text")
            .replace('\n', "\r\n"),
    );
    folder
        .ragc(&[
            "create",
            "-o",
            "out.agc",
            "plain.fasta.gz",
            "members.v2",
            "crlf.fna",
        ])
        .success();
    for sample in ["plain", "members", "crlf"] {
        assert_same_text(
            &folder.ragc(&["getset", "out.agc", sample]).success(),
            &wrap(&text),
        );
    }
}

#[test]
fn awkward_records_are_all_kept() {
    let folder = Folder::new();
    folder.write(
        "ref.fa",
        "; old comment\n\n>a\n>b\n\n>\nACGT\n>b\nGGG\n>\n>long >name\nAC>GT",
    );
    folder
        .ragc(&["create", "-o", "out.agc", "ref.fa"])
        .success();
    let text = folder.ragc(&["getset", "out.agc", "ref"]).success();
    assert_same_text(&text, b">a\n>b\n>\nACGT\n>b\nGGG\n>\n>long >name\nACGT\n");
    // Both contigs called b are stored; a query reaches the first, and says so.
    let run = folder.ragc(&["getctg", "out.agc", "b"]);
    assert!(
        run.stderr()
            .contains("has 2 contigs called \"b\": the first is given"),
        "{}",
        run.story
    );
    assert_same_text(&run.success(), b">b\n");
}

#[test]
fn one_warning_for_each_file_that_lost_something() {
    let folder = Folder::new();
    folder.write("ref.fa", fasta(&[("a", &bases(1, 500))]));
    let mut changed = bases(1, 500);
    changed[10] = b'E';
    changed[20] = b'-';
    changed[21] = b'*';
    folder.write("b.fa", fasta(&[("a", &changed)]));
    let run = folder.ragc(&["create", "-q", "-o", "out.agc", "ref.fa", "b.fa"]);
    let messages = run.stderr();
    run.success();
    assert_eq!(messages.lines().count(), 1, "{messages}");
    assert!(
        messages.contains("warning: ") && messages.contains("b.fa"),
        "{messages}"
    );
    assert!(
        messages.contains('1') && messages.contains('2'),
        "both are counted: {messages}"
    );
    changed[10] = b'N';
    changed.drain(20..22);
    assert_same_text(
        &folder.ragc(&["getset", "out.agc", "b"]).success(),
        &wrapped(&[("a", &changed)]),
    );
}

#[test]
fn bad_inputs_are_found_before_anything_is_written() {
    let folder = Folder::new();
    write_genomes(&folder);
    folder.write("out.agc", "before");
    folder.write(
        "protein.fa",
        ">p\nMEKIVLLLAIVSLVKSDQICIGYHANNSTEQVDTIMEKNVT\n".repeat(50),
    );
    folder.write("bare.fa", "ACGTACGTAA\n");
    folder.write("nothing.fa", "");
    folder.write("reads.fq", "@r\nACGT\n+\nIIII\n");
    folder.write("accents.fa", ">na\u{EF}ve\nACGT\n");
    folder.write("cut.fa.gz", [0x1F, 0x8B, 8, 0]);
    fs::create_dir(folder.path().join("dir")).expect("a directory");
    fs::create_dir(folder.path().join("two")).expect("a directory");
    folder.write("two/b.fasta", ">x\nACGT\n");
    let before = folder.names();
    for (input, expected) in [
        ("absent.fa", "absent.fa"),
        ("dir", "dir is a directory"),
        (
            "two/b.fasta",
            "b.fa and two/b.fasta would both be sample \"b\"",
        ),
        (
            "bare.fa",
            "bare.fa, line 1: expected FASTA, found a bare sequence",
        ),
        ("nothing.fa", "nothing.fa: no contig: the file is empty"),
        ("reads.fq", "FASTQ"),
        ("accents.fa", "accents.fa, line 1: contig name"),
        ("cut.fa.gz", "cut.fa.gz: the gzip data end too early"),
        ("protein.fa", "protein.fa: mostly no nucleotides"),
    ] {
        let message = folder
            .ragc(&["create", "-o", "out.agc", "ref.fa", "b.fa", input])
            .failure(1);
        assert!(message.contains(expected), "{input}: {message}");
        assert_eq!(folder.read("out.agc"), b"before", "{input}");
        assert_eq!(folder.names(), before, "{input}");
    }
    let message = folder
        .ragc(&["create", "-i", "absent.txt", "-o", "out.agc", "ref.fa"])
        .failure(1);
    assert!(message.contains("absent.txt"), "{message}");
    let archive = super::basic();
    let message = folder
        .ragc(&["create", "-o", "out.agc", "ref.fa", &archive])
        .failure(1);
    assert!(message.contains("an AGC archive"), "{message}");
    assert_eq!(folder.read("out.agc"), b"before");
}

/// Every awkward file gives an archive that holds all of it, or an error that names it; the two never mix.
#[test]
fn odd_files_give_archives_or_errors() {
    let Some(odd) = tools::shared("corpora/odd") else {
        return;
    };
    let refused = [
        "derep_bzip2ed",
        "derep_empty_file",
        "derep_gzipped",
        "derep_uncompressed",
        "derep_zipped",
        "nohdr_dna_flu_vic_ha.fa",
        "nohdr_protein_HA.fa",
        "seqkit_titin.fa",
    ];
    let folder = Folder::new();
    let mut paths: Vec<_> = fs::read_dir(&odd)
        .expect("a directory")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    assert!(
        paths.len() > 50,
        "{} files in {}",
        paths.len(),
        odd.display()
    );
    for path in paths {
        let name = path
            .file_name()
            .expect("a file")
            .to_string_lossy()
            .into_owned();
        let args = [
            "create".as_ref(),
            "-q".as_ref(),
            "-o".as_ref(),
            "out.agc".as_ref(),
            path.as_os_str(),
        ];
        let run = folder.ragc(&args);
        if refused.contains(&name.as_str()) {
            let message = run.failure(1);
            assert!(message.contains(&name), "{message}");
            assert!(!folder.has("out.agc"), "{name}");
            continue;
        }
        run.success();
        let expected = plainly_read(&path);
        let text = folder.ragc(&["getcol", "out.agc"]).success();
        assert!(
            text == expected,
            "{name}: {} bytes, expected {}",
            text.len(),
            expected.len()
        );
        fs::remove_file(folder.path().join("out.agc")).expect("the archive");
    }
}

fn decompressed(program: &str, path: &std::path::Path) -> Vec<u8> {
    let mut command = std::process::Command::new(program);
    let text = command.arg("-dc").arg(path).output();
    let text = text.map_or(Vec::new(), |run| run.stdout);
    assert!(
        !text.is_empty(),
        "{program} is needed to read {}",
        path.display()
    );
    text
}

/// What extraction must print for a FASTA file, read again in the plainest way.
fn plainly_read(path: &std::path::Path) -> Vec<u8> {
    use std::io::Read;
    let raw = fs::read(path).expect("a file");
    let mut text = Vec::new();
    match raw.get(..2) {
        Some(b"\x1F\x8B") => {
            flate2::read::MultiGzDecoder::new(&raw[..])
                .read_to_end(&mut text)
                .expect("gzip data");
        }
        Some(b"\x28\xB5") => text = decompressed("zstd", path),
        Some(b"\xFD7") => text = decompressed("xz", path),
        _ => text = raw,
    }
    let mut contigs: Vec<(String, Vec<u8>)> = Vec::new();
    for line in String::from_utf8(text).expect("ASCII").split(['\n', '\r']) {
        match (line.strip_prefix('>'), contigs.last_mut()) {
            (Some(name), _) => contigs.push((name.to_owned(), Vec::new())),
            (None, Some((_, bases))) => {
                bases.extend(line.bytes().filter(u8::is_ascii_alphabetic).map(|letter| {
                    let letter = letter.to_ascii_uppercase();
                    if b"ACGTNRYSWKMBDHVU".contains(&letter) {
                        letter
                    } else {
                        b'N'
                    }
                }))
            }
            (None, None) => assert!(line.is_empty(), "{line} before the first record"),
        }
    }
    let contigs: Vec<(&str, &[u8])> = contigs
        .iter()
        .map(|(name, bases)| (name.as_str(), &bases[..]))
        .collect();
    wrapped(&contigs)
}
