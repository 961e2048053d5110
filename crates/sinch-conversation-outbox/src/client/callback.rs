//! What tells callbacks apart, and what they are about.

use std::fmt::Write;

use serde_json::Value;
use sha2::{Digest, Sha256};
use sinch_conversation::reqwest::StatusCode;
use sinch_conversation::reqwest::header::HeaderMap;
use sinch_conversation::webhook::{Event, Verifier, WebhookError};

use crate::inbox::NewEvent;
use crate::store::Receipt;

/// The callbacks that name what they are about by an id of its own: the key of the payload, and that of the id.
const NAMED: [(&str, &str); 5] = [
    ("message", "id"),
    ("message_delivery_report", "message_id"),
    ("message_submit_notification", "message_id"),
    ("event", "id"),
    ("event_delivery_report", "event_id"),
];

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
}

impl CallbackError {
    /// The status to answer with. The body of the answer should be empty.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Webhook(error) => error.status(),
            // So that the API calls again.
            Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// Checks where a callback comes from, and reads it.
pub(crate) fn verify(
    verifier: &Verifier,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Event, CallbackError> {
    verifier.verify(headers, body).map_err(WebhookError::from)?;
    Ok(Event::from_slice(body).map_err(WebhookError::from)?)
}

impl NewEvent {
    /// Makes an event of a callback and its body. Check where it comes from before.
    ///
    /// The key of a message, an event or a receipt is made of its id, its status and its channel, so that a callback that is
    /// repeated, or comes for several webhooks, is one event. The key of any other callback is made of its whole body.
    ///
    /// ```
    /// use sinch_conversation::webhook::Event;
    /// use sinch_conversation_outbox::inbox::NewEvent;
    ///
    /// let body = br#"{"app_id": "01A", "message": {"id": "01M", "contact_id": "01C"}}"#;
    /// let event = NewEvent::from_callback(&Event::from_slice(body)?, body);
    /// assert_eq!(event.key, "01A message 01M");
    /// assert_eq!(event.ordering_key, None);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn from_callback(event: &Event, body: &[u8]) -> Self {
        let body_text = String::from_utf8_lossy(body);
        let mut new = Self::new(key(event, body), body_text);
        new.receipt = Receipt::from_event(event);
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

fn key(event: &Event, body: &[u8]) -> String {
    let app = event.app_id().unwrap_or_default();
    for (name, id) in NAMED {
        let Some(payload) = event.raw().get(name) else {
            continue;
        };
        let Some(id) = text(payload, &format!("/{id}")) else {
            continue;
        };
        let mut key = format!("{app} {name} {id}");
        if name.ends_with("_report") {
            for pointer in ["/status", "/channel_identity/channel"] {
                let _ = write!(key, " {}", text(payload, pointer).unwrap_or_default());
            }
        }
        return key;
    }
    let mut key = format!("{app} ");
    for byte in Sha256::digest(body) {
        let _ = write!(key, "{byte:02x}");
    }
    key
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
