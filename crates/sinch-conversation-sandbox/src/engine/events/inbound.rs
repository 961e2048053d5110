//! Receives an event from a contact.

use sinch_conversation_raw::CallbackKind;
use sinch_conversation_raw::types::{
    AppResponse, ChannelIdentity, ConversationDirection, ConversationEvent,
};

use super::kinds::InboundEvent;
use crate::callbacks::notify::{self, Notification};
use crate::engine::{conversation, inbound};
use crate::model::timeline::{TimelineEntry, TimelineKind};
use crate::store::{Scope, StoreError, events, journal};

/// Stores the event, queues the callback, and returns the event's id.
pub(crate) fn receive(
    scope: &Scope<'_>,
    app_id: &str,
    app: &AppResponse,
    from: &ChannelIdentity,
    raised: &InboundEvent,
) -> Result<String, StoreError> {
    let mode = inbound::mode_of(app);
    let mut origin = inbound::origin(scope, app_id, &mode, from)?;
    let id = scope.new_id();
    let mut event = ConversationEvent::new(from.clone(), mode, id.clone());
    match raised {
        InboundEvent::ByContact(raised) => event.contact_event = Some(raised.clone()),
        InboundEvent::OnMessage(raised) => event.contact_message_event = Some(raised.clone()),
    }
    event.direction = Some(ConversationDirection::ToApp);
    event.accept_time = Some(scope.timestamp());
    event.contact_id = Some(origin.contact_id.clone());
    event.conversation_id = Some(origin.conversation_id.clone());
    let entry = TimelineEntry::of_event(TimelineKind::EventReceived, app_id, &event);
    journal::add(scope.tx, &entry)?;
    if let Some(conversation) = &mut origin.conversation {
        conversation::begin(scope, conversation, &from.channel)?;
        events::add(scope.tx, app_id, scope.now, &event)?;
    }
    let notice = Notification::new(
        CallbackKind::EVENT_INBOUND,
        &event,
        origin.ordering_key(&id),
    )
    .correlated(&origin.attached.correlation_id);
    notify::app(scope, app_id, &notice)?;
    Ok(id)
}
