//! Traces and counts what is done.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::{FinishedOperation, Metrics, Operation};
use crate::client::CallbackError;
use crate::row::RowId;
use crate::sender::Reply;
use crate::store::{Counts, StoreError};

/// What the conventions call the system.
pub(super) const SYSTEM: &str = "sinch_outbox";

/// Watches one queue or inbox.
#[derive(Clone)]
pub(crate) struct Observer {
    queue: Arc<str>,
    hook: Option<Arc<dyn Metrics>>,
}

impl Observer {
    pub(crate) fn new(queue: &str) -> Self {
        Self {
            queue: queue.into(),
            hook: None,
        }
    }

    pub(crate) fn set(&mut self, metrics: impl Metrics) {
        self.hook = Some(Arc::new(metrics));
    }

    /// Whether anybody wants to know.
    pub(crate) fn is_set(&self) -> bool {
        self.hook.is_some()
    }

    pub(crate) fn counted(&self, counts: &Counts) {
        if let Some(hook) = &self.hook {
            hook.rows_counted(&self.queue, counts);
        }
    }

    /// Something is asked of the store, for as many rows as the answer says.
    pub(crate) async fn store<T, E: Failed>(
        &self,
        operation: Operation,
        work: impl Future<Output = Result<T, E>>,
        messages: impl FnOnce(&T) -> usize,
    ) -> Result<T, E> {
        let span = self.span(operation);
        self.observe(operation, span, work, |result| match result {
            Ok(answer) => (messages(answer), None),
            Err(error) => (0, Some(error.word())),
        })
        .await
    }

    /// The request of a row is sent.
    pub(crate) async fn send(&self, id: RowId, work: impl Future<Output = Reply>) -> Reply {
        let span = self.span(Operation::Send);
        span.record(
            "messaging.message.conversation_id",
            tracing::field::display(id),
        );
        self.observe(Operation::Send, span, work, |reply| {
            (1, failed_request(reply))
        })
        .await
    }

    /// A function handles a callback.
    pub(crate) async fn process<T, E>(
        &self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let span = self.span(Operation::Process);
        self.observe(Operation::Process, span, work, |result| {
            (1, result.is_err().then_some("failed"))
        })
        .await
    }

    async fn observe<T>(
        &self,
        operation: Operation,
        span: Span,
        work: impl Future<Output = T>,
        look: impl FnOnce(&T) -> (usize, Option<&'static str>),
    ) -> T {
        let start = Instant::now();
        let result = work.instrument(span.clone()).await;
        let (messages, error_type) = look(&result);
        let messages = u64::try_from(messages).unwrap_or(u64::MAX);
        span.record("messaging.batch.message_count", messages);
        if let Some(error) = error_type {
            span.record("error.type", error);
            span.record("otel.status_code", "ERROR");
        }
        if let Some(hook) = &self.hook {
            hook.operation_finished(&FinishedOperation {
                operation,
                queue: &self.queue,
                messages,
                error_type,
                duration: start.elapsed(),
            });
        }
        result
    }

    fn span(&self, operation: Operation) -> Span {
        macro_rules! span {
            ($level:expr) => {
                tracing::span!(
                    $level,
                    "outbox",
                    otel.name = %format_args!("{} {}", operation.as_str(), self.queue),
                    otel.kind = kind(operation),
                    otel.status_code = Empty,
                    messaging.system = SYSTEM,
                    messaging.operation.name = operation.as_str(),
                    messaging.operation.type = operation.kind(),
                    messaging.destination.name = &*self.queue,
                    messaging.batch.message_count = Empty,
                    messaging.message.conversation_id = Empty,
                    error.type = Empty,
                )
            };
        }
        match operation {
            Operation::Enqueue | Operation::Send | Operation::Receive | Operation::Process => {
                span!(tracing::Level::INFO)
            }
            _ => span!(tracing::Level::DEBUG),
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observer")
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}

const fn kind(operation: Operation) -> &'static str {
    match operation {
        Operation::Enqueue | Operation::Receive | Operation::Send => "producer",
        Operation::Process => "consumer",
        Operation::Claim | Operation::Settle => "client",
        Operation::Begin | Operation::Sweep => "internal",
    }
}

/// An error that has one of a few words.
pub(crate) trait Failed {
    fn word(&self) -> &'static str;
}

impl Failed for StoreError {
    fn word(&self) -> &'static str {
        match self {
            Self::Corrupt(_) => "corrupt",
            Self::Foreign => "foreign",
            Self::NewerSchema { .. } => "newer_schema",
            Self::Inaccessible(_) => "inaccessible",
            Self::Replaced => "replaced",
            Self::Full => "full",
            Self::Busy => "busy",
            Self::RolledBack => "rolled_back",
            Self::Disconnected(_) => "disconnected",
            Self::Address(_) => "address",
            Self::Closed => "closed",
            Self::Database(_) => "database",
        }
    }
}

impl Failed for CallbackError {
    fn word(&self) -> &'static str {
        match self {
            Self::Webhook(_) => "refused",
            Self::Store(error) => error.word(),
            Self::StoreTimeout { .. } => "timeout",
        }
    }
}

const fn failed_request(reply: &Reply) -> Option<&'static str> {
    match reply {
        Reply::Accepted { .. } => None,
        Reply::Throttled { .. } => Some("throttled"),
        Reply::NotProcessed { .. } => Some("not_processed"),
        Reply::Refused { .. } => Some("refused"),
        Reply::Fatal { .. } => Some("fatal"),
        Reply::Unknown { .. } => Some("unknown"),
    }
}
