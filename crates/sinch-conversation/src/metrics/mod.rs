//! A hook for metrics of your choice, and one for OpenTelemetry.

#[cfg(feature = "opentelemetry")]
#[cfg_attr(docsrs, doc(cfg(feature = "opentelemetry")))]
mod opentelemetry;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

#[cfg(feature = "opentelemetry")]
pub use self::opentelemetry::OpenTelemetry;

use crate::error::{Error, ErrorKind};

/// Told about every attempt and every call that ends. Set with
/// [`ClientBuilder::metrics`](crate::ClientBuilder::metrics).
///
/// The methods are called on the task that makes the call, so they should do no more than count, and they must
/// not panic. What they are told holds no ids, no content and no credentials, and every text in it is one of a
/// few, fit to be a label.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use sinch_conversation::metrics::{FinishedAttempt, FinishedCall, Metrics};
///
/// #[derive(Default)]
/// struct Counters {
///     requests: AtomicU64,
///     failed_calls: AtomicU64,
/// }
///
/// impl Metrics for Counters {
///     fn attempt_finished(&self, _attempt: &FinishedAttempt) {
///         self.requests.fetch_add(1, Ordering::Relaxed);
///     }
///
///     fn call_finished(&self, call: &FinishedCall) {
///         if call.error_type.is_some() {
///             self.failed_calls.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
pub trait Metrics: Send + Sync + 'static {
    /// A request to the API ended: it was answered, it failed or it was cancelled. Requests for tokens are not
    /// among them.
    fn attempt_finished(&self, attempt: &FinishedAttempt) {
        let _ = attempt;
    }

    /// A call ended, with all its attempts. Calls that were refused before anything was done for them are not
    /// among them.
    fn call_finished(&self, call: &FinishedCall) {
        let _ = call;
    }
}

/// One request to the API.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FinishedAttempt {
    /// The operation by its published id, such as `Messages_SendMessage`.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path with its parameters in braces, such as `/v1/projects/{project_id}/messages:send`.
    pub url_template: &'static str,
    /// The host of the API.
    pub server_address: Arc<str>,
    /// The port of the API.
    pub server_port: u16,
    /// The number of the request within its call, from 1.
    pub attempt: u32,
    /// The status of the response, when there was one.
    pub status: Option<StatusCode>,
    /// What went wrong; `None` when nothing did.
    pub error_type: Option<ErrorType>,
    /// From the start of the request to the end of the response.
    pub duration: Duration,
}

/// One call with all its attempts.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FinishedCall {
    /// The operation by its published id, such as `Messages_SendMessage`.
    pub operation: &'static str,
    /// How many requests were made.
    pub attempts: u32,
    /// The status of the last answer, when the call ended with one.
    pub status: Option<StatusCode>,
    /// What went wrong; `None` when the call succeeded.
    pub error_type: Option<ErrorType>,
    /// From the start to the end, with all waiting in between.
    pub duration: Duration,
}

/// What went wrong. `Display` shows the text that the span field `error.type` has: one of a few, fit to be a
/// label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorType {
    /// The API answered with another status than a success. Shown as the number.
    Status(StatusCode),
    /// `connect`: no connection was made.
    Connect,
    /// `disconnected`: the connection broke before the answer was complete.
    Disconnected,
    /// `timeout`: a time limit passed, or would have passed before the call got its permit.
    Timeout,
    /// `decode`: the answer was not what the API documents.
    Decode,
    /// `auth`: there was no access token.
    Auth,
    /// `middleware`: a [middleware](crate::middleware) failed.
    Middleware,
    /// `invalid_argument`: the request could not be made.
    InvalidArgument,
    /// `cancelled`: the future was dropped, or the time limit of the call passed during an attempt.
    Cancelled,
}

impl ErrorType {
    pub(crate) fn of(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Api(api) | ErrorKind::RateLimited { api, .. } => Self::Status(api.status),
            ErrorKind::Auth(_) => Self::Auth,
            ErrorKind::Middleware => Self::Middleware,
            ErrorKind::Timeout(_) => Self::Timeout,
            ErrorKind::Connect => Self::Connect,
            ErrorKind::Disconnected => Self::Disconnected,
            ErrorKind::Decode(_) | ErrorKind::RepeatedPage | ErrorKind::TooManyItems { .. } => {
                Self::Decode
            }
            ErrorKind::InvalidArgument(_) => Self::InvalidArgument,
            // Of bulk runs, which no call ends with.
            ErrorKind::Panicked | ErrorKind::Aborted => Self::Cancelled,
        }
    }
}

impl fmt::Display for ErrorType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Status(status) => return write!(f, "{}", status.as_u16()),
            Self::Connect => "connect",
            Self::Disconnected => "disconnected",
            Self::Timeout => "timeout",
            Self::Decode => "decode",
            Self::Auth => "auth",
            Self::Middleware => "middleware",
            Self::InvalidArgument => "invalid_argument",
            Self::Cancelled => "cancelled",
        })
    }
}

/// The hook that was set, if any.
#[derive(Clone, Default)]
pub(crate) struct Hook(Option<Arc<dyn Metrics>>);

impl Hook {
    pub(crate) fn new(metrics: Arc<dyn Metrics>) -> Self {
        Self(Some(metrics))
    }

    pub(crate) fn attempt(&self, attempt: impl FnOnce() -> FinishedAttempt) {
        if let Some(metrics) = &self.0 {
            metrics.attempt_finished(&attempt());
        }
    }

    pub(crate) fn call(&self, call: &FinishedCall) {
        if let Some(metrics) = &self.0 {
            metrics.call_finished(call);
        }
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Some(..)" } else { "None" })
    }
}
