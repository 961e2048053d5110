//! A message of a contact.

use sinch_conversation_raw::types::{MessageInboundEventItem, ProcessingMode};
use sinch_conversation_raw::wire::Timestamp;

use super::content::MessageContent;
use super::view::{Envelope, accessors, conversation_id, text, time};

/// A message that a contact sent, as it is in a callback.
///
/// It borrows from the [`Event`](super::Event). Fields that are empty, as the API sends them where it has nothing to
/// say, are `None`.
///
/// ```
/// use sinch_conversation::webhook::{Event, EventKind, MessageContent};
///
/// let event = Event::from_slice(br#"{"app_id": "01A", "project_id": "p", "message": {"id": "01M", "contact_id": "",
///     "channel_identity": {"channel": "SMS", "identity": "46700000001", "app_id": ""},
///     "contact_message": {"text_message": {"text": "A table for two?"}}}}"#)?;
/// if let EventKind::Inbound(message) = event.kind() {
///     assert_eq!(message.text(), Some("A table for two?"));
///     assert_eq!(message.address(), Some("46700000001"));
///     assert_eq!(message.contact_id(), None);
/// }
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InboundMessage<'a> {
    pub(super) body: &'a MessageInboundEventItem,
    pub(super) envelope: Envelope<'a>,
}

accessors!(InboundMessage: MessageInboundEventItem);
conversation_id!(InboundMessage);

impl<'a> InboundMessage<'a> {
    /// Returns the id of the message.
    pub fn id(&self) -> Option<&'a str> {
        text(&self.body.id)
    }

    /// Returns what the contact sent: a text, a file, a choice and so on.
    pub fn content(&self) -> MessageContent<'a> {
        MessageContent::of(self.body.contact_message.as_ref())
    }

    /// Returns the text of a text message; `None` for other content.
    pub fn text(&self) -> Option<&'a str> {
        match self.content() {
            MessageContent::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the id of the message that the contact quoted. For a tap on a choice, see
    /// [`ChoiceResponse`](super::ChoiceResponse).
    pub fn reply_to(&self) -> Option<&'a str> {
        let reply_to = self.body.contact_message.as_ref()?.reply_to.as_ref()?;
        Some(reply_to.message_id.as_str()).filter(|id| !id.is_empty())
    }

    /// Returns the number or sender id that the contact wrote to, on channels that have several.
    pub fn sender_id(&self) -> Option<&'a str> {
        text(&self.body.sender_id)
    }

    /// Returns when the API received the message from the channel.
    pub fn accept_time(&self) -> Option<&'a Timestamp> {
        time(&self.body.accept_time)
    }

    /// Returns metadata from the channel. For quotes and taps on choices, the metadata of the message that was
    /// answered.
    pub fn metadata(&self) -> Option<&'a str> {
        text(&self.body.metadata)
    }

    /// Returns the metadata of the conversation as JSON text, as the latest send set it.
    pub fn conversation_metadata(&self) -> Option<&'a str> {
        self.envelope.message_metadata
    }

    /// Returns whether the message was put into the conversation by
    /// [`inject_message`](crate::resources::Conversations::inject_message), and not by a contact.
    pub fn is_injected(&self) -> bool {
        self.body.injected == Some(true)
    }
}
