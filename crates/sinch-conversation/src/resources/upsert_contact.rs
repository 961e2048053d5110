//! Creating a contact unless its identity exists.

use std::future::IntoFuture;

use futures_util::future::BoxFuture;
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use sinch_conversation_raw::types::{self, ChannelIdentity, ContactCreateRequest, ContactLanguage};
use sinch_conversation_raw::wire::Wire;
use sinch_conversation_raw::{OperationId, conversation};

use super::Contact;
use super::create_contact::{ContactDraft, CreateContact, describes_contact};
use super::edit::{edit, masked, members};
use crate::channel::is_app_scoped;
use crate::client::Client;
use crate::error::{Error, InvalidArgument, Problem};
use crate::id::{AppId, IntoId};
use crate::recipient::Identity;
use crate::transport::{PendingCall, Response};

/// A contact that is about to be created or updated. Await it to do so. Made by
/// [`Contacts::upsert`](super::Contacts::upsert).
///
/// # What it does
///
/// 1. It lists the contacts that have the identity, on an app-scoped channel those that have it in the same app.
/// 2. If there is one, it sends what differs from the values given here, as
///    [`Contacts::edit`](super::Contacts::edit) does. Identities that the contact lacks are added. Values that are not
///    given stay, and so does the language if the given one is `UNSPECIFIED`.
/// 3. If there is none, it creates the contact, and lists the contacts with the identity again.
///
/// Of several contacts it takes the one with the smallest id, which is the oldest, since ids begin with the time. The
/// others are [`duplicates`](Upserted::duplicates). Only the identity given to `upsert` is looked for, not those that
/// are added with [`identity`](Self::identity).
///
/// # At the same time
///
/// Upserts of one identity through one client and its clones wait for each other, so they create one contact at most.
/// Others can still create a second contact between the steps 1 and 3: another process or client, and a message from
/// or to somebody unknown. The API neither refuses that nor has a call that creates only if nothing is there. Since
/// everyone who creates looks again afterwards, the last one to look finds all of them and returns the others as
/// duplicates; all who find them take the same contact. [Merge](super::Contacts::merge) the duplicates, as in the
/// example. This holds as far as the API lists a contact as soon as it is created, which its documentation does not
/// promise.
///
/// After an error, run the upsert again: it finds what the failed one may have created.
///
/// ```
/// # doctest::run(async |doctest::Setup { client, .. }| {
/// # client.contacts().create(sinch_conversation::recipient::whatsapp("+46700000001"), "EN_GB").await?;
/// use sinch_conversation::recipient::whatsapp;
/// use sinch_conversation::types::ContactLanguage;
///
/// let contacts = client.contacts();
/// let upserted = contacts.upsert(whatsapp("+46700000001"), ContactLanguage::EnGb).await?;
/// for duplicate in &upserted.duplicates {
///     contacts.merge(duplicate).into(&upserted.contact).await?;
/// }
/// # assert_eq!((upserted.created, upserted.duplicates.len()), (false, 1));
/// # assert_eq!(contacts.list().collect(10).await?.len(), 1);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is created or updated until it is awaited"]
pub struct UpsertContact {
    client: Client,
    draft: ContactDraft,
}

/// The result of an upsert.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Upserted {
    /// The contact that has the identity, as it is afterwards.
    pub contact: Contact,
    /// Whether this upsert created a contact. It may be among the duplicates.
    pub created: bool,
    /// Other contacts with the same identity; empty unless contacts were created at the same time or before.
    pub duplicates: Vec<Contact>,
}

impl UpsertContact {
    pub(super) fn new(client: Client, draft: ContactDraft) -> Self {
        Self { client, draft }
    }

    /// Sets [options](crate::CallOptions) for the requests of this upsert, in place of the client's. What is not set
    /// stays as it is.
    pub fn with_options(mut self, options: crate::CallOptions) -> Self {
        self.client = self.client.with_options(options);
        self
    }

    async fn upsert(self) -> Result<Upserted, Error> {
        let client = &self.client;
        let request = self.draft.request().map_err(|error| {
            let call = client.call(OperationId::ContactCreateContact);
            call.describe(error)
        })?;
        let Some(identity) = request.channel_identities.first() else {
            let remedy = "give at least one identity";
            let missing = Problem::Missing { remedy };
            return Err(InvalidArgument::one("channel_identities", missing).into());
        };
        let _lock = client.upserts().lock(key(identity)).await;

        let mut found = find(client, identity).await?;
        let created = found.is_empty();
        if created {
            let contact = CreateContact::new(client.clone(), self.draft.clone()).await?;
            found = find(client, identity).await?;
            if found.iter().all(|other| other.id() != contact.id()) {
                found.push(contact);
                found.sort_by(|one, other| one.id().cmp(other.id()));
            }
        }
        let duplicates = found.split_off(1);
        Ok(Upserted {
            contact: update(client, found.remove(0), &request).await?,
            created,
            duplicates,
        })
    }
}

describes_contact!(UpsertContact);

impl IntoFuture for UpsertContact {
    type Output = Result<Upserted, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.upsert())
    }
}

/// The contacts with this identity, the oldest first.
async fn find(client: &Client, identity: &ChannelIdentity) -> Result<Vec<Contact>, Error> {
    // The API stores phone numbers without the sign, and does not document which form its filter expects.
    let stored = bare(&identity.identity);
    let mut found = list(client, identity, stored).await?;
    if found.is_empty() && stored != identity.identity {
        found = list(client, identity, &identity.identity).await?;
    }
    found.sort_by(|one, other| one.id().cmp(other.id()));
    Ok(found)
}

async fn list(
    client: &Client,
    identity: &ChannelIdentity,
    address: &str,
) -> Result<Vec<Contact>, Error> {
    let filter = Identity::new(identity.channel.clone(), address);
    let mut contacts = client.contacts().list().identity(filter).paginate();
    let mut found = Vec::new();
    while let Some(contact) = contacts.next().await? {
        if !is_app_scoped(&identity.channel) || has(contact.data(), identity) {
            found.push(contact);
        }
    }
    Ok(found)
}

/// Sends the fields of the request that the contact lacks or has otherwise.
async fn update(
    client: &Client,
    contact: Contact,
    request: &ContactCreateRequest,
) -> Result<Contact, Error> {
    let after = updated(contact.data(), request)?;
    let before = Response::new(contact, StatusCode::OK, HeaderMap::new());
    let before = PendingCall::new(|_| async { Ok(before) });
    let change = |contact: &mut types::Contact| *contact = after;
    edit(
        client,
        before,
        change,
        masked(conversation::contact_update_contact),
    )
    .await
}

/// The contact with every field of the request, including those that this crate does not model.
fn updated(
    contact: &types::Contact,
    request: &ContactCreateRequest,
) -> Result<types::Contact, Error> {
    let mut given = request.clone();
    let identities = std::mem::take(&mut given.channel_identities);
    let mut fields = members(contact);
    for (name, value) in members(&given) {
        let is_unspecified = value == ContactLanguage::Unspecified.as_str();
        if name != "channel_identities" && !(name == "language" && is_unspecified) {
            fields.insert(name, value);
        }
    }
    let updated = types::Contact::from_value(Value::Object(fields));
    let mut updated = updated.map_err(|error| {
        let expected = "of the form that a contact has";
        InvalidArgument::one(error.path(), Problem::Malformed { expected })
    })?;
    // The first is what it was found by.
    for identity in identities.into_iter().skip(1) {
        if !has(&updated, &identity) {
            let all = updated.channel_identities.get_or_insert_default();
            all.push(identity);
        }
    }
    Ok(updated)
}

fn has(contact: &types::Contact, identity: &ChannelIdentity) -> bool {
    let all = contact.channel_identities.iter().flatten();
    all.map(key).any(|known| known == key(identity))
}

/// The same for two identities that are one.
fn key(identity: &ChannelIdentity) -> String {
    let app = identity.app_id.as_deref().unwrap_or_default();
    let channel = identity.channel.as_str();
    format!("{channel}/{app}/{}", bare(&identity.identity))
}

/// The address as the API stores it.
fn bare(address: &str) -> &str {
    address.strip_prefix('+').unwrap_or(address)
}
