//! One app, and what can be done through it.

use sinch_conversation_raw::types::ConsentsListType;

use super::{
    ListConsents, ListConversations, ListMessages, ListRecentConversations, QueryCapability,
    SendBatch, SendEvent, SendMessage, Transcode,
};
use crate::client::Client;
use crate::error::Error;
use crate::event::AppEvent;
use crate::id::AppId;
use crate::message::Message;
use crate::recipient::Recipient;

/// One app, to send through and to look at what belongs to it. Made by [`Client::app`]; makes no request by itself.
#[derive(Clone, Debug)]
pub struct AppHandle {
    pub(super) client: Client,
    id: Result<AppId, Error>,
}

impl AppHandle {
    pub(crate) fn new(client: Client, id: Result<AppId, Error>) -> Self {
        Self { client, id }
    }

    /// Returns the id of the app.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// println!("sending through {}", app.id()?);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) when the handle was made of text that cannot be an
    /// id, or is that of [`Client::default_app`] and the settings name none. Every call through the handle then ends
    /// with this error.
    pub fn id(&self) -> Result<&AppId, Error> {
        self.id.as_ref().map_err(Clone::clone)
    }

    /// Sends a message through the app. Say for whom with [`to`](SendMessage::to), and await it.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
    /// use std::time::Duration;
    ///
    /// use sinch_conversation::Channel;
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::{Recipient, sms, whatsapp};
    ///
    /// let sent = app
    ///     .send(Text::new("Your table is ready"))
    ///     .to(Recipient::identities([whatsapp("+46700000001"), sms("+46700000001")]))
    ///     .channel_priority([Channel::WhatsApp, Channel::Sms])
    ///     .ttl(Duration::from_secs(3600))
    ///     .await?;
    /// println!("accepted as {}", sent.message_id);
    /// # let settled = sandbox.wait_for_delivery(sent.message_id.as_str(), doctest::SOON).await?;
    /// # assert_eq!(settled.statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);
    /// # Ok(()) });
    /// ```
    pub fn send(&self, message: impl Into<Message>) -> SendMessage {
        SendMessage::new(self.client.clone(), self, message.into())
    }

    /// Sends an event through the app. Say for whom with [`to`](SendEvent::to), and await it.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, contact, sandbox, .. }| {
    /// use sinch_conversation::event::AppEvent;
    ///
    /// let sent = app.send_event(AppEvent::composing()).to(&contact).await?;
    /// println!("accepted as {}", sent.event_id);
    /// # assert_eq!(sandbox.timeline().await?.len(), 2, "the question and the event");
    /// # Ok(()) });
    /// ```
    pub fn send_event(&self, event: impl Into<AppEvent>) -> SendEvent {
        SendEvent::new(self.client.clone(), self, event.into())
    }

    /// Sends one message to many recipients in one call of the Batch API. Add them with
    /// [`recipients`](SendBatch::recipients), and await it.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, .. }| {
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    /// use sinch_conversation::resources::BatchRecipient;
    ///
    /// let batch = app
    ///     .send_batch(Text::new("Good evening, ${name}"))
    ///     .recipients([
    ///         BatchRecipient::new(sms("+46700000001")).parameter("name", "Ada"),
    ///         BatchRecipient::new(sms("+46700000002")).parameter("name", "Grace"),
    ///     ])
    ///     .await?;
    /// println!("batch {}", batch.batch_id);
    /// # assert!(client.batches().status(&batch).await.is_ok());
    /// # Ok(()) });
    /// ```
    pub fn send_batch(&self, message: impl Into<Message>) -> SendBatch {
        self.client.batches().send(self, message)
    }

    /// Converts a message to the form of a channel, without sending it.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// use sinch_conversation::Channel;
    /// use sinch_conversation::message::Location;
    ///
    /// let forms = app.transcode(Location::new("Find us", 55.61, 13.0)).on([Channel::Sms]).await?;
    /// println!("{}", forms[&Channel::Sms]);
    /// # assert!(forms[&Channel::Sms].contains("Find us"));
    /// # Ok(()) });
    /// ```
    pub fn transcode(&self, message: impl Into<Message>) -> Transcode {
        self.client.transcode(self, message)
    }

    /// Queries on which channels of the app a recipient can be reached.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// use sinch_conversation::recipient::rcs;
    ///
    /// // The answer is a callback with this id.
    /// let request = app.query_capability(rcs("+46700000001")).request_id("customer 4711").await?;
    /// # assert_eq!(request.request_id.as_deref(), Some("customer 4711"));
    /// # Ok(()) });
    /// ```
    pub fn query_capability(&self, recipient: impl Into<Recipient>) -> QueryCapability {
        self.client.query_capability(self, recipient)
    }

    /// Lists who is on a consent list of the app.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// use sinch_conversation::types::ConsentsListType;
    ///
    /// let opted_out = app.consents(ConsentsListType::OptOutAll).collect(10_000).await?;
    /// println!("{} people want no messages", opted_out.len());
    /// # assert!(opted_out.is_empty());
    /// # Ok(()) });
    /// ```
    pub fn consents(&self, list: ConsentsListType) -> ListConsents {
        self.client.consents().list(self, list)
    }

    /// Lists the conversations of the app by their last message.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, conversation, .. }| {
    /// let mut recent = app.recent_conversations().paginate();
    /// while let Some(recent) = recent.next().await? {
    ///     println!("{}", recent.id());
    /// #   assert_eq!(recent.id(), &conversation);
    /// }
    /// # assert_eq!(app.recent_conversations().collect(10).await?.len(), 1);
    /// # Ok(()) });
    /// ```
    pub fn recent_conversations(&self) -> ListRecentConversations {
        self.client.conversations().recent(self)
    }

    /// Lists the messages of the app.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, message, .. }| {
    /// let mut messages = app.messages().paginate();
    /// while let Some(stored) = messages.next().await? {
    ///     println!("{}", stored.id());
    /// #   assert_eq!(stored.id(), &message);
    /// }
    /// # assert_eq!(app.messages().collect(10).await?.len(), 1);
    /// # Ok(()) });
    /// ```
    pub fn messages(&self) -> ListMessages {
        self.client.messages().list().app(self)
    }

    /// Lists the conversations of the app.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, conversation, .. }| {
    /// let conversations = app.conversations().collect(1000).await?;
    /// println!("{} conversations", conversations.len());
    /// # assert_eq!(conversations[0].id(), &conversation);
    /// # Ok(()) });
    /// ```
    pub fn conversations(&self) -> ListConversations {
        self.client.conversations().list().app(self)
    }
}

impl TryFrom<&AppHandle> for AppId {
    type Error = Error;

    fn try_from(app: &AppHandle) -> Result<Self, Error> {
        app.id.clone()
    }
}

impl TryFrom<AppHandle> for AppId {
    type Error = Error;

    fn try_from(app: AppHandle) -> Result<Self, Error> {
        app.id
    }
}
