//! The Batch API: one call for many.

use sinch_conversation_raw::types::{
    BatchStatusResponse, CancelBatchRequest, ContactCreateRequest, CreateContactsRequest,
    DeleteContactsRequest,
};
use sinch_conversation_raw::wire::Wire;
use sinch_conversation_raw::{OperationId, batch};

use super::batch_records::{InsertConsents, check_contacts, check_items};
use super::{SendBatch, Stored};
use crate::client::Client;
use crate::error::{DecodeFailure, Error, ErrorKind, Violations};
use crate::id::{AppId, BatchId, ContactId};
use crate::message::Message;
use crate::transport::{CallOptions, Request};

/// A batch as the API reports on it.
pub type Batch = Stored<BatchId, BatchStatusResponse>;

/// The Batch API. Made by [`Client::batches`].
///
/// A project may lack the permission for it, which the API says with 403. Its host takes tokens only, no Basic
/// authentication.
///
/// ```no_run
/// use sinch_conversation::types::BatchStatus;
/// use sinch_conversation::{BatchId, Client};
///
/// # async fn example(client: Client, id: BatchId) -> Result<(), sinch_conversation::Error> {
/// let batch = client.batches().status(id).await?;
/// if batch.status == Some(BatchStatus::Scheduled) {
///     client.batches().cancel(&batch.id).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Batches {
    client: Client,
}

impl Batches {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Sends one message to many recipients (`Batch_SendBatch`). Await it to send it.
    pub fn send(&self, app: impl Into<AppId>, message: impl Into<Message>) -> SendBatch {
        SendBatch::new(self.client.clone(), app.into(), message.into())
    }

    /// Cancels a batch that waits for its time (`Batch_CancelBatch`). Done later: the answer is the same when the
    /// batch cannot be cancelled, so ask for its [`status`](Self::status).
    ///
    /// # Errors
    ///
    /// What any call may end with.
    pub fn cancel(&self, id: impl Into<BatchId>) -> Request<'static, ()> {
        let client = self.client.clone();
        let mut request = CancelBatchRequest::default();
        request.batch_id = Some(id.into().into());
        Request::new(async move {
            let call = client.call(OperationId::BatchCancelBatch, CallOptions::default());
            let project = client.project();
            call.send(batch::batch_cancel_batch(project.as_str(), &request), Ok)
                .await
        })
    }

    /// Gets the status of a batch (`Batch_GetBatchStatus`).
    ///
    /// # Errors
    ///
    /// 404 when there is no such batch in the project and region.
    pub fn status(&self, id: impl Into<BatchId>) -> Request<'static, Batch> {
        let client = self.client.clone();
        let id = id.into();
        Request::new(async move {
            let call = client.call(OperationId::BatchGetBatchStatus, CallOptions::default());
            let project = client.project();
            let request = batch::batch_get_batch_status(project.as_str(), id.as_str());
            call.send(request, |batch| read(batch, "")).await
        })
    }

    /// Gets the statuses of all batches with this value in their own metadata (`Batch_GetBatchStatusesByMetadata`).
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) for an empty key.
    pub fn statuses(&self, key: &str, value: &str) -> Request<'static, Vec<Batch>> {
        let client = self.client.clone();
        let (key, value) = (key.to_owned(), value.to_owned());
        Request::new(async move {
            let call = client.call(
                OperationId::BatchGetBatchStatusesByMetadata,
                CallOptions::default(),
            );
            let mut violations = Violations::default();
            if key.is_empty() {
                violations.missing("metadataKey", "give the key to look for");
            }
            violations
                .finish()
                .map_err(|invalid| call.describe(invalid.into()))?;
            let project = client.project();
            let request =
                batch::batch_get_batch_statuses_by_metadata(project.as_str(), &key, &value);
            call.send(request, |batches| {
                let batches = batches.into_iter().enumerate();
                batches
                    .map(|(index, batch)| read(batch, &format!("[{index}].")))
                    .collect()
            })
            .await
        })
    }

    /// Creates 1 to 1000 contacts (`Batch_CreateContacts`). Done later: a CONTACT_CREATE callback tells of each.
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
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) with every contact that breaks a documented limit.
    pub fn create_contacts<C: Into<ContactCreateRequest>>(
        &self,
        contacts: impl IntoIterator<Item = C>,
    ) -> Request<'static, ()> {
        let client = self.client.clone();
        let contacts: Vec<_> = contacts.into_iter().map(Into::into).collect();
        Request::new(async move {
            let call = client.call(OperationId::BatchCreateContacts, CallOptions::default());
            let request = CreateContactsRequest::new(contacts);
            check_contacts(&request).map_err(|error| call.describe(error))?;
            let project = client.project();
            call.send(batch::batch_create_contacts(project.as_str(), &request), Ok)
                .await
        })
    }

    /// Deletes 1 to 1000 contacts (`Batch_DeleteContacts`). Done later: a CONTACT_DELETE callback tells of each.
    ///
    /// ```no_run
    /// # use sinch_conversation::{Client, ContactId};
    /// # async fn example(client: Client) -> Result<(), sinch_conversation::Error> {
    /// let gone = [ContactId::new("a contact id")?, ContactId::new("another")?];
    /// client.batches().delete_contacts(gone).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) for none or more than 1000.
    pub fn delete_contacts<I: Into<ContactId>>(
        &self,
        contacts: impl IntoIterator<Item = I>,
    ) -> Request<'static, ()> {
        let client = self.client.clone();
        let ids: Vec<String> = contacts.into_iter().map(|id| id.into().into()).collect();
        Request::new(async move {
            let call = client.call(OperationId::BatchDeleteContacts, CallOptions::default());
            let request = DeleteContactsRequest::new(ids);
            let mut violations = Violations::default();
            check_items("contact_ids", &request.contact_ids, &mut violations);
            violations.limits(&request, "");
            violations
                .finish()
                .map_err(|invalid| call.describe(invalid.into()))?;
            let project = client.project();
            call.send(batch::batch_delete_contacts(project.as_str(), &request), Ok)
                .await
        })
    }

    /// Puts identities on the consent lists of an app (`Batch_InsertConsents`). Await it to do so.
    pub fn insert_consents(&self, app: impl Into<AppId>) -> InsertConsents {
        InsertConsents::new(self.client.clone(), app.into())
    }
}

/// Takes the id out of a status. `at` is put in front of the field's name in an error.
fn read(batch: BatchStatusResponse, at: &str) -> Result<Batch, Error> {
    let id = batch_id(batch.batch_id.as_ref(), &batch, at)?;
    Ok(Stored { id, body: batch })
}

/// The id of a batch in an answer.
pub(super) fn batch_id(
    id: Option<&String>,
    answer: &impl Wire,
    at: &str,
) -> Result<BatchId, Error> {
    match id.cloned().map(BatchId::new) {
        Some(Ok(id)) => Ok(id),
        _ => {
            let failure = DecodeFailure::missing_id(format!("{at}batch_id"), answer);
            Err(Error::new(ErrorKind::Decode(failure)))
        }
    }
}
