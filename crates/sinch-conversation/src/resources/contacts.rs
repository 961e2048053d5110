//! Contacts: the persons that a project talks to.

use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{
    self, ChannelIdentity, ContactLanguage, IdentityConflict, MergeContactRequest,
};

use super::page::listing;
use super::{CreateContact, Page, Stored};
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::ContactId;
use crate::recipient::Identity;
use crate::transport::PendingCall;

/// A contact as the API stores it.
pub type Contact = Stored<ContactId, types::Contact>;

/// The contacts of a project, shared by its apps. Made by [`Client::contacts`].
///
/// In CONVERSATION mode the API makes contacts by itself; in DISPATCH mode there are none.
#[derive(Clone, Debug)]
pub struct Contacts {
    pub(crate) client: Client,
}

impl Contacts {
    /// Creates a contact (`Contact_CreateContact`). Await it to create it. A message to somebody unknown creates
    /// one as well, so that this is seldom needed.
    ///
    /// ```no_run
    /// use sinch_conversation::recipient::{sms, whatsapp};
    /// use sinch_conversation::types::ContactLanguage;
    ///
    /// # async fn example(client: sinch_conversation::Client) -> Result<(), sinch_conversation::Error> {
    /// let contact = client
    ///     .contacts()
    ///     .create(whatsapp("+46700000001"), ContactLanguage::EnGb)
    ///     .identity(sms("+46700000001"))
    ///     .display_name("Ada Lovelace")
    ///     .await?;
    /// println!("{}", contact.id);
    /// # Ok(())
    /// # }
    /// ```
    pub fn create(
        &self,
        identity: impl Into<ChannelIdentity>,
        language: impl Into<ContactLanguage>,
    ) -> CreateContact {
        CreateContact::new(self.client.clone(), identity.into(), language.into())
    }

    /// Gets a contact (`Contact_GetContact`).
    ///
    /// ```no_run
    /// # use sinch_conversation::{Client, ContactId};
    /// # async fn example(client: Client) -> Result<(), sinch_conversation::Error> {
    /// let contact = client.contacts().get(ContactId::new("a contact id")?).await?;
    /// println!("{:?}", contact.display_name);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such contact in the project and region.
    pub fn get(&self, id: impl Into<ContactId>) -> PendingCall<'static, Contact> {
        let id = id.into();
        let request = conversation::contact_get_contact(self.client.project_id(), id.as_str());
        self.client.start(request, Stored::read)
    }

    /// Deletes a contact (`Contact_DeleteContact`).
    ///
    /// ```no_run
    /// # use sinch_conversation::{Client, ContactId};
    /// # async fn example(client: Client, id: ContactId) -> Result<(), sinch_conversation::Error> {
    /// client.contacts().delete(id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such contact in the project and region. After a lost answer the call is repeated, and
    /// then 404 can mean that the first attempt did it.
    pub fn delete(&self, id: impl Into<ContactId>) -> PendingCall<'static, ()> {
        let id = id.into();
        let request = conversation::contact_delete_contact(self.client.project_id(), id.as_str());
        self.client.start(request, Ok)
    }

    /// Moves what belongs to the contact `source` to the contact `destination`, and deletes `source`
    /// (`Contact_MergeContact`). Gives the contact that is left.
    ///
    /// Identities move only on channels that the destination lacks, and other fields only where it has none. Where
    /// both talk with an app, the messages go into the destination's conversation. This cannot be undone.
    ///
    /// ```no_run
    /// # use sinch_conversation::{Client, ContactId};
    /// # async fn example(client: Client, kept: ContactId, double: ContactId) -> Result<(), sinch_conversation::Error> {
    /// let contact = client.contacts().merge(kept, double).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when one of them is not in the project and region.
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) when both are the same. A merge is not
    /// repeated after a lost answer.
    pub fn merge(
        &self,
        destination: impl Into<ContactId>,
        source: impl Into<ContactId>,
    ) -> PendingCall<'static, Contact> {
        let (destination, source) = (destination.into(), source.into());
        let mut violations = Violations::default();
        if destination == source {
            let expected = "another contact than the destination, because it is deleted";
            violations.malformed("source_id", expected);
        }
        let request = conversation::contact_merge_contact(
            self.client.project_id(),
            destination.as_str(),
            &MergeContactRequest::new(source),
        );
        self.client
            .start_checked(violations.finish(), request, Stored::read)
    }

    /// Lists contacts (`Contact_ListContacts`). Await it for one page, or take its `stream`.
    ///
    /// ```no_run
    /// use futures_util::TryStreamExt;
    ///
    /// # async fn example(client: sinch_conversation::Client) -> Result<(), sinch_conversation::Error> {
    /// let mut contacts = client.contacts().list().page_size(20).stream();
    /// while let Some(contact) = contacts.try_next().await? {
    ///     println!("{}: {:?}", contact.id, contact.display_name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(&self) -> ListContacts {
        ListContacts {
            client: self.client.clone(),
            filter: Filter::default(),
        }
    }

    /// Lists the identities on SMS, MMS and RCS that more than one contact has (`Contact_ListIdentityConflicts`).
    /// Await it for one page, or take its `stream`. All of them have to be merged or deleted before Unified
    /// Contact ID can be switched on.
    ///
    /// ```no_run
    /// use futures_util::TryStreamExt;
    ///
    /// # async fn example(client: sinch_conversation::Client) -> Result<(), sinch_conversation::Error> {
    /// let conflicts: Vec<_> = client.contacts().identity_conflicts().stream().try_collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn identity_conflicts(&self) -> ListIdentityConflicts {
        ListIdentityConflicts {
            client: self.client.clone(),
            page_size: None,
            page_token: None,
        }
    }
}

/// Which contacts to list. Await it for one page.
#[derive(Clone, Debug)]
#[must_use = "nothing is listed until it is awaited"]
pub struct ListContacts {
    client: Client,
    filter: Filter,
}

#[derive(Clone, Debug, Default)]
struct Filter {
    identity: Option<Identity>,
    external_id: Option<String>,
    page_size: Option<i32>,
    page_token: Option<String>,
}

impl ListContacts {
    /// Only contacts with this address on this channel. Excludes [`external_id`](Self::external_id).
    pub fn identity(mut self, identity: Identity) -> Self {
        self.filter.identity = Some(identity);
        self
    }

    /// Only contacts with this id in a system of your own. Excludes [`identity`](Self::identity).
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.filter.external_id = Some(id.into());
        self
    }

    /// Sets how many contacts a page has; 10 by default, 20 at most.
    pub fn page_size(mut self, size: i32) -> Self {
        self.filter.page_size = Some(size);
        self
    }

    fn validate(&self) -> Result<(), Error> {
        let mut violations = Violations::default();
        if self.filter.identity.is_some() && self.filter.external_id.is_some() {
            violations.malformed("external_id", "left out when an identity is given");
        }
        Ok(violations.finish()?)
    }

    fn page(self) -> PendingCall<'static, Page<Contact>> {
        let filter = &self.filter;
        let request = conversation::contact_list_contacts(
            self.client.project_id(),
            filter.identity.as_ref().map(Identity::channel),
            filter.external_id.as_deref(),
            filter.identity.as_ref().map(Identity::address),
            filter.page_size,
            filter.page_token.as_deref(),
        );
        self.client.start_checked(self.validate(), request, |list| {
            Page::stored("contacts", list.contacts, list.next_page_token, list.extra)
        })
    }
}

listing!(ListContacts => Contact, filter.page_token);

/// A list of identities that more than one contact has. Await it for one page.
#[derive(Clone, Debug)]
#[must_use = "nothing is listed until it is awaited"]
pub struct ListIdentityConflicts {
    client: Client,
    page_size: Option<i32>,
    page_token: Option<String>,
}

impl ListIdentityConflicts {
    /// Sets how many conflicts a page has; 20 at most.
    pub fn page_size(mut self, size: i32) -> Self {
        self.page_size = Some(size);
        self
    }

    fn page(self) -> PendingCall<'static, Page<IdentityConflict>> {
        let request = conversation::contact_list_identity_conflicts(
            self.client.project_id(),
            self.page_size,
            self.page_token.as_deref(),
        );
        self.client.start(request, |list| {
            let conflicts = list.conflicts.unwrap_or_default();
            Ok(Page::new(conflicts, list.next_page_token, list.extra))
        })
    }
}

listing!(ListIdentityConflicts => IdentityConflict, page_token);
