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

/// Sends, creates and deletes many things in one call of the Batch API. Made by [`Client::batches`].
///
/// A project without permission for it gets 403. Its host accepts tokens only, no Basic authentication.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, client, .. }| {
/// use sinch_conversation::message::Text;
/// use sinch_conversation::recipient::sms;
/// use sinch_conversation::types::BatchStatus;
///
/// let sent = app.send_batch(Text::new("We open again")).recipients([sms("+46700000001")]).await?;
/// let batch = client.batches().wait_for(&sent, std::time::Duration::from_secs(60)).await?;
/// # assert_eq!(batch.data().status, Some(BatchStatus::Processed));
/// if batch.data().status == Some(BatchStatus::Processed) {
///     println!("all messages were sent; their receipts report the delivery");
/// }
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
pub struct Batches {
    pub(crate) client: Client,
}

impl Batches {
    /// Sends one message to many recipients (`Batch_SendBatch`). Add them with [`recipients`](SendBatch::recipients), and
    /// await it to send it.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, .. }| {
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let people = ["+46700000001", "+46700000002"].map(sms);
    /// let batch = client.batches().send(app, Text::new("We open again")).recipients(people).await?;
    /// # assert_eq!(client.batches().status(&batch).await?.id(), &batch.batch_id);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`SendBatch::validate`]; 404 when there is no such app in the project and region.
    pub fn send(&self, app: impl IntoId<AppId>, message: impl Into<Message>) -> SendBatch {
        SendBatch::new(self.client.clone(), app, message.into())
    }

    /// Cancels a batch that is scheduled (`Batch_CancelBatch`). It is cancelled later, and the response is the same when
    /// it cannot be; get its [`status`](Self::status) to find out.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, .. }| {
    /// use std::time::{Duration, SystemTime};
    ///
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let tomorrow = SystemTime::now() + Duration::from_secs(24 * 3600);
    /// let batch = app.send_batch(Text::new("We open")).recipients([sms("+46700000001")]).send_after(tomorrow).await?;
    /// client.batches().cancel(&batch).await?;
    /// # let batch = client.batches().wait_for(&batch, doctest::SOON).await?;
    /// # assert_eq!(batch.data().status, Some(sinch_conversation::types::BatchStatus::Cancelled));
    /// # Ok(()) });
    /// ```
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
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, .. }| {
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let sent = app.send_batch(Text::new("We open again")).recipients([sms("+46700000001")]).await?;
    /// let batch = client.batches().status(&sent).await?;
    /// println!("{:?}", batch.data().status);
    /// # assert!(batch.data().status.is_some());
    /// # Ok(()) });
    /// ```
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
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, .. }| {
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let batch = app.send_batch(Text::new("We open again")).recipients([sms("+46700000001")]);
    /// let sent = batch.batch_metadata("evening", "2025-11-30").await?;
    /// for batch in client.batches().statuses("evening", "2025-11-30").await? {
    ///     println!("{}: {:?}", batch.id(), batch.data().status);
    /// #     assert_eq!(batch.id(), &sent.batch_id);
    /// }
    /// # Ok(()) });
    /// ```
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
    /// ```
    /// # doctest::run(async |doctest::Setup { client, sandbox, .. }| {
    /// use sinch_conversation::Channel;
    /// use sinch_conversation::types::{ChannelIdentity, ContactCreateRequest, ContactLanguage};
    ///
    /// let contacts = ["+46700000003", "+46700000004"].map(|number| {
    ///     ContactCreateRequest::new(vec![ChannelIdentity::new(Channel::Sms, number)], ContactLanguage::EnUs)
    /// });
    /// client.batches().create_contacts(contacts).await?;
    /// # sandbox.wait_until_quiet(doctest::SOON).await?;
    /// # assert_eq!(client.contacts().list().collect(10).await?.len(), 3);
    /// # Ok(()) });
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
    /// ```
    /// # doctest::run(async |doctest::Setup { client, contact, sandbox, .. }| {
    /// client.batches().delete_contacts([&contact]).await?;
    /// # sandbox.wait_until_quiet(doctest::SOON).await?;
    /// # assert!(client.contacts().get(contact).await.is_err_and(|error| error.is_not_found()));
    /// # Ok(()) });
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

    /// Adds identities to the consent lists of an app (`Batch_InsertConsents`). Name them with
    /// [`opt_out`](InsertConsents::opt_out), and await it.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, sandbox, .. }| {
    /// use sinch_conversation::types::ConsentsListType;
    ///
    /// let list = ConsentsListType::OptOutMarketing;
    /// client.batches().insert_consents(&app).opt_out(list.clone(), ["46700000001"]).await?;
    /// # sandbox.wait_until_quiet(doctest::SOON).await?;
    /// # assert_eq!(app.consents(list).collect(10).await?.len(), 1);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) for no record, or an empty one.
    pub fn insert_consents(&self, app: impl IntoId<AppId>) -> InsertConsents {
        InsertConsents::new(self.client.clone(), app)
    }
}
