//! The kind that only LINE supports: notifications from a template of LINE.
//!
//! It replaces a message on LINE; on other channels the message itself is sent.

mod notification;

pub use notification::NotificationTemplate;

use sinch_conversation_raw::types::ChannelSpecificMessage;

/// A kind that only LINE supports. Every such kind converts into it.
#[derive(Clone, Debug, PartialEq)]
pub struct LineMessage {
    pub(super) body: ChannelSpecificMessage,
}
