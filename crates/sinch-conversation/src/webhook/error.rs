//! Why a callback is refused, and how to answer it.

use std::error::Error;
use std::time::Duration;

use http::StatusCode;

use super::VerifyError;

/// Why a callback was refused. [`status`](Self::status) is what to answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// The callback is not proven to come from the API, or is old. Answer with 401.
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
    /// The body ended early, or could not be read. Answer with 400, if the connection is still there.
    #[error("the body of the callback could not be read")]
    Unreadable(#[source] Box<dyn Error + Send + Sync>),
    /// The body was not complete in time. Answer with 503 and not with 408, which the API may take for final: it is not
    /// known whether the callback was authentic.
    #[error("the body of the callback was not complete within {timeout:?}")]
    #[non_exhaustive]
    BodyTimeout {
        /// The most that is allowed.
        timeout: Duration,
    },
    /// The bodies that are being read use all the memory that is allowed. Answer with 503, and the API delivers the
    /// event again.
    #[error("the bodies of callbacks use all the memory that is allowed")]
    OutOfMemory,
    /// The event was handled before: the API delivered it again, or somebody replayed the request. Answer with 200.
    #[error("the event was already handled")]
    AlreadyHandled,
    /// Another delivery of the event is being handled. Whether that succeeds is not known yet, so answer with 503, and
    /// the API delivers it again.
    #[error("another delivery of the event is being handled")]
    InProgress,
    /// The store of events failed or is full, so it is not known whether the event was handled. Answer with 503, and
    /// the API delivers it again.
    #[error(
        "whether the event was already handled is not known, because the store of events failed"
    )]
    EventStore(#[source] Box<dyn Error + Send + Sync>),
    /// The handler of the event failed. Answer with 503, and the API delivers it again.
    #[error("the handler of the event failed")]
    Handler(#[source] Box<dyn Error + Send + Sync>),
}

impl WebhookError {
    /// Returns the status to answer with. Leave the body of the answer empty: the reason is for your log, and would
    /// only help an attacker.
    ///
    /// An event that was handled is answered with 200. When the API delivers it again because the first answer was
    /// lost, 200 tells it to stop, and any other status makes it go on. For a replay by an attacker the status makes
    /// no difference.
    /// ```
    /// use sinch_conversation::webhook::{Verifier, WebhookError};
    ///
    /// # fn main() -> Result<(), sinch_conversation::Error> {
    /// let verifier = Verifier::new(["the secret of the webhook"])?;
    /// let unsigned: [(&str, &str); 0] = [];
    /// let error = verifier.event(unsigned, b"{}").expect_err("not signed");
    /// assert_eq!(error.status(), 401);
    /// # Ok(())
    /// # }
    /// ```
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Verify(_) => StatusCode::UNAUTHORIZED,
            Self::Json(_) | Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::AlreadyHandled => StatusCode::OK,
            Self::BodyTimeout { .. }
            | Self::OutOfMemory
            | Self::InProgress
            | Self::EventStore(_)
            | Self::Handler(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}
