//! Conversations: a contact and an app have at most one that is active.

use chrono::DateTime;
use serde_json::{Map, Value};
use sinch_conversation_raw::CallbackKind;
use sinch_conversation_raw::types::{
    Conversation, ConversationChannel, ConversationNotification, MetadataUpdateStrategy,
};
use sinch_conversation_raw::wire::Timestamp;

use super::merge_patch::merge_patch;
use crate::callbacks::notify::{self, Notification};
use crate::store::dispatch_metadata::DispatchMetadata;
use crate::store::{CONVERSATIONS, Scope, StoreError, conversations};

/// Returns the active conversation, or creates one.
pub(crate) fn find_or_open(
    scope: &Scope<'_>,
    app_id: &str,
    contact_id: &str,
) -> Result<Conversation, StoreError> {
    if let Some(conversation) = conversations::active(scope.tx, app_id, contact_id)? {
        return Ok(conversation);
    }
    let mut conversation = Conversation::default();
    conversation.app_id = Some(app_id.to_owned());
    conversation.contact_id = Some(contact_id.to_owned());
    conversation.active = Some(true);
    open(scope, conversation)
}

/// Stores a new conversation, with an id and defaults filled in, and queues the callback.
pub(crate) fn open(
    scope: &Scope<'_>,
    mut conversation: Conversation,
) -> Result<Conversation, StoreError> {
    conversation.id = Some(scope.new_id());
    // The API shows 1970 for a conversation without messages.
    conversation.last_received = Some(Timestamp::from(DateTime::UNIX_EPOCH));
    fill(&mut conversation);
    save(scope, &conversation)?;
    tell(scope, CallbackKind::CONVERSATION_START, &conversation)?;
    Ok(conversation)
}

/// Fills in empty fields, which the API shows.
#[expect(
    deprecated,
    reason = "the API still returns the text in addition to the JSON"
)]
pub(crate) fn fill(conversation: &mut Conversation) {
    conversation.active.get_or_insert_default();
    conversation.metadata.get_or_insert_default();
    conversation.correlation_id.get_or_insert_default();
}

/// Stores a changed conversation, and queues a callback if it became active or inactive.
pub(crate) fn change(
    scope: &Scope<'_>,
    was_active: bool,
    conversation: &Conversation,
) -> Result<(), StoreError> {
    save(scope, conversation)?;
    match (was_active, conversation.active == Some(true)) {
        (true, false) => tell(scope, CallbackKind::CONVERSATION_STOP, conversation),
        (false, true) => tell(scope, CallbackKind::CONVERSATION_START, conversation),
        _ => Ok(()),
    }
}

/// Stores a changed conversation.
pub(crate) fn save(scope: &Scope<'_>, conversation: &Conversation) -> Result<(), StoreError> {
    conversations::put(
        scope.tx,
        conversation.id.as_deref().unwrap_or_default(),
        conversation,
    )
}

/// Makes an active conversation inactive.
pub(crate) fn stop(scope: &Scope<'_>, mut conversation: Conversation) -> Result<(), StoreError> {
    if conversation.active != Some(true) {
        return Ok(());
    }
    conversation.active = Some(false);
    change(scope, true, &conversation)
}

/// Removes a conversation with its messages.
pub(crate) fn remove(scope: &Scope<'_>, conversation: &Conversation) -> Result<(), StoreError> {
    CONVERSATIONS.remove(scope.tx, conversation.id.as_deref().unwrap_or_default())?;
    tell(scope, CallbackKind::CONVERSATION_DELETE, conversation)
}

/// Records that a message was sent or received on this channel.
pub(crate) fn touch(
    scope: &Scope<'_>,
    conversation: &mut Conversation,
    channel: Option<&ConversationChannel>,
) -> Result<(), StoreError> {
    conversation.last_received = Some(scope.timestamp());
    if let Some(channel) = channel {
        conversation.active_channel = Some(channel.clone());
    }
    let id = conversation.id.as_deref().unwrap_or_default();
    conversations::update(scope.tx, id, conversation)
}

/// Records an event on this channel, which counts where there was nothing before.
pub(crate) fn begin(
    scope: &Scope<'_>,
    conversation: &mut Conversation,
    channel: &ConversationChannel,
) -> Result<(), StoreError> {
    if conversation.active_channel.is_some() {
        return Ok(());
    }
    conversation.active_channel = Some(channel.clone());
    save(scope, conversation)
}

/// Sets the metadata of a conversation: replaced, or merged into the present one (RFC 7386).
pub(crate) fn set_metadata(
    conversation: &mut Conversation,
    metadata: &Map<String, Value>,
    strategy: Option<&MetadataUpdateStrategy>,
) {
    let mut merged = Value::Object(Map::new());
    if strategy == Some(&MetadataUpdateStrategy::MergePatch)
        && let Some(present) = &conversation.metadata_json
    {
        merged = Value::Object(present.clone());
    }
    match strategy {
        Some(MetadataUpdateStrategy::MergePatch) => merge_patch(&mut merged, metadata),
        _ => merged = Value::Object(metadata.clone()),
    }
    if let Value::Object(merged) = merged {
        conversation.metadata_json = Some(merged);
    }
}

/// Returns the application's metadata of the conversation, as callbacks carry it.
#[expect(
    deprecated,
    reason = "the API still has the text in addition to the JSON"
)]
pub(crate) fn attached(conversation: &Conversation) -> DispatchMetadata {
    DispatchMetadata {
        metadata: match &conversation.metadata_json {
            Some(metadata) if !metadata.is_empty() => Value::Object(metadata.clone()).to_string(),
            _ => conversation.metadata.clone().unwrap_or_default(),
        },
        correlation_id: conversation.correlation_id.clone().unwrap_or_default(),
    }
}

fn tell(
    scope: &Scope<'_>,
    kind: CallbackKind,
    conversation: &Conversation,
) -> Result<(), StoreError> {
    let mut payload = ConversationNotification::default();
    payload.conversation = Some(conversation.clone());
    let notice = Notification::new(
        kind,
        &payload,
        conversation.contact_id.as_deref().unwrap_or_default(),
    )
    .correlated(conversation.correlation_id.as_deref().unwrap_or_default());
    notify::app(
        scope,
        conversation.app_id.as_deref().unwrap_or_default(),
        &notice,
    )
}
