//! What the recipient of a message can tap.

use rusqlite::Transaction;
use serde_json::Value;
use sinch_conversation_raw::types::{
    AppMessage, AppMessageTypes, ChannelIdentity, Choice, ChoiceResponseMessage, ChoiceTypes,
    ListItemKind,
};

use crate::error::ControlError;
use crate::store::sends;

/// A choice: its label, and the data that the app gave it.
struct Offer<'a> {
    label: &'a str,
    /// Empty when it gave none.
    postback: String,
}

/// The answer to a message that reached `reader`, with the choice at `index`.
pub(crate) fn pick(
    tx: &Transaction<'_>,
    message_id: &str,
    reader: &ChannelIdentity,
    index: usize,
) -> Result<ChoiceResponseMessage, ControlError> {
    let sent = sends::get(tx, message_id)?;
    let sent = sent.filter(|sent| sent.channel_identity() == Some(reader));
    let Some(sent) = sent else {
        return Err(ControlError::UnknownMessage {
            message_id: message_id.to_owned(),
        });
    };
    let mut offers = offers(sent.shown());
    if offers.is_empty() {
        // A channel without buttons shows them as text, which can be answered all the same.
        offers = self::offers(&sent.message);
    }
    let Some(offer) = offers.get(index) else {
        return Err(ControlError::NoSuchChoice {
            message_id: message_id.to_owned(),
            index,
            count: offers.len(),
        });
    };
    let postback = if offer.postback.is_empty() {
        // What the API puts there.
        format!("{message_id}_{}", offer.label)
    } else {
        offer.postback.clone()
    };
    Ok(ChoiceResponseMessage::new(message_id, postback))
}

fn offers(message: &AppMessage) -> Vec<Offer<'_>> {
    match &message.kind {
        AppMessageTypes::CardMessage(card) => card.choices.iter().flatten().map(of).collect(),
        AppMessageTypes::ChoiceMessage(choice) => choice.choices.iter().map(of).collect(),
        AppMessageTypes::CarouselMessage(carousel) => {
            let cards = carousel.cards.iter();
            let inner = cards.flat_map(|card| card.choices.iter().flatten());
            inner
                .chain(carousel.choices.iter().flatten())
                .map(of)
                .collect()
        }
        AppMessageTypes::ListMessage(list) => {
            let items = list.sections.iter().flat_map(|section| &section.items);
            items
                .filter_map(|item| match &item.kind {
                    ListItemKind::Choice(choice) => Some(Offer {
                        label: &choice.title,
                        postback: choice.postback_data.clone().unwrap_or_default(),
                    }),
                    _ => None,
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

fn of(choice: &Choice) -> Offer<'_> {
    let label = match &choice.kind {
        ChoiceTypes::TextMessage(text) => &text.text,
        ChoiceTypes::CallMessage(call) => &call.title,
        ChoiceTypes::LocationMessage(location) => &location.title,
        ChoiceTypes::UrlMessage(url) => &url.title,
        ChoiceTypes::CalendarMessage(calendar) => &calendar.title,
        ChoiceTypes::ShareLocationMessage(location) => &location.title,
        _ => "",
    };
    let postback = match &choice.postback_data {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(data)) => data.clone(),
        Some(data) => data.to_string(),
    };
    Offer { label, postback }
}
