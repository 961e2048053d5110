//! The identities of a contact: addresses on channels, with the app that they belong to where that matters.
//!
//! On Messenger, Instagram, LINE, WeChat and Viber's bots a person has another address for each app, so such an
//! identity is not complete without the id of the app. Its constructors ask for it, and [`ContactIdentity`] cannot
//! be made without it.
//!
//! ```
//! use sinch_conversation::identity::{self, ContactIdentity};
//! use sinch_conversation::{AppId, Channel};
//!
//! # fn main() -> Result<(), sinch_conversation::Error> {
//! let app = AppId::new("01APP")?;
//! let person = [identity::sms("46700000001"), identity::messenger(&app, "7746490198930851")];
//! assert!(ContactIdentity::new(Channel::Messenger, "7746490198930851").is_err());
//! # Ok(())
//! # }
//! ```

use sinch_conversation_raw::types::ChannelIdentity;

use crate::channel::{Channel, VIBER, is_app_scoped};
use crate::error::{Error, InvalidArgument, Problem};
use crate::id::AppId;
use crate::recipient::Identity;

/// One address of a contact on one channel. Where the channel is app-scoped, it has the id of the app.
///
/// ```
/// # doctest::run(async |doctest::Setup { client, app, .. }| {
/// use sinch_conversation::Channel;
/// use sinch_conversation::identity::ContactIdentity;
///
/// let person = ContactIdentity::in_app(app.id()?, Channel::Messenger, "7746490198930851");
/// let contact = client.contacts().create(person, "EN_GB").await?;
/// # let person = ContactIdentity::try_from(contact.data().channel_identities.clone().unwrap_or_default().remove(0))?;
/// # assert_eq!((person.address(), person.app_id()), ("7746490198930851", Some(app.id()?.as_str())));
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ContactIdentity {
    body: ChannelIdentity,
}

impl ContactIdentity {
    /// Names an address on any channel that is the same for every app.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`] for an address on an app-scoped channel; [`in_app`](Self::in_app) makes that.
    pub fn new(channel: impl Into<Channel>, address: impl Into<String>) -> Result<Self, Error> {
        Self::try_from(ChannelIdentity::new(channel, address))
    }

    /// Creates an address on any channel, for one app.
    pub fn in_app(
        app: impl Into<AppId>,
        channel: impl Into<Channel>,
        address: impl Into<String>,
    ) -> Self {
        let mut body = ChannelIdentity::new(channel, address);
        body.app_id = Some(app.into().into());
        Self { body }
    }

    /// Returns the channel.
    pub fn channel(&self) -> &Channel {
        &self.body.channel
    }

    /// Returns the address on the channel.
    pub fn address(&self) -> &str {
        &self.body.identity
    }

    /// Returns the id of the app that the address belongs to; `None` where it is the same for every app.
    pub fn app_id(&self) -> Option<&str> {
        self.body.app_id.as_deref().filter(|id| !id.is_empty())
    }
}

impl TryFrom<ChannelIdentity> for ContactIdentity {
    type Error = Error;

    /// Takes the published type, with whatever was set on it, unless an app id is missing.
    fn try_from(body: ChannelIdentity) -> Result<Self, Error> {
        let identity = Self { body };
        if is_app_scoped(identity.channel()) && identity.app_id().is_none() {
            let remedy = "name the app that the address belongs to, with `ContactIdentity::in_app`";
            return Err(InvalidArgument::one("app_id", Problem::Missing { remedy }).into());
        }
        Ok(identity)
    }
}

impl From<ContactIdentity> for ChannelIdentity {
    fn from(identity: ContactIdentity) -> Self {
        identity.body
    }
}

impl From<ContactIdentity> for Identity {
    /// For a send through the app of the identity, which a send does not name.
    fn from(identity: ContactIdentity) -> Self {
        Self::new(identity.body.channel, identity.body.identity)
    }
}

macro_rules! shared {
    ($($(#[$doc:meta])* $name:ident = $channel:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(address: impl Into<String>) -> ContactIdentity {
            ContactIdentity { body: ChannelIdentity::new(Channel::$channel, address) }
        }
    )*};
}

macro_rules! scoped {
    ($($(#[$doc:meta])* $name:ident = $channel:expr;)*) => {$(
        $(#[$doc])*
        pub fn $name(app: impl Into<AppId>, address: impl Into<String>) -> ContactIdentity {
            ContactIdentity::in_app(app, $channel, address)
        }
    )*};
}

shared! {
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
    /// A person on Telegram.
    telegram = Telegram;
    /// A person on KakaoTalk.
    kakaotalk = KakaoTalk;
    /// A person in a chat of KakaoTalk.
    kakaotalk_chat = KakaoTalkChat;
    /// A person on Apple Messages for Business.
    apple = AppleBusinessChat;
}

scoped! {
    /// A person on Facebook Messenger, by the id for the page of the app.
    messenger = Channel::Messenger;
    /// A person on Instagram, by the id for the account of the app.
    instagram = Channel::Instagram;
    /// A person on LINE, by the id for the account of the app.
    line = Channel::Line;
    /// A person on WeChat, by the id for the account of the app.
    wechat = Channel::WeChat;
    /// A person on the bot channel of Viber. The published document no longer names this channel.
    viber = VIBER;
}
