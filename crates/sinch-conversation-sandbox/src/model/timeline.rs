//! Messages and events between apps and contacts, in order.

use chrono::DateTime;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};
use sinch_conversation_raw::types::{
    ChannelIdentity, ConversationDirection, ConversationEvent, ConversationMessage,
    ConversationMessageTypes, ProcessingMode,
};
use sinch_conversation_raw::wire::{Timestamp, Wire};

use crate::model::event::SentEvent;
use crate::model::message::{Receipt, SentMessage};

/// A message or an event that an app sent or received, returned by [`Sandbox::timeline`](crate::Sandbox::timeline).
///
/// The timeline also has what the API does not store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TimelineEntry {
    /// The position in the timeline; later entries have greater ones.
    pub seq: i64,
    /// The kind of entry.
    pub kind: TimelineKind,
    /// `TO_CONTACT` if an app sent it, `TO_APP` if a contact did.
    pub direction: ConversationDirection,
    /// The id of the message or the event.
    pub id: String,
    /// The app that sent or received it.
    pub app_id: String,
    /// The contact; empty in DISPATCH mode.
    pub contact_id: String,
    /// The conversation; empty in DISPATCH mode.
    pub conversation_id: String,
    /// The channel, such as `SMS`; empty when no channel could be used.
    pub channel: String,
    /// The contact's identity on the channel; empty without a channel.
    pub identity: String,
    /// When the API accepted it.
    pub time: Timestamp,
    /// The mode it was processed in.
    pub processing_mode: ProcessingMode,
    /// The message: an AppMessage if it was sent, a ContactMessage if it was received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Value>,
    /// What the person sees of a sent message, where that differs from `message`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rendered: Option<Value>,
    /// The event: an AppEvent if it was sent, a ContactEvent or a ContactMessageEvent if it was received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Value>,
    /// The statuses of a sent message or event, in order.
    #[serde(serialize_with = "flat", skip_deserializing)]
    pub statuses: Vec<Receipt>,
    /// Its metadata; empty when there is none.
    pub metadata: String,
}

/// The kind of a timeline entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TimelineKind {
    /// A message of an app.
    Sent,
    /// A message of a contact.
    Received,
    /// An event of an app, such as "composing".
    EventSent,
    /// An event of a contact.
    EventReceived,
    /// A message or an event that was added to a conversation without being sent.
    Injected,
}

impl TimelineEntry {
    /// Makes an entry of an app and a contact, without content.
    fn empty(
        kind: TimelineKind,
        app_id: &str,
        id: &str,
        address: Option<&ChannelIdentity>,
        time: Option<&Timestamp>,
        processing_mode: Option<&ProcessingMode>,
    ) -> Self {
        let (channel, identity) = laid_open(address);
        Self {
            seq: 0,
            kind,
            direction: ConversationDirection::ToContact,
            id: id.to_owned(),
            app_id: app_id.to_owned(),
            contact_id: String::new(),
            conversation_id: String::new(),
            channel,
            identity,
            time: time.map_or_else(|| Timestamp::from(DateTime::UNIX_EPOCH), Clone::clone),
            processing_mode: processing_mode.cloned().unwrap_or(ProcessingMode::Dispatch),
            message: None,
            rendered: None,
            event: None,
            statuses: Vec::new(),
            metadata: String::new(),
        }
    }

    /// Makes the entry of a received or injected message from its listed form.
    pub(crate) fn of_message(
        kind: TimelineKind,
        app_id: &str,
        stored: &ConversationMessage,
    ) -> Self {
        let (id, address) = (stored.id.as_deref(), stored.channel_identity.as_ref());
        let (time, mode) = (stored.accept_time.as_ref(), stored.processing_mode.as_ref());
        let mut entry = Self::empty(kind, app_id, id.unwrap_or_default(), address, time, mode);
        entry.direction = stored.direction.clone().unwrap_or(entry.direction);
        entry.contact_id = stored.contact_id.clone().unwrap_or_default();
        entry.conversation_id = stored.conversation_id.clone().unwrap_or_default();
        entry.metadata = stored.metadata.clone().unwrap_or_default();
        entry.message = Some(match &stored.kind {
            ConversationMessageTypes::AppMessage(message) => message.to_value(),
            ConversationMessageTypes::ContactMessage(message) => message.to_value(),
            other => other.to_value(),
        });
        entry
    }

    /// Makes the entry of a received or injected event from its listed form.
    pub(crate) fn of_event(kind: TimelineKind, app_id: &str, stored: &ConversationEvent) -> Self {
        let (address, mode) = (&stored.channel_identity, &stored.processing_mode);
        let time = stored.accept_time.as_ref();
        let mut entry = Self::empty(kind, app_id, &stored.id, Some(address), time, Some(mode));
        entry.direction = stored.direction.clone().unwrap_or(entry.direction);
        entry.contact_id = stored.contact_id.clone().unwrap_or_default();
        entry.conversation_id = stored.conversation_id.clone().unwrap_or_default();
        let by_contact = stored.contact_event.as_ref().map(Wire::to_value);
        let on_message = stored.contact_message_event.as_ref().map(Wire::to_value);
        let by_app = stored.app_event.as_ref().map(Wire::to_value);
        entry.event = by_contact.or(on_message).or(by_app);
        entry
    }
}

impl From<SentMessage> for TimelineEntry {
    fn from(sent: SentMessage) -> Self {
        let (time, mode) = (&sent.accepted_time, &sent.processing_mode);
        let (kind, address) = (TimelineKind::Sent, sent.channel_identity());
        Self {
            message: Some(sent.message.to_value()),
            rendered: sent.rendered.as_ref().map(Wire::to_value),
            contact_id: sent.contact_id.clone(),
            conversation_id: sent.conversation_id.clone(),
            metadata: sent.message_metadata.clone(),
            statuses: sent.receipts.clone(),
            ..Self::empty(
                kind,
                &sent.app_id,
                &sent.id,
                address,
                Some(time),
                Some(mode),
            )
        }
    }
}

impl From<SentEvent> for TimelineEntry {
    fn from(sent: SentEvent) -> Self {
        let (time, mode) = (&sent.accepted_time, &sent.processing_mode);
        let (kind, address) = (TimelineKind::EventSent, sent.channel_identity.as_ref());
        Self {
            event: Some(sent.event.to_value()),
            contact_id: sent.contact_id.clone(),
            conversation_id: sent.conversation_id.clone(),
            metadata: sent.event_metadata.clone(),
            statuses: sent.receipts.clone(),
            ..Self::empty(
                kind,
                &sent.app_id,
                &sent.id,
                address,
                Some(time),
                Some(mode),
            )
        }
    }
}

/// Returns channel and identity; empty when there are none.
fn laid_open(identity: Option<&ChannelIdentity>) -> (String, String) {
    identity.map_or_else(Default::default, |address| {
        (
            address.channel.as_str().to_owned(),
            address.identity.clone(),
        )
    })
}

fn flat<S: Serializer>(receipts: &[Receipt], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(receipts.iter().map(shown))
}

/// Returns a status with channel and identity as top-level fields.
pub(crate) fn shown(receipt: &Receipt) -> Value {
    let (channel, identity) = laid_open(receipt.channel_identity.as_ref());
    json!({
        "status": receipt.status,
        "channel": channel,
        "identity": identity,
        "reason": receipt.reason,
        "time": receipt.time,
    })
}
