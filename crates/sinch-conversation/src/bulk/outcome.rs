//! What is reported about the sends.

use std::fmt;

use crate::error::Error;
use crate::resources::Sent;

/// The result of one item.
///
/// `Debug` leaves the item out: it is a person's address, or your own data.
#[derive(Clone)]
#[non_exhaustive]
pub struct Outcome<T, O = Sent> {
    /// The place of the item among all, counted from 0.
    pub position: usize,
    /// The item itself.
    pub item: T,
    /// What the API answered. With an error,
    /// [`may_have_been_processed`](Error::may_have_been_processed) says whether the message may have gone out.
    pub result: Result<O, Error>,
}

impl<T, O: fmt::Debug> fmt::Debug for Outcome<T, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome")
            .field("position", &self.position)
            .field("result", &self.result)
            .finish_non_exhaustive()
    }
}

/// How far a run has come. Counts this run only, not what was skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Outcomes that were returned and are no errors.
    pub succeeded: usize,
    /// Outcomes that were returned and are errors.
    pub failed: usize,
    /// Items whose send was begun and whose outcome was not returned yet; at most `concurrency`.
    pub in_flight: usize,
    /// Items whose send was not begun yet; `None` when the iterator or stream does not say how many there are.
    pub remaining: Option<usize>,
}

/// Which items have an outcome: all before `next`, but for those in `open`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checkpoint {
    /// The position of the first item whose send was not begun, for [`Bulk::start_at`](super::Bulk::start_at).
    pub next: usize,
    /// The positions of the items whose send was begun and whose outcome was not returned, in order; at most `concurrency`.
    /// Empty when the outcomes were read to their end.
    pub open: Vec<usize>,
}
