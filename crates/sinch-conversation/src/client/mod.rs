//! The client: one for a project, cheap to clone, used from as many tasks as you like.

mod builder;
mod credentials;
mod environment;
mod http;
mod locks;
mod resources;

use std::fmt;
use std::sync::Arc;

use sinch_conversation_raw::{self as raw, OperationId};

pub use builder::ClientBuilder;
pub(crate) use http::Connections;
pub use http::http_defaults;
use locks::KeyedLocks;

use crate::error::{Error, InvalidArgument, Problem};
use crate::id::{AppId, IntoId, ProjectId};
use crate::region::Region;
use crate::resources::AppHandle;
use crate::transport::{Call, CallOptions, PendingCall, Pipeline};

/// A client for one project in one region.
///
/// Clones share the connections and the access token. A client needs a Tokio runtime when it makes a call, not
/// when it is built.
///
/// ```
/// use sinch_conversation::{Client, Region};
///
/// # fn main() -> Result<(), sinch_conversation::Error> {
/// let client = Client::builder()
///     .region(Region::Eu)
///     .project("a project id")
///     .access_key("a key id", "its secret")
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    pub(crate) options: CallOptions,
}

struct Inner {
    project: ProjectId,
    default_app: Option<AppId>,
    pipeline: Arc<Pipeline>,
    /// One upsert of an identity at a time.
    upserts: KeyedLocks,
}

impl Client {
    /// Starts a client with settings in code. See [`ClientBuilder`] for an example.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Builds a client from the environment: `SINCH_PROJECT_ID`, `SINCH_KEY_ID`, `SINCH_KEY_SECRET`,
    /// `SINCH_CONVERSATION_REGION` (`us`, `eu` or `br`; without it, `SINCH_REGION`), and `SINCH_APP_ID`, which may be
    /// left out.
    ///
    /// `SINCH_CONVERSATION_URL`, `SINCH_TEMPLATE_URL`, `SINCH_BATCH_URL` and `SINCH_AUTH_URL` replace the addresses of
    /// the services, for instance with those that the sandbox prints; with all four no region is needed.
    /// `SINCH_DANGER_ALLOW_HTTP_HOSTS` names hosts, with commas between them, for
    /// [`danger_allow_http_host`](ClientBuilder::danger_allow_http_host).
    ///
    /// ```no_run
    /// use sinch_conversation::Client;
    ///
    /// # fn main() -> Result<(), sinch_conversation::Error> {
    /// let app = Client::from_env()?.default_app();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every variable that is missing or malformed.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// Returns the same client with other settings for its calls. Connections, token, rate limit and
    /// metrics stay shared, so this is cheap. For a single call there is `with_options` of the call.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, message: id, .. }| {
    /// use std::time::Duration;
    ///
    /// use sinch_conversation::{CallOptions, RetryPolicy};
    ///
    /// let quick = CallOptions::default()
    ///     .retry(RetryPolicy::never())
    ///     .timeout(Duration::from_secs(3));
    /// let client = client.with_options(quick);
    /// let message = client.messages().get(id).await?;
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn with_options(&self, options: CallOptions) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            options: options.over(&self.options),
        }
    }

    /// Returns the project that all calls are about.
    pub fn project(&self) -> &ProjectId {
        &self.inner.project
    }

    /// Returns the region of the endpoints; `None` when every endpoint was set by address.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup {  .. }| {
    /// use sinch_conversation::{Client, Region};
    ///
    /// let builder = Client::builder().region(Region::Eu).project("a project id");
    /// let client = builder.access_key("a key id", "its secret").build()?;
    /// assert_eq!(client.region(), Some(Region::Eu));
    /// assert_eq!(client.project().as_str(), "a project id");
    /// # Ok(()) });
    /// ```
    pub fn region(&self) -> Option<Region> {
        self.inner.pipeline.region
    }

    /// Returns one app, to send through and to look at what belongs to it. Makes no request. Text that cannot be an id
    /// is reported by what is done through the app, when it is awaited.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// # use sinch_conversation::message::Text;
    /// # use sinch_conversation::recipient::sms;
    /// let app = client.app("01JSANDB0X00000000000000AP");
    /// app.send(Text::new("Your table is ready")).to(sms("+46700000001")).await?;
    /// # Ok(()) });
    /// ```
    pub fn app(&self, id: impl IntoId<AppId>) -> AppHandle {
        AppHandle::new(self.clone(), id.into_id())
    }

    /// Returns the app that the settings name. When they name none, what is done through it fails with
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) when it is awaited;
    /// [`AppHandle::id`] returns the error before.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let sent = client.default_app().send(Text::new("Your table is ready")).to(sms("+46700000001")).await?;
    /// println!("accepted as {}", sent.message_id);
    /// # Ok(()) });
    /// ```
    pub fn default_app(&self) -> AppHandle {
        let id = self.inner.default_app.clone().ok_or_else(|| {
            let remedy = "set SINCH_APP_ID or `ClientBuilder::default_app`";
            InvalidArgument::one("app_id", Problem::Missing { remedy }).into()
        });
        AppHandle::new(self.clone(), id)
    }

    /// Sends any request of the API, as it is, through the client: with its token, retries, rate limit and traces.
    ///
    /// It is meant for operations that have no method of their own yet, and for requests that a builder cannot make.
    /// Limits are not checked before sending.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, .. }| {
    /// use sinch_conversation::raw::conversation;
    ///
    /// let request = conversation::app_get_app(client.project().as_str(), app.id()?.as_str());
    /// let app = client.execute(request).await?;
    /// println!("{:?}", app.display_name);
    /// # assert_eq!(app.display_name.as_deref(), Some("Osteria"));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// Those of every call.
    pub fn execute<R>(&self, request: raw::Request<R>) -> PendingCall<'static, R>
    where
        R: raw::wire::Wire + Send + 'static,
    {
        self.start(request, Ok)
    }

    /// Makes a call of a request; `read` converts the decoded response to the value of the caller.
    pub(crate) fn start<R, T>(
        &self,
        request: raw::Request<R>,
        read: impl FnOnce(R) -> Result<T, Error> + Send + 'static,
    ) -> PendingCall<'static, T>
    where
        R: raw::wire::Wire + Send + 'static,
    {
        self.try_start(request.operation().id, Ok(request), read)
    }

    /// As [`start`](Self::start), with a request whose path has the project and this id.
    pub(crate) fn start_about<R, T>(
        &self,
        id: Result<impl AsRef<str>, Error>,
        request: impl FnOnce(&str, &str) -> raw::Request<R>,
        read: impl FnOnce(R) -> Result<T, Error> + Send + 'static,
    ) -> PendingCall<'static, T>
    where
        R: raw::wire::Wire + Send + 'static,
    {
        // Of an id that is refused nothing is sent.
        let text = id.as_ref().map_or("", AsRef::as_ref);
        let request = request(self.project_id(), text);
        self.start_checked(id.map(|_| ()), request, read)
    }

    /// As [`start`](Self::start); when `check` refused the caller's arguments, nothing is sent.
    pub(crate) fn start_checked<R, T>(
        &self,
        check: Result<(), impl Into<Error>>,
        request: raw::Request<R>,
        read: impl FnOnce(R) -> Result<T, Error> + Send + 'static,
    ) -> PendingCall<'static, T>
    where
        R: raw::wire::Wire + Send + 'static,
    {
        let operation = request.operation().id;
        self.try_start(operation, check.map(|()| request).map_err(Into::into), read)
    }

    /// As [`start`](Self::start), with a request that could not be made when the caller's arguments are refused.
    pub(crate) fn try_start<R, T>(
        &self,
        operation: OperationId,
        request: Result<raw::Request<R>, Error>,
        read: impl FnOnce(R) -> Result<T, Error> + Send + 'static,
    ) -> PendingCall<'static, T>
    where
        R: raw::wire::Wire + Send + 'static,
    {
        let client = self.clone();
        PendingCall::new(move |options| async move {
            // Here and not before, so that the time of the call begins when it is awaited.
            let call = client.with_options(options).call(operation);
            let request = request.map_err(|error| call.describe(error))?;
            call.send(request, read).await
        })
    }

    /// The id of the project, for the path of a request.
    pub(crate) fn project_id(&self) -> &str {
        self.inner.project.as_str()
    }

    /// The locks that keep upserts of one identity apart.
    pub(crate) fn upserts(&self) -> &KeyedLocks {
        &self.inner.upserts
    }

    /// Starts a call of an operation.
    pub(crate) fn call(&self, operation: OperationId) -> Call {
        let pipeline = Arc::clone(&self.inner.pipeline);
        Call::new(pipeline, operation.operation(), self.options.clone())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("project", &self.inner.project)
            .field("default_app", &self.inner.default_app)
            .field("endpoints", &self.inner.pipeline.endpoints)
            .field("retry", &self.inner.pipeline.retry)
            .field("timeouts", &self.inner.pipeline.timeouts)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
