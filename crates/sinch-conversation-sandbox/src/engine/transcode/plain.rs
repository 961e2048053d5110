//! Channels for which only the content is modelled, in a minimal envelope: KakaoTalk, WeChat and Apple Messages for
//! Business.

use serde_json::{Value, json};
use sinch_conversation_raw::types::{AppMessageTypes, Choice, ConversationChannel};

use super::media::{self, MediaKind};
use super::{Address, choice, text};

pub(super) fn kakaotalk(form: &AppMessageTypes, address: &Address<'_>) -> Value {
    let channel = &ConversationChannel::KakaoTalk;
    match form {
        AppMessageTypes::MediaMessage(media) => {
            json!({"to": address.to, "image_url": media.url})
        }
        AppMessageTypes::ChoiceMessage(it) => {
            let text = it.text_message.as_ref().map(|text| &text.text);
            let buttons: Vec<Value> = it.choices.iter().map(button).collect();
            json!({"to": address.to, "content": text, "buttons": buttons})
        }
        AppMessageTypes::CardMessage(card) => {
            let mut words = card.clone();
            let choices = words.choices.take().unwrap_or_default();
            json!({
                "to": address.to,
                "content": text::caption(channel, &words),
                "image_url": card.media_message.as_ref().map(|media| &media.url),
                "buttons": choices.iter().map(button).collect::<Vec<_>>(),
            })
        }
        other => json!({"to": address.to, "content": text::of(channel, other)}),
    }
}

/// Returns a button that opens a link (WL), or one whose name is returned (BK).
fn button(choice: &Choice) -> Value {
    let name = choice::label(choice);
    let phone = || choice::phone(choice).map(|number| format!("tel:{number}"));
    match choice::link(choice).or_else(phone) {
        Some(link) => json!({"type": "WL", "name": name, "link_mo": link}),
        None => json!({"type": "BK", "name": name}),
    }
}

pub(super) fn wechat(form: &AppMessageTypes, address: &Address<'_>) -> Value {
    let (kind, content) = match form {
        AppMessageTypes::MediaMessage(media) => match media::kind(media) {
            MediaKind::Image | MediaKind::Sticker => ("image", json!({"url": media.url})),
            MediaKind::Video => ("video", json!({"url": media.url})),
            MediaKind::Audio => ("voice", json!({"url": media.url})),
            MediaKind::Document => ("text", json!({"content": media.url})),
        },
        other => {
            let text = text::of(&ConversationChannel::WeChat, other);
            ("text", json!({"content": text}))
        }
    };
    json!({"touser": address.to, "msgtype": kind, kind: content})
}

pub(super) fn apple(form: &AppMessageTypes, address: &Address<'_>) -> Value {
    match form {
        AppMessageTypes::MediaMessage(media) => json!({
            "destinationId": address.to,
            "type": "text",
            // The position of the attachment in the text.
            "body": "\u{fffc}",
            "attachments": [{"url": media.url}],
        }),
        other => {
            let text = text::of(&ConversationChannel::AppleBusinessChat, other);
            json!({"destinationId": address.to, "type": "text", "body": text})
        }
    }
}
