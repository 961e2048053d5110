//! The label, link and postback of a choice.

use serde_json::Value;
use sinch_conversation_raw::types::{Choice, ChoiceTypes, Coordinates};
use sinch_conversation_raw::wire::Number;

/// Returns the text on the button.
pub(super) fn label(choice: &Choice) -> &str {
    match &choice.kind {
        ChoiceTypes::TextMessage(it) => &it.text,
        ChoiceTypes::UrlMessage(it) => &it.title,
        ChoiceTypes::CallMessage(it) => &it.title,
        ChoiceTypes::LocationMessage(it) => &it.title,
        ChoiceTypes::CalendarMessage(it) => &it.title,
        ChoiceTypes::ShareLocationMessage(it) => &it.title,
        _ => "",
    }
}

/// Returns the URL that it opens, if it opens one.
pub(super) fn link(choice: &Choice) -> Option<String> {
    match &choice.kind {
        ChoiceTypes::UrlMessage(it) => Some(it.url.clone()),
        ChoiceTypes::LocationMessage(it) => Some(maps_link(&it.coordinates)),
        ChoiceTypes::CalendarMessage(it) => Some(it.fallback_url.clone()),
        ChoiceTypes::ShareLocationMessage(it) => Some(it.fallback_url.clone()),
        _ => None,
    }
}

/// Returns the number that it calls, if it calls one.
pub(super) fn phone(choice: &Choice) -> Option<&str> {
    match &choice.kind {
        ChoiceTypes::CallMessage(it) => Some(&it.phone_number),
        _ => None,
    }
}

pub(super) fn is_text(choice: &Choice) -> bool {
    matches!(choice.kind, ChoiceTypes::TextMessage(_))
}

/// Returns the postback; by default the id of the message and the label.
pub(super) fn postback(choice: &Choice) -> String {
    match &choice.postback_data {
        Some(Value::String(data)) => data.clone(),
        Some(data) => data.to_string(),
        None => format!("{{{{message_id}}}}_{}", label(choice)),
    }
}

/// Returns a link to a map.
pub(super) fn maps_link(place: &Coordinates) -> String {
    let (latitude, longitude) = coordinates(place);
    format!("https://www.google.com/maps/search/?api=1&query={latitude},{longitude}")
}

/// Returns latitude and longitude with 32 bits of precision, as the service does.
pub(super) fn coordinates(place: &Coordinates) -> (String, String) {
    let written = |degrees: Number| (degrees.as_f64() as f32).to_string();
    (written(place.latitude), written(place.longitude))
}
