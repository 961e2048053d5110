//! A callback that is authentic, for those who store it before it is handled.

use std::fmt;

#[cfg(feature = "axum")]
use tokio::sync::OwnedSemaphorePermit;

use super::{Event, EventKey, Signed};

/// A callback that is authentic, with its body as it came. Whether its event was handled before was not looked at: this
/// is for those who store a callback, by its [key](Self::key), before it is answered.
///
/// Returned by [`Receiver::check`](super::Receiver::check). With the feature `axum` it is an extractor, with the limits and
/// the answers of that of [`VerifiedEvent`](super::VerifiedEvent). Its body counts towards `Receiver::body_memory` until
/// this is dropped.
///
/// ```
/// use axum::Router;
/// use axum::extract::State;
/// use axum::http::StatusCode;
/// use axum::routing::post;
/// use sinch_conversation::webhook::{Receiver, SignedCallback};
/// # async fn insert_unless_there(key: &str, body: &[u8]) -> std::io::Result<()> { Ok(()) }
///
/// async fn store(callback: SignedCallback) -> StatusCode {
///     match insert_unless_there(callback.key().as_str(), callback.body()).await {
///         Ok(()) => StatusCode::OK,
///         Err(_) => StatusCode::SERVICE_UNAVAILABLE,
///     }
/// }
///
/// fn router(receiver: Receiver) -> Router {
///     Router::new().route("/sinch", post(store)).with_state(receiver)
/// }
/// ```
pub struct SignedCallback {
    event: Event,
    signed: Signed,
    body: Vec<u8>,
    #[cfg(feature = "axum")]
    held: Option<OwnedSemaphorePermit>,
}

impl SignedCallback {
    pub(super) fn new(event: Event, signed: Signed, body: Vec<u8>) -> Self {
        Self {
            event,
            signed,
            body,
            #[cfg(feature = "axum")]
            held: None,
        }
    }

    /// Keeps the share of the memory that the body has.
    #[cfg(feature = "axum")]
    pub(super) fn holding(mut self, memory: OwnedSemaphorePermit) -> Self {
        self.held = Some(memory);
        self
    }

    /// Returns the event.
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// Returns the nonce and the time of the callback.
    pub fn signed(&self) -> &Signed {
        &self.signed
    }

    /// Returns the bytes that were signed.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Returns what identifies the event when it is delivered again: its [key](Event::key), or else the nonce, by which
    /// at least a replay of the same request is noticed.
    pub fn key(&self) -> EventKey {
        key(&self.event, &self.signed)
    }
}

/// The key of an event, or else that of its request.
pub(super) fn key(event: &Event, signed: &Signed) -> EventKey {
    let key = event.key();
    key.unwrap_or_else(|| EventKey::of_nonce(&signed.nonce))
}

impl fmt::Debug for SignedCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedCallback")
            .field("event", &self.event)
            .field("signed", &self.signed)
            .finish_non_exhaustive()
    }
}
