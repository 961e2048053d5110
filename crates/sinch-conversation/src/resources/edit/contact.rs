//! Changing contacts.

use sinch_conversation_raw::types;
use sinch_conversation_raw::{OperationId, conversation};

use super::{Editable, edit, masked};
use crate::error::Violations;
use crate::id::{ContactId, IntoId};
use crate::resources::{Contact, Contacts, rules};
use crate::transport::PendingCall;

impl Editable for types::Contact {
    type Body = Self;

    const UPDATE: OperationId = OperationId::ContactUpdateContact;

    const SERVER_SET: &'static [&'static str] = &["id"];

    fn check(_: &Self, after: &Self, violations: &mut Violations) {
        let identities = after.channel_identities.as_deref().unwrap_or_default();
        rules::identities(identities, violations);
        violations.limits(after, "");
    }
}

impl Contacts {
    /// Changes a contact: reads it, lets `change` work on a copy, and sends the fields that came out different
    /// (`Contact_GetContact`, then `Contact_UpdateContact`). See [Changing](crate::resources#changing) for what is
    /// kept, what is cleared, and what happens when two change the same contact.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, contact: contact_id, .. }| {
    /// let contact = client
    ///     .contacts()
    ///     .edit(contact_id, |contact| contact.display_name = Some("Ada Lovelace".into()))
    ///     .await?;
    /// # assert_eq!(contact.data().display_name.as_deref(), Some("Ada Lovelace"));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such contact in the project and region.
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument), before anything is sent, when `change`
    /// touched the id, or broke a documented limit.
    pub fn edit<'a>(
        &self,
        id: impl IntoId<ContactId>,
        change: impl FnOnce(&mut types::Contact) + Send + 'a,
    ) -> PendingCall<'a, Contact> {
        let update = masked(conversation::contact_update_contact);
        edit(&self.client, self.get(id), change, update)
    }
}
