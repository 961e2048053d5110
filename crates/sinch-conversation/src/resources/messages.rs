//! Messages that were sent or received.

use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{ConversationMessage, MessageSource};

use super::{ListLastMessages, ListMessages, Stored, UpdateMessageMetadata};
use crate::client::Client;
use crate::id::{ContactId, IntoId, MessageId};
use crate::transport::PendingCall;

/// A message as the API stores it.
pub type StoredMessage = Stored<MessageId, ConversationMessage>;

/// Reads, annotates and deletes the messages of a project. Made by [`Client::messages`]; an
/// [`AppHandle`](super::AppHandle) sends them.
///
/// ```
/// # doctest::run(async |doctest::Setup { client, app, message, .. }| {
/// let messages = client.messages();
/// let question = messages.get(&message).await?;
/// let newest = messages.list().app(&app).page().await?;
/// # assert_eq!(newest.items, [question]);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
pub struct Messages {
    pub(crate) client: Client,
}

impl Messages {
    /// Gets a message of CONVERSATION mode (`Messages_GetMessage`).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, message, .. }| {
    /// let stored = client.messages().get(message).await?;
    /// println!("accepted at {:?}", stored.data().accept_time);
    /// # assert!(stored.data().accept_time.is_some());
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such message in the project and region.
    pub fn get(&self, id: impl IntoId<MessageId>) -> PendingCall<'static, StoredMessage> {
        self.get_from(id, MessageSource::ConversationSource)
    }

    /// Gets a message from the store of the mode in which it was processed (`Messages_GetMessage`). Nothing of DISPATCH mode
    /// is stored unless the app's `dispatch_retention_policy` has `ttl_days` of 1 to 7.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, .. }| {
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    /// use sinch_conversation::types::MessageSource;
    ///
    /// # client.apps().edit(&app, |app| app.dispatch_retention_policy.get_or_insert_default().ttl_days = Some(7)).await?;
    /// let sent = app.send(Text::new("4711")).to(sms("+46700000001")).dispatch_only().await?;
    /// let stored = client.messages().get_from(&sent, MessageSource::DispatchSource).await?;
    /// # assert_eq!(stored.id(), &sent.message_id);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn get_from(
        &self,
        id: impl IntoId<MessageId>,
        source: MessageSource,
    ) -> PendingCall<'static, StoredMessage> {
        let request = |project: &str, id: &str| {
            conversation::messages_get_message(project, id, Some(&source))
        };
        self.client.start_about(id.into_id(), request, Stored::read)
    }

    /// Deletes a message of CONVERSATION mode from the API's store (`Messages_DeleteMessage`). It stays on the phone.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, message, .. }| {
    /// client.messages().delete(&message).await?;
    /// # assert!(client.messages().get(message).await.is_err_and(|error| error.is_not_found()));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such message in the project and region.
    pub fn delete(&self, id: impl IntoId<MessageId>) -> PendingCall<'static, ()> {
        self.delete_from(id, MessageSource::ConversationSource)
    }

    /// Deletes a message from the store of the mode in which it was processed (`Messages_DeleteMessage`).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, .. }| {
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    /// use sinch_conversation::types::MessageSource;
    ///
    /// # client.apps().edit(&app, |app| app.dispatch_retention_policy.get_or_insert_default().ttl_days = Some(7)).await?;
    /// let sent = app.send(Text::new("4711")).to(sms("+46700000001")).dispatch_only().await?;
    /// client.messages().delete_from(&sent, MessageSource::DispatchSource).await?;
    /// # let gone = client.messages().get_from(&sent, MessageSource::DispatchSource).await;
    /// # assert!(gone.is_err_and(|error| error.is_not_found()));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// As [`delete`](Self::delete).
    pub fn delete_from(
        &self,
        id: impl IntoId<MessageId>,
        source: MessageSource,
    ) -> PendingCall<'static, ()> {
        let request = |project: &str, id: &str| {
            conversation::messages_delete_message(project, id, Some(&source))
        };
        self.client.start_about(id.into_id(), request, Ok)
    }

    /// Replaces the metadata of a message (`Messages_UpdateMessageMetadata`). Await it to replace it.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, message, .. }| {
    /// client.messages().update_metadata(&message, "answered by Ada").await?;
    /// # let stored = client.messages().get(message).await?;
    /// # assert_eq!(stored.data().metadata.as_deref(), Some("answered by Ada"));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) for more than 1024 characters; 404 when there is no such
    /// message in the project and region.
    pub fn update_metadata(
        &self,
        id: impl IntoId<MessageId>,
        text: impl Into<String>,
    ) -> UpdateMessageMetadata {
        UpdateMessageMetadata::new(self.client.clone(), id.into_id(), text.into())
    }

    /// Lists the last message of each of these contacts (`Messages_ListMessagesByChannelIdentity`).
    /// CONVERSATION mode only.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, contact, message, .. }| {
    /// let newest = client.messages().last_of_contacts([contact]).collect(1).await?;
    /// # assert_eq!(newest[0].id(), &message);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) for no contact; see [`ListLastMessages`] for the list.
    pub fn last_of_contacts<I: IntoId<ContactId>>(
        &self,
        contacts: impl IntoIterator<Item = I>,
    ) -> ListLastMessages {
        ListLastMessages::of_contacts(self.client.clone(), contacts)
    }

    /// Lists the last message of each of these addresses (`Messages_ListMessagesByChannelIdentity`).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, message, .. }| {
    /// let numbers = ["46700000001", "46700000002"];
    /// let newest = client.messages().last_of_identities(numbers).app(app).collect(2).await?;
    /// # assert_eq!(newest[0].id(), &message, "the second has no message");
    /// # assert_eq!(newest.len(), 1);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) for no address; see [`ListLastMessages`] for the list.
    pub fn last_of_identities<I: Into<String>>(
        &self,
        addresses: impl IntoIterator<Item = I>,
    ) -> ListLastMessages {
        ListLastMessages::of_identities(self.client.clone(), addresses)
    }

    /// Lists messages, the newest first (`Messages_ListMessages`).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, message, .. }| {
    /// let mut messages = client.messages().list().app(app).paginate();
    /// while let Some(stored) = messages.next().await? {
    ///     println!("{} {:?}", stored.id(), stored.data().accept_time);
    /// #     assert_eq!(stored.id(), &message);
    /// }
    /// # Ok(()) });
    /// ```
    pub fn list(&self) -> ListMessages {
        ListMessages::new(self.client.clone())
    }
}
