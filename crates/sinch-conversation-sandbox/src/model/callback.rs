//! Callbacks and the attempts to deliver them, as tests see them.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use sinch_conversation_raw::wire::Timestamp;

use super::redact;

/// A callback and what became of it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Callback {
    /// Its number; each callback has a greater one than the callback before.
    pub id: i64,
    /// The trigger it was made for, such as `MESSAGE_DELIVERY`.
    pub trigger: String,
    /// The app whose webhook or message asked for it.
    pub app_id: String,
    /// The webhook, or `None` when the message brought its own `callback_url`.
    pub webhook_id: Option<String>,
    /// Where it goes. Shown and serialized without a password and a query, which may be secret.
    #[serde(serialize_with = "shown")]
    pub target: String,
    /// The body, byte for byte as it is sent.
    pub body: String,
    /// When it was queued, by the sandbox's clock.
    #[serde(serialize_with = "rfc3339")]
    pub queued_at: DateTime<Utc>,
    /// How far it is.
    pub state: CallbackState,
    /// Each attempt to deliver it, in order.
    pub attempts: Vec<Attempt>,
}

impl Callback {
    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The message that it is about, if it is about one.
    #[must_use]
    pub fn message_id(&self) -> Option<String> {
        let body = self.json();
        let mut payloads = body.as_object()?.iter().filter_map(|(key, payload)| {
            let whole = ["message", "message_redaction"].contains(&key.as_str());
            let name = if whole { "id" } else { "message_id" };
            payload.get(name).and_then(Value::as_str)
        });
        payloads.next().map(str::to_owned)
    }
}

impl Callback {
    /// The target without what may be secret in it.
    pub(crate) fn shown_target(&self) -> String {
        redact::url(&self.target)
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback")
            .field("id", &self.id)
            .field("trigger", &self.trigger)
            .field("app_id", &self.app_id)
            .field("webhook_id", &self.webhook_id)
            .field("target", &self.shown_target())
            .field("body", &self.body)
            .field("queued_at", &self.queued_at)
            .field("state", &self.state)
            .field("attempts", &self.attempts)
            .finish()
    }
}

fn shown<S: Serializer>(target: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&redact::url(target))
}

/// How far a callback is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CallbackState {
    /// It waits for its first attempt or the next one.
    Pending,
    /// The receiver answered with 2xx.
    Delivered,
    /// All attempts failed.
    Abandoned,
    /// Its webhook was deleted first.
    Dropped,
}

/// One attempt to deliver a callback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Attempt {
    /// When it ended, by the sandbox's clock.
    #[serde(serialize_with = "rfc3339")]
    pub at: DateTime<Utc>,
    /// The status the receiver answered with, if it answered.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub problem: Option<String>,
    /// The headers of the signature that it was sent with; none without a secret.
    pub headers: BTreeMap<String, String>,
    /// The first 4 KiB of the body of the answer, bytes that are no UTF-8 replaced.
    pub response: Option<String>,
    /// Whether somebody asked for it; such an attempt does not count among the retries.
    pub replay: bool,
}

impl Attempt {
    /// Whether the receiver answered with 2xx.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }
}

fn rfc3339<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    Timestamp::from(*time).serialize(serializer)
}
