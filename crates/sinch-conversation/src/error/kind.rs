//! What can happen to a call.

use std::fmt;
use std::time::Duration;

use super::{ApiError, AuthError, DecodeFailure, InvalidArgument};

/// What happened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The API answered with an error status other than 429.
    Api(ApiError),
    /// The API answered 429: too many requests, or a full queue.
    #[non_exhaustive]
    RateLimited {
        /// How long the API asked to wait, if it did.
        retry_after: Option<Duration>,
        /// The answer itself.
        api: ApiError,
    },
    /// There is no access token, so the call was not sent.
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
    /// The limit of the whole call with all its attempts and pauses. A call whose permit would come after it (see
    /// [`RateLimit`](crate::RateLimit)) fails immediately.
    Call,
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
