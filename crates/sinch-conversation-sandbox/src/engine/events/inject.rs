//! Puts an event of an app into a conversation without sending it.

use chrono::{DateTime, Utc};
use sinch_conversation_raw::types::{
    AppEvent, ChannelIdentity, Conversation, ConversationDirection, ConversationEvent,
    ProcessingMode,
};
use sinch_conversation_raw::wire::{Timestamp, Wire};

use crate::engine::record::{self, Content, Entry};
use crate::model::timeline::TimelineKind;
use crate::store::{Scope, StoreError, contacts, events};

/// Stores the event and gives its id. Nobody is told.
pub(crate) fn inject(
    scope: &Scope<'_>,
    conversation: &Conversation,
    event: AppEvent,
    address: ChannelIdentity,
    accepted: DateTime<Utc>,
) -> Result<String, StoreError> {
    let id = scope.new_id();
    let mut stored = ConversationEvent::new(address, ProcessingMode::Conversation, id.clone());
    let content = event.to_value();
    stored.app_event = Some(event);
    stored.direction = Some(ConversationDirection::ToContact);
    stored.accept_time = Some(Timestamp::from(accepted));
    stored.contact_id = conversation.contact_id.clone();
    stored.conversation_id = conversation.id.clone();
    let app_id = conversation.app_id.as_deref().unwrap_or_default();
    events::add(scope.tx, app_id, accepted, &stored)?;
    let entry = Entry {
        id: &id,
        app_id,
        contact_id: conversation.contact_id.as_deref().unwrap_or_default(),
        conversation_id: conversation.id.as_deref().unwrap_or_default(),
        address: Some(&stored.channel_identity),
        mode: &stored.processing_mode,
        time: Timestamp::from(accepted),
        direction: ConversationDirection::ToContact,
        content: Content::Event(content),
        metadata: "",
    };
    record::add(scope, TimelineKind::Injected, entry)?;
    Ok(id)
}

/// Where an event happened that does not say: on the channel of the conversation, else on the contact's first.
pub(crate) fn usual_address(
    scope: &Scope<'_>,
    conversation: &Conversation,
) -> Result<Option<ChannelIdentity>, StoreError> {
    let contact_id = conversation.contact_id.as_deref().unwrap_or_default();
    let contact = contacts::get(scope.tx, contact_id)?;
    let identities = contact
        .and_then(|contact| contact.channel_identities)
        .unwrap_or_default();
    let on_channel = identities
        .iter()
        .find(|identity| Some(&identity.channel) == conversation.active_channel.as_ref());
    Ok(on_channel.or(identities.first()).cloned())
}
