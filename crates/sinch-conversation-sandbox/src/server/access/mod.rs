//! Authentication: access keys, the tokens issued for them, and the check of every request.

pub(crate) mod token;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat};

use crate::api::error::ApiError;
use crate::core::State;
use token::Claims;

/// A key id and its secret.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

pub(crate) struct Access {
    /// If empty, any key is accepted.
    keys: Vec<Key>,
    state: Arc<State>,
    generation: AtomicU64,
    lifetime: Duration,
}

/// The kinds of credentials that a request may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    BasicOrBearer,
    BearerOnly,
}

impl Access {
    pub(crate) fn new(keys: Vec<Key>, lifetime: Duration, state: Arc<State>) -> Self {
        Self {
            keys,
            state,
            generation: AtomicU64::new(0),
            lifetime,
        }
    }

    /// Returns whether the key is valid.
    pub(crate) fn accepts(&self, key: &Key) -> bool {
        !key.id.is_empty() && (self.keys.is_empty() || self.keys.contains(key))
    }

    /// Returns the lifetime of tokens in seconds.
    pub(crate) fn lifetime_seconds(&self) -> u64 {
        self.lifetime.as_secs()
    }

    /// Issues a token for `key_id`.
    pub(crate) fn issue(&self, key_id: &str) -> String {
        let now = self.state.clock.now();
        let iat = now.timestamp();
        let lifetime = i64::try_from(self.lifetime.as_secs()).unwrap_or(i64::MAX);
        let claims = Claims {
            iss: "sinch-conversation-sandbox".to_owned(),
            sub: key_id.to_owned(),
            iat,
            exp: iat.saturating_add(lifetime),
            jti: self.state.ids.next(now),
            generation: self.generation.load(Ordering::Relaxed),
        };
        token::encode(&claims, &self.state.seal)
    }

    /// Expires all tokens issued so far.
    pub(crate) fn expire_tokens(&self) {
        self.generation.fetch_add(1, Ordering::Relaxed);
    }

    /// Checks the credentials of a request.
    pub(crate) fn check(&self, headers: &HeaderMap, scheme: Scheme) -> Result<(), ApiError> {
        let Some(value) = headers.get(AUTHORIZATION) else {
            return Err(refused("no credentials", None));
        };
        let value = value.to_str().unwrap_or_default();
        if let Some(token) = credentials(value, "Bearer") {
            return self.check_token(token);
        }
        match basic_key(value) {
            Some(_) if scheme == Scheme::BearerOnly => {
                Err(refused("a bearer token is required", None))
            }
            Some(key) if self.accepts(&key) => Ok(()),
            Some(_) => Err(refused("wrong key id or key secret", None)),
            None => Err(refused("neither Basic nor Bearer credentials", None)),
        }
    }

    fn check_token(&self, token: &str) -> Result<(), ApiError> {
        let now = self.state.clock.now();
        let Some(claims) = token::decode(token, &self.state.seal) else {
            return Err(refused(
                "the token was not issued here",
                Some("Jwt verification fails".to_owned()),
            ));
        };
        let revoked = claims.generation != self.generation.load(Ordering::Relaxed);
        if !revoked && now.timestamp() < claims.exp {
            return Ok(());
        }
        let end = DateTime::from_timestamp(claims.exp, 0)
            .filter(|_| !revoked)
            .unwrap_or(now);
        let end = end.to_rfc3339_opts(SecondsFormat::Secs, true);
        Err(refused(
            "the token has expired",
            Some(format!("Jwt expired at {end}")),
        ))
    }
}

fn refused(message: &str, description: Option<String>) -> ApiError {
    let challenge = match description {
        None => r#"Bearer realm="sinch""#.to_owned(),
        Some(text) => {
            format!(r#"Bearer realm="sinch", error="invalid_token", error_description="{text}""#)
        }
    };
    ApiError::unauthenticated(message, challenge)
}

/// Returns the key in a header `Basic base64(id:secret)`.
pub(crate) fn basic_key(authorization: &str) -> Option<Key> {
    let decoded = STANDARD.decode(credentials(authorization, "Basic")?).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some(Key {
        id: id.to_owned(),
        secret: secret.to_owned(),
    })
}

fn credentials<'a>(authorization: &'a str, scheme: &str) -> Option<&'a str> {
    let (found, rest) = authorization.split_once(' ')?;
    found.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}
