//! `messages:send`.

use chrono::TimeDelta;
use serde_json::Value;
use sinch_conversation_raw::types::{
    AppResponse, ChannelRecipientIdentity, MessageContentType, ProcessingMode, ProcessingStrategy,
    RecipientBase, SendMessageRequest, SendMessageResponse,
};
use sinch_conversation_raw::wire::Wire;
use ulid::Ulid;

use super::apps;
use super::check::Check;
use super::webhooks::{check_url, refuse_own};
use crate::engine::accept::{self, Addressee, Order};
use crate::engine::scope::Scope;
use crate::engine::{people, plan};
use crate::http::call::Call;
use crate::http::fault::Fault;
use crate::store::queues;

pub(super) fn send(scope: &Scope<'_>, call: &Call) -> Result<Value, Fault> {
    let request: SendMessageRequest = call.body()?;
    check(&request)?;
    refuse_own(scope, "callback_url", request.callback_url.as_ref())?;
    let app = apps::find(scope, &request.app_id)?;
    let mode = mode_of(&app, request.processing_strategy.as_ref());
    check_against_app(&request, &app, &mode)?;
    let app_id = request.app_id.clone();
    if queues::waiting(scope.tx, &app_id)? >= scope.core.settings.queue_limit {
        return Err(Fault::exhausted("the queue of the app is full"));
    }
    let sent = accept::accept(scope, &app_id, &app, order(request, mode))?;
    let mut answer = SendMessageResponse::default();
    answer.message_id = Some(sent.id);
    answer.accepted_time = Some(sent.accepted_time);
    Ok(answer.to_value())
}

/// The mode of the app, unless the request wants DISPATCH for this message.
pub(crate) fn mode_of(app: &AppResponse, strategy: Option<&ProcessingStrategy>) -> ProcessingMode {
    match strategy {
        Some(ProcessingStrategy::DispatchOnly) => ProcessingMode::Dispatch,
        _ => app
            .processing_mode
            .clone()
            .unwrap_or(ProcessingMode::Dispatch),
    }
}

pub(crate) fn check(request: &SendMessageRequest) -> Result<(), Fault> {
    let mut check = Check::default();
    check.that(
        Ulid::from_string(&request.app_id).is_ok(),
        "app_id",
        "is not a ULID",
    );
    check_recipient(&mut check, &request.recipient.kind);
    check.limits(request, "");
    if let Some(url) = &request.callback_url {
        check_url(&mut check, "callback_url", url);
    }
    check.done()
}

/// The number in a `ttl` such as `10s`.
fn seconds(ttl: &str) -> Option<i64> {
    ttl.strip_suffix('s')?.parse().ok()
}

/// A recipient is named in one of two ways.
pub(super) fn check_recipient(check: &mut Check, recipient: &RecipientBase) {
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

pub(crate) fn check_against_app(
    request: &SendMessageRequest,
    app: &AppResponse,
    mode: &ProcessingMode,
) -> Result<(), Fault> {
    let mut check = Check::default();
    for (index, channel) in request.channel_priority_order.iter().flatten().enumerate() {
        check.that(
            plan::has_channel(app, channel),
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

pub(crate) fn order(request: SendMessageRequest, mode: ProcessingMode) -> Order {
    Order {
        addressee: addressee(&request.recipient.kind, &request.app_id),
        message: request.message,
        mode,
        channels: request.channel_priority_order.unwrap_or_default(),
        message_metadata: request.message_metadata.unwrap_or_default(),
        conversation_metadata: request.conversation_metadata,
        metadata_strategy: request.conversation_metadata_update_strategy,
        correlation_id: request.correlation_id.unwrap_or_default(),
        callback_url: request.callback_url,
        ttl: request
            .ttl
            .as_deref()
            .and_then(seconds)
            .map(TimeDelta::seconds),
        content_type: request
            .message_content_type
            .unwrap_or(MessageContentType::ContentUnknown),
        batch: None,
        refused: None,
    }
}

/// The recipient, with identities as they are kept.
pub(super) fn addressee(recipient: &RecipientBase, app_id: &str) -> Addressee {
    let kept = |given: &ChannelRecipientIdentity| {
        people::identity(&given.channel, &given.identity, app_id)
    };
    match recipient {
        RecipientBase::ContactId(id) => Addressee::Contact(id.clone()),
        RecipientBase::IdentifiedBy(identified) => {
            Addressee::Identities(identified.channel_identities.iter().map(kept).collect())
        }
        _ => Addressee::Identities(Vec::new()),
    }
}
