//! The callbacks that `listen` has received: a file of the user, with a line of JSON for each.

mod store;
mod summary;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sinch_conversation::webhook::{Event, SignedCallback};

pub(crate) use store::Store;
pub(crate) use summary::summary;

/// The headers that are kept and forwarded: those of the signature, and the type of the body.
const HEADERS: [&str; 5] = [
    "content-type",
    "x-sinch-webhook-signature",
    "x-sinch-webhook-signature-algorithm",
    "x-sinch-webhook-signature-nonce",
    "x-sinch-webhook-signature-timestamp",
];

/// A callback as it was received.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ReceivedCallback {
    /// Its number in the file; empty if it could not be stored.
    #[serde(default)]
    pub(crate) id: String,
    pub(crate) received_at: String,
    pub(crate) trigger: String,
    /// What identifies the event when it is delivered again.
    pub(crate) key: String,
    pub(crate) headers: BTreeMap<String, String>,
    /// The body as it was signed. It is JSON, and so it is text.
    pub(crate) body: String,
}

impl ReceivedCallback {
    /// Returns what is kept of a callback with these headers.
    pub(crate) fn new(
        callback: &SignedCallback,
        headers: &axum::http::HeaderMap,
        received_at: String,
    ) -> Self {
        let header = |name: &str| Some((name.to_owned(), headers.get(name)?.to_str().ok()?.into()));
        Self {
            id: String::new(),
            received_at,
            trigger: callback.event().trigger().as_str().to_owned(),
            key: callback.key().as_str().to_owned(),
            headers: HEADERS.into_iter().filter_map(header).collect(),
            body: String::from_utf8_lossy(callback.body()).into_owned(),
        }
    }

    /// Returns the event.
    pub(crate) fn event(&self) -> Event {
        Event::from_slice(self.body.as_bytes()).unwrap_or_else(|_| Event::from_json(Value::Null))
    }

    /// Returns the callback as data: the event as JSON in place of its text, and no headers.
    pub(crate) fn data(&self) -> Value {
        let event = self.event();
        json!({
            "id": self.id,
            "received_at": self.received_at,
            "trigger": self.trigger,
            "summary": summary(event.raw()),
            "event": event.raw(),
        })
    }
}
