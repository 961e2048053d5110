//! What an application calls: one queue of a store.

mod export;
mod rows;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, Stream};
use sinch_conversation::webhook::Event;

pub use export::ExportError;

use crate::metrics::{Metrics, Observer, Operation};
use crate::progress::{Meter, Progress};
use crate::retention::Retention;
use crate::row::{NewRow, Row, RowId};
use crate::state::State;
use crate::store::{Control, Enqueued, Key, Rate, Receipt, Status, Store, StoreError, patiently};
use crate::time::{Clock, SystemClock, Time};
use crate::worker::WorkerOptions;

/// How many rows are deleted in one transaction.
const PURGE: usize = 1_000;

/// One queue of a store, to put messages into and to look after them. [`Worker`](crate::Worker)s send them.
///
/// A queue is for one project, since its workers share the project's limit, and its faults pause it.
///
/// ```
/// use sinch_conversation::message::Text;
/// use sinch_conversation::recipient::sms;
/// use sinch_conversation::{AppId, Client};
/// use sinch_conversation_outbox::{NewRow, Outbox, SqliteStore};
///
/// # async fn example(client: Client, app: AppId) -> Result<(), Box<dyn std::error::Error>> {
/// let outbox = Outbox::new(SqliteStore::open("outbox.db")?, "messages");
/// let message = client.app(app).send(Text::new("On its way")).to(sms("+46700000001"));
/// let row = NewRow::from_message(&message)?.dedup_key("order-4711-shipped");
/// let stored = outbox.enqueue([row]).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Outbox<S> {
    store: S,
    queue: String,
    clock: Arc<dyn Clock>,
    limit: Option<Rate>,
    observer: Observer,
}

#[cfg(any(feature = "postgres", feature = "sqlite"))]
impl Outbox<crate::AnyStore> {
    /// Opens a store by its address, and takes a queue of it: `postgres://user@host/database`, or the name of a file.
    ///
    /// # Errors
    ///
    /// Those of [`AnyStore::open`](crate::AnyStore::open).
    pub async fn open(address: &str, queue: impl Into<String>) -> Result<Self, StoreError> {
        let store = crate::AnyStore::open(address).await?;
        Ok(Self::new(store, queue))
    }
}

impl<S: Store> Outbox<S> {
    /// Takes a queue of a store. It need not exist.
    pub fn new(store: S, queue: impl Into<String>) -> Self {
        let queue = queue.into();
        Self {
            store,
            observer: Observer::new(&queue),
            queue,
            clock: Arc::new(SystemClock),
            limit: WorkerOptions::default().rate,
        }
    }

    /// The store, for workers and for an inbox.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// Sets the clock. The machine's own by default.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the limit that the workers share, by which the time that is left is reckoned before a rate was measured. That of
    /// [`WorkerOptions`] by default.
    #[must_use]
    pub fn limit(mut self, rate: impl Into<Option<Rate>>) -> Self {
        self.limit = rate.into();
        self
    }

    /// Sets the hook for metrics. None by default.
    #[must_use]
    pub fn metrics(mut self, metrics: impl Metrics) -> Self {
        self.observer.set(metrics);
        self
    }

    /// Stores rows, all or none. When this returns, they survive a crash. Put some hundreds into one call, since each call is
    /// a write to the disk.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn enqueue(
        &self,
        rows: impl IntoIterator<Item = NewRow>,
    ) -> Result<Vec<Enqueued>, StoreError> {
        let rows = rows.into_iter().collect();
        let work = self.store.enqueue(&self.queue, rows, self.now());
        self.observer
            .store(Operation::Enqueue, work, Vec::len)
            .await
    }

    /// Stores what callbacks say about rows, and returns the rows. Callbacks about nothing here have `None`. Check where
    /// they come from before, and answer them with success only after this.
    ///
    /// # Errors
    ///
    /// Those of the store. Answer with 503 then, so that the API calls again.
    pub async fn receive<'a>(
        &self,
        events: impl IntoIterator<Item = &'a Event>,
    ) -> Result<Vec<Option<RowId>>, StoreError> {
        let receipts: Vec<_> = events.into_iter().map(Receipt::from_event).collect();
        let known = receipts.iter().flatten().cloned().collect();
        let work = self.store.receive(known, self.now());
        let rows = self
            .observer
            .store(Operation::Receive, work, Vec::len)
            .await?;
        let mut rows = rows.into_iter();
        let row_of = |receipt: Option<Receipt>| receipt.and_then(|_| rows.next().flatten());
        Ok(receipts.into_iter().map(row_of).collect())
    }

    /// Returns a row by its id.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn find(&self, id: RowId) -> Result<Option<Row>, StoreError> {
        self.store.find(&self.queue, Key::Id(id)).await
    }

    /// Returns a row by the name that the caller chose.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn find_by_key(
        &self,
        dedup_key: impl Into<String>,
    ) -> Result<Option<Row>, StoreError> {
        let key = Key::Dedup(dedup_key.into());
        self.store.find(&self.queue, key).await
    }

    /// Counts the rows by state, and says why the queue is paused if it is.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn status(&self) -> Result<Status, StoreError> {
        self.store.status(&self.queue, None).await
    }

    /// Counts the rows of a group by state.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn group_status(&self, group: &str) -> Result<Status, StoreError> {
        self.store.status(&self.queue, Some(group)).await
    }

    /// Says how far the queue, or one of its groups, has come. The rate is not known from a single look;
    /// [`progress_every`](Self::progress_every) measures it.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn progress(&self, group: Option<&str>) -> Result<Progress, StoreError> {
        let status = self.store.status(&self.queue, group).await?;
        Ok(Meter::new(self.limit).progress(&status, self.now()))
    }

    /// Says how far the queue, or one of its groups, has come: immediately, and then each time this long after the answer
    /// before. Ends after an error of the store, and never otherwise.
    ///
    /// ```
    /// use std::pin::pin;
    /// use std::time::Duration;
    /// use futures_util::StreamExt;
    /// use sinch_conversation_outbox::{Outbox, SqliteStore};
    ///
    /// # async fn example(outbox: Outbox<SqliteStore>) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut looks = pin!(outbox.progress_every(Duration::from_secs(1), Some("reopening")));
    /// while let Some(progress) = looks.next().await.transpose()? {
    ///     println!("{} to go, {:?} left", progress.counts.waiting(), progress.time_left);
    ///     if progress.counts.waiting() == 0 || progress.pause.is_some() {
    ///         break;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn progress_every<'a>(
        &'a self,
        interval: Duration,
        group: Option<&'a str>,
    ) -> impl Stream<Item = Result<Progress, StoreError>> + Send + 'a {
        let start = (Meter::new(self.limit), Duration::ZERO);
        stream::unfold(Some(start), move |state| async move {
            let (mut meter, wait) = state?;
            tokio::time::sleep(wait).await;
            let progress = patiently(|| self.store.status(&self.queue, group)).await;
            let progress = progress.map(|status| meter.progress(&status, self.now()));
            let next = progress.is_ok().then_some((meter, interval));
            Some((progress, next))
        })
    }

    /// Pauses the queue. What is begun takes its course.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn pause(&self, reason: impl Into<String>) -> Result<(), StoreError> {
        let reason = reason.into();
        self.control(Control::Pause { reason }).await.map(|_| ())
    }

    /// Resumes the queue, also after a worker has paused it.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn resume(&self) -> Result<(), StoreError> {
        self.control(Control::Resume).await.map(|_| ())
    }

    /// Pauses a group. What is begun takes its course.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn pause_group(&self, group: impl Into<String>) -> Result<(), StoreError> {
        self.control(Control::PauseGroup(group.into()))
            .await
            .map(|_| ())
    }

    /// Resumes a group that is not cancelled.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn resume_group(&self, group: impl Into<String>) -> Result<(), StoreError> {
        self.control(Control::ResumeGroup(group.into()))
            .await
            .map(|_| ())
    }

    /// Cancels a group for good, in slices, and returns how many rows were ended by it. Nothing of the group is begun from
    /// the first slice on; what is begun takes its course.
    ///
    /// # Errors
    ///
    /// Those of the store. The group may be cancelled in part then; the rest is cancelled when its turn comes.
    pub async fn cancel_group(&self, group: impl Into<String>) -> Result<usize, StoreError> {
        let group = group.into();
        let mut cancelled = 0;
        loop {
            match self.control(Control::CancelGroup(group.clone())).await? {
                0 => return Ok(cancelled),
                slice => cancelled += slice,
            }
        }
    }

    /// Deletes rows that have been in one of these states since before a time, in slices, and returns how many. A dedup
    /// key is free again then.
    ///
    /// # Errors
    ///
    /// Those of the store. Some rows may be deleted then.
    pub async fn purge(
        &self,
        states: &[State],
        before: impl Into<Time>,
    ) -> Result<usize, StoreError> {
        let before = before.into();
        let mut deleted = 0;
        loop {
            let slice = self.store.purge(&self.queue, states, before, PURGE).await?;
            deleted += slice;
            if slice < PURGE {
                return Ok(deleted);
            }
        }
    }

    /// Deletes rows that are older than they are kept, in slices, and returns how many.
    /// [`WorkerOptions::retention`] has a worker do it.
    ///
    /// # Errors
    ///
    /// Those of the store. Some rows may be deleted then.
    pub async fn tidy(&self, retention: &Retention) -> Result<usize, StoreError> {
        let now = self.now();
        let mut deleted = 0;
        loop {
            let slice = retention.delete_slice(&self.store, &self.queue, now);
            let (slice, is_more) = slice.await?;
            deleted += slice;
            if !is_more {
                return Ok(deleted);
            }
        }
    }

    async fn control(&self, control: Control) -> Result<usize, StoreError> {
        self.store.control(&self.queue, control, self.now()).await
    }

    fn now(&self) -> Time {
        self.clock.now()
    }
}

impl<S> fmt::Debug for Outbox<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox")
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}
