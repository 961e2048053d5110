//! Merges two contacts that are the same person.

use sinch_conversation_raw::CallbackKind;
use sinch_conversation_raw::types::{
    ChannelIdentity, Contact, ContactLanguage, ContactMergeNotification, Conversation,
    ConversationChannel,
};
use sinch_conversation_raw::wire::Timestamp;

use super::contact::{self, UNKNOWN};
use super::{conversation, unified_contacts};
use crate::callbacks::notify::{self, Notification};
use crate::store::{CONTACTS, CONVERSATIONS, Scope, StoreError, contacts, conversations, moves};

/// Moves everything from the source to the destination, removes the source, and queues the callbacks.
pub(crate) fn merge(
    scope: &Scope<'_>,
    destination: Contact,
    source: Contact,
) -> Result<Contact, StoreError> {
    let kept_id = destination.id.clone().unwrap_or_default();
    let gone_id = source.id.clone().unwrap_or_default();
    for conversation in conversations::of_contact(scope.tx, &gone_id)? {
        move_conversation(scope, conversation, &kept_id)?;
    }
    moves::to_contact(scope.tx, &gone_id, &kept_id)?;
    CONTACTS.remove(scope.tx, &gone_id)?;

    let mut merged = combine(destination, &source);
    let identities = merged.channel_identities.take().unwrap_or_default();
    merged.channel_identities = Some(unified_contacts::spread(scope, &identities)?);
    contact::fill(&mut merged);
    contacts::put(scope.tx, &kept_id, &merged)?;
    tell(scope, &merged, source)?;
    Ok(merged)
}

/// Moves the conversation with an app. If both contacts have one, the destination's continues with the messages of
/// both.
fn move_conversation(
    scope: &Scope<'_>,
    mut conversation: Conversation,
    contact_id: &str,
) -> Result<(), StoreError> {
    let app_id = conversation.app_id.as_deref().unwrap_or_default();
    let rival = match conversation.active {
        Some(true) => conversations::active(scope.tx, app_id, contact_id)?,
        _ => None,
    };
    match rival {
        Some(kept) => join(scope, kept, &conversation),
        None => {
            conversation.contact_id = Some(contact_id.to_owned());
            conversation::save(scope, &conversation)
        }
    }
}

fn join(scope: &Scope<'_>, mut kept: Conversation, gone: &Conversation) -> Result<(), StoreError> {
    let kept_id = kept.id.clone().unwrap_or_default();
    let gone_id = gone.id.as_deref().unwrap_or_default();
    moves::to_conversation(scope.tx, gone_id, &kept_id)?;
    let time = |of: &Conversation| of.last_received.as_ref().and_then(Timestamp::to_datetime);
    if time(gone) > time(&kept) {
        kept.last_received.clone_from(&gone.last_received);
        if gone.active_channel.is_some() {
            kept.active_channel.clone_from(&gone.active_channel);
        }
    }
    conversation::save(scope, &kept)?;
    CONVERSATIONS.remove(scope.tx, gone_id)
}

/// Returns the destination, completed with what only the source has.
fn combine(mut kept: Contact, gone: &Contact) -> Contact {
    let mut identities = kept.channel_identities.take().unwrap_or_default();
    let own: Vec<ConversationChannel> = channels(&identities);
    let further = gone.channel_identities.iter().flatten();
    let moved: Vec<ChannelIdentity> = further
        .filter(|identity| !own.contains(&identity.channel))
        .cloned()
        .collect();
    if !moved.is_empty() {
        // The new channels come last, so the others have to be listed too.
        let priority = kept.channel_priority.get_or_insert_default();
        for channel in own.into_iter().chain(channels(&moved)) {
            if !priority.contains(&channel) {
                priority.push(channel);
            }
        }
    }
    identities.extend(moved);
    kept.channel_identities = Some(identities);
    fill(&mut kept.display_name, gone.display_name.as_ref(), UNKNOWN);
    fill(&mut kept.email, gone.email.as_ref(), "");
    fill(&mut kept.external_id, gone.external_id.as_ref(), "");
    fill(&mut kept.metadata, gone.metadata.as_ref(), "");
    if kept.language == Some(ContactLanguage::Unspecified) {
        kept.language.clone_from(&gone.language);
    }
    kept
}

fn channels(identities: &[ChannelIdentity]) -> Vec<ConversationChannel> {
    let channels = identities.iter().map(|identity| identity.channel.clone());
    channels.collect()
}

/// Replaces a field that is absent or `empty` by the other's value.
fn fill(field: &mut Option<String>, other: Option<&String>, empty: &str) {
    if field
        .as_deref()
        .is_none_or(|text| text.is_empty() || text == empty)
    {
        *field = other.cloned();
    }
}

fn tell(scope: &Scope<'_>, preserved: &Contact, deleted: Contact) -> Result<(), StoreError> {
    let mut payload = ContactMergeNotification::default();
    payload.preserved_contact = Some(preserved.clone());
    payload.deleted_contact = Some(deleted);
    let notice = Notification::new(
        CallbackKind::CONTACT_MERGE,
        &payload,
        preserved.id.as_deref().unwrap_or_default(),
    );
    notify::project(scope, &notice)
}
