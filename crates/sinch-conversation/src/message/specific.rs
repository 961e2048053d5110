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
    #[must_use]
    pub fn whatsapp(self, instead: impl Into<WhatsappMessage>) -> Self {
        self.specific(&Channel::WhatsApp, instead.into().into())
    }

    /// Replaces this message on KakaoTalk by a kind that only KakaoTalk supports.
    #[must_use]
    pub fn kakaotalk(self, instead: impl Into<KakaotalkMessage>) -> Self {
        self.specific(&Channel::KakaoTalk, instead.into().into())
    }

    /// Replaces this message on LINE by a kind that only LINE supports.
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
