//! Messages as text, for channels that do not support them.

use sinch_conversation_raw::types::{
    AppMessageTypes, CardMessage, CarouselMessage, Choice, ChoiceMessage, ChoiceTypes,
    ContactInfoMessage, ConversationChannel, ListItem, ListItemKind, ListMessage, LocationMessage,
};

use super::choice;

use ConversationChannel as Channel;

/// Returns the text of a message on this channel.
pub(super) fn of(channel: &Channel, message: &AppMessageTypes) -> String {
    match message {
        AppMessageTypes::TextMessage(text) => text.text.clone(),
        AppMessageTypes::MediaMessage(media) => media.url.clone(),
        AppMessageTypes::ChoiceMessage(message) => choice_message(channel, message),
        AppMessageTypes::CardMessage(card) => card_with_link(channel, card),
        AppMessageTypes::CarouselMessage(carousel) => carousel_message(channel, carousel),
        AppMessageTypes::LocationMessage(location) => location_message(channel, location),
        AppMessageTypes::ListMessage(list) => list_message(channel, list),
        AppMessageTypes::ContactInfoMessage(contact) => contact_info(contact),
        _ => String::new(),
    }
}

/// Returns a card without its media, as the caption of a picture.
pub(super) fn caption(channel: &Channel, card: &CardMessage) -> String {
    card_blocks(channel, card, None)
}

fn card_with_link(channel: &Channel, card: &CardMessage) -> String {
    let link = card.media_message.as_ref().map(|media| media.url.as_str());
    card_blocks(channel, card, link)
}

/// Returns title and description, link, choices; the gap between them depends on the channel.
fn card_blocks(channel: &Channel, card: &CardMessage, link: Option<&str>) -> String {
    let (bold, italic) = match channel {
        Channel::WhatsApp | Channel::ViberBusiness => ("*", "_"),
        _ => ("", ""),
    };
    let head = joined(
        "\n",
        [
            marked(bold, card.title.as_deref()),
            marked(italic, card.description.as_deref()),
        ],
    );
    let link = link.unwrap_or_default().to_owned();
    let choices = choices(channel, card.choices.as_deref().unwrap_or_default());
    match channel {
        Channel::ViberBusiness => joined("\n\n", [head, link, choices]),
        Channel::WhatsApp => joined("\n\n", [joined("\n", [head, link]), choices]),
        _ => joined("\n", [head, link, choices]),
    }
}

fn marked(mark: &str, text: Option<&str>) -> String {
    match text {
        Some(text) if !text.is_empty() => format!("{mark}{text}{mark}"),
        _ => String::new(),
    }
}

fn choice_message(channel: &Channel, message: &ChoiceMessage) -> String {
    let text = message.text_message.as_ref().map(|text| text.text.clone());
    joined(
        gap(channel),
        [text.unwrap_or_default(), choices(channel, &message.choices)],
    )
}

fn carousel_message(channel: &Channel, carousel: &CarouselMessage) -> String {
    let cards = carousel.cards.iter().enumerate().map(|(index, card)| {
        let text = card_with_link(channel, card);
        match channel {
            Channel::Mms => text,
            _ => format!("{}. {text}", index + 1),
        }
    });
    let outer = choices(channel, carousel.choices.as_deref().unwrap_or_default());
    joined(gap(channel), cards.chain([outer]))
}

/// Returns the separator between the parts of a message: an empty line, except on MMS.
fn gap(channel: &Channel) -> &'static str {
    match channel {
        Channel::Mms => "\n",
        _ => "\n\n",
    }
}

fn choices(channel: &Channel, choices: &[Choice]) -> String {
    let known = choices
        .iter()
        .filter(|choice| !matches!(choice.kind, ChoiceTypes::Unknown(_)));
    joined("\n", known.map(|choice| bullet(channel, &words(choice))))
}

fn bullet(channel: &Channel, words: &str) -> String {
    match channel {
        Channel::Telegram => format!("* {words}"),
        _ => format!("> {words}"),
    }
}

/// Returns the text of a choice: upper case if it is answered with its text, otherwise with where it leads.
fn words(choice: &Choice) -> String {
    let label = choice::label(choice);
    match choice::link(choice).or_else(|| choice::phone(choice).map(str::to_owned)) {
        Some(target) => format!("{label}: {target}"),
        None => label.to_uppercase(),
    }
}

fn location_message(channel: &Channel, location: &LocationMessage) -> String {
    let link = choice::maps_link(&location.coordinates);
    match channel {
        Channel::ViberBusiness => joined("\n", [location.title.clone(), link]),
        _ => joined(": ", [location.title.clone(), link]),
    }
}

fn list_message(channel: &Channel, list: &ListMessage) -> String {
    let head = joined(
        "\n",
        [
            list.title.clone(),
            list.description.clone().unwrap_or_default(),
        ],
    );
    let sections = list.sections.iter().map(|section| {
        let title = section.title.clone().unwrap_or_default();
        let items = section.items.iter().map(|item| item_words(channel, item));
        joined("\n", std::iter::once(title).chain(items))
    });
    joined(gap(channel), std::iter::once(head).chain(sections))
}

fn item_words(channel: &Channel, item: &ListItem) -> String {
    match &item.kind {
        ListItemKind::Choice(choice) => {
            let description = choice.description.clone().unwrap_or_default();
            bullet(
                channel,
                &joined(": ", [choice.title.to_uppercase(), description]),
            )
        }
        ListItemKind::Product(product) => bullet(channel, &product.id),
        _ => String::new(),
    }
}

fn contact_info(contact: &ContactInfoMessage) -> String {
    let name = contact.name.full_name.clone();
    let company = contact
        .organization
        .iter()
        .filter_map(|organization| organization.company.clone());
    let phones = contact
        .phone_numbers
        .iter()
        .map(|phone| phone.phone_number.clone());
    let emails = contact
        .email_addresses
        .iter()
        .flatten()
        .map(|email| email.email_address.clone());
    let urls = contact.urls.iter().flatten().map(|url| url.url.clone());
    let lines = std::iter::once(name)
        .chain(company)
        .chain(phones)
        .chain(emails)
        .chain(urls);
    joined("\n", lines)
}

/// Joins the parts that are not empty.
fn joined(between: &str, parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(between)
}
