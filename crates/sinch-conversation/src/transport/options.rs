//! What may be chosen for single calls.

use std::time::Duration;

use http::{HeaderName, HeaderValue};

use super::RetryPolicy;
use super::headers::ExtraHeaders;
use crate::error::InvalidArgument;

/// Settings for some calls, in place of the client's; see [`Client::with_options`](crate::Client::with_options). What is not set
/// stays as it is.
///
/// ```
/// use std::time::Duration;
///
/// use sinch_conversation::{CallOptions, RetryPolicy};
///
/// let quick = CallOptions::default()
///     .retry(RetryPolicy::never())
///     .timeout(Duration::from_secs(3));
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CallOptions {
    /// Whether an operation that creates or sends is repeated also when an earlier attempt may have been carried
    /// out: after a lost connection, a time limit or a fault of the server. A person may get a message twice.
    pub allow_duplicates: bool,
    /// The limit for a whole call: waiting for its turn, its token, its attempts and the pauses between them.
    pub timeout: Option<Duration>,
    /// The limit for one attempt: connecting, sending, waiting and reading the answer.
    pub attempt_timeout: Option<Duration>,
    /// How failed attempts are repeated.
    pub retry: Option<RetryPolicy>,
    pub(super) headers: ExtraHeaders,
}

impl CallOptions {
    /// Repeats also what may have been carried out. A person may get a message twice.
    #[must_use]
    pub fn allow_duplicates(mut self) -> Self {
        self.allow_duplicates = true;
        self
    }

    /// Sets the limit for a whole call.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Sets the limit for one attempt.
    #[must_use]
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = Some(limit);
        self
    }

    /// Sets how failed attempts are repeated.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Sends a header with each attempt, in addition to those of the client; in place of an earlier one of this name.
    /// Requests for a token do not have it. `Debug` shows its name only.
    ///
    /// ```
    /// use sinch_conversation::CallOptions;
    ///
    /// # fn example(client: sinch_conversation::Client) -> Result<(), sinch_conversation::Error> {
    /// let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    /// let client = client.with_options(CallOptions::default().header("traceparent", trace)?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// HTTP does not allow the name or the value; or the header is not the caller's to set: `Authorization`, `Host`,
    /// `User-Agent` (see [`ClientBuilder::user_agent`](crate::ClientBuilder::user_agent)), those that begin with
    /// `Accept`, `Content-`, `If-` or `Proxy-`, and those of the connection.
    pub fn header(
        mut self,
        name: impl TryInto<HeaderName>,
        value: impl TryInto<HeaderValue>,
    ) -> Result<Self, InvalidArgument> {
        self.headers.insert(name, value)?;
        Ok(self)
    }

    /// These options, and those of `base` where these say nothing.
    pub(crate) fn over(self, base: &Self) -> Self {
        Self {
            allow_duplicates: self.allow_duplicates || base.allow_duplicates,
            timeout: self.timeout.or(base.timeout),
            attempt_timeout: self.attempt_timeout.or(base.attempt_timeout),
            retry: self.retry.or_else(|| base.retry.clone()),
            headers: self.headers.over(&base.headers),
        }
    }
}
