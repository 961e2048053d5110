//! Where a sandbox is and what it is called with.

use std::fmt;
use std::net::SocketAddr;

use crate::core::addresses::Addresses;
use crate::server::access::Key;

/// Base URLs and credentials of a running sandbox. No URL ends with a slash.
#[derive(Clone)]
pub struct Endpoints {
    address: SocketAddr,
    on_loopback: bool,
    base: String,
    batch: String,
    network: Option<String>,
    project: String,
    key: Key,
}

impl Endpoints {
    pub(super) fn new(addresses: &Addresses, project: String, key: Key) -> Self {
        let base = addresses.base();
        Self {
            address: addresses.listen(),
            on_loopback: addresses.listens_on_loopback(),
            network: addresses.network(),
            batch: format!("{base}/batch"),
            base,
            project,
            key,
        }
    }

    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether only this machine can reach that address.
    #[must_use]
    pub fn is_on_loopback(&self) -> bool {
        self.on_loopback
    }

    /// Base URL of the Conversation API: what stands before `/v1/projects`.
    #[must_use]
    pub fn conversation(&self) -> &str {
        &self.base
    }

    /// Base URL of the Template Management API: what stands before `/v2/projects`.
    #[must_use]
    pub fn template(&self) -> &str {
        &self.base
    }

    /// Base URL of the Batch API: what stands before `/v1/projects`.
    #[must_use]
    pub fn batch(&self) -> &str {
        &self.batch
    }

    /// Base URL of the token host: what stands before `/oauth2/token`.
    #[must_use]
    pub fn auth(&self) -> &str {
        &self.base
    }

    /// Base URL of the Conversation API for other machines, when the sandbox listens on all addresses of this one and
    /// has no public URL.
    #[must_use]
    pub fn network(&self) -> Option<&str> {
        self.network.as_deref()
    }

    /// The project that this sandbox serves.
    #[must_use]
    pub fn project_id(&self) -> &str {
        &self.project
    }

    /// An access key that works here.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key.id
    }

    /// The secret of that key.
    #[must_use]
    pub fn key_secret(&self) -> &str {
        &self.key.secret
    }
}

impl fmt::Debug for Endpoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoints")
            .field("conversation", &self.base)
            .field("batch", &self.batch)
            .field("project_id", &self.project)
            .field("key_id", &self.key.id)
            .finish_non_exhaustive()
    }
}
