//! Which events were handled: the interface of stores.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

use super::EventKey;

/// Why a store of events failed.
pub type EventStoreError = Box<dyn Error + Send + Sync>;

/// What a store of events returns.
pub type EventStoreFuture<'a, T> =
    Pin<Box<dyn Future<Output = Result<T, EventStoreError>> + Send + 'a>>;

/// Remembers which events were handled, so that each is handled once although it may be delivered more than once.
///
/// [`MemoryEvents`](super::MemoryEvents) is one for a single process. Several processes behind one address need a store
/// that they share. Signatures are checked before an event gets here, so nobody without the secret can fill a store.
///
/// An event is *begun*, and then *done* or *abandoned*:
///
/// - [`begin`](Self::begin) claims the event. Of several callers with the same key, only one gets the [`Claim`].
/// - [`Claim::done`] records that it was handled. From then on every delivery is a [`Begun::Handled`].
/// - [`Claim::abandon`], or dropping the claim, records nothing: the event can be begun again. This is what happens when
///   a handler fails, panics or is cancelled.
///
/// # In a database
///
/// Begin a transaction and insert the key into a table where it is unique; `done` commits and `abandon` rolls back. A
/// second caller waits for the first, or finds the row locked and gets [`Begun::InProgress`]. When a process dies, the
/// database rolls back. What the handler writes through the transaction of the claim, which
/// [`VerifiedEvent::claim_as`](super::VerifiedEvent::claim_as) returns, is then written exactly once. Anything else,
/// such as a message that the handler sends, happens at least once.
///
/// In a store without transactions, such as Redis, write the claim with an expiry that is longer than any handler takes.
///
/// ```
/// use std::collections::HashSet;
/// use std::sync::{Arc, Mutex};
/// use std::time::SystemTime;
/// use sinch_conversation::webhook::{Begun, Claim, EventKey, EventStore, EventStoreFuture};
///
/// /// Remembers every event, without a bound.
/// #[derive(Clone, Debug, Default)]
/// struct Unbounded(Arc<Mutex<HashSet<EventKey>>>);
///
/// struct UnboundedClaim {
///     events: Unbounded,
///     key: EventKey,
/// }
///
/// impl EventStore for Unbounded {
///     fn begin<'a>(&'a self, key: &'a EventKey, _: SystemTime) -> EventStoreFuture<'a, Begun> {
///         Box::pin(async move {
///             let mut events = self.0.lock().map_err(|_| "a claim panicked")?;
///             if !events.insert(key.clone()) {
///                 return Ok(Begun::Handled);
///             }
///             Ok(Begun::New(Box::new(UnboundedClaim { events: self.clone(), key: key.clone() })))
///         })
///     }
/// }
///
/// impl Claim for UnboundedClaim {
///     fn done(self: Box<Self>) -> EventStoreFuture<'static, ()> {
///         Box::pin(async { Ok(()) })
///     }
///
///     fn abandon(self: Box<Self>) -> EventStoreFuture<'static, ()> {
///         Box::pin(async move {
///             self.events.0.lock().map_err(|_| "a claim panicked")?.remove(&self.key);
///             Ok(())
///         })
///     }
/// }
/// ```
pub trait EventStore: fmt::Debug + Send + Sync {
    /// Claims an event, unless it was handled or somebody else has claimed it. Looking and claiming are one step.
    ///
    /// An event that was handled may be forgotten, but not before `keep_until`: until then the same request could be
    /// replayed with its valid signature. That holds while clocks do not go back. A store that forgets should fail for
    /// a `keep_until` that is not later than the latest one that it forgot, as `MemoryEvents` does, or keep events
    /// longer than clocks are ever wrong. Keeping them for a day covers deliveries that the API retries.
    ///
    /// # Errors
    ///
    /// When it is not known whether the event was handled. The API is then asked to deliver it again later.
    fn begin<'a>(
        &'a self,
        key: &'a EventKey,
        keep_until: SystemTime,
    ) -> EventStoreFuture<'a, Begun>;
}

/// What a store returns for an event that is to be handled.
#[non_exhaustive]
pub enum Begun {
    /// The event was not handled before. The caller handles it, and then says so to the claim.
    New(Box<dyn Claim>),
    /// Another caller is handling the event. Whether it succeeds is not known yet.
    InProgress,
    /// The event was handled.
    Handled,
}

/// The right to handle an event, from [`EventStore::begin`]. Dropping it abandons the event, as far as that can be done
/// without waiting.
pub trait Claim: Any + Send + Sync {
    /// Records that the event was handled.
    ///
    /// # Errors
    ///
    /// When it is not certain that this was recorded.
    fn done(self: Box<Self>) -> EventStoreFuture<'static, ()>;

    /// Lets the event be begun again, because it could not be handled.
    ///
    /// # Errors
    ///
    /// When it is not certain that this was recorded.
    fn abandon(self: Box<Self>) -> EventStoreFuture<'static, ()>;
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New(_) => "New",
            Self::InProgress => "InProgress",
            Self::Handled => "Handled",
        })
    }
}

impl<T: EventStore + ?Sized> EventStore for Arc<T> {
    fn begin<'a>(
        &'a self,
        key: &'a EventKey,
        keep_until: SystemTime,
    ) -> EventStoreFuture<'a, Begun> {
        (**self).begin(key, keep_until)
    }
}
