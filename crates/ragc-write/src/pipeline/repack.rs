//! Parts of an archive copied, or compressed anew, in order: the threads of a run that reads no FASTA.

use std::io::Write;
use std::panic::resume_unwind;
use std::sync::mpsc::sync_channel;
use std::thread;

use super::queue::queue;
use super::{Compress, spawn, work, write_parts};
use crate::archive::{ArchiveWriter, StreamId};
use crate::budget::Budget;
use crate::create::CreateError;
use crate::part::Part;
use crate::registrar::{Settings, Task};

/// Where parts go, in the order of the archive.
pub struct Outlet(Compress);

impl Outlet {
    /// Sends what is compressed first.
    ///
    /// # Errors
    /// [`CreateError::Stopped`] when the archive cannot be written.
    pub fn compress(&self, tasks: impl IntoIterator<Item = Task>) -> Result<(), CreateError> {
        Ok(self.0.send(tasks)?)
    }

    /// Sends a part as it is.
    ///
    /// # Errors
    /// [`CreateError::Stopped`] when the archive cannot be written.
    pub fn copy(&self, stream: StreamId, part: Part) -> Result<(), CreateError> {
        let permit = self.0.budget.take(part.payload.len());
        let (result, place) = sync_channel(1);
        // There is room for it.
        let _ = result.send(Ok((stream, part, permit)));
        self.0.parts.send(place).map_err(|_| CreateError::Stopped)
    }
}

/// Writes what `send` sends, compressed by `threads` workers; gives back what `send` does.
///
/// # Errors
/// The first thing that went wrong; all threads have ended by then.
pub fn repack<W: Write + Send, T>(
    archive: ArchiveWriter<W>,
    settings: Settings,
    threads: usize,
    send: impl FnOnce(&Outlet) -> Result<T, CreateError>,
) -> Result<(ArchiveWriter<W>, T), CreateError> {
    let workers = threads.max(1);
    let under_way = 2 * workers + 2;
    thread::scope(|scope| {
        let (jobs, to_do) = queue(under_way);
        let (parts, places) = sync_channel(2 * under_way);
        for number in 0..workers {
            let to_do = to_do.clone();
            spawn(scope, format!("worker-{number}"), move || {
                work(to_do, settings)
            });
        }
        // Only the threads keep this end: the queue goes with the last of them.
        drop(to_do);
        let writer = spawn(scope, "writer".into(), move || {
            write_parts(archive, &places)
        });
        let budget = Budget::new(settings.memory.texts_in_flight_bytes(workers));
        let outlet = Outlet(Compress {
            jobs,
            parts,
            budget,
        });
        let sent = send(&outlet);
        // Hanging up ends the threads that still wait for us.
        drop(outlet);
        // A writer that failed is the reason for everything that stopped after it.
        let archive = writer.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        Ok((archive, sent?))
    })
}
