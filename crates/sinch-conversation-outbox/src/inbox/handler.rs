//! Calls a function for each received event.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinError, JoinSet};

use super::options::HandlerOptions;
use super::{ClaimEvents, EventNumber, EventStore, Handled, PURGE, StoredEvent};
use crate::metrics::{Metrics, Observer, Operation};
use crate::state::WorkerId;
use crate::stop::StopHandle;
use crate::store::{StoreError, patiently};
use crate::time::{Clock, SystemClock, Time};

/// How often old events are looked for.
const TIDY: Duration = Duration::from_secs(5);

/// Why an event could not be handled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    reason: String,
    is_final: bool,
}

impl Failure {
    /// The event is handled again after a pause.
    pub fn retry(reason: impl fmt::Display) -> Self {
        Self {
            reason: reason.to_string(),
            is_final: false,
        }
    }

    /// The event is dead.
    pub fn bury(reason: impl fmt::Display) -> Self {
        Self {
            reason: reason.to_string(),
            is_final: true,
        }
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::retry(error)
    }
}

/// Calls a function for each event of an inbox until it is stopped.
///
/// The function may be called more than once for an event: after it has failed, and when the process died before its
/// success was stored. It should do its work so that a second time does no harm. A panic counts as a failure.
///
/// ```
/// use sinch_conversation_outbox::SqliteStore;
/// use sinch_conversation_outbox::inbox::{Failure, Handler};
///
/// # async fn example(store: SqliteStore) -> Result<(), Box<dyn std::error::Error>> {
/// let handler = Handler::new(store, "callbacks", async |stored| {
///     let event = stored.event().map_err(Failure::bury)?;
///     println!("{}", event.trigger());
///     Ok(())
/// });
/// let stop = handler.stop_handle();
/// let running = tokio::spawn(handler.run());
/// // ...
/// stop.stop();
/// running.await??;
/// # Ok(())
/// # }
/// ```
pub struct Handler<S, F> {
    store: S,
    inbox: String,
    function: Arc<F>,
    options: HandlerOptions,
    clock: Arc<dyn Clock>,
    stop: StopHandle,
    observer: Observer,
    worker: WorkerId,
    next_tidy: Time,
    events: JoinSet<Result<(), Failure>>,
    claimed: HashMap<Id, StoredEvent>,
    handled: Vec<(EventNumber, Handled)>,
}

impl<S, F, R> Handler<S, F>
where
    S: EventStore,
    F: Fn(StoredEvent) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), Failure>> + Send + 'static,
{
    /// Makes a handler of a function. It does nothing before [`run`](Self::run).
    pub fn new(store: S, inbox: impl Into<String>, function: F) -> Self {
        let inbox = inbox.into();
        Self {
            store,
            observer: Observer::new(&inbox),
            inbox,
            function: Arc::new(function),
            options: HandlerOptions::default(),
            clock: Arc::new(SystemClock),
            stop: StopHandle::new(),
            worker: WorkerId::random(),
            next_tidy: Time::default(),
            events: JoinSet::new(),
            claimed: HashMap::new(),
            handled: Vec::new(),
        }
    }

    /// Sets how the handler works.
    #[must_use]
    pub fn options(mut self, options: HandlerOptions) -> Self {
        self.options = options;
        self
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

    /// The handle that stops this handler. What it works on comes to its end first.
    pub fn stop_handle(&self) -> StopHandle {
        self.stop.clone()
    }

    /// Handles events until it is stopped.
    ///
    /// # Errors
    ///
    /// The store failed, and went on failing for a while if that was something that may pass.
    pub async fn run(mut self) -> Result<(), StoreError> {
        let outcome = self.work().await;
        while !self.events.is_empty() {
            self.next().await;
        }
        let stored = self.flush().await;
        outcome.and(stored)
    }

    async fn work(&mut self) -> Result<(), StoreError> {
        let stop = self.stop.clone();
        let mut changes = self.store.event_changes(&self.inbox);
        while !stop.is_stopped() {
            self.flush().await?;
            self.tidy().await?;
            let claimed = self.claim().await?;
            if claimed == 0 {
                let poll = self.options.poll;
                tokio::select! {
                    biased;
                    () = self.next(), if !self.events.is_empty() => {}
                    () = stop.stopped() => {}
                    () = changes.next(), if self.has_room() => {}
                    () = tokio::time::sleep(poll) => {}
                }
            }
        }
        Ok(())
    }

    /// Deletes a slice of the events that are older than they are kept, from time to time.
    async fn tidy(&mut self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let Some(age) = self.options.keep.filter(|_| self.next_tidy <= now) else {
            return Ok(());
        };
        let (store, before) = (&self.store, now.minus(age));
        let deleted = patiently(|| store.purge_events(&self.inbox, before, PURGE)).await?;
        let is_more = deleted >= PURGE;
        self.next_tidy = now.plus(if is_more { Duration::ZERO } else { TIDY });
        Ok(())
    }

    fn has_room(&self) -> bool {
        self.events.len() < self.options.concurrency
    }

    /// Begins to handle events, as far as there is room, and returns how many.
    async fn claim(&mut self) -> Result<usize, StoreError> {
        let limit = self.options.concurrency.saturating_sub(self.events.len());
        if limit == 0 {
            return Ok(0);
        }
        let claim = ClaimEvents {
            inbox: self.inbox.clone(),
            worker: self.worker.clone(),
            now: self.clock.now(),
            lease: self.options.lease,
            limit,
        };
        let work = patiently(|| self.store.claim_events(claim.clone()));
        let events = self
            .observer
            .store(Operation::Claim, work, Vec::len)
            .await?;
        let count = events.len();
        for event in events {
            if event.attempt > self.options.max_attempts {
                // Each attempt took its process with it, or all of its lease.
                let reason = "too many attempts came to no end".to_owned();
                let attempt = event.attempt;
                self.handled
                    .push((event.number, Handled::Bury { attempt, reason }));
                continue;
            }
            let function = Arc::clone(&self.function);
            let argument = event.clone();
            let observer = self.observer.clone();
            let task = self
                .events
                .spawn(async move { observer.process(function(argument)).await });
            self.claimed.insert(task.id(), event);
        }
        Ok(count)
    }

    /// Waits for the next end, and notes it with all others that there are.
    async fn next(&mut self) {
        let mut ended = self.events.join_next_with_id().await;
        while let Some(one) = ended {
            self.note(one);
            ended = self.events.try_join_next_with_id();
        }
    }

    fn note(&mut self, ended: Result<(Id, Result<(), Failure>), JoinError>) {
        let (id, result) = match ended {
            Ok(ended) => ended,
            Err(error) => (error.id(), Err(Failure::retry("the function panicked"))),
        };
        let Some(event) = self.claimed.remove(&id) else {
            return;
        };
        let attempt = event.attempt;
        let handled = match result {
            Ok(()) => Handled::Done,
            Err(Failure { reason, is_final })
                if is_final || attempt >= self.options.max_attempts =>
            {
                tracing::error!(inbox = self.inbox, event = event.number, "an event is dead");
                Handled::Bury { attempt, reason }
            }
            Err(Failure { reason, .. }) => {
                let pause = self.options.backoff.pause(attempt);
                let not_before = self.clock.now().plus(pause);
                Handled::Retry {
                    attempt,
                    not_before,
                    reason,
                }
            }
        };
        self.handled.push((event.number, handled));
    }

    async fn flush(&mut self) -> Result<(), StoreError> {
        if self.handled.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let settle = || {
            self.store
                .settle_events(&self.inbox, self.handled.clone(), now)
        };
        let work = patiently(settle);
        self.observer
            .store(Operation::Settle, work, |events| *events)
            .await?;
        self.handled.clear();
        Ok(())
    }
}

impl<S, F> fmt::Debug for Handler<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handler")
            .field("inbox", &self.inbox)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
