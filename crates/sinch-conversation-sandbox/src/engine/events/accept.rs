//! Accepts an event from an app: finds or creates the contact and the conversation, chooses the channel, stores the
//! event. Jobs do the rest.

use sinch_conversation_raw::types::{
    AppEvent, AppResponse, ConversationChannel, ConversationDirection, ConversationEvent,
    ProcessingMode,
};

use super::delivery;
use crate::callbacks::notify::ordering_key;
use crate::engine::conversation;
use crate::engine::recipient::{self, Addressee};
use crate::model::event::SentEvent;
use crate::model::timeline::TimelineKind;
use crate::store::jobs::Job;
use crate::store::{SENT_EVENTS, Scope, StoreError, events, journal};

/// An event to accept, already checked.
#[derive(Debug)]
pub(crate) struct EventOrder {
    pub(crate) addressee: Addressee,
    pub(crate) event: AppEvent,
    pub(crate) mode: ProcessingMode,
    /// The channel to use, if the request names one.
    pub(crate) channel: Option<ConversationChannel>,
    pub(crate) event_metadata: String,
    pub(crate) callback_url: Option<String>,
}

/// Accepts the event and returns it as stored.
pub(crate) fn accept(
    scope: &Scope<'_>,
    app_id: &str,
    app: &AppResponse,
    order: EventOrder,
) -> Result<SentEvent, StoreError> {
    let (mode, asked) = (&order.mode, order.channel.as_slice());
    let destination = recipient::find(scope, app_id, app, mode, &order.addressee, asked)?;
    let (channel_identity, failing) = match destination.plan {
        // An event has no fallback: only the first channel counts.
        Ok(plan) => (plan.into_iter().next(), None),
        Err(failure) => (None, Some(failure)),
    };
    let mut conversation = destination.conversation;
    if let (Some(conversation), Some(identity)) = (&mut conversation, &channel_identity) {
        conversation::begin(scope, conversation, &identity.channel)?;
    }
    let id = scope.new_id();
    let sent = SentEvent {
        ordering_key: ordering_key(&destination.contact_id, &id).to_owned(),
        id,
        app_id: app_id.to_owned(),
        processing_mode: order.mode,
        contact_id: destination.contact_id,
        conversation_id: conversation
            .and_then(|conversation| conversation.id)
            .unwrap_or_default(),
        event: order.event,
        event_metadata: order.event_metadata,
        accepted_time: scope.timestamp(),
        channel_identity,
        receipts: Vec::new(),
        callback_url: order.callback_url,
        failing,
    };
    SENT_EVENTS.put(scope.tx, &sent.id, &sent)?;
    journal::add_sent(scope.tx, TimelineKind::EventSent, &sent.id, app_id)?;
    store(scope, &sent)?;
    let first = if sent.failing.is_some() {
        Job::SettleEvent
    } else {
        Job::HandEvent
    };
    delivery::plan_job(scope, &sent, first)?;
    Ok(sent)
}

/// Stores the event for the API, if it belongs to a conversation and to a channel.
fn store(scope: &Scope<'_>, sent: &SentEvent) -> Result<(), StoreError> {
    let Some(identity) = &sent.channel_identity else {
        return Ok(());
    };
    if sent.conversation_id.is_empty() {
        return Ok(());
    }
    let mut stored = ConversationEvent::new(
        identity.clone(),
        sent.processing_mode.clone(),
        sent.id.clone(),
    );
    stored.app_event = Some(sent.event.clone());
    stored.direction = Some(ConversationDirection::ToContact);
    stored.accept_time = Some(sent.accepted_time.clone());
    stored.contact_id = Some(sent.contact_id.clone());
    stored.conversation_id = Some(sent.conversation_id.clone());
    events::add(scope.tx, &sent.app_id, scope.now, &stored)
}
