//! Viber Business Messages: a text, an image and a button.

use serde_json::{Map, Value, json};
use sinch_conversation_raw::types::{
    AppMessageTypes, CardMessage, Choice, ConversationChannel, MediaProperties,
};

use super::media;
use super::{Address, choice, text};

pub(super) fn envelope(form: &AppMessageTypes, address: &Address<'_>) -> Value {
    let mut message = Map::new();
    match form {
        AppMessageTypes::MediaMessage(media) => attach(&mut message, media),
        AppMessageTypes::ChoiceMessage(it) => {
            let text = it.text_message.as_ref().map(|text| text.text.clone());
            message.insert("#txt".to_owned(), json!(text));
            press(&mut message, &it.choices);
        }
        AppMessageTypes::CardMessage(card) => card_parts(&mut message, card),
        other => {
            let text = text::of(&ConversationChannel::ViberBusiness, other);
            message.insert("#txt".to_owned(), json!(text));
        }
    }
    json!({"dest": address.to, "message": message})
}

fn card_parts(message: &mut Map<String, Value>, card: &CardMessage) {
    let mut words = card.clone();
    words.choices = None;
    let text = text::caption(&ConversationChannel::ViberBusiness, &words);
    message.insert("#txt".to_owned(), json!(text));
    if let Some(media) = &card.media_message {
        attach(message, media);
    }
    press(message, card.choices.as_deref().unwrap_or_default());
}

fn attach(message: &mut Map<String, Value>, media: &MediaProperties) {
    let key = if media::is_image(media) {
        "#img"
    } else {
        "#file"
    };
    message.insert(key.to_owned(), json!(media.url));
}

/// Adds the button, if there is one.
fn press(message: &mut Map<String, Value>, choices: &[Choice]) {
    if let [choice] = choices {
        message.insert("#caption".to_owned(), json!(choice::label(choice)));
        message.insert("#action".to_owned(), json!(choice::link(choice)));
    }
}
