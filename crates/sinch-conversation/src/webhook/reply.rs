//! Answering a contact.

use sinch_conversation_raw::types::ChannelIdentity;

use super::{InboundContactEvent, InboundMessage};
use crate::channel::Channel;
use crate::client::Client;
use crate::id::ContactId;
use crate::message::Message;
use crate::recipient::{Identity, Recipient};
use crate::resources::SendMessage;

/// Where an answer goes: the app, the contact and the channel that a message or an event of a contact came from.
///
/// Made from an [`InboundMessage`] or an [`InboundContactEvent`], for [`Client::reply_to`].
#[derive(Clone, Debug, PartialEq)]
pub struct ReplyAddress {
    pub(crate) app_id: Option<String>,
    /// `None` when the callback does not say who the contact is.
    pub(crate) recipient: Option<Recipient>,
    pub(crate) channel: Option<Channel>,
}

impl ReplyAddress {
    fn new(
        app_id: Option<&str>,
        contact_id: Option<&str>,
        identity: Option<&ChannelIdentity>,
    ) -> Self {
        let contact = contact_id.and_then(|id| ContactId::new(id).ok());
        let identity = identity.filter(|identity| !identity.identity.is_empty());
        let address = |identity: &ChannelIdentity| {
            Recipient::from(Identity::new(
                identity.channel.clone(),
                identity.identity.clone(),
            ))
        };
        Self {
            app_id: app_id.map(str::to_owned),
            recipient: match contact {
                Some(contact) => Some(Recipient::contact(contact)),
                None => identity.map(address),
            },
            channel: identity.map(|identity| identity.channel.clone()),
        }
    }
}

macro_rules! reply_address {
    ($($view:ident)*) => {$(
        impl From<$view<'_>> for ReplyAddress {
            fn from(received: $view<'_>) -> Self {
                let identity = received.body().channel_identity.as_ref();
                Self::new(received.app_id(), received.contact_id(), identity)
            }
        }
    )*};
}

reply_address! { InboundMessage InboundContactEvent }

impl Client {
    /// Answers a message or an event of a contact, through the same app and on the same channel. Await it to send it.
    ///
    /// In CONVERSATION mode the answer goes to the contact, and so into its conversation; in DISPATCH mode, which has
    /// no contacts, to the address that the message came from. No other channel is tried, unless
    /// [`channel_priority`](SendMessage::channel_priority) names more. To quote the message, which WhatsApp shows, use
    /// [`Message::reply_to`].
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, sandbox, .. }| {
    /// # sandbox.handset(app.id()?.as_str(), "WHATSAPP", "46700000001").says("What about tonight?").await?;
    /// # let event = doctest::callback(&sandbox, "MESSAGE_INBOUND").await?;
    /// use sinch_conversation::message::{Choice, Choices};
    /// use sinch_conversation::webhook::EventKind;
    ///
    /// if let EventKind::Inbound(message) = event.kind() {
    ///     let question = Choices::new("Coming tonight?", [Choice::text("Yes").postback("yes"), Choice::text("No")]);
    ///     client.reply_to(message, question).metadata("tonight").await?;
    /// }
    /// # assert_eq!(sandbox.sent().await?.len(), 1);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// Those of every send. [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) when the callback has no app,
    /// or neither a contact nor an address; nothing is sent then.
    pub fn reply_to(
        &self,
        received: impl Into<ReplyAddress>,
        message: impl Into<Message>,
    ) -> SendMessage {
        SendMessage::reply(self.clone(), received.into(), message.into())
    }
}
