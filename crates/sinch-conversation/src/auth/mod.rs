//! Credentials: access keys, from code or from a [`CredentialsProvider`], and the tokens that they are exchanged for.
//!
//! With OAuth2, the default, the key is exchanged for an access token, which all calls share. With Basic, the key
//! goes along with every request, which the API allows for tests and limits heavily.

mod budget;
mod cache;
mod challenge;
mod key;
pub(crate) mod mask;
mod token;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;

pub(crate) use challenge::asks_for_new_token;
pub(crate) use key::KeySource;
pub use key::{AccessKey, AccessKeyFuture, CredentialsProvider, ProviderError};
pub(crate) use token::TokenSource;

use crate::error::AuthError;
use cache::TokenCache;

/// How requests are authorized.
#[derive(Debug)]
pub(crate) enum Authenticator {
    Basic(HeaderValue),
    OAuth2(TokenCache),
}

/// A header, and the token it came from.
#[derive(Clone, Debug)]
pub(crate) struct Authorization {
    pub(crate) header: HeaderValue,
    /// Which token it was, counted from the client's start; `None` for Basic.
    generation: Option<u64>,
}

impl Authenticator {
    pub(crate) fn oauth2(source: TokenSource) -> Self {
        Self::OAuth2(TokenCache::new(source))
    }

    /// The header for the next request. Waits for a token only when there is no valid one.
    pub(crate) async fn authorization(&self) -> Result<Authorization, AuthError> {
        match self {
            Self::Basic(header) => Ok(Authorization {
                header: header.clone(),
                generation: None,
            }),
            Self::OAuth2(cache) => cache.authorization().await,
        }
    }

    /// Notes that the API refused the authorization. Returns whether a new one may be accepted.
    pub(crate) fn refused(&self, authorization: &Authorization) -> bool {
        match (self, authorization.generation) {
            (Self::OAuth2(cache), Some(generation)) => cache.refused(generation),
            _ => false,
        }
    }
}

/// `Basic base64(id:secret)`, marked so that it is not printed.
pub(crate) fn basic_header(key_id: &str, key_secret: &str) -> Option<HeaderValue> {
    sensitive(&format!(
        "Basic {}",
        BASE64_STANDARD.encode(format!("{key_id}:{key_secret}"))
    ))
}

/// A header value whose `Debug` hides it; `None` when the text cannot be a header.
fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}
