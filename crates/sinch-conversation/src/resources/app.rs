//! One app, and what can be done through it.

use sinch_conversation_raw::types::ConsentsListType;

use super::{
    ListConsents, ListConversations, ListMessages, ListRecentConversations, QueryCapability,
    SendBatch, SendEvent, SendMessage, Transcode,
};
use crate::client::Client;
use crate::event::AppEvent;
use crate::id::AppId;
use crate::message::Message;
use crate::recipient::Recipient;

/// One app. Made by [`Client::app`]; makes no request by itself.
#[derive(Clone, Debug)]
pub struct AppHandle {
    pub(super) client: Client,
    pub(super) id: AppId,
}

impl AppHandle {
    pub(crate) fn new(client: Client, id: AppId) -> Self {
        Self { client, id }
    }

    /// The id of the app.
    pub fn id(&self) -> &AppId {
        &self.id
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
    ///     .default_app()?
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
        SendMessage::new(self.client.clone(), self.id.clone(), message.into())
    }

    /// Sends an event through the app. Say for whom with [`to`](SendEvent::to), and await it.
    pub fn send_event(&self, event: impl Into<AppEvent>) -> SendEvent {
        SendEvent::new(self.client.clone(), self.id.clone(), event.into())
    }

    /// Sends one message to many recipients in one call of the Batch API. Add them with
    /// [`recipients`](SendBatch::recipients), and await it.
    pub fn send_batch(&self, message: impl Into<Message>) -> SendBatch {
        self.client.batches().send(&self.id, message)
    }

    /// Shows what the API makes of a message on a channel, without sending it.
    pub fn transcode(&self, message: impl Into<Message>) -> Transcode {
        self.client.transcode(&self.id, message)
    }

    /// Asks on which channels of the app somebody can be reached.
    pub fn query_capability(&self, recipient: impl Into<Recipient>) -> QueryCapability {
        self.client.query_capability(&self.id, recipient)
    }

    /// Lists who is on a consent list of the app.
    pub fn consents(&self, list: ConsentsListType) -> ListConsents {
        self.client.consents().list(&self.id, list)
    }

    /// Lists the conversations of the app by their last message.
    pub fn recent_conversations(&self) -> ListRecentConversations {
        self.client.conversations().recent(&self.id)
    }

    /// Lists the messages of the app.
    pub fn messages(&self) -> ListMessages {
        self.client.messages().list().app(&self.id)
    }

    /// Lists the conversations of the app.
    pub fn conversations(&self) -> ListConversations {
        self.client.conversations().list().app(&self.id)
    }
}
