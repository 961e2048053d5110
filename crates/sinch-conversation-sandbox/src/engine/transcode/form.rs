//! The form of a message on a channel: its own if the channel supports it, otherwise text.

use sinch_conversation_raw::types::{
    AppMessageTypes, CardMessage, CarouselMessage, Choice, ChoiceMessage, ChoiceTypes,
    ConversationChannel, LocationMessage, MediaProperties, TextMessage,
};

use super::media::{self, MediaKind};
use super::{choice, text};

use ConversationChannel as Channel;

/// The most characters of a text on VIBERBM; longer ones are cut off.
const VIBER_TEXT: usize = 1000;
/// WhatsApp's limits for a message with buttons, in characters.
const WHATSAPP_BODY: usize = 1024;
const WHATSAPP_FOOTER: usize = 60;
const WHATSAPP_BUTTON: usize = 20;
const WHATSAPP_POSTBACK: usize = 229;
/// The most buttons of a card, and the most quick replies, on Messenger and Instagram.
pub(super) const META_BUTTONS: usize = 3;
const META_REPLIES: usize = 13;

pub(super) fn form(channel: &Channel, message: &AppMessageTypes) -> AppMessageTypes {
    if is_native(channel, message) {
        return match (channel, message) {
            (Channel::ViberBusiness, AppMessageTypes::TextMessage(it)) => cut(&it.text).into(),
            (Channel::Mms, AppMessageTypes::CardMessage(card)) => without_buttons(card).into(),
            _ => message.clone(),
        };
    }
    match (channel, message) {
        (Channel::Rcs, AppMessageTypes::LocationMessage(location)) => suggested(location).into(),
        (Channel::WhatsApp, AppMessageTypes::CardMessage(card)) => captioned(channel, card),
        (Channel::ViberBusiness, _) => cut(&text::of(channel, message)).into(),
        _ => TextMessage::new(text::of(channel, message)).into(),
    }
}

fn cut(text: &str) -> TextMessage {
    TextMessage::new(text.chars().take(VIBER_TEXT).collect::<String>())
}

/// Moves the choices of a card into its text.
fn without_buttons(card: &CardMessage) -> CardMessage {
    let mut body = card.clone();
    body.title = None;
    let text = text::caption(&Channel::Mms, &body);
    let mut card = card.clone();
    card.choices = None;
    card.description = Some(text).filter(|text| !text.is_empty());
    card
}

/// Returns a text with the title, and a suggestion that opens the location.
fn suggested(location: &LocationMessage) -> ChoiceMessage {
    let mut place = location.clone();
    if let Some(label) = place.label.take().filter(|label| !label.is_empty()) {
        place.title = label;
    }
    let mut message = ChoiceMessage::new(vec![Choice::new(place)]);
    message.text_message = Some(TextMessage::new(&location.title));
    message
}

/// Returns the media with the rest of the card as its caption, or a text where the media cannot have one.
fn captioned(channel: &Channel, card: &CardMessage) -> AppMessageTypes {
    let media = card.media_message.as_ref();
    match media.filter(|media| !matches!(media::kind(media), MediaKind::Audio | MediaKind::Sticker))
    {
        Some(media) => {
            let mut captioned = CardMessage::default();
            captioned.media_message = Some(media.clone());
            captioned.description = Some(text::caption(channel, card));
            captioned.into()
        }
        None => {
            let card = AppMessageTypes::from(card.clone());
            TextMessage::new(text::of(channel, &card)).into()
        }
    }
}

/// Returns whether the channel supports this message.
fn is_native(channel: &Channel, message: &AppMessageTypes) -> bool {
    match message {
        AppMessageTypes::TextMessage(_) => true,
        AppMessageTypes::MediaMessage(media) => takes_media(channel, media),
        AppMessageTypes::ChoiceMessage(message) => takes_choices(channel, message),
        AppMessageTypes::CardMessage(card) => takes_card(channel, card),
        AppMessageTypes::CarouselMessage(carousel) => takes_carousel(channel, carousel),
        AppMessageTypes::LocationMessage(_) => matches!(
            channel,
            Channel::WhatsApp | Channel::Messenger | Channel::Telegram | Channel::Line
        ),
        AppMessageTypes::ListMessage(_) | AppMessageTypes::ContactInfoMessage(_) => {
            *channel == Channel::WhatsApp
        }
        _ => false,
    }
}

fn takes_media(channel: &Channel, media: &MediaProperties) -> bool {
    match channel {
        Channel::Sms | Channel::Unknown(_) => false,
        Channel::Instagram => media::is_image(media),
        _ => true,
    }
}

fn takes_choices(channel: &Channel, message: &ChoiceMessage) -> bool {
    let choices = message.choices.as_slice();
    match channel {
        Channel::WhatsApp => {
            let text = message.text_message.as_ref().map(|text| text.text.as_str());
            fits(text, 1, WHATSAPP_BODY) && (are_replies(choices) || is_one_link(choices))
        }
        Channel::Messenger | Channel::Instagram => {
            choices.len() <= META_BUTTONS || are_quick_replies(choices)
        }
        Channel::ViberBusiness => is_one_link(choices),
        Channel::Rcs
        | Channel::Telegram
        | Channel::KakaoTalk
        | Channel::KakaoTalkChat
        | Channel::Line => true,
        _ => false,
    }
}

fn takes_card(channel: &Channel, card: &CardMessage) -> bool {
    let choices = card.choices.as_deref().unwrap_or_default();
    let media = card.media_message.as_ref();
    match channel {
        Channel::WhatsApp => {
            fits(card.title.as_deref(), 1, WHATSAPP_BODY)
                && fits(card.description.as_deref(), 0, WHATSAPP_FOOTER)
                && are_replies(choices)
                && media.is_none_or(|media| {
                    matches!(media::kind(media), MediaKind::Image | MediaKind::Video)
                })
        }
        Channel::Messenger | Channel::Instagram => {
            choices.len() <= META_BUTTONS && media.is_none_or(media::is_image)
        }
        Channel::ViberBusiness => {
            (choices.is_empty() || is_one_link(choices)) && media.is_none_or(media::is_image)
        }
        Channel::Mms
        | Channel::Rcs
        | Channel::Telegram
        | Channel::KakaoTalk
        | Channel::KakaoTalkChat
        | Channel::Line => true,
        _ => false,
    }
}

fn takes_carousel(channel: &Channel, carousel: &CarouselMessage) -> bool {
    let outer = carousel.choices.as_deref().unwrap_or_default();
    match channel {
        Channel::Messenger | Channel::Instagram => {
            carousel.cards.iter().all(|card| takes_card(channel, card))
                && (outer.is_empty() || are_quick_replies(outer))
        }
        Channel::Rcs | Channel::Line => true,
        _ => false,
    }
}

/// Returns whether choices are one to three short, distinct texts without WhatsApp's formatting characters.
fn are_replies(choices: &[Choice]) -> bool {
    let labels: Vec<&str> = choices.iter().map(choice::label).collect();
    let plain = |label: &&str| {
        fits(Some(label), 1, WHATSAPP_BUTTON) && !label.contains(['*', '_', '~', '`'])
    };
    let short_data = |choice: &Choice| {
        choice.postback_data.is_none()
            || fits(Some(&choice::postback(choice)), 0, WHATSAPP_POSTBACK)
    };
    (1..=3).contains(&choices.len())
        && choices.iter().all(choice::is_text)
        && choices.iter().all(short_data)
        && labels.iter().all(plain)
        && labels
            .iter()
            .enumerate()
            .all(|(index, label)| !labels.iter().skip(index + 1).any(|other| other == label))
}

fn is_one_link(choices: &[Choice]) -> bool {
    matches!(choices, [choice] if matches!(choice.kind, ChoiceTypes::UrlMessage(_)))
}

fn are_quick_replies(choices: &[Choice]) -> bool {
    choices.len() <= META_REPLIES && choices.iter().all(choice::is_text)
}

fn fits(text: Option<&str>, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.unwrap_or_default().chars().count())
}
