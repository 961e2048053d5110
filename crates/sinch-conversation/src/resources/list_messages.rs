//! The messages of a project, as a list.

use sinch_conversation_raw::OperationId;
use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{
    ConversationDirection, ConversationMessagesView, MessageSource,
};
use sinch_conversation_raw::wire::Timestamp;

use super::page::{Paging, listing};
use super::{Page, StoredMessage};
use crate::channel::Channel;
use crate::client::Client;
use crate::error::Violations;
use crate::id::{AppId, ContactId, ConversationId, IntoId};
use crate::transport::PendingCall;

/// Messages, as a list, the newest first. Made by [`Messages::list`](super::Messages::list). All filters that are set have to match.
///
/// ```
/// # doctest::run(async |doctest::Setup { client, app, contact, message, .. }| {
/// use std::time::{Duration, SystemTime};
///
/// use sinch_conversation::Channel;
/// use sinch_conversation::types::ConversationDirection;
///
/// let yesterday = SystemTime::now() - Duration::from_secs(24 * 3600);
/// let list = client.messages().list().app(app).contact(contact).channel(Channel::WhatsApp);
/// let received = list.direction(ConversationDirection::ToApp).start(yesterday).collect(100).await?;
/// # assert_eq!(received[0].id(), &message);
/// # assert_eq!(received.len(), 1);
/// # Ok(()) });
/// ```
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
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            filter: Filter::default(),
            refused: Violations::default(),
            paging: Paging::default(),
        }
    }

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
