//! What a message says.

use sinch_conversation::resources::StoredMessage;
use sinch_conversation::types::{AppMessageTypes, ConversationMessageTypes};

/// The text of a message that an app has sent; `None` for other kinds.
pub(crate) fn words(message: &StoredMessage) -> Option<&str> {
    match &message.kind {
        ConversationMessageTypes::AppMessage(message) => match &message.kind {
            AppMessageTypes::TextMessage(text) => Some(&text.text),
            _ => None,
        },
        _ => None,
    }
}
