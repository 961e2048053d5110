//! A message that is to be sent, and all that the store keeps about it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::pace::PaceKey;
use crate::state::State;
use crate::time::Time;

/// The name of a row, which is also the correlation id of its requests: 32 hexadecimal digits.
///
/// Ids that were made later sort later, to the millisecond.
///
/// ```
/// use sinch_conversation_outbox::{RowId, Time};
///
/// let id = RowId::random(Time::from_micros(1_000));
/// assert_eq!(id.to_string().parse(), Ok(id));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(u128);

/// The text is not 32 hexadecimal digits, so it names no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the id of a row, which has 32 lower-case hexadecimal digits")]
pub struct InvalidRowId;

impl RowId {
    /// Makes an id that no other row has: 48 bits of the time in milliseconds, then 80 random ones.
    pub fn random(now: Time) -> Self {
        let millis = u128::try_from(now.micros().max(0) / 1000).unwrap_or_default();
        Self((millis << 80) | (fastrand::u128(..) >> 48))
    }

    /// The id as 16 bytes.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// Takes an id of 16 bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RowId({self})")
    }
}

impl FromStr for RowId {
    type Err = InvalidRowId;

    fn from_str(text: &str) -> Result<Self, InvalidRowId> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 32 || !text.bytes().all(is_digit) {
            return Err(InvalidRowId);
        }
        u128::from_str_radix(text, 16)
            .map(Self)
            .map_err(|_| InvalidRowId)
    }
}

/// What happens to a row when it is not known whether its message was sent.
///
/// In each case a receipt that arrives before decides, and nothing is sent again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnknownPolicy {
    /// It stays unknown until a receipt arrives.
    #[default]
    Leave,
    /// It is sent again after this time. The person may get the message twice.
    SendAgainAfter(Duration),
    /// After this time the worker asks a function of the caller what to do.
    AskAfter(Duration),
}

impl UnknownPolicy {
    /// How long a row is unknown before something is done; `None` when nothing is.
    pub const fn pause(self) -> Option<Duration> {
        match self {
            Self::Leave => None,
            Self::SendAgainAfter(pause) | Self::AskAfter(pause) => Some(pause),
        }
    }
}

/// A row that is about to be stored. `Debug` leaves the request out, since it holds a person's address.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewRow {
    /// The body of the request, as JSON and without a correlation id.
    pub request: String,
    /// A name that the caller chose. A queue has one row of this name.
    pub dedup_key: Option<String>,
    /// The group, such as a campaign, that it is counted, paused and cancelled with.
    pub group: Option<String>,
    /// Rows with the same key are sent one after the other, in the order in which they were stored.
    pub ordering_key: Option<String>,
    /// Rows with a higher one are sent first. 0 by default.
    pub priority: i32,
    /// It is not sent before this time.
    pub not_before: Option<Time>,
    /// It is not sent from this time on.
    pub expires: Option<Time>,
    /// What happens when its outcome is unknown.
    pub on_unknown: UnknownPolicy,
    /// The queue of the API that it counts for; `None` for none.
    pub pace_key: Option<PaceKey>,
}

impl NewRow {
    /// Makes a row of the JSON body of a request, with nothing else asked for. It counts for the app and the channel that
    /// [the request names](PaceKey::of_request).
    pub fn new(request: impl Into<String>) -> Self {
        let request = request.into();
        Self {
            pace_key: PaceKey::of_request(&request),
            request,
            dedup_key: None,
            group: None,
            ordering_key: None,
            priority: 0,
            not_before: None,
            expires: None,
            on_unknown: UnknownPolicy::default(),
        }
    }

    /// Sets the name by which the row is stored once.
    #[must_use]
    pub fn dedup_key(mut self, key: impl Into<String>) -> Self {
        self.dedup_key = Some(key.into());
        self
    }

    /// Puts the row into a group.
    #[must_use]
    pub fn group(mut self, name: impl Into<String>) -> Self {
        self.group = Some(name.into());
        self
    }

    /// Sends the row after all earlier ones with the same key.
    #[must_use]
    pub fn ordering_key(mut self, key: impl Into<String>) -> Self {
        self.ordering_key = Some(key.into());
        self
    }

    /// Sets the priority. Rows with a higher one are sent first.
    #[must_use]
    pub const fn priority(mut self, priority: i32) -> Self {
        self.priority = priority;
        self
    }

    /// Sets the time before which the row is not sent.
    #[must_use]
    pub fn not_before(mut self, time: impl Into<Time>) -> Self {
        self.not_before = Some(time.into());
        self
    }

    /// Sets the time from which on the row is not sent any more.
    #[must_use]
    pub fn expires(mut self, time: impl Into<Time>) -> Self {
        self.expires = Some(time.into());
        self
    }

    /// Sets what happens when the outcome of the row is unknown.
    #[must_use]
    pub const fn on_unknown(mut self, policy: UnknownPolicy) -> Self {
        self.on_unknown = policy;
        self
    }

    /// Sets the queue of the API that the row counts for, instead of the one that its request names. `None` lets it count
    /// for none.
    #[must_use]
    pub fn pace_key(mut self, key: impl Into<Option<PaceKey>>) -> Self {
        self.pace_key = key.into();
        self
    }
}

impl fmt::Debug for NewRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewRow")
            .field("group", &self.group)
            .field("priority", &self.priority)
            .field("not_before", &self.not_before)
            .field("expires", &self.expires)
            .field("on_unknown", &self.on_unknown)
            .field("pace_key", &self.pace_key)
            .finish_non_exhaustive()
    }
}

/// The number of a row in its store. Rows that were stored later have greater ones.
pub type RowNumber = i64;

/// A row as the store has it. `Debug` leaves the request and the caller's keys out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// Its number.
    pub number: RowNumber,
    /// Its id.
    pub id: RowId,
    /// Its state.
    pub state: State,
    /// How many requests were begun.
    pub attempt: u32,
    /// The body of the request, as JSON.
    pub request: String,
    /// The name that the caller chose.
    pub dedup_key: Option<String>,
    /// Its group.
    pub group: Option<String>,
    /// The id of the message, from the first answer or receipt that told it.
    pub message_id: Option<String>,
    /// Why it is refused, unknown, failed or tried again.
    pub reason: Option<String>,
    /// When it was stored.
    pub created: Time,
    /// When its state changed last.
    pub changed: Time,
}

impl Row {
    /// Makes a queued row, for stores.
    pub fn new(id: RowId, request: String, created: Time) -> Self {
        Self {
            number: 0,
            id,
            state: State::Queued,
            attempt: 0,
            request,
            dedup_key: None,
            group: None,
            message_id: None,
            reason: None,
            created,
            changed: created,
        }
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("attempt", &self.attempt)
            .field("message_id", &self.message_id)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}
