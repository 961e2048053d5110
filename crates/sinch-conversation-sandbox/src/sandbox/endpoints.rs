//! The addresses and credentials of a sandbox.

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

    /// Returns the address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns whether only this machine can reach that address.
    #[must_use]
    pub fn is_on_loopback(&self) -> bool {
        self.on_loopback
    }

    /// Returns the base URL of the Conversation API: the part before `/v1/projects`.
    #[must_use]
    pub fn conversation(&self) -> &str {
        &self.base
    }

    /// Returns the base URL of the Template Management API: the part before `/v2/projects`.
    #[must_use]
    pub fn template(&self) -> &str {
        &self.base
    }

    /// Returns the base URL of the Batch API: the part before `/v1/projects`.
    #[must_use]
    pub fn batch(&self) -> &str {
        &self.batch
    }

    /// Returns the base URL of the token host: the part before `/oauth2/token`.
    #[must_use]
    pub fn auth(&self) -> &str {
        &self.base
    }

    /// Returns the base URL of the Conversation API for other machines, if the sandbox listens on all addresses of this
    /// one and has no public URL.
    #[must_use]
    pub fn network(&self) -> Option<&str> {
        self.network.as_deref()
    }

    /// Returns the project that this sandbox serves.
    #[must_use]
    pub fn project_id(&self) -> &str {
        &self.project
    }

    /// Returns an access key that is accepted.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key.id
    }

    /// Returns the secret of that key.
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
