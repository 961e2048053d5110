//! The connections.

use std::time::Duration;

/// Idle connections are closed before a gateway closes them: a send on a closed one fails.
const IDLE: Duration = Duration::from_secs(30);

/// The settings with which this crate makes its own connections, to add a proxy, certificates or a DNS resolver
/// to, for [`ClientBuilder::http_client`](crate::ClientBuilder::http_client).
///
/// Redirects are not followed, since a send would go out again. Repetitions are left to this crate, which counts
/// them and knows what may be repeated. Idle connections are kept for 30 seconds. A time limit for connecting is
/// not among them; the one of [`Timeouts`](crate::Timeouts) is 5 seconds.
///
/// Without any of this, proxies are taken from the environment (`HTTPS_PROXY`, `NO_PROXY`), as reqwest does.
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
