//! Adds messages and events to a conversation that were not sent through the API.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use sinch_conversation_raw::limits::Limit;
use sinch_conversation_raw::types::{
    ContactMessageTypes, Conversation, ConversationDirection, ConversationMessage,
    ConversationMessageTypes, ConversationMessageTypesInject as Injected, InjectMessageRequest,
};
use sinch_conversation_raw::wire::Timestamp;

use super::{conversations, nothing};
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::engine::inject;
use crate::model::channels;
use crate::model::check::Check;
use crate::store::Scope;

const NO_MESSAGE: &str = "expected app_message or contact_message";

pub(super) fn message(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let request: InjectMessageRequest = call.body()?;
    let conversation = conversations::find(scope, call)?;
    let accepted = time_of(&request.accept_time);
    check(scope, &request, &conversation, accepted)?;
    let app_id = conversation.app_id.as_deref().unwrap_or_default();
    let given = &request.channel_identity;
    let identity = channels::identity(&given.channel, &given.identity, app_id);
    let mut message = ConversationMessage::new(match request.kind {
        Injected::AppMessage(message) => ConversationMessageTypes::AppMessage(message),
        Injected::ContactMessage(message) => ConversationMessageTypes::ContactMessage(message),
        _ => return Err(ApiError::invalid("app_message", NO_MESSAGE)),
    });
    message.channel_identity = Some(identity);
    message.direction = Some(request.direction);
    message.metadata = request.metadata;
    message.sender_id = request.sender_id;
    inject::message(scope, conversation, accepted, message)?;
    Ok(nothing())
}

/// Parses a time; an invalid one counts as too old.
pub(super) fn time_of(given: &Timestamp) -> DateTime<Utc> {
    let time = given.to_datetime();
    time.map_or(DateTime::UNIX_EPOCH, |time| time.with_timezone(&Utc))
}

pub(super) fn check_time(
    check: &mut Check,
    now: DateTime<Utc>,
    accepted: DateTime<Utc>,
    oldest: Limit,
) {
    let days = oldest.max;
    check.that(
        accepted <= now && now - accepted <= TimeDelta::days(days),
        "accept_time",
        &format!("has to lie within the past {days} days"),
    );
}

fn check(
    scope: &Scope<'_>,
    request: &InjectMessageRequest,
    conversation: &Conversation,
    accepted: DateTime<Utc>,
) -> Result<(), ApiError> {
    let mut check = Check::default();
    let oldest = InjectMessageRequest::ACCEPT_TIME;
    check_time(&mut check, scope.now, accepted, oldest);
    let identity = &request.channel_identity;
    check.that(
        !identity.identity.is_empty(),
        "channel_identity.identity",
        "is empty",
    );
    check.that(
        conversation.contact_id.as_ref() == Some(&request.contact_id),
        "contact_id",
        "is not the contact of this conversation",
    );
    let named = request.conversation_id.as_ref().filter(|id| !id.is_empty());
    check.that(
        named.is_none_or(|id| conversation.id.as_ref() == Some(id)),
        "conversation_id",
        "is not the conversation of the path",
    );
    check.limits(request, "");
    check_content(&mut check, request);
    Ok(check.done()?)
}

/// Checks that there is one message, and that its direction fits its kind.
fn check_content(check: &mut Check, request: &InjectMessageRequest) {
    let expected = match &request.kind {
        Injected::AppMessage(_) if request.extra.contains_key("contact_message") => {
            return check.wrong("contact_message", "cannot be combined with app_message");
        }
        Injected::AppMessage(_) => ConversationDirection::ToContact,
        Injected::ContactMessage(message) => {
            let known = !matches!(message.kind, ContactMessageTypes::Unknown(_));
            check.that(
                known,
                "contact_message",
                "is not a contact message such as text_message",
            );
            ConversationDirection::ToApp
        }
        _ => return check.wrong("app_message", NO_MESSAGE),
    };
    if request.direction != expected {
        check.wrong(
            "direction",
            format!("this kind of message has direction {}", expected.as_str()),
        );
    }
}
