//! Opt-outs and opt-ins, and how they affect an app.

use sinch_conversation_raw::CallbackKind;
use sinch_conversation_raw::types::{
    AuditRecordOperation, AuditRecordOrigin, ChannelIdentity, ConsentRecord, ConsentsListType,
    ContactMessageTypes, ConversationMessage, ConversationMessageTypes, MessageContentType,
    OptInNotification, OptInNotificationStatus, OptOutNotification, OptOutNotificationStatus,
    ProcessingMode,
};

use super::contact::usable;
use super::keywords::{self, KeywordAction};
use crate::callbacks::notify::{self, Notification, ordering_key};
use crate::model::channels::Failure;
use crate::model::consents::ConsentManagement;
use crate::model::message::SentMessage;
use crate::store::consents::{self, Change, ListEntry};
use crate::store::{CONTACTS, Scope, StoreError};

/// A recipient who opts out or in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person<'a> {
    pub(crate) identity: &'a ChannelIdentity,
    /// Empty in DISPATCH mode.
    pub(crate) contact_id: &'a str,
    pub(crate) mode: &'a ProcessingMode,
    /// The ordering key of the callback.
    pub(crate) ordering_key: &'a str,
}

/// Applies an inbound message that is a keyword, if the app manages consents.
pub(super) fn apply_keyword(
    scope: &Scope<'_>,
    app_id: &str,
    received: &ConversationMessage,
) -> Result<(), StoreError> {
    let Some((wish, list)) = keyword(received) else {
        return Ok(());
    };
    let (Some(identity), Some(mode)) = (&received.channel_identity, &received.processing_mode)
    else {
        return Ok(());
    };
    if consents::mode(scope.tx, app_id)? == ConsentManagement::Off {
        return Ok(());
    }
    let contact_id = received.contact_id.as_deref().unwrap_or_default();
    let person = Person {
        identity,
        contact_id,
        mode,
        ordering_key: ordering_key(contact_id, received.id.as_deref().unwrap_or_default()),
    };
    follow(scope, app_id, person, wish, &list)
}

fn keyword(received: &ConversationMessage) -> Option<(KeywordAction, ConsentsListType)> {
    let ConversationMessageTypes::ContactMessage(message) = &received.kind else {
        return None;
    };
    let ContactMessageTypes::TextMessage(text) = &message.kind else {
        return None;
    };
    keywords::find(&text.text)
}

/// Adds the person to a list or removes them from it, with a callback.
pub(crate) fn follow(
    scope: &Scope<'_>,
    app_id: &str,
    person: Person<'_>,
    wish: KeywordAction,
    list: &ConsentsListType,
) -> Result<(), StoreError> {
    let entry = ListEntry {
        app_id,
        list,
        identity: &person.identity.identity,
    };
    let origin = AuditRecordOrigin::OriginMo;
    match wish {
        KeywordAction::OptOut => put(scope, entry, origin)?,
        KeywordAction::OptIn => take(scope, entry, origin)?,
    }
    let notice = match wish {
        KeywordAction::OptOut => Notification::new(
            CallbackKind::OPT_OUT,
            &out(scope, &person),
            person.ordering_key,
        ),
        KeywordAction::OptIn => Notification::new(
            CallbackKind::OPT_IN,
            &back(scope, &person),
            person.ordering_key,
        ),
    };
    notify::app(scope, app_id, &notice)
}

fn out(scope: &Scope<'_>, person: &Person<'_>) -> OptOutNotification {
    let mut payload = OptOutNotification::default();
    payload.request_id = Some(scope.new_id());
    payload.contact_id = Some(person.contact_id.to_owned());
    payload.channel = Some(person.identity.channel.clone());
    payload.identity = Some(person.identity.identity.clone());
    payload.status = Some(OptOutNotificationStatus::OptOutSucceeded);
    payload.processing_mode = Some(person.mode.clone());
    payload
}

fn back(scope: &Scope<'_>, person: &Person<'_>) -> OptInNotification {
    let mut payload = OptInNotification::default();
    payload.request_id = Some(scope.new_id());
    payload.contact_id = Some(person.contact_id.to_owned());
    payload.channel = Some(person.identity.channel.clone());
    payload.identity = Some(person.identity.identity.clone());
    payload.status = Some(OptInNotificationStatus::OptInSucceeded);
    payload.processing_mode = Some(person.mode.clone());
    payload
}

/// Adds what a record of the API names to its list: one number, or all identities of a contact that the app can use.
pub(super) fn insert(
    scope: &Scope<'_>,
    app_id: &str,
    record: &ConsentRecord,
) -> Result<(), StoreError> {
    let (Some(list), Some(_)) = (&record.consent_type, scope.app(app_id)?) else {
        return Ok(());
    };
    let named = &record.identification;
    let identities = match CONTACTS.get(scope.tx, named)? {
        Some(contact) => usable(&contact, app_id)
            .into_iter()
            .map(|identity| identity.identity)
            .collect(),
        None => vec![number(named).to_owned()],
    };
    for identity in &identities {
        let entry = ListEntry {
            app_id,
            list,
            identity,
        };
        put(scope, entry, AuditRecordOrigin::OriginApi)?;
    }
    Ok(())
}

/// Returns a phone number as stored.
pub(crate) fn number(given: &str) -> &str {
    given.strip_prefix('+').unwrap_or(given)
}

fn put(
    scope: &Scope<'_>,
    entry: ListEntry<'_>,
    origin: AuditRecordOrigin,
) -> Result<(), StoreError> {
    let operation = if consents::insert(scope.tx, entry)? {
        AuditRecordOperation::OperationInsert
    } else {
        AuditRecordOperation::OperationUpdate
    };
    record(scope, entry, origin, operation)
}

fn take(
    scope: &Scope<'_>,
    entry: ListEntry<'_>,
    origin: AuditRecordOrigin,
) -> Result<(), StoreError> {
    if consents::remove(scope.tx, entry)? {
        record(scope, entry, origin, AuditRecordOperation::OperationDelete)?;
    }
    Ok(())
}

fn record(
    scope: &Scope<'_>,
    entry: ListEntry<'_>,
    origin: AuditRecordOrigin,
    operation: AuditRecordOperation,
) -> Result<(), StoreError> {
    let change = Change {
        list: entry.list.clone(),
        origin,
        operation,
        at: scope.now,
    };
    consents::record(scope.tx, entry.app_id, entry.identity, &change)
}

/// Returns the failure of a message to an identity that has opted out of it.
pub(super) fn block(
    scope: &Scope<'_>,
    sent: &SentMessage,
    identity: &ChannelIdentity,
) -> Result<Option<Failure>, StoreError> {
    if consents::mode(scope.tx, &sent.app_id)? != ConsentManagement::Primary {
        return Ok(None);
    }
    let own = match sent.message_content_type {
        MessageContentType::ContentMarketing => Some(ConsentsListType::OptOutMarketing),
        MessageContentType::ContentNotification => Some(ConsentsListType::OptOutNotification),
        _ => None,
    };
    for list in own.iter().chain([&ConsentsListType::OptOutAll]) {
        let entry = ListEntry {
            app_id: &sent.app_id,
            list,
            identity: &identity.identity,
        };
        if consents::is_listed(scope.tx, entry)? {
            let description = format!("The recipient is on the list {}.", list.as_str());
            return Ok(Some(
                Failure::new("RECIPIENT_NOT_OPTED_IN").describe(description),
            ));
        }
    }
    Ok(None)
}
