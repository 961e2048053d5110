//! The limits that the API documents for what is sent. What it sends back is never checked.

mod kakaotalk;
mod line;
mod whatsapp;

use serde_json::{Map, Value};
use sinch_conversation_raw::types::{
    AppMessage, AppMessageTypes, CardMessage, CarouselMessage, ChannelIdentities,
    ChannelSpecificMessageKind, Choice, ChoiceMessage, DisplayMode, ListMessage,
    OmniMessageOverrideKind, RecipientBase, SendMessageRequest,
};
use sinch_conversation_raw::wire::UnknownObject;

use crate::error::{Problem, Violations};

pub(crate) const METADATA: usize = 1024;
pub(crate) const CONVERSATION_METADATA: usize = 2048;
pub(crate) const CORRELATION_ID: usize = 128;
const CHANNEL_PROPERTY: usize = 1024;
const VIBER_SENDER_NAME: usize = 28;
const CHOICES: usize = 10;
const CARDS: usize = 10;
const OUTER_CHOICES: usize = 3;
const LIST_ITEMS: usize = 10;
const TTL: (u64, u64) = (3, 315_576_000_000);

/// Checks a whole send.
pub(crate) fn send(request: &SendMessageRequest, violations: &mut Violations) {
    recipient(&request.recipient.kind, "recipient", violations);
    message(&request.message, "message.", violations);
    if let Some(text) = &request.message_metadata {
        violations.text("message_metadata", text, METADATA);
    }
    if let Some(id) = &request.correlation_id {
        violations.text("correlation_id", id, CORRELATION_ID);
    }
    for (key, value) in request.channel_properties.iter().flatten() {
        let limit = match key.as_str() {
            "VIBER_SENDER_NAME" => VIBER_SENDER_NAME,
            _ => CHANNEL_PROPERTY,
        };
        violations.text(format!("channel_properties.{key}"), value, limit);
    }
    if let Some(object) = &request.conversation_metadata {
        conversation_metadata("conversation_metadata", object, violations);
    }
    if let Some(text) = &request.ttl {
        ttl(text, violations);
    }
}

/// Checks the metadata of a conversation, which counts as the text that it becomes.
pub(crate) fn conversation_metadata(
    field: &str,
    object: &Map<String, Value>,
    violations: &mut Violations,
) {
    let text = Value::Object(object.clone()).to_string();
    violations.text(field, &text, CONVERSATION_METADATA);
}

/// Checks a message. `at` is put in front of the fields' names.
pub(crate) fn message(message: &AppMessage, at: &str, violations: &mut Violations) {
    match &message.kind {
        AppMessageTypes::ChoiceMessage(body) => choices(body, at, violations),
        AppMessageTypes::CardMessage(body) => card(body, &format!("{at}card_message"), violations),
        AppMessageTypes::CarouselMessage(body) => carousel(body, at, violations),
        AppMessageTypes::ListMessage(body) => list(body, at, violations),
        AppMessageTypes::Unknown(body) => documented(body, at, violations),
        _ => {}
    }
    for (channel, instead) in message.explicit_channel_omni_message.iter().flatten() {
        override_on(
            &instead.kind,
            &format!("{at}explicit_channel_omni_message.{channel}."),
            violations,
        );
    }
    for (channel, instead) in message.channel_specific_message.iter().flatten() {
        let at = format!("{at}channel_specific_message.{channel}.");
        match &instead.kind {
            ChannelSpecificMessageKind::Unknown(body) => documented(body, &at, violations),
            kind => specific(kind, &format!("{at}message."), violations),
        }
    }
}

/// Checks a kind that only one channel knows. `at` is put in front of the fields' names.
pub(crate) fn specific(kind: &ChannelSpecificMessageKind, at: &str, violations: &mut Violations) {
    use ChannelSpecificMessageKind as Kind;
    match kind {
        Kind::Flows(body) => whatsapp::flow(body, at, violations),
        Kind::OrderDetails(body) => whatsapp::order_details(body, at, violations),
        Kind::OrderStatus(body) => whatsapp::order_status(body, at, violations),
        Kind::Commerce(body) => kakaotalk::commerce(body, at, violations),
        Kind::CarouselCommerce(body) => kakaotalk::carousel(body, at, violations),
        Kind::NotificationMessageTemplate(body) => line::notification(body, at, violations),
        _ => {}
    }
}

fn override_on(kind: &OmniMessageOverrideKind, at: &str, violations: &mut Violations) {
    match kind {
        OmniMessageOverrideKind::ChoiceMessage(body) => choices(body, at, violations),
        OmniMessageOverrideKind::CardMessage(body) => {
            card(body, &format!("{at}card_message"), violations)
        }
        OmniMessageOverrideKind::CarouselMessage(body) => carousel(body, at, violations),
        OmniMessageOverrideKind::ListMessage(body) => list(body, at, violations),
        OmniMessageOverrideKind::Unknown(body) => documented(body, at, violations),
        _ => {}
    }
}

/// Refuses what was received, was not as documented, and would be sent on.
fn documented(received: &UnknownObject, at: &str, violations: &mut Violations) {
    if let Some(reason) = received.reason() {
        let expected = reason.expected();
        violations.add(
            format!("{at}{}", reason.path()),
            Problem::Malformed { expected },
        );
    }
}

fn choices(message: &ChoiceMessage, at: &str, violations: &mut Violations) {
    violations.count(
        format!("{at}choice_message.choices"),
        message.choices.len(),
        CHOICES,
    );
}

fn card(card: &CardMessage, at: &str, violations: &mut Violations) {
    violations.count(
        format!("{at}.choices"),
        card.choices.as_ref().map_or(0, Vec::len),
        CHOICES,
    );
}

fn carousel(carousel: &CarouselMessage, at: &str, violations: &mut Violations) {
    let at = format!("{at}carousel_message");
    violations.count(format!("{at}.cards"), carousel.cards.len(), CARDS);
    for (index, message) in carousel.cards.iter().enumerate() {
        card(message, &format!("{at}.cards[{index}]"), violations);
    }
    let outer = carousel.choices.as_deref().unwrap_or_default();
    violations.count(format!("{at}.choices"), outer.len(), OUTER_CHOICES);
    let persistent = |choice: &Choice| choice.display_mode == Some(DisplayMode::Persistent);
    for (index, _) in outer
        .iter()
        .enumerate()
        .filter(|(_, choice)| persistent(choice))
    {
        let expected = "left out: the choices of a whole carousel cannot be persistent";
        violations.add(
            format!("{at}.choices[{index}].display_mode"),
            Problem::Malformed { expected },
        );
    }
}

/// The items of all sections count together.
fn list(list: &ListMessage, at: &str, violations: &mut Violations) {
    let items = list
        .sections
        .iter()
        .map(|section| section.items.len())
        .sum();
    violations.count(
        format!("{at}list_message.sections[].items"),
        items,
        LIST_ITEMS,
    );
}

/// Checks whom something is for. `at` is the name of the field.
pub(crate) fn recipient(recipient: &RecipientBase, at: &str, violations: &mut Violations) {
    let missing = |remedy| Problem::Missing { remedy };
    match recipient {
        RecipientBase::IdentifiedBy(ChannelIdentities {
            channel_identities: identities,
            ..
        }) => {
            let at = format!("{at}.identified_by.channel_identities");
            if identities.is_empty() {
                violations.add(at.as_str(), missing("give at least one identity"));
            }
            for (index, _) in identities
                .iter()
                .enumerate()
                .filter(|(_, one)| one.identity.is_empty())
            {
                violations.add(
                    format!("{at}[{index}].identity"),
                    missing("give the address on the channel"),
                );
            }
        }
        RecipientBase::Unknown(fields) if fields.is_empty() => {
            violations.add(at, missing("say with `to` whom the message is for"));
        }
        _ => {}
    }
}

/// Checks a time to live. The form is `<whole seconds>s`.
pub(crate) fn ttl(text: &str, violations: &mut Violations) {
    let (min, max) = TTL;
    match text.strip_suffix('s').map(str::parse::<u64>) {
        Some(Ok(seconds)) if (min..=max).contains(&seconds) => {}
        Some(Ok(seconds)) => violations.add(
            "ttl",
            Problem::OutOfRange {
                min,
                max,
                value: format!("{seconds} s"),
            },
        ),
        _ => violations.add(
            "ttl",
            Problem::Malformed {
                expected: "whole seconds",
            },
        ),
    }
}
