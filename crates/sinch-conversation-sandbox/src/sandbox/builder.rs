//! The settings of a sandbox.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;
use url::{Host, Url};

use super::Sandbox;
use super::error::StartError;
use crate::server::access::Key;

/// The default project.
pub(crate) const PROJECT: &str = "sandbox-project";
/// The access key that the endpoints name when none is set; any other is accepted too then.
pub(crate) const KEY_ID: &str = "sandbox-key";
pub(crate) const KEY_SECRET: &str = "sandbox-secret";

/// Settings of a [`Sandbox`]; returned by [`Sandbox::builder`].
///
/// ```no_run
/// use std::time::Duration;
/// use sinch_conversation_sandbox::Sandbox;
///
/// # async fn run() -> Result<(), sinch_conversation_sandbox::StartError> {
/// let sandbox = Sandbox::builder()
///     .project("my-project")
///     .access_key("key", "secret")
///     .database("sandbox.db")
///     .callback_retries([Duration::from_millis(10); 3])
///     .start()
///     .await?;
/// # drop(sandbox);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `start` is awaited"]
pub struct SandboxBuilder {
    pub(crate) listen: SocketAddr,
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) public_url: Option<String>,
    pub(crate) unprotected_controls: bool,
    pub(crate) project: Option<String>,
    pub(crate) keys: Vec<Key>,
    pub(crate) database: Option<PathBuf>,
    pub(crate) seed: Option<PathBuf>,
    pub(crate) token_lifetime: Duration,
    pub(crate) callback_retries: Vec<Duration>,
    pub(crate) callback_timeout: Duration,
    pub(crate) receipt_interval: Duration,
    pub(crate) send_interval: TimeDelta,
    pub(crate) queue_limit: usize,
    pub(crate) max_connections: usize,
    pub(crate) max_event_streams: usize,
    pub(crate) read_timeout: Duration,
    pub(crate) requests_per_second: Option<u32>,
    pub(crate) limit_token_requests: bool,
    pub(crate) keep: Option<NonZeroU32>,
}

impl Default for SandboxBuilder {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            allowed_hosts: Vec::new(),
            public_url: None,
            unprotected_controls: false,
            project: None,
            keys: Vec::new(),
            database: None,
            seed: None,
            token_lifetime: Duration::from_secs(3600),
            callback_retries: [5, 10, 20, 40, 80].map(Duration::from_secs).to_vec(),
            callback_timeout: Duration::from_secs(10),
            receipt_interval: Duration::ZERO,
            send_interval: TimeDelta::zero(),
            queue_limit: 500_000,
            max_connections: 4096,
            max_event_streams: 100,
            read_timeout: Duration::from_secs(30),
            requests_per_second: Some(800),
            limit_token_requests: true,
            keep: None,
        }
    }
}

impl SandboxBuilder {
    /// Sets the address to listen on; any free port of the loopback address by default.
    ///
    /// Beyond the loopback address there is no TLS, and without [`access_key`](Self::access_key) everyone who can reach
    /// the sandbox can use all of it. With a key, the page and the controls under `/_sandbox/` require it too, as Basic
    /// credentials or a token; see also [`unprotected_controls`](Self::unprotected_controls).
    pub fn listen(mut self, address: impl Into<SocketAddr>) -> Self {
        self.listen = address.into();
        self
    }

    /// Adds a host name, without a port, that requests may use: the name of a container, for example. An IP address,
    /// `localhost`, `*.localhost` and the host of [`public_url`](Self::public_url) are always allowed. Any other name
    /// gets 403, which protects against DNS rebinding.
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.allowed_hosts.push(name.into());
        self
    }

    /// Sets the URL under which others reach the sandbox, such as `http://sandbox:8080`, for
    /// [`Endpoints`](crate::Endpoints). The default is the address that it listens on.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// Sets whether the page and the controls need no key although the sandbox listens beyond the loopback address and
    /// has access keys. By default they need one.
    pub fn unprotected_controls(mut self, unprotected: bool) -> Self {
        self.unprotected_controls = unprotected;
        self
    }

    /// Sets the one project of this sandbox, `sandbox-project` by default; requests for another get 403. A database
    /// that is opened again keeps its project.
    pub fn project(mut self, id: impl Into<String>) -> Self {
        self.project = Some(id.into());
        self
    }

    /// Adds an access key. Without any, every key id and secret is accepted.
    pub fn access_key(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.keys.push(Key {
            id: id.into(),
            secret: secret.into(),
        });
        self
    }

    /// Stores the state in this file; in memory by default, or with `:memory:`. What the API has acknowledged is on the
    /// disk. An existing file has to be empty or a sandbox's database.
    pub fn database(mut self, file: impl Into<PathBuf>) -> Self {
        self.database = Some(file.into());
        self
    }

    /// Fills the sandbox from this JSON file before it listens; nothing is applied if any of it is invalid. A database
    /// remembers the files that were applied, so an unchanged file has no effect at the next start; a changed one is
    /// applied, and refused where an id already exists.
    ///
    /// The file has up to five lists, applied in this order. Entries of the first four are the request bodies that
    /// create such a resource, optionally with the `id` (a ULID) that it gets:
    ///
    /// ```
    /// # async fn run() -> Result<(), sinch_conversation_sandbox::ControlError> {
    /// # let sandbox = sinch_conversation_sandbox::Sandbox::start().await.unwrap();
    /// # let document = serde_json::json!(
    /// {
    ///     "apps": [{
    ///         "id": "01JSANDB0X00000000000000AP",
    ///         "display_name": "Shop",
    ///         "processing_mode": "CONVERSATION",
    ///         "channel_credentials": [
    ///             {"channel": "SMS", "static_bearer": {"claimed_identity": "46700000000", "token": "any"}}
    ///         ]
    ///     }],
    ///     "webhooks": [{
    ///         "app_id": "01JSANDB0X00000000000000AP",
    ///         "target": "http://127.0.0.1:3000/callbacks",
    ///         "target_type": "HTTP",
    ///         "secret": "any",
    ///         "triggers": ["MESSAGE_INBOUND", "MESSAGE_DELIVERY"]
    ///     }],
    ///     "contacts": [{
    ///         "id": "01JSANDB0X00000000000000C0",
    ///         "display_name": "Ada",
    ///         "language": "EN_GB",
    ///         "channel_identities": [{"channel": "SMS", "identity": "46701234567"}]
    ///     }],
    ///     "conversations": [{
    ///         "app_id": "01JSANDB0X00000000000000AP",
    ///         "contact_id": "01JSANDB0X00000000000000C0",
    ///         "active_channel": "SMS"
    ///     }],
    ///     "messages": [{
    ///         "app_id": "01JSANDB0X00000000000000AP",
    ///         "channel": "SMS",
    ///         "identity": "46701234567",
    ///         "text": "Is the shop open today?"
    ///     }]
    /// }
    /// # );
    /// # let seeded = sandbox.seed(document).await?;
    /// # assert_eq!((seeded.messages.len(), sandbox.received().await?.len()), (1, 1));
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(run()).unwrap();
    /// ```
    ///
    /// A message comes from a contact and has a `text` or any `contact_message`. Webhooks are called for what follows
    /// them in the file, as for requests.
    pub fn seed_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.seed = Some(file.into());
        self
    }

    /// Sets how long access tokens are valid, in whole seconds; one hour by default.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// Sets the pauses before the second, third, ... attempt to deliver a callback; 5, 10, 20, 40 and 80 seconds by
    /// default. After the last attempt the callback is abandoned.
    pub fn callback_retries(mut self, pauses: impl IntoIterator<Item = Duration>) -> Self {
        self.callback_retries = pauses.into_iter().collect();
        self
    }

    /// Sets how long a receiver of callbacks has to respond; 10 seconds by default.
    pub fn callback_timeout(mut self, timeout: Duration) -> Self {
        self.callback_timeout = timeout;
        self
    }

    /// Sets the time between two statuses of a message; zero by default.
    pub fn receipt_interval(mut self, interval: Duration) -> Self {
        self.receipt_interval = interval;
        self
    }

    /// Sets how many messages of an app leave its queue per second; unlimited by default. The service allows 20 a
    /// second for a new app.
    pub fn sends_per_second(mut self, most: NonZeroU32) -> Self {
        self.send_interval = TimeDelta::microseconds(1_000_000 / i64::from(most.get()));
        self
    }

    /// Sets how many messages of an app may be in its queue before sends get 429; 500,000 by default, as in the
    /// service.
    pub fn queue_limit(mut self, most: usize) -> Self {
        self.queue_limit = most;
        self
    }

    /// Sets how many connections are served at the same time; 4096 by default, and at least one. Further ones wait for
    /// a place. To make room, connections are closed that have been idle for half a second or have not sent the head of
    /// a request in that time, and those of clients that do not read their responses within the
    /// [`read_timeout`](Self::read_timeout). The system's limit of file descriptors can lower the number.
    pub fn max_connections(mut self, count: usize) -> Self {
        self.max_connections = count;
        self
    }

    /// Sets how many event streams (`GET /_sandbox/events`; the page uses one) can be open at the same time; 100 by
    /// default, and never more than half of the connections. Further ones get 429.
    pub fn max_event_streams(mut self, count: usize) -> Self {
        self.max_event_streams = count;
        self
    }

    /// Sets how long a client may take for the head of a request, and for its body; 30 seconds by default. A slow head
    /// or a connection without requests ends the connection; a slow body gets 408.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = timeout;
        self
    }

    /// Sets how many requests per second the project may send, also as a burst; 800 by default, as in the service.
    /// Further ones get 429. `None` or 0 is no limit. Measured by the machine's clock.
    pub fn requests_per_second(mut self, limit: impl Into<Option<u32>>) -> Self {
        self.requests_per_second = limit.into();
        self
    }

    /// Sets whether the token endpoint has the rate limit of the service: a burst of 30 requests, 10 a second after
    /// that, and 429 for the rest. On by default. Measured by the machine's clock.
    pub fn limit_token_requests(mut self, limit: bool) -> Self {
        self.limit_token_requests = limit;
        self
    }

    /// Keeps the last `most` of each: messages and events, callbacks, consent records, batches, and requests (at most
    /// 1,000). The oldest are removed unless they are in progress, and answer 404 from then on. Without it only requests
    /// are limited. Resources such as contacts always stay.
    pub fn keep(mut self, most: NonZeroU32) -> Self {
        self.keep = Some(most);
        self
    }

    /// Starts the sandbox on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// [`StartError`] when the address is taken, the database or the seed file cannot be used, or a value is empty or
    /// invalid.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        for (name, is_empty) in [
            ("the project id", self.project.as_deref() == Some("")),
            ("the key id", self.keys.iter().any(|key| key.id.is_empty())),
            (
                "the key secret",
                self.keys.iter().any(|key| key.secret.is_empty()),
            ),
        ] {
            if is_empty {
                return Err(StartError::Empty { name });
            }
        }
        Sandbox::launch(self).await
    }

    /// Returns the allowed host names, normalised.
    pub(crate) fn names(&self) -> Result<Vec<String>, StartError> {
        let names = self
            .allowed_hosts
            .iter()
            .map(|host| match Host::parse(host) {
                Ok(Host::Domain(name)) => Ok(name.trim_end_matches('.').to_owned()),
                Ok(ip) => Ok(ip.to_string()),
                Err(_) => Err(StartError::Host { host: host.clone() }),
            });
        names.collect()
    }

    /// Parses the public URL.
    pub(crate) fn public(&self) -> Result<Option<Url>, StartError> {
        let Some(given) = &self.public_url else {
            return Ok(None);
        };
        let parsed = Url::parse(given).ok();
        let usable = parsed.filter(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.username().is_empty()
                && url.password().is_none()
                && url.query().is_none()
                && url.fragment().is_none()
        });
        let refused = || StartError::PublicUrl {
            url: given.rsplit('@').next().unwrap_or_default().to_owned(),
        };
        usable.map(Some).ok_or_else(refused)
    }
}
