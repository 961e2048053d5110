//! Handled events in the memory of this process.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use super::store::{Begun, Claim, EventStore, EventStoreFuture};
use super::{EventKey, receiver};

/// How many events are remembered by default.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(100_000).unwrap();

/// How long a handled event is remembered by default. Other services of Sinch retry a callback for just below a day.
const MAX_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// A key in a fixed number of bytes, however long it is.
type Fingerprint = [u8; 32];

/// Handled events in the memory of this process, bounded by number and age. Clones share it.
///
/// By default 100,000 events are remembered for 24 hours, in about 20 MB. When it is full, the oldest are forgotten
/// first, but none before its callback has left the time window of the [`Verifier`](super::Verifier) (300 s by
/// default), in which it could be replayed. When there are only such events and those being handled, new ones fail
/// with [`MemoryEventsError::Full`], which a receiver answers with 503, so that the API delivers them again. With the
/// default window, this happens above 330 events a second.
///
/// When the clock of the machine goes back, callbacks that left the window are in it again. What may have been
/// forgotten fails with [`MemoryEventsError::Forgotten`], which is answered with 503 as well.
///
/// When the process ends, all of it is forgotten.
///
/// ```
/// use std::num::NonZeroUsize;
/// use std::time::{Duration, SystemTime};
/// use sinch_conversation::webhook::{Begun, Event, EventStore, MemoryEvents};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// let events = MemoryEvents::new()
///     .capacity(NonZeroUsize::new(500_000).expect("not zero"))
///     .max_age(Duration::from_secs(3600));
///
/// // Without a receiver: events of a queue, for instance.
/// let event = Event::from_slice(br#"{"app_id": "01A", "project_id": "p", "message": {"id": "01M"}}"#)?;
/// let key = event.key().ok_or("no key")?;
/// if let Begun::New(claim) = events.begin(&key, SystemTime::now()).await? {
///     println!("{:?}", event.kind());
///     claim.done().await?;
/// }
/// assert!(matches!(events.begin(&key, SystemTime::now()).await?, Begun::Handled));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct MemoryEvents {
    capacity: NonZeroUsize,
    max_age: Duration,
    events: Arc<Mutex<Events>>,
}

#[derive(Default)]
struct Events {
    states: HashMap<Fingerprint, State>,
    /// The handled ones, by the time when they are forgotten.
    handled: BTreeSet<(SystemTime, Fingerprint)>,
    /// The latest `keep_until` of those that were forgotten.
    forgotten_until: Option<SystemTime>,
}

struct State {
    keep_until: SystemTime,
    /// When the event is forgotten; `None` while it is being handled.
    forget_at: Option<SystemTime>,
}

struct MemoryClaim {
    store: MemoryEvents,
    fingerprint: Fingerprint,
    is_done: bool,
}

/// Why [`MemoryEvents`] cannot tell whether an event was handled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MemoryEventsError {
    /// There is no room for another event.
    #[error(
        "all {capacity} remembered events are being handled or could still be replayed; give MemoryEvents a greater capacity"
    )]
    #[non_exhaustive]
    Full {
        /// How many events there is room for.
        capacity: usize,
    },
    /// Events of this age were forgotten: the clock of the machine went back, or the callback left the time window
    /// while it was checked.
    #[error(
        "events of this age were forgotten already; if this goes on, the clock of this machine was set back"
    )]
    Forgotten,
}

impl MemoryEvents {
    /// Creates a store with room for 100,000 events, each remembered for 24 hours.
    pub fn new() -> Self {
        Self {
            capacity: CAPACITY,
            max_age: MAX_AGE,
            events: Arc::default(),
        }
    }

    /// Sets how many events are remembered, at about 200 bytes each. Memory is taken as it is needed.
    #[must_use]
    pub fn capacity(mut self, events: NonZeroUsize) -> Self {
        self.capacity = events;
        self
    }

    /// Sets how long a handled event is remembered. 24 hours by default. It is remembered at least until its callback
    /// has left the time window of the verifier.
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = age;
        self
    }

    /// Returns the number of remembered events, with those that are being handled. Those past their age are counted
    /// until the next event is begun.
    pub fn len(&self) -> usize {
        self.lock().states.len()
    }

    /// Returns whether no event is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn begin_at(
        &self,
        key: &EventKey,
        keep_until: SystemTime,
        now: SystemTime,
    ) -> Result<Begun, MemoryEventsError> {
        let fingerprint = Sha256::digest(key.as_str()).into();
        let mut events = self.lock();
        events.forget_before(now);
        if let Some(known) = events.look_up(fingerprint, keep_until) {
            return Ok(known);
        }
        if events.may_have_forgotten(keep_until) {
            return Err(MemoryEventsError::Forgotten);
        }
        if events.states.len() >= self.capacity.get() && !events.forget_oldest(now) {
            let capacity = self.capacity.get();
            return Err(MemoryEventsError::Full { capacity });
        }
        let state = State {
            keep_until,
            forget_at: None,
        };
        events.states.insert(fingerprint, state);
        Ok(Begun::New(Box::new(MemoryClaim {
            store: self.clone(),
            fingerprint,
            is_done: false,
        })))
    }

    fn done_at(&self, fingerprint: Fingerprint, now: SystemTime) {
        let forget_at = now.checked_add(self.max_age);
        let forget_at = forget_at.unwrap_or_else(receiver::far_future);
        let mut events = self.lock();
        if let Some(state) = events.states.get_mut(&fingerprint) {
            let forget_at = forget_at.max(state.keep_until);
            state.forget_at = Some(forget_at);
            events.handled.insert((forget_at, fingerprint));
        }
    }

    /// A panic of another holder leaves at worst one event that is remembered too long.
    fn lock(&self) -> MutexGuard<'_, Events> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Events {
    fn forget_before(&mut self, now: SystemTime) {
        while let Some((forget_at, _)) = self.handled.first()
            && *forget_at <= now
        {
            self.forget_first();
        }
    }

    /// Forgets the oldest handled event, unless it could still be replayed.
    fn forget_oldest(&mut self, now: SystemTime) -> bool {
        let oldest = self.handled.first();
        let oldest = oldest.and_then(|(_, fingerprint)| self.states.get(fingerprint));
        let can_go = oldest.is_some_and(|state| state.keep_until <= now);
        if can_go {
            self.forget_first();
        }
        can_go
    }

    fn forget_first(&mut self) {
        if let Some((_, fingerprint)) = self.handled.pop_first()
            && let Some(state) = self.states.remove(&fingerprint)
        {
            self.forgotten_until = self.forgotten_until.max(Some(state.keep_until));
        }
    }

    /// What is known of an event. Another delivery of it can be replayed until its own `keep_until`.
    fn look_up(&mut self, fingerprint: Fingerprint, keep_until: SystemTime) -> Option<Begun> {
        let state = self.states.get_mut(&fingerprint)?;
        state.keep_until = state.keep_until.max(keep_until);
        let Some(forget_at) = state.forget_at else {
            return Some(Begun::InProgress);
        };
        if forget_at < state.keep_until {
            state.forget_at = Some(state.keep_until);
            self.handled.remove(&(forget_at, fingerprint));
            self.handled.insert((state.keep_until, fingerprint));
        }
        Some(Begun::Handled)
    }

    /// Whether an event with this time may be among those that were forgotten. Never so while the clock goes forward,
    /// since its callback is outside the window then.
    fn may_have_forgotten(&self, keep_until: SystemTime) -> bool {
        self.forgotten_until
            .is_some_and(|latest| keep_until <= latest)
    }
}

impl EventStore for MemoryEvents {
    fn begin<'a>(
        &'a self,
        key: &'a EventKey,
        keep_until: SystemTime,
    ) -> EventStoreFuture<'a, Begun> {
        Box::pin(async move { Ok(self.begin_at(key, keep_until, SystemTime::now())?) })
    }
}

impl Claim for MemoryClaim {
    fn done(mut self: Box<Self>) -> EventStoreFuture<'static, ()> {
        self.is_done = true;
        self.store.done_at(self.fingerprint, SystemTime::now());
        Box::pin(async { Ok(()) })
    }

    fn abandon(self: Box<Self>) -> EventStoreFuture<'static, ()> {
        Box::pin(async { Ok(()) })
    }
}

/// Abandons an event that was not handled.
impl Drop for MemoryClaim {
    fn drop(&mut self) {
        if !self.is_done {
            self.store.lock().states.remove(&self.fingerprint);
        }
    }
}

impl fmt::Debug for MemoryEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryEvents")
            .field("capacity", &self.capacity)
            .field("max_age", &self.max_age)
            .field("len", &self.len())
            .finish()
    }
}

impl Default for MemoryEvents {
    fn default() -> Self {
        Self::new()
    }
}
