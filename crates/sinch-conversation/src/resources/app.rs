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

/// One app. Made by [`Client::app`]; makes no request by itself.
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
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::{Recipient, sms, whatsapp};
    /// use sinch_conversation::{Channel, Client};
    ///
    /// # async fn example() -> Result<(), sinch_conversation::Error> {
    /// let client = Client::from_env()?;
    /// let sent = client
    ///     .default_app()
    ///     .send(Text::new("Your table is ready"))
    ///     .to(Recipient::identities([whatsapp("+46700000001"), sms("+46700000001")]))
    ///     .channel_priority([Channel::WhatsApp, Channel::Sms])
    ///     .ttl(Duration::from_secs(3600))
    ///     .await?;
    /// println!("accepted as {}", sent.message_id);
    /// # Ok(())
    /// # }
    /// ```
    pub fn send(&self, message: impl Into<Message>) -> SendMessage {
        SendMessage::new(self.client.clone(), self, message.into())
    }

    /// Sends an event through the app. Say for whom with [`to`](SendEvent::to), and await it.
    pub fn send_event(&self, event: impl Into<AppEvent>) -> SendEvent {
        SendEvent::new(self.client.clone(), self, event.into())
    }

    /// Sends one message to many recipients in one call of the Batch API. Add them with
    /// [`recipients`](SendBatch::recipients), and await it.
    pub fn send_batch(&self, message: impl Into<Message>) -> SendBatch {
        self.client.batches().send(self, message)
    }

    /// Converts a message to the form of a channel, without sending it.
    pub fn transcode(&self, message: impl Into<Message>) -> Transcode {
        self.client.transcode(self, message)
    }

    /// Queries on which channels of the app a recipient can be reached.
    pub fn query_capability(&self, recipient: impl Into<Recipient>) -> QueryCapability {
        self.client.query_capability(self, recipient)
    }

    /// Lists who is on a consent list of the app.
    pub fn consents(&self, list: ConsentsListType) -> ListConsents {
        self.client.consents().list(self, list)
    }

    /// Lists the conversations of the app by their last message.
    pub fn recent_conversations(&self) -> ListRecentConversations {
        self.client.conversations().recent(self)
    }

    /// Lists the messages of the app.
    pub fn messages(&self) -> ListMessages {
        self.client.messages().list().app(self)
    }

    /// Lists the conversations of the app.
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
