//! Messages to send: the nine kinds for all channels, and those that only one channel supports: [`whatsapp`],
//! [`kakaotalk`] and [`mod@line`].
//!
//! A kind can be sent on every channel; on a channel without it, the API converts it to text. Every kind converts into a
//! [`Message`]. Received messages have the same names; see [`MessageContent`](crate::webhook::MessageContent).
//!
//! Builders accept any value. The limits that the API documents are checked before a message is sent, or by `validate`,
//! and all violations are reported together.

mod card;
mod carousel;
mod choice;
mod choices;
mod contact_info;
pub mod kakaotalk;
pub mod line;
mod list;
mod location;
mod media;
pub(crate) mod rules;
mod specific;
mod template;
mod text;
pub mod whatsapp;

pub use card::Card;
pub use carousel::Carousel;
pub use choice::{CalendarEvent, Choice};
pub use choices::Choices;
pub use contact_info::ContactInfo;
pub use list::{List, ListItem, ListSection};
pub use location::Location;
pub use media::Media;
pub use template::{Template, TemplateRef};
pub use text::Text;

use serde_json::Value;
use sinch_conversation_raw::types::{
    self, AgentType, AppMessage, AppMessageReplyTo, AppMessageTypes, OmniMessageOverride,
};

use crate::channel::Channel;
use crate::error::{Error, Violations};
use crate::id::MessageId;

/// A message to send: one of the kinds, with settings for any of them.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
/// use sinch_conversation::Channel;
/// use sinch_conversation::message::{Message, Text};
/// use sinch_conversation::recipient::sms;
/// use sinch_conversation::types::AgentType;
///
/// let message = Message::new(Text::new("How can I help?"))
///     .agent(AgentType::Human, "Ada")
///     .on(Channel::Sms, Text::new("How can I help? Answer with a short text."));
/// app.send(message).to(sms("+46700000001")).await?;
/// # assert_eq!(sandbox.sent().await?.len(), 1);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    body: AppMessage,
}

impl Message {
    /// Creates a message of one of the kinds.
    pub fn new(kind: impl Into<Self>) -> Self {
        kind.into()
    }

    /// Sets the agent who wrote the message.
    #[must_use]
    pub fn agent(mut self, kind: AgentType, display_name: impl Into<String>) -> Self {
        let agent = self.body.agent.get_or_insert_default();
        agent.type_ = Some(kind);
        agent.display_name = Some(display_name.into());
        self
    }

    /// Quotes a message of the contact. WhatsApp only; a message can be quoted for 96 hours.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, message, sandbox, .. }| {
    /// use sinch_conversation::message::{Message, Text};
    /// use sinch_conversation::recipient::whatsapp;
    ///
    /// let answer = Message::new(Text::new("Yes, it is")).reply_to(&message);
    /// app.send(answer).to(whatsapp("+46700000001")).await?;
    /// # assert_eq!(sandbox.sent().await?.len(), 1);
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn reply_to(mut self, message: impl Into<MessageId>) -> Self {
        self.body.reply_to = Some(AppMessageReplyTo::new(message.into()));
        self
    }

    /// Replaces this message by another one on one channel.
    #[must_use]
    pub fn on(mut self, channel: Channel, instead: impl Into<OmniMessageOverride>) -> Self {
        let overrides = self
            .body
            .explicit_channel_omni_message
            .get_or_insert_default();
        overrides.insert(channel.to_string(), instead.into());
        self
    }

    /// Replaces this message on one channel by the channel's own JSON, which is passed on unchanged.
    ///
    /// ```
    /// use serde_json::json;
    /// use sinch_conversation::Channel;
    /// use sinch_conversation::message::{Message, Text};
    ///
    /// let sticker = json!({"type": "sticker", "sticker": {"id": "4711"}});
    /// let message = Message::new(Text::new("Welcome!")).explicit(Channel::WhatsApp, &sticker);
    /// # assert!(message.validate().is_ok());
    /// ```
    #[must_use]
    pub fn explicit(mut self, channel: Channel, payload: &Value) -> Self {
        let payloads = self.body.explicit_channel_message.get_or_insert_default();
        payloads.insert(channel.to_string(), payload.to_string());
        self
    }

    /// Checks the limits that the API documents.
    ///
    /// ```
    /// use sinch_conversation::message::{Choice, Choices, Message};
    ///
    /// let message = Message::new(Choices::new("How many?", (1..=11).map(|n| Choice::text(n.to_string()))));
    /// for violation in message.validate().unwrap_err().violations() {
    ///     println!("{violation}");
    /// #     assert!(violation.field.ends_with("choices"), "{violation}");
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every violation.
    pub fn validate(&self) -> Result<(), Error> {
        let mut violations = Violations::default();
        rules::message(&self.body, "", &mut violations);
        Ok(violations.finish()?)
    }
}

impl From<AppMessage> for Message {
    /// Converts the published type, with all of its fields.
    fn from(body: AppMessage) -> Self {
        Self { body }
    }
}

impl From<Message> for AppMessage {
    fn from(message: Message) -> Self {
        message.body
    }
}

/// The methods that all kinds have. Each kind wraps the published type as `body`.
macro_rules! kinds {
    ($($kind:ident($body:ident);)*) => {$(
        impl $kind {
            /// Checks the limits that the API documents.
            ///
            /// # Errors
            ///
            /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every violation.
            pub fn validate(&self) -> Result<(), Error> {
                Message::from(self.clone()).validate()
            }
        }

        impl From<$kind> for Message {
            fn from(kind: $kind) -> Self {
                Self { body: AppMessage::new(kind.body) }
            }
        }

        impl From<$kind> for AppMessageTypes {
            fn from(kind: $kind) -> Self {
                kind.body.into()
            }
        }

        impl From<$kind> for types::$body {
            fn from(kind: $kind) -> Self {
                kind.body
            }
        }
    )*};
}

kinds! {
    Text(TextMessage);
    Media(MediaProperties);
    Choices(ChoiceMessage);
    Card(CardMessage);
    Carousel(CarouselMessage);
    Location(LocationMessage);
    List(ListMessage);
    Template(TemplateMessage);
    ContactInfo(ContactInfoMessage);
}

/// The kinds that can replace a message on one channel. A template can as well, by [`TemplateRef`].
macro_rules! overrides {
    ($($kind:ident)*) => {$(
        impl From<$kind> for OmniMessageOverride {
            fn from(kind: $kind) -> Self {
                Self::new(kind.body)
            }
        }
    )*};
}

overrides! { Text Media Choices Card Carousel Location List ContactInfo }
