//! What tells callbacks apart, and what they are about.

use std::time::Duration;

use serde_json::Value;
use sinch_conversation::reqwest::StatusCode;
use sinch_conversation::webhook::{Event, SignedCallback, WebhookError};

use crate::inbox::NewEvent;
use crate::store::Receipt;

/// Why a callback was not stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// The callback is not authentic, or is no JSON.
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] crate::StoreError),
    /// The store did not say in time that it has the callback. It may have it nevertheless.
    #[error("the store did not answer within {timeout:?}")]
    #[non_exhaustive]
    StoreTimeout {
        /// The most that is allowed.
        timeout: Duration,
    },
}

impl CallbackError {
    /// The status to answer with. The body of the answer should be empty.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Webhook(error) => error.status(),
            // So that the API calls again.
            Self::Store(_) | Self::StoreTimeout { .. } => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl NewEvent {
    /// Makes an event of a callback. Its key is [that of the client](SignedCallback::key), so that a callback that is
    /// repeated, or comes for several webhooks, is one event.
    ///
    /// ```
    /// use sinch_conversation::webhook::{Receiver, Verifier};
    /// use sinch_conversation_outbox::inbox::NewEvent;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let verifier = Verifier::new(["the secret of the webhook"])?;
    /// let body = br#"{"app_id": "01A", "message": {"id": "01M", "contact_id": "01C"}}"#;
    /// let headers = verifier.sign_for_test(body);
    /// let callback = Receiver::new(verifier).check(&headers, body)?;
    ///
    /// let event = NewEvent::from_callback(&callback);
    /// assert_eq!(event.key, "MESSAGE_INBOUND/01M");
    /// assert_eq!(event.ordering_key, None);
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_callback(callback: &SignedCallback) -> Self {
        let body = String::from_utf8_lossy(callback.body());
        let mut new = Self::new(callback.key().as_str(), body);
        new.receipt = Receipt::from_event(callback.event());
        new
    }

    /// Handles the event after all earlier ones of the same contact: the contact's id, or the address when there is none,
    /// as in DISPATCH mode.
    #[must_use]
    pub fn in_order_of_contact(mut self, event: &Event) -> Self {
        self.ordering_key = contact(event);
        self
    }
}

/// The payload of a callback: the first of its objects.
fn payload(event: &Event) -> Option<&Value> {
    let fields = event.raw().as_object()?;
    fields.values().find(|value| value.is_object())
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    let text = value.pointer(pointer)?.as_str()?;
    (!text.is_empty()).then_some(text)
}

fn contact(event: &Event) -> Option<String> {
    let payload = payload(event)?;
    if let Some(id) = text(payload, "/contact_id") {
        return Some(id.to_owned());
    }
    let channel = text(payload, "/channel_identity/channel")?;
    let identity = text(payload, "/channel_identity/identity")?;
    Some(format!("{channel} {identity}"))
}
