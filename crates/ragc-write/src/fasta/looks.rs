//! What a file that is no FASTA looks like, in words for its owner.

/// The binary or compressed format whose signature stands at the start of `head`; gzip, xz and zstd are not among them.
pub(super) fn binary_format(head: &[u8]) -> Option<&'static str> {
    const SIGNATURES: [(&[u8], &str); 19] = [
        (
            b"BZh",
            "bzip2 data, which is not read; decompress it first (bunzip2), or use gzip, xz or zstd",
        ),
        (b"PK\x03\x04", "a zip archive; unpack it first"),
        (b"PK\x05\x06", "an empty zip archive"),
        (b"7z\xBC\xAF\x27\x1C", "a 7z archive; unpack it first"),
        (b"Rar!\x1A\x07", "a RAR archive; unpack it first"),
        (b"LZIP", "lzip data; decompress it first"),
        (b"\x04\x22\x4D\x18", "lz4 data; decompress it first"),
        (
            b"\x1F\x9D",
            "data of Unix compress (.Z); decompress it first (gunzip)",
        ),
        (b"BAM\x01", "a BAM file; convert it first (samtools fasta)"),
        (b"CRAM", "a CRAM file; convert it first (samtools fasta)"),
        (b"BCF\x02", "a BCF file"),
        (
            b"\x1A\x41\x27\x43",
            "a 2bit file; convert it first (twoBitToFa)",
        ),
        (
            b"\x43\x27\x41\x1A",
            "a 2bit file; convert it first (twoBitToFa)",
        ),
        (b"\x89HDF", "an HDF5 file"),
        (b"%PDF", "a PDF document"),
        (b"\x7FELF", "a program"),
        (b"SQLite format 3", "an SQLite database"),
        (
            b"\xFF\xFE",
            "UTF-16 text; save it as plain text (ASCII or UTF-8)",
        ),
        (
            b"\xFE\xFF",
            "UTF-16 text; save it as plain text (ASCII or UTF-8)",
        ),
    ];
    let signed = SIGNATURES
        .iter()
        .find(|(signature, _)| head.starts_with(signature))
        .map(|&(_, format)| format);
    signed.or((head.get(257..262) == Some(b"ustar")).then_some("a tar archive; unpack it first"))
}

/// Whether the first byte that is no blank could begin a FASTA file: a record or a comment.
pub(super) fn starts_like_fasta(head: &[u8]) -> bool {
    head.trim_ascii_start()
        .first()
        .is_none_or(|first| b">;#".contains(first))
}

/// What a text is that has `line` where its first `>` should be; `head` is the start of the file, comments included.
pub(super) fn text_format(head: &[u8], line: &[u8]) -> &'static str {
    const STARTS: [(&[u8], &str); 17] = [
        (b"##gff", "a GFF file"),
        (b"##fileformat=VCF", "a VCF file"),
        (b"@HD\t", "a SAM file; convert it first (samtools fasta)"),
        (b"@SQ\t", "a SAM file; convert it first (samtools fasta)"),
        (
            b"@",
            "a FASTQ file, or reads; archives hold assembled genomes",
        ),
        (b"LOCUS ", "a GenBank file; convert it to FASTA first"),
        (b"ID   ", "an EMBL file; convert it to FASTA first"),
        (b"H\tVN:", "a GFA graph"),
        (b"S\t", "a GFA graph"),
        (b"##maf", "a MAF alignment"),
        (b"#NEXUS", "a NEXUS file"),
        (b"CLUSTAL", "a Clustal alignment"),
        (
            b"<",
            "an HTML or XML page, perhaps an error page saved by a download",
        ),
        (b"{", "JSON"),
        (b"[", "JSON"),
        (
            b"version https://git-lfs",
            "a pointer of Git LFS; fetch the file itself (git lfs pull)",
        ),
        (b"%!PS", "a PostScript document"),
    ];
    let known = |text: &[u8]| {
        STARTS
            .iter()
            .find(|(start, _)| text.starts_with(start))
            .map(|&(_, format)| format)
    };
    known(head)
        .or_else(|| known(line))
        .unwrap_or_else(|| unknown_text(line))
}

/// What `line` looks like, judged by its letters.
fn unknown_text(line: &[u8]) -> &'static str {
    let line = line.trim_ascii();
    let count = |wanted: fn(u8) -> bool| line.iter().filter(|&&byte| wanted(byte)).count();
    let strange =
        count(|byte| byte >= 0x80 || (byte.is_ascii_control() && !byte.is_ascii_whitespace()));
    let letters = count(|byte| byte.is_ascii_alphabetic());
    let nucleotides = count(|byte| b"ACGTUNacgtun".contains(&byte));
    if strange * 10 > line.len() {
        "binary data"
    } else if letters * 10 < line.len() * 9 || line.contains(&b' ') {
        "text that is no FASTA"
    } else if nucleotides * 10 >= letters * 9 {
        "a bare sequence; put a header line such as `>name` before it"
    } else {
        "a bare protein sequence, or text"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_their_first_bytes() {
        assert!(binary_format(b"BZh91AY&SY").is_some_and(|format| format.contains("bzip2")));
        assert_eq!(binary_format(b">BZh"), None);
        let mut tar = vec![b'a'; 512];
        tar[257..262].copy_from_slice(b"ustar");
        assert!(binary_format(&tar).is_some_and(|format| format.contains("tar")));
    }

    #[test]
    fn texts_are_told_by_their_first_line() {
        let cases: [(&[u8], &str); 6] = [
            (b"@read1", "FASTQ"),
            (b"ACGTNNACGTTTAGA", "bare sequence"),
            (b"MEKIVLLLAIVSLVKSDQICIGYHANNSTEQVDTIMEKN", "protein"),
            (b"Dear colleagues, the genomes", "text"),
            (b"a\x01\x02\x03\xFF\xFE\x04", "binary"),
            (b"<html>", "HTML"),
        ];
        for (line, expected) in cases {
            let found = text_format(line, line);
            assert!(found.contains(expected), "{}: {found}", line.escape_ascii());
        }
        assert_eq!(
            text_format(b"##gff-version 3\nchr1\tx", b"chr1\tx"),
            "a GFF file"
        );
    }
}
