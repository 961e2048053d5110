//! A hook for metrics of your choice, and one for OpenTelemetry.
//!
//! What is done for rows and callbacks is also traced, as spans in the terms of OpenTelemetry's conventions for messaging:
//! storing rows and callbacks, sending and handling at the level `info`, and what workers do besides at the level `debug`.
//! Spans of sends hold the id of the row. Neither spans nor metrics hold addresses, texts, or keys of the caller.

mod observer;
#[cfg(feature = "opentelemetry")]
#[cfg_attr(docsrs, doc(cfg(feature = "opentelemetry")))]
mod opentelemetry;

use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "opentelemetry")]
pub use self::opentelemetry::OpenTelemetry;
pub(crate) use observer::Observer;

use crate::store::Counts;

/// Told about what was done for rows and callbacks. Set with [`Outbox::metrics`](crate::Outbox::metrics),
/// [`Worker::metrics`](crate::Worker::metrics), [`Inbox::metrics`](crate::inbox::Inbox::metrics) and
/// [`Handler::metrics`](crate::inbox::Handler::metrics).
///
/// The methods are called on the task that does the work, so they should do no more than count, and they must not panic.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use sinch_conversation_outbox::metrics::{FinishedOperation, Metrics, Operation};
///
/// #[derive(Default)]
/// struct Requests(AtomicU64);
///
/// impl Metrics for Requests {
///     fn operation_finished(&self, finished: &FinishedOperation<'_>) {
///         if finished.operation == Operation::Send {
///             self.0.fetch_add(finished.messages, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
pub trait Metrics: Send + Sync + 'static {
    /// Something was done, or has failed. What was cut off halfway is not among it.
    fn operation_finished(&self, finished: &FinishedOperation<'_>) {
        let _ = finished;
    }

    /// A worker has counted the rows of its queue, which it does as often as it sweeps.
    fn rows_counted(&self, queue: &str, counts: &Counts) {
        let _ = (queue, counts);
    }
}

impl<M: Metrics> Metrics for Arc<M> {
    fn operation_finished(&self, finished: &FinishedOperation<'_>) {
        M::operation_finished(self, finished);
    }

    fn rows_counted(&self, queue: &str, counts: &Counts) {
        M::rows_counted(self, queue, counts);
    }
}

/// Something that is done for rows of an outbox, or for callbacks of an inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Rows are stored.
    Enqueue,
    /// A worker asks for rows, or a handler for callbacks.
    Claim,
    /// Rows are marked as begun.
    Begin,
    /// The request of a row is sent, once.
    Send,
    /// What came of rows or callbacks is stored.
    Settle,
    /// What is due is done: leases, expiry, unknown rows.
    Sweep,
    /// Callbacks, or what they say about rows, are stored.
    Receive,
    /// A function handles a callback.
    Process,
}

impl Operation {
    /// The name, as in `messaging.operation.name`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enqueue => "enqueue",
            Self::Claim => "claim",
            Self::Begin => "begin",
            Self::Send => "send",
            Self::Settle => "settle",
            Self::Sweep => "sweep",
            Self::Receive => "receive",
            Self::Process => "process",
        }
    }

    /// The type among those of the conventions, as in `messaging.operation.type`.
    pub const fn kind(self) -> Option<&'static str> {
        match self {
            Self::Enqueue | Self::Receive => Some("create"),
            Self::Claim => Some("receive"),
            Self::Send => Some("send"),
            Self::Settle => Some("settle"),
            Self::Process => Some("process"),
            Self::Begin | Self::Sweep => None,
        }
    }
}

/// Something that was done.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct FinishedOperation<'a> {
    /// What it was.
    pub operation: Operation,
    /// The queue, or the inbox.
    pub queue: &'a str,
    /// How many rows or callbacks it was done for; of those that were asked for, how many there were.
    pub messages: u64,
    /// What went wrong, as one of a few words, fit to be a label: `corrupt`, `foreign`, `newer_schema`, `full`, `busy`,
    /// `rolled_back`, `closed`, `database` or `timeout` of a store; `throttled`, `not_processed`, `refused`, `fatal` or
    /// `unknown` of a request; `failed` of a function that handles callbacks.
    pub error_type: Option<&'static str>,
    /// How long it took.
    pub duration: Duration,
}
