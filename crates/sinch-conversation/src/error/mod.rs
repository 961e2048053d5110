//! What can go wrong, as values to match on.
//!
//! Every call of this crate returns [`Error`]. [`Error::kind`] says what happened, [`Error::operation`] during
//! which operation of the API and [`Error::attempts`] after how many requests. Neither `Display` nor `Debug`
//! shows a request body, a response body, a credential or an address.

mod api;
mod auth;
mod body;
mod decode;
mod detail;
mod invalid;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

pub use api::ApiError;
pub use auth::{AuthError, AuthProblem};
pub use decode::DecodeFailure;
pub use detail::{DetailKind, ErrorDetail, FieldViolation};
pub use invalid::{InvalidArgument, Problem, Violation};

pub(crate) use api::one_line;
pub(crate) use invalid::Violations;

use crate::auth::Mask;
use crate::region::Region;
use crate::transport::Failure;

/// The error of every call in this crate.
///
/// ```
/// use sinch_conversation::{Client, error::ErrorKind};
///
/// let error = Client::builder().project("p").access_key("key", "secret").build().unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)));
/// assert!(error.to_string().contains("region"));
/// ```
#[derive(Clone)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    operation: Option<&'static str>,
    attempts: u32,
    maybe_processed: bool,
    region: Option<Region>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// What happened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The API answered with an error status other than 429.
    Api(ApiError),
    /// The API answered 429: too many requests, or a full queue.
    #[non_exhaustive]
    RateLimited {
        /// How long the API asked to wait, when it said so.
        retry_after: Option<Duration>,
        /// The answer itself.
        api: ApiError,
    },
    /// No access token could be had, so the call was not sent.
    Auth(AuthError),
    /// A time limit of this client passed.
    Timeout(TimeLimit),
    /// No connection could be made, so the request was not sent.
    Connect,
    /// The connection broke after the request was on its way.
    Disconnected,
    /// A [middleware](crate::middleware) ended the call. Its own error is the source.
    Middleware,
    /// The answer was a success but not what the API documents.
    Decode(DecodeFailure),
    /// An argument was refused before anything was sent.
    InvalidArgument(InvalidArgument),
    /// A list answered with the page token that it was asked with, so it would never end.
    RepeatedPage,
    /// A list has more items than [`collect`](crate::resources::Paginator::collect) was allowed to return.
    #[non_exhaustive]
    TooManyItems {
        /// The most that was allowed.
        limit: usize,
    },
    /// The code that makes or awaits a send of a [bulk run](crate::bulk) panicked. The panic hook has reported it; its
    /// message is not kept, since it may quote the item.
    Panicked,
    /// A send of a [bulk run](crate::bulk) ended without a result, because its runtime was shut down.
    Aborted,
}

/// Which time limit passed. See [`Timeouts`](crate::Timeouts) for their lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeLimit {
    /// The limit of one attempt: sending, waiting and reading the answer.
    Attempt,
    /// The limit of the whole call with all its attempts and pauses. A call whose turn would come after it (see
    /// [`RateLimit`](crate::RateLimit)) fails at once.
    Call,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                operation: None,
                attempts: 0,
                maybe_processed: false,
                region: None,
                source: None,
            }),
        }
    }

    pub(crate) fn during(mut self, operation: &'static str, attempts: u32) -> Self {
        self.inner.operation = Some(operation);
        self.inner.attempts = attempts;
        self
    }

    pub(crate) fn in_region(mut self, region: Option<Region>) -> Self {
        self.inner.region = region;
        self
    }

    pub(crate) fn maybe_processed(mut self, maybe: bool) -> Self {
        self.inner.maybe_processed = maybe;
        self
    }

    /// The error without the client's own credentials, which an answer may have repeated.
    pub(crate) fn masked(mut self, mask: &Mask) -> Self {
        if let ErrorKind::Decode(failure) = self.inner.kind {
            self.inner.kind = ErrorKind::Decode(failure.masked(mask));
        }
        self
    }

    pub(crate) fn caused_by(mut self, source: Arc<dyn StdError + Send + Sync>) -> Self {
        self.inner.source = Some(source);
        self
    }

    /// What happened.
    pub fn kind(&self) -> &ErrorKind {
        &self.inner.kind
    }

    /// The operation of the API by its published id, such as `Messages_SendMessage`; `None` when no call was
    /// being made.
    pub fn operation(&self) -> Option<&'static str> {
        self.inner.operation
    }

    /// How many requests were sent to the API for this call; 0 when it ended before the first one.
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// The HTTP status of the API's answer, when there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.api().map(|api| api.status)
    }

    /// The API's error answer, when there was one.
    pub fn api(&self) -> Option<&ApiError> {
        match &self.inner.kind {
            ErrorKind::Api(api) | ErrorKind::RateLimited { api, .. } => Some(api),
            _ => None,
        }
    }

    /// How long the API asked to wait, when it did.
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.inner.kind {
            ErrorKind::Api(api) => api.retry_after,
            ErrorKind::RateLimited { retry_after, .. } => *retry_after,
            ErrorKind::Auth(auth) => auth.retry_after(),
            _ => None,
        }
    }

    /// Every refused argument, when the call was refused before it was sent; empty otherwise.
    pub fn violations(&self) -> &[Violation] {
        match &self.inner.kind {
            ErrorKind::InvalidArgument(invalid) => invalid.violations(),
            _ => &[],
        }
    }

    /// Whether the same call may succeed at another time.
    ///
    /// # Troubleshooting
    ///
    /// The client has already made its own attempts. Before repeating a send, look at
    /// [`may_have_been_processed`](Self::may_have_been_processed): the API has no idempotency keys.
    pub fn is_retryable(&self) -> bool {
        let failure = match &self.inner.kind {
            ErrorKind::Api(api) | ErrorKind::RateLimited { api, .. } => Failure::Status(api.status),
            ErrorKind::Timeout(_) => Failure::Timeout,
            ErrorKind::Connect => Failure::Connect,
            ErrorKind::Disconnected => Failure::Disconnected,
            ErrorKind::Auth(auth) => return auth.is_retryable(),
            ErrorKind::Aborted => return true,
            ErrorKind::Decode(_)
            | ErrorKind::InvalidArgument(_)
            | ErrorKind::Middleware
            | ErrorKind::RepeatedPage
            | ErrorKind::TooManyItems { .. }
            | ErrorKind::Panicked => return false,
        };
        failure.is_transient()
    }

    /// Whether the API may have carried out the call although it failed here, for instance because the
    /// connection broke while the answer was awaited. Repeating a send then can reach the person twice.
    pub fn may_have_been_processed(&self) -> bool {
        self.inner.maybe_processed
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.inner;
        if let Some(operation) = inner.operation {
            write!(f, "{operation}: ")?;
        }
        write!(f, "{}", inner.kind)?;
        if self.status() == Some(StatusCode::NOT_FOUND) {
            write_region_hint(f, inner.region)?;
        }
        if inner.attempts > 1 {
            write!(f, " (after {} attempts)", inner.attempts)?;
        }
        Ok(())
    }
}

fn write_region_hint(f: &mut fmt::Formatter<'_>, region: Option<Region>) -> fmt::Result {
    f.write_str("; an app is only found in its own region, and this client talks to ")?;
    match region {
        Some(region) => write!(f, "`{region}`"),
        None => f.write_str("custom endpoints"),
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(api) => api.fmt(f),
            Self::RateLimited {
                retry_after: Some(wait),
                api,
            } => {
                write!(f, "{api}; retry after {} s", wait.as_secs())
            }
            Self::RateLimited {
                retry_after: None,
                api,
            } => api.fmt(f),
            Self::Auth(auth) => auth.fmt(f),
            Self::Timeout(TimeLimit::Attempt) => {
                f.write_str("no complete answer within the time limit of an attempt")
            }
            Self::Timeout(TimeLimit::Call) => {
                f.write_str("no answer within the time limit of the call")
            }
            Self::Connect => f.write_str("no connection to the API"),
            Self::Disconnected => {
                f.write_str("the connection broke before the answer was complete")
            }
            Self::Middleware => f.write_str("a middleware ended the call"),
            Self::Decode(failure) => failure.fmt(f),
            Self::InvalidArgument(invalid) => invalid.fmt(f),
            Self::RepeatedPage => f.write_str(
                "the page token for the next page is the one that was just used, so the list would never end",
            ),
            Self::TooManyItems { limit } => write!(f, "the list has more than {limit} items"),
            Self::Panicked => f.write_str("the code of the send panicked"),
            Self::Aborted => f.write_str("the runtime was shut down before the send had a result"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.inner;
        // Nobody here can say what the error of a middleware shows.
        let is_foreign = matches!(inner.kind, ErrorKind::Middleware);
        let source = inner.source.as_ref().filter(|_| !is_foreign);
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("operation", &inner.operation)
            .field("attempts", &inner.attempts)
            .field("maybe_processed", &inner.maybe_processed)
            .field("region", &inner.region)
            .field("source", &source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        if let ErrorKind::Auth(auth) = &self.inner.kind {
            return auth.source();
        }
        self.inner
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

impl From<InvalidArgument> for Error {
    fn from(invalid: InvalidArgument) -> Self {
        Self::new(ErrorKind::InvalidArgument(invalid))
    }
}
