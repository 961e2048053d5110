//! Adds a message to a conversation that did not come through the API.

use chrono::{DateTime, Utc};
use sinch_conversation_raw::types::{
    Conversation, ConversationDirection, ConversationMessage, ProcessingMode,
};
use sinch_conversation_raw::wire::Timestamp;

use super::{conversation, inbound};
use crate::model::timeline::{TimelineEntry, TimelineKind};
use crate::store::{Scope, StoreError, journal, messages};

/// Stores the message as given, and queues a callback if it is from the contact.
pub(crate) fn message(
    scope: &Scope<'_>,
    mut conversation: Conversation,
    accepted: DateTime<Utc>,
    mut message: ConversationMessage,
) -> Result<(), StoreError> {
    let app_id = conversation.app_id.clone().unwrap_or_default();
    let id = scope.new_id();
    message.id = Some(id.clone());
    message.accept_time = Some(Timestamp::from(accepted));
    message.contact_id.clone_from(&conversation.contact_id);
    message.conversation_id.clone_from(&conversation.id);
    message.injected = Some(true);
    message.metadata.get_or_insert_default();
    message.processing_mode = Some(ProcessingMode::Conversation);
    messages::put(scope.tx, &id, &app_id, accepted, &message)?;
    let entry = TimelineEntry::of_message(TimelineKind::Injected, &app_id, &message);
    journal::add(scope.tx, &entry)?;
    show_latest(&mut conversation, accepted, &message);
    conversation::save(scope, &conversation)?;
    if message.direction == Some(ConversationDirection::ToApp) {
        let contact_id = conversation.contact_id.as_deref().unwrap_or_default();
        let attached = conversation::attached(&conversation);
        inbound::tell(scope, &app_id, contact_id, &message, &attached)?;
    }
    Ok(())
}

/// Updates time and channel of the conversation from its newest message, which an injected one need not be.
fn show_latest(
    conversation: &mut Conversation,
    accepted: DateTime<Utc>,
    message: &ConversationMessage,
) {
    let shown = conversation.last_received.as_ref();
    let shown = shown.and_then(Timestamp::to_datetime);
    if shown.is_none_or(|shown| shown < accepted) {
        conversation.last_received.clone_from(&message.accept_time);
        let identity = message.channel_identity.as_ref();
        conversation.active_channel = identity.map(|identity| identity.channel.clone());
    }
}
