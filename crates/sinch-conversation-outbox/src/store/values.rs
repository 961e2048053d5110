//! What goes into a store and comes out of it.

use std::time::Duration;

use crate::pace::Pace;
use crate::row::RowId;
use crate::state::{Evidence, WorkerId};
use crate::time::Time;

/// What became of a row that was to be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Enqueued {
    /// The row, or the first one with the same dedup key.
    pub id: RowId,
    /// Whether the row was stored just now.
    pub is_new: bool,
}

impl Enqueued {
    /// Makes the answer of a store.
    pub const fn new(id: RowId, is_new: bool) -> Self {
        Self { id, is_new }
    }
}

/// How many requests a second all workers of a queue make together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rate {
    /// Requests a second.
    pub per_second: u32,
    /// How much of the limit a worker takes at a time.
    pub slice: Duration,
}

impl Rate {
    /// Makes a rate; 0 counts as 1. A worker takes permits for a tenth of a second at a time.
    pub const fn per_second(requests: u32) -> Self {
        Self {
            per_second: if requests == 0 { 1 } else { requests },
            slice: Duration::from_millis(100),
        }
    }

    /// The time from one request to the next.
    pub fn interval(self) -> Duration {
        Duration::from_secs(1) / self.per_second.max(1)
    }
}

/// A worker asks for rows.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The queue.
    pub queue: String,
    /// The worker that will hold them.
    pub worker: WorkerId,
    /// The time.
    pub now: Time,
    /// How long it holds them.
    pub lease: Duration,
    /// The most rows.
    pub limit: usize,
    /// The limit that all workers share; `None` for none.
    pub rate: Option<Rate>,
    /// What the queues of apps at the API are taken to be; `None` to take no account of them.
    pub pace: Option<Pace>,
    /// Rows whose permits come by this time may be begun with the claim, which saves a write; `None` to begin none.
    pub begin_until: Option<Time>,
}

/// Permits of the shared limit, one for each claimed row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Permits {
    /// When the first row may be sent.
    pub start: Time,
    /// How long after a row the next one may be sent.
    pub interval: Duration,
}

impl Permits {
    /// Makes permits.
    pub const fn new(start: Time, interval: Duration) -> Self {
        Self { start, interval }
    }

    /// When the row at a position, counted from 0, may be sent.
    pub fn at(self, position: usize) -> Time {
        let position = u32::try_from(position).unwrap_or(u32::MAX);
        self.start.plus(self.interval.saturating_mul(position))
    }
}

/// A row that a worker holds. `Debug` leaves the request out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimedRow {
    /// Its id.
    pub id: RowId,
    /// The body of the request, as JSON.
    pub request: String,
    /// How many requests were begun before.
    pub attempt: u32,
    /// The request that was begun with the claim. A row without one has to be begun before it is sent.
    pub begun: Option<Begun>,
}

impl ClaimedRow {
    /// Makes a claimed row that is not begun.
    pub const fn new(id: RowId, request: String, attempt: u32) -> Self {
        Self {
            id,
            request,
            attempt,
            begun: None,
        }
    }
}

impl std::fmt::Debug for ClaimedRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClaimedRow")
            .field("id", &self.id)
            .field("attempt", &self.attempt)
            .field("begun", &self.begun)
            .finish_non_exhaustive()
    }
}

/// What a worker got.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claimed {
    /// The rows, in the order in which they are to be sent.
    pub rows: Vec<ClaimedRow>,
    /// When each may be sent.
    pub permits: Permits,
    /// Why the queue is paused, if it is.
    pub paused: Option<String>,
    /// When there will be something to claim, as far as that is known.
    pub wake: Option<Time>,
}

impl Claimed {
    /// Makes an answer without rows.
    pub const fn nothing(now: Time) -> Self {
        Self {
            rows: Vec::new(),
            permits: Permits::new(now, Duration::ZERO),
            paused: None,
            wake: None,
        }
    }
}

/// A worker is about to send rows.
#[derive(Clone, Debug)]
pub struct Begin {
    /// The queue.
    pub queue: String,
    /// The worker.
    pub worker: WorkerId,
    /// The time.
    pub now: Time,
    /// How long from now on it holds them.
    pub lease: Duration,
    /// The rows.
    pub rows: Vec<RowId>,
}

/// A row that may be sent now, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Begun {
    /// The row.
    pub id: RowId,
    /// The number of its request, from 1.
    pub attempt: u32,
}

impl Begun {
    /// Makes the answer of a store.
    pub const fn new(id: RowId, attempt: u32) -> Self {
        Self { id, attempt }
    }
}

/// What came of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The row.
    pub id: RowId,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a row. Requests are named by their number.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The API accepted it.
    Accepted {
        /// The id of the message, if the answer had one.
        message_id: Option<String>,
    },
    /// The request was definitely not processed, so it is sent again.
    NotProcessed {
        /// The request.
        attempt: u32,
        /// It is not sent again before this time.
        not_before: Time,
        /// Why.
        reason: String,
    },
    /// The request was refused for good.
    Refused {
        /// The request.
        attempt: u32,
        /// Why.
        reason: String,
    },
    /// It is not known whether the request was processed.
    Unknown {
        /// The request.
        attempt: u32,
        /// Why.
        reason: String,
    },
    /// The worker lets go of it without having begun it.
    Released {
        /// The worker.
        worker: WorkerId,
    },
    /// An unknown row is sent again, after this request.
    SendAgain {
        /// The request whose outcome is unknown.
        attempt: u32,
    },
    /// A row that was refused, or that has failed, is sent again, because somebody wants it. One of a cancelled group is
    /// not. Receipts that repeat that its message was accepted or failed do not count any more; one that it was delivered
    /// does.
    Retry,
    /// An unknown row stays unknown until a receipt arrives.
    Leave {
        /// The request whose outcome is unknown.
        attempt: u32,
    },
}

/// What a callback says about a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The row, if the callback had its correlation id.
    pub row: Option<RowId>,
    /// The id of the message.
    pub message_id: Option<String>,
    /// What it says.
    pub evidence: Evidence,
    /// Why it failed.
    pub reason: Option<String>,
}

/// What a sweep did, in rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Swept {
    /// Claimed rows whose lease was over, which are queued again.
    pub released: usize,
    /// Begun rows whose lease was over, which are unknown now.
    pub unknown: usize,
    /// Rows whose time was over.
    pub expired: usize,
    /// Unknown rows that are sent again, as their policy says.
    pub sent_again: usize,
}

impl Swept {
    /// How many rows there were.
    pub const fn total(&self) -> usize {
        self.released + self.unknown + self.expired + self.sent_again
    }
}

/// Something done to a queue or a group. Groups need not exist before.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Control {
    /// Nothing of the queue is sent until it is resumed.
    Pause {
        /// Why, for people.
        reason: String,
    },
    /// The queue is sent again.
    Resume,
    /// Nothing of the queue is sent before this time. An earlier time than the one that is set changes nothing.
    HoldUntil(Time),
    /// Nothing of the group is sent until it is resumed.
    PauseGroup(String),
    /// The group is sent again, unless it is cancelled.
    ResumeGroup(String),
    /// Nothing of the group is sent any more, also of what is put into it later. Begun rows take their course; none is
    /// sent again.
    CancelGroup(String),
    /// Permits that are not used are given back, if nobody has taken later ones.
    ReturnPermits {
        /// When the first of them begins.
        from: Time,
        /// When the last of them ends.
        to: Time,
    },
}

/// How a row is found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Key {
    /// By its id.
    Id(RowId),
    /// By the name that the caller chose.
    Dedup(String),
}
