//! The connections.

use std::sync::Arc;
use std::time::Duration;

use crate::endpoints::Endpoints;
use crate::error::{Error, ErrorKind};

/// Idle connections are closed before a gateway closes them: a send on a closed one fails.
const IDLE: Duration = Duration::from_secs(30);

/// Returns the settings with which this crate makes its own connections, to add a proxy, certificates or a DNS resolver
/// to, for [`ClientBuilder::http_client`](crate::ClientBuilder::http_client).
///
/// Redirects are not followed, since a send would go out again. Repetitions are left to this crate, which counts
/// them and decides what may be retried. Idle connections are kept for 30 seconds. A time limit for connecting is
/// not among them; the one of [`Timeouts`](crate::Timeouts) is 5 seconds.
///
/// reqwest takes proxies from the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`) unless one is set, also for a
/// server on this machine. Without a `reqwest::Client` of yours, this crate does so for https alone: a proxy could read
/// the credentials of a request over plain http.
///
/// ```
/// use std::time::Duration;
///
/// use sinch_conversation::client::http_defaults;
/// use sinch_conversation::{Client, reqwest};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let http = http_defaults()
///     .connect_timeout(Duration::from_secs(2))
///     .proxy(reqwest::Proxy::https("http://proxy.example:3128")?)
///     .build()?;
/// let builder = Client::builder().http_client(http);
/// # Ok(())
/// # }
/// ```
pub fn http_defaults() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .pool_idle_timeout(IDLE)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
}

/// The connections that a client makes: apart for plain http and for https, unless they are the application's own.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    encrypted: reqwest::Client,
    plain: reqwest::Client,
}

impl Connections {
    /// Creates the connections that the endpoints need.
    pub(super) fn new(connect: Duration, endpoints: &Endpoints) -> Result<Self, Error> {
        let settings = || http_defaults().connect_timeout(connect);
        let build = |settings: reqwest::ClientBuilder| {
            let failed = |error| Error::new(ErrorKind::Connect).caused_by(Arc::new(error));
            settings.build().map_err(failed)
        };
        let direct = || build(settings().no_proxy());
        let plain = endpoints.all().filter(|base| is_plain(base)).count();
        Ok(if plain == 0 {
            Self::given(build(settings())?)
        } else if plain == endpoints.all().count() {
            Self::given(direct()?)
        } else {
            Self {
                encrypted: build(settings())?,
                plain: direct()?,
            }
        })
    }

    /// Uses one client for everything.
    pub(super) fn given(client: reqwest::Client) -> Self {
        Self {
            encrypted: client.clone(),
            plain: client,
        }
    }

    /// The client for requests to an endpoint.
    pub(crate) fn to(&self, base: &str) -> &reqwest::Client {
        match is_plain(base) {
            true => &self.plain,
            false => &self.encrypted,
        }
    }
}

fn is_plain(base: &str) -> bool {
    base.starts_with("http:")
}
