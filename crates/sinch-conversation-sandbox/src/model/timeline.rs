//! What happened between apps and contacts, in order.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};
use sinch_conversation_raw::types::{ChannelIdentity, ConversationDirection, ProcessingMode};
use sinch_conversation_raw::wire::{Timestamp, Wire};

use crate::model::event::SentEvent;
use crate::model::message::{Receipt, SentMessage};

/// A message or an event that an app sent or received, as [`Sandbox::timeline`](crate::Sandbox::timeline) shows it.
///
/// Everything has an entry, also what the API does not store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TimelineEntry {
    /// Its place; each entry has a greater one than the entry before.
    pub seq: i64,
    /// What it is.
    pub kind: TimelineKind,
    /// `TO_CONTACT` when it is the app's, `TO_APP` when it is the contact's.
    pub direction: ConversationDirection,
    /// The id of the message or the event.
    pub id: String,
    /// The app that sent or received it.
    pub app_id: String,
    /// The contact; empty in DISPATCH mode.
    pub contact_id: String,
    /// The conversation; empty in DISPATCH mode.
    pub conversation_id: String,
    /// The channel, such as `SMS`; empty when there was none to send it over.
    pub channel: String,
    /// The contact's identity on the channel; empty without a channel.
    pub identity: String,
    /// When the API accepted it.
    pub time: Timestamp,
    /// The mode it was processed in.
    pub processing_mode: ProcessingMode,
    /// The message: an AppMessage when it was sent, a ContactMessage when it was received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Value>,
    /// What the person sees of a message that was sent, where that is something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rendered: Option<Value>,
    /// The event: an AppEvent when it was sent, a ContactEvent or a ContactMessageEvent when it was received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Value>,
    /// What became of a message or an event that was sent, in order.
    #[serde(serialize_with = "flat", skip_deserializing)]
    pub statuses: Vec<Receipt>,
    /// Its metadata; empty when there is none.
    pub metadata: String,
}

/// What an entry of the timeline is.
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
    /// A message or an event that was put into a conversation from outside.
    Injected,
}

impl TimelineKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Received => "received",
            Self::EventSent => "event_sent",
            Self::EventReceived => "event_received",
            Self::Injected => "injected",
        }
    }
}

impl From<SentMessage> for TimelineEntry {
    fn from(sent: SentMessage) -> Self {
        let (channel, identity) = address(sent.channel_identity());
        Self {
            seq: 0,
            kind: TimelineKind::Sent,
            direction: ConversationDirection::ToContact,
            channel,
            identity,
            message: Some(sent.message.to_value()),
            rendered: sent.rendered.as_ref().map(Wire::to_value),
            event: None,
            statuses: sent.receipts,
            id: sent.id,
            app_id: sent.app_id,
            contact_id: sent.contact_id,
            conversation_id: sent.conversation_id,
            time: sent.accepted_time,
            processing_mode: sent.processing_mode,
            metadata: sent.message_metadata,
        }
    }
}

impl From<SentEvent> for TimelineEntry {
    fn from(sent: SentEvent) -> Self {
        let (channel, identity) = address(sent.channel_identity.as_ref());
        Self {
            seq: 0,
            kind: TimelineKind::EventSent,
            direction: ConversationDirection::ToContact,
            channel,
            identity,
            message: None,
            rendered: None,
            event: Some(sent.event.to_value()),
            statuses: sent.receipts,
            id: sent.id,
            app_id: sent.app_id,
            contact_id: sent.contact_id,
            conversation_id: sent.conversation_id,
            time: sent.accepted_time,
            processing_mode: sent.processing_mode,
            metadata: sent.event_metadata,
        }
    }
}

/// Channel and identity; empty when there are none.
pub(crate) fn address(identity: Option<&ChannelIdentity>) -> (String, String) {
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

/// A status with its address laid open.
pub(crate) fn shown(receipt: &Receipt) -> Value {
    let (channel, identity) = address(receipt.channel_identity.as_ref());
    json!({
        "status": receipt.status,
        "channel": channel,
        "identity": identity,
        "reason": receipt.reason,
        "time": receipt.time,
    })
}
