//! SMS and MMS: the JSON of Sinch's SMS API.

use serde_json::{Value, json};
use sinch_conversation_raw::types::{AppMessageTypes, ConversationChannel};

use super::{Address, text};

pub(super) fn sms(form: &AppMessageTypes, address: &Address<'_>) -> Value {
    let text = text::of(&ConversationChannel::Sms, form);
    json!({"from": address.from, "to": [address.to], "body": text})
}

/// Uses a card's title as the subject, and its description as the text.
pub(super) fn mms(form: &AppMessageTypes, address: &Address<'_>) -> Value {
    let body = match form {
        AppMessageTypes::MediaMessage(media) => json!({"url": media.url}),
        AppMessageTypes::CardMessage(card) => json!({
            "subject": card.title,
            "message": card.description,
            "url": card.media_message.as_ref().map(|media| &media.url),
        }),
        other => json!({"message": text::of(&ConversationChannel::Mms, other)}),
    };
    json!({"from": address.from, "to": [address.to], "type": "mt_media", "body": body})
}
