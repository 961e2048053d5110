//! Receiving callbacks: checking the signature, then reading the event.
//!
//! [`Verifier`] checks that a callback comes from the API and was not changed on the way. [`Event`] is what it
//! says. [`Receiver`] does both, limits the body, and takes no callback in twice; with the feature `axum`,
//! [`VerifiedEvent`] is an extractor that answers what is refused.

#[cfg(feature = "axum")]
mod axum;
#[cfg(feature = "axum")]
mod body;
mod error;
mod event;
mod memory;
mod nonce;
mod receiver;
mod signature;

pub use error::WebhookError;
pub use event::Event;
pub use memory::{MemoryNonces, MemoryNoncesError};
pub use nonce::{Claim, NonceFuture, NonceStore, NonceStoreError};
pub use receiver::{Receiver, VerifiedEvent};
pub use signature::{Signed, Verifier, VerifyError};
pub use sinch_conversation_raw::CallbackKind;

use http::HeaderMap;

impl Verifier {
    /// Checks a callback and reads it. A callback that was seen before is not noticed: [`Receiver`] does that.
    ///
    /// # Errors
    ///
    /// When the check fails, or when the body is not JSON. A callback of a kind that is not known is no error.
    pub fn event(&self, headers: &HeaderMap, body: &[u8]) -> Result<Event, WebhookError> {
        self.verify(headers, body)?;
        Ok(Event::from_slice(body)?)
    }
}
