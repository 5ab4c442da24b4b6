//! Lists of files: which paths they hold, and which names for the samples.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice};
use ragc_write::create::{STDIN, shown};

use super::{Failure, note};

/// A file to read, and the name of its sample where one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) path: PathBuf,
    pub(super) name: Option<BString>,
}

/// What `list` holds, which may be standard input: a file a line, and behind a tab the name of its sample, if it is to have
/// another than that of the file; or, as `agc` has it, several files between blanks where no file has the whole name.
///
/// # Errors
/// A list that cannot be read, a line that names a file that is not there, a name that is a file itself.
pub(super) fn read(list: &Path) -> Result<Vec<Entry>, Failure> {
    let mut entries = Vec::new();
    for (index, line) in bytes_of(list)?.lines().map(<[u8]>::trim_ascii).enumerate() {
        let wrong = |why: String| {
            let why = format!("{}, line {}: {why}", shown(list), index + 1);
            Err(Failure::Other(why))
        };
        if !line.is_empty() && is_there(line) {
            entries.push(entry(line, None));
            continue;
        }
        if let Some((file, name)) = columns(line) {
            // Lists of `agc` may have two files here, and neither shall get lost.
            if name != file && path(name).is_file() {
                return wrong(format!(
                    "{name:?} is a file: give it a line of its own, or the sample another name"
                ));
            }
            entries.push(entry(file, Some(name)));
            continue;
        }
        // What cannot be looked at is met when it is opened.
        let is_absent =
            |name: &&[u8]| !is_there(name) && matches!(path(name).try_exists(), Ok(false));
        if let Some(absent) = line.fields().find(is_absent) {
            let names_none = line.fields().all(|name| is_absent(&name));
            // Quoted, because what is no list of names may be anything.
            let absent = match line.split_once_str(b"\t") {
                _ if !names_none => absent,
                Some((file, _)) => file,
                None => line,
            };
            return wrong(format!("no file {:?}", absent.as_bstr()));
        }
        entries.extend(line.fields().map(|file| entry(file, None)));
    }
    Ok(entries)
}

/// The files in order: `first`, those of the list, `others`. One that stands both in the list and on the command line, or
/// twice in the list, is meant once, as with `agc`, and by the name that it has in either place.
///
/// # Errors
/// A file with two names.
pub(super) fn in_order(
    first: &[PathBuf],
    listed: Vec<Entry>,
    others: &[PathBuf],
) -> Result<Vec<Entry>, Failure> {
    let given = first.iter().chain(others);
    let mut names: HashMap<PathBuf, Option<BString>> =
        given.map(|path| (path.clone(), None)).collect();
    let mut paths = first.to_vec();
    for Entry { path, name } in listed {
        let Some(known) = names.get_mut(&path) else {
            names.insert(path.clone(), name);
            paths.push(path);
            continue;
        };
        note(&format!("{} is given twice, and read once", path.display()));
        if let (Some(one), Some(other)) = (&*known, &name)
            && one != other
        {
            return Err(Failure::Other(format!(
                "{} is to be both sample {one:?} and sample {other:?}: copy or link it to store it twice",
                path.display()
            )));
        }
        *known = known.take().or(name);
    }
    paths.extend_from_slice(others);
    let named = paths.into_iter().map(|path| {
        let name = names.get(&path).cloned().flatten();
        Entry { path, name }
    });
    Ok(named.collect())
}

fn bytes_of(list: &Path) -> Result<Vec<u8>, Failure> {
    let read = if list == Path::new(STDIN) {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(list)
    };
    read.map_err(|source| Failure::File {
        path: shown(list).to_string().into(),
        source,
    })
}

/// A file and the name behind a tab.
fn columns(line: &[u8]) -> Option<(&BStr, &BStr)> {
    let (file, name) = line.split_once_str(b"\t")?;
    let (file, name) = (file.trim_ascii_end(), name.trim_ascii_start());
    let are_two = !name.contains(&b'\t') && is_there(file);
    are_two.then_some((BStr::new(file), BStr::new(name)))
}

fn entry(file: &[u8], name: Option<&BStr>) -> Entry {
    Entry {
        path: path(file),
        name: name.map(ToOwned::to_owned),
    }
}

fn is_there(name: &[u8]) -> bool {
    name == STDIN.as_bytes() || path(name).exists()
}

fn path(name: &[u8]) -> PathBuf {
    PathBuf::from(name.to_os_str_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(files: &[(&str, Option<&str>)]) -> Vec<Entry> {
        let entry = |&(path, name): &(&str, Option<&str>)| Entry {
            path: path.into(),
            name: name.map(BString::from),
        };
        files.iter().map(entry).collect()
    }

    fn paths(names: &[&str]) -> Vec<PathBuf> {
        names.iter().map(PathBuf::from).collect()
    }

    #[test]
    fn the_list_follows_the_first_file() {
        let listed = entries(&[("b", None), ("ref", None), ("a", None), ("b", None)]);
        let order = in_order(&paths(&["ref"]), listed, &paths(&["z"]));
        let expected = entries(&[("ref", None), ("b", None), ("a", None), ("z", None)]);
        assert_eq!(order.expect("no names"), expected);
    }

    #[test]
    fn names_of_the_list_are_for_files_of_the_command_line_too() {
        let listed = entries(&[("z", Some("Z")), ("a", None), ("a", Some("A"))]);
        let order = in_order(&paths(&["ref"]), listed, &paths(&["z"]));
        let expected = entries(&[("ref", None), ("a", Some("A")), ("z", Some("Z"))]);
        assert_eq!(order.expect("one name each"), expected);
        let listed = entries(&[("a", Some("A")), ("a", Some("B"))]);
        let message = in_order(&[], listed, &[]).expect_err("two names");
        assert!(message.to_string().contains("\"A\" and sample \"B\""));
    }
}
