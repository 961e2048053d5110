//! Telegram: the JSON of its Bot API.

use serde_json::{Value, json};
use sinch_conversation_raw::types::{
    AppMessageTypes, CardMessage, Choice, ConversationChannel, MediaProperties,
};

use super::media::{self, MediaKind};
use super::{Address, choice, text};

pub(super) fn envelope(form: &AppMessageTypes, address: &Address<'_>) -> Value {
    let to = address.to;
    match form {
        AppMessageTypes::MediaMessage(media) => json!({"chat_id": to, file(media): media.url}),
        AppMessageTypes::ChoiceMessage(it) => json!({
            "chat_id": to,
            "text": it.text_message.as_ref().map(|text| &text.text),
            "reply_markup": buttons(&it.choices),
        }),
        AppMessageTypes::CardMessage(card) => card_message(card, to),
        AppMessageTypes::LocationMessage(place) => json!({
            "chat_id": to,
            "latitude": place.coordinates.latitude,
            "longitude": place.coordinates.longitude,
        }),
        other => {
            let text = text::of(&ConversationChannel::Telegram, other);
            json!({"chat_id": to, "text": text})
        }
    }
}

/// Returns the member that holds a file of this type.
fn file(media: &MediaProperties) -> &'static str {
    match media::kind(media) {
        MediaKind::Image => "photo",
        MediaKind::Sticker => "sticker",
        MediaKind::Video => "video",
        MediaKind::Audio => "audio",
        MediaKind::Document => "document",
    }
}

fn card_message(card: &CardMessage, to: &str) -> Value {
    let mut words = card.clone();
    let choices = buttons(&words.choices.take().unwrap_or_default());
    let text = text::caption(&ConversationChannel::Telegram, &words);
    match &card.media_message {
        Some(media) => {
            json!({"chat_id": to, file(media): media.url, "caption": text, "reply_markup": choices})
        }
        None => json!({"chat_id": to, "text": text, "reply_markup": choices}),
    }
}

/// Returns the buttons, one per row.
fn buttons(choices: &[Choice]) -> Option<Value> {
    let rows: Vec<Value> = choices
        .iter()
        .map(|choice| json!([button(choice)]))
        .collect();
    (!rows.is_empty()).then(|| json!({"inline_keyboard": rows}))
}

fn button(choice: &Choice) -> Value {
    let text = choice::label(choice);
    match (choice::link(choice), choice::phone(choice)) {
        (Some(url), _) => json!({"text": text, "url": url}),
        (None, Some(number)) => json!({"text": text, "url": format!("tel:{number}")}),
        (None, None) => json!({"text": text, "callback_data": choice::postback(choice)}),
    }
}
