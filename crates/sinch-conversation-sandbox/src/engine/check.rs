//! What gets a message refused, beyond what its schema says.

use serde_json::{Map, Value};
use sinch_conversation_raw::types::{
    AppMessage, AppMessageTypes, AppResponse, ProcessingMode, RecipientBase, SendMessageRequest,
};
use ulid::Ulid;
use url::Url;

use super::recipient::has_channel;
use super::send::seconds;
use crate::model::check::{Check, Violation};

/// Longest and shortest time to live, in seconds.
const TTL: std::ops::RangeInclusive<i64> = 3..=315_576_000_000;

/// The most choices of a message, a card or a list, and the most cards.
const CHOICES: usize = 10;
const CARDS: usize = 10;
/// The most choices that stand beside the cards of a carousel.
const OUTER_CHOICES: usize = 3;

/// What is wrong with a message, whatever the app.
pub(crate) fn message(request: &SendMessageRequest) -> Result<(), Vec<Violation>> {
    let mut check = Check::default();
    check.that(
        Ulid::from_string(&request.app_id).is_ok(),
        "app_id",
        "is not a ULID",
    );
    recipient(&mut check, &request.recipient.kind);
    content(&mut check, "message", &request.message);
    check.length(
        "message_metadata",
        request.message_metadata.as_deref(),
        1024,
    );
    check.length("correlation_id", request.correlation_id.as_deref(), 128);
    conversation_metadata(
        &mut check,
        "conversation_metadata",
        request.conversation_metadata.as_ref(),
    );
    for (name, value) in request.channel_properties.iter().flatten() {
        check.length(&format!("channel_properties.{name}"), Some(value), 1024);
    }
    if let Some(target) = &request.callback_url {
        url(&mut check, "callback_url", target);
    }
    if let Some(ttl) = &request.ttl {
        check.that(
            seconds(ttl).is_some_and(|seconds| TTL.contains(&seconds)),
            "ttl",
            "expected 3 to 315576000000 whole seconds with the suffix s, such as 10s",
        );
    }
    check.done()
}

/// A recipient is named in one of two ways.
pub(crate) fn recipient(check: &mut Check, recipient: &RecipientBase) {
    match recipient {
        RecipientBase::ContactId(id) => {
            check.that(!id.is_empty(), "recipient.contact_id", "is empty")
        }
        RecipientBase::IdentifiedBy(identified) => {
            let field = "recipient.identified_by.channel_identities";
            check.that(
                !identified.channel_identities.is_empty(),
                field,
                "at least one is needed",
            );
            for (index, identity) in identified.channel_identities.iter().enumerate() {
                check.that(
                    !identity.identity.is_empty(),
                    &format!("{field}[{index}].identity"),
                    "is empty",
                );
            }
        }
        _ => {}
    }
}

/// What is wrong with a message for an app in this mode.
pub(crate) fn against_app(
    request: &SendMessageRequest,
    app: &AppResponse,
    mode: &ProcessingMode,
) -> Result<(), Vec<Violation>> {
    let mut check = Check::default();
    for (index, channel) in request.channel_priority_order.iter().flatten().enumerate() {
        check.that(
            has_channel(app, channel),
            &format!("channel_priority_order[{index}]"),
            "the app is not set up for this channel",
        );
    }
    let by_contact = matches!(request.recipient.kind, RecipientBase::ContactId(_));
    check.that(
        !by_contact || *mode == ProcessingMode::Conversation,
        "recipient.contact_id",
        "DISPATCH mode knows no contacts, use identified_by",
    );
    check.done()
}

/// A URL that can be called, and is none of the API itself.
pub(crate) fn url(check: &mut Check, field: &str, text: &str) {
    let url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some(host) = url.as_ref().and_then(Url::host_str) else {
        return check.wrong(field, "expected a URL with http or https");
    };
    let of_the_api = host.starts_with("conversation-api.") && host.ends_with(".sinch.com");
    check.that(
        !of_the_api,
        field,
        "hosts conversation-api.*.sinch.com are not allowed",
    );
}

/// Metadata of a conversation may have 2048 characters when it is written down.
pub(crate) fn conversation_metadata(
    check: &mut Check,
    field: &str,
    metadata: Option<&Map<String, Value>>,
) {
    let text = metadata.map(|metadata| Value::Object(metadata.clone()).to_string());
    check.length(field, text.as_deref(), 2048);
}

pub(crate) fn content(check: &mut Check, field: &str, message: &AppMessage) {
    match &message.kind {
        AppMessageTypes::CardMessage(card) => {
            count(
                check,
                &format!("{field}.card_message.choices"),
                card.choices.iter().flatten(),
                CHOICES,
            );
        }
        AppMessageTypes::ChoiceMessage(choice) => {
            count(
                check,
                &format!("{field}.choice_message.choices"),
                choice.choices.iter(),
                CHOICES,
            );
        }
        AppMessageTypes::CarouselMessage(carousel) => {
            let field = format!("{field}.carousel_message");
            count(
                check,
                &format!("{field}.cards"),
                carousel.cards.iter(),
                CARDS,
            );
            count(
                check,
                &format!("{field}.choices"),
                carousel.choices.iter().flatten(),
                OUTER_CHOICES,
            );
            for (index, card) in carousel.cards.iter().enumerate() {
                let field = format!("{field}.cards[{index}].choices");
                count(check, &field, card.choices.iter().flatten(), CHOICES);
            }
        }
        AppMessageTypes::ListMessage(list) => {
            let items = list.sections.iter().flat_map(|section| &section.items);
            count(
                check,
                &format!("{field}.list_message.sections"),
                items,
                CHOICES,
            );
        }
        _ => {}
    }
}

fn count<T>(check: &mut Check, field: &str, items: impl Iterator<Item = T>, most: usize) {
    let found = items.count();
    if found > most {
        check.wrong(field, format!("expected at most {most}, found {found}"));
    }
}
