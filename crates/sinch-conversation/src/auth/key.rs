//! Access keys, and where they come from.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use http::HeaderValue;
use sinch_conversation_raw::wire::Secret;

use super::basic_header;
use crate::error::{AuthError, AuthProblem, InvalidArgument, Problem};

/// An access key of a project: its id and its secret. `Debug` hides the secret.
///
/// ```
/// use sinch_conversation::auth::AccessKey;
///
/// let key = AccessKey::new("a key id", "its secret");
/// assert!(!format!("{key:?}").contains("its secret"));
/// ```
#[derive(Clone, Debug)]
pub struct AccessKey {
    id: String,
    secret: Secret,
}

impl AccessKey {
    /// Creates a key of its id and its secret.
    pub fn new(id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Self {
            id: id.into(),
            secret: secret.into(),
        }
    }

    /// The key as a Basic header.
    pub(crate) fn header(&self) -> Result<HeaderValue, InvalidArgument> {
        let refused = |problem| InvalidArgument::one("access_key", problem);
        let (id, secret) = (self.id.as_str(), self.secret.expose());
        if id.is_empty() || secret.is_empty() {
            let remedy = "give the id and the secret of an access key of the project";
            return Err(refused(Problem::Missing { remedy }));
        }
        let expected = "a key id without a colon, and its secret";
        basic_header(id, secret)
            .filter(|_| !id.contains(':'))
            .ok_or_else(|| refused(Problem::Malformed { expected }))
    }
}

/// The error of a [`CredentialsProvider`]. It is the source of the call's [`Error`](crate::Error).
pub type ProviderError = Box<dyn StdError + Send + Sync>;

/// What a [`CredentialsProvider`] returns.
pub type AccessKeyFuture<'a> =
    Pin<Box<dyn Future<Output = Result<AccessKey, ProviderError>> + Send + 'a>>;

/// Gets the access key from elsewhere, such as a vault. Set with
/// [`ClientBuilder::credentials`](crate::ClientBuilder::credentials).
///
/// It is asked when the first token is needed and again when the token host refuses the key; in between its key is
/// kept. So it should look the key up each time. When a key is refused and the provider returns another one, the call goes
/// on with that; when it returns the same one, the call fails with
/// [`InvalidClient`](crate::error::AuthProblem::InvalidClient). It is asked once at a time, and what it takes
/// counts towards the time limit of the calls that wait for it.
///
/// A closure will do:
///
/// ```
/// use sinch_conversation::auth::{AccessKey, ProviderError};
/// use sinch_conversation::{Client, Region};
///
/// async fn look_up(name: &str) -> Result<String, ProviderError> {
///     Ok(format!("what the vault has under {name}"))
/// }
///
/// # fn main() -> Result<(), sinch_conversation::Error> {
/// let client = Client::builder()
///     .region(Region::Eu)
///     .project("a project id")
///     .credentials(|| async {
///         Ok(AccessKey::new(look_up("sinch/id").await?, look_up("sinch/secret").await?))
///     })
///     .build()?;
/// # Ok(())
/// # }
/// ```
pub trait CredentialsProvider: Send + Sync + 'static {
    /// Looks the key up.
    fn access_key(&self) -> AccessKeyFuture<'_>;
}

impl<F, Fut> CredentialsProvider for F
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<AccessKey, ProviderError>> + Send + 'static,
{
    fn access_key(&self) -> AccessKeyFuture<'_> {
        Box::pin(self())
    }
}

/// Where the key for tokens comes from.
#[derive(Debug)]
pub(crate) enum KeySource {
    Fixed(HeaderValue),
    Provided(ProvidedKey),
}

/// The key of a provider, kept until it is refused.
pub(crate) struct ProvidedKey {
    provider: Arc<dyn CredentialsProvider>,
    held: Mutex<Option<HeaderValue>>,
}

impl KeySource {
    pub(crate) fn provided(provider: Arc<dyn CredentialsProvider>) -> Self {
        Self::Provided(ProvidedKey {
            provider,
            held: Mutex::new(None),
        })
    }

    /// The key to try first.
    pub(super) async fn key(&self) -> Result<HeaderValue, AuthError> {
        match self {
            Self::Fixed(key) => Ok(key.clone()),
            Self::Provided(provided) => {
                let held = provided.held().clone();
                match held {
                    Some(key) => Ok(key),
                    None => provided.ask().await,
                }
            }
        }
    }

    /// Another key than the one that was refused, if there is one.
    pub(super) async fn instead_of(
        &self,
        refused: &HeaderValue,
    ) -> Result<Option<HeaderValue>, AuthError> {
        match self {
            Self::Fixed(_) => Ok(None),
            Self::Provided(provided) => {
                let key = provided.ask().await?;
                Ok(Some(key).filter(|key| key != refused))
            }
        }
    }

    /// Makes sure that a refused key is not tried again before the provider was asked.
    pub(super) fn forget(&self) {
        if let Self::Provided(provided) = self {
            *provided.held() = None;
        }
    }
}

impl ProvidedKey {
    async fn ask(&self) -> Result<HeaderValue, AuthError> {
        let failed = || AuthError::new(AuthProblem::Provider);
        tracing::debug!("asking the credentials provider");
        // A panic would end the task that all callers wait for.
        let asked = AssertUnwindSafe(async { self.provider.access_key().await }).catch_unwind();
        let key = asked
            .await
            .map_err(|_| failed())?
            .map_err(|error| failed().caused_by(error.into()))?;
        let header = key
            .header()
            .map_err(|invalid| failed().caused_by(Arc::new(invalid)))?;
        *self.held() = Some(header.clone());
        Ok(header)
    }

    fn held(&self) -> MutexGuard<'_, Option<HeaderValue>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for ProvidedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProvidedKey").finish_non_exhaustive()
    }
}
