//! One attempt of a call: its request, and how it ended.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use reqwest::Url;
use sinch_conversation_raw::Operation;

use super::Failure;

/// The request of one attempt, complete with its authorization.
///
/// `Debug` shows names of headers only, and neither the address nor the body: they hold credentials, ids and what
/// people write.
///
/// ```
/// use sinch_conversation::middleware::{AttemptError, AttemptRequest, AttemptResponse, Next};
///
/// async fn audit(request: AttemptRequest, next: Next) -> Result<AttemptResponse, AttemptError> {
///     let line = format!("{} ({}), attempt {}", request.operation(), request.method(), request.attempt());
///     let outcome = next.run(request).await;
///     println!("{line}: {:?}", outcome.as_ref().map(|response| response.status));
///     outcome
/// }
/// # let builder = sinch_conversation::Client::builder().middleware(audit);
/// ```
pub struct AttemptRequest {
    operation: &'static Operation,
    number: u32,
    pub(super) request: reqwest::Request,
}

impl AttemptRequest {
    pub(super) fn new(
        operation: &'static Operation,
        number: u32,
        request: reqwest::Request,
    ) -> Self {
        Self {
            operation,
            number,
            request,
        }
    }

    /// Returns the operation by its published id, such as `Messages_SendMessage`.
    pub fn operation(&self) -> &'static str {
        self.operation.id.as_str()
    }

    /// Returns the attempt's number within its call, from 1.
    pub fn attempt(&self) -> u32 {
        self.number
    }

    /// Returns the method.
    pub fn method(&self) -> &Method {
        self.request.method()
    }

    /// Returns the whole address, with ids in its path and values in its query.
    pub fn url(&self) -> &Url {
        self.request.url()
    }

    /// Returns the headers. `Authorization` is marked as sensitive.
    pub fn headers(&self) -> &HeaderMap {
        self.request.headers()
    }

    /// Returns the headers, to change them. Later attempts of the call do not have the changes.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        self.request.headers_mut()
    }

    /// Returns the body; empty when there is none.
    pub fn body(&self) -> &[u8] {
        let body = self.request.body().and_then(reqwest::Body::as_bytes);
        body.unwrap_or_default()
    }
}

impl fmt::Debug for AttemptRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttemptRequest")
            .field("operation", &self.operation())
            .field("attempt", &self.number)
            .field("method", self.method())
            .field("headers", &Names(self.headers()))
            .field("body", &Length(self.body()))
            .finish_non_exhaustive()
    }
}

/// A complete response. The body of an error that is longer than 64 KiB is left out.
///
/// `Debug` shows names of headers only, and not the body.
///
/// ```
/// use sinch_conversation::middleware::AttemptResponse;
/// use sinch_conversation::reqwest::StatusCode;
///
/// let cut = AttemptResponse::new(StatusCode::OK, r#"{"id": "01A"#);
/// # assert!(cut.headers.is_empty());
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct AttemptResponse {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl AttemptResponse {
    /// Creates a response without headers.
    pub fn new(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: body.into(),
        }
    }
}

impl fmt::Debug for AttemptResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttemptResponse")
            .field("status", &self.status)
            .field("headers", &Names(&self.headers))
            .field("body", &Length(&self.body))
            .finish()
    }
}

/// Shows the names of headers.
struct Names<'a>(&'a HeaderMap);

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

/// Shows how long a body is.
struct Length<'a>(&'a [u8]);

impl fmt::Debug for Length<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// An attempt without a complete response. `Debug` leaves the cause out.
///
/// ```
/// use sinch_conversation::middleware::AttemptError;
///
/// let refused = AttemptError::new("the budget of today is spent");
/// # assert!(!refused.is_connect() && !refused.is_timeout());
/// # assert!(AttemptError::connect().is_connect() && AttemptError::timeout().is_timeout());
/// ```
#[derive(Clone)]
pub struct AttemptError {
    pub(crate) failure: Failure,
    /// The cause, without the address; `None` when it was a limit of this client.
    pub(crate) source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl AttemptError {
    pub(crate) fn of(failure: Failure) -> Self {
        Self {
            failure,
            source: None,
        }
    }

    /// Creates a failure of your own, which ends the call with
    /// [`ErrorKind::Middleware`](crate::error::ErrorKind::Middleware). The cause is the source of the call's error, and
    /// no `Display` or `Debug` of this crate shows it.
    ///
    /// When the request was not passed on before, the call counts as not processed.
    pub fn new(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            failure: Failure::Middleware { sent: false },
            source: Some(cause.into().into()),
        }
    }

    /// Creates the failure as if no connection had been made. Every operation is retried after that. Once the request was
    /// sent, it counts as [`disconnected`](Self::disconnected).
    pub fn connect() -> Self {
        Self::of(Failure::Connect)
    }

    /// Creates the failure as if the connection had broken before the response was complete. A send is not retried
    /// after that, since it may have been processed.
    pub fn disconnected() -> Self {
        Self::of(Failure::Disconnected)
    }

    /// Creates the failure as if the time limit of the attempt had passed.
    pub fn timeout() -> Self {
        Self::of(Failure::Timeout)
    }

    /// Returns whether no connection was made.
    pub fn is_connect(&self) -> bool {
        self.failure == Failure::Connect
    }

    /// Returns whether a time limit passed.
    pub fn is_timeout(&self) -> bool {
        self.failure == Failure::Timeout
    }
}

impl fmt::Display for AttemptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.failure {
            Failure::Connect => "no connection was made",
            Failure::Timeout => "the time limit passed",
            Failure::TooLarge => "the response is too long",
            Failure::Middleware { .. } => "a middleware failed",
            Failure::Disconnected | Failure::Status(_) => {
                "the connection broke before the response was complete"
            }
        })
    }
}

impl fmt::Debug for AttemptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttemptError")
            .field("failure", &self.failure)
            .finish_non_exhaustive()
    }
}

impl StdError for AttemptError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<reqwest::Error> for AttemptError {
    fn from(error: reqwest::Error) -> Self {
        let failure = if error.is_connect() {
            Failure::Connect
        } else if error.is_timeout() {
            Failure::Timeout
        } else {
            Failure::Disconnected
        };
        // The address holds ids and query values.
        Self {
            failure,
            source: Some(Arc::new(error.without_url())),
        }
    }
}
