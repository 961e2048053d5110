//! Length limits of channels. Nothing is cut off: the message fails.

use sinch_conversation_raw::types::{AppMessageTypes, CardMessage, ConversationChannel};

use crate::model::channels::Failure;

use ConversationChannel as Channel;

/// The most characters of one part of a message on one channel.
struct Limit {
    part: &'static str,
    most: usize,
}

/// Returns the failure of a message that exceeds a limit of the channel.
pub(super) fn exceeded(channel: &Channel, form: &AppMessageTypes) -> Option<Failure> {
    match form {
        AppMessageTypes::TextMessage(text) => over(channel, text_limit(channel)?, &text.text),
        AppMessageTypes::ChoiceMessage(message) => {
            let text = message.text_message.as_ref()?;
            over(channel, text_limit(channel)?, &text.text)
        }
        AppMessageTypes::CardMessage(card) => card_exceeded(channel, card),
        AppMessageTypes::CarouselMessage(carousel) => carousel
            .cards
            .iter()
            .find_map(|card| card_exceeded(channel, card)),
        _ => None,
    }
}

fn text_limit(channel: &Channel) -> Option<Limit> {
    let most = match channel {
        Channel::WhatsApp => 4096,
        Channel::Rcs => 3072,
        _ => return None,
    };
    Some(Limit { part: "text", most })
}

fn card_exceeded(channel: &Channel, card: &CardMessage) -> Option<Failure> {
    let (title, description) = match channel {
        Channel::Rcs => (200, Some(2000)),
        Channel::Mms => (80, None),
        _ => return None,
    };
    let title = Limit {
        part: "title of the card",
        most: title,
    };
    let description = description.map(|most| Limit {
        part: "description of the card",
        most,
    });
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    over(channel, title, &text(&card.title))
        .or_else(|| over(channel, description?, &text(&card.description)))
}

fn over(channel: &Channel, limit: Limit, text: &str) -> Option<Failure> {
    let found = text.chars().count();
    let Limit { part, most } = limit;
    (found > most).then(|| {
        Failure::new("BAD_REQUEST").describe(format!(
            "The {part} has {found} characters, {channel} takes at most {most}."
        ))
    })
}
