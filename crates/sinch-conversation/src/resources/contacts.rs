//! Contacts: the people a project talks to.

use sinch_conversation_raw::types::{
    self, ChannelIdentity, ContactLanguage, IdentityConflict, MergeContactRequest,
};
use sinch_conversation_raw::{OperationId, conversation};

use super::create_contact::ContactDraft;
use super::page::{Paging, listing};
use super::{CreateContact, Page, Stored, UpsertContact};
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::{ContactId, IntoId};
use crate::recipient::Identity;
use crate::transport::PendingCall;

/// A contact as the API stores it.
pub type Contact = Stored<ContactId, types::Contact>;

/// The contacts of a project, shared by its apps. Made by [`Client::contacts`].
///
/// In CONVERSATION mode the API creates contacts automatically; in DISPATCH mode there are none.
///
/// A contact is changed with [`edit`](Self::edit).
#[derive(Clone, Debug)]
pub struct Contacts {
    pub(crate) client: Client,
}

impl Contacts {
    /// Creates a contact (`Contact_CreateContact`). Await it to create it. A message to somebody unknown creates
    /// one as well, so that this is seldom needed.
    ///
    /// The API creates a second contact when one with this identity exists; [`upsert`](Self::upsert) does not.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// use sinch_conversation::recipient::{sms, whatsapp};
    /// use sinch_conversation::types::ContactLanguage;
    ///
    /// let contact = client
    ///     .contacts()
    ///     .create(whatsapp("+46700000001"), ContactLanguage::EnGb)
    ///     .identity(sms("+46700000001"))
    ///     .display_name("Ada Lovelace")
    ///     .await?;
    /// println!("{}", contact.id());
    /// # assert_eq!(contact.data().channel_identities.as_ref().map(Vec::len), Some(2));
    /// # Ok(()) });
    /// ```
    pub fn create(
        &self,
        identity: impl Into<ChannelIdentity>,
        language: impl Into<ContactLanguage>,
    ) -> CreateContact {
        let draft = ContactDraft::new(identity.into(), language.into());
        CreateContact::new(self.client.clone(), draft)
    }

    /// Creates a contact, or updates the one that has this identity (`Contact_ListContacts`, then
    /// `Contact_CreateContact` or `Contact_UpdateContact`). Await it to do so; see [`UpsertContact`] for what happens
    /// when several do it at the same time.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// use sinch_conversation::recipient::sms;
    /// use sinch_conversation::types::ContactLanguage;
    ///
    /// let upserted = client
    ///     .contacts()
    ///     .upsert(sms("+46700000001"), ContactLanguage::EnGb)
    ///     .display_name("Ada Lovelace")
    ///     .await?;
    /// println!("{} is new: {}", upserted.contact.id(), upserted.created);
    /// # assert!(!upserted.created);
    /// # assert_eq!(upserted.contact.data().display_name.as_deref(), Some("Ada Lovelace"));
    /// # Ok(()) });
    /// ```
    pub fn upsert(
        &self,
        identity: impl Into<ChannelIdentity>,
        language: impl Into<ContactLanguage>,
    ) -> UpsertContact {
        let draft = ContactDraft::new(identity.into(), language.into());
        UpsertContact::new(self.client.clone(), draft)
    }

    /// Gets a contact (`Contact_GetContact`).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, contact: contact_id, .. }| {
    /// let contact = client.contacts().get(contact_id).await?;
    /// println!("{:?}", contact.data().display_name);
    /// # assert_eq!(contact.data().display_name.as_deref(), Some("Ada"));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such contact in the project and region.
    pub fn get(&self, id: impl IntoId<ContactId>) -> PendingCall<'static, Contact> {
        self.client.start_about(
            id.into_id(),
            conversation::contact_get_contact,
            Stored::read,
        )
    }

    /// Deletes a contact (`Contact_DeleteContact`).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, contact, .. }| {
    /// client.contacts().delete(&contact).await?;
    /// # assert!(client.contacts().get(&contact).await.is_err_and(|error| error.is_not_found()));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such contact in the project and region. After a lost response the call is retried, and
    /// then 404 can mean that the first attempt did it.
    pub fn delete(&self, id: impl IntoId<ContactId>) -> PendingCall<'static, ()> {
        self.client
            .start_about(id.into_id(), conversation::contact_delete_contact, Ok)
    }

    /// Merges a duplicate into the contact that is kept, and deletes the duplicate (`Contact_MergeContact`). Say with
    /// [`into`](MergeContact::into) which contact is kept.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, contact: kept, .. }| {
    /// # let identity = sinch_conversation::recipient::rcs("+46700000001");
    /// # let duplicate = client.contacts().create(identity, "EN_GB").await?;
    /// let merged = client.contacts().merge(&duplicate).into(&kept).await?;
    /// println!("{} has {:?}", merged.id(), merged.data().channel_identities);
    /// # assert_eq!(merged.data().channel_identities.as_ref().map(Vec::len), Some(3));
    /// # assert!(client.contacts().get(duplicate).await.is_err_and(|error| error.is_not_found()));
    /// # Ok(()) });
    /// ```
    pub fn merge(&self, duplicate: impl IntoId<ContactId>) -> MergeContact {
        MergeContact {
            client: self.client.clone(),
            duplicate: duplicate.into_id(),
        }
    }

    /// Lists contacts (`Contact_ListContacts`).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// let mut contacts = client.contacts().list().page_size(20).paginate();
    /// while let Some(contact) = contacts.next().await? {
    ///     println!("{}: {:?}", contact.id(), contact.data().display_name);
    /// }
    /// # assert_eq!(client.contacts().list().collect(10).await?.len(), 1);
    /// # Ok(()) });
    /// ```
    pub fn list(&self) -> ListContacts {
        ListContacts {
            client: self.client.clone(),
            identity: None,
            external_id: None,
            paging: Paging::default(),
        }
    }

    /// Lists the identities on SMS, MMS and RCS that more than one contact has (`Contact_ListIdentityConflicts`).
    /// All of them have to be merged or deleted before Unified Contact ID can be switched on.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// # client.contacts().create(sinch_conversation::recipient::sms("+46700000001"), "EN_GB").await?;
    /// let mut conflicts = client.contacts().identity_conflicts().paginate();
    /// while let Some(conflict) = conflicts.next().await? {
    ///     println!("{:?} is the address of {:?}", conflict.identity, conflict.contact_ids);
    /// }
    /// # assert_eq!(client.contacts().identity_conflicts().collect(10).await?.len(), 1);
    /// # Ok(()) });
    /// ```
    pub fn identity_conflicts(&self) -> ListIdentityConflicts {
        ListIdentityConflicts {
            client: self.client.clone(),
            paging: Paging::default(),
        }
    }
}

/// A contact that is about to be merged into another one. Made by [`Contacts::merge`].
///
/// ```
/// # doctest::run(async |doctest::Setup { client, .. }| {
/// use sinch_conversation::recipient::sms;
///
/// let contacts = client.contacts();
/// let [kept, duplicate] = [
///     contacts.create(sms("+46700000002"), "EN_GB").await?,
///     contacts.create(sms("+46700000002"), "EN_GB").await?,
/// ];
/// contacts.merge(duplicate).into(kept).await?;
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is merged until `into` is awaited"]
pub struct MergeContact {
    client: Client,
    duplicate: Result<ContactId, Error>,
}

impl MergeContact {
    /// Moves what belongs to the duplicate to this contact, and deletes the duplicate. Returns this contact as it is
    /// afterwards.
    ///
    /// Identities move only on channels that the kept contact lacks, and other fields only where it has none. Where
    /// both have a conversation with an app, the messages go into the kept contact's. This cannot be undone.
    ///
    /// # Errors
    ///
    /// 404 when one of them is not in the project and region.
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) when both are the same; `source_id` is the
    /// duplicate and `destination_id` the kept contact. A merge is not retried after a lost answer.
    pub fn into(self, kept: impl IntoId<ContactId>) -> PendingCall<'static, Contact> {
        let mut violations = Violations::default();
        let source = violations.id_named("source_id", self.duplicate);
        let kept = violations.id_named("destination_id", kept.into_id());
        if violations.is_empty() && source == kept {
            let expected = "another contact than the destination, because it is deleted";
            violations.malformed("source_id", expected);
        }
        let request = conversation::contact_merge_contact(
            self.client.project_id(),
            &kept,
            &MergeContactRequest::new(source),
        );
        self.client
            .start_checked(violations.finish(), request, Stored::read)
    }
}

/// Contacts, as a list. Made by [`Contacts::list`].
///
/// ```
/// # doctest::run(async |doctest::Setup { client, contact, .. }| {
/// use sinch_conversation::recipient::whatsapp;
///
/// let list = client.contacts().list();
/// let same_number = list.clone().identity(whatsapp("+46700000001")).collect(20).await?;
/// let same_customer = list.external_id("customer 4711").collect(20).await?;
/// # assert_eq!(same_number.iter().map(|found| found.id()).collect::<Vec<_>>(), [&contact]);
/// # assert!(same_customer.is_empty());
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is requested until the list is read"]
pub struct ListContacts {
    client: Client,
    identity: Option<Identity>,
    external_id: Option<String>,
    paging: Paging,
}

impl ListContacts {
    /// Lists only contacts with this address on this channel; the API stores numbers without `+`. Excludes [`external_id`](Self::external_id).
    pub fn identity(mut self, identity: Identity) -> Self {
        self.identity = Some(identity);
        self
    }

    /// Lists only contacts with this id in a system of your own. Excludes [`identity`](Self::identity).
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    fn validate(&self) -> Result<(), Error> {
        let mut violations = Violations::default();
        if self.identity.is_some() && self.external_id.is_some() {
            violations.malformed("external_id", "left out when an identity is given");
        }
        self.paging
            .check(OperationId::ContactListContacts, &mut violations);
        Ok(violations.finish()?)
    }

    fn fetch(&self, token: Option<&str>) -> PendingCall<'static, Page<Contact>> {
        let request = conversation::contact_list_contacts(
            self.client.project_id(),
            self.identity.as_ref().map(Identity::channel),
            self.external_id.as_deref(),
            self.identity.as_ref().map(Identity::address),
            self.paging.size,
            token,
        );
        self.client.start_checked(self.validate(), request, |list| {
            Page::stored("contacts", list.contacts, list.next_page_token, list.extra)
        })
    }
}

listing!(ListContacts => Contact, "10 by default, 20 at most");

/// Identities that more than one contact has, as a list. Made by [`Contacts::identity_conflicts`].
///
/// ```
/// # doctest::run(async |doctest::Setup { client, .. }| {
/// let page = client.contacts().identity_conflicts().page_size(20).page().await?;
/// println!("{} conflicts, then {:?}", page.items.len(), page.next);
/// # assert!(page.items.is_empty());
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is requested until the list is read"]
pub struct ListIdentityConflicts {
    client: Client,
    paging: Paging,
}

impl ListIdentityConflicts {
    fn fetch(&self, token: Option<&str>) -> PendingCall<'static, Page<IdentityConflict>> {
        let mut violations = Violations::default();
        self.paging
            .check(OperationId::ContactListIdentityConflicts, &mut violations);
        let request = conversation::contact_list_identity_conflicts(
            self.client.project_id(),
            self.paging.size,
            token,
        );
        self.client
            .start_checked(violations.finish(), request, |list| {
                let conflicts = list.conflicts.unwrap_or_default();
                Ok(Page::new(conflicts, list.next_page_token, list.extra))
            })
    }
}

listing!(ListIdentityConflicts => IdentityConflict, "20 at most");
