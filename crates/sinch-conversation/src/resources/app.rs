//! One app, and what can be done through it.

use super::{ListConversations, ListMessages, SendMessage};
use crate::client::Client;
use crate::id::AppId;
use crate::message::Message;

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
    ///     .to(Recipient::channels([whatsapp("+46700000001"), sms("+46700000001")]))
    ///     .fallback([Channel::Whatsapp, Channel::Sms])
    ///     .ttl(Duration::from_secs(3600))
    ///     .await?;
    /// println!("accepted as {}", sent.message_id);
    /// # Ok(())
    /// # }
    /// ```
    pub fn send(&self, message: impl Into<Message>) -> SendMessage {
        SendMessage::new(self.client.clone(), self.id.clone(), message.into())
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
