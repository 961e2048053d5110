//! Contacts.

use serde_json::Value;
use sinch_conversation_raw::CallbackKind;
use sinch_conversation_raw::types::{
    ChannelIdentity, Contact, ContactCreateRequest, ConversationChannel, ListContactsResponse,
};
use sinch_conversation_raw::wire::Wire;

use super::{nothing, patch};
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::api::paging::Page;
use crate::engine::{contact, unified_contacts};
use crate::model::channels::{self, is_app_scoped};
use crate::model::check::Check;
use crate::store::contacts::{self, ContactFilter};
use crate::store::{CONTACTS, Scope};

pub(super) fn create(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    Ok(contact::add(scope, new(scope, call.body()?)?)?.to_value())
}

/// Makes a contact from a request.
pub(super) fn new(scope: &Scope<'_>, request: ContactCreateRequest) -> Result<Contact, ApiError> {
    let mut contact = Contact::default();
    contact.channel_identities = Some(request.channel_identities);
    contact.channel_priority = request.channel_priority;
    contact.display_name = request.display_name;
    contact.email = request.email;
    contact.external_id = request.external_id;
    contact.language = Some(request.language);
    contact.metadata = request.metadata;
    check(&contact)?;
    settle(scope, "", &mut contact)?;
    Ok(contact)
}

pub(super) fn get(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    Ok(find(scope, call.param("contact_id"))?.to_value())
}

pub(super) fn list(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let page = Page::read(&scope.state.seal, call)?;
    let channel = call.query("channel").map(ConversationChannel::from);
    let identity = identity_filter(call, channel.as_ref())?;
    let wanted = ContactFilter {
        external_id: call.query("external_id"),
        address: identity
            .as_ref()
            .map(|kept| (kept.channel.as_str(), kept.identity.as_str())),
        after: page.after(),
        limit: page.fetch(),
    };
    let found = page.cut(contacts::list(scope.tx, &wanted)?, |contact| {
        contact.id.clone().unwrap_or_default()
    });
    let mut answer = ListContactsResponse::default();
    answer.contacts = Some(found.items);
    answer.next_page_token = Some(found.next);
    Ok(answer.to_value())
}

fn identity_filter(
    call: &Call,
    channel: Option<&ConversationChannel>,
) -> Result<Option<ChannelIdentity>, ApiError> {
    let mut check = Check::default();
    let identity = call.query("identity");
    check.that(
        channel.is_none() || identity.is_some(),
        "identity",
        "is required together with channel",
    );
    check.that(
        identity.is_none() || channel.is_some(),
        "channel",
        "is required together with identity",
    );
    let both_ways =
        call.query("external_id").is_some() && (channel.is_some() || identity.is_some());
    check.that(
        !both_ways,
        "external_id",
        "cannot be combined with channel and identity",
    );
    check.done()?;
    Ok(channel
        .zip(identity)
        .map(|(channel, identity)| channels::identity(channel, identity, "")))
}

pub(super) fn update(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let id = call.param("contact_id");
    let present = find(scope, id)?;
    let mut contact = patch::apply::<Contact, _>(&present, call, &["id"])?;
    check(&contact)?;
    settle(scope, id, &mut contact)?;
    contact::fill(&mut contact);
    contacts::put(scope.tx, id, &contact)?;
    contact::tell(scope, CallbackKind::CONTACT_UPDATE, &contact)?;
    Ok(contact.to_value())
}

pub(super) fn delete(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    contact::remove(scope, &find(scope, call.param("contact_id"))?)?;
    Ok(nothing())
}

/// Returns the contact with this id, or 404.
pub(super) fn find(scope: &Scope<'_>, id: &str) -> Result<Contact, ApiError> {
    CONTACTS
        .get(scope.tx, id)?
        .ok_or_else(|| ApiError::not_found("contact", id))
}

fn check(contact: &Contact) -> Result<(), ApiError> {
    let mut check = Check::default();
    let identities = contact.channel_identities.as_deref().unwrap_or_default();
    check.that(
        !identities.is_empty(),
        "channel_identities",
        "at least one is required",
    );
    for (index, identity) in identities.iter().enumerate() {
        let field = format!("channel_identities[{index}]");
        check.that(
            !identity.identity.is_empty(),
            &format!("{field}.identity"),
            "is empty",
        );
        let named = identity
            .app_id
            .as_ref()
            .is_some_and(|app_id| !app_id.is_empty());
        check.that(
            named || !is_app_scoped(&identity.channel),
            &format!("{field}.app_id"),
            "is required on this channel, where a person has a different identity for each app",
        );
    }
    check.that(
        contact.language.is_some(),
        "language",
        "a language is required",
    );
    check.limits(contact, "");
    Ok(check.done()?)
}

/// Normalises the contact's identities for storage.
fn settle(scope: &Scope<'_>, own_id: &str, contact: &mut Contact) -> Result<(), ApiError> {
    let kept = |given: ChannelIdentity| {
        let app_id = given.app_id.as_deref().unwrap_or_default();
        channels::identity(&given.channel, &given.identity, app_id)
    };
    let given = contact.channel_identities.take().unwrap_or_default();
    let identities: Vec<ChannelIdentity> = given.into_iter().map(kept).collect();
    if unified_contacts::is_on(scope)? {
        refuse_other_holders(scope, own_id, &identities)?;
    }
    contact.channel_identities = Some(unified_contacts::spread(scope, &identities)?);
    Ok(())
}

/// With unified contact ids, refuses a number that another contact has.
fn refuse_other_holders(
    scope: &Scope<'_>,
    own_id: &str,
    identities: &[ChannelIdentity],
) -> Result<(), ApiError> {
    let mut check = Check::default();
    for (index, identity) in identities.iter().enumerate() {
        if let Some(other) = unified_contacts::other_holder(scope, own_id, identity)? {
            check.wrong(
                format!("channel_identities[{index}].identity"),
                format!("contact {other} has it, and contact ids are unified"),
            );
        }
    }
    Ok(check.done()?)
}
