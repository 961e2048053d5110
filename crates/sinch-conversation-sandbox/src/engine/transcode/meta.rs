//! Messenger and Instagram: the JSON of Meta's Send API.

use serde_json::{Value, json};
use sinch_conversation_raw::types::{
    AppMessageTypes, CardMessage, Choice, ChoiceMessage, ConversationChannel, LocationMessage,
    MediaProperties,
};

use super::form::META_BUTTONS;
use super::media::{self, MediaKind};
use super::{Address, choice, text};

pub(super) fn envelope(form: &AppMessageTypes, address: &Address<'_>) -> Value {
    let message = match form {
        AppMessageTypes::MediaMessage(media) => attachment(media),
        AppMessageTypes::ChoiceMessage(message) => choices(message),
        AppMessageTypes::CardMessage(card) => generic(vec![element(card)], &[]),
        AppMessageTypes::CarouselMessage(carousel) => generic(
            carousel.cards.iter().map(element).collect(),
            carousel.choices.as_deref().unwrap_or_default(),
        ),
        AppMessageTypes::LocationMessage(place) => generic(vec![on_the_map(place)], &[]),
        other => json!({"text": text::of(&ConversationChannel::Messenger, other)}),
    };
    json!({"recipient": {"id": address.to}, "message": message})
}

fn attachment(media: &MediaProperties) -> Value {
    let kind = match media::kind(media) {
        MediaKind::Image | MediaKind::Sticker => "image",
        MediaKind::Video => "video",
        MediaKind::Audio => "audio",
        MediaKind::Document => "file",
    };
    json!({"attachment": {"type": kind, "payload": {"url": media.url}}})
}

/// Returns a few choices as buttons, more as quick replies.
fn choices(message: &ChoiceMessage) -> Value {
    let text = message.text_message.as_ref().map(|text| &text.text);
    if message.choices.len() > META_BUTTONS {
        return json!({"text": text, "quick_replies": quick_replies(&message.choices)});
    }
    let buttons: Vec<Value> = message.choices.iter().map(button).collect();
    let payload = json!({"template_type": "button", "text": text, "buttons": buttons});
    json!({"attachment": {"type": "template", "payload": payload}})
}

fn generic(elements: Vec<Value>, outer: &[Choice]) -> Value {
    let payload = json!({"template_type": "generic", "elements": elements});
    json!({
        "attachment": {"type": "template", "payload": payload},
        "quick_replies": (!outer.is_empty()).then(|| quick_replies(outer)),
    })
}

fn element(card: &CardMessage) -> Value {
    let buttons = card.choices.iter().flatten().map(button);
    json!({
        "title": card.title,
        "subtitle": card.description,
        "image_url": card.media_message.as_ref().map(|media| &media.url),
        "buttons": buttons.collect::<Vec<_>>(),
    })
}

fn on_the_map(place: &LocationMessage) -> Value {
    let link = choice::maps_link(&place.coordinates);
    let label = place.label.as_ref().unwrap_or(&place.title);
    json!({
        "title": place.title,
        "buttons": [{"type": "web_url", "title": label, "url": link}],
    })
}

fn button(choice: &Choice) -> Value {
    let title = choice::label(choice);
    match (choice::link(choice), choice::phone(choice)) {
        (Some(url), _) => json!({"type": "web_url", "title": title, "url": url}),
        (None, Some(number)) => json!({"type": "phone_number", "title": title, "payload": number}),
        (None, None) => {
            json!({"type": "postback", "title": title, "payload": choice::postback(choice)})
        }
    }
}

fn quick_replies(choices: &[Choice]) -> Vec<Value> {
    let reply = |choice: &Choice| json!({"content_type": "text", "title": choice::label(choice), "payload": choice::postback(choice)});
    choices.iter().map(reply).collect()
}
