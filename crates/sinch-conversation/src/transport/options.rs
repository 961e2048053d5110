//! What may be chosen for single calls.

use std::time::Duration;

use http::{HeaderName, HeaderValue};
use serde_json::Value;

use super::RetryPolicy;
use super::fields::{BodyFields, QueryParameters};
use super::headers::ExtraHeaders;
use crate::error::InvalidArgument;

/// Settings for one call, or for all calls of a client, in place of the client's own. What is not set stays as it is.
///
/// Every call and every builder takes them with its `with_options`;
/// [`Client::with_options`](crate::Client::with_options) returns a client that makes all its calls with them.
///
/// ```
/// use std::time::Duration;
///
/// use sinch_conversation::{CallOptions, RetryPolicy};
///
/// let quick = CallOptions::default()
///     .retry(RetryPolicy::never())
///     .timeout(Duration::from_secs(3));
/// let patient = CallOptions::default()
///     .allow_duplicates()
///     .attempt_timeout(Duration::from_secs(10));
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CallOptions {
    /// Whether an operation that creates or sends is retried also when an earlier attempt may have been processed:
    /// after a lost connection, a time limit or a server error. A person may get a message twice.
    pub allow_duplicates: bool,
    /// The limit for a whole call: waiting for its permit, its token, its attempts and the pauses between them.
    pub timeout: Option<Duration>,
    /// The limit for one attempt: connecting, sending, waiting and reading the answer.
    pub attempt_timeout: Option<Duration>,
    /// How failed attempts are retried.
    pub retry: Option<RetryPolicy>,
    pub(super) headers: ExtraHeaders,
    pub(super) query: QueryParameters,
    pub(super) body_fields: BodyFields,
}

impl CallOptions {
    /// Retries also what may have been processed. A person may get a message twice.
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

    /// Sets how failed attempts are retried.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Sends a header with each attempt, in addition to those of the client; in place of an earlier one of this name.
    /// Requests for a token do not have it. `Debug` shows its name only.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// use sinch_conversation::CallOptions;
    ///
    /// let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    /// let traced = CallOptions::default().header("traceparent", trace)?;
    /// let apps = client.apps().list().with_options(traced).collect(1000).await?;
    /// # assert_eq!(apps.len(), 1);
    /// # assert!(CallOptions::default().header("Authorization", trace).is_err());
    /// # Ok(()) });
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

    /// Adds a parameter to the query of each request, for one that the API takes and this crate has no method for.
    /// A name may be added more than once. `Debug` shows names only.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, message: id, .. }| {
    /// use sinch_conversation::CallOptions;
    ///
    /// let options = CallOptions::default().query("view", "WITH_HISTORY");
    /// let message = client.messages().get(id).with_options(options).await?;
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.add(name.into(), value.into());
        self
    }

    /// Sets a field at the top of the JSON object that a request sends, for one that the API takes and this crate has
    /// no method for; in place of what the call itself puts there. No limit is checked. `Debug` shows names only.
    ///
    /// Requests without a body are sent without it: the first of an edit, which reads, and most deletions. An edit
    /// names the fields that it changes, so there a change of `extra` is the better way.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// use sinch_conversation::CallOptions;
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let sent = app
    ///     .send(Text::new("Your table is ready"))
    ///     .to(sms("+46700000001"))
    ///     .with_options(CallOptions::default().body_field("correlation_id", "order 4711"))
    ///     .await?;
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn body_field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.body_fields.set(name.into(), &value.into());
        self
    }

    /// These options, and those of `base` where these say nothing.
    pub(crate) fn over(self, base: &Self) -> Self {
        Self {
            allow_duplicates: self.allow_duplicates || base.allow_duplicates,
            timeout: self.timeout.or(base.timeout),
            attempt_timeout: self.attempt_timeout.or(base.attempt_timeout),
            retry: self.retry.or_else(|| base.retry.clone()),
            headers: self.headers.over(&base.headers),
            query: self.query.after(&base.query),
            body_fields: self.body_fields.over(&base.body_fields),
        }
    }
}
