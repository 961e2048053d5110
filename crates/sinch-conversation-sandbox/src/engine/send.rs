//! Turns a send request into the order that is carried out.

use chrono::TimeDelta;
use sinch_conversation_raw::types::{
    AppResponse, ChannelRecipientIdentity, MessageContentType, ProcessingMode, ProcessingStrategy,
    RecipientBase, SendMessageRequest,
};

use super::accept::MessageOrder;
use super::inbound;
use super::recipient::Addressee;
use crate::model::channels;

/// Returns the mode of the app, unless the request asks for DISPATCH.
pub(crate) fn mode_of(app: &AppResponse, strategy: Option<&ProcessingStrategy>) -> ProcessingMode {
    match strategy {
        Some(ProcessingStrategy::DispatchOnly) => ProcessingMode::Dispatch,
        _ => inbound::mode_of(app),
    }
}

pub(crate) fn order(request: SendMessageRequest, mode: ProcessingMode) -> MessageOrder {
    MessageOrder {
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

/// Parses a `ttl` such as `10s`.
pub(super) fn seconds(ttl: &str) -> Option<i64> {
    ttl.strip_suffix('s')?.parse().ok()
}

/// Returns the recipient, with normalised identities.
pub(crate) fn addressee(recipient: &RecipientBase, app_id: &str) -> Addressee {
    let kept = |given: &ChannelRecipientIdentity| {
        channels::identity(&given.channel, &given.identity, app_id)
    };
    match recipient {
        RecipientBase::ContactId(id) => Addressee::Contact(id.clone()),
        RecipientBase::IdentifiedBy(identified) => {
            Addressee::Identities(identified.channel_identities.iter().map(kept).collect())
        }
        _ => Addressee::Identities(Vec::new()),
    }
}
