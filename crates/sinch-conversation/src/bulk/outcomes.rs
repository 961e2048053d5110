//! The sends under way, as a stream of their outcomes.

use std::collections::BTreeSet;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesOrdered, FuturesUnordered, StreamExt};

use super::source::{Pulled, Source};
use super::stop::{StopCause, StopHandle};
use super::task::Task;
use super::{Bulk, Checkpoint, Outcome, Progress, Sender};
use crate::error::{Error, ErrorKind};
use crate::resources::Sent;

/// The outcomes of many sends, a [`Stream`].
///
/// Items are taken when it is polled; a send that was begun goes on by itself. Dropping it ends the sends under
/// way; see [the module](super).
///
/// ```
/// # doctest::run(async |doctest::Setup { app, .. }| {
/// use futures_util::TryStreamExt;
/// use sinch_conversation::message::Text;
/// use sinch_conversation::recipient::sms;
///
/// let numbers = ["+46700000001", "+46700000002"];
/// let outcomes = app.send(Text::new("We open again")).each(numbers.map(sms))?.in_order();
/// // It is a stream, with all that streams can do.
/// let results = futures_util::StreamExt::map(outcomes, |outcome| outcome.result);
/// let sent: Vec<_> = results.try_collect().await?;
/// # assert_eq!(sent.len(), 2);
/// # Ok(()) });
/// ```
#[must_use = "nothing is sent until it is read"]
pub struct Outcomes<'a, T, O = Sent> {
    source: Source<'a, T>,
    send: Sender<'a, T, O>,
    concurrency: usize,
    in_flight: InFlight<'a, T, O>,
    /// The positions of the items that were taken and whose outcome was not returned yet.
    open: BTreeSet<usize>,
    /// An outcome that was counted. It stays here while the callbacks run, which may panic.
    counted: Option<Outcome<T, O>>,
    succeeded: usize,
    failed: usize,
    on_progress: Box<dyn FnMut(&Progress) + Send + 'a>,
    stop_on: Box<dyn FnMut(&Error) -> bool + Send + 'a>,
    stop_handle: StopHandle,
    stopped: Option<StopCause>,
}

/// The sends under way, and those whose outcome was not returned yet.
pub(super) enum InFlight<'a, T, O> {
    Ordered(FuturesOrdered<BoxFuture<'a, Outcome<T, O>>>),
    Unordered(FuturesUnordered<BoxFuture<'a, Outcome<T, O>>>),
}

impl<'a, T, O> InFlight<'a, T, O> {
    pub(super) fn ordered() -> Self {
        Self::Ordered(FuturesOrdered::new())
    }

    pub(super) fn unordered() -> Self {
        Self::Unordered(FuturesUnordered::new())
    }

    fn push(&mut self, send: BoxFuture<'a, Outcome<T, O>>) {
        match self {
            Self::Ordered(sends) => sends.push_back(send),
            Self::Unordered(sends) => sends.push(send),
        }
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Outcome<T, O>>> {
        match self {
            Self::Ordered(sends) => sends.poll_next_unpin(context),
            Self::Unordered(sends) => sends.poll_next_unpin(context),
        }
    }
}

impl<'a, T, O> Outcomes<'a, T, O>
where
    T: Send + 'a,
    O: Send + 'static,
{
    pub(super) fn new(bulk: Bulk<'a, T, O>, in_flight: InFlight<'a, T, O>) -> Self {
        Self {
            source: Source::new(bulk.source, bulk.start),
            send: bulk.send,
            concurrency: bulk.concurrency,
            in_flight,
            open: BTreeSet::new(),
            counted: None,
            succeeded: 0,
            failed: 0,
            on_progress: bulk.on_progress,
            stop_on: bulk.stop_on,
            stop_handle: StopHandle::default(),
            stopped: None,
        }
    }

    /// Returns the next outcome; `None` when all items have theirs, or when the run was [stopped](Self::stopped) and all that
    /// were begun have theirs. Cancel-safe: no outcome is lost when the future is dropped.
    ///
    /// A panic of [`on_progress`](Bulk::on_progress) or [`stop_on`](Bulk::stop_on) is a panic of the reader. The
    /// outcome that they were called for is returned by the next call.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let bulk = app.send(Text::new("We open again")).each([sms("+46700000001")])?;
    /// let mut outcomes = bulk.as_completed();
    /// while let Some(outcome) = outcomes.next().await {
    ///     println!("{}: {}", outcome.position, outcome.result?.message_id);
    /// }
    /// # assert_eq!(outcomes.progress().succeeded, 1);
    /// # Ok(()) });
    /// ```
    pub async fn next(&mut self) -> Option<Outcome<T, O>> {
        StreamExt::next(self).await
    }

    /// Begins sends until there is no room or no item.
    fn fill(&mut self, context: &mut Context<'_>) {
        while self.stopped.is_none() && self.open.len() < self.concurrency {
            match self.source.poll_next(context) {
                Poll::Ready(Pulled::Item(position, item)) => self.begin(position, item),
                Poll::Ready(Pulled::Panic(position)) => {
                    self.stopped = Some(StopCause::SourcePanicked { position });
                }
                Poll::Ready(Pulled::End) | Poll::Pending => return,
            }
        }
    }

    fn begin(&mut self, position: usize, item: T) {
        self.open.insert(position);
        let send = catch_unwind(AssertUnwindSafe(|| (self.send)(&item)));
        let task = send.map(Task::start);
        self.in_flight.push(Box::pin(async move {
            let result = match task {
                Ok(task) => task.await,
                Err(_) => Err(Error::new(ErrorKind::Panicked)),
            };
            Outcome {
                position,
                item,
                result,
            }
        }));
    }

    /// Counts an outcome, and calls the callbacks with it.
    fn count(&mut self, outcome: Outcome<T, O>) {
        let outcome = self.counted.insert(outcome);
        match &outcome.result {
            Ok(_) => self.succeeded += 1,
            Err(error) => {
                self.failed += 1;
                if (self.stop_on)(error) && self.stopped.is_none() {
                    self.stopped = Some(StopCause::Error {
                        position: outcome.position,
                        error: error.clone(),
                    });
                }
            }
        }
        let progress = self.progress();
        (self.on_progress)(&progress);
    }

    fn take_counted(&mut self) -> Option<Outcome<T, O>> {
        let outcome = self.counted.take()?;
        self.open.remove(&outcome.position);
        Some(outcome)
    }
}

impl<T, O> Outcomes<'_, T, O> {
    /// Returns how far the run has come.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let bulk = app.send(Text::new("We open again")).each([sms("+46700000001")])?;
    /// let mut outcomes = bulk.in_order();
    /// while outcomes.next().await.is_some() {
    ///     let progress = outcomes.progress();
    ///     println!("{} sent, {} failed", progress.succeeded, progress.failed);
    /// }
    /// # assert_eq!(outcomes.progress().succeeded, 1);
    /// # Ok(()) });
    /// ```
    pub fn progress(&self) -> Progress {
        Progress {
            succeeded: self.succeeded,
            failed: self.failed,
            in_flight: self.open.len() - usize::from(self.counted.is_some()),
            remaining: self.source.remaining(),
        }
    }

    /// Returns which items have an outcome, and where to go on after a stop.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let numbers = ["+46700000001", "+46700000002", "+46700000003"];
    /// let bulk = app.send(Text::new("We open again")).each(numbers.map(sms))?.concurrency(1);
    /// let mut outcomes = bulk.in_order();
    /// outcomes.next().await;
    /// let checkpoint = outcomes.checkpoint();
    /// # assert!(checkpoint.open.is_empty());
    /// drop(outcomes);
    /// let rest = app.send(Text::new("We open again")).each(numbers.map(sms))?.start_at(checkpoint.next);
    /// # assert_eq!(futures_util::StreamExt::count(rest.in_order()).await, 2);
    /// # Ok(()) });
    /// ```
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            next: self.source.next(),
            open: self.open.iter().copied().collect(),
        }
    }

    /// Returns a handle that stops the run from elsewhere.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// # let numbers = vec!["+46700000001"; 1000];
    /// let bulk = app.send(Text::new("We open again")).each(numbers.into_iter().map(sms))?;
    /// let mut outcomes = bulk.concurrency(10).in_order();
    /// let handle = outcomes.stop_handle();
    /// tokio::spawn(async move {
    /// #   if true { return handle.stop(); }
    ///     if tokio::signal::ctrl_c().await.is_ok() {
    ///         handle.stop();
    ///     }
    /// });
    /// while let Some(outcome) = outcomes.next().await {
    ///     println!("{}: {}", outcome.position, outcome.result?.message_id);
    /// }
    /// println!("go on at {}", outcomes.checkpoint().next);
    /// # assert!(outcomes.checkpoint().next < 1000);
    /// # Ok(()) });
    /// ```
    pub fn stop_handle(&self) -> StopHandle {
        self.stop_handle.clone()
    }

    /// Returns why no further sends are begun; `None` as long as they are, and after the last one.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
    /// use sinch_conversation::bulk::StopCause;
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// # let refused = sinch_conversation_sandbox::InjectedFault::status("Messages_SendMessage", 403);
    /// # sandbox.inject(refused.until_cleared())?;
    /// let bulk = app.send(Text::new("We open again")).each([sms("+46700000001")])?;
    /// let mut outcomes = bulk.in_order();
    /// while outcomes.next().await.is_some() {}
    /// if let Some(StopCause::Error { position, error, .. }) = outcomes.stopped() {
    ///     eprintln!("stopped at {position}: {error}");
    /// #     assert_eq!(*position, 0);
    /// }
    /// # assert!(outcomes.stopped().is_some());
    /// # Ok(()) });
    /// ```
    pub fn stopped(&self) -> Option<&StopCause> {
        self.stopped.as_ref()
    }
}

/// Nothing in it is pinned by its place: sends and source are boxed, outcomes are moved.
impl<T, O> Unpin for Outcomes<'_, T, O> {}

impl<'a, T, O> Stream for Outcomes<'a, T, O>
where
    T: Send + 'a,
    O: Send + 'static,
{
    type Item = Outcome<T, O>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Outcome<T, O>>> {
        let this = self.get_mut();
        if this.counted.is_none() {
            if this.stop_handle.is_raised(context.waker()) && this.stopped.is_none() {
                this.stopped = Some(StopCause::Asked);
            }
            this.fill(context);
            match ready!(this.in_flight.poll_next(context)) {
                Some(outcome) => this.count(outcome),
                None if this.stopped.is_some() || this.source.is_done() => {}
                // The source has nothing yet, and wakes the reader when it has.
                None => return Poll::Pending,
            }
        }
        Poll::Ready(this.take_counted())
    }
}

impl<T, O> fmt::Debug for Outcomes<'_, T, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcomes")
            .field("concurrency", &self.concurrency)
            .field("progress", &self.progress())
            .field("stopped", &self.stopped)
            .finish_non_exhaustive()
    }
}
