//! Events that were sent, received or put into a conversation.

use sinch_conversation_raw::types::ConversationEvent;
use sinch_conversation_raw::{OperationId, conversation};

use super::page::{self, listing};
use super::{Page, SendEvent, Stored};
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::event::AppEvent;
use crate::id::{AppId, ContactId, ConversationId, EventId};
use crate::transport::{CallOptions, Request, Response};

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
    client: Client,
}

impl Events {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Sends an event through an app (`Events_SendEvent`). Say for whom with [`to`](SendEvent::to), and await it.
    pub fn send(&self, app: impl Into<AppId>, event: impl Into<AppEvent>) -> SendEvent {
        SendEvent::new(self.client.clone(), app.into(), event.into())
    }

    /// Gets an event (`Events_GetEvent`).
    ///
    /// # Errors
    ///
    /// 404 when there is no such event in the project and region.
    pub fn get(&self, id: impl Into<EventId>) -> Request<'static, StoredEvent> {
        let client = self.client.clone();
        let id = id.into();
        Request::new(async move {
            let call = client.call(OperationId::EventsGetEvent, CallOptions::default());
            let project = client.project();
            let request = conversation::events_get_event(project.as_str(), id.as_str());
            call.send(request, |event| {
                Stored::read(event, |event| Some(&event.id), "")
            })
            .await
        })
    }

    /// Deletes an event (`Events_DeleteEvents`).
    ///
    /// # Errors
    ///
    /// 404 when there is no such event in the project and region.
    pub fn delete(&self, id: impl Into<EventId>) -> Request<'static, ()> {
        let client = self.client.clone();
        let id = id.into();
        Request::new(async move {
            let call = client.call(OperationId::EventsDeleteEvents, CallOptions::default());
            let project = client.project();
            call.send(
                conversation::events_delete_events(project.as_str(), id.as_str()),
                Ok,
            )
            .await
        })
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

    /// Goes on from [`Page::next`]. All filters have to stay the same.
    pub fn page_token(mut self, token: impl Into<String>) -> Self {
        self.page_token = Some(token.into());
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

    async fn page(self) -> Result<Response<Page<StoredEvent>>, Error> {
        let call = self
            .client
            .call(OperationId::EventsListEvents, CallOptions::default());
        self.validate().map_err(|error| call.describe(error))?;
        let request = conversation::events_list_events(
            self.client.project().as_str(),
            self.contact.as_ref().map(ContactId::as_str),
            self.conversation.as_ref().map(ConversationId::as_str),
            self.page_size,
            self.page_token.as_deref(),
        );
        call.send(request, |list| {
            let items = Stored::read_all(list.events, |event| Some(&event.id), "events")?;
            Ok(Page::new(items, list.next_page_token, list.extra))
        })
        .await
    }
}

listing!(ListEvents => StoredEvent);
