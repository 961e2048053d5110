//! Adds an app's event to a conversation without sending it.

use chrono::{DateTime, Utc};
use sinch_conversation_raw::types::{
    AppEvent, ChannelIdentity, Conversation, ConversationDirection, ConversationEvent,
    ProcessingMode,
};
use sinch_conversation_raw::wire::Timestamp;

use crate::model::timeline::{TimelineEntry, TimelineKind};
use crate::store::{CONTACTS, Scope, StoreError, events, journal};

/// Stores the event and returns its id. There is no callback.
pub(crate) fn inject(
    scope: &Scope<'_>,
    conversation: &Conversation,
    event: AppEvent,
    address: ChannelIdentity,
    accepted: DateTime<Utc>,
) -> Result<String, StoreError> {
    let id = scope.new_id();
    let mut stored = ConversationEvent::new(address, ProcessingMode::Conversation, id.clone());
    stored.app_event = Some(event);
    stored.direction = Some(ConversationDirection::ToContact);
    stored.accept_time = Some(Timestamp::from(accepted));
    stored.contact_id = conversation.contact_id.clone();
    stored.conversation_id = conversation.id.clone();
    let app_id = conversation.app_id.as_deref().unwrap_or_default();
    events::add(scope.tx, app_id, accepted, &stored)?;
    let entry = TimelineEntry::of_event(TimelineKind::Injected, app_id, &stored);
    journal::add(scope.tx, &entry)?;
    Ok(id)
}

/// Returns the default address of an injected event: the conversation's channel, or else the contact's first.
pub(crate) fn usual_address(
    scope: &Scope<'_>,
    conversation: &Conversation,
) -> Result<Option<ChannelIdentity>, StoreError> {
    let contact_id = conversation.contact_id.as_deref().unwrap_or_default();
    let contact = CONTACTS.get(scope.tx, contact_id)?;
    let identities = contact
        .and_then(|contact| contact.channel_identities)
        .unwrap_or_default();
    let on_channel = identities
        .iter()
        .find(|identity| Some(&identity.channel) == conversation.active_channel.as_ref());
    Ok(on_channel.or(identities.first()).cloned())
}
