//! Answers questions about an archive one after the other, from one open archive: `session x.agc` or `session URL`.
//!
//! A question is a line of standard input, its words between tabs; an answer a line of JSON, `{"ms": ..., "answer": ...}`
//! with what it took. The archive is opened with the first question.
//!
//! | question | answer |
//! |---|---|
//! | `samples` | their names |
//! | `contigs SAMPLE` | names and lengths |
//! | `bases SAMPLE CONTIG START END` | SHA-256 of the letters; positions are 0-based, half-open |
//! | `needed SAMPLE NUMBER START END` | bytes of references and packs that a range of that contig takes, of an archive in a file |

use std::env;
use std::error::Error;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use ragc_read::{Archive, Region};
use ragc_tests::needed::Needed;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

fn main() -> ExitCode {
    match converse() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "session: {error}");
            ExitCode::FAILURE
        }
    }
}

fn converse() -> Result<(), Box<dyn Error>> {
    let place = env::args().nth(1).ok_or("usage: session ARCHIVE")?;
    let mut archive = None;
    for line in io::stdin().lines() {
        let line = line?;
        let words: Vec<&str> = line.split('\t').collect();
        let start = Instant::now();
        let answer = if let ["needed", region @ ..] = &words[..] {
            json!(Needed::open(Path::new(&place))?.bytes(&region_of(region)?)?)
        } else {
            if archive.is_none() {
                archive = Some(open(&place)?);
            }
            ask(archive.as_ref().ok_or("no archive")?, &words)?
        };
        let ms = start.elapsed().as_secs_f64() * 1000.0;
        writeln!(io::stdout(), "{}", json!({"ms": ms, "answer": answer}))?;
    }
    Ok(())
}

fn open(place: &str) -> Result<Archive, Box<dyn Error>> {
    Ok(if place.starts_with("http://") {
        Archive::open_url(place)?
    } else {
        Archive::open(place)?
    })
}

fn ask(archive: &Archive, words: &[&str]) -> Result<Value, Box<dyn Error>> {
    Ok(match words {
        ["samples"] => {
            let samples = archive.samples()?;
            let names = samples.iter().map(|name| name.to_string());
            json!(names.collect::<Vec<_>>())
        }
        ["contigs", sample] => {
            let contigs = archive.contigs((*sample).into())?;
            let contigs = contigs
                .iter()
                .map(|contig| json!([contig.name.to_string(), contig.len_bases]));
            json!(contigs.collect::<Vec<_>>())
        }
        ["bases", sample, contig, start, end] => {
            let range = start.parse()?..end.parse()?;
            let bases = archive.bases_of((*sample).into(), (*contig).into(), range)?;
            let digest = Sha256::digest(bases);
            let digits = digest.iter().map(|byte| format!("{byte:02x}"));
            json!(digits.collect::<String>())
        }
        _ => return Err(format!("no question: {}", words.join(" ")).into()),
    })
}

fn region_of(words: &[&str]) -> Result<Region, Box<dyn Error>> {
    let [sample, contig, start, end] = words else {
        return Err("a region is sample, contig, start and end".into());
    };
    Ok(Region {
        sample: (*sample).into(),
        contig: contig.parse()?,
        range: start.parse()?..end.parse()?,
    })
}
