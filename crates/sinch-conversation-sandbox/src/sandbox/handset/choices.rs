//! The choices that a message offers.

use sinch_conversation_raw::types::{
    AppMessageTypes, CardMessage, Choice, ChoiceItem, ChoiceTypes, ListItemKind, ListMessage,
};

use crate::model::message::SentMessage;
use crate::sandbox::error::ControlError;
use serde_json::Value;

/// Selects one of a message's choices: by index, from 0, or by its text.
///
/// The choices of a carousel's cards come first, card by card, then the outer ones.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pick {
    /// The choice at this index.
    Index(usize),
    /// The first choice with this text or title.
    Text(String),
}

impl From<usize> for Pick {
    fn from(place: usize) -> Self {
        Self::Index(place)
    }
}

impl From<&str> for Pick {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Pick {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A choice: its text, and the postback data, if the app has set it.
struct Offer {
    title: String,
    postback: Option<String>,
}

/// Returns the postback data of the selected choice.
pub(super) fn postback(sent: &SentMessage, pick: &Pick) -> Result<String, ControlError> {
    let mut offers = offers(&sent.shown().kind);
    let place = match pick {
        Pick::Index(place) => Some(*place),
        Pick::Text(text) => offers.iter().position(|offer| offer.title == *text),
    };
    match place.filter(|place| *place < offers.len()) {
        Some(place) => {
            let offer = offers.swap_remove(place);
            let by_default = || format!("{}_{}", sent.id, offer.title);
            Ok(offer.postback.unwrap_or_else(by_default))
        }
        None => Err(ControlError::NoSuchChoice {
            message_id: sent.id.clone(),
            wanted: match pick {
                Pick::Index(place) => place.to_string(),
                Pick::Text(text) => format!("{text:?}"),
            },
            choices: offers.into_iter().map(|offer| offer.title).collect(),
        }),
    }
}

fn offers(message: &AppMessageTypes) -> Vec<Offer> {
    match message {
        AppMessageTypes::ChoiceMessage(message) => message.choices.iter().map(of_choice).collect(),
        AppMessageTypes::CardMessage(card) => of_card(card).collect(),
        AppMessageTypes::CarouselMessage(carousel) => {
            let outer = carousel.choices.iter().flatten().map(of_choice);
            let inner = carousel.cards.iter().flat_map(of_card);
            inner.chain(outer).collect()
        }
        AppMessageTypes::ListMessage(list) => of_list(list),
        _ => Vec::new(),
    }
}

fn of_card(card: &CardMessage) -> impl Iterator<Item = Offer> {
    card.choices.iter().flatten().map(of_choice)
}

/// Skips products, which are ordered, not chosen.
fn of_list(list: &ListMessage) -> Vec<Offer> {
    let items = list.sections.iter().flat_map(|section| &section.items);
    let choices = items.filter_map(|item| match &item.kind {
        ListItemKind::Choice(choice) => Some(of_item(choice)),
        _ => None,
    });
    choices.collect()
}

fn of_item(item: &ChoiceItem) -> Offer {
    Offer {
        title: item.title.clone(),
        postback: item.postback_data.clone(),
    }
}

fn of_choice(choice: &Choice) -> Offer {
    let title = match &choice.kind {
        ChoiceTypes::TextMessage(held) => held.text.as_str(),
        ChoiceTypes::CallMessage(held) => held.title.as_str(),
        ChoiceTypes::LocationMessage(held) => held.title.as_str(),
        ChoiceTypes::UrlMessage(held) => held.title.as_str(),
        ChoiceTypes::CalendarMessage(held) => held.title.as_str(),
        ChoiceTypes::ShareLocationMessage(held) => held.title.as_str(),
        _ => "",
    };
    Offer {
        title: title.to_owned(),
        postback: choice.postback_data.as_ref().map(text_of),
    }
}

/// Returns the value as a string, which is what a response carries; the document allows any JSON.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
