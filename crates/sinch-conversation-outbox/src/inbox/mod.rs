//! Callbacks that must not be lost: stored before they are answered, and handled at least once.
//!
//! ```text
//!  callback ──▶ waiting ──────▶ claimed ──────▶ handled
//!                 ▲  ▲             │ │
//!                 │  └── retry, ───┘ └──▶ dead
//!                 │      end of lease       │
//!                 └───────── replay ────────┘
//! ```
//!
//! [`Inbox::receive`] checks where a callback comes from, stores it and what it says about rows of the outbox in one
//! transaction, and returns only then: answer with success after that, and with [`CallbackError::status`] otherwise. A
//! callback that is repeated is stored once, as long as the event is not purged. With the feature `axum`, `Inbox::route`
//! does all of it.
//!
//! A [`Handler`] calls a function for each event: at least once, and again when the process died or the function
//! failed. An event that fails too often is dead. It keeps its reason until it is replayed, and lets later ones go.

#[cfg(feature = "axum")]
mod axum;
mod handler;
mod options;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(crate) mod record;
mod state;
mod store;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sinch_conversation::reqwest::header::HeaderMap;
use sinch_conversation::webhook::{Event, Receiver, SignedCallback};

pub use crate::client::CallbackError;
pub use handler::{Failure, Handler};
pub use options::HandlerOptions;
pub use state::{EventChange, EventLife, EventState};
pub use store::{ClaimEvents, EventNumber, EventStore, Handled, NewEvent, StoredEvent};

use crate::metrics::{Metrics, Observer, Operation};
use crate::store::StoreError;
use crate::time::{Clock, SystemClock, Time};

/// How many events are deleted in one transaction.
const PURGE: usize = 1_000;

/// How long the store may take for a callback, unless told otherwise.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Receives callbacks into a store. The store should be that of the outbox, so that receipts settle its rows.
///
/// With any web framework:
///
/// ```
/// use axum::body::Bytes;
/// use axum::extract::State;
/// use axum::http::{HeaderMap, StatusCode};
/// use sinch_conversation_outbox::SqliteStore;
/// use sinch_conversation_outbox::inbox::Inbox;
///
/// async fn callback(
///     State(inbox): State<Inbox<SqliteStore>>,
///     headers: HeaderMap,
///     body: Bytes,
/// ) -> StatusCode {
///     match inbox.receive(&headers, &body).await {
///         Ok(_) => StatusCode::OK,
///         Err(error) => error.status(),
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Inbox<S> {
    store: S,
    name: String,
    receiver: Receiver,
    timeout: Duration,
    clock: Arc<dyn Clock>,
    is_in_order: bool,
    observer: Observer,
}

impl<S: EventStore> Inbox<S> {
    /// Takes an inbox of a store, for callbacks that a `Verifier` accepts, or a [`Receiver`] with limits of your own. It
    /// need not exist. What the receiver remembers of events is not used: the store does that.
    pub fn new(store: S, name: impl Into<String>, receiver: impl Into<Receiver>) -> Self {
        let name = name.into();
        Self {
            store,
            observer: Observer::new(&name),
            name,
            receiver: receiver.into(),
            timeout: TIMEOUT,
            clock: Arc::new(SystemClock),
            is_in_order: false,
        }
    }

    /// Sets the clock. The machine's own by default.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the hook for metrics. None by default.
    #[must_use]
    pub fn metrics(mut self, metrics: impl Metrics) -> Self {
        self.observer.set(metrics);
        self
    }

    /// Sets how long the store may take for a callback; after that the API is told to call again. 5 s by default. How long
    /// the API waits for an answer is not documented.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Has the events of a contact handled one after the other, in the order in which they were stored.
    #[must_use]
    pub fn in_order_per_contact(mut self) -> Self {
        self.is_in_order = true;
        self
    }

    /// Stores a callback, with its headers and the bytes of its body as they came. Returns whether it is new.
    ///
    /// # Errors
    ///
    /// The callback is not authentic or no JSON, or the store failed or was slow. [`CallbackError::status`] is what to
    /// answer.
    pub async fn receive(&self, headers: &HeaderMap, body: &[u8]) -> Result<bool, CallbackError> {
        self.accept(&self.receiver.check(headers, body)?).await
    }

    /// Stores a callback that was checked.
    async fn accept(&self, callback: &SignedCallback) -> Result<bool, CallbackError> {
        let mut new = NewEvent::from_callback(callback);
        if self.is_in_order {
            new = new.in_order_of_contact(callback.event());
        }
        let timeout = self.timeout;
        let accepted = self.store.accept(&self.name, vec![new], self.clock.now());
        let work = async {
            let stored = tokio::time::timeout(timeout, accepted).await;
            let stored = stored.map_err(|_| CallbackError::StoreTimeout { timeout })?;
            stored.map_err(CallbackError::from)
        };
        let are_new = self
            .observer
            .store(Operation::Receive, work, Vec::len)
            .await?;
        Ok(are_new.first().copied().unwrap_or_default())
    }

    /// Returns dead events with numbers above `after`, in order: at most `limit` of them.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn dead(
        &self,
        after: EventNumber,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.store.dead_events(&self.name, after, limit).await
    }

    /// Has dead events handled again, with their attempts counted anew. Returns how many there were.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn replay(
        &self,
        events: impl IntoIterator<Item = EventNumber>,
    ) -> Result<usize, StoreError> {
        let events = events.into_iter().collect();
        self.store
            .replay_events(&self.name, events, self.clock.now())
            .await
    }

    /// Deletes events that were handled before a time, in slices, and returns how many. Keep them for longer than the API
    /// repeats callbacks, and than the window of the verifier: a repeated one is new after that.
    ///
    /// # Errors
    ///
    /// Those of the store. Some events may be deleted then.
    pub async fn purge(&self, before: impl Into<Time>) -> Result<usize, StoreError> {
        let before = before.into();
        let mut deleted = 0;
        loop {
            let slice = self.store.purge_events(&self.name, before, PURGE).await?;
            deleted += slice;
            if slice < PURGE {
                return Ok(deleted);
            }
        }
    }
}

impl<S> fmt::Debug for Inbox<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl StoredEvent {
    /// The callback.
    ///
    /// # Errors
    ///
    /// The body is no JSON, which a verified callback is.
    pub fn event(&self) -> Result<Event, impl std::error::Error + use<>> {
        Event::from_slice(self.body.as_bytes())
    }
}
