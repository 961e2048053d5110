//! Failures to get an access token.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use super::cause::ConnectCause;

/// Why there is no access token. The call itself was not sent.
///
/// ```
/// # doctest::run(async |doctest::Setup { sandbox, .. }| {
/// # let settings = doctest::settings(&sandbox).credentials(|| async { Err("the vault is sealed".into()) });
/// # let error = settings.build()?.apps().list().collect(10).await.unwrap_err();
/// use sinch_conversation::error::{AuthProblem, ErrorKind};
///
/// if let ErrorKind::Auth(auth) = error.kind() {
///     match auth.problem {
///         AuthProblem::InvalidClient => println!("check the access key"),
///         _ => println!("try again later: {}, {:?}", auth.is_retryable(), auth.retry_after()),
///     }
/// }
/// # assert!(matches!(error.kind(), ErrorKind::Auth(auth) if auth.problem == AuthProblem::Provider));
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthError {
    /// What went wrong.
    pub problem: AuthProblem,
    /// The HTTP status of the token host, when it answered.
    pub status: Option<StatusCode>,
    /// The OAuth2 error code of the token host, such as `invalid_client`, when it gave one.
    pub code: Option<String>,
    pub(crate) cause: Option<Cause>,
}

/// The error of a credentials provider, or of a connection. Not shown by `Debug`, since it may say anything.
#[derive(Clone)]
pub(crate) struct Cause(pub(crate) Arc<dyn StdError + Send + Sync>);

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

impl PartialEq for Cause {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Cause {}

/// What went wrong at the token host.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthProblem {
    /// The key id or the key secret is wrong. Further calls within a few seconds get this error without a
    /// request, so that a wrong key does not become a storm.
    InvalidClient,
    /// The credentials provider failed, or gave a key that no header can hold. Its own error is the source.
    Provider,
    /// The token host refused for another reason.
    Refused,
    /// The token host answered 429, also to the client's own retries.
    #[non_exhaustive]
    RateLimited {
        /// How long the host asked to wait, when it said so.
        retry_after: Option<Duration>,
    },
    /// The token host could not be reached, did not answer in time or failed.
    Unreachable,
    /// The token host answered with something that holds no usable token.
    UnexpectedAnswer,
}

impl AuthError {
    pub(crate) fn new(problem: AuthProblem) -> Self {
        Self {
            problem,
            status: None,
            code: None,
            cause: None,
        }
    }

    pub(crate) fn caused_by(mut self, cause: Arc<dyn StdError + Send + Sync>) -> Self {
        self.cause = Some(Cause(cause));
        self
    }

    /// Returns whether the same credentials may be accepted at another time.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.problem,
            AuthProblem::RateLimited { .. } | AuthProblem::Unreachable | AuthProblem::Provider
        )
    }

    /// Returns how long the token host asked to wait, when it did.
    pub fn retry_after(&self) -> Option<Duration> {
        match self.problem {
            AuthProblem::RateLimited { retry_after } => retry_after,
            _ => None,
        }
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.problem {
            AuthProblem::InvalidClient => "the token host does not know this key id and key secret",
            AuthProblem::Provider => "the credentials provider gave no usable access key",
            AuthProblem::Refused => "the token host refused to issue a token",
            AuthProblem::RateLimited { .. } => "the token host limits the rate of requests",
            AuthProblem::Unreachable => "the token host could not be reached or failed",
            AuthProblem::UnexpectedAnswer => "the token host's answer holds no usable token",
        })?;
        match (self.status, &self.code) {
            (Some(status), Some(code)) => write!(f, " ({} {code})", status.as_u16()),
            (Some(status), None) => write!(f, " ({})", status.as_u16()),
            _ => match (&self.problem, &self.cause) {
                (AuthProblem::Unreachable, Some(cause)) => {
                    write!(f, ": {}", ConnectCause(&*cause.0))
                }
                _ => Ok(()),
            },
        }
    }
}

impl StdError for AuthError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let cause = self.cause.as_ref()?;
        Some(&*cause.0)
    }
}
