//! Channels, and the properties that some of them understand.

/// A channel: SMS, WhatsApp, RCS and so on. Names that are not known yet are kept as `Unknown`.
pub use sinch_conversation_raw::types::ConversationChannel as Channel;

/// Keys of channel properties, for [`SendMessage::channel_property`](crate::resources::SendMessage::channel_property).
///
/// The API takes further keys; these are the ones that its pages describe.
pub mod property {
    /// The sender of an SMS: a number, a short code or an alphanumeric name.
    pub const SMS_SENDER: &str = "SMS_SENDER";
    /// `true` shows an SMS at once without storing it.
    pub const SMS_FLASH_MESSAGE: &str = "SMS_FLASH_MESSAGE";
    /// The most parts an SMS may have; longer text is cut.
    pub const SMS_MAX_NUMBER_OF_MESSAGE_PARTS: &str = "SMS_MAX_NUMBER_OF_MESSAGE_PARTS";
    /// The sender of an MMS. Needed unless the app's credentials name one.
    pub const MMS_SENDER: &str = "MMS_SENDER";
    /// `true` refuses an MMS that would have to be changed.
    pub const MMS_STRICT_VALIDATION: &str = "MMS_STRICT_VALIDATION";
    /// The messaging type of Facebook Messenger.
    pub const MESSENGER_MESSAGING_TYPE: &str = "MESSENGER_MESSAGING_TYPE";
    /// The message tag of Facebook Messenger, needed outside of the 24 hour window.
    pub const MESSENGER_MESSAGE_TAG: &str = "MESSENGER_MESSAGE_TAG";
    /// `REGULAR`, `SILENT_PUSH` or `NO_PUSH`.
    pub const MESSENGER_NOTIFICATION_TYPE: &str = "MESSENGER_NOTIFICATION_TYPE";
    /// `HUMAN_AGENT` opens the window of Instagram for 7 days.
    pub const INSTAGRAM_MESSAGE_TAG: &str = "INSTAGRAM_MESSAGE_TAG";
    /// The name shown for a Viber sender, at most 28 characters.
    pub const VIBER_SENDER_NAME: &str = "VIBER_SENDER_NAME";
    /// The address of the picture shown for a Viber sender.
    pub const VIBER_SENDER_AVATAR: &str = "VIBER_SENDER_AVATAR";
    /// `FULL`, `HALF` or `TALL`.
    pub const RCS_WEBVIEW_MODE: &str = "RCS_WEBVIEW_MODE";
    /// `HORIZONTAL` or `VERTICAL`.
    pub const RCS_CARD_ORIENTATION: &str = "RCS_CARD_ORIENTATION";
    /// `TRUE` switches the preview of links off.
    pub const TELEGRAM_DISABLE_LINK_PREVIEW: &str = "TELEGRAM_DISABLE_LINK_PREVIEW";
}
