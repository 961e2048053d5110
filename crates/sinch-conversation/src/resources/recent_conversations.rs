//! Conversations by their last message.

use sinch_conversation_raw::OperationId;
use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{ConversationRecentMessage, SortOrder};

use super::page::{Paging, listing};
use super::{Page, Stored};
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::{AppId, ConversationId};
use crate::transport::PendingCall;

/// A conversation with its last message.
pub type RecentConversation = Stored<ConversationId, ConversationRecentMessage>;

/// Conversations by their last message, as a list (`Conversation_ListRecentConversations`). Made by
/// [`Conversations::recent`](super::Conversations::recent).
///
/// ```
/// # doctest::run(async |doctest::Setup { client, app, conversation, .. }| {
/// use sinch_conversation::types::SortOrder;
///
/// let list = client.conversations().recent(app).only_active(true).order(SortOrder::Asc);
/// let mut conversations = list.page_size(50).paginate();
/// while let Some(recent) = conversations.next().await? {
///     println!("{}: {:?}", recent.id(), recent.data().last_message);
/// #     assert_eq!(recent.id(), &conversation);
/// }
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is requested until the list is read"]
pub struct ListRecentConversations {
    client: Client,
    app: Result<AppId, Error>,
    only_active: Option<bool>,
    order: Option<SortOrder>,
    paging: Paging,
}

impl ListRecentConversations {
    pub(super) fn new(client: Client, app: Result<AppId, Error>) -> Self {
        Self {
            client,
            app,
            only_active: None,
            order: None,
            paging: Paging::default(),
        }
    }

    /// Lists only active conversations (`true`), or all.
    pub fn only_active(mut self, only: bool) -> Self {
        self.only_active = Some(only);
        self
    }

    /// Sets the order by the last message; the newest first by default.
    pub fn order(mut self, order: SortOrder) -> Self {
        self.order = Some(order);
        self
    }

    fn fetch(&self, token: Option<&str>) -> PendingCall<'static, Page<RecentConversation>> {
        let mut violations = Violations::default();
        let app = violations.id_text::<AppId>(self.app.clone());
        let list = OperationId::ConversationListRecentConversations;
        self.paging.check(list, &mut violations);
        let request = conversation::conversation_list_recent_conversations(
            self.client.project_id(),
            &app,
            self.only_active,
            self.order.as_ref(),
            self.paging.size,
            token,
        );
        self.client
            .start_checked(violations.finish(), request, |list| {
                Page::stored(
                    "conversations",
                    list.conversations,
                    list.next_page_token,
                    list.extra,
                )
            })
    }
}

listing!(ListRecentConversations => RecentConversation, "10 by default, 50 at most");
