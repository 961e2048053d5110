//! The kind that only LINE knows: notifications from a template of LINE.
//!
//! It stands in for a message on LINE; on other channels the message itself is sent.

mod notification;

pub use notification::NotificationTemplate;

use sinch_conversation_raw::types::ChannelSpecificMessage;

/// A kind that only LINE knows. The kinds turn into it by themselves.
#[derive(Clone, Debug, PartialEq)]
pub struct LineMessage {
    pub(super) body: ChannelSpecificMessage,
}
