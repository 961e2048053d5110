//! What can go wrong, as values to match on.
//!
//! Every call of this crate returns [`Error`]. [`Error::kind`] says what happened, [`Error::operation`] during
//! which operation of the API and [`Error::attempts`] after how many requests. Neither `Display` nor `Debug`
//! shows a request body, a response body, a credential or an address.

mod api;
mod auth;
mod body;
mod cause;
mod decode;
mod detail;
mod invalid;
mod kind;

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
pub use kind::{ErrorKind, TimeLimit};

pub(crate) use api::one_line;
pub(crate) use invalid::Violations;

use cause::ConnectCause;

use crate::auth::mask::Mask;
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
///
/// Of a call that the API refused, it has the operation and the answer:
///
/// ```
/// # doctest::run(async |doctest::Setup { client, .. }| {
/// let error = client.apps().get("01JSANDB0X00000000000000ZZ").await.unwrap_err();
/// assert_eq!(error.operation(), Some("App_GetApp"));
/// assert_eq!(error.api().and_then(|api| api.code.as_deref()), Some("NOT_FOUND"));
/// assert_eq!((error.attempts(), error.is_retryable()), (1, false));
/// # Ok(()) });
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
    /// Where an app or template was looked for, when that may be the reason of a 404.
    region: Option<&'static str>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
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

    /// The time of the whole call was over.
    pub(crate) fn call_timeout() -> Self {
        Self::new(ErrorKind::Timeout(TimeLimit::Call))
    }

    pub(crate) fn during(mut self, operation: &'static str, attempts: u32) -> Self {
        self.inner.operation = Some(operation);
        self.inner.attempts = attempts;
        self
    }

    pub(crate) fn in_region(mut self, region: Option<&'static str>) -> Self {
        self.inner.region = region;
        self
    }

    pub(crate) fn maybe_processed(mut self, maybe: bool) -> Self {
        self.inner.maybe_processed = maybe;
        self
    }

    /// The error without the client's own credentials, which a response may contain.
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

    /// Returns what happened.
    pub fn kind(&self) -> &ErrorKind {
        &self.inner.kind
    }

    /// Returns the operation of the API by its published id, such as `Messages_SendMessage`; `None` when no call was
    /// being made.
    pub fn operation(&self) -> Option<&'static str> {
        self.inner.operation
    }

    /// Returns how many requests were sent to the API for this call; 0 when it ended before the first one.
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// Returns the HTTP status of the API's answer, when there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.api().map(|api| api.status)
    }

    /// Returns the API's error answer, when there was one.
    pub fn api(&self) -> Option<&ApiError> {
        match &self.inner.kind {
            ErrorKind::Api(api) | ErrorKind::RateLimited { api, .. } => Some(api),
            _ => None,
        }
    }

    /// Returns how long the API asked to wait, when it did.
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.inner.kind {
            ErrorKind::Api(api) => api.retry_after,
            ErrorKind::RateLimited { retry_after, .. } => *retry_after,
            ErrorKind::Auth(auth) => auth.retry_after(),
            _ => None,
        }
    }

    /// Returns every refused argument, when the call was refused before it was sent; empty otherwise.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let error = app.send(Text::new("Your table is ready")).to(sms("0700000001")).await.unwrap_err();
    /// for violation in error.violations() {
    ///     println!("{}: {}", violation.field, violation.problem);
    /// }
    /// # assert_eq!(error.violations().len(), 1);
    /// # Ok(()) });
    /// ```
    pub fn violations(&self) -> &[Violation] {
        match &self.inner.kind {
            ErrorKind::InvalidArgument(invalid) => invalid.violations(),
            _ => &[],
        }
    }

    /// Returns whether the API answered 404: there is no such thing, or not in this project and region.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// use sinch_conversation::{Client, Error};
    ///
    /// async fn exists(client: &Client, contact: &str) -> Result<bool, Error> {
    ///     match client.contacts().get(contact).await {
    ///         Ok(_) => Ok(true),
    ///         Err(error) if error.is_not_found() => Ok(false),
    ///         Err(error) => Err(error),
    ///     }
    /// }
    /// # assert!(!exists(&client, "01JSANDB0X00000000000000ZZ").await?);
    /// # assert!(exists(&client, "01JSANDB0X00000000000000C0").await?);
    /// # Ok(()) });
    /// ```
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(StatusCode::NOT_FOUND)
    }

    /// Returns whether the API or the token host answered 429, also to the client's own retries.
    /// [`retry_after`](Self::retry_after) says how long it asked to wait, when it did.
    pub fn is_rate_limited(&self) -> bool {
        match &self.inner.kind {
            ErrorKind::RateLimited { .. } => true,
            ErrorKind::Auth(auth) => matches!(auth.problem, AuthProblem::RateLimited { .. }),
            _ => false,
        }
    }

    /// Returns whether a time limit of this client passed, for an attempt or for the call. A 408 or 504 of a gateway
    /// is an answer and none of these.
    pub fn is_timeout(&self) -> bool {
        matches!(self.inner.kind, ErrorKind::Timeout(_))
    }

    /// Returns whether no connection to the API could be made, so that nothing was sent. `Display` says why: refused,
    /// an unknown host, a certificate.
    pub fn is_connect(&self) -> bool {
        matches!(self.inner.kind, ErrorKind::Connect)
    }

    /// Returns whether arguments were refused before anything was sent; [`violations`](Self::violations) has them.
    pub fn is_invalid_argument(&self) -> bool {
        matches!(self.inner.kind, ErrorKind::InvalidArgument(_))
    }

    /// Returns whether the same call may succeed at another time.
    ///
    /// # Troubleshooting
    ///
    /// The client has already made its own attempts. Before sending again, look at
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

    /// Whether the API may have processed the call although it failed here, for instance because the connection broke
    /// before the response came. Sending a message again then can reach the person twice.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// match app.send(Text::new("Your table is ready")).to(sms("+46700000001")).await {
    ///     Ok(sent) => println!("accepted as {}", sent.message_id),
    ///     Err(error) if error.may_have_been_processed() => println!("look at the callbacks before repeating it: {error}"),
    ///     Err(error) if error.is_retryable() => println!("try again after {:?}", error.retry_after()),
    ///     Err(error) => return Err(error.into()),
    /// }
    /// # Ok(()) });
    /// ```
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
        if let (ErrorKind::Connect, Some(source)) = (&inner.kind, self.source()) {
            write!(f, ": {}", ConnectCause(source))?;
        }
        if let (true, Some(region)) = (self.is_not_found(), inner.region) {
            let hint =
                "; apps and templates are only found in their own region, and this client talks to";
            write!(f, "{hint} `{region}`")?;
        }
        if inner.attempts > 1 {
            write!(f, " (after {} attempts)", inner.attempts)?;
        }
        Ok(())
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
