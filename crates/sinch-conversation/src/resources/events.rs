//! Events that were sent, received or injected.

use sinch_conversation_raw::OperationId;
use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::ConversationEvent;

use super::page::{Paging, listing};
use super::{Page, SendEvent, Stored};
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::event::AppEvent;
use crate::id::{AppId, ContactId, ConversationId, EventId, IntoId};
use crate::transport::PendingCall;

/// An event as the API stores it.
pub type StoredEvent = Stored<EventId, ConversationEvent>;

/// Sends, reads and deletes the events of a project. Made by [`Client::events`].
///
/// ```
/// # doctest::run(async |doctest::Setup { app, client, conversation, .. }| {
/// # use sinch_conversation::{event::AppEvent, recipient::whatsapp};
/// # app.send_event(AppEvent::composing()).to(whatsapp("+46700000001")).await?;
/// let mut events = client.events().list().conversation(&conversation).paginate();
/// while let Some(event) = events.next().await? {
///     client.events().delete(&event).await?;
/// }
/// # assert!(client.events().list().conversation(conversation).collect(10).await?.is_empty());
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
pub struct Events {
    pub(crate) client: Client,
}

impl Events {
    /// Sends an event through an app (`Events_SendEvent`). Set the recipient with [`to`](SendEvent::to), and await it.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, client, .. }| {
    /// use sinch_conversation::event::AppEvent;
    /// use sinch_conversation::recipient::whatsapp;
    ///
    /// let sent = client.events().send(app, AppEvent::composing()).to(whatsapp("+46700000001")).await?;
    /// # assert_eq!(client.events().get(&sent).await?.id(), &sent.event_id);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`SendEvent::validate`]; 404 when there is no such app in the project and region.
    pub fn send(&self, app: impl IntoId<AppId>, event: impl Into<AppEvent>) -> SendEvent {
        SendEvent::new(self.client.clone(), app, event.into())
    }

    /// Gets an event (`Events_GetEvent`).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, client, .. }| {
    /// # use sinch_conversation::{event::AppEvent, recipient::whatsapp};
    /// # let sent = app.send_event(AppEvent::composing()).to(whatsapp("+46700000001")).await?;
    /// let event = client.events().get(&sent).await?;
    /// println!("{:?} at {:?}", event.data().direction, event.data().accept_time);
    /// # assert!(event.data().accept_time.is_some());
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such event in the project and region.
    pub fn get(&self, id: impl IntoId<EventId>) -> PendingCall<'static, StoredEvent> {
        self.client
            .start_about(id.into_id(), conversation::events_get_event, Stored::read)
    }

    /// Deletes an event (`Events_DeleteEvents`).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, client, .. }| {
    /// # use sinch_conversation::{event::AppEvent, recipient::whatsapp};
    /// # let sent = app.send_event(AppEvent::composing()).to(whatsapp("+46700000001")).await?;
    /// client.events().delete(&sent).await?;
    /// # assert!(client.events().get(&sent).await.is_err_and(|error| error.is_not_found()));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such event in the project and region.
    pub fn delete(&self, id: impl IntoId<EventId>) -> PendingCall<'static, ()> {
        self.client
            .start_about(id.into_id(), conversation::events_delete_events, Ok)
    }

    /// Lists the events of a conversation, of a contact or of both (`Events_ListEvents`).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, client, conversation, .. }| {
    /// # use sinch_conversation::{event::AppEvent, recipient::whatsapp};
    /// # let sent = app.send_event(AppEvent::composing()).to(whatsapp("+46700000001")).await?;
    /// let mut events = client.events().list().conversation(conversation).paginate();
    /// while let Some(event) = events.next().await? {
    ///     println!("{}", event.id());
    /// #     assert_eq!(event.id(), &sent.event_id);
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument), from the list, when neither is set.
    pub fn list(&self) -> ListEvents {
        ListEvents {
            client: self.client.clone(),
            conversation: None,
            contact: None,
            refused: Violations::default(),
            paging: Paging::default(),
        }
    }
}

/// Events, as a list. Made by [`Events::list`].
///
/// ```
/// # doctest::run(async |doctest::Setup { app, client, contact, .. }| {
/// # use sinch_conversation::{event::AppEvent, recipient::whatsapp};
/// # app.send_event(AppEvent::composing()).to(whatsapp("+46700000001")).await?;
/// let events = client.events().list().contact(contact).page_size(20).collect(100).await?;
/// # assert_eq!(events.len(), 1);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is requested until the list is read"]
pub struct ListEvents {
    client: Client,
    conversation: Option<ConversationId>,
    contact: Option<ContactId>,
    refused: Violations,
    paging: Paging,
}

impl ListEvents {
    /// Lists only events of a conversation.
    pub fn conversation(mut self, id: impl IntoId<ConversationId>) -> Self {
        self.conversation = self.refused.id(id);
        self
    }

    /// Lists only events from and to a contact.
    pub fn contact(mut self, id: impl IntoId<ContactId>) -> Self {
        self.contact = self.refused.id(id);
        self
    }

    fn validate(&self) -> Result<(), Error> {
        let mut violations = self.refused.clone();
        if violations.is_empty() && self.conversation.is_none() && self.contact.is_none() {
            let remedy = "say with `conversation` or `contact` whose events to list";
            violations.missing("conversation_id", remedy);
        }
        self.paging
            .check(OperationId::EventsListEvents, &mut violations);
        Ok(violations.finish()?)
    }

    fn fetch(&self, token: Option<&str>) -> PendingCall<'static, Page<StoredEvent>> {
        let request = conversation::events_list_events(
            self.client.project_id(),
            self.contact.as_ref().map(ContactId::as_str),
            self.conversation.as_ref().map(ConversationId::as_str),
            self.paging.size,
            token,
        );
        self.client.start_checked(self.validate(), request, |list| {
            Page::stored("events", list.events, list.next_page_token, list.extra)
        })
    }
}

listing!(ListEvents => StoredEvent, "10 by default, 20 at most");
