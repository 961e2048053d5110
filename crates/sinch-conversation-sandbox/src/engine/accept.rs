//! Accepts a message from an app: finds or creates the contact and the conversation, chooses the channels, stores the
//! message. Jobs do the rest.

use chrono::TimeDelta;
use serde_json::{Map, Value};
use sinch_conversation_raw::types::{
    AppMessage, AppResponse, ConversationChannel, MessageContentType, MetadataUpdateStrategy,
    ProcessingMode,
};

use super::recipient::{self, Addressee, Destination};
use super::{conversation, delivery};
use crate::callbacks::notify::ordering_key;
use crate::core::clock::later;
use crate::model::channels::Failure;
use crate::model::message::{BatchPlace, SentMessage};
use crate::model::timeline::TimelineKind;
use crate::store::dispatch_metadata::{self, DispatchMetadata};
use crate::store::jobs::{self, Job};
use crate::store::{SENT_MESSAGES, Scope, StoreError, journal, messages, queues};

/// A message to accept, already checked.
#[derive(Debug)]
pub(crate) struct MessageOrder {
    pub(crate) addressee: Addressee,
    pub(crate) message: AppMessage,
    pub(crate) mode: ProcessingMode,
    /// The channels to try; empty: chosen by the sandbox.
    pub(crate) channels: Vec<ConversationChannel>,
    pub(crate) message_metadata: String,
    pub(crate) conversation_metadata: Option<Map<String, Value>>,
    pub(crate) metadata_strategy: Option<MetadataUpdateStrategy>,
    pub(crate) correlation_id: String,
    pub(crate) callback_url: Option<String>,
    /// The longest time until delivery.
    pub(crate) ttl: Option<TimeDelta>,
    pub(crate) content_type: MessageContentType,
    pub(crate) batch: Option<BatchPlace>,
    /// The failure that is known before the first try, if any.
    pub(crate) refused: Option<Failure>,
}

/// Accepts the message and returns it as stored.
pub(crate) fn accept(
    scope: &Scope<'_>,
    app_id: &str,
    app: &AppResponse,
    order: MessageOrder,
) -> Result<SentMessage, StoreError> {
    let destination = find(scope, app_id, app, &order)?;
    let (plan, failing) = match destination.plan {
        Ok(plan) => (plan, None),
        Err(failure) => (Vec::new(), Some(failure)),
    };
    let first = if failing.is_some() {
        Job::Lose
    } else {
        Job::Hand
    };
    let id = scope.new_id();
    let mut sent = SentMessage {
        ordering_key: ordering_key(&destination.contact_id, &id).to_owned(),
        id,
        app_id: app_id.to_owned(),
        processing_mode: order.mode,
        contact_id: destination.contact_id,
        conversation_id: destination
            .conversation
            .and_then(|conversation| conversation.id)
            .unwrap_or_default(),
        message: order.message,
        rendered: None,
        message_metadata: order.message_metadata,
        correlation_id: order.correlation_id,
        accepted_time: scope.timestamp(),
        expires: None,
        receipts: Vec::new(),
        callback_url: order.callback_url,
        message_content_type: order.content_type,
        batch: order.batch,
        plan,
        position: 0,
        failing,
        queued: true,
        failed_first: None,
        retries: 0,
    };
    if let Some(ttl) = order.ttl {
        delivery::limit(scope, &mut sent, ttl)?;
    }
    journal::add_sent(scope.tx, TimelineKind::Sent, &sent.id, app_id)?;
    if is_kept(app, &sent) {
        messages::put_sent(scope.tx, &sent)?;
    }
    begin(scope, &mut sent, first)?;
    SENT_MESSAGES.put(scope.tx, &sent.id, &sent)?;
    Ok(sent)
}

/// Takes the first step, or schedules it if the message has to wait: in the queue, or for the channel.
fn begin(scope: &Scope<'_>, sent: &mut SentMessage, first: Job) -> Result<(), StoreError> {
    let interval = scope.state.settings.send_interval;
    let pause = delivery::until_next_status(scope, sent.channel_identity());
    let has_to_wait = !interval.is_zero() || !pause.is_zero();
    if !has_to_wait && queues::is_free(scope.tx, &sent.app_id, scope.now)? {
        sent.queued = false;
        return delivery::take_first(&scope.renewed(), sent, first);
    }
    let turn = queues::enter(scope.tx, &sent.app_id, scope.now, interval)?;
    jobs::add(scope.tx, &sent.id, first, later(turn, pause))
}

/// Returns where the message goes. Its metadata is attached to the conversation, or remembered for the recipients.
fn find(
    scope: &Scope<'_>,
    app_id: &str,
    app: &AppResponse,
    order: &MessageOrder,
) -> Result<Destination, StoreError> {
    if let Some(failure) = &order.refused {
        return Ok(Destination::unreachable("", failure.clone()));
    }
    let (mode, asked) = (&order.mode, order.channels.as_slice());
    let mut destination = recipient::find(scope, app_id, app, mode, &order.addressee, asked)?;
    if *mode != ProcessingMode::Conversation {
        remember(scope, app_id, app, order)?;
    }
    if let Some(conversation) = &mut destination.conversation {
        if let Some(metadata) = &order.conversation_metadata {
            conversation::set_metadata(conversation, metadata, order.metadata_strategy.as_ref());
        }
        if !order.correlation_id.is_empty() {
            conversation.correlation_id = Some(order.correlation_id.clone());
        }
        let first = destination.plan.as_ref().ok().and_then(|plan| plan.first());
        conversation::touch(scope, conversation, first.map(|identity| &identity.channel))?;
    }
    Ok(destination)
}

/// Remembers, for each recipient in DISPATCH mode, the metadata that callbacks about the answers carry.
fn remember(
    scope: &Scope<'_>,
    app_id: &str,
    app: &AppResponse,
    order: &MessageOrder,
) -> Result<(), StoreError> {
    let metadata = order.conversation_metadata.clone();
    let metadata = metadata.map(|metadata| Value::Object(metadata).to_string());
    let note = DispatchMetadata {
        metadata: metadata.unwrap_or_default(),
        correlation_id: order.correlation_id.clone(),
    };
    let is_dispatch = app.processing_mode == Some(ProcessingMode::Dispatch);
    if keeps_dispatch(app) && is_dispatch && note != DispatchMetadata::default() {
        for identity in order.addressee.identities() {
            dispatch_metadata::put(scope.tx, app_id, identity, &note, scope.now)?;
        }
    }
    Ok(())
}

/// Returns whether the app's retention keeps messages of DISPATCH mode.
pub(crate) fn keeps_dispatch(app: &AppResponse) -> bool {
    let policy = app.dispatch_retention_policy.as_ref();
    policy
        .and_then(|policy| policy.ttl_days)
        .is_some_and(|days| days > 0)
}

fn is_kept(app: &AppResponse, sent: &SentMessage) -> bool {
    !sent.conversation_id.is_empty()
        || (sent.processing_mode == ProcessingMode::Dispatch && keeps_dispatch(app))
}
