//! Messages that were sent or received.

use sinch_conversation_raw::OperationId;
use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{
    ConversationDirection, ConversationMessage, ConversationMessagesView, MessageSource,
};
use sinch_conversation_raw::wire::Timestamp;

use super::page::{Paging, listing};
use super::{ListLastMessages, Page, Stored, UpdateMessageMetadata};
use crate::channel::Channel;
use crate::client::Client;
use crate::error::Violations;
use crate::id::{AppId, ContactId, ConversationId, IntoId, MessageId};
use crate::transport::PendingCall;

/// A message as the API stores it.
pub type StoredMessage = Stored<MessageId, ConversationMessage>;

/// The messages of a project. Made by [`Client::messages`].
#[derive(Clone, Debug)]
pub struct Messages {
    pub(crate) client: Client,
}

impl Messages {
    /// Gets a message of CONVERSATION mode (`Messages_GetMessage`).
    ///
    /// # Errors
    ///
    /// 404 when there is no such message in the project and region.
    pub fn get(&self, id: impl IntoId<MessageId>) -> PendingCall<'static, StoredMessage> {
        self.get_from(id, MessageSource::ConversationSource)
    }

    /// Gets a message from the store of the mode in which it was processed (`Messages_GetMessage`).
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
    /// ```no_run
    /// # async fn example(client: sinch_conversation::Client, id: sinch_conversation::MessageId)
    /// # -> Result<(), sinch_conversation::Error> {
    /// client.messages().delete(id).await?;
    /// # Ok(())
    /// # }
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
    pub fn update_metadata(
        &self,
        id: impl IntoId<MessageId>,
        text: impl Into<String>,
    ) -> UpdateMessageMetadata {
        UpdateMessageMetadata::new(self.client.clone(), id.into_id(), text.into())
    }

    /// Lists the last message of each of these contacts (`Messages_ListMessagesByChannelIdentity`).
    /// CONVERSATION mode only.
    pub fn last_of_contacts<I: IntoId<ContactId>>(
        &self,
        contacts: impl IntoIterator<Item = I>,
    ) -> ListLastMessages {
        ListLastMessages::of_contacts(self.client.clone(), contacts)
    }

    /// Lists the last message of each of these addresses (`Messages_ListMessagesByChannelIdentity`). Await it for
    /// one page, or take its `stream`.
    pub fn last_of_identities<I: Into<String>>(
        &self,
        addresses: impl IntoIterator<Item = I>,
    ) -> ListLastMessages {
        ListLastMessages::of_identities(self.client.clone(), addresses)
    }

    /// Lists messages, the newest first (`Messages_ListMessages`).
    ///
    /// ```no_run
    /// # async fn example(client: sinch_conversation::Client) -> Result<(), sinch_conversation::Error> {
    /// let mut messages = client.messages().list().app("an app id").paginate();
    /// while let Some(message) = messages.next().await? {
    ///     println!("{} {:?}", message.id(), message.data().accept_time);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(&self) -> ListMessages {
        ListMessages {
            client: self.client.clone(),
            filter: Filter::default(),
            refused: Violations::default(),
            paging: Paging::default(),
        }
    }
}

/// Messages, as a list. Made by [`Messages::list`].
#[derive(Clone, Debug)]
#[must_use = "nothing is requested until the list is read"]
pub struct ListMessages {
    client: Client,
    filter: Filter,
    refused: Violations,
    paging: Paging,
}

#[derive(Clone, Debug, Default)]
struct Filter {
    app: Option<AppId>,
    channel: Option<Channel>,
    channel_identity: Option<String>,
    contact: Option<ContactId>,
    conversation: Option<ConversationId>,
    direction: Option<ConversationDirection>,
    end: Option<Timestamp>,
    source: Option<MessageSource>,
    only_recipient: Option<bool>,
    start: Option<Timestamp>,
    view: Option<ConversationMessagesView>,
}

impl ListMessages {
    /// Lists only messages of an app.
    pub fn app(mut self, id: impl IntoId<AppId>) -> Self {
        self.filter.app = self.refused.id(id);
        self
    }

    /// Lists only messages of a conversation. CONVERSATION mode only.
    pub fn conversation(mut self, id: impl IntoId<ConversationId>) -> Self {
        self.filter.conversation = self.refused.id(id);
        self
    }

    /// Lists only messages to and from a contact. CONVERSATION mode only.
    pub fn contact(mut self, id: impl IntoId<ContactId>) -> Self {
        self.filter.contact = self.refused.id(id);
        self
    }

    /// Lists only messages to and from an address on a channel.
    pub fn channel_identity(mut self, address: impl Into<String>) -> Self {
        self.filter.channel_identity = Some(address.into());
        self
    }

    /// Lists only messages on a channel.
    pub fn channel(mut self, channel: Channel) -> Self {
        self.filter.channel = Some(channel);
        self
    }

    /// Lists only messages in one direction.
    pub fn direction(mut self, direction: ConversationDirection) -> Self {
        self.filter.direction = Some(direction);
        self
    }

    /// Lists only messages that the contact began.
    pub fn only_recipient_originated(mut self, only: bool) -> Self {
        self.filter.only_recipient = Some(only);
        self
    }

    /// Lists only messages accepted after this time.
    pub fn start(mut self, time: impl Into<Timestamp>) -> Self {
        self.filter.start = Some(time.into());
        self
    }

    /// Lists only messages accepted before this time.
    pub fn end(mut self, time: impl Into<Timestamp>) -> Self {
        self.filter.end = Some(time.into());
        self
    }

    /// Reads the store of CONVERSATION mode, the default, or of DISPATCH mode.
    pub fn source(mut self, source: MessageSource) -> Self {
        self.filter.source = Some(source);
        self
    }

    /// Includes metadata, the default, or not.
    pub fn view(mut self, view: ConversationMessagesView) -> Self {
        self.filter.view = Some(view);
        self
    }

    fn fetch(&self, token: Option<&str>) -> PendingCall<'static, Page<StoredMessage>> {
        let (filter, mut violations) = (&self.filter, self.refused.clone());
        self.paging
            .check(OperationId::MessagesListMessages, &mut violations);
        let request = conversation::messages_list_messages(
            self.client.project_id(),
            filter.app.as_ref().map(AppId::as_str),
            filter.channel.as_ref(),
            filter.channel_identity.as_deref(),
            filter.contact.as_ref().map(ContactId::as_str),
            filter.conversation.as_ref().map(ConversationId::as_str),
            filter.direction.as_ref(),
            filter.end.as_ref(),
            filter.source.as_ref(),
            filter.only_recipient,
            self.paging.size,
            token,
            filter.start.as_ref(),
            filter.view.as_ref(),
        );
        self.client
            .start_checked(violations.finish(), request, |list| {
                Page::stored("messages", list.messages, list.next_page_token, list.extra)
            })
    }
}

listing!(ListMessages => StoredMessage, "10 by default, 1000 at most");
