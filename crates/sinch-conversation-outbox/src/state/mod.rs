//! The life of a row, without any storage: which change is possible when, and what it leads to.
//!
//! Every store applies [`Life::after`] to the row that it has read, and writes the result in the same transaction.

#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(crate) mod batch;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(crate) mod permits;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(crate) mod record;

use std::fmt;

use crate::time::Time;

/// What has become of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum State {
    /// Waits to be sent.
    Queued,
    /// Held by a worker, which has not begun to send it.
    Claimed,
    /// Its request may go out, or has gone out. Written before the first byte of the request.
    Begun,
    /// The API has accepted it.
    Accepted,
    /// A receipt says that it could not be delivered.
    Failed,
    /// A receipt says that it was delivered.
    Delivered,
    /// A receipt says that it was read.
    Read,
    /// The API refused it for good. The reason is in the row.
    Refused,
    /// Begun, and the outcome was never learned.
    Unknown,
    /// Its time was over before it was sent.
    Expired,
    /// Cancelled before it was sent.
    Cancelled,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 11] = [
        Self::Queued,
        Self::Claimed,
        Self::Begun,
        Self::Accepted,
        Self::Failed,
        Self::Delivered,
        Self::Read,
        Self::Refused,
        Self::Unknown,
        Self::Expired,
        Self::Cancelled,
    ];

    /// The states of rows that reached nobody, as far as it is known.
    pub const FAILURES: [Self; 5] = [
        Self::Failed,
        Self::Refused,
        Self::Unknown,
        Self::Expired,
        Self::Cancelled,
    ];

    /// The number under which stores keep it. It never changes.
    ///
    /// ```
    /// use sinch_conversation_outbox::State;
    ///
    /// assert!(State::ALL.iter().all(|state| State::from_code(state.code()) == Some(*state)));
    /// ```
    pub const fn code(self) -> i64 {
        match self {
            Self::Queued => 0,
            Self::Claimed => 1,
            Self::Begun => 2,
            Self::Accepted => 3,
            Self::Failed => 4,
            Self::Delivered => 5,
            Self::Read => 6,
            Self::Refused => 7,
            Self::Unknown => 8,
            Self::Expired => 9,
            Self::Cancelled => 10,
        }
    }

    /// The state with this number; `None` for a number of a later version.
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// The name, in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Claimed => "claimed",
            Self::Begun => "begun",
            Self::Accepted => "accepted",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing will be sent for the row any more, unless its policy for unknown rows says so.
    pub const fn is_ended(self) -> bool {
        !matches!(self, Self::Queued | Self::Claimed | Self::Begun)
    }

    /// The evidence that a state rests on. More of it replaces less of it, whatever order it arrives in.
    const fn evidence(self) -> u8 {
        match self {
            Self::Accepted => 1,
            Self::Failed => 2,
            Self::Delivered => 3,
            Self::Read => 4,
            _ => 0,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of a worker, unique among all that share a store.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WorkerId(String);

impl WorkerId {
    /// Takes a name. Two workers must never have the same one, not even one after the other.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Makes a name that no other worker has.
    pub fn random() -> Self {
        Self(format!("{:032x}", fastrand::u128(..)))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who holds a row, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The worker that holds it.
    pub worker: WorkerId,
    /// From this time on others may take the row from the worker.
    pub until: Time,
}

/// What the API or a receipt has said about a request of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Evidence {
    /// It was accepted: by the answer of the API, or by any callback that names the row.
    Accepted,
    /// It failed.
    Failed,
    /// It was delivered.
    Delivered,
    /// It was read.
    Read,
}

impl Evidence {
    const fn state(self) -> State {
        match self {
            Self::Accepted => State::Accepted,
            Self::Failed => State::Failed,
            Self::Delivered => State::Delivered,
            Self::Read => State::Read,
        }
    }
}

/// Something that happens to a row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change<'a> {
    /// A worker takes it.
    Claim(Lease),
    /// The worker that holds it lets go of it unsent.
    Release(&'a WorkerId),
    /// The worker that holds it is about to send its request.
    Begin(Lease),
    /// The request with this number was definitely not processed; it will be sent again.
    NotProcessed(u32),
    /// The request with this number was refused for good.
    Refuse(u32),
    /// The outcome of the request with this number cannot be learned from its answer.
    Unknown(u32),
    /// It is this late, and the holder may be dead.
    EndLease(Time),
    /// The policy says to send it again, after the request with this number.
    SendAgain(u32),
    /// Somebody wants a row that was refused, or that a receipt says has failed, to be sent again. Neither reached anybody.
    Retry,
    /// Its time is over.
    Expire,
    /// Nobody wants it sent any more.
    Cancel,
    /// The API has it.
    Evidence(Evidence),
}

/// Where a row is in its life.
///
/// ```
/// use sinch_conversation_outbox::{Change, Lease, Life, State, Time, WorkerId};
///
/// let lease = Lease { worker: WorkerId::random(), until: Time::from_micros(100) };
/// let claimed = Life::default().after(&Change::Claim(lease.clone())).expect("it is queued");
/// let begun = claimed.after(&Change::Begin(lease)).expect("the worker holds it");
/// let left_behind = begun.after(&Change::EndLease(Time::from_micros(100))).expect("the lease is over");
/// assert_eq!(left_behind.state, State::Unknown);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// The state.
    pub state: State,
    /// How many requests were begun.
    pub attempt: u32,
    /// Who holds it. Only claimed and begun rows are held.
    pub lease: Option<Lease>,
}

impl Default for Life {
    fn default() -> Self {
        Self {
            state: State::Queued,
            attempt: 0,
            lease: None,
        }
    }
}

impl Life {
    /// The life after a change, or `None` when the change is not possible or changes nothing. That is no error: a
    /// worker that was taken for dead, a late receipt and a repeated one all come to nothing here.
    #[must_use]
    pub fn after(&self, change: &Change<'_>) -> Option<Self> {
        use State::{Begun, Cancelled, Claimed, Expired, Failed, Queued, Refused, Unknown};
        let (state, attempt, lease) = (self.state, self.attempt, None);
        let is_asked = |number: u32| matches!(state, Begun | Unknown) && number == attempt;
        let next = match (change, state) {
            (Change::Claim(lease), Queued) => {
                return Some(self.held(Claimed, attempt, lease));
            }
            (Change::Begin(lease), Claimed) if self.is_held_by(&lease.worker) => {
                return Some(self.held(Begun, attempt.saturating_add(1), lease));
            }
            (Change::Release(worker), Claimed) if self.is_held_by(worker) => Queued,
            (Change::EndLease(now), Claimed) if self.is_over(*now) => Queued,
            (Change::EndLease(now), Begun) if self.is_over(*now) => Unknown,
            (Change::Unknown(number), Begun) if is_asked(*number) => Unknown,
            (Change::NotProcessed(number), _) if is_asked(*number) => Queued,
            (Change::Refuse(number), _) if is_asked(*number) => Refused,
            (Change::SendAgain(number), Unknown) if is_asked(*number) => Queued,
            (Change::Retry, Refused | Failed) => Queued,
            (Change::Expire, Queued | Claimed) => Expired,
            (Change::Cancel, Queued | Claimed) => Cancelled,
            (Change::Evidence(evidence), _) if evidence.state().evidence() > state.evidence() => {
                evidence.state()
            }
            _ => return None,
        };
        Some(Self {
            state: next,
            attempt,
            lease,
        })
    }

    fn held(&self, state: State, attempt: u32, lease: &Lease) -> Self {
        Self {
            state,
            attempt,
            lease: Some(lease.clone()),
        }
    }

    fn is_held_by(&self, worker: &WorkerId) -> bool {
        self.lease
            .as_ref()
            .is_some_and(|lease| lease.worker == *worker)
    }

    fn is_over(&self, now: Time) -> bool {
        self.lease.as_ref().is_none_or(|lease| lease.until <= now)
    }
}

#[cfg(test)]
mod tests;
