//! What a message says.

use sinch_conversation::resources::StoredMessage;
use sinch_conversation::types::{AppMessageTypes, ContactMessageTypes, ConversationMessageTypes};

/// The text of a message, from either side; `None` for other kinds.
pub(crate) fn words(message: &StoredMessage) -> Option<&str> {
    match &message.data().kind {
        ConversationMessageTypes::AppMessage(message) => match &message.kind {
            AppMessageTypes::TextMessage(text) => Some(&text.text),
            _ => None,
        },
        ConversationMessageTypes::ContactMessage(message) => match &message.kind {
            ContactMessageTypes::TextMessage(text) => Some(&text.text),
            _ => None,
        },
        _ => None,
    }
}
