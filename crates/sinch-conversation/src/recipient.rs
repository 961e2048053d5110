//! The recipient of a message: a contact, or identities on channels.
//!
//! A send names no app next to an address: on channels where a person has another address for each app, such as
//! Messenger, the address is the one for the sending app. The identities of a contact do name it; see
//! [`identity`](crate::identity).

use sinch_conversation_raw::types::{
    ChannelIdentities, ChannelIdentity, ChannelRecipientIdentity, RecipientBase, RecipientRequest,
};

use crate::channel::{Channel, VIBER};
use crate::id::{ContactId, IntoId};

/// The recipient of a message.
///
/// ```
/// use sinch_conversation::recipient::{Recipient, sms, whatsapp};
///
/// // WhatsApp is tried first.
/// let person = Recipient::identities([whatsapp("+46700000001"), sms("+46700000001")]);
/// let stored = Recipient::contact("a contact id");
/// ```
///
/// Sends take what becomes one: a [`ContactId`], a stored contact, or a single [`Identity`].
#[derive(Clone, Debug, PartialEq)]
pub struct Recipient {
    kind: RecipientBase,
}

/// One address of a person on one channel.
///
/// ```
/// use sinch_conversation::Channel;
/// use sinch_conversation::recipient::{Identity, sms};
///
/// assert_eq!(sms("+46700000001"), Identity::new(Channel::Sms, "+46700000001"));
/// // A channel that this crate has no name for.
/// let other = Identity::new("CARRIER_PIGEON", "loft 4");
/// assert_eq!(other.address(), "loft 4");
/// # assert_eq!(other.channel().as_str(), "CARRIER_PIGEON");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    channel: Channel,
    address: String,
}

impl Recipient {
    /// Names a contact of the project. Apps in DISPATCH mode have none. Text that cannot be an id is refused when the
    /// message is sent.
    pub fn contact(id: impl IntoId<ContactId>) -> Self {
        let id = id.into_id().map(String::from).unwrap_or_default();
        Self {
            kind: RecipientBase::ContactId(id),
        }
    }

    /// Names a person by addresses on channels, in the order in which the channels are tried. In CONVERSATION mode the
    /// API looks for the contact with these addresses, and makes one if there is none.
    pub fn identities(identities: impl IntoIterator<Item = Identity>) -> Self {
        let identities: Vec<_> = identities
            .into_iter()
            .map(ChannelRecipientIdentity::from)
            .collect();
        Self {
            kind: RecipientBase::IdentifiedBy(ChannelIdentities::new(identities)),
        }
    }
}

impl From<Identity> for Recipient {
    fn from(identity: Identity) -> Self {
        Self::identities([identity])
    }
}

impl From<ContactId> for Recipient {
    fn from(id: ContactId) -> Self {
        Self::contact(id)
    }
}

impl From<&ContactId> for Recipient {
    fn from(id: &ContactId) -> Self {
        Self::contact(id)
    }
}

impl From<Recipient> for RecipientRequest {
    fn from(recipient: Recipient) -> Self {
        Self::new(recipient.kind)
    }
}

impl Identity {
    /// Names an address on any channel, in the channel's own form.
    pub fn new(channel: impl Into<Channel>, address: impl Into<String>) -> Self {
        Self {
            channel: channel.into(),
            address: address.into(),
        }
    }

    /// Returns the channel.
    pub fn channel(&self) -> &Channel {
        &self.channel
    }

    /// Returns the address on the channel.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl From<Identity> for ChannelRecipientIdentity {
    fn from(identity: Identity) -> Self {
        Self::new(identity.channel, identity.address)
    }
}

impl From<Identity> for ChannelIdentity {
    /// The published form, without an app.
    fn from(identity: Identity) -> Self {
        Self::new(identity.channel, identity.address)
    }
}

macro_rules! identities {
    ($($(#[$doc:meta])* $name:ident = $channel:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(address: impl Into<String>) -> Identity {
            Identity { channel: Channel::$channel, address: address.into() }
        }
    )*};
}

identities! {
    /// A phone number on SMS, with the country code: digits, the first of them no 0, and a `+` or none. Anything else
    /// is refused before it is sent.
    sms = Sms;
    /// A phone number on WhatsApp, with the country code.
    whatsapp = WhatsApp;
    /// A phone number on RCS, with the country code.
    rcs = Rcs;
    /// A phone number on MMS, with the country code.
    mms = Mms;
    /// A phone number on Viber Business Messages, with the country code.
    viber_business = ViberBusiness;
    /// A person on Facebook Messenger, by the id for the page.
    messenger = Messenger;
    /// A person on Instagram, by the id for the account.
    instagram = Instagram;
    /// A person on Telegram.
    telegram = Telegram;
    /// A person on KakaoTalk.
    kakaotalk = KakaoTalk;
    /// A person on LINE, by the id for the account.
    line = Line;
    /// A person on WeChat, by the id for the account.
    wechat = WeChat;
    /// A person in a chat of KakaoTalk.
    kakaotalk_chat = KakaoTalkChat;
    /// A person on Apple Messages for Business.
    apple = AppleBusinessChat;
}

/// A person on the bot channel of Viber. The published document no longer names this channel.
pub fn viber(address: impl Into<String>) -> Identity {
    Identity::new(VIBER, address)
}
