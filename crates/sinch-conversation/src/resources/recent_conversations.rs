//! Conversations by their last message.

use sinch_conversation_raw::OperationId;
use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{ConversationRecentMessage, SortOrder};

use super::page::{self, listing};
use super::{Page, Stored};
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::{AppId, ConversationId};
use crate::transport::PendingCall;

/// A conversation with its last message.
pub type RecentConversation = Stored<ConversationId, ConversationRecentMessage>;

/// Which recent conversations to list (`Conversation_ListRecentConversations`). Await it for one page.
///
/// ```no_run
/// use sinch_conversation::{AppId, Client};
///
/// # async fn example(client: Client, app: AppId) -> Result<(), sinch_conversation::Error> {
/// for recent in client.conversations().recent(app).only_active(true).await? {
///     println!("{}: {:?}", recent.id, recent.last_message);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is listed until it is awaited"]
pub struct ListRecentConversations {
    client: Client,
    app: AppId,
    only_active: Option<bool>,
    order: Option<SortOrder>,
    page_size: Option<i32>,
    page_token: Option<String>,
}

impl ListRecentConversations {
    pub(super) fn new(client: Client, app: AppId) -> Self {
        Self {
            client,
            app,
            only_active: None,
            order: None,
            page_size: None,
            page_token: None,
        }
    }

    /// Only active conversations (`true`), or all.
    pub fn only_active(mut self, only: bool) -> Self {
        self.only_active = Some(only);
        self
    }

    /// Sets the order by the last message; the newest first by default.
    pub fn order(mut self, order: SortOrder) -> Self {
        self.order = Some(order);
        self
    }

    /// Sets how many conversations a page has; 10 by default, 50 at most.
    pub fn page_size(mut self, size: i32) -> Self {
        self.page_size = Some(size);
        self
    }

    fn validate(&self) -> Result<(), Error> {
        let mut violations = Violations::default();
        page::check_size(
            self.page_size,
            OperationId::ConversationListRecentConversations,
            &mut violations,
        );
        Ok(violations.finish()?)
    }

    fn page(self) -> PendingCall<'static, Page<RecentConversation>> {
        let request = conversation::conversation_list_recent_conversations(
            self.client.project_id(),
            self.app.as_str(),
            self.only_active,
            self.order.as_ref(),
            self.page_size,
            self.page_token.as_deref(),
        );
        self.client.start_checked(self.validate(), request, |list| {
            Page::stored(
                "conversations",
                list.conversations,
                list.next_page_token,
                list.extra,
            )
        })
    }
}

listing!(ListRecentConversations => RecentConversation, page_token);
