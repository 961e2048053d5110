//! RCS: the JSON of RCS Business Messaging.

use serde_json::{Value, json};
use sinch_conversation_raw::types::{
    AppMessageTypes, CardHeight, CardMessage, CarouselMessage, Choice, ChoiceTypes,
    ConversationChannel, MediaProperties,
};

use super::{Address, choice, text};

pub(super) fn envelope(form: &AppMessageTypes, address: &Address<'_>) -> Value {
    let content = match form {
        AppMessageTypes::MediaMessage(media) => json!({"contentInfo": content_info(media)}),
        AppMessageTypes::ChoiceMessage(message) => json!({
            "text": message.text_message.as_ref().map(|text| &text.text),
            "suggestions": suggestions(&message.choices),
        }),
        AppMessageTypes::CardMessage(card) => json!({"richCard": standalone(card)}),
        AppMessageTypes::CarouselMessage(carousel) => carousel_content(carousel),
        other => json!({"text": text::of(&ConversationChannel::Rcs, other)}),
    };
    json!({"msisdn": address.to, "contentMessage": content})
}

/// Turns a carousel of one card into a card.
fn carousel_content(carousel: &CarouselMessage) -> Value {
    let card = match carousel.cards.as_slice() {
        [one] => standalone(one),
        cards => {
            let contents: Vec<Value> = cards.iter().map(card_content).collect();
            json!({"carouselCard": {"cardWidth": "MEDIUM", "cardContents": contents}})
        }
    };
    let outer = carousel.choices.as_deref().unwrap_or_default();
    json!({"richCard": card, "suggestions": suggestions(outer)})
}

fn standalone(card: &CardMessage) -> Value {
    json!({"standaloneCard": {"cardOrientation": "VERTICAL", "cardContent": card_content(card)}})
}

fn card_content(card: &CardMessage) -> Value {
    let height = match &card.height {
        None | Some(CardHeight::UnspecifiedHeight) => "MEDIUM",
        Some(height) => height.as_str(),
    };
    let media = card.media_message.as_ref();
    json!({
        "title": card.title,
        "description": card.description,
        "media": media.map(|media| json!({"height": height, "contentInfo": content_info(media)})),
        "suggestions": suggestions(card.choices.as_deref().unwrap_or_default()),
    })
}

fn content_info(media: &MediaProperties) -> Value {
    json!({"fileUrl": media.url, "thumbnailUrl": media.thumbnail_url})
}

fn suggestions(choices: &[Choice]) -> Vec<Value> {
    choices.iter().map(suggestion).collect()
}

fn suggestion(choice: &Choice) -> Value {
    let (text, data) = (choice::label(choice), choice::postback(choice));
    let (name, action) = match &choice.kind {
        ChoiceTypes::UrlMessage(it) => ("openUrlAction", json!({"url": it.url})),
        ChoiceTypes::CallMessage(it) => ("dialAction", json!({"phoneNumber": it.phone_number})),
        ChoiceTypes::LocationMessage(it) => {
            let (latitude, longitude) = (it.coordinates.latitude, it.coordinates.longitude);
            let place = json!({"latLong": {"latitude": latitude, "longitude": longitude}, "label": it.label});
            ("viewLocationAction", place)
        }
        ChoiceTypes::CalendarMessage(it) => {
            let event = json!({"startTime": it.event_start.as_str(), "endTime": it.event_end.as_str(),
                "title": it.event_title, "description": it.event_description});
            ("createCalendarEventAction", event)
        }
        ChoiceTypes::ShareLocationMessage(_) => ("shareLocationAction", json!({})),
        _ => return json!({"reply": {"text": text, "postbackData": data}}),
    };
    let link = choice::link(choice).filter(|_| name != "openUrlAction");
    json!({"action": {"text": text, "postbackData": data, name: action, "fallbackUrl": link}})
}
