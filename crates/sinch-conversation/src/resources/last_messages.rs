//! The last message of each of many people.

use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{
    ConversationDirection, ConversationMessagesView, ListMessagesByChannelIdentityRequest,
    MessageSource,
};
use sinch_conversation_raw::wire::Timestamp;

use super::page::listing;
use super::{Page, StoredMessage};
use crate::channel::Channel;
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::{AppId, ContactId};
use crate::transport::PendingCall;

/// Whose last messages to list (`Messages_ListMessagesByChannelIdentity`). Await it for one page.
///
/// ```no_run
/// use sinch_conversation::{AppId, Client};
///
/// # async fn example(client: Client, app: AppId) -> Result<(), sinch_conversation::Error> {
/// let people = ["+46700000001", "+46700000002"];
/// for message in client.messages().last_of_identities(people).app(app).await? {
///     println!("{}", message.id);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is listed until it is awaited"]
pub struct ListLastMessages {
    client: Client,
    request: ListMessagesByChannelIdentityRequest,
}

impl ListLastMessages {
    pub(super) fn of_contacts<I: Into<ContactId>>(
        client: Client,
        contacts: impl IntoIterator<Item = I>,
    ) -> Self {
        let mut request = ListMessagesByChannelIdentityRequest::default();
        let contacts = contacts.into_iter();
        request.contact_ids = Some(contacts.map(|id| id.into().into()).collect());
        Self { client, request }
    }

    pub(super) fn of_identities<I: Into<String>>(
        client: Client,
        addresses: impl IntoIterator<Item = I>,
    ) -> Self {
        let mut request = ListMessagesByChannelIdentityRequest::default();
        request.channel_identities = Some(addresses.into_iter().map(Into::into).collect());
        Self { client, request }
    }

    /// Only messages of an app.
    pub fn app(mut self, id: impl Into<AppId>) -> Self {
        self.request.app_id = Some(id.into().into());
        self
    }

    /// Only messages on a channel.
    pub fn channel(mut self, channel: Channel) -> Self {
        self.request.channel = Some(channel);
        self
    }

    /// Only messages in one direction.
    pub fn direction(mut self, direction: ConversationDirection) -> Self {
        self.request.direction = Some(direction);
        self
    }

    /// Only messages accepted after this time.
    pub fn start(mut self, moment: impl Into<Timestamp>) -> Self {
        self.request.start_time = Some(moment.into());
        self
    }

    /// Only messages accepted before this time.
    pub fn end(mut self, moment: impl Into<Timestamp>) -> Self {
        self.request.end_time = Some(moment.into());
        self
    }

    /// From the store of CONVERSATION mode, the default, or of DISPATCH mode, which has no contacts.
    pub fn source(mut self, source: MessageSource) -> Self {
        self.request.messages_source = Some(source);
        self
    }

    /// With metadata, the default, or without.
    pub fn view(mut self, view: ConversationMessagesView) -> Self {
        self.request.view = Some(view);
        self
    }

    /// Sets how many messages a page has; 10 by default, 1000 at most.
    pub fn page_size(mut self, size: i32) -> Self {
        self.request.page_size = Some(size);
        self
    }

    fn validate(&self) -> Result<(), Error> {
        let (request, mut violations) = (&self.request, Violations::default());
        if request.contact_ids.as_ref().is_some_and(Vec::is_empty) {
            violations.missing("contact_ids", "give at least one contact");
        }
        if request
            .channel_identities
            .as_ref()
            .is_some_and(Vec::is_empty)
        {
            violations.missing("channel_identities", "give at least one address");
        }
        let dispatch = request.messages_source == Some(MessageSource::DispatchSource);
        if dispatch && request.contact_ids.is_some() {
            let expected =
                "`CONVERSATION_SOURCE` or nothing: contacts are not supported in DISPATCH mode";
            violations.malformed("messages_source", expected);
        }
        violations.limits(request, "");
        Ok(violations.finish()?)
    }

    fn page(self) -> PendingCall<'static, Page<StoredMessage>> {
        let request = conversation::messages_list_messages_by_channel_identity(
            self.client.project_id(),
            &self.request,
        );
        self.client.start_checked(self.validate(), request, |list| {
            Page::stored("messages", list.messages, list.next_page_token, list.extra)
        })
    }
}

listing!(ListLastMessages => StoredMessage, request.page_token);
