//! Events.

use serde_json::Value;
use sinch_conversation_raw::types::{
    AppEvent, AppEventKind, AppResponse, ConversationEvent, InjectConversationEventRequest,
    InjectEventResponse, ListEventsResponse, ProcessingMode, RecipientBase, SendEventRequest,
    SendEventResponse,
};
use sinch_conversation_raw::wire::{JsonObject, Wire};

use super::webhooks::refuse_own;
use super::{apps, conversations, inject as injection, nothing};
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::api::paging::Page;
use crate::engine::events::accept::{self, EventOrder};
use crate::engine::events::inject as engine;
use crate::engine::{check, inbound, recipient, send};
use crate::model::channels;
use crate::model::check::Check;
use crate::model::strict;
use crate::store::events::{self, EventFilter};
use crate::store::{EVENTS, Scope};

/// The kinds of event, of which an event has exactly one.
const KINDS: [&str; 7] = [
    "agent_joined_event",
    "agent_left_event",
    "comment_reply_event",
    "composing_end_event",
    "composing_event",
    "generic_event",
    "read_message_event",
];

/// The object that wraps the event in the published document.
const WRAPPER: &str = "app_event";
const FOUND_BOTH: &str = "expected either this or one kind of event, found both";

pub(super) fn send(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let request: SendEventRequest = call.body()?;
    check(&request)?;
    refuse_own(scope, "callback_url", request.callback_url.as_ref())?;
    let app = apps::find(scope, &request.app_id)?;
    check_contact_id(&app, &request.recipient.kind)?;
    // Only the first channel counts.
    let channel = request
        .channel_priority_order
        .and_then(|channels| channels.into_iter().next());
    if let Some(channel) = &channel
        && !recipient::has_channel(&app, channel)
    {
        return Err(ApiError::invalid(
            "channel_priority_order[0]",
            "the app is not set up for this channel",
        ));
    }
    let order = EventOrder {
        addressee: send::addressee(&request.recipient.kind, &request.app_id),
        event: request.event,
        mode: inbound::mode_of(&app),
        channel,
        event_metadata: request.event_metadata.unwrap_or_default(),
        callback_url: request.callback_url,
    };
    let sent = accept::accept(scope, &request.app_id, &app, order)?;
    let mut answer = SendEventResponse::default();
    answer.event_id = Some(sent.id);
    answer.accepted_time = Some(sent.accepted_time);
    Ok(answer.to_value())
}

fn check(request: &SendEventRequest) -> Result<(), ApiError> {
    let mut check = Check::default();
    check::recipient(&mut check, &request.recipient.kind);
    if let Some(url) = &request.callback_url {
        check::url(&mut check, "callback_url", url);
    }
    if request.event.extra.contains_key(WRAPPER) {
        check.wrong(format!("event.{WRAPPER}"), FOUND_BOTH);
    }
    Ok(check.done()?)
}

/// Refuses a contact id in DISPATCH mode, which has no contacts.
pub(super) fn check_contact_id(
    app: &AppResponse,
    recipient: &RecipientBase,
) -> Result<(), ApiError> {
    let by_contact = matches!(recipient, RecipientBase::ContactId(_));
    if by_contact && app.processing_mode != Some(ProcessingMode::Conversation) {
        return Err(ApiError::invalid(
            "recipient.contact_id",
            "contacts are not supported in DISPATCH mode; use identified_by",
        ));
    }
    Ok(())
}

/// Reads the event to inject: from `app_event`, as in the document, or from its one kind among the other fields.
fn read(check: &mut Check, wrapped: Option<AppEvent>, siblings: &JsonObject) -> Option<AppEvent> {
    let (place, event) = match wrapped {
        Some(_) if holds_kind(siblings) => {
            check.wrong(WRAPPER, FOUND_BOTH);
            return None;
        }
        Some(event) => (WRAPPER, event),
        None if holds_kind(siblings) => match strict::read(&kinds_of(siblings)) {
            Ok(event) => ("", event),
            Err(error) => {
                let found = format!("expected {}, found {}", error.expected(), error.found());
                check.wrong(error.path(), found);
                return None;
            }
        },
        None => {
            check.wrong(WRAPPER, "an event is required");
            return None;
        }
    };
    match event.kind {
        AppEventKind::Unknown(_) => {
            check.wrong(place, format!("expected one of {}", KINDS.join(", ")));
        }
        _ if holds_kind(&event.extra) => check.wrong(place, "holds more than one kind of event"),
        _ => return Some(event),
    }
    None
}

fn holds_kind(members: &JsonObject) -> bool {
    KINDS.iter().any(|kind| members.contains_key(*kind))
}

fn kinds_of(members: &JsonObject) -> Value {
    let kinds = KINDS.iter().filter_map(|kind| {
        let (key, value) = members.get_key_value(*kind)?;
        Some((key.clone(), value.clone()))
    });
    Value::Object(kinds.collect())
}

/// Returns what was read, if nothing was wrong.
fn finish<T>(check: Check, read: Option<T>) -> Result<T, ApiError> {
    check.done()?;
    read.ok_or_else(|| ApiError::invalid("", "the request is incomplete"))
}

pub(super) fn get(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    Ok(find(scope, call)?.to_value())
}

pub(super) fn list(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let page = Page::read(&scope.state.seal, call)?;
    let wanted = EventFilter {
        conversation_id: call.query("conversation_id"),
        contact_id: call.query("contact_id"),
        after: page.after(),
        limit: page.fetch(),
    };
    if wanted.conversation_id.is_none() && wanted.contact_id.is_none() {
        return Err(ApiError::invalid(
            "conversation_id",
            "conversation_id or contact_id is required",
        ));
    }
    let found = page.cut(events::list(scope.tx, &wanted)?, |event| event.id.clone());
    let mut answer = ListEventsResponse::default();
    answer.events = Some(found.items);
    answer.next_page_token = Some(found.next);
    Ok(answer.to_value())
}

pub(super) fn delete(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let event = find(scope, call)?;
    EVENTS.remove(scope.tx, &event.id)?;
    Ok(nothing())
}

fn find(scope: &Scope<'_>, call: &Call) -> Result<ConversationEvent, ApiError> {
    let id = call.param("event_id");
    EVENTS
        .get(scope.tx, id)?
        .ok_or_else(|| ApiError::not_found("event", id))
}

pub(super) fn inject(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let request: InjectConversationEventRequest = call.body()?;
    let conversation = conversations::find(scope, call)?;
    let app_id = conversation.app_id.as_deref().unwrap_or_default();
    let mut check = Check::default();
    let event = read(&mut check, request.app_event, &request.extra);
    let accepted = injection::time_of(&request.accept_time);
    let oldest = InjectConversationEventRequest::ACCEPT_TIME;
    injection::check_time(&mut check, scope.now, accepted, oldest);
    let address = match request.channel_identity {
        Some(given) => Some(channels::identity(&given.channel, &given.identity, app_id)),
        None => engine::usual_address(scope, &conversation)?,
    };
    if address.is_none() {
        check.wrong("channel_identity", "is required: the contact has none");
    }
    let (event, address) = finish(check, event.zip(address))?;
    let id = engine::inject(scope, &conversation, event, address, accepted)?;
    let mut answer = InjectEventResponse::default();
    answer.event_id = Some(id);
    answer.accepted_time = Some(scope.timestamp());
    Ok(answer.to_value())
}
