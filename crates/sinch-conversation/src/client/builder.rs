//! The settings of a client.

use std::sync::Arc;

use ::http::HeaderValue;
use sinch_conversation_raw::wire::Secret;

use super::credentials::{Checked, Credentials};
use super::http::Connections;
use super::locks::KeyedLocks;
use super::{Client, Inner};
use crate::auth::{AccessKey, Authenticator, CredentialsProvider, TokenSource};
use crate::endpoints::{EndpointSettings, Service};
use crate::error::{Error, InvalidArgument, Problem, Violations};
use crate::id::{AppId, ProjectId};
use crate::metrics::{Hook, Metrics};
use crate::region::Region;
use crate::transport::{
    CallOptions, Chain, Limiter, Middleware, Pipeline, RateLimit, RetryPolicy, Timeouts,
};

const AGENT: &str = concat!("sinch-conversation-rust/", env!("CARGO_PKG_VERSION"));

const MAX_RESPONSE_SIZE: usize = 16 << 20;

/// Settings of a [`Client`]. The project, an access key and the region are required; the rest has defaults.
///
/// ```
/// use std::time::Duration;
///
/// use sinch_conversation::{Client, RateLimit, Region, RetryPolicy, Timeouts};
///
/// # fn main() -> Result<(), sinch_conversation::Error> {
/// let client = Client::builder()
///     .region(Region::Eu)
///     .project("a project id")
///     .access_key("a key id", "its secret")
///     .default_app("an app id")
///     .user_agent("my-service/1.2")
///     .retry(RetryPolicy::default().max_attempts(3))
///     .timeouts(Timeouts::default().call(Duration::from_secs(20)))
///     .rate_limit(RateLimit::per_second(400))
///     .max_response_size(4 << 20)
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// For the sandbox, or another server of a test, addresses take the place of the region:
///
/// ```
/// use sinch_conversation::{Client, Service};
///
/// # fn main() -> Result<(), sinch_conversation::Error> {
/// let client = Client::builder()
///     .project("a project id")
///     .basic_auth("a key id", "its secret")
///     .endpoints("http://sandbox:8080")
///     .endpoint(Service::Batch, "http://sandbox:8080/batch")
///     .danger_allow_http_host("sandbox")
///     .build()?;
/// # assert_eq!(client.region(), None);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a builder makes a client with `build`"]
pub struct ClientBuilder {
    project: String,
    credentials: Credentials,
    default_app: Option<String>,
    endpoints: EndpointSettings,
    retry: RetryPolicy,
    timeouts: Timeouts,
    rate_limit: RateLimit,
    max_response_size: Option<usize>,
    user_agent: Option<String>,
    http: Option<reqwest::Client>,
    metrics: Hook,
    middlewares: Chain,
}

impl ClientBuilder {
    /// Sets the region of the apps. There is no default.
    pub fn region(mut self, region: Region) -> Self {
        self.endpoints.region = Some(region);
        self
    }

    /// Sets the id of the project.
    pub fn project(mut self, id: impl Into<String>) -> Self {
        self.project = id.into();
        self
    }

    /// Uses an access key for short-lived tokens (OAuth2 client credentials), as production code should.
    pub fn access_key(mut self, key_id: impl Into<String>, key_secret: impl Into<String>) -> Self {
        self.credentials = Credentials::OAuth2(AccessKey::new(key_id, Secret::new(key_secret)));
        self
    }

    /// Gets the access key from a provider, such as a vault, and uses it for tokens as
    /// [`access_key`](Self::access_key) does.
    pub fn credentials(mut self, provider: impl CredentialsProvider) -> Self {
        self.credentials = Credentials::Provided(Arc::new(provider));
        self
    }

    /// Sends the access key along with every request (HTTP Basic). The API means this for tests and limits it
    /// heavily; its Batch part does not take it.
    pub fn basic_auth(mut self, key_id: impl Into<String>, key_secret: impl Into<String>) -> Self {
        self.credentials = Credentials::Basic(AccessKey::new(key_id, Secret::new(key_secret)));
        self
    }

    /// Sets the app that [`Client::default_app`] returns.
    pub fn default_app(mut self, id: impl Into<String>) -> Self {
        self.default_app = Some(id.into());
        self
    }

    /// Sends the requests for one service to another address: https, or http on a loopback address. For a server in
    /// another container see [`danger_allow_http_host`](Self::danger_allow_http_host).
    pub fn endpoint(mut self, service: Service, url: impl Into<String>) -> Self {
        self.endpoints.overrides.push((service, url.into()));
        self
    }

    /// Sends all requests to one address, as for a server of a test. No region is needed then.
    pub fn endpoints(mut self, url: impl Into<String>) -> Self {
        let url = url.into();
        self.endpoints
            .overrides
            .extend(Service::ALL.map(|service| (service, url.clone())));
        self
    }

    /// Lets an endpoint be plain http on this host, written as in the address and without a port:
    /// `sandbox`, `10.0.0.5`. There is no pattern for many hosts; call it again for another.
    ///
    /// **The access key and the tokens go to that host unencrypted.** It is meant for the sandbox in another container,
    /// with a key that opens nothing. Requests to it do not go through a proxy of the environment.
    pub fn danger_allow_http_host(mut self, host: impl Into<String>) -> Self {
        self.endpoints.http_hosts.push(host.into());
        self
    }

    /// Gets tokens from the token host of the region (`us` and `eu` have one) and not from the global one.
    /// ```
    /// use sinch_conversation::{Client, Region};
    ///
    /// let builder = Client::builder().region(Region::Us).regional_tokens(true);
    /// ```
    pub fn regional_tokens(mut self, regional: bool) -> Self {
        self.endpoints.regional_tokens = regional;
        self
    }

    /// Sets how failed attempts are retried.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the time limits.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Sets the rate limit of requests. Default 800 a second.
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limit = limit;
        self
    }

    /// Sets the most that is read of a success, in bytes. Default 16 MiB; a page of a thousand messages is a few.
    /// What is longer is [`Decode`](crate::error::ErrorKind::Decode), and so is what holds so many values that it would
    /// take more than about 16 times this limit in memory (64 MiB at least). Of errors and tokens at most 64 KiB are
    /// read, whatever is set here.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = Some(bytes);
        self
    }

    /// Adds a name, such as `my-service/1.2`, to the `User-Agent` header, which is
    /// `sinch-conversation-rust/<version>` otherwise.
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = Some(name.into());
        self
    }

    /// Sends all requests, including those for tokens, with this client, which may have its own proxy or
    /// certificates.
    ///
    /// Begin with [`http_defaults`](crate::client::http_defaults): a client that follows redirects or retries
    /// requests by itself can send a message twice. [`Timeouts::connect`] has no effect on it, and it alone decides
    /// about proxies: for a server on this machine, add `no_proxy()`.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// Tells a hook about every attempt and every call that ends.
    /// ```
    /// use sinch_conversation::Client;
    /// use sinch_conversation::metrics::{FinishedAttempt, Metrics};
    ///
    /// struct Log;
    ///
    /// impl Metrics for Log {
    ///     fn attempt_finished(&self, attempt: &FinishedAttempt) {
    ///         println!("{} took {:?}", attempt.operation, attempt.duration);
    ///     }
    /// }
    ///
    /// let builder = Client::builder().metrics(Log);
    /// ```
    pub fn metrics(mut self, metrics: impl Metrics) -> Self {
        self.metrics = Hook::new(Arc::new(metrics));
        self
    }

    /// Runs code of your own around each attempt; see [`middleware`](crate::middleware). Added again, the earlier ones
    /// run around the later ones.
    pub fn middleware(mut self, middleware: impl Middleware) -> Self {
        self.middlewares.add(Arc::new(middleware));
        self
    }

    /// Builds the client, without a request.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every setting that is missing or
    /// malformed.
    ///
    /// # Panics
    ///
    /// In reqwest, with the feature `rustls-no-provider` when no cryptography provider of rustls is installed.
    pub fn build(self) -> Result<Client, Error> {
        let mut violations = Violations::default();
        let project = violations.absorb(ProjectId::new(self.project));
        let default_app = violations.absorb(self.default_app.map(AppId::new).transpose());
        let auth = violations.absorb(self.credentials.check());
        let agent = violations.absorb(agent(self.user_agent.as_deref()));
        let interval = self.rate_limit.interval(&mut violations);
        let endpoints = self.endpoints.resolve(&mut violations);
        let (Some(project), Some(default_app), Some(auth), Some(agent)) =
            (project, default_app, auth, agent)
        else {
            return Err(violations.into());
        };
        violations.finish()?;

        let connections = match self.http {
            Some(client) => Connections::given(client),
            None => Connections::new(self.timeouts.connect, &endpoints)?,
        };
        let auth = match auth {
            Checked::Basic(header) => Authenticator::Basic(header),
            Checked::OAuth2(keys) => Authenticator::oauth2(TokenSource {
                http: connections.to(&endpoints.auth).clone(),
                host: endpoints.auth.to_string(),
                keys,
                agent: agent.clone(),
                retry: self.retry.clone(),
                attempt: self.timeouts.attempt,
            }),
        };
        let pipeline = Arc::new(Pipeline {
            connections,
            endpoints,
            auth,
            agent,
            limiter: interval.and_then(Limiter::new),
            metrics: self.metrics,
            middlewares: self.middlewares,
            retry: self.retry,
            timeouts: self.timeouts,
            max_response_size: self.max_response_size.unwrap_or(MAX_RESPONSE_SIZE),
            region: self.endpoints.region,
        });
        Ok(Client {
            inner: Arc::new(Inner {
                project,
                default_app,
                pipeline,
                upserts: KeyedLocks::default(),
            }),
            options: CallOptions::default(),
        })
    }
}

/// The `User-Agent` header.
fn agent(name: Option<&str>) -> Result<HeaderValue, Error> {
    let expected = "text that a header can hold";
    let whole = match name {
        Some(name) => format!("{AGENT} {name}"),
        None => AGENT.to_owned(),
    };
    HeaderValue::try_from(whole.trim_end())
        .map_err(|_| InvalidArgument::one("user_agent", Problem::Malformed { expected }).into())
}
