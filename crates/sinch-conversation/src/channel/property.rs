//! Properties of channels, for [`SendMessage::property`](crate::resources::SendMessage::property).
//!
//! A key takes the values that its type names, so that a wrong one does not compile:
//!
//! ```
//! # use sinch_conversation::{AppId, Client, message::Text};
//! use sinch_conversation::channel::property::{self, WebviewMode};
//!
//! # fn example(client: &Client, app: &AppId) {
//! let send = client
//!     .app(app)
//!     .send(Text::new("The menu"))
//!     .property(property::SMS_MAX_NUMBER_OF_MESSAGE_PARTS, 3_u32)
//!     .property(property::RCS_WEBVIEW_MODE, WebviewMode::Tall);
//! # }
//! ```
//!
//! The API takes further keys; these are the ones that its pages describe. For others there is
//! [`SendMessage::channel_property`](crate::resources::SendMessage::channel_property).

use std::fmt;
use std::marker::PhantomData;

/// The key of a property whose values are of type `V`.
pub struct Key<V> {
    name: &'static str,
    values: PhantomData<fn() -> V>,
}

impl<V> Key<V> {
    const fn new(name: &'static str) -> Self {
        Self {
            name,
            values: PhantomData,
        }
    }

    /// Returns the key as it is sent.
    pub const fn as_str(&self) -> &'static str {
        self.name
    }
}

impl<V> Clone for Key<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Key<V> {}

impl<V> fmt::Debug for Key<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.name)
    }
}

impl<V> From<Key<V>> for String {
    fn from(key: Key<V>) -> Self {
        key.name.to_owned()
    }
}

/// A value of a property: a text, a number, a switch or one of the enums of this module.
pub trait Value: sealed::Sealed {
    /// The value as it is sent.
    fn into_text(self) -> String;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! values {
    ($($type:ty)*) => {$(
        impl sealed::Sealed for $type {}

        impl Value for $type {
            fn into_text(self) -> String {
                self.to_string()
            }
        }
    )*};
}

values! { String u32 bool }

macro_rules! enums {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }
    )*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// Returns the value as it is sent.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }

        impl sealed::Sealed for $name {}

        impl Value for $name {
            fn into_text(self) -> String {
                self.as_str().to_owned()
            }
        }
    )*};
}

enums! {
    /// How a message of Facebook Messenger notifies its reader.
    MessengerNotification {
        /// With sound or vibration.
        Regular = "REGULAR",
        /// On the screen only.
        SilentPush = "SILENT_PUSH",
        /// Not at all.
        NoPush = "NO_PUSH",
    }
    /// Why a message of Instagram may come late.
    InstagramTag {
        /// A human answers; the window is open for 7 days in place of 24 hours.
        HumanAgent = "HUMAN_AGENT",
    }
    /// The devices of a person that a template message of Viber Business Messages reaches.
    ViberDevices {
        /// The first device.
        PrimaryOnly = "PRIMARY_ONLY",
        /// Every device.
        All = "ALL",
    }
    /// The preview of links.
    LinkPreview {
        /// No preview.
        Disabled = "TRUE",
    }
    /// How much of the screen a page takes that an RCS message opens.
    WebviewMode {
        /// All of it.
        Full = "FULL",
        /// Half of it.
        Half = "HALF",
        /// Most of it.
        Tall = "TALL",
    }
    /// How an RCS card is laid out.
    CardOrientation {
        /// The picture is next to the text.
        Horizontal = "HORIZONTAL",
        /// The picture is above the text. This is the default.
        Vertical = "VERTICAL",
    }
    /// The side of the picture on a horizontal RCS card.
    ThumbnailAlignment {
        /// Left of the text.
        Left = "LEFT",
        /// Right of the text.
        Right = "RIGHT",
    }
}

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident: $value:ty;)*) => {$(
        $(#[$doc])*
        pub const $name: Key<$value> = Key::new(stringify!($name));
    )*};
}

keys! {
    /// The sender of an SMS: a number, a short code or an alphanumeric name.
    SMS_SENDER: String;
    /// `true` shows an SMS immediately without storing it.
    SMS_FLASH_MESSAGE: bool;
    /// The most parts an SMS may have; longer text is cut.
    SMS_MAX_NUMBER_OF_MESSAGE_PARTS: u32;
    /// The sender of an MMS. Needed unless the app's credentials name one.
    MMS_SENDER: String;
    /// `true` refuses an MMS that would have to be changed.
    MMS_STRICT_VALIDATION: bool;
    /// The messaging type of Facebook Messenger, by Facebook's names. `MESSAGE_TAG` with a tag.
    MESSENGER_MESSAGING_TYPE: String;
    /// The message tag of Facebook Messenger, by Facebook's names. Needed outside of the 24 hour window.
    MESSENGER_MESSAGE_TAG: String;
    /// How a message of Facebook Messenger notifies its reader.
    MESSENGER_NOTIFICATION_TYPE: MessengerNotification;
    /// Why a message of Instagram comes after the window of 24 hours.
    INSTAGRAM_MESSAGE_TAG: InstagramTag;
    /// The name shown for a Viber sender, at most 28 characters.
    VIBER_SENDER_NAME: String;
    /// The address of the picture shown for a Viber sender, which has at most 100 KB.
    VIBER_SENDER_AVATAR: String;
    /// The devices that a template message of Viber Business Messages reaches.
    VIBERBM_TEMPLATE_MESSAGE_DEVICES: ViberDevices;
    /// Switches the preview of links off on Telegram.
    TELEGRAM_DISABLE_LINK_PREVIEW: LinkPreview;
    /// How much of the screen a page takes that an RCS message opens.
    RCS_WEBVIEW_MODE: WebviewMode;
    /// How an RCS card is laid out.
    RCS_CARD_ORIENTATION: CardOrientation;
    /// The side of the picture on a horizontal RCS card.
    RCS_CARD_THUMBNAIL_IMAGE_ALIGNMENT: ThumbnailAlignment;
    /// The tracking id of a video on LINE.
    LINE_VIDEO_TRACKING_ID: String;
    /// The authentication of KakaoTalk.
    KAKAOTALK_AUTHENTICATION: String;
}
