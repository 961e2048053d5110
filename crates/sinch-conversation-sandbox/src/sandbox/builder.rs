//! How a sandbox is set up.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;
use url::{Host, Url};

use super::Sandbox;
use super::error::StartError;
use crate::server::access::Key;

/// The project when none is given.
pub(crate) const PROJECT: &str = "sandbox-project";
/// The access key that the endpoints name when none is given; any other is as good then.
pub(crate) const KEY_ID: &str = "sandbox-key";
pub(crate) const KEY_SECRET: &str = "sandbox-secret";

/// Settings of a [`Sandbox`]; made by [`Sandbox::builder`].
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
    /// Where to listen; any free port of the loopback address by default.
    ///
    /// Beyond the loopback address there is no TLS, and without [`access_key`](Self::access_key) everybody who reaches
    /// the sandbox can do anything with it. With one, the page and the controls under `/_sandbox/` need it as well, by
    /// Basic credentials or a token; see also [`unprotected_controls`](Self::unprotected_controls).
    pub fn listen(mut self, address: impl Into<SocketAddr>) -> Self {
        self.listen = address.into();
        self
    }

    /// Adds a host name, without a port, under which requests may come: the name of a container, for example. Under an
    /// IP address, `localhost`, `*.localhost` and the host of [`public_url`](Self::public_url) they always may; under
    /// any other name they get 403, since a foreign page could have made that name lead here.
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.allowed_hosts.push(name.into());
        self
    }

    /// The URL under which others reach the sandbox, such as `http://sandbox:8080`: what
    /// [`Endpoints`](crate::Endpoints) say. By default they say the address that it listens on.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// Whether the page and the controls need no key although the sandbox listens beyond the loopback address and has
    /// access keys. They need one by default.
    pub fn unprotected_controls(mut self, unprotected: bool) -> Self {
        self.unprotected_controls = unprotected;
        self
    }

    /// The one project of this sandbox; calls for another get 403. A database that is opened again keeps its
    /// project; without one it is `sandbox-project`.
    pub fn project(mut self, id: impl Into<String>) -> Self {
        self.project = Some(id.into());
        self
    }

    /// Adds an access key. With none every key id and secret is accepted, with one or more only those.
    pub fn access_key(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.keys.push(Key {
            id: id.into(),
            secret: secret.into(),
        });
        self
    }

    /// Keeps the state in this file; in memory by default, or with `:memory:`. What the API has acknowledged is on the
    /// disk. A file that is there already has to be one of a sandbox, or empty.
    pub fn database(mut self, file: impl Into<PathBuf>) -> Self {
        self.database = Some(file.into());
        self
    }

    /// Fills the sandbox from this JSON file before it listens: all of it or nothing. A database remembers the files
    /// that it was filled from, so the same file does nothing when the sandbox is started again; a changed one is
    /// applied, and refused where an id is taken already.
    ///
    /// The file has up to five lists, applied in this order. Entries of the first four are the bodies of the requests
    /// that create such a resource, plus, if wanted, the `id` (a ULID) that it gets:
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
    /// A message comes from a contact and holds a `text`, or any `contact_message`. The webhooks are called for what
    /// comes after them, as for requests.
    pub fn seed_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.seed = Some(file.into());
        self
    }

    /// How long access tokens live: one hour by default; whole seconds.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// The pauses before the second, third, ... attempt to deliver a callback. By default 5, 10, 20, 40 and 80
    /// seconds, after which the callback is abandoned.
    pub fn callback_retries(mut self, pauses: impl IntoIterator<Item = Duration>) -> Self {
        self.callback_retries = pauses.into_iter().collect();
        self
    }

    /// How long a receiver of callbacks has to answer: 10 seconds by default.
    pub fn callback_timeout(mut self, timeout: Duration) -> Self {
        self.callback_timeout = timeout;
        self
    }

    /// The time between one status of a message and the next; none by default.
    pub fn receipt_interval(mut self, interval: Duration) -> Self {
        self.receipt_interval = interval;
        self
    }

    /// How many messages of one app leave its queue in a second; by default they leave at once. The service sends
    /// 20 a second for a new app.
    pub fn sends_per_second(mut self, most: NonZeroU32) -> Self {
        self.send_interval = TimeDelta::microseconds(1_000_000 / i64::from(most.get()));
        self
    }

    /// How many messages of one app may wait in its queue before sends get 429: 500,000 by default, as in the
    /// service.
    pub fn queue_limit(mut self, most: usize) -> Self {
        self.queue_limit = most;
        self
    }

    /// How many connections are served at once: 4096 by default, one at least. More of them wait until others end;
    /// those that have been idle for half a second, or have not sent the head of a request in that time, are closed for
    /// them, and so are clients that do not read their answers within the [`read_timeout`](Self::read_timeout). Where
    /// the system has fewer file descriptors, there are fewer connections.
    pub fn max_connections(mut self, count: usize) -> Self {
        self.max_connections = count;
        self
    }

    /// How many event streams (`GET /_sandbox/events`, which the page has open) there are at once: 100 by default, and
    /// never more than half of the connections. Those beyond get 429.
    pub fn max_event_streams(mut self, count: usize) -> Self {
        self.max_event_streams = count;
        self
    }

    /// How long a client may take for the head of a request, and how long for its body: 30 seconds by default. A slow
    /// head ends the connection, and so does a connection without requests; a slow body is answered with 408.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = timeout;
        self
    }

    /// How many requests a second the project may send, and as many of them at once: 800 by default, as the service
    /// has it. Beyond that they are answered with 429. `None`, or 0, is no limit. By the machine's clock.
    pub fn requests_per_second(mut self, limit: impl Into<Option<u32>>) -> Self {
        self.requests_per_second = limit.into();
        self
    }

    /// Whether requests to the token endpoint are limited, as the service has it: 30 at once, 10 more each second,
    /// 429 beyond. They are by default. By the machine's clock.
    pub fn limit_token_requests(mut self, limit: bool) -> Self {
        self.limit_token_requests = limit;
        self
    }

    /// Keeps the last `most` messages and events, callbacks, consent records and batches each, and requests, of which
    /// it never keeps more than 1,000. The oldest are removed, unless they are still on their way; then they answer as
    /// unknown ones do. Without it they stay for as long as the sandbox runs. Resources such as contacts always stay.
    pub fn keep(mut self, most: NonZeroU32) -> Self {
        self.keep = Some(most);
        self
    }

    /// Starts the sandbox on the tokio runtime that this is called on.
    ///
    /// # Errors
    ///
    /// [`StartError`] when the address is taken, the database or the seed file cannot be used, or a value is empty or
    /// none that can be used.
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

    /// The names that are allowed, as they are compared.
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

    /// The public URL, parsed.
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
