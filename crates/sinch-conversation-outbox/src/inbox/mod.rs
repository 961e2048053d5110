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
//! callback that is repeated is stored once, as long as the event is not purged.
//!
//! A [`Handler`] calls a function for each event: at least once, and again when the process died or the function
//! failed. An event that fails too often is dead. It keeps its reason until it is replayed, and lets later ones go.

mod handler;
mod state;
mod store;

use std::fmt;
use std::sync::Arc;

use sinch_conversation::reqwest::header::HeaderMap;
use sinch_conversation::webhook::{Event, Verifier};

pub use crate::client::CallbackError;
pub use handler::{Failure, Handler, HandlerOptions};
pub use state::{EventChange, EventLife, EventState};
pub use store::{ClaimEvents, EventNumber, EventStore, Handled, NewEvent, StoredEvent};

use crate::client::verify;
use crate::metrics::{Metrics, Observer, Operation};
use crate::store::StoreError;
use crate::time::{Clock, SystemClock, Time};

/// How many events are deleted in one transaction.
const PURGE: usize = 1_000;

/// Receives callbacks into a store.
///
/// With axum it is a handler of a few lines; the store should be that of the outbox, so that receipts settle its rows.
///
/// ```
/// use axum::Router;
/// use axum::body::Bytes;
/// use axum::extract::State;
/// use axum::http::{HeaderMap, StatusCode};
/// use axum::routing::post;
/// use sinch_conversation::webhook::Verifier;
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
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// let store = SqliteStore::open(folder.path().join("outbox.db"))?;
/// let inbox = Inbox::new(store, "callbacks", Verifier::new(["the secret of the webhook"])?);
/// let router: Router = Router::new().route("/sinch", post(callback)).with_state(inbox);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Inbox<S> {
    store: S,
    name: String,
    verifier: Verifier,
    clock: Arc<dyn Clock>,
    is_in_order: bool,
    observer: Observer,
}

impl<S: EventStore> Inbox<S> {
    /// Takes an inbox of a store, for callbacks that the verifier accepts. It need not exist.
    pub fn new(store: S, name: impl Into<String>, verifier: Verifier) -> Self {
        let name = name.into();
        Self {
            store,
            observer: Observer::new(&name),
            name,
            verifier,
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
    /// The callback is not authentic or no JSON, or the store failed. [`CallbackError::status`] is what to answer.
    pub async fn receive(&self, headers: &HeaderMap, body: &[u8]) -> Result<bool, CallbackError> {
        let event = verify(&self.verifier, headers, body)?;
        let mut new = NewEvent::from_callback(&event, body);
        if self.is_in_order {
            new = new.in_order_of_contact(&event);
        }
        let work = self.store.accept(&self.name, vec![new], self.clock.now());
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
