//! The settings of a client.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use sinch_conversation_raw::wire::Secret;

use super::{Client, Inner};
use crate::auth::{Authenticator, TokenSource, basic_header};
use crate::config;
use crate::error::{Error, ErrorKind, InvalidArgument, Problem, Violations};
use crate::id::{AppId, ProjectId};
use crate::region::{EndpointSettings, Region, Service};
use crate::transport::{Pipeline, RetryPolicy, Timeouts};

const AGENT: &str = concat!("sinch-conversation-rust/", env!("CARGO_PKG_VERSION"));

/// Idle connections are closed before a gateway closes them: a send on a closed one fails.
const IDLE: Duration = Duration::from_secs(30);

/// Settings of a [`Client`]. The project, an access key and the region have to be given; the rest has defaults.
#[derive(Clone, Debug, Default)]
#[must_use = "a builder makes a client with `build`"]
pub struct ClientBuilder {
    project: String,
    key: Key,
    default_app: Option<String>,
    endpoints: EndpointSettings,
    retry: RetryPolicy,
    timeouts: Timeouts,
}

/// The access key and how it is used.
#[derive(Clone, Debug, Default)]
enum Key {
    #[default]
    None,
    OAuth2(String, Secret),
    Basic(String, Secret),
}

impl ClientBuilder {
    /// Takes the settings from the environment; see [`Client::from_env`].
    ///
    /// # Errors
    ///
    /// Names every variable that is missing or malformed.
    pub fn from_env() -> Result<Self, Error> {
        config::from_variables(|name| std::env::var(name).ok())
    }

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
        self.key = Key::OAuth2(key_id.into(), Secret::new(key_secret));
        self
    }

    /// Sends the access key along with every request (HTTP Basic). The API means this for tests and limits it
    /// heavily; its Batch part does not take it.
    pub fn basic_auth(mut self, key_id: impl Into<String>, key_secret: impl Into<String>) -> Self {
        self.key = Key::Basic(key_id.into(), Secret::new(key_secret));
        self
    }

    /// Names the app that [`Client::default_app`] gives.
    pub fn default_app(mut self, id: impl Into<String>) -> Self {
        self.default_app = Some(id.into());
        self
    }

    /// Sends the requests for one service to another address: https, or http on a loopback address.
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

    /// Gets tokens from the token host of the region (`us` and `eu` have one) and not from the global one.
    pub fn regional_tokens(mut self, regional: bool) -> Self {
        self.endpoints.regional_tokens = regional;
        self
    }

    /// Sets how failed attempts are repeated.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the time limits.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Makes the client. Makes no request.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every setting that is missing or
    /// malformed.
    pub fn build(self) -> Result<Client, Error> {
        let mut violations = Violations::default();
        let project = violations.absorb(ProjectId::new(self.project));
        let default_app = violations.absorb(self.default_app.map(AppId::new).transpose());
        let key = violations.absorb(self.key.header());
        let endpoints = self.endpoints.resolve(&mut violations);
        let (Some(project), Some(default_app), Some(key)) = (project, default_app, key) else {
            return Err(violations.into());
        };
        violations.finish()?;

        let http = http(&self.timeouts)?;
        let auth = match self.key {
            Key::Basic(..) => Authenticator::Basic(key),
            Key::None | Key::OAuth2(..) => Authenticator::oauth2(TokenSource {
                http: http.clone(),
                host: endpoints.auth.clone(),
                key,
                retry: self.retry.clone(),
                attempt: self.timeouts.attempt,
            }),
        };
        let region = self.endpoints.region;
        let pipeline = Arc::new(Pipeline {
            auth,
            retry: self.retry,
            timeouts: self.timeouts,
            region,
        });
        Ok(Client {
            inner: Arc::new(Inner {
                project,
                default_app,
                endpoints,
                http,
                pipeline,
            }),
        })
    }
}

impl Key {
    fn header(&self) -> Result<HeaderValue, Error> {
        let (id, secret) = match self {
            Self::None => ("", ""),
            Self::OAuth2(id, secret) | Self::Basic(id, secret) => (id.as_str(), secret.expose()),
        };
        if id.is_empty() || secret.is_empty() {
            let remedy = "give the id and the secret of an access key of the project";
            return Err(InvalidArgument::one("access_key", Problem::Missing { remedy }).into());
        }
        let expected = "a key id without a colon, and its secret";
        basic_header(id, secret)
            .filter(|_| !id.contains(':'))
            .ok_or_else(|| {
                InvalidArgument::one("access_key", Problem::Malformed { expected }).into()
            })
    }
}

/// The connections. Redirects are not followed, since a send would go out again, and repeating attempts is left
/// to the pipeline, which counts them.
fn http(timeouts: &Timeouts) -> Result<reqwest::Client, Error> {
    reqwest::Client::builder()
        .user_agent(AGENT)
        .connect_timeout(timeouts.connect)
        .pool_idle_timeout(IDLE)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .build()
        .map_err(|error| Error::new(ErrorKind::Connect).caused_by(Arc::new(error)))
}
