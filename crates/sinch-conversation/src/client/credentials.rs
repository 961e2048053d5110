//! The access key of a client, and how it is used.

use std::fmt;
use std::sync::Arc;

use ::http::HeaderValue;

use crate::auth::{AccessKey, CredentialsProvider, KeySource};
use crate::error::Error;

/// The access key and how it is used.
#[derive(Clone)]
pub(super) enum Credentials {
    OAuth2(AccessKey),
    Basic(AccessKey),
    Provided(Arc<dyn CredentialsProvider>),
}

impl Default for Credentials {
    fn default() -> Self {
        Self::OAuth2(AccessKey::new("", ""))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OAuth2(key) => f.debug_tuple("OAuth2").field(key).finish(),
            Self::Basic(key) => f.debug_tuple("Basic").field(key).finish(),
            Self::Provided(_) => f.write_str("Provided(..)"),
        }
    }
}

/// Checked credentials.
pub(super) enum Checked {
    Basic(HeaderValue),
    OAuth2(KeySource),
}

impl Credentials {
    pub(super) fn check(self) -> Result<Checked, Error> {
        Ok(match self {
            Self::OAuth2(key) => Checked::OAuth2(KeySource::Fixed(key.header()?)),
            Self::Basic(key) => Checked::Basic(key.header()?),
            Self::Provided(provider) => Checked::OAuth2(KeySource::provided(provider)),
        })
    }
}
