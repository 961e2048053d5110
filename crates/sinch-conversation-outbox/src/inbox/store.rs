//! What a store does for received events.

use std::fmt;
use std::time::Duration;

use crate::state::WorkerId;
use crate::store::{Answer, Changes, Receipt};
use crate::time::Time;

/// The number of an event in its store. Later ones are greater.
pub type EventNumber = i64;

/// An event that is about to be stored. `Debug` leaves the body out, since it holds what people say.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewEvent {
    /// What tells it from other events. An inbox stores one event with this key.
    pub key: String,
    /// The body of the callback, as JSON.
    pub body: String,
    /// Events with the same key are handled one after the other.
    pub ordering_key: Option<String>,
    /// What it says about a row of the outbox.
    pub receipt: Option<Receipt>,
}

impl NewEvent {
    /// Makes an event of its key and the body of its callback.
    pub fn new(key: impl Into<String>, body: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            body: body.into(),
            ordering_key: None,
            receipt: None,
        }
    }
}

impl fmt::Debug for NewEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEvent")
            .field("key", &self.key)
            .field("receipt", &self.receipt)
            .finish_non_exhaustive()
    }
}

/// A handler asks for events.
#[derive(Clone, Debug)]
pub struct ClaimEvents {
    /// The inbox.
    pub inbox: String,
    /// The handler.
    pub worker: WorkerId,
    /// The time.
    pub now: Time,
    /// How long it works on them at most, before others may.
    pub lease: Duration,
    /// The most events.
    pub limit: usize,
}

/// An event as the store has it. `Debug` leaves the body out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredEvent {
    /// Its number.
    pub number: EventNumber,
    /// What tells it from other events, also of other inboxes: [`NewEvent::key`].
    pub key: String,
    /// The body of the callback, as JSON.
    pub body: String,
    /// How often it was claimed, this time included.
    pub attempt: u32,
    /// When it was stored.
    pub received: Time,
    /// Why the last attempt failed.
    pub reason: Option<String>,
}

impl StoredEvent {
    /// Makes an event, for stores.
    pub const fn new(
        number: EventNumber,
        key: String,
        body: String,
        attempt: u32,
        received: Time,
        reason: Option<String>,
    ) -> Self {
        Self {
            number,
            key,
            body,
            attempt,
            received,
            reason,
        }
    }
}

impl fmt::Debug for StoredEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredEvent")
            .field("number", &self.number)
            .field("attempt", &self.attempt)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

/// What came of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Handled {
    /// It was handled.
    Done,
    /// The attempt failed, and there will be another one.
    Retry {
        /// The attempt.
        attempt: u32,
        /// Not before this time.
        not_before: Time,
        /// Why.
        reason: String,
    },
    /// The attempt failed, and there will be none.
    Bury {
        /// The attempt.
        attempt: u32,
        /// Why.
        reason: String,
    },
}

/// Keeps received events. Every method is one transaction, as those of [`Store`](crate::Store).
pub trait EventStore: Send + Sync + 'static {
    /// Stores events, and in the same transaction what they say about rows. Returns which of them are new; the others, whose
    /// keys are there already, are not stored again.
    fn accept(&self, inbox: &str, events: Vec<NewEvent>, now: Time) -> impl Answer<Vec<bool>>;

    /// Claims events that are due, those that were stored first first, after ending the leases that are over. Of
    /// events with the same ordering key only the first one that waits or is worked on is claimed.
    fn claim_events(&self, claim: ClaimEvents) -> impl Answer<Vec<StoredEvent>>;

    /// Stores what came of events, and returns how many of them changed.
    fn settle_events(
        &self,
        inbox: &str,
        handled: Vec<(EventNumber, Handled)>,
        now: Time,
    ) -> impl Answer<usize>;

    /// Returns dead events with numbers above `after`, in order: at most `limit` of them.
    fn dead_events(
        &self,
        inbox: &str,
        after: EventNumber,
        limit: usize,
    ) -> impl Answer<Vec<StoredEvent>>;

    /// Has dead events handled again, with their attempts counted anew. Returns how many there were.
    fn replay_events(&self, inbox: &str, events: Vec<EventNumber>, now: Time)
    -> impl Answer<usize>;

    /// Deletes events that were handled before a time: at most `limit` of them. Returns how many.
    fn purge_events(&self, inbox: &str, before: Time, limit: usize) -> impl Answer<usize>;

    /// Subscribes to what is stored in an inbox; see [`Store::changes`](crate::Store::changes).
    fn event_changes(&self, inbox: &str) -> Changes {
        let _ = inbox;
        Changes::never()
    }
}
