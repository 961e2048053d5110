//! The Batch API: one call for many messages, contacts or consent records.

use sinch_conversation_raw::batch;
use sinch_conversation_raw::types::{
    BatchStatusResponse, CancelBatchRequest, ContactCreateRequest, CreateContactsRequest,
    DeleteContactsRequest,
};

use super::batch_records::{InsertConsents, check_contacts, check_items};
use super::{SendBatch, Stored};
use crate::client::Client;
use crate::error::Violations;
use crate::id::{AppId, BatchId, ContactId, IntoId};
use crate::message::Message;
use crate::transport::PendingCall;

/// The status of a batch.
pub type Batch = Stored<BatchId, BatchStatusResponse>;

/// The Batch API. Made by [`Client::batches`].
///
/// A project without permission for it gets 403. Its host accepts tokens only, no Basic authentication.
///
/// ```no_run
/// use sinch_conversation::types::BatchStatus;
/// use sinch_conversation::{BatchId, Client};
///
/// # async fn example(client: Client, id: BatchId) -> Result<(), sinch_conversation::Error> {
/// let batch = client.batches().status(id).await?;
/// if batch.data().status == Some(BatchStatus::Scheduled) {
///     client.batches().cancel(&batch).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Batches {
    pub(crate) client: Client,
}

impl Batches {
    /// Sends one message to many recipients (`Batch_SendBatch`). Await it to send it.
    pub fn send(&self, app: impl IntoId<AppId>, message: impl Into<Message>) -> SendBatch {
        SendBatch::new(self.client.clone(), app, message.into())
    }

    /// Cancels a batch that is scheduled (`Batch_CancelBatch`). It is cancelled later, and the response is the same when
    /// it cannot be; get its [`status`](Self::status) to find out.
    ///
    /// # Errors
    ///
    /// Those of every call; none of its own.
    pub fn cancel(&self, id: impl IntoId<BatchId>) -> PendingCall<'static, ()> {
        let request = |project: &str, id: &str| {
            let mut body = CancelBatchRequest::default();
            body.batch_id = Some(id.to_owned());
            batch::batch_cancel_batch(project, &body)
        };
        self.client.start_about(id.into_id(), request, Ok)
    }

    /// Gets the status of a batch (`Batch_GetBatchStatus`).
    ///
    /// # Errors
    ///
    /// 404 when there is no such batch in the project and region.
    pub fn status(&self, id: impl IntoId<BatchId>) -> PendingCall<'static, Batch> {
        self.client
            .start_about(id.into_id(), batch::batch_get_batch_status, Stored::read)
    }

    /// Gets the statuses of all batches with this value in their own metadata (`Batch_GetBatchStatusesByMetadata`).
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) for an empty key.
    pub fn statuses(&self, key: &str, value: &str) -> PendingCall<'static, Vec<Batch>> {
        let mut violations = Violations::default();
        if key.is_empty() {
            violations.missing("metadataKey", "give the key to look for");
        }
        let request =
            batch::batch_get_batch_statuses_by_metadata(self.client.project_id(), key, value);
        self.client
            .start_checked(violations.finish(), request, |batches| {
                Stored::read_all("", batches)
            })
    }

    /// Creates 1 to 1000 contacts (`Batch_CreateContacts`). They are created later: a CONTACT_CREATE callback reports each.
    ///
    /// ```no_run
    /// use sinch_conversation::types::{ChannelIdentity, ContactCreateRequest, ContactLanguage};
    /// use sinch_conversation::{Channel, Client};
    ///
    /// # async fn example(client: Client) -> Result<(), sinch_conversation::Error> {
    /// let contacts = ["+46700000001", "+46700000002"].map(|number| {
    ///     ContactCreateRequest::new(vec![ChannelIdentity::new(Channel::Sms, number)], ContactLanguage::EnUs)
    /// });
    /// client.batches().create_contacts(contacts).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every contact that breaks a documented limit.
    pub fn create_contacts<C: Into<ContactCreateRequest>>(
        &self,
        contacts: impl IntoIterator<Item = C>,
    ) -> PendingCall<'static, ()> {
        let contacts: Vec<_> = contacts.into_iter().map(Into::into).collect();
        let body = CreateContactsRequest::new(contacts);
        let request = batch::batch_create_contacts(self.client.project_id(), &body);
        self.client
            .start_checked(check_contacts(&body), request, Ok)
    }

    /// Deletes 1 to 1000 contacts (`Batch_DeleteContacts`). They are deleted later: a CONTACT_DELETE callback reports each.
    ///
    /// ```no_run
    /// # async fn example(client: sinch_conversation::Client) -> Result<(), sinch_conversation::Error> {
    /// client.batches().delete_contacts(["a contact id", "another"]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) for none or more than 1000.
    pub fn delete_contacts<I: IntoId<ContactId>>(
        &self,
        contacts: impl IntoIterator<Item = I>,
    ) -> PendingCall<'static, ()> {
        let mut violations = Violations::default();
        let body = DeleteContactsRequest::new(violations.id_texts("contact_ids", contacts));
        check_items("contact_ids", &body.contact_ids, &mut violations);
        violations.limits(&body, "");
        let request = batch::batch_delete_contacts(self.client.project_id(), &body);
        self.client.start_checked(violations.finish(), request, Ok)
    }

    /// Adds identities to the consent lists of an app (`Batch_InsertConsents`). Await it to do so.
    pub fn insert_consents(&self, app: impl IntoId<AppId>) -> InsertConsents {
        InsertConsents::new(self.client.clone(), app)
    }
}
