//! Conversations: the threads between contacts and apps.

use sinch_conversation_raw::types;

use super::page::listing;
use super::{Page, Stored};
use crate::channel::Channel;
use crate::client::Client;
use crate::error::{Error, InvalidArgument, Problem};
use crate::id::{AppId, ContactId, ConversationId};
use crate::transport::CallOptions;

/// A conversation as the API stores it.
pub type Conversation = Stored<ConversationId, types::Conversation>;

/// The conversations of a project. Made by [`Client::conversations`].
#[derive(Clone, Debug)]
pub struct Conversations {
    pub(super) client: Client,
}

impl Conversations {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Lists conversations of an app, of a contact or of both (`Conversation_ListConversations`). Await it for
    /// one page, or take its `stream`.
    pub fn list(&self) -> ListConversations {
        ListConversations {
            client: self.client.clone(),
            filter: Filter::default(),
        }
    }
}

/// Which conversations to list. Await it for one page.
#[derive(Clone, Debug)]
#[must_use = "nothing is listed until it is awaited"]
pub struct ListConversations {
    client: Client,
    filter: Filter,
}

#[derive(Clone, Debug, Default)]
struct Filter {
    active_channel: Option<Channel>,
    app: Option<AppId>,
    contact: Option<ContactId>,
    only_active: Option<bool>,
    page_size: Option<i32>,
    page_token: Option<String>,
}

impl ListConversations {
    /// Only conversations of an app.
    pub fn app(mut self, id: impl Into<AppId>) -> Self {
        self.filter.app = Some(id.into());
        self
    }

    /// Only conversations with a contact.
    pub fn contact(mut self, id: impl Into<ContactId>) -> Self {
        self.filter.contact = Some(id.into());
        self
    }

    /// Only conversations that are active (`true`) or that are not (`false`).
    pub fn only_active(mut self, active: bool) -> Self {
        self.filter.only_active = Some(active);
        self
    }

    /// Only conversations that are on this channel now.
    pub fn active_channel(mut self, channel: Channel) -> Self {
        self.filter.active_channel = Some(channel);
        self
    }

    /// Sets how many conversations a page has; 10 by default, 20 at most.
    pub fn page_size(mut self, size: i32) -> Self {
        self.filter.page_size = Some(size);
        self
    }

    /// Goes on from [`Page::next`]. All filters have to stay the same.
    pub fn page_token(mut self, token: impl Into<String>) -> Self {
        self.filter.page_token = Some(token.into());
        self
    }

    async fn page(self) -> Result<Page<Conversation>, Error> {
        let call = self
            .client
            .call("Conversation_ListConversations", CallOptions::default());
        let filter = &self.filter;
        if filter.app.is_none() && filter.contact.is_none() {
            let problem = Problem::Missing {
                remedy: "say with `app` or `contact` whose conversations to list",
            };
            return Err(call.describe(InvalidArgument::one("app_id", problem).into()));
        }
        let answer = self
            .client
            .conversation(&call)
            .conversation_list_conversations(
                self.client.project().as_str(),
                filter.active_channel.as_ref(),
                filter.app.as_ref().map(AppId::as_str),
                filter.contact.as_ref().map(ContactId::as_str),
                filter.only_active,
                filter.page_size,
                filter.page_token.as_deref(),
            )
            .await;
        let answer = call.finish(answer)?;
        let items = Stored::read_all(
            answer.conversations,
            |conversation| conversation.id.as_ref(),
            "conversations",
        );
        Ok(Page::new(
            items.map_err(|error| call.describe(error))?,
            answer.next_page_token,
        ))
    }
}

listing!(ListConversations => Conversation);
