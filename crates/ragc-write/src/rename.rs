//! From an archive to one whose samples have other names: all but their names is copied.

use std::collections::HashMap;
use std::io::{BufWriter, Write};

use bstr::{BStr, BString};
use ragc_read::{Archive, Samples, StoredPart};

use crate::append::{AppendOptions, Old, copy};
use crate::archive::{ArchiveWriter, StreamId};
use crate::create::{CreateError, WRITE_BUFFER_BYTES, samples_part};
use crate::names::Names;
use crate::part::{Level, PartMaker};
use crate::pipeline::compress;
use crate::registrar::batch_tasks;
use crate::resume::Layout;

/// A sample's name, and the one that it gets.
pub type Renaming = (BString, BString);

/// What was done.
#[derive(Debug, Clone, Default)]
pub struct Renamed {
    /// Size of the new archive.
    pub archive_bytes: u64,
    /// Sentences about what is not as it was.
    pub warnings: Vec<String>,
}

/// Writes `archive` anew with some samples renamed, all at once: two may change names.
///
/// An archive of version 1 or 2 becomes one of version 3, without the command lines it held.
///
/// # Errors
/// [`CreateError`]; `SampleName` for a name that no sample has or that is given twice, and for a new one that is empty,
/// holds a zero byte, or belongs to another sample. What was written to `out` by then is no archive.
pub fn rename(
    archive: &Archive,
    renamings: &[Renaming],
    out: impl Write,
) -> Result<Renamed, CreateError> {
    let samples = archive.samples()?;
    let names = names(&samples, renamings)?;
    let old = Old::of(archive, &samples, AppendOptions::default())?;
    let batches_kept = if old.upgraded { 0 } else { old.batches };
    let layout = Layout::of(&archive.stored_parts()?, batches_kept, old.upgraded)?;

    let mut writer = ArchiveWriter::new(BufWriter::with_capacity(WRITE_BUFFER_BYTES, out));
    copy(archive, &layout.kept, &mut writer)?;
    let last_packs: Vec<StoredPart> = layout.last_packs.iter().flatten().copied().collect();
    copy(archive, &last_packs, &mut writer)?;
    if old.upgraded {
        let last = old.open_batch(archive, &mut writer)?;
        if last.samples() > 0 {
            let mut maker = PartMaker::new(Level::default());
            for task in batch_tasks(last, false)? {
                let (stream, part) = compress(task, &mut maker)?;
                writer.write(stream, &part)?;
            }
        }
    }
    copy(archive, &layout.closing, &mut writer)?;
    let warnings = old.write_upgraded(&mut writer)?.into_iter().collect();
    writer.write(StreamId::Samples, &samples_part(&names)?)?;
    let archive_bytes = writer.finish(layout.group_count())?;
    Ok(Renamed {
        archive_bytes,
        warnings,
    })
}

/// The names of all samples, in order.
fn names(samples: &Samples, renamings: &[Renaming]) -> Result<Names, CreateError> {
    let mut new_names: HashMap<&BStr, &BStr> = HashMap::new();
    for (old, new) in renamings {
        let wrong = |why: String| {
            let name = old.clone();
            Err(CreateError::SampleName { name, why })
        };
        if samples.position(old.as_ref()).is_none() {
            return wrong("no sample of the archive has it".into());
        }
        if let Some(other) = new_names.insert(old.as_ref(), new.as_ref()) {
            return wrong(format!("renamed to both {other:?} and {new:?}"));
        }
    }
    let mut names = Names::default();
    for old in samples.iter() {
        let new = new_names.get(old).copied().unwrap_or(old);
        names.add(new, |number| {
            let other = number.and_then(|number| samples.get(number));
            match other {
                None => format!("for {old:?}"),
                Some(other) => format!("for both {other:?} and {old:?}"),
            }
        })?;
    }
    Ok(names)
}
