//! A message on its way from an app, and what became of it.

use serde::{Deserialize, Serialize};
use sinch_conversation_raw::types::{
    AppMessage, ChannelIdentity, DeliveryStatus, ProcessingMode, Reason,
};
use sinch_conversation_raw::wire::Timestamp;

use super::channels::Failure;

/// A message that an app has sent, as [`Sandbox::sent`](crate::Sandbox::sent) shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SentMessage {
    /// The `message_id` that the API answered with.
    pub id: String,
    /// The app that sent it.
    pub app_id: String,
    /// The mode it was processed in.
    pub processing_mode: ProcessingMode,
    /// The contact it is for; empty in DISPATCH mode.
    pub contact_id: String,
    /// The conversation it belongs to; empty in DISPATCH mode.
    pub conversation_id: String,
    /// What was sent.
    pub message: AppMessage,
    /// `message_metadata` of the request; empty when there was none.
    pub message_metadata: String,
    /// `correlation_id` of the request; empty when there was none.
    pub correlation_id: String,
    /// When the API accepted it.
    pub accepted_time: Timestamp,
    /// Its statuses so far, in order.
    pub receipts: Vec<Receipt>,
    /// What orders its callbacks: the contact it was accepted for, without one the message. Stays when contacts
    /// are merged, so that receipts stay in order.
    pub(crate) lane: String,
    /// Where receipts go instead of to the webhooks.
    pub(crate) callback_url: Option<String>,
    /// The identities to try, in order, and how far that is.
    pub(crate) plan: Vec<ChannelIdentity>,
    pub(crate) position: usize,
    /// How it fails, when that is decided.
    pub(crate) failing: Option<Failure>,
}

/// One status that a message had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Receipt {
    /// The status.
    pub status: DeliveryStatus,
    /// The channel and the recipient's identity that it concerns.
    pub channel_identity: Option<ChannelIdentity>,
    /// Why, when something failed.
    pub reason: Option<Reason>,
    /// When.
    pub time: Timestamp,
}

impl SentMessage {
    /// The latest status; `None` while the message waits for its first channel.
    #[must_use]
    pub fn status(&self) -> Option<&DeliveryStatus> {
        self.receipts.last().map(|receipt| &receipt.status)
    }

    /// The statuses in order.
    #[must_use]
    pub fn statuses(&self) -> Vec<&str> {
        self.receipts
            .iter()
            .map(|receipt| receipt.status.as_str())
            .collect()
    }

    /// Whether it was delivered or read, or has failed for good.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(
            self.status(),
            Some(DeliveryStatus::Delivered | DeliveryStatus::Read | DeliveryStatus::Failed)
        )
    }

    /// The identity that it is tried on now, or was tried on last.
    #[must_use]
    pub fn channel_identity(&self) -> Option<&ChannelIdentity> {
        self.plan.get(self.position)
    }

    /// What orders its callbacks.
    pub(crate) fn lane(&self) -> &str {
        &self.lane
    }
}
