//! What a question lacks, gathered so that all of it is asked for in one round.

use std::ops::Range;

use crate::error::Error;
use crate::reader::Reader;
use crate::step::Stop;

/// Ranges without which there is no answer, and such as are likely needed next.
#[derive(Debug, Default)]
pub(crate) struct Wants {
    needed: Vec<Range<u64>>,
    hints: Vec<Range<u64>>,
}

impl Wants {
    /// The result, if there is one; what it lacks is remembered.
    pub(crate) fn take<T>(&mut self, result: Result<T, Stop>) -> Result<Option<T>, Error> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(Stop::Need(ranges)) => {
                self.needed.extend(ranges);
                Ok(None)
            }
            Err(Stop::Failed(error)) => Err(error),
        }
    }

    /// Adds ranges to be asked for together with those that are needed. Alone they are not.
    pub(crate) fn hint(&mut self, ranges: impl IntoIterator<Item = Range<u64>>) {
        self.hints.extend(ranges);
    }

    /// Whether nothing is lacking so far.
    pub(crate) fn is_complete(&self) -> bool {
        self.needed.is_empty()
    }

    /// Goes on if nothing is lacking.
    pub(crate) fn end(self, reader: &Reader) -> Result<(), Stop> {
        if self.needed.is_empty() {
            return Ok(());
        }
        let mut ranges = self.needed;
        ranges.extend(self.hints);
        reader.need(ranges)
    }
}
