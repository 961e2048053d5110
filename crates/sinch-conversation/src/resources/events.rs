//! Events that were sent, received or put into a conversation.

use sinch_conversation_raw::OperationId;
use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::ConversationEvent;

use super::page::{self, listing};
use super::{Page, SendEvent, Stored};
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::event::AppEvent;
use crate::id::{AppId, ContactId, ConversationId, EventId};
use crate::transport::PendingCall;

/// An event as the API stores it.
pub type StoredEvent = Stored<EventId, ConversationEvent>;

/// The events of a project. Made by [`Client::events`].
///
/// ```no_run
/// use sinch_conversation::{Client, ConversationId};
///
/// # async fn example(client: Client, conversation: ConversationId) -> Result<(), sinch_conversation::Error> {
/// let events = client.events();
/// for event in events.list().conversation(&conversation).await? {
///     events.delete(&event.id).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Events {
    pub(crate) client: Client,
}

impl Events {
    /// Sends an event through an app (`Events_SendEvent`). Say for whom with [`to`](SendEvent::to), and await it.
    pub fn send(&self, app: impl Into<AppId>, event: impl Into<AppEvent>) -> SendEvent {
        SendEvent::new(self.client.clone(), app.into(), event.into())
    }

    /// Gets an event (`Events_GetEvent`).
    ///
    /// # Errors
    ///
    /// 404 when there is no such event in the project and region.
    pub fn get(&self, id: impl Into<EventId>) -> PendingCall<'static, StoredEvent> {
        let id = id.into();
        let request = conversation::events_get_event(self.client.project_id(), id.as_str());
        self.client.start(request, Stored::read)
    }

    /// Deletes an event (`Events_DeleteEvents`).
    ///
    /// # Errors
    ///
    /// 404 when there is no such event in the project and region.
    pub fn delete(&self, id: impl Into<EventId>) -> PendingCall<'static, ()> {
        let id = id.into();
        let request = conversation::events_delete_events(self.client.project_id(), id.as_str());
        self.client.start(request, Ok)
    }

    /// Lists the events of a conversation, of a contact or of both (`Events_ListEvents`). Await it for one page,
    /// or take its `stream`.
    pub fn list(&self) -> ListEvents {
        ListEvents {
            client: self.client.clone(),
            conversation: None,
            contact: None,
            page_size: None,
            page_token: None,
        }
    }
}

/// Which events to list. Await it for one page.
///
/// ```no_run
/// use futures_util::TryStreamExt;
/// use sinch_conversation::{Client, ContactId};
///
/// # async fn example(client: Client, contact: ContactId) -> Result<(), sinch_conversation::Error> {
/// let mut events = client.events().list().contact(contact).page_size(20).stream();
/// while let Some(event) = events.try_next().await? {
///     println!("{}", event.id);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is listed until it is awaited"]
pub struct ListEvents {
    client: Client,
    conversation: Option<ConversationId>,
    contact: Option<ContactId>,
    page_size: Option<i32>,
    page_token: Option<String>,
}

impl ListEvents {
    /// Only events of a conversation.
    pub fn conversation(mut self, id: impl Into<ConversationId>) -> Self {
        self.conversation = Some(id.into());
        self
    }

    /// Only events from and to a contact.
    pub fn contact(mut self, id: impl Into<ContactId>) -> Self {
        self.contact = Some(id.into());
        self
    }

    /// Sets how many events a page has; 10 by default, 20 at most.
    pub fn page_size(mut self, size: i32) -> Self {
        self.page_size = Some(size);
        self
    }

    fn validate(&self) -> Result<(), Error> {
        let mut violations = Violations::default();
        if self.conversation.is_none() && self.contact.is_none() {
            let remedy = "say with `conversation` or `contact` whose events to list";
            violations.missing("conversation_id", remedy);
        }
        page::check_size(
            self.page_size,
            OperationId::EventsListEvents,
            &mut violations,
        );
        Ok(violations.finish()?)
    }

    fn page(self) -> PendingCall<'static, Page<StoredEvent>> {
        let request = conversation::events_list_events(
            self.client.project_id(),
            self.contact.as_ref().map(ContactId::as_str),
            self.conversation.as_ref().map(ConversationId::as_str),
            self.page_size,
            self.page_token.as_deref(),
        );
        self.client.start_checked(self.validate(), request, |list| {
            Page::stored("events", list.events, list.next_page_token, list.extra)
        })
    }
}

listing!(ListEvents => StoredEvent, page_token);
