//! What a store does. The crate has one in SQLite and one in Postgres; another one implements [`Store`].

mod changes;
mod error;
mod filter;
mod patience;
mod status;
mod values;

use std::future::Future;

pub use changes::{Changes, Signals};
pub use error::StoreError;
pub use filter::RowFilter;
pub(crate) use patience::patiently;
pub use status::{Counts, GroupMode, Status};
pub use values::{
    Begin, Begun, Claim, Claimed, ClaimedRow, Control, Enqueued, Key, Outcome, Permits, Rate,
    Receipt, Settlement, Swept,
};

pub use crate::pace::Pacer;
use crate::row::{NewRow, Row, RowId, RowNumber};
use crate::state::State;
use crate::time::Time;

/// The answer of a store, on its way.
pub trait Answer<T>: Future<Output = Result<T, StoreError>> + Send {}

impl<T, F: Future<Output = Result<T, StoreError>> + Send> Answer<T> for F {}

/// Keeps rows, and makes their changes durable.
///
/// Every method is one transaction: when it returns, all of it survives a crash, and when it fails or is dropped
/// halfway, either all of it is stored or nothing. Methods take many rows at a time, because a transaction costs a
/// write to the disk.
///
/// A store decides nothing about the life of a row. It reads the row, applies [`Life::after`](crate::Life::after), and
/// writes the result. What that refuses is skipped and is no error.
///
/// Times come from the caller. They are compared with each other only, so that a wrong clock cannot break a rule.
pub trait Store: Send + Sync + 'static {
    /// Stores rows. A row whose dedup key is in the queue already is not stored; the answer names the first one.
    ///
    /// The answers are in the order of the rows.
    fn enqueue(&self, queue: &str, rows: Vec<NewRow>, now: Time) -> impl Answer<Vec<Enqueued>>;

    /// Claims rows that are due, those with the highest priority first, then those that were stored first, and takes
    /// a permit of the shared limit for each.
    ///
    /// Rows of a paused group are not claimed, nor those that wait for an earlier row with their ordering key. Rows
    /// that have expired, or whose group is cancelled, are ended instead. Rows for whose app there is no room, as [`Pacer`]
    /// reckons it, are passed over, however many there are.
    ///
    /// Rows whose permits come by [`begin_until`](Claim::begin_until) may be begun in the same transaction, as
    /// [`begin`](Self::begin) does. A store may leave that to `begin`; one that does it makes calls take effect in the order
    /// in which they were made.
    fn claim(&self, claim: Claim) -> impl Answer<Claimed>;

    /// Marks claimed rows as begun, and numbers each request. Only a row that is named in the answer may be
    /// sent.
    ///
    /// A row is left out when the worker does not hold it any more, and when the queue or its group was paused, its
    /// group cancelled, or its time ran out.
    fn begin(&self, begin: Begin) -> impl Answer<Vec<Begun>>;

    /// Stores what came of rows, and returns how many of them changed.
    fn settle(&self, settlements: Vec<Settlement>, now: Time) -> impl Answer<usize>;

    /// Stores receipts: each settles the row with its correlation id, or else the one with its message id. Returns
    /// the rows, `None` for a receipt of no row. They are in the order of the receipts.
    fn receive(&self, receipts: Vec<Receipt>, now: Time) -> impl Answer<Vec<Option<RowId>>>;

    /// Does what is due: ends leases, expires rows, and queues unknown rows whose policy says so. At most `limit` rows of
    /// each kind.
    fn sweep(&self, queue: &str, now: Time, limit: usize) -> impl Answer<Swept>;

    /// Returns unknown rows that their caller's function has to decide on. They are not returned again before
    /// `again`, so that one worker asks at a time.
    fn undecided(&self, queue: &str, now: Time, again: Time, limit: usize)
    -> impl Answer<Vec<Row>>;

    /// Pauses, resumes or cancels. Returns how many rows it ended: a large group is cancelled in slices, so a cancellation
    /// is called until it returns 0.
    fn control(&self, queue: &str, control: Control, now: Time) -> impl Answer<usize>;

    /// Counts the rows of a queue, or of one of its groups, and says whether it is paused, and why.
    fn status(&self, queue: &str, group: Option<&str>) -> impl Answer<Status>;

    /// Returns a row.
    fn find(&self, queue: &str, key: Key) -> impl Answer<Option<Row>>;

    /// Returns rows that pass a filter and have numbers above `after`, in the order of their numbers: at most `limit` of
    /// them.
    fn list(
        &self,
        queue: &str,
        filter: &RowFilter,
        after: RowNumber,
        limit: usize,
    ) -> impl Answer<Vec<Row>>;

    /// Deletes rows that are in one of these states since before a time: at most `limit` of them, oldest change first.
    /// Returns how many. Rows that are [not ended](State::is_ended) stay, whatever the states are.
    fn purge(
        &self,
        queue: &str,
        states: &[State],
        before: Time,
        limit: usize,
    ) -> impl Answer<usize>;

    /// Subscribes to a queue: to what is stored in it, and to what lets it go on. A worker waits for this next to its
    /// interval, so a store may miss some, and tell too much. By default it tells nothing.
    fn changes(&self, queue: &str) -> Changes {
        let _ = queue;
        Changes::never()
    }
}
