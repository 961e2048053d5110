//! Callbacks and their delivery attempts, as tests see them.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use sinch_conversation_raw::wire::Timestamp;

use super::redact;

/// A callback and its delivery.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Callback {
    /// The number of the callback; later callbacks have greater ones.
    pub id: i64,
    /// The trigger, such as `MESSAGE_DELIVERY`.
    pub trigger: String,
    /// The app whose webhook or message it is for.
    pub app_id: String,
    /// The webhook, or `None` when the message had its own `callback_url`.
    pub webhook_id: Option<String>,
    /// The URL it is posted to. Shown and serialized without password and query, which may be secret.
    #[serde(serialize_with = "shown")]
    pub target: String,
    /// The body, byte for byte as it is posted.
    pub body: String,
    /// When it was queued, by the sandbox's clock.
    #[serde(serialize_with = "rfc3339")]
    pub queued_at: DateTime<Utc>,
    /// The state of the delivery.
    pub state: CallbackState,
    /// The delivery attempts, in order.
    pub attempts: Vec<Attempt>,
}

impl Callback {
    /// Returns the body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// Returns the id of the message that it concerns, if any.
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
    /// Returns the target without what may be secret in it.
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

/// The state of a callback's delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CallbackState {
    /// The first or next attempt is still to come.
    Pending,
    /// The receiver answered with 2xx.
    Delivered,
    /// All attempts failed.
    Abandoned,
    /// The webhook was deleted before the delivery.
    Dropped,
}

/// A delivery attempt of a callback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Attempt {
    /// When it ended, by the sandbox's clock.
    #[serde(serialize_with = "rfc3339")]
    pub at: DateTime<Utc>,
    /// The status of the response, if there was one.
    pub status: Option<u16>,
    /// Why there was no response.
    pub problem: Option<String>,
    /// The signature headers it was posted with; empty without a secret.
    pub headers: BTreeMap<String, String>,
    /// The first 4 KiB of the response body, with invalid UTF-8 replaced.
    pub response: Option<String>,
    /// Whether it was requested by a replay; such an attempt does not count as a retry.
    pub replay: bool,
}

impl Attempt {
    /// Returns whether the receiver answered with 2xx.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }
}

fn rfc3339<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    Timestamp::from(*time).serialize(serializer)
}
