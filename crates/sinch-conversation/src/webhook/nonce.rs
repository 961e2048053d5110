//! Which callbacks were seen before: stores of nonces.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

/// Why a store of nonces could not say whether a nonce is new.
pub type NonceStoreError = Box<dyn Error + Send + Sync>;

/// The answer of a store of nonces, on its way.
pub type NonceFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, NonceStoreError>> + Send + 'a>>;

/// What a store of nonces says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The nonce is new, and known from now on.
    New,
    /// The nonce was known already.
    Known,
}

/// Remembers the nonces of callbacks, so that none is accepted twice.
///
/// [`MemoryNonces`](super::MemoryNonces) is one for a single process. Several processes behind one address need a
/// store that they share, or a callback can be replayed once to each of them. Its signature is checked before a
/// nonce gets here, so nobody without the secret can fill a store.
///
/// With Redis, `claim` is `SET nonce 1 NX EXAT until` and `release` is `DEL nonce`; with SQL, `INSERT .. ON CONFLICT
/// DO NOTHING` and `DELETE`. A nonce is text of the API's choice: bind it, do not write it into a statement.
///
/// ```
/// use std::collections::HashSet;
/// use std::sync::Mutex;
/// use std::time::SystemTime;
/// use sinch_conversation::webhook::{Claim, NonceFuture, NonceStore};
///
/// /// Remembers for ever; for a short test only.
/// #[derive(Debug, Default)]
/// struct Forever(Mutex<HashSet<String>>);
///
/// impl NonceStore for Forever {
///     fn claim<'a>(&'a self, nonce: &'a str, _until: SystemTime) -> NonceFuture<'a, Claim> {
///         Box::pin(async move {
///             let mut known = self.0.lock().map_err(|_| "a claim panicked")?;
///             let is_new = known.insert(nonce.to_owned());
///             Ok(if is_new { Claim::New } else { Claim::Known })
///         })
///     }
///
///     fn release<'a>(&'a self, nonce: &'a str) -> NonceFuture<'a, ()> {
///         Box::pin(async move {
///             self.0.lock().map_err(|_| "a claim panicked")?.remove(nonce);
///             Ok(())
///         })
///     }
/// }
/// ```
pub trait NonceStore: fmt::Debug + Send + Sync {
    /// Makes the nonce known, and says whether it was before. Both in one step: of two callers with the same
    /// nonce only one may get [`Claim::New`]. From `until` on the nonce may be forgotten, because a callback that
    /// old is refused anyway. That holds as long as the clock does not step back: a store that forgets should refuse
    /// with an error what has an `until` no later than the latest one it forgot, as `MemoryNonces` does, or keep nonces
    /// longer than clocks are ever wrong.
    ///
    /// An error means that nobody knows. The callback is then refused, and its sender is asked to send it again.
    fn claim<'a>(&'a self, nonce: &'a str, until: SystemTime) -> NonceFuture<'a, Claim>;

    /// Forgets the nonce of a callback that could not be processed after all, so that the API can retry it. A
    /// nonce that is not known is no error.
    fn release<'a>(&'a self, nonce: &'a str) -> NonceFuture<'a, ()>;
}

impl<T: NonceStore + ?Sized> NonceStore for Arc<T> {
    fn claim<'a>(&'a self, nonce: &'a str, until: SystemTime) -> NonceFuture<'a, Claim> {
        (**self).claim(nonce, until)
    }

    fn release<'a>(&'a self, nonce: &'a str) -> NonceFuture<'a, ()> {
        (**self).release(nonce)
    }
}
