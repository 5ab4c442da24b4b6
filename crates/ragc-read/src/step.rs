//! How a question is answered: by its answer, or by the bytes it still needs.

use std::ops::Range;

use crate::error::Error;

/// What a question to a [`Reader`](crate::Reader) gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<T> {
    /// The parts of the file that are missing: sorted, disjoint, none of them supplied before. Supply them, ask again.
    Need(Vec<Range<u64>>),
    /// The answer.
    Done(T),
}

impl<T> Step<T> {
    /// The same step with another answer.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Step<U> {
        match self {
            Step::Need(ranges) => Step::Need(ranges),
            Step::Done(answer) => Step::Done(f(answer)),
        }
    }
}

/// Why a function inside the core ends early, so that `?` serves both.
#[derive(Debug)]
pub(crate) enum Stop {
    Need(Vec<Range<u64>>),
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Failed(error)
    }
}

/// From the inside to the caller's view.
pub(crate) fn step<T>(result: Result<T, Stop>) -> Result<Step<T>, Error> {
    match result {
        Ok(answer) => Ok(Step::Done(answer)),
        Err(Stop::Need(ranges)) => Ok(Step::Need(ranges)),
        Err(Stop::Failed(error)) => Err(error),
    }
}
