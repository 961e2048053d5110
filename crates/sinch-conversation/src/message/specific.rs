//! Messages that only one channel supports, typed by the channel, so that they cannot be sent on another one.

use sinch_conversation_raw::types::{self, ChannelSpecificMessage};

use super::kakaotalk::{CarouselCommerce, Commerce, KakaotalkMessage};
use super::line::{LineMessage, NotificationTemplate};
use super::whatsapp::{Flow, OrderDetails, OrderStatus, WhatsappMessage};
use super::{Message, rules};
use crate::channel::Channel;
use crate::error::{Error, Violations};

impl Message {
    /// Replaces this message on WhatsApp by a kind that only WhatsApp supports.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
    /// use sinch_conversation::message::whatsapp::Flow;
    /// use sinch_conversation::message::{Message, Text};
    /// use sinch_conversation::recipient::whatsapp;
    ///
    /// let booking = Message::new(Text::new("Book a table: https://example.com/book"))
    ///     .whatsapp(Flow::new("4711", "Book a table").text("When do you come?"));
    /// app.send(booking).to(whatsapp("+46700000001")).await?;
    /// # assert_eq!(sandbox.sent().await?.len(), 1);
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn whatsapp(self, instead: impl Into<WhatsappMessage>) -> Self {
        self.specific(&Channel::WhatsApp, instead.into().into())
    }

    /// Replaces this message on KakaoTalk by a kind that only KakaoTalk supports.
    ///
    /// ```
    /// use sinch_conversation::message::kakaotalk::{Button, Commerce, Offer, Product, Won};
    /// use sinch_conversation::message::{Message, Text};
    ///
    /// let buy = Button::web("Buy", "https://example.com/oil");
    /// let offer = Offer::new("https://example.com/oil.jpg", Product::new("Olive oil", Won(9_000)), [buy]);
    /// let message = Message::new(Text::new("Olive oil at 9000 won.")).kakaotalk(Commerce::new(offer));
    /// # assert!(message.validate().is_ok());
    /// ```
    #[must_use]
    pub fn kakaotalk(self, instead: impl Into<KakaotalkMessage>) -> Self {
        self.specific(&Channel::KakaoTalk, instead.into().into())
    }

    /// Replaces this message on LINE by a kind that only LINE supports.
    ///
    /// ```
    /// use sinch_conversation::message::line::NotificationTemplate;
    /// use sinch_conversation::message::{Message, Text};
    ///
    /// let parcel = NotificationTemplate::new("shipment_completed_ja").item("number_001_ja", "1234567");
    /// let message = Message::new(Text::new("Your parcel was delivered.")).line(parcel);
    /// # assert!(message.validate().is_ok());
    /// ```
    #[must_use]
    pub fn line(self, instead: impl Into<LineMessage>) -> Self {
        self.specific(&Channel::Line, instead.into().into())
    }

    fn specific(mut self, channel: &Channel, instead: ChannelSpecificMessage) -> Self {
        let messages = self.body.channel_specific_message.get_or_insert_default();
        messages.insert(channel.to_string(), instead);
        self
    }
}

/// The messages of one channel. Each kind holds the published type as `body`.
macro_rules! channel {
    ($message:ident { $($kind:ident($body:ident);)* }) => {
        impl From<$message> for ChannelSpecificMessage {
            fn from(message: $message) -> Self {
                message.body
            }
        }

        $(
            impl $kind {
                /// Checks the limits that the API documents.
                ///
                /// # Errors
                ///
                /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every violation.
                pub fn validate(&self) -> Result<(), Error> {
                    let mut violations = Violations::default();
                    violations.limits(&self.body, "");
                    rules::specific(&self.body.clone().into(), "", &mut violations);
                    Ok(violations.finish()?)
                }
            }

            impl From<$kind> for $message {
                fn from(kind: $kind) -> Self {
                    Self { body: ChannelSpecificMessage::new(kind.body) }
                }
            }

            impl From<$kind> for types::$body {
                fn from(kind: $kind) -> Self {
                    kind.body
                }
            }
        )*
    };
}

channel! { WhatsappMessage {
    Flow(FlowChannelSpecificMessage);
    OrderDetails(PaymentOrderDetailsChannelSpecificMessage);
    OrderStatus(PaymentOrderStatusChannelSpecificMessage);
} }

channel! { KakaotalkMessage {
    Commerce(KakaoTalkCommerceChannelSpecificMessage);
    CarouselCommerce(KakaoTalkCarouselCommerceChannelSpecificMessage);
} }

channel! { LineMessage {
    NotificationTemplate(LineNotificationMessageTemplateChannelSpecificMessage);
} }
