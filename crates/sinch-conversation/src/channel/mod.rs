//! Channels, their addresses, and the properties that some of them understand.

mod address;
pub mod property;

pub(crate) use address::check_address;

/// A channel: SMS, WhatsApp, RCS and so on. Names that this version does not have are kept as `Unknown`.
pub use sinch_conversation_raw::types::ConversationChannel as Channel;

/// The bot channel of Viber. The published document no longer names it.
pub(crate) const VIBER: &str = "VIBER";

/// Whether a person has another address for each app on this channel. Such an address of a contact needs the id of its
/// app; see [`identity`](crate::identity).
///
/// ```
/// use sinch_conversation::Channel;
/// use sinch_conversation::channel::is_app_scoped;
///
/// assert!(is_app_scoped(&Channel::Messenger));
/// assert!(!is_app_scoped(&Channel::Sms));
/// ```
pub fn is_app_scoped(channel: &Channel) -> bool {
    match channel {
        Channel::Messenger | Channel::Instagram | Channel::Line | Channel::WeChat => true,
        other => other.as_str() == VIBER,
    }
}
