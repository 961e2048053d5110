//! Whom something from an app is for, and how it gets there: the contact, the conversation, the identities to try.

use sinch_conversation_raw::types::{
    AppResponse, ChannelIdentity, Conversation, ConversationChannel,
};

use super::accept::Addressee;
use super::plan::{self, Wishes};
use super::{people, threads};
use crate::model::channels::Failure;
use crate::store::{CONTACTS, Scope, StoreError};

/// The identities to try, or why there are none.
pub(super) type Plan = Result<Vec<ChannelIdentity>, Failure>;

/// Where something from an app goes in CONVERSATION mode.
pub(super) enum Thread {
    /// The conversation with the contact, and the identities to try.
    Found(Box<Conversation>, Plan),
    /// There is no contact with this id.
    Nobody(String),
}

/// Finds the contact and the conversation, or makes them.
pub(super) fn thread_of(
    scope: &Scope<'_>,
    app_id: &str,
    app: &AppResponse,
    addressee: &Addressee,
    asked: &[ConversationChannel],
) -> Result<Thread, StoreError> {
    let contact = match addressee {
        Addressee::Identities(identities) => people::find_or_create(scope, app_id, identities)?,
        Addressee::Contact(id) => match CONTACTS.get(scope.tx, id)? {
            Some(contact) => contact,
            None => return Ok(Thread::Nobody(id.clone())),
        },
    };
    let contact_id = contact.id.clone().unwrap_or_default();
    let conversation = threads::find_or_open(scope, app_id, &contact_id)?;
    let own: Vec<ChannelIdentity>;
    let (identities, preferred) = match addressee {
        Addressee::Identities(identities) => (identities, plan::order_of(identities)),
        Addressee::Contact(_) => {
            own = people::usable(&contact, app_id);
            (&own, plan::preference(app, &contact, &conversation))
        }
    };
    let plan = plan::plan(
        &Wishes {
            asked,
            preferred,
            identities,
        },
        app,
    );
    Ok(Thread::Found(Box::new(conversation), plan))
}

/// The identities to try where there is no contact.
pub(super) fn plan_for(
    identities: &[ChannelIdentity],
    asked: &[ConversationChannel],
    app: &AppResponse,
) -> Plan {
    plan::plan(
        &Wishes {
            asked,
            preferred: plan::order_of(identities),
            identities,
        },
        app,
    )
}

/// Why nothing can be sent to a contact that does not exist.
pub(super) fn no_contact() -> Failure {
    Failure::new("CONTACT_NOT_FOUND").describe("There is no contact with this id.")
}
