//! Changing contacts.

use sinch_conversation_raw::types;

use super::{Editable, patch};
use crate::error::{Error, Violations};
use crate::id::ContactId;
use crate::resources::{Contact, Contacts, Stored, limits};
use crate::transport::CallOptions;

impl Editable for types::Contact {
    type Body = Self;

    const SERVER_SET: &'static [&'static str] = &["id"];

    fn check(_: &Self, after: &Self, violations: &mut Violations) {
        let identities = after.channel_identities.as_deref().unwrap_or_default();
        limits::contact(identities, after.metadata.as_deref(), violations);
    }
}

impl Contacts {
    /// Changes a contact: reads it, lets `change` work on a copy, and sends the fields that came out different
    /// (`Contact_GetContact`, then `Contact_UpdateContact`). See [Changing](crate::resources#changing) for what is
    /// kept, what is cleared, and what happens when two change the same contact.
    ///
    /// ```no_run
    /// # use sinch_conversation::{Client, ContactId};
    /// # async fn example(client: Client, id: ContactId) -> Result<(), sinch_conversation::Error> {
    /// let contact = client
    ///     .contacts()
    ///     .edit(id, |contact| contact.display_name = Some("Ada Lovelace".into()))
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such contact in the project and region.
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument), before anything is sent, when `change`
    /// touched the id, or broke a documented limit.
    pub async fn edit(
        &self,
        id: impl Into<ContactId>,
        change: impl FnOnce(&mut types::Contact),
    ) -> Result<Contact, Error> {
        let id = id.into();
        let before = self.get(&id).await?;
        let call = self
            .client
            .call("Contact_UpdateContact", CallOptions::default());
        let patch = patch(&before.body, change).map_err(|error| call.describe(error))?;
        let Some(patch) = patch else {
            return Ok(before);
        };
        let (api, project) = (self.client.conversation(&call), self.client.project());
        let answer = api
            .contact_update_contact(
                project.as_str(),
                id.as_str(),
                Some(&patch.mask()),
                &patch.body,
            )
            .await;
        Stored::read(call.finish(answer)?, |contact| contact.id.as_ref(), "")
            .map_err(|error| call.describe(error))
    }
}
