//! Why a callback is refused, and what to answer.

use std::error::Error;
use std::time::Duration;

use http::StatusCode;

use super::VerifyError;

/// Why a callback was refused. [`status`](Self::status) is what to answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// It is not certain that the callback comes from the API, or it is old. Answer with 401.
    #[error("the callback is not authentic: {0}")]
    Verify(#[from] VerifyError),
    /// The callback is authentic, but its body is not JSON. Answer with 400.
    #[error("the body of the callback is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The body is longer than the receiver allows. It was not read to its end. Answer with 413.
    #[error("the body of the callback is longer than {limit} bytes")]
    #[non_exhaustive]
    TooLarge {
        /// The most that is allowed, in bytes.
        limit: usize,
    },
    /// The body ended early, or could not be read. Answer with 400; there may be nobody left to read it.
    #[error("the body of the callback could not be read")]
    Unreadable(#[source] Box<dyn Error + Send + Sync>),
    /// The body was not complete in time. Answer with 503 and not with 408, which the
    /// API may take for final: nobody knows whether the callback was authentic.
    #[error("the body of the callback was not complete within {timeout:?}")]
    #[non_exhaustive]
    BodyTimeout {
        /// The most that is allowed.
        timeout: Duration,
    },
    /// The bodies that are being read take all the memory that they may. Answer with
    /// 503, and the API comes again.
    #[error("the bodies of callbacks take all the memory that they may")]
    OutOfMemory,
    /// This callback, with the same nonce, was already received. Answer with 200.
    #[error("this callback was already received")]
    Replayed,
    /// The store of nonces failed or is full, so nobody knows whether the callback is a repetition. Answer
    /// with 503, and the API comes again.
    #[error(
        "whether this callback was already received is not known, because the store of nonces failed"
    )]
    NonceStore(#[source] Box<dyn Error + Send + Sync>),
}

impl WebhookError {
    /// The status to answer with. The body of the answer should be empty: the reason is for your log, and would
    /// help nobody else but an attacker.
    ///
    /// A repeated callback is answered with 200, although it is not handled again. When the API repeats a callback
    /// because the answer to the first did not reach it, 200 tells it to stop, and any other status makes it go on.
    /// For somebody who replays a callback that was overheard, the status makes no difference.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Verify(_) => StatusCode::UNAUTHORIZED,
            Self::Json(_) | Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Replayed => StatusCode::OK,
            Self::BodyTimeout { .. } | Self::OutOfMemory | Self::NonceStore(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }
}
