//! Where output goes: standard output, or a file that appears under its name only when it is complete.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Stdout, Write};
use std::path::{Path, PathBuf};

use super::Failure;
use super::interrupt::Unfinished;

/// Bytes gathered before they are written.
const BUFFER_LEN_BYTES: usize = 1 << 20;

/// An output being written. Dropped without [`Target::finish`], it leaves the file of its name as it was.
pub(super) enum Target {
    Stdout(BufWriter<Stdout>),
    File(FileTarget),
}

/// A file being written.
pub(super) struct FileTarget {
    /// As the user called it.
    path: PathBuf,
    writer: BufWriter<File>,
    /// `None` for devices and pipes, which are written in place.
    partial: Option<Partial>,
}

impl Target {
    /// Standard output for `None` and `-`, or else the file `output`.
    ///
    /// # Errors
    /// When the file cannot be written beside its target, or another run is writing it at this moment.
    pub(super) fn open(output: Option<&Path>) -> Result<Self, Failure> {
        match output {
            None => Ok(Self::stdout()),
            Some(path) if path == Path::new("-") => Ok(Self::stdout()),
            Some(path) => FileTarget::open(path).map(Self::File),
        }
    }

    fn stdout() -> Self {
        Self::Stdout(BufWriter::with_capacity(BUFFER_LEN_BYTES, io::stdout()))
    }

    /// The failure that `error`, met while writing here, amounts to.
    pub(super) fn failure(&self, error: io::Error) -> Failure {
        match self {
            Self::Stdout(_) if error.kind() == io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
            Self::Stdout(_) => Failure::Stdout(error),
            Self::File(file) => file.failure(error),
        }
    }

    /// Writes `bytes`, with errors that name the target.
    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.write_all(bytes).map_err(|error| self.failure(error))
    }

    /// Where there is room for as much as is written: beside a file, or where temporary files go.
    pub(super) fn scratch_directory(&self) -> PathBuf {
        match self {
            Self::File(FileTarget {
                partial: Some(partial),
                ..
            }) => directory_of(&partial.path).into(),
            _ => std::env::temp_dir(),
        }
    }

    /// The file that all was written to, before it takes its name; `None` for what is not renamed.
    pub(super) fn unfinished(&mut self) -> Result<Option<&Path>, Failure> {
        self.flush().map_err(|error| self.failure(error))?;
        match self {
            Self::Stdout(_) => Ok(None),
            Self::File(file) => Ok(file.partial.as_ref().map(|partial| partial.path.as_path())),
        }
    }

    /// Completes the output: a file takes its name now, replacing what had it. `durable` waits for the disk before.
    pub(super) fn finish(mut self, durable: bool) -> Result<(), Failure> {
        self.flush().map_err(|error| self.failure(error))?;
        match self {
            Self::Stdout(_) => Ok(()),
            Self::File(file) => file.finish(durable),
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(writer) => writer.write(bytes),
            Self::File(file) => file.writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(writer) => writer.flush(),
            Self::File(file) => file.writer.flush(),
        }
    }
}

impl FileTarget {
    fn open(path: &Path) -> Result<Self, Failure> {
        let failure = |source| Failure::File {
            path: path.into(),
            source,
        };
        // Links are followed first: the file behind the link is replaced, the link stays.
        let resolved = fs::canonicalize(path).unwrap_or_else(|_| path.into());
        let in_place = match fs::metadata(&resolved) {
            Ok(metadata) if metadata.is_dir() => {
                return Err(failure(io::ErrorKind::IsADirectory.into()));
            }
            // Renaming over it would work, but somebody wanted it kept.
            Ok(metadata) if metadata.is_file() && metadata.permissions().readonly() => {
                let why = format!("{}: the file is write-protected", path.display());
                return Err(Failure::Other(why));
            }
            Ok(metadata) => !metadata.is_file(),
            Err(_) => false,
        };
        let directory = directory_of(&resolved);
        if let Err(source) = fs::metadata(directory) {
            let (path, directory) = (path.display(), directory.display());
            return Err(Failure::Other(format!(
                "{path}: directory {directory}: {source}"
            )));
        }
        let (file, partial) = if in_place {
            (
                OpenOptions::new()
                    .write(true)
                    .open(&resolved)
                    .map_err(failure)?,
                None,
            )
        } else {
            let (file, partial) = Partial::begin(resolved)?;
            (file, Some(partial))
        };
        Ok(Self {
            path: path.into(),
            writer: BufWriter::with_capacity(BUFFER_LEN_BYTES, file),
            partial,
        })
    }

    fn failure(&self, source: io::Error) -> Failure {
        Failure::File {
            path: self.path.clone(),
            source,
        }
    }

    fn finish(self, durable: bool) -> Result<(), Failure> {
        if let Some(partial) = self.partial {
            let failure = |source| Failure::File {
                path: self.path.clone(),
                source,
            };
            partial
                .finish(self.writer.get_ref(), durable)
                .map_err(failure)?;
        }
        Ok(())
    }
}

/// `<target>.partial`, locked for this process; removed when dropped.
struct Partial {
    path: PathBuf,
    target: PathBuf,
}

impl Partial {
    /// Creates `<target>.partial`, or takes over one that a dead run left behind.
    fn begin(target: PathBuf) -> Result<(File, Self), Failure> {
        let mut name: OsString = target.clone().into();
        name.push(".partial");
        let path = PathBuf::from(name);
        let mut unfinished = Unfinished::lock();
        let failure = |source| Failure::File {
            path: path.clone(),
            source,
        };
        let file = loop {
            let file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)
                .map_err(failure)?;
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => {
                    let why = format!("{}: another run is writing this file", path.display());
                    return Err(Failure::Other(why));
                }
                // File systems without locks cannot tell.
                Ok(()) | Err(TryLockError::Error(_)) => {}
            }
            // Between opening and locking, its owner may have finished it: then this is no partial file any more.
            if is_file_at(&file, &path).map_err(failure)? {
                break file;
            }
        };
        file.set_len(0).map_err(failure)?;
        unfinished.add(&path);
        drop(unfinished);
        if let Ok(metadata) = fs::metadata(&target) {
            // What replaces a file is as private as it was; where that cannot be kept, writing still can.
            let _ = file.set_permissions(metadata.permissions());
        }
        Ok((file, Self { path, target }))
    }

    fn finish(self, file: &File, durable: bool) -> io::Result<()> {
        if durable {
            file.sync_all()?;
        }
        {
            let mut unfinished = Unfinished::lock();
            fs::rename(&self.path, &self.target)?;
            unfinished.forget(&self.path);
        }
        if durable {
            sync_directory_of(&self.target);
        }
        Ok(())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        let mut unfinished = Unfinished::lock();
        if unfinished.holds(&self.path) {
            let _ = fs::remove_file(&self.path);
            unfinished.forget(&self.path);
        }
    }
}

/// Whether `path` still leads to `file`.
#[cfg(unix)]
fn is_file_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let ours = file.metadata()?;
    Ok(
        fs::metadata(path)
            .is_ok_and(|found| (found.dev(), found.ino()) == (ours.dev(), ours.ino())),
    )
}

/// Elsewhere an open file cannot be renamed by another process.
#[cfg(not(unix))]
fn is_file_at(_file: &File, _path: &Path) -> io::Result<bool> {
    Ok(true)
}

/// Where a file lies.
fn directory_of(path: &Path) -> &Path {
    path.parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Makes the new name last through a power cut, where directories can be synced.
fn sync_directory_of(path: &Path) {
    if let Ok(directory) = File::open(directory_of(path)) {
        let _ = directory.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_appears_when_finished_and_not_before() {
        let folder = std::env::temp_dir().join(format!("ragc-target-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary directory");
        let (path, partial) = (folder.join("out"), folder.join("out.partial"));
        fs::write(&path, "old").expect("a file");
        fs::write(&partial, "left behind by a run that was killed, and longer").expect("a file");

        let mut target = Target::open(Some(&path)).expect("a target");
        target.put(b"never").expect("room");
        assert!(
            matches!(Target::open(Some(&path)), Err(Failure::Other(_))),
            "a second writer"
        );
        drop(target);
        assert_eq!(fs::read(&path).expect("the old file"), b"old");
        assert!(!partial.exists());

        let mut target = Target::open(Some(&path)).expect("a target");
        target.put(b"new").expect("room");
        assert_eq!(fs::read(&path).expect("the old file"), b"old");
        target.finish(true).expect("room");
        assert_eq!(fs::read(&path).expect("the new file"), b"new");
        assert!(!partial.exists());

        assert!(
            matches!(Target::open(Some(&folder)), Err(Failure::File { .. })),
            "a directory"
        );
        let out = folder.join("absent/out");
        let message = Target::open(Some(&out))
            .err()
            .map(|error| error.to_string());
        assert!(
            message.is_some_and(|message| message.contains("absent: ") && !message.contains("partial")),
            "the directory is named that is not there"
        );
        fs::remove_dir_all(&folder).expect("the directory");
    }
}
