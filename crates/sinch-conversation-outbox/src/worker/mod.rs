//! Sends what is in a store.

mod breaker;
mod look;
mod notes;
mod options;
mod run;
mod sends;
mod upkeep;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub use options::WorkerOptions;

use crate::metrics::{Metrics, Observer};
use crate::row::Row;
use crate::sender::Sender;
use crate::state::{Evidence, WorkerId};
use crate::stop::StopHandle;
use crate::store::{Store, StoreError, patiently};
use crate::time::{Clock, SystemClock};
use run::Run;

/// What is to become of an unknown row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// Send it again. The person may get the message twice.
    SendAgain,
    /// Leave it unknown until a receipt arrives.
    Leave,
    /// Ask again later.
    AskAgain,
    /// The message was found, for instance in the list of messages.
    Found {
        /// What is known of it.
        evidence: Evidence,
        /// Its id.
        message_id: Option<String>,
    },
}

/// Decides about unknown rows.
type Decide = Arc<dyn Fn(Row) -> Pin<Box<dyn Future<Output = Decision> + Send>> + Send + Sync>;

/// What a worker has done, in requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Requests that were accepted.
    pub accepted: u64,
    /// Requests that were refused for good.
    pub refused: u64,
    /// Requests that were not processed, so that their rows are queued again.
    pub not_processed: u64,
    /// Requests whose outcome is unknown.
    pub unknown: u64,
}

/// Sends the rows of a queue until it is stopped. Several may work on one queue, also on other machines if the store
/// allows that.
///
/// A worker claims rows, marks them as begun, sends them and stores what came of them, many at a time. It also ends what
/// dead workers have left behind, expires rows, and carries out the policies for unknown rows.
///
/// - A request that was [not processed](crate::Reply::NotProcessed) is sent again after a pause, which is kept in the
///   row. The worker itself pauses too, and then tries a single row first.
/// - After a [429](crate::Reply::Throttled) all workers wait.
/// - A fault that [every request meets](crate::Reply::Fatal) pauses the queue, with the reason in its
///   [status](crate::store::Status::paused), until it is resumed.
///
/// ```
/// use sinch_conversation::Client;
/// use sinch_conversation_outbox::{ClientSender, SqliteStore, Worker};
///
/// # async fn example(client: Client, store: SqliteStore) -> Result<(), Box<dyn std::error::Error>> {
/// let worker = Worker::new(store, ClientSender::new(&client), "messages");
/// let stop = worker.stop_handle();
/// let running = tokio::spawn(worker.run());
/// // ...
/// stop.stop();
/// let summary = running.await??;
/// println!("{} messages were accepted", summary.accepted);
/// # Ok(())
/// # }
/// ```
pub struct Worker<S, D> {
    store: S,
    sender: Arc<D>,
    queue: String,
    id: WorkerId,
    options: WorkerOptions,
    clock: Arc<dyn Clock>,
    decide: Option<Decide>,
    stop: StopHandle,
    observer: Observer,
}

impl<S: Store, D: Sender> Worker<S, D> {
    /// Makes a worker for a queue. It does nothing before [`run`](Self::run).
    pub fn new(store: S, sender: D, queue: impl Into<String>) -> Self {
        let queue = queue.into();
        Self {
            store,
            sender: Arc::new(sender),
            observer: Observer::new(&queue),
            queue,
            id: WorkerId::random(),
            options: WorkerOptions::default(),
            clock: Arc::new(SystemClock),
            decide: None,
            stop: StopHandle::new(),
        }
    }

    /// Sets how the worker works.
    #[must_use]
    pub fn options(mut self, options: WorkerOptions) -> Self {
        self.options = options;
        self
    }

    /// Sets the clock that the worker goes by. The machine's own by default.
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

    /// Sets the function that decides about unknown rows with [`UnknownPolicy::AskAfter`](crate::UnknownPolicy::AskAfter).
    /// Without one they stay unknown until a receipt arrives.
    ///
    /// A row may be asked about more than once, by one worker at a time. What was decided counts only for the request
    /// that the function was asked about, and not when a receipt has arrived meanwhile.
    #[must_use]
    pub fn on_unknown<F, R>(mut self, decide: F) -> Self
    where
        F: Fn(Row) -> R + Send + Sync + 'static,
        R: Future<Output = Decision> + Send + 'static,
    {
        self.decide = Some(Arc::new(move |row| Box::pin(decide(row))));
        self
    }

    /// The handle that stops this worker.
    pub fn stop_handle(&self) -> StopHandle {
        self.stop.clone()
    }

    /// Sends rows until it is stopped.
    ///
    /// When the future is dropped, requests under way are cut off: their rows become unknown when the lease is over.
    ///
    /// # Errors
    ///
    /// The store failed, and went on failing for a while if that was something that may pass: for a minute when its server
    /// cannot be reached. What was under way is
    /// waited for and stored before, as far as the store allows that.
    pub async fn run(self) -> Result<Summary, StoreError> {
        Run::new(self).run().await
    }
}

impl<S, D> fmt::Debug for Worker<S, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("queue", &self.queue)
            .field("id", &self.id)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
