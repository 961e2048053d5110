//! What a callback says.

use std::fmt;

use serde_json::Value;
use sinch_conversation_raw::types::{ConversationWebhookEvent, WebhookTrigger};
use sinch_conversation_raw::wire::{DecodeError, Mismatches, Timestamp, UnknownObject, Wire};

/// The key that tells what a callback is about, and the trigger that it belongs to. No field names the trigger.
const KEYS: [(&str, WebhookTrigger); 22] = [
    ("message", WebhookTrigger::MessageInbound),
    ("message_delivery_report", WebhookTrigger::MessageDelivery),
    ("message_submit_notification", WebhookTrigger::MessageSubmit),
    ("event", WebhookTrigger::EventInbound),
    ("event_delivery_report", WebhookTrigger::EventDelivery),
    (
        "conversation_start_notification",
        WebhookTrigger::ConversationStart,
    ),
    (
        "conversation_stop_notification",
        WebhookTrigger::ConversationStop,
    ),
    (
        "conversation_delete_notification",
        WebhookTrigger::ConversationDelete,
    ),
    ("contact_create_notification", WebhookTrigger::ContactCreate),
    ("contact_update_notification", WebhookTrigger::ContactUpdate),
    ("contact_delete_notification", WebhookTrigger::ContactDelete),
    ("contact_merge_notification", WebhookTrigger::ContactMerge),
    (
        "duplicated_contact_identities_notification",
        WebhookTrigger::ContactIdentitiesDuplication,
    ),
    ("capability_notification", WebhookTrigger::Capability),
    ("opt_in_notification", WebhookTrigger::OptIn),
    ("opt_out_notification", WebhookTrigger::OptOut),
    ("channel_event_notification", WebhookTrigger::ChannelEvent),
    (
        "smart_conversation_notification",
        WebhookTrigger::SmartConversation,
    ),
    (
        "message_redaction",
        WebhookTrigger::MessageInboundSmartConversationRedaction,
    ),
    ("record_notification", WebhookTrigger::RecordNotification),
    ("unsupported_callback", WebhookTrigger::Unsupported),
    (
        "batch_status_update_notification",
        WebhookTrigger::BatchStatusUpdate,
    ),
];

/// The fields that every callback has, besides the one that tells it apart.
const COMMON: [&str; 6] = [
    "app_id",
    "project_id",
    "accepted_time",
    "event_time",
    "message_metadata",
    "correlation_id",
];

/// One callback: a typed view, and the JSON as it came.
///
/// Every JSON is an event. One of a kind that is not known has [`ConversationWebhookEvent::Unknown`] as its typed view,
/// and what does not have its documented form is an `Unknown` alternative within it; nothing of it is lost.
///
/// ```
/// use sinch_conversation::types::ConversationWebhookEvent;
/// use sinch_conversation::webhook::Event;
///
/// let event = Event::from_slice(br#"{"app_id": "01A", "project_id": "p",
///     "message_delivery_report": {"message_id": "01M", "status": "DELIVERED"}}"#)?;
/// match event.typed() {
///     ConversationWebhookEvent::MessageDeliveryReceiptEvent(receipt) => println!("{receipt:?}"),
///     _ => println!("{}", event.trigger()),
/// }
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Event {
    trigger: WebhookTrigger,
    typed: ConversationWebhookEvent,
    decode_error: Option<DecodeError>,
    raw: Value,
}

impl Event {
    /// Reads the body of a callback, without checking where it comes from. Use
    /// [`Verifier::event`](super::Verifier::event) for what comes in from outside.
    ///
    /// # Errors
    ///
    /// Only when the body is not JSON.
    pub fn from_slice(body: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(body).map(Self::from_json)
    }

    /// Takes a callback that was parsed already, for instance from a queue.
    pub fn from_json(raw: Value) -> Self {
        let mut mismatches = Mismatches::default();
        let (typed, decode_error) = match ConversationWebhookEvent::decode(&raw, &mut mismatches) {
            Ok(typed) => (typed, mismatches.into_first()),
            Err(error) => (
                ConversationWebhookEvent::Unknown(UnknownObject::default()),
                Some(error),
            ),
        };
        Self {
            trigger: trigger(&raw),
            typed,
            decode_error,
            raw,
        }
    }

    /// For which of the webhook's triggers the callback came. For a kind that is not known it is
    /// `WebhookTrigger::Unknown` with the key that names the kind.
    pub fn trigger(&self) -> &WebhookTrigger {
        &self.trigger
    }

    /// The callback as a type.
    pub fn typed(&self) -> &ConversationWebhookEvent {
        &self.typed
    }

    /// Where a callback of a known kind differs from its documented form, the first place if there are several.
    ///
    /// What is around that place is typed all the same: the innermost union around it is its `Unknown` alternative.
    pub fn decode_error(&self) -> Option<&DecodeError> {
        self.decode_error.as_ref()
    }

    /// The callback as it came.
    pub fn raw(&self) -> &Value {
        &self.raw
    }

    /// Gives the typed view and the JSON.
    pub fn into_parts(self) -> (ConversationWebhookEvent, Value) {
        (self.typed, self.raw)
    }

    /// The app that is called; `None` for callbacks about the whole project.
    pub fn app_id(&self) -> Option<&str> {
        self.text("app_id")
    }

    /// The project that is called.
    pub fn project_id(&self) -> Option<&str> {
        self.text("project_id")
    }

    /// The id that was given with the send, when the callback belongs to one.
    pub fn correlation_id(&self) -> Option<&str> {
        self.text("correlation_id")
    }

    /// When the API learned of it.
    pub fn accepted_time(&self) -> Option<Timestamp> {
        Timestamp::parse(self.text("accepted_time")?).ok()
    }

    /// When it happened on the channel. Callbacks can come in out of order: compare this.
    pub fn event_time(&self) -> Option<Timestamp> {
        Timestamp::parse(self.text("event_time")?).ok()
    }

    /// A top-level text. The API writes an empty one where it has nothing to say.
    fn text(&self, key: &str) -> Option<&str> {
        self.raw.get(key)?.as_str().filter(|text| !text.is_empty())
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("trigger", &self.trigger)
            .field("typed", &self.typed)
            .field("decode_error", &self.decode_error)
            .finish_non_exhaustive()
    }
}

fn trigger(raw: &Value) -> WebhookTrigger {
    if let Some((_, trigger)) = KEYS.iter().find(|(key, _)| raw.get(*key).is_some()) {
        return trigger.clone();
    }
    let mut keys = raw.as_object().into_iter().flat_map(|fields| fields.keys());
    let own = keys.find(|key| !COMMON.contains(&key.as_str()));
    WebhookTrigger::Unknown(own.cloned().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_trigger_that_can_be_subscribed_to_has_a_key() {
        for (key, trigger) in &KEYS {
            let event = Event::from_json(json!({"app_id": "a", "project_id": "p", *key: {}}));
            assert_eq!(event.trigger(), trigger);
            let unknown = matches!(event.typed(), ConversationWebhookEvent::Unknown(_));
            assert_eq!(
                unknown,
                event.decode_error().is_some(),
                "{key} is not a key of the published callbacks"
            );
        }
    }
}
