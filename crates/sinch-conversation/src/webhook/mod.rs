//! Receiving callbacks: checking the signature, then reading the event.
//!
//! [`Verifier`] checks that a callback comes from the API and was not changed on the way. [`Event`] is what it
//! says.

mod event;
mod signature;

pub use event::Event;
pub use signature::{Signed, Verifier, VerifyError};

use http::HeaderMap;

/// Why a callback could not be taken in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// It is not certain that the callback comes from the API. Answer with 401.
    #[error("the callback is not authentic: {0}")]
    Verify(#[from] VerifyError),
    /// The callback is authentic, but its body is not JSON. Answer with 400.
    #[error("the body of the callback is not JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Verifier {
    /// Checks a callback and reads it.
    ///
    /// # Errors
    ///
    /// When the check fails, or when the body is not JSON. A callback of a kind that is not known is no error.
    pub fn event(&self, headers: &HeaderMap, body: &[u8]) -> Result<Event, WebhookError> {
        self.verify(headers, body)?;
        Ok(Event::from_slice(body)?)
    }
}
