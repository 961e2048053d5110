//! Many sends: one message to many recipients, or one message each.
//!
//! The recipients come from an iterator or a stream, which is read only as far as there is room: at most
//! [`concurrency`](Bulk::concurrency) items are in memory, whether there are ten or a million. Every recipient
//! gets one [`Outcome`]; a failure of one does not stop the others, unless it is one that
//! [all would meet](is_fatal).
//!
//! ```
//! # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
//! use sinch_conversation::message::Text;
//! use sinch_conversation::recipient::sms;
//!
//! let numbers = ["+46700000001", "+46700000002"];
//! let mut outcomes = app
//!     .send(Text::new("We open again on Monday"))
//!     .each(numbers.into_iter().map(sms))?
//!     .concurrency(100)
//!     .as_completed();
//! while let Some(outcome) = outcomes.next().await {
//!     match outcome.result {
//!         Ok(sent) => println!("{}: {}", outcome.position, sent.message_id),
//!         Err(error) => eprintln!("{}: {error}", outcome.position),
//!     }
//! }
//! # assert_eq!(sandbox.sent().await?.len(), 2);
//! # Ok(()) });
//! ```
//!
//! # Stopping and going on
//!
//! [`StopHandle::stop`] begins no further sends and lets those under way finish. After that
//! [`Checkpoint::next`] is where to go on, with [`Bulk::start_at`] and the same recipients in the same order.
//!
//! A panic of a send, or of the closure that makes it, is the outcome of its item:
//! [`ErrorKind::Panicked`](crate::error::ErrorKind::Panicked). After a panic of the iterator or stream no further items
//! are taken, and [`Outcomes::stopped`] says at which position.
//!
//! Dropping [`Outcomes`] stops immediately. What was under way then, at most `concurrency` items, is named by
//! [`Checkpoint::open`]: each of these sends may have gone out or not. The API has no idempotency keys, so
//! whether to send them again is yours to decide.
//!
//! When the process may end without notice, write down every outcome, and read them
//! [in order](Bulk::in_order): after the last position that was written down, at most `concurrency` items may have
//! gone out.

mod outcome;
mod outcomes;
mod source;
mod stop;
mod task;

use std::fmt;
use std::future::{Future, IntoFuture};

use futures_util::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt};

pub use outcome::{Checkpoint, Outcome, Progress};
pub use outcomes::Outcomes;
pub use stop::{StopCause, StopHandle, is_fatal};

use crate::error::{Error, Violations};
use crate::recipient::Recipient;
use crate::resources::{SendMessage, Sent};
use outcomes::InFlight;

const CONCURRENCY: usize = 50;

/// Makes the send for an item.
type Sender<'a, T, O> = Box<dyn FnMut(&T) -> BoxFuture<'static, Result<O, Error>> + Send + 'a>;

/// Many sends that are about to be made. Nothing is sent before the outcomes are read.
///
/// Made by [`SendMessage::each`] for one message to many recipients, or by [`Bulk::new`] for anything else.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
/// use sinch_conversation::message::Text;
/// use sinch_conversation::recipient::sms;
///
/// let numbers = ["+46700000001", "+46700000002", "+46700000003"];
/// let mut outcomes = app
///     .send(Text::new("We open again on Monday"))
///     .each(numbers.map(sms))?
///     .concurrency(10)
///     .start_at(1)
///     .on_progress(|progress| println!("{} sent, {:?} left", progress.succeeded, progress.remaining))
///     .in_order();
/// while let Some(outcome) = outcomes.next().await {
///     println!("{}: {}", outcome.position, outcome.result?.message_id);
/// }
/// # assert_eq!(sandbox.sent().await?.len(), 2);
/// # Ok(()) });
/// ```
#[must_use = "nothing is sent until the outcomes are read"]
pub struct Bulk<'a, T, O = Sent> {
    source: BoxStream<'a, T>,
    send: Sender<'a, T, O>,
    concurrency: usize,
    start: usize,
    on_progress: Box<dyn FnMut(&Progress) + Send + 'a>,
    stop_on: Box<dyn FnMut(&Error) -> bool + Send + 'a>,
}

impl<'a, T, O> Bulk<'a, T, O>
where
    T: Send + 'a,
    O: Send + 'static,
{
    /// Makes one send for each item. The closure is called when there is room for the send; what it returns is
    /// awaited on a task of its own.
    ///
    /// The closure may also return an `async` block, for work that has to be done before the send and may fail. Its
    /// output is the `Result` of the send, with [`Error`].
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
    /// use sinch_conversation::bulk::Bulk;
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let guests = [("Ada", "+46700000001"), ("Grace", "+46700000002")];
    /// let mut outcomes = Bulk::new(guests, |(name, number)| {
    ///     let words = format!("{name}, your table is ready");
    ///     app.send(Text::new(words)).to(sms(*number))
    /// })
    /// .in_order();
    /// while let Some(outcome) = outcomes.next().await {
    ///     if let Err(error) = &outcome.result {
    ///         eprintln!("{}: {error}", outcome.item.0);
    ///     }
    /// }
    /// # assert_eq!(sandbox.sent().await?.len(), 2);
    /// # Ok(()) });
    /// ```
    pub fn new<I, F, M>(items: I, send: F) -> Self
    where
        I: IntoIterator<Item = T>,
        I::IntoIter: Send + 'a,
        F: FnMut(&T) -> M + Send + 'a,
        M: IntoFuture<Output = Result<O, Error>>,
        M::IntoFuture: Future + Send + 'static,
    {
        Self::from_stream(stream::iter(items), send)
    }

    /// As [`new`](Self::new), with the items of a stream, for instance the rows of a database.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
    /// use futures_util::stream;
    /// use sinch_conversation::bulk::Bulk;
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let rows = stream::iter(["+46700000001", "+46700000002"]);
    /// let mut outcomes = Bulk::from_stream(rows, |number| {
    ///     app.send(Text::new("We open again on Monday")).to(sms(*number))
    /// })
    /// .as_completed();
    /// while let Some(outcome) = outcomes.next().await {
    ///     println!("{}: {}", outcome.position, outcome.result?.message_id);
    /// }
    /// # assert_eq!(sandbox.sent().await?.len(), 2);
    /// # Ok(()) });
    /// ```
    pub fn from_stream<S, F, M>(items: S, mut send: F) -> Self
    where
        S: Stream<Item = T> + Send + 'a,
        F: FnMut(&T) -> M + Send + 'a,
        M: IntoFuture<Output = Result<O, Error>>,
        M::IntoFuture: Future + Send + 'static,
    {
        Self {
            source: items.boxed(),
            send: Box::new(move |item| Box::pin(send(item).into_future())),
            concurrency: CONCURRENCY,
            start: 0,
            on_progress: Box::new(|_| {}),
            stop_on: Box::new(is_fatal),
        }
    }

    /// Sets how many sends are under way at the same time; 50 by default, 0 counts as 1. An outcome that was not read yet
    /// counts as well.
    pub fn concurrency(mut self, sends: usize) -> Self {
        self.concurrency = sends.max(1);
        self
    }

    /// Skips the items before a position, counted from 0, to go on where an earlier run stopped. The items
    /// have to come in the same order as then. Positions go on counting from there.
    pub fn start_at(mut self, position: usize) -> Self {
        self.start = position;
        self
    }

    /// Sets what is called for every outcome, just before it is returned.
    pub fn on_progress(mut self, call: impl FnMut(&Progress) + Send + 'a) -> Self {
        self.on_progress = Box::new(call);
        self
    }

    /// Sets which errors stop the whole run, in place of [`is_fatal`]. The closure is called for the error of
    /// every outcome, so it can count them too.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
    /// use sinch_conversation::bulk;
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// # let numbers = ["not a number"; 3000];
    /// let mut failures = 0;
    /// let bulk = app.send(Text::new("We open again on Monday")).each(numbers.map(sms))?;
    /// let mut outcomes = bulk
    ///     .stop_on(move |error| {
    ///         failures += 1;
    ///         failures == 1000 || bulk::is_fatal(error)
    ///     })
    ///     .in_order();
    /// # while outcomes.next().await.is_some() {}
    /// # assert!(outcomes.stopped().is_some());
    /// # Ok(()) });
    /// ```
    pub fn stop_on(mut self, stops: impl FnMut(&Error) -> bool + Send + 'a) -> Self {
        self.stop_on = Box::new(stops);
        self
    }

    /// Returns the outcomes in the order of the items. A slow send holds back the outcomes after it, and with
    /// `concurrency` of them waiting, further sends too.
    pub fn in_order(self) -> Outcomes<'a, T, O> {
        Outcomes::new(self, InFlight::ordered())
    }

    /// Returns each outcome as soon as it is known.
    pub fn as_completed(self) -> Outcomes<'a, T, O> {
        Outcomes::new(self, InFlight::unordered())
    }
}

impl SendMessage {
    /// Sends this message to many recipients, in place of the one that [`to`](Self::to) names.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let numbers = ["+46700000001", "+46700000002"];
    /// let mut outcomes = app.send(Text::new("We open again on Monday")).each(numbers.map(sms))?.in_order();
    /// while let Some(outcome) = outcomes.next().await {
    ///     println!("{}: {}", outcome.position, outcome.result?.message_id);
    /// }
    /// # assert_eq!(sandbox.sent().await?.len(), 2);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) when the message breaks a limit that the API
    /// documents: nobody could get it, so nothing is sent. A recipient that breaks one gets this error as its
    /// outcome.
    pub fn each<'a, I>(self, recipients: I) -> Result<Bulk<'a, Recipient>, Error>
    where
        I: IntoIterator,
        I::Item: Into<Recipient>,
        I::IntoIter: Send + 'a,
    {
        self.each_from(stream::iter(recipients))
    }

    /// As [`each`](Self::each), with the recipients of a stream.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
    /// use futures_util::{StreamExt, stream};
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let rows = stream::iter(["+46700000001", "+46700000002"]).map(sms);
    /// let mut outcomes = app.send(Text::new("We open again on Monday")).each_from(rows)?.as_completed();
    /// while let Some(outcome) = outcomes.next().await {
    ///     println!("{}: {}", outcome.position, outcome.result?.message_id);
    /// }
    /// # assert_eq!(sandbox.sent().await?.len(), 2);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// As [`each`](Self::each).
    pub fn each_from<'a, S>(self, recipients: S) -> Result<Bulk<'a, Recipient>, Error>
    where
        S: Stream + Send + 'a,
        S::Item: Into<Recipient>,
    {
        valid_for_all(&self)?;
        Ok(Bulk::from_stream(
            recipients.map(Into::into),
            move |recipient: &Recipient| self.clone().to(recipient.clone()),
        ))
    }
}

/// Checks the message, but not for whom it is: that is another one each time.
fn valid_for_all(message: &SendMessage) -> Result<(), Error> {
    let Err(error) = message.validate() else {
        return Ok(());
    };
    let mut violations = Violations::default();
    for violation in error.violations() {
        if !violation.field.starts_with("recipient") {
            violations.add(violation.field.clone(), violation.problem.clone());
        }
    }
    Ok(violations.finish()?)
}

impl<T, O> fmt::Debug for Bulk<'_, T, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bulk")
            .field("concurrency", &self.concurrency)
            .field("start", &self.start)
            .finish_non_exhaustive()
    }
}
