//! The last message of each of several contacts or addresses.

use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{
    ConversationDirection, ConversationMessagesView, ListMessagesByChannelIdentityRequest,
    MessageSource,
};
use sinch_conversation_raw::wire::Timestamp;

use super::page::{Paging, listing};
use super::{Page, StoredMessage};
use crate::channel::Channel;
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::{AppId, ContactId, IntoId};
use crate::transport::PendingCall;

/// The last message of each of several contacts or addresses, as a list (`Messages_ListMessagesByChannelIdentity`). Made by
/// [`Messages::last_of_contacts`](super::Messages::last_of_contacts) and
/// [`last_of_identities`](super::Messages::last_of_identities).
///
/// ```
/// # doctest::run(async |doctest::Setup { client, app, message, .. }| {
/// use std::time::{Duration, SystemTime};
///
/// use sinch_conversation::Channel;
/// use sinch_conversation::types::ConversationDirection;
///
/// let hour_ago = SystemTime::now() - Duration::from_secs(3600);
/// let list = client.messages().last_of_identities(["46700000001", "46700000002"]).app(app);
/// let list = list.channel(Channel::WhatsApp).direction(ConversationDirection::ToApp).start(hour_ago);
/// for stored in list.collect(2).await? {
///     println!("{}", stored.id());
/// #     assert_eq!(stored.id(), &message);
/// }
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is requested until the list is read"]
pub struct ListLastMessages {
    client: Client,
    request: ListMessagesByChannelIdentityRequest,
    refused: Violations,
    paging: Paging,
}

impl ListLastMessages {
    fn new(client: Client) -> Self {
        Self {
            client,
            request: ListMessagesByChannelIdentityRequest::default(),
            refused: Violations::default(),
            paging: Paging::default(),
        }
    }

    pub(super) fn of_contacts<I: IntoId<ContactId>>(
        client: Client,
        contacts: impl IntoIterator<Item = I>,
    ) -> Self {
        let mut list = Self::new(client);
        let contacts = list.refused.id_texts("contact_ids", contacts);
        list.request.contact_ids = Some(contacts);
        list
    }

    pub(super) fn of_identities<I: Into<String>>(
        client: Client,
        addresses: impl IntoIterator<Item = I>,
    ) -> Self {
        let mut list = Self::new(client);
        let addresses = addresses.into_iter().map(Into::into);
        list.request.channel_identities = Some(addresses.collect());
        list
    }

    /// Lists only messages of an app.
    pub fn app(mut self, id: impl IntoId<AppId>) -> Self {
        self.request.app_id = Some(self.refused.id_text::<AppId>(id));
        self
    }

    /// Lists only messages on a channel.
    pub fn channel(mut self, channel: Channel) -> Self {
        self.request.channel = Some(channel);
        self
    }

    /// Lists only messages in one direction.
    pub fn direction(mut self, direction: ConversationDirection) -> Self {
        self.request.direction = Some(direction);
        self
    }

    /// Lists only messages accepted after this time.
    pub fn start(mut self, time: impl Into<Timestamp>) -> Self {
        self.request.start_time = Some(time.into());
        self
    }

    /// Lists only messages accepted before this time.
    pub fn end(mut self, time: impl Into<Timestamp>) -> Self {
        self.request.end_time = Some(time.into());
        self
    }

    /// Reads the store of CONVERSATION mode, the default, or of DISPATCH mode, which has no contacts.
    pub fn source(mut self, source: MessageSource) -> Self {
        self.request.messages_source = Some(source);
        self
    }

    /// Includes metadata, the default, or not.
    pub fn view(mut self, view: ConversationMessagesView) -> Self {
        self.request.view = Some(view);
        self
    }

    fn validate(&self, request: &ListMessagesByChannelIdentityRequest) -> Result<(), Error> {
        let mut violations = self.refused.clone();
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

    fn fetch(&self, token: Option<&str>) -> PendingCall<'static, Page<StoredMessage>> {
        let mut request = self.request.clone();
        request.page_size = self.paging.size;
        request.page_token = token.map(str::to_owned);
        let check = self.validate(&request);
        let request = conversation::messages_list_messages_by_channel_identity(
            self.client.project_id(),
            &request,
        );
        self.client.start_checked(check, request, |list| {
            Page::stored("messages", list.messages, list.next_page_token, list.extra)
        })
    }
}

listing!(ListLastMessages => StoredMessage, "10 by default, 1000 at most");
