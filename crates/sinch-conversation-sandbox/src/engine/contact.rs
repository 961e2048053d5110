//! Contacts: finding, creating and removing them.

use sinch_conversation_raw::CallbackKind;
use sinch_conversation_raw::types::{
    ChannelIdentity, Contact, ContactLanguage, ContactNotification,
    DuplicatedContactIdentitiesNotification, DuplicatedIdentity,
};

use super::{conversation, unified_contacts};
use crate::callbacks::notify::{self, Notification};
use crate::store::{CONTACTS, Scope, StoreError, contacts, conversations, profiles};

/// The name of a contact that has none.
pub(crate) const UNKNOWN: &str = "Unknown";

/// Returns the identities of a contact that this app can use.
pub(crate) fn usable(contact: &Contact, app_id: &str) -> Vec<ChannelIdentity> {
    let of_app = |identity: &&ChannelIdentity| {
        identity
            .app_id
            .as_deref()
            .is_none_or(|scope| scope.is_empty() || scope == app_id)
    };
    let identities = contact.channel_identities.iter().flatten();
    identities.filter(of_app).cloned().collect()
}

/// Returns the contact that has one of the identities, the oldest if there are several; otherwise creates one with all
/// of them.
pub(crate) fn find_or_create(
    scope: &Scope<'_>,
    app_id: &str,
    identities: &[ChannelIdentity],
) -> Result<String, StoreError> {
    match find(scope, app_id, identities)? {
        Some(id) => Ok(id),
        None => Ok(create(scope, identities, None)?.id.unwrap_or_default()),
    }
}

/// Returns the contact that sent something to an app; creates it if needed. A contact without a name gets the one that
/// the channel has.
pub(crate) fn sender(
    scope: &Scope<'_>,
    app_id: &str,
    from: &ChannelIdentity,
) -> Result<Contact, StoreError> {
    let from_one = std::slice::from_ref(from);
    let name = profiles::name(scope.tx, from)?;
    let Some(id) = find(scope, app_id, from_one)? else {
        return create(scope, from_one, name);
    };
    let contact = CONTACTS.get(scope.tx, &id)?;
    let mut contact = contact.ok_or_else(|| StoreError::Document(format!("contact {id}")))?;
    if name.is_some() && contact.display_name.as_deref() == Some(UNKNOWN) {
        contact.display_name = name;
        contacts::put(scope.tx, &id, &contact)?;
        tell(scope, CallbackKind::CONTACT_UPDATE, &contact)?;
    }
    Ok(contact)
}

/// The id of the oldest contact that has one of the identities.
fn find(
    scope: &Scope<'_>,
    app_id: &str,
    identities: &[ChannelIdentity],
) -> Result<Option<String>, StoreError> {
    let identities = unified_contacts::spread(scope, identities)?;
    let mut holders: Vec<(&ChannelIdentity, Vec<String>)> = Vec::new();
    for identity in &identities {
        holders.push((identity, contacts::with_identity(scope.tx, identity)?));
    }
    let mut ids: Vec<&String> = holders.iter().flat_map(|(_, ids)| ids).collect();
    ids.sort_unstable();
    ids.dedup();
    let Some(oldest) = ids.first() else {
        return Ok(None);
    };
    if ids.len() > 1 {
        tell_of_duplicates(scope, app_id, oldest, &holders)?;
    }
    Ok(Some(String::clone(oldest)))
}

fn create(
    scope: &Scope<'_>,
    identities: &[ChannelIdentity],
    name: Option<String>,
) -> Result<Contact, StoreError> {
    let mut contact = Contact::default();
    contact.channel_identities = Some(unified_contacts::spread(scope, identities)?);
    contact.display_name = name;
    contact.language = Some(ContactLanguage::Unspecified);
    add(scope, contact)
}

/// Stores a new contact, with an id and defaults filled in, and queues the callback.
pub(crate) fn add(scope: &Scope<'_>, mut contact: Contact) -> Result<Contact, StoreError> {
    let id = scope.new_id();
    contact.id = Some(id.clone());
    fill(&mut contact);
    contacts::put(scope.tx, &id, &contact)?;
    tell(scope, CallbackKind::CONTACT_CREATE, &contact)?;
    Ok(contact)
}

/// Fills in empty fields, which the API shows; a contact without a name is `Unknown`.
pub(crate) fn fill(contact: &mut Contact) {
    let name = contact.display_name.take().filter(|name| !name.is_empty());
    contact.display_name = Some(name.unwrap_or_else(|| UNKNOWN.to_owned()));
    contact.channel_identities.get_or_insert_default();
    contact.channel_priority.get_or_insert_default();
    contact.email.get_or_insert_default();
    contact.external_id.get_or_insert_default();
    contact.metadata.get_or_insert_default();
}

/// Removes a contact with its conversations, and queues the callback.
pub(crate) fn remove(scope: &Scope<'_>, contact: &Contact) -> Result<(), StoreError> {
    let id = contact.id.as_deref().unwrap_or_default();
    for conversation in conversations::of_contact(scope.tx, id)? {
        conversation::remove(scope, &conversation)?;
    }
    CONTACTS.remove(scope.tx, id)?;
    tell(scope, CallbackKind::CONTACT_DELETE, contact)
}

/// Queues a callback about a contact.
pub(crate) fn tell(
    scope: &Scope<'_>,
    kind: CallbackKind,
    contact: &Contact,
) -> Result<(), StoreError> {
    let mut payload = ContactNotification::default();
    payload.contact = Some(contact.clone());
    let notice = Notification::new(kind, &payload, contact.id.as_deref().unwrap_or_default());
    notify::project(scope, &notice)
}

/// Queues callbacks about identities that several contacts have; where each identity has one contact, but not the same
/// one, about all of them.
fn tell_of_duplicates(
    scope: &Scope<'_>,
    app_id: &str,
    ordering_key: &str,
    holders: &[(&ChannelIdentity, Vec<String>)],
) -> Result<(), StoreError> {
    let shared = holders.iter().any(|(_, ids)| ids.len() > 1);
    let least = if shared { 2 } else { 1 };
    let mut duplicated = Vec::new();
    for (identity, ids) in holders.iter().filter(|(_, ids)| ids.len() >= least) {
        let mut entry = DuplicatedIdentity::default();
        entry.channel = Some(identity.channel.clone());
        entry.contact_ids = Some(ids.clone());
        duplicated.push(entry);
    }
    let mut payload = DuplicatedContactIdentitiesNotification::default();
    payload.duplicated_identities = Some(duplicated);
    let notice = Notification::new(
        CallbackKind::CONTACT_IDENTITIES_DUPLICATION,
        &payload,
        ordering_key,
    );
    notify::app(scope, app_id, &notice)
}
