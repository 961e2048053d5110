//! LINE: the JSON of its Messaging API.

use serde_json::{Value, json};
use sinch_conversation_raw::types::{
    AppMessageTypes, CardMessage, Choice, ConversationChannel, LocationMessage, MediaProperties,
};

use super::media::{self, MediaKind};
use super::{Address, choice, text};

pub(super) fn envelope(form: &AppMessageTypes, address: &Address<'_>) -> Value {
    let message = match form {
        AppMessageTypes::MediaMessage(media) => attached(media),
        AppMessageTypes::ChoiceMessage(it) => {
            let text = it.text_message.as_ref().map(|text| text.text.as_str());
            let actions: Vec<Value> = it.choices.iter().map(action).collect();
            let buttons = json!({"type": "buttons", "text": text, "actions": actions});
            template(text, buttons, &[])
        }
        AppMessageTypes::CardMessage(card) => {
            template(card.title.as_deref(), column(card, Some("buttons")), &[])
        }
        AppMessageTypes::CarouselMessage(carousel) => {
            let columns = carousel.cards.iter().map(|card| column(card, None));
            let columns = json!({"type": "carousel", "columns": columns.collect::<Vec<_>>()});
            let title = carousel
                .cards
                .first()
                .and_then(|card| card.title.as_deref());
            let outer = carousel.choices.as_deref().unwrap_or_default();
            template(title, columns, outer)
        }
        AppMessageTypes::LocationMessage(place) => location(place),
        other => json!({"type": "text", "text": text::of(&ConversationChannel::Line, other)}),
    };
    json!({"to": address.to, "messages": [message]})
}

/// LINE has images, videos and audio; any other file is a link.
fn attached(media: &MediaProperties) -> Value {
    let preview = media.thumbnail_url.as_ref().unwrap_or(&media.url);
    match media::kind(media) {
        MediaKind::Image | MediaKind::Sticker => {
            json!({"type": "image", "originalContentUrl": media.url, "previewImageUrl": preview})
        }
        MediaKind::Video => {
            json!({"type": "video", "originalContentUrl": media.url, "previewImageUrl": preview})
        }
        MediaKind::Audio => json!({"type": "audio", "originalContentUrl": media.url}),
        MediaKind::Document => json!({"type": "text", "text": media.url}),
    }
}

fn template(summary: Option<&str>, template: Value, outer: &[Choice]) -> Value {
    let items: Vec<Value> = outer.iter().map(item).collect();
    json!({
        "type": "template",
        "altText": summary.unwrap_or_default(),
        "template": template,
        "quickReply": (!items.is_empty()).then(|| json!({"items": items})),
    })
}

fn column(card: &CardMessage, kind: Option<&str>) -> Value {
    json!({
        "type": kind,
        "title": card.title,
        "text": card.description,
        "thumbnailImageUrl": card.media_message.as_ref().map(|media| &media.url),
        "actions": card.choices.iter().flatten().map(action).collect::<Vec<_>>(),
    })
}

fn action(choice: &Choice) -> Value {
    let label = choice::label(choice);
    match (choice::link(choice), choice::phone(choice)) {
        (Some(uri), _) => json!({"type": "uri", "label": label, "uri": uri}),
        (None, Some(number)) => {
            json!({"type": "uri", "label": label, "uri": format!("tel:{number}")})
        }
        (None, None) => {
            json!({"type": "postback", "label": label, "data": choice::postback(choice), "displayText": label})
        }
    }
}

fn item(choice: &Choice) -> Value {
    json!({"type": "action", "action": action(choice)})
}

fn location(place: &LocationMessage) -> Value {
    json!({
        "type": "location",
        "title": place.title,
        "address": place.label.as_ref().unwrap_or(&place.title),
        "latitude": place.coordinates.latitude,
        "longitude": place.coordinates.longitude,
    })
}
